//! Text for a log or a terminal: nothing from a device, a network or a file may command it.

use std::borrow::Cow;

/// The text with everything that a terminal would obey, or a reader not see, written as Rust escapes it: `\u{1b}`, `\n`.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_printable(c) { shown.push(c) } else { shown.extend(c.escape_default()) }
    }
    Cow::Owned(shown)
}

/// Whether a character shows as itself: no control character (Unicode's C0 and C1), no separator of lines, and none of
/// those that order text anew or have no width (Unicode Standard Annex #9, §2).
#[must_use]
pub fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_command_a_terminal_is_spelt_out() {
        assert_eq!(printable("AP\x1b]0;x\x07C"), "AP\\u{1b}]0;x\\u{7}C");
        assert_eq!(printable("UPS\r\nups.status: OB LB"), "UPS\\r\\nups.status: OB LB");
        assert_eq!(printable("a\u{9b}31m \u{202e}b"), "a\\u{9b}31m \\u{202e}b");
        assert!(matches!(printable("Büro \"1\" \\ 日本"), Cow::Borrowed(_)));
    }
}

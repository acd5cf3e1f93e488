//! Writing words so that NUT's lexer reads them back (`lexer` is the other half).
//!
//! `#`, `\` and `"` are escaped, inside quotes too: releases of NUT up to 2.8.5 refuse a bare `#`.
//! Control characters and characters outside ASCII cannot travel and are left out.

use std::borrow::Cow;

/// The text with `#`, `\` and `"` escaped, for use between quotes.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if text.bytes().all(is_plain_in_quotes) {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 8);
    push_escaped(text, &mut out);
    Cow::Owned(String::from_utf8(out).unwrap_or_default())
}

/// The text as one quoted word.
#[must_use]
pub fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text))
}

/// Appends the text as one quoted word.
pub fn push_quoted(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    push_escaped(text, out);
    out.push(b'"');
}

/// Appends the text as one word, in quotes only where it needs them.
pub fn push_word(text: &str, out: &mut Vec<u8>) {
    if !text.is_empty() && text.bytes().all(is_plain) {
        out.extend_from_slice(text.as_bytes());
    } else {
        push_quoted(text, out);
    }
}

fn push_escaped(text: &str, out: &mut Vec<u8>) {
    if text.bytes().all(is_plain_in_quotes) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for byte in text.bytes() {
        match byte {
            b'#' | b'\\' | b'"' => out.extend([b'\\', byte]),
            0x20..=0x7f => out.push(byte),
            _ => {}
        }
    }
}

/// Whether it stands for itself inside quotes.
fn is_plain_in_quotes(byte: u8) -> bool {
    STANDS[usize::from(byte)] & IN_QUOTES != 0
}

/// Whether it stands for itself in a word without quotes.
fn is_plain(byte: u8) -> bool {
    STANDS[usize::from(byte)] & IN_A_WORD != 0
}

const IN_QUOTES: u8 = 1;
const IN_A_WORD: u8 = 2;

/// Where each byte stands for itself.
const STANDS: [u8; 256] = {
    let mut stands = [0; 256];
    let mut byte = 0x20;
    while byte < 0x80 {
        stands[byte] = IN_QUOTES | IN_A_WORD;
        byte += 1;
    }
    stands[b' ' as usize] = IN_QUOTES;
    stands[b'=' as usize] = IN_QUOTES;
    stands[b'#' as usize] = 0;
    stands[b'\\' as usize] = 0;
    stands[b'"' as usize] = 0;
    stands
};

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, word: &str, quoted: &str) {
        let mut out = Vec::new();
        push_word(text, &mut out);
        assert_eq!(String::from_utf8_lossy(&out), word);
        assert_eq!(quote(text), quoted);
    }

    #[test]
    fn words_are_quoted_only_where_they_must_be() {
        check("ups.status", "ups.status", "\"ups.status\"");
        check("", "\"\"", "\"\"");
        check("two words", "\"two words\"", "\"two words\"");
        check("a=b", "\"a=b\"", "\"a=b\"");
    }

    #[test]
    fn hash_backslash_and_quote_are_escaped_inside_quotes_too() {
        check("Crash \"Dummy\" #1", r#""Crash \"Dummy\" \#1""#, r#""Crash \"Dummy\" \#1""#);
        check(r"a\b", r#""a\\b""#, r#""a\\b""#);
    }

    #[test]
    fn what_cannot_travel_is_left_out() {
        check("B\u{fc}ro\r\n1", "\"Bro1\"", "\"Bro1\"");
        assert_eq!(escape("B\u{fc}ro"), "Bro");
        assert!(matches!(escape("plain"), Cow::Borrowed("plain")));
    }
}

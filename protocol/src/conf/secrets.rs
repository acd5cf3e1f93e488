//! Keeps passwords out of messages: a message shows its line, and logs are read by many.
//!
//! What is secret is looked for in the raw text, line by line: a password shows most where a line is not what its
//! author meant, and the words of such a line are not where they belong.

use crate::diagnostic::{Diagnostics, Source, did_you_mean};
use std::ops::Range;

/// The roles of a `MONITOR` line.
const ROLES: [&str; 4] = ["primary", "secondary", "master", "slave"];

/// What of a line is secret, which is given without its newline: as a rule all to its end, comments included.
pub type Finder = fn(&[u8]) -> Option<Range<usize>>;

/// Of a line of `upsd.users`: behind a word like `password`, wherever it stands.
#[must_use]
pub fn behind_password(line: &[u8]) -> Option<Range<usize>> {
    let is_key = |word: &Range<usize>| {
        let text = plain(&line[word.clone()]);
        text.len() >= 4 && text[..4].eq_ignore_ascii_case("pass") || is_like(&text, "password")
    };
    words(line, |byte| byte == b'=').find(is_key).map(|word| word.end..line.len())
}

/// Of a line of `upsmon.conf`: from the fourth argument of `MONITOR` on, from the second of `CERTIDENT` on. A role that
/// stands where it belongs, with nothing behind it, is none.
#[must_use]
pub fn behind_login(line: &[u8]) -> Option<Range<usize>> {
    let mut words = words(line, |_| false);
    let name = plain(&line[words.next()?]);
    let open = if is_like(&name, "MONITOR") {
        3
    } else if is_like(&name, "CERTIDENT") {
        1
    } else {
        return None;
    };
    let secret = words.nth(open)?;
    let is_role =
        |word: &Range<usize>| ROLES.iter().any(|role| line[word.clone()].eq_ignore_ascii_case(role.as_bytes()));
    let role = words.next().filter(is_role).filter(|_| words.next().is_none());
    Some(secret.start..if role.is_some() { secret.end } else { line.len() })
}

/// The same file with every secret starred out, byte for byte, and the messages moved onto it. `more` is secret as well.
#[must_use]
pub fn hide(
    source: &Source,
    finder: Finder,
    more: impl IntoIterator<Item = Range<usize>>,
    messages: Diagnostics,
) -> (Source, Diagnostics) {
    let mut bytes = source.bytes().to_vec();
    let secrets: Vec<Range<usize>> = ranges(source.bytes(), finder).into_iter().chain(more).collect();
    for secret in &secrets {
        for byte in bytes.get_mut(secret.clone()).into_iter().flatten().filter(|byte| !byte.is_ascii_whitespace()) {
            *byte = b'*';
        }
    }
    let shown = Source::new(source.path(), bytes);
    let moved = messages.into_iter().map(|mut message| {
        if let Some((_, span)) = &message.place
            && secrets.iter().any(|secret| secret.contains(&span.start))
        {
            message.message = without_quoted(&message.message);
            message.label = message.label.map(|label| without_quoted(&label));
        }
        message.place = message.place.map(|(_, span)| (shown.clone(), span));
        message
    });
    let moved = moved.collect();
    (shown, moved)
}

/// A secret goes on into the lines that its own continues in: behind a `\`, or before a `"` that closes it.
fn ranges(text: &[u8], finder: Finder) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let (mut start, mut in_quotes, mut goes_on) = (0, false, false);
    for line in text.split(|byte| *byte == b'\n') {
        if let Some(secret) = if goes_on { Some(0..line.len()) } else { finder(line) } {
            let (quotes, ends_escaped) = quotes(&line[secret.start..]);
            in_quotes ^= quotes % 2 == 1;
            goes_on = ends_escaped || in_quotes;
            found.push(start + secret.start..start + secret.end);
        }
        start += line.len() + 1;
    }
    found
}

/// How many quotes there are that no `\` takes away, and whether one stands at the end.
fn quotes(text: &[u8]) -> (usize, bool) {
    let (mut count, mut escaped) = (0, false);
    for byte in text {
        count += usize::from(*byte == b'"' && !escaped);
        escaped = *byte == b'\\' && !escaped;
    }
    (count, escaped)
}

/// The words of a line as they stand there; quotes hold one together.
fn words(line: &[u8], ends: impl Fn(u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let begins = |byte: u8| !byte.is_ascii_whitespace() && !ends(byte);
        at += line[at..].iter().position(|byte| begins(*byte))?;
        let start = at;
        let mut quoted = false;
        while let Some(byte) = line.get(at) {
            match byte {
                b'\\' => at += 1,
                b'"' => quoted = !quoted,
                byte if !quoted && !begins(*byte) => break,
                _ => {}
            }
            at += 1;
        }
        at = at.min(line.len());
        Some(start..at)
    })
}

/// A word's letters.
fn plain(word: &[u8]) -> String {
    word.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(|byte| char::from(*byte)).collect()
}

fn is_like(word: &str, name: &str) -> bool {
    word.eq_ignore_ascii_case(name) || did_you_mean(&word.to_ascii_lowercase(), [&*name.to_ascii_lowercase()]).is_some()
}

/// A text with what it quotes starred out.
fn without_quoted(text: &str) -> String {
    let starred = text.split('`').enumerate().map(|(index, part)| if index % 2 == 1 { "***" } else { part });
    starred.collect::<Vec<_>>().join("`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;

    fn shown(text: &str, finder: Finder) -> String {
        let (source, _) = hide(&Source::new("file", text), finder, [], Diagnostics::new());
        String::from_utf8(source.bytes().to_vec()).unwrap_or_default()
    }

    #[test]
    fn what_stands_behind_a_word_like_password_is_secret() {
        for (text, expected) in [
            ("  password = two words # both", "  password * *** ***** * ****"),
            ("PASSWD=geheim", "PASSWD*******"),
            ("pasword geheim", "pasword ******"),
            ("[admin] password = x", "[admin] password * *"),
            ("\"password\" = x", "\"password\" * *"),
            ("password = \"a\nb\" c\nactions = SET", "password * **\n** *\nactions = SET"),
            ("password = a\\\nb\nactions = SET", "password * **\n*\nactions = SET"),
            ("actions = SET", "actions = SET"),
            ("upsmon primary", "upsmon primary"),
        ] {
            assert_eq!(shown(text, behind_password), expected, "{text}");
        }
    }

    #[test]
    fn the_password_of_a_monitor_line_is_secret_with_what_follows() {
        for (text, expected) in [
            ("MONITOR rack@nas 1 mon two words primary", "MONITOR rack@nas 1 mon *** ***** *******"),
            ("Monitor rack@nas 1 mon x primary", "Monitor rack@nas 1 mon * primary"),
            ("MONITOR rack@nas 1 mon x primary # was y", "MONITOR rack@nas 1 mon * ******* * *** *"),
            ("monitr rack@nas 1 \"m o n\" x#y", "monitr rack@nas 1 \"m o n\" ***"),
            ("CERTIDENT name \"a b\" # c", "CERTIDENT name ** ** * *"),
            ("SHUTDOWNCMD \"/sbin/shutdown\nMONITOR a 1 b c d", "SHUTDOWNCMD \"/sbin/shutdown\nMONITOR a 1 b * *"),
            ("MINSUPPLIES 1", "MINSUPPLIES 1"),
        ] {
            assert_eq!(shown(text, behind_login), expected, "{text}");
        }
    }

    #[test]
    fn a_message_at_a_secret_does_not_quote_it() {
        let source = Source::new("upsmon.conf", "MONITOR a 1 b c geheim");
        let said = Diagnostic::error(&source, 16..22, "`geheim` is no role").hint("`primary` or `secondary`");
        let (_, said) = hide(&source, behind_login, [], said.into());
        let said = said.to_string();
        assert!(said.contains("`***` is no role") && said.contains("`primary`") && !said.contains("geheim"), "{said}");
    }
}

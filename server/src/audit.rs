//! What a client said, as it stands in a log line: of bounded length, and unable to end the line or
//! to pass for another.

/// Characters of a client's text that are logged.
const MAX: usize = 120;

/// A value, in quotes.
pub(crate) fn value(text: &str) -> String {
    let shown: String = text.chars().take(MAX).collect();
    let more = if shown.len() < text.len() { "…" } else { "" };
    format!("{shown:?}{more}")
}

/// The new value of a variable; that of a password belongs in no log.
pub(crate) fn value_of(variable: &str, text: &str) -> String {
    if variable.to_ascii_lowercase().contains("password") {
        "a value that is not shown".to_owned()
    } else {
        value(text)
    }
}

/// A name: bare, unless it is none that a configuration would hold.
pub(crate) fn name(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.@+".contains(c);
    if !text.is_empty() && text.len() <= MAX && text.chars().all(is_plain) { text.to_owned() } else { value(text) }
}

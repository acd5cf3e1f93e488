//! A command line as a person types it, cut into words: blanks separate, quotes and backslashes keep.

/// The words of a line.
///
/// # Errors
/// What is left open at its end.
pub fn words(line: &str) -> Result<Vec<String>, &'static str> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        match (c, quote) {
            ('\\', None | Some('"')) => {
                word.get_or_insert_default().push(rest.next().ok_or("a backslash with nothing after it")?);
            }
            (_, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (_, None) if c.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err("a quote that is never closed");
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_and_backslashes_keep_blanks() {
        assert_eq!(words(r#" upsrw -s "a b"  c\ d '' "#).unwrap(), ["upsrw", "-s", "a b", "c d", ""]);
        assert_eq!(words("say 'oops"), Err("a quote that is never closed"));
    }
}

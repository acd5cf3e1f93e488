//! `ups.conf`, `upsd.users`: entries, first global ones, then those of each `[section]`.

use super::{Item, Vital, lines};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sectioned {
    /// Entries before the first section.
    pub globals: Vec<Entry>,
    /// Sections in their order; a name may come more than once.
    pub sections: Vec<Section>,
}

/// A `[name]` and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The name, without its brackets; the place has them. Empty where the header is malformed,
    /// which an error has said.
    pub name: Item,
    /// Its entries, in their order.
    pub entries: Vec<Entry>,
}

/// `key = value …`, or words without `=`: a flag, or `upsmon primary`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The first word.
    pub key: Item,
    /// Whether `=` follows.
    pub has_equals: bool,
    /// What follows that.
    pub values: Vec<Item>,
}

impl Entry {
    /// The first value.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.values.first().map(|item| item.text.as_str())
    }
}

/// Reads a file.
#[must_use]
pub fn read(source: &Source) -> (Sectioned, Diagnostics) {
    read_vital(source, |_| false)
}

/// Reads a file; a vital entry of which something had to be cut is an error.
#[must_use]
pub fn read_vital(source: &Source, vital: Vital) -> (Sectioned, Diagnostics) {
    let (lines, mut diagnostics) = lines::read(source, vital);
    let mut file = Sectioned::default();
    for words in lines {
        if words.first().is_some_and(begins_section) {
            file.sections.push(header(source, &words, &mut diagnostics));
            continue;
        }
        let Some(entry) = entry(words) else { continue };
        match file.sections.last_mut() {
            Some(section) => section.entries.push(entry),
            None => file.globals.push(entry),
        }
    }
    (file, diagnostics)
}

/// Quotes make no difference to NUT here: lines below a `"[name]"` are that section's.
fn begins_section(word: &Item) -> bool {
    word.text.starts_with('[') && (!word.quoted || word.text.ends_with(']'))
}

fn header(source: &Source, words: &[Item], diagnostics: &mut Diagnostics) -> Section {
    let start = words.first().map_or(0, |word| word.span.start);
    let end = words.iter().find(|word| word.text.ends_with(']')).or(words.last()).map_or(0, |word| word.span.end);
    let text: Vec<_> = words.iter().take_while(|word| word.span.end <= end).map(|word| word.text.as_str()).collect();
    let text = text.join(" ");
    let mut name = Item { text: text.trim_matches(['[', ']', ' ']).to_owned(), span: start..end, quoted: false };
    let problem = if !text.ends_with(']') {
        Some("section name without its `]`")
    } else if name.text.is_empty() {
        Some("section without a name")
    } else if name.text.contains(|c: char| c.is_ascii_whitespace() || matches!(c, '[' | ']' | '=' | '"')) {
        Some("section name of more than one word")
    } else {
        None
    };
    if let Some(problem) = problem {
        name.text.clear();
        let problem = Diagnostic::error(source, name.span.clone(), problem);
        diagnostics.push(problem.hint("a section begins with its name in brackets, such as `[rack]`"));
    } else if let Some(extra) = words.iter().find(|word| word.span.start >= end) {
        diagnostics.push(extra.warning(source, "word behind a section name").label("is ignored"));
    }
    Section { name, entries: Vec::new() }
}

fn entry(words: Vec<Item>) -> Option<Entry> {
    let mut words = words.into_iter().peekable();
    let key = words.next()?;
    let has_equals = words.next_if(|word| word.text == "=" && !word.quoted).is_some();
    Some(Entry { key, has_equals, values: words.collect() })
}

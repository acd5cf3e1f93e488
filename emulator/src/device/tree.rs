//! A device file as a tree in which every key, value and comment knows where it was written.
//!
//! Serde stops at the first mistake; on the tree all of them are found before it runs. Scalars keep
//! the text that was written.

use std::ops::Range;

use protocol::diagnostic::{Diagnostic, Diagnostics, Source};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, options};

use super::shape;

/// How deep a device file may nest; the deepest that means anything has four levels.
const MAX_DEPTH: usize = 16;
/// Lines of comment in a row.
const MAX_COMMENTS: usize = 1000;

/// The whole file.
#[derive(Debug)]
pub struct Tree {
    /// Its one mapping.
    pub root: Node,
    /// Its comments, in the order of writing.
    pub comments: Vec<Comment>,
}

/// A value.
#[derive(Debug)]
pub struct Node {
    /// Its bytes.
    pub at: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// What a value is.
#[derive(Debug)]
pub enum Value {
    /// Nothing at all, or `~`.
    Nothing,
    /// A text, without its quotes.
    Scalar(String),
    /// `[…]`, or items behind dashes.
    List(Vec<Node>),
    /// `{…}`, or keys with values.
    Map(Vec<(Key, Node)>),
}

/// The key of a value.
#[derive(Debug)]
pub struct Key {
    /// Its bytes.
    pub at: Range<usize>,
    /// The key.
    pub text: String,
}

/// A comment, from its `#` on.
#[derive(Debug)]
pub struct Comment {
    /// Its bytes.
    pub at: Range<usize>,
    /// Its text.
    pub text: String,
}

impl Tree {
    /// Reads the text. Keys written twice go to `wrong`.
    ///
    /// # Errors
    ///
    /// What is no YAML, or no mapping: then nothing more can be said about the file.
    pub fn read(source: &Source, text: &str, wrong: &mut Diagnostics) -> Result<Self, Diagnostic> {
        let limits = options! {
            emit_comments: true,
            emit_unresolved_aliases: true,
            flow_nesting_limit: MAX_DEPTH,
            block_nesting_limit: MAX_DEPTH,
            max_buffered_comment_events: MAX_COMMENTS,
        };
        let mut builder = Builder { source, wrong, open: Vec::new(), root: None, comments: Vec::new() };
        for event in Parser::new_from_str_with_options(text, limits) {
            match event {
                Ok((event, span)) => builder.take(event, span.byte_range().unwrap_or(0..0))?,
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                    return Err(broken(source, text, at, &error.info()));
                }
            }
        }
        match builder.root {
            Some(root @ Node { value: Value::Map(_), .. }) => Ok(Self { root, comments: builder.comments }),
            Some(root) => Err(Diagnostic::error(source, root.at, "a device file is made of sections")
                .hint("it begins with `model: …`; emulator/devices/README.md shows all sections")),
            None => Err(Diagnostic::error(source, 0..0, "there is nothing in this file")
                .hint("the nearest of the files in emulator/devices is the best start")),
        }
    }

    /// What stands at the end of these keys.
    pub fn find(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(&self.root, |node, key| node.get(key).map(|(_, node)| node))
    }

    /// Where that stands; the beginning of the file where it does not.
    pub fn place(&self, keys: &[&str]) -> Range<usize> {
        self.find(keys).map_or(0..0, |node| node.at.clone())
    }
}

impl Node {
    /// The entries of a mapping, none of anything else.
    pub fn entries(&self) -> &[(Key, Self)] {
        if let Value::Map(entries) = &self.value { entries } else { &[] }
    }

    /// The items of a list, none of anything else.
    pub fn items(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        if let Value::Scalar(text) = &self.value { Some(text) } else { None }
    }

    /// The entry of this key.
    pub fn get(&self, key: &str) -> Option<&(Key, Self)> {
        self.entries().iter().find(|(known, _)| known.text == key)
    }

    /// What it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Nothing => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }
}

/// What is said of a text that is no YAML.
fn broken(source: &Source, text: &str, at: usize, info: &str) -> Diagnostic {
    if let Some((place, word)) = lacking_colon(text, at) {
        return Diagnostic::error(source, place, format!("`{word}` lacks its colon")).hint(format!("write `{word}:`"));
    }
    let end = text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
    Diagnostic::error(source, at..end, format!("this is no YAML: {}", info.trim_end_matches('.')))
}

/// The line with the trouble, or one of the two above it, where it begins with a key and has no colon.
fn lacking_colon(text: &str, trouble: usize) -> Option<(Range<usize>, &str)> {
    let mut start = 0;
    let mut above = Vec::new();
    for line in text.split_inclusive('\n') {
        if start > trouble {
            break;
        }
        above.push((start, line));
        start += line.len();
    }
    above.into_iter().rev().take(3).find_map(|(start, line)| {
        let code = line.split('#').next().unwrap_or(line);
        let word = code.split_whitespace().next().filter(|word| shape::is_key(word) && !code.contains(':'))?;
        let at = start + code.find(word)?;
        Some((at..at + word.len(), word))
    })
}

/// A collection that is not yet closed.
enum Open {
    List(Range<usize>, Vec<Node>),
    Map { at: Range<usize>, entries: Vec<(Key, Node)>, key: Option<Key> },
}

struct Builder<'a> {
    source: &'a Source,
    wrong: &'a mut Diagnostics,
    open: Vec<Open>,
    root: Option<Node>,
    comments: Vec<Comment>,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, at: Range<usize>) -> Result<(), Diagnostic> {
        match event {
            Event::Comment(text, _) => self.comments.push(Comment { at, text: text.into_owned() }),
            Event::Scalar(text, style, ..) => {
                let value = match (&*text, style) {
                    ("" | "~" | "null", ScalarStyle::Plain) => Value::Nothing,
                    _ => Value::Scalar(text.into_owned()),
                };
                return self.finish(Node { at, value });
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                return Err(
                    Diagnostic::error(self.source, at, "device files have no aliases").hint("write the value itself")
                );
            }
            Event::SequenceStart(..) => self.open.push(Open::List(at, Vec::new())),
            Event::MappingStart(..) => self.open.push(Open::Map { at, entries: Vec::new(), key: None }),
            Event::SequenceEnd | Event::MappingEnd => {
                let node = match self.open.pop() {
                    Some(Open::List(at, items)) => Node { at, value: Value::List(items) },
                    Some(Open::Map { at, entries, .. }) => Node { at, value: Value::Map(entries) },
                    None => return Ok(()),
                };
                return self.finish(node);
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                return Err(Diagnostic::error(self.source, at, "a second document in one file")
                    .hint("one file holds one device"));
            }
            _ => {}
        }
        Ok(())
    }

    /// A node is whole: it goes where it belongs.
    fn finish(&mut self, node: Node) -> Result<(), Diagnostic> {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List(_, items)) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let Value::Scalar(text) = node.value else {
                        return Err(Diagnostic::error(self.source, node.at, "a word belongs before a colon"));
                    };
                    if let Some((first, _)) = entries.iter().find(|(known, _)| known.text == text) {
                        let line = self.source.locate(first.at.start).line;
                        let twice =
                            Diagnostic::error(self.source, node.at.clone(), format!("`{text}` is written twice"));
                        self.wrong.push(twice.hint(format!("it stands in line {line} already; keep one of the two")));
                    }
                    *key = Some(Key { at: node.at, text });
                }
            },
        }
        Ok(())
    }
}

//! YAML as a tree in which every node knows where it was written.
//!
//! Stands on the event parser under `serde-saphyr`, so that one reading gives every mistake its
//! place, and so that nesting, size and aliases are bounded before anything is built. Scalars keep
//! the text that was written: `off` is a word, never a boolean. [`deserialize`] hands a tree to serde.

pub mod deserialize;
pub mod shapes;

use super::mistake::{At, Mistake};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle, Span, options};
use std::collections::BTreeMap;

/// The longest file that is read.
pub const LONGEST_FILE: usize = 1024 * 1024;
/// How deep collections may nest.
pub const DEEPEST_NESTING: usize = 32;
/// The most nodes a file may have, aliases expanded.
pub const MOST_NODES: usize = 100_000;

/// A node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Where it was written.
    pub at: At,
    /// What it is.
    pub value: Value,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing, `~` or `null`.
    Null,
    /// Text, with escapes processed.
    Scalar(String),
    /// A sequence.
    List(Vec<Node>),
    /// A mapping, in the order of writing.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Where it was written.
    pub at: At,
    /// The key.
    pub text: String,
}

impl Node {
    /// The value under a key, where this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(k, _)| k.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match &mut self.value {
            Value::Map(entries) => entries.iter_mut().find(|(k, _)| k.text == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// What it is, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "nothing",
            Value::Scalar(_) => "a word",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    fn count(&self) -> usize {
        1 + match &self.value {
            Value::Null | Value::Scalar(_) => 0,
            Value::List(items) => items.iter().map(Self::count).sum(),
            Value::Map(entries) => entries.iter().map(|(_, node)| 1 + node.count()).sum(),
        }
    }
}

/// Reads the text numbered `number`. What is wrong with its YAML goes to `mistakes`; a tree comes
/// back unless nothing can be made of the text.
pub fn parse(text: &str, number: usize, mistakes: &mut Vec<Mistake>) -> Option<Node> {
    let limits = options! {
        emit_comments: false,
        flow_nesting_limit: DEEPEST_NESTING,
        block_nesting_limit: DEEPEST_NESTING,
    };
    let mut builder =
        Builder { number, open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, root: None, documents: 0 };
    for event in Parser::new_from_str_with_options(text, limits) {
        match event {
            Ok((event, span)) => {
                if let Err(mistake) = builder.take(event, builder.at(&span), mistakes) {
                    mistakes.push(mistake);
                    return None;
                }
            }
            Err(error) => {
                let start = error.marker().byte_offset().unwrap_or(0).min(text.len());
                mistakes.push(broken(text, At { text: number, start, end: start }, &error.info()));
                return None;
            }
        }
    }
    builder.root.or_else(|| {
        let at = At { text: number, start: 0, end: 0 };
        mistakes.push(
            Mistake::new(at, "there is nothing in this file", "empty")
                .hint("a scenario has at least `title`, `ups`, `hosts` and `timeline`"),
        );
        None
    })
}

fn broken(text: &str, at: At, info: &str) -> Mistake {
    // The parser may see a tab from the end of the line before.
    let tab = text[at.start..].find('\t').filter(|_| info.contains("tab"));
    let start = at.start + tab.unwrap_or(0);
    let at = At { start, end: text[start..].chars().next().map_or(start, |c| start + c.len_utf8()), ..at };
    if tab.is_some() {
        Mistake::new(at, "a tab cannot indent a line of YAML", "a tab").hint("indent with spaces")
    } else if info.contains("nest") || info.contains("recursion") {
        Mistake::new(at, format!("collections nest deeper than {DEEPEST_NESTING}"), "too deep")
    } else if info.contains("anchor") {
        Mistake::new(at, "this alias has no anchor", "no such anchor before this")
            .hint("an anchor is written `&name`, before its first `*name`")
    } else {
        let mistake = Mistake::new(at, format!("this is not YAML: {}", info.trim_end_matches('.')), "here");
        if info.contains("quoted scalar") {
            mistake.hint("a quote before this may never be closed")
        } else if info.contains("block") {
            mistake.hint("this line, or one before it, may be indented too far or not far enough")
        } else {
            mistake
        }
    }
}

/// A collection under construction.
struct Open {
    at: At,
    anchor: usize,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Map { entries: Vec<(Key, Node)>, key: Option<Key> },
}

struct Builder {
    number: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
    root: Option<Node>,
    documents: usize,
}

impl Builder {
    fn at(&self, span: &Span) -> At {
        let range = span.byte_range().unwrap_or(0..0);
        At { text: self.number, start: range.start, end: range.end }
    }

    fn take(&mut self, event: Event<'_>, at: At, mistakes: &mut Vec<Mistake>) -> Result<(), Mistake> {
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    return Err(Mistake::new(at, "a second document in one file", "begins here")
                        .hint("one file holds one scenario; `matrix:` multiplies it"));
                }
            }
            Event::Scalar(text, style, anchor, _) => {
                let value = match (&*text, style) {
                    ("" | "~" | "null", ScalarStyle::Plain) => Value::Null,
                    _ => Value::Scalar(text.into_owned()),
                };
                self.finish(Node { at, value }, anchor, mistakes)?;
            }
            Event::SequenceStart(_, anchor, _) => self.open.push(Open { at, anchor, items: Items::List(Vec::new()) }),
            Event::MappingStart(_, anchor, _) => {
                self.open.push(Open { at, anchor, items: Items::Map { entries: Vec::new(), key: None } });
            }
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(open) = self.open.pop() {
                    let value = match open.items {
                        Items::List(items) => Value::List(items),
                        Items::Map { entries, .. } => Value::Map(entries),
                    };
                    let at = At { end: at.start.max(open.at.end), ..open.at };
                    self.finish(Node { at, value }, open.anchor, mistakes)?;
                }
            }
            Event::Alias(id) => {
                let Some(node) = self.anchors.get(&id) else {
                    return Err(Mistake::new(at, "this alias contains itself", "leads back to what it is part of")
                        .hint("an alias can only repeat something that ended before it"));
                };
                let node = node.clone();
                self.finish(node, 0, mistakes)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, mistakes: &mut Vec<Mistake>) -> Result<(), Mistake> {
        self.nodes += if anchor == 0 { node.count() } else { 1 };
        if self.nodes > MOST_NODES {
            return Err(Mistake::new(
                node.at,
                format!("more than {MOST_NODES} values, aliases expanded"),
                "too many from here",
            ));
        }
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.items {
            Items::List(items) => items.push(node),
            Items::Map { entries, key } => match key.take() {
                Some(key) => {
                    if entries.iter().any(|(first, _)| first.text == key.text) {
                        mistakes.push(
                            Mistake::new(key.at, format!("`{}` is written twice", key.text), "again here")
                                .hint("a name can be used only once in one mapping"),
                        );
                    } else {
                        entries.push((key, node));
                    }
                }
                None => *key = Some(as_key(node)?),
            },
        }
        Ok(())
    }
}

fn as_key(node: Node) -> Result<Key, Mistake> {
    match node.value {
        Value::Scalar(text) => Ok(Key { at: node.at, text }),
        _ => Err(Mistake::new(node.at, format!("{} cannot be a key", node.kind()), "a name belongs here")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> Vec<String> {
        let mut mistakes = Vec::new();
        parse(text, 0, &mut mistakes);
        mistakes.into_iter().map(|mistake| mistake.message).collect()
    }

    #[test]
    fn off_stays_a_word() {
        let node = parse("mains: off", 0, &mut Vec::new()).unwrap();
        assert_eq!(node.get("mains").unwrap().value, Value::Scalar("off".into()));
        assert_eq!(node.get("mains").unwrap().at, At { text: 0, start: 7, end: 10 });
    }

    #[test]
    fn an_alias_repeats_its_anchor() {
        let node = parse("a: &x [1, 2]\nb: *x\n", 0, &mut Vec::new()).unwrap();
        assert_eq!(node.get("a").unwrap().value, node.get("b").unwrap().value);
    }

    #[test]
    fn an_alias_cannot_contain_itself() {
        assert_eq!(wrong("a: &x [1, *x]\n"), ["this alias contains itself"]);
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..12 {
            let one = format!("*a{}, ", level - 1);
            text.push_str(&format!("a{level}: &a{level} [{}]\n", one.repeat(9)));
        }
        assert_eq!(wrong(&text), [format!("more than {MOST_NODES} values, aliases expanded")]);
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert_eq!(wrong(&"[".repeat(1_000_000)), [format!("collections nest deeper than {DEEPEST_NESTING}")]);
        let blocks: String = (0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
        assert_eq!(wrong(&blocks), [format!("collections nest deeper than {DEEPEST_NESTING}")]);
    }

    #[test]
    fn a_key_written_twice_is_refused() {
        assert_eq!(wrong("a: 1\na: 2\n"), ["`a` is written twice"]);
    }
}

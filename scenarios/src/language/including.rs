//! `include:`: a file's UPSes, hosts, commands, timeline and expectations before the including file's.
//!
//! Mappings are merged name by name, what is written nearer to the scenario winning; lists are put
//! one after another. A file that includes itself, however far around, is a mistake.

use super::mistake::{At, Mistake};
use super::texts::Texts;
use super::yaml::{self, Key, Node, Value};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How many files may include one another in a row.
const DEEPEST: usize = 8;
/// How many files one scenario may be read from.
const MOST_FILES: usize = 32;
/// What an included file may bring.
const SHARED: [&str; 10] =
    ["ups", "hosts", "commands", "timeline", "expect", "violates", "tags", "include", "from", "lasts"];

/// Reads a file and everything it includes into one tree. A file that cannot be read at all is an
/// `Err`; what is wrong inside goes to `mistakes`.
///
/// # Errors
/// What the operating system says about the first file.
pub fn read(path: &Path, texts: &mut Texts, mistakes: &mut Vec<Mistake>) -> io::Result<Option<Node>> {
    let text = text_of(path)?;
    let mut reader = Reader { texts, mistakes, trail: Vec::new(), files: 0 };
    Ok(reader.file(path, text))
}

/// A file's text: at most what a scenario may have, and one byte to see that there is more.
fn text_of(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(yaml::LONGEST_FILE).unwrap_or(u64::MAX);
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

struct Reader<'a> {
    texts: &'a mut Texts,
    mistakes: &'a mut Vec<Mistake>,
    /// The files that are being read, outermost first, made absolute.
    trail: Vec<PathBuf>,
    files: usize,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path, bytes: Vec<u8>) -> Option<Node> {
        self.files += 1;
        let too_long = bytes.len() > yaml::LONGEST_FILE;
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            // A limit can cut a character in two: what comes before it still tells what is wrong.
            Err(error) if too_long => {
                let valid = error.utf8_error().valid_up_to();
                String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned()
            }
            Err(error) => {
                let start = error.utf8_error().valid_up_to();
                let end = start + char::REPLACEMENT_CHARACTER.len_utf8();
                let number = self.texts.add(path.to_path_buf(), String::from_utf8_lossy(error.as_bytes()).into_owned());
                self.mistakes.push(Mistake::new(At { text: number, start, end }, "this is not UTF-8", "from here"));
                return None;
            }
        };
        let number = self.texts.add(path.to_path_buf(), text.clone());
        let before = self.mistakes.len();
        let node = yaml::parse(&text, number, self.mistakes);
        if too_long {
            if self.mistakes.len() == before {
                let at = At { text: number, start: 0, end: 0 };
                self.mistakes.push(Mistake::new(
                    at,
                    format!("longer than {} bytes", yaml::LONGEST_FILE),
                    "no scenario is this long",
                ));
            }
            return None;
        }
        let node = node?;
        if !matches!(node.value, Value::Map(_)) {
            self.mistakes.push(Mistake::new(
                At { end: node.at.start + 1, ..node.at },
                format!("a scenario is a mapping, not {}", node.kind()),
                "`title:` and so on belong here",
            ));
            return None;
        }
        self.trail.push(absolute(path));
        let merged = self.with_included(node, path);
        self.trail.pop();
        merged
    }

    /// `None` when an included file is missing: what it would have brought cannot be missed then.
    fn with_included(&mut self, mut node: Node, path: &Path) -> Option<Node> {
        let includes: Vec<(At, String)> = match node.get("include").map(|include| &include.value) {
            Some(Value::Scalar(one)) => vec![(node.get("include").map_or(node.at, |include| include.at), one.clone())],
            Some(Value::List(items)) => items
                .iter()
                .filter_map(|item| match &item.value {
                    Value::Scalar(one) => Some((item.at, one.clone())),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        let mut complete = true;
        for (at, name) in includes.into_iter().rev() {
            let from = path.parent().unwrap_or_else(|| Path::new("")).join(&name);
            match self.include(at, &from) {
                Some(included) => merge(&mut node, included),
                None => complete = false,
            }
        }
        complete.then_some(node)
    }

    fn include(&mut self, at: At, path: &Path) -> Option<Node> {
        if self.trail.contains(&absolute(path)) {
            let trail: Vec<String> = self
                .trail
                .iter()
                .filter_map(|file| file.file_name())
                .map(|name| format!("`{}`", name.to_string_lossy()))
                .collect();
            self.mistakes.push(
                Mistake::new(at, format!("`{}` includes itself", path.display()), "leads back to where it is included")
                    .hint(format!("read so far: {}", trail.join(", then "))),
            );
            return None;
        }
        if self.trail.len() >= DEEPEST || self.files >= MOST_FILES {
            self.mistakes.push(Mistake::new(
                at,
                format!("more than {DEEPEST} files deep, or {MOST_FILES} in all"),
                "one too many",
            ));
            return None;
        }
        let bytes = match text_of(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.mistakes.push(Mistake::new(at, format!("cannot read `{}`", path.display()), error.to_string()));
                return None;
            }
        };
        let mut node = self.file(path, bytes)?;
        if let Value::Map(entries) = &mut node.value {
            for (key, _) in entries.iter() {
                if !SHARED.contains(&key.text.as_str()) {
                    self.mistakes.push(
                        Mistake::new(key.at, format!("an included file cannot have `{}`", key.text), "not shared")
                            .hint(format!("it may have {}", SHARED.join(", "))),
                    );
                }
            }
            entries.retain(|(key, _)| SHARED.contains(&key.text.as_str()) && key.text != "include");
        }
        Some(node)
    }
}

/// Puts `base` under `node`: what `node` says wins, lists of `base` come first.
fn merge(node: &mut Node, base: Node) {
    match (&mut node.value, base.value) {
        (Value::Map(entries), Value::Map(base)) => {
            let mut merged: Vec<(Key, Node)> = base;
            for (key, value) in std::mem::take(entries) {
                match merged.iter_mut().find(|(name, _)| name.text == key.text) {
                    Some((name, under)) => {
                        let below = std::mem::replace(under, value);
                        name.at = key.at;
                        merge(under, below);
                    }
                    None => merged.push((key, value)),
                }
            }
            *entries = merged;
        }
        (Value::List(items), Value::List(mut base)) => {
            base.append(items);
            *items = base;
        }
        _ => {}
    }
}

fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

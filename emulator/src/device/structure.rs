//! Finds every key and value that a device file cannot have, all at once.

use std::ops::Range;

use protocol::diagnostic::{Diagnostic, Diagnostics, Source, did_you_mean};

use super::shape::{self, Key, Kind, Unit};
use super::tree::{self, Node, Tree, Value};

/// Checks the whole file against [`shape::FILE`].
pub fn check(tree: &Tree, text: &Source, wrong: &mut Diagnostics) {
    let mut checker = Checker { text, wrong };
    checker.section(&tree.root, None, shape::FILE);
}

struct Checker<'a> {
    text: &'a Source,
    wrong: &'a mut Diagnostics,
}

impl Checker<'_> {
    fn say(&mut self, at: Range<usize>, message: String, hint: String) {
        self.wrong.push(Diagnostic::error(self.text, at, message).hint(hint));
    }

    /// `called` is the section's key; the whole file has none.
    fn section(&mut self, node: &Node, called: Option<&tree::Key>, keys: &'static [Key]) {
        let name = called.map_or("a device file".to_owned(), |key| format!("`{}`", key.text));
        let entries = node.entries();
        for (key, value) in entries {
            match keys.iter().find(|known| known.name == key.text) {
                Some(known) => self.value(value, key, &known.kind),
                None => self.unknown(key, &name, keys),
            }
        }
        let misspelt = |name: &str| {
            let unknown = entries.iter().filter(|(key, _)| keys.iter().all(|known| known.name != key.text));
            unknown.into_iter().any(|(key, _)| did_you_mean(&key.text, [name]).is_some())
        };
        let has = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        let missing = keys.iter().filter(|key| key.required && !has(key.name) && !misspelt(key.name));
        let missing: Vec<String> = missing.map(|key| format!("`{}`", key.name)).collect();
        if !missing.is_empty() {
            let at = called.map_or(0..0, |key| key.at.clone());
            let hint = "emulator/devices/README.md says of each what it is".to_owned();
            self.say(at, format!("{name} needs {}", missing.join(", ")), hint);
        }
    }

    fn unknown(&mut self, key: &tree::Key, name: &str, keys: &[Key]) {
        let unknown = Diagnostic::error(self.text, key.at.clone(), format!("{name} has no key `{}`", key.text));
        let elsewhere = shape::sections().into_iter().find(|(_, keys)| keys.iter().any(|known| known.name == key.text));
        let known: Vec<&str> = keys.iter().map(|key| key.name).collect();
        let unknown = match elsewhere {
            Some((section, _)) if !section.is_empty() => unknown.hint(format!("it belongs under `{section}`")),
            Some(_) => unknown.hint("it begins a section of its own, at the beginning of a line"),
            None => unknown.hint(format!("known here: {}", known.join(", "))).suggest(&key.text, known.iter().copied()),
        };
        self.wrong.push(unknown);
    }

    fn value(&mut self, node: &Node, key: &tree::Key, kind: &'static Kind) {
        match (&node.value, kind) {
            (Value::Nothing, _) => {
                let message = format!("nothing stands behind `{}`", key.text);
                self.say(key.at.clone(), message, format!("it takes {}", called(kind)));
            }
            (Value::Map(_), Kind::Section(keys)) => self.section(node, Some(key), keys),
            (Value::Map(entries), Kind::Named(of)) => {
                entries.iter().for_each(|(key, value)| self.value(value, key, of));
            }
            (Value::Map(entries), Kind::Numbered(of)) => {
                for (index, value) in entries {
                    if !shape::number(&index.text).is_some_and(|number| (0..=255).contains(&number)) {
                        let message = format!("`{}` is not a number from 0 to 255", index.text);
                        self.say(index.at.clone(), message, format!("`{}` has numbers for keys", key.text));
                    }
                    self.value(value, index, of);
                }
            }
            (Value::List(items), Kind::List(of)) => items.iter().for_each(|item| self.value(item, key, of)),
            (Value::Scalar(_), Kind::Text) => {}
            (Value::Scalar(text), Kind::Number(least, most)) => self.number(node, text, *least, *most),
            (Value::Scalar(text), Kind::Flag) if text == "true" || text == "false" => {}
            (Value::Scalar(text), Kind::Flag) => {
                let hint = "write `true` or `false`".to_owned();
                self.say(node.at.clone(), format!("`{text}` is neither `true` nor `false`"), hint);
            }
            (Value::Scalar(text), Kind::Quantity(unit)) => self.quantity(node, text, unit),
            (Value::Scalar(text), Kind::Word(words)) if words.contains(&text.as_str()) => {}
            (Value::Scalar(text), Kind::Word(words)) => {
                let unknown =
                    Diagnostic::error(self.text, node.at.clone(), format!("`{}` cannot be `{text}`", key.text));
                let hint = format!("known here: {}", words.join(", "));
                self.wrong.push(unknown.hint(hint).suggest(text, words.iter().copied()));
            }
            _ => {
                let message = format!("`{}` takes {}, not {}", key.text, called(kind), node.kind());
                let at = if node.at.is_empty() { key.at.clone() } else { node.at.clone() };
                self.say(at, message, "emulator/devices/README.md shows how it is written".to_owned());
            }
        }
    }

    fn number(&mut self, node: &Node, text: &str, least: i64, most: i64) {
        match shape::number(text) {
            Some(number) if (least..=most).contains(&number) => {}
            Some(_) => self.say(node.at.clone(), format!("`{text}` is out of range"), format!("{least} to {most}")),
            None => {
                let message = format!("`{text}` is not a whole number");
                self.say(node.at.clone(), message, "write it like `12` or `0x0c`, without a unit".to_owned());
            }
        }
    }

    fn quantity(&mut self, node: &Node, text: &str, unit: &Unit) {
        let Err(error) = (unit.read)(text) else { return };
        let wrong = Diagnostic::error(self.text, node.at.clone(), format!("`{text}` is not {}", error.wanted));
        let number = text.trim().trim_end_matches(|c: char| !c.is_ascii_digit());
        let fitting: Vec<String> = unit
            .symbols
            .iter()
            .map(|symbol| format!("{number} {symbol}"))
            .filter(|written| (unit.read)(written).is_ok())
            .take(2)
            .map(|written| format!("`{written}`"))
            .collect();
        let hint = match fitting.is_empty() {
            true => format!("{} belongs here", error.wanted),
            false => format!("did you mean {}?", fitting.join(" or ")),
        };
        self.wrong.push(wrong.hint(hint));
    }
}

/// What belongs behind a key, for messages.
fn called(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "a text",
        Kind::Number(..) => "a whole number",
        Kind::Flag => "`true` or `false`",
        Kind::Quantity(_) => "a number with its unit",
        Kind::Word(_) => "a word",
        Kind::Section(_) => "keys of its own, indented below it",
        Kind::List(_) => "a list, such as `[1, 2]`",
        Kind::Named(_) | Kind::Numbered(_) => "keys with values, indented below it",
    }
}

//! Brings a device file's paths and the descriptor's fields together.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use protocol::diagnostic::{Diagnostic, Diagnostics, Source as Text};

use super::shape;
use super::tree::{Key, Node, Tree, Value};
use crate::hid::bind::{Binding, Source};
use crate::hid::layout::{Field, Layout};
use crate::hid::quantity::{self, QUANTITIES};

/// Reads `quantities`, `constants`, `dates` and `settings`.
pub struct Binder<'a> {
    text: &'a Text,
    tree: &'a Tree,
    layout: &'a Layout,
    names: Vec<String>,
    binding: Binding,
    bound: BTreeSet<String>,
    wrong: &'a mut Diagnostics,
}

impl<'a> Binder<'a> {
    /// Nothing is bound yet.
    pub fn new(text: &'a Text, tree: &'a Tree, layout: &'a Layout, wrong: &'a mut Diagnostics) -> Self {
        let names: Vec<String> = layout.fields.iter().map(Field::name).collect();
        let binding = Binding { sources: vec![None; names.len()], settings: Vec::new() };
        Self { text, tree, layout, names, binding, bound: BTreeSet::new(), wrong }
    }

    /// What stands behind each field. Values that are no text or number are left to the structure's check.
    pub fn bind(mut self) -> Binding {
        for (path, node) in self.section("quantities") {
            let Some(word) = node.text() else { continue };
            match quantity::find(word) {
                Some(quantity) => _ = self.place(path, Source::Quantity(quantity)),
                None => self.wrong.push(unknown_quantity(self.text, node, word)),
            }
        }
        for (path, node) in self.section("constants") {
            let Some(number) = node.text().and_then(shape::number) else { continue };
            if self.place(path, Source::Constant(number)) {
                self.check_range(path, node, number);
                self.check_string(path, node, number);
            }
        }
        for (path, node) in self.section("dates") {
            let Some(date) = node.text() else { continue };
            match packed_date(date) {
                Some(number) => self.set(path, node, number),
                None => {
                    let message = format!("`{date}` is not a date such as `2019/12/10`");
                    self.wrong.push(
                        Diagnostic::error(self.text, node.at.clone(), message)
                            .hint("year, month and day, from 1980/01/01 to 2107/12/31"),
                    );
                }
            }
        }
        for (path, node) in self.section("settings") {
            let Some(number) = node.text().and_then(shape::number) else { continue };
            self.set(path, node, number);
        }
        self.check_excuses();
        self.binding
    }

    fn section(&self, name: &str) -> &'a [(Key, Node)] {
        self.tree.find(&[name]).map_or(&[], Node::entries)
    }

    fn set(&mut self, path: &Key, node: &Node, number: i64) {
        let setting = self.binding.settings.len();
        self.binding.settings.push(number);
        if self.place(path, Source::Setting(setting)) {
            self.check_range(path, node, number);
        }
    }

    /// Puts `source` behind every field of this path; whether there is one.
    fn place(&mut self, path: &Key, source: Source) -> bool {
        if !self.bound.insert(path.text.clone()) {
            let message = format!("`{}` has two sources", path.text);
            let twice = Diagnostic::error(self.text, path.at.clone(), message);
            self.wrong.push(twice.hint("a path stands in one of quantities, constants, dates and settings"));
            return false;
        }
        let mut found = false;
        for (name, slot) in self.names.iter().zip(&mut self.binding.sources) {
            if *name == path.text {
                *slot = Some(source);
                found = true;
            }
        }
        if !found {
            let message = format!("the report descriptor has no field `{}`", path.text);
            let unknown = Diagnostic::error(self.text, path.at.clone(), message);
            let unknown =
                unknown.hint("`ups-emulator --fields` with its .hex file for `--device` lists the fields it has");
            self.wrong.push(unknown.suggest(&path.text, self.names.iter().map(String::as_str)));
        }
        found
    }

    /// A field shows what lies in its logical range, and outside of it only where that means "no value".
    fn check_range(&mut self, path: &Key, node: &Node, number: i64) {
        let fields = self.layout.fields.iter().zip(&self.names).filter(|(_, name)| **name == path.text);
        let cannot =
            fields.map(|(field, _)| field).find(|field| !showable(self.tree, field, &path.text).contains(&number));
        let Some(field) = cannot else { return };
        let range = showable(self.tree, field, &path.text);
        let (message, hint) = if range == field.capacity() {
            let message = format!("the {} bits of `{}` cannot hold {number}", field.size, path.text);
            (message, format!("they hold {} to {}", range.start(), range.end()))
        } else {
            let message = format!("{number} is outside the logical range of `{}`", path.text);
            (message, format!("the report descriptor says {} to {}", range.start(), range.end()))
        };
        self.wrong.push(Diagnostic::error(self.text, node.at.clone(), message).hint(hint));
    }

    /// A wrong range is excused by its field's path, and a reason.
    fn check_excuses(&mut self) {
        for (path, reason) in self.tree.find(&["report-descriptor", "wrong-ranges"]).map_or(&[][..], Node::entries) {
            if !self.names.contains(&path.text) {
                let message = format!("the report descriptor has no field `{}`", path.text);
                let unknown = Diagnostic::error(self.text, path.at.clone(), message);
                self.wrong.push(unknown.suggest(&path.text, self.names.iter().map(String::as_str)));
            } else if reason.text().is_some_and(|reason| reason.trim().is_empty()) {
                self.wrong.push(Diagnostic::error(self.text, reason.at.clone(), "this wrong range has no reason"));
            }
        }
    }

    /// The fields that HID calls `iProduct`, `iSerialNumber` and so on hold the index of a string.
    fn check_string(&mut self, path: &Key, node: &Node, number: i64) {
        let name = path.text.rsplit('.').next().unwrap_or_default();
        let mut letters = name.chars();
        let is_index = letters.next() == Some('i') && letters.next().is_some_and(char::is_uppercase);
        if is_index && let Some(missing) = missing_string(self.text, self.tree, node, number) {
            self.wrong.push(missing);
        }
    }
}

/// The logical values that this field of a device can show: those of its range, or all that its bits hold
/// where a value outside means "none", or where the file says that the range is wrong.
pub fn showable(tree: &Tree, field: &Field, path: &str) -> RangeInclusive<i64> {
    let excused = tree.find(&["report-descriptor", "wrong-ranges", path]).is_some();
    if field.null || excused { field.capacity() } else { field.range() }
}

/// What is said of the index of a string that is not there; 0 means that there is none.
pub fn missing_string(text: &Text, tree: &Tree, node: &Node, index: i64) -> Option<Diagnostic> {
    // What stands in the place of the strings and is none, has been reported.
    let Value::Map(strings) = &tree.find(&["usb", "strings"])?.value else { return None };
    let known: Vec<i64> = strings.iter().filter_map(|(key, _)| shape::number(&key.text)).collect();
    if index == 0 || known.contains(&index) {
        return None;
    }
    let known: Vec<String> = known.iter().map(ToString::to_string).collect();
    let missing = Diagnostic::error(text, node.at.clone(), format!("there is no string {index}"));
    Some(missing.hint(format!("`strings` of `usb` has {}; 0 means none", known.join(", "))))
}

/// An unknown quantity, with those that begin so, or look alike, or hold its word.
fn unknown_quantity(text: &Text, node: &Node, word: &str) -> Diagnostic {
    let names = || QUANTITIES.iter().map(|quantity| quantity.name);
    let quoted = |names: Vec<&str>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let begins = |name: &str| !word.is_empty() && name.starts_with(word);
    let holds = |name: &str| name.split('-').any(|part| part == word);
    let begin: Vec<&str> = names().filter(|name| begins(name)).collect();
    let hold: Vec<&str> = names().filter(|name| holds(name) && !begins(name)).collect();
    let unknown = Diagnostic::error(text, node.at.clone(), format!("unknown quantity `{word}`"));
    match [begin, hold].concat() {
        none if none.is_empty() => unknown.hint("emulator/devices/README.md lists them").suggest(word, names()),
        alike => unknown.hint(format!("did you mean {}?", quoted(alike))),
    }
}

/// Year since 1980, month, day in 7, 4 and 5 bits (HID PDC 1.1, ManufacturerDate).
fn packed_date(date: &str) -> Option<i64> {
    let mut parts = date.split('/').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let fits = (1980..2108).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    (fits && parts.next().is_none()).then(|| (year - 1980) * 512 + month * 32 + day)
}

//! `matrix:`: one file, many scenarios.
//!
//! Each key is a dotted path into the file (`hosts.nas.stops_in`; a step is found by its id:
//! `timeline.outage.at`), each value a list to try. Every combination is a scenario of its own.

use super::mistake::{At, Mistake};
use super::yaml::{Key, Node, Value};

/// The most scenarios that one file may become.
const MOST_ROWS: usize = 1000;

/// One scenario of a file: what was put where, and the tree with it in place.
#[derive(Debug)]
pub struct Row {
    /// `stops_in=30 s, device=apc-back-ups-650`; empty for a file without a matrix.
    pub name: String,
    /// The tree.
    pub tree: Node,
}

/// Every scenario that a tree stands for. One, as it is, when it has no matrix.
pub fn rows(tree: &Node, mistakes: &mut Vec<Mistake>) -> Vec<Row> {
    let mut rows = vec![Row { name: String::new(), tree: tree.clone() }];
    let Some(Value::Map(axes)) = tree.get("matrix").map(|matrix| &matrix.value) else { return rows };
    for (path, values) in axes {
        let Value::List(values) = &values.value else { continue };
        if let Err(mistake) = find(&mut tree.clone(), path).map(|_| ()) {
            mistakes.push(mistake);
            continue;
        }
        if values.is_empty() || rows.len() * values.len() > MOST_ROWS {
            mistakes.push(Mistake::new(
                path.at,
                format!("{} values here make {} scenarios", values.len(), rows.len() * values.len()),
                format!("1 to {MOST_ROWS} scenarios in all"),
            ));
            continue;
        }
        rows = rows.iter().flat_map(|row| values.iter().filter_map(|value| put(row, path, value))).collect();
    }
    rows
}

fn put(row: &Row, path: &Key, value: &Node) -> Option<Row> {
    let mut tree = row.tree.clone();
    *find(&mut tree, path).ok()? = value.clone();
    let last = path.text.rsplit('.').next().unwrap_or(&path.text);
    let comma = if row.name.is_empty() { "" } else { ", " };
    Some(Row { name: format!("{}{comma}{last}={}", row.name, brief(value)), tree })
}

fn brief(value: &Node) -> String {
    match &value.value {
        Value::Null => "none".to_owned(),
        Value::Scalar(text) => text.clone(),
        Value::List(items) => items.iter().map(brief).collect::<Vec<_>>().join("+"),
        Value::Map(entries) => {
            entries.iter().map(|(key, value)| format!("{} {}", key.text, brief(value))).collect::<Vec<_>>().join(" ")
        }
    }
}

/// The node at a dotted path. The last part may name a key that is not there yet.
fn find<'a>(tree: &'a mut Node, path: &Key) -> Result<&'a mut Node, Mistake> {
    let mut node = tree;
    let mut offset = 0;
    let parts: Vec<&str> = path.text.split('.').collect();
    for (index, part) in parts.iter().enumerate() {
        let at = At { text: path.at.text, start: path.at.start + offset, end: path.at.start + offset + part.len() };
        offset += part.len() + 1;
        let last = index + 1 == parts.len();
        let names: Vec<String> = match &node.value {
            Value::Map(entries) => entries.iter().map(|(key, _)| key.text.clone()).collect(),
            Value::List(items) => items.iter().filter_map(id).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let missing = || {
            Mistake::new(at, format!("`{}` leads nowhere", path.text), format!("no `{part}` here"))
                .nearest(part, names.iter().map(String::as_str))
        };
        node = match &mut node.value {
            Value::Map(entries) => {
                let found = entries.iter().position(|(key, _)| key.text == *part);
                let index = match found {
                    Some(index) => index,
                    None if last => {
                        entries.push((Key { at, text: (*part).to_owned() }, Node { at, value: Value::Null }));
                        entries.len() - 1
                    }
                    None => return Err(missing()),
                };
                &mut entries[index].1
            }
            Value::List(items) => items.iter_mut().find(|item| id(item) == Some(part)).ok_or_else(missing)?,
            _ => return Err(missing()),
        };
    }
    Ok(node)
}

/// The id of a step.
fn id(item: &Node) -> Option<&str> {
    match item.get("id").map(|id| &id.value) {
        Some(Value::Scalar(text)) => Some(text),
        _ => None,
    }
}

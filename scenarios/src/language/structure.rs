//! Finds every key and value of a tree that the shape of a scenario does not take, all at once.
//!
//! It reads the JSON Schema that [`super::schema`] derives from [`super::written`], so that what
//! editors complete, what is checked here and what serde reads cannot drift apart. Only the words
//! of JSON Schema that occur there are understood.

use super::mistake::{At, Mistake};
use super::units;
use super::yaml::{Node, Value};
use protocol::diagnostic::did_you_mean;
use serde_json::{Map, Value as Json};

type Object = Map<String, Json>;

/// Checks `node` against `schema`; mistakes are added in the order of writing.
pub fn check(node: &Node, schema: &Json, mistakes: &mut Vec<Mistake>) {
    let definitions = schema.get("$defs").and_then(Json::as_object).cloned().unwrap_or_default();
    Checker { definitions, mistakes }.check(node, schema, "a scenario");
}

struct Checker<'a> {
    definitions: Object,
    mistakes: &'a mut Vec<Mistake>,
}

impl Checker<'_> {
    fn check(&mut self, node: &Node, schema: &Json, called: &str) {
        let Some(shape) = self.follow(schema) else { return };
        // A shape that has a name of its own is called by it, not by the key that it stands under.
        let called = shape
            .get("title")
            .and_then(Json::as_str)
            .filter(|_| shape.contains_key("properties"))
            .unwrap_or(called)
            .to_owned();
        let called = called.as_str();
        if let Some(kind) = shape.get("x-quantity").and_then(Json::as_str).and_then(units::kind) {
            return self.quantity(node, kind);
        }
        if let Some(branches) = alternatives(&shape) {
            return self.either(node, &branches, called);
        }
        if let Some(words) = words(&shape) {
            return self.word(node, &words);
        }
        let types = types(&shape);
        match (&node.value, types.as_slice()) {
            (Value::Null, types) if types.contains(&"null") => {}
            (Value::Map(entries), types) if types.is_empty() || types.contains(&"object") => {
                let entries: Vec<_> = entries.iter().collect();
                for (key, value) in &entries {
                    self.entry(&shape, key, value, called);
                }
                self.required(node.at, &shape, &entries, called);
            }
            (Value::List(items), types) if types.is_empty() || types.contains(&"array") => {
                if let Some(of) = shape.get("items") {
                    for item in items {
                        self.check(item, of, called);
                    }
                }
            }
            (Value::Scalar(_), types) if types.is_empty() || types.contains(&"string") => {}
            (Value::Scalar(text), types) if types.contains(&"integer") => self.integer(node.at, text, &shape),
            (Value::Scalar(text), types) if types.contains(&"boolean") => {
                if !matches!(text.as_str(), "true" | "false") {
                    self.mistakes.push(Mistake::new(
                        node.at,
                        format!("`{text}` is neither `true` nor `false`"),
                        "say `true` or `false`",
                    ));
                }
            }
            (_, types) => {
                let wanted = types.iter().find(|name| **name != "null").copied().unwrap_or("");
                self.mistakes.push(Mistake::new(
                    node.at,
                    format!("{} belongs here, not {}", called_type(wanted), node.kind()),
                    called_type(wanted),
                ));
            }
        }
    }

    fn entry(&mut self, shape: &Object, key: &super::yaml::Key, value: &Node, called: &str) {
        let properties = shape.get("properties").and_then(Json::as_object);
        if let Some(of) = properties.and_then(|properties| properties.get(&key.text)) {
            return self.check(value, of, &format!("`{}`", key.text));
        }
        match shape.get("additionalProperties") {
            Some(Json::Bool(false)) => {
                let known: Vec<&str> = properties.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
                let message = format!("{called} has no `{}`", key.text);
                self.mistakes.push(Mistake::new(key.at, message, "unknown key").nearest(&key.text, known));
            }
            Some(of) => self.check(value, of, &format!("`{}`", key.text)),
            None => {}
        }
    }

    fn required(&mut self, at: At, shape: &Object, entries: &[&(super::yaml::Key, Node)], called: &str) {
        let at = At { end: at.start + 1, ..at };
        let has = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        let known = |name: &str| shape.get("properties").and_then(|known| known.get(name)).is_some();
        let is_misspelt =
            |name: &str| entries.iter().any(|(key, _)| !known(&key.text) && did_you_mean(&key.text, [name]).is_some());
        for name in strings(shape.get("required")) {
            if !has(name) && !is_misspelt(name) {
                self.mistakes.push(Mistake::new(
                    at,
                    format!("{called} needs `{name}`"),
                    format!("`{name}` is missing"),
                ));
            }
        }
        for rule in shape.get("allOf").and_then(Json::as_array).into_iter().flatten() {
            let exactly = rule.get("oneOf");
            let names: Vec<&str> = exactly
                .or_else(|| rule.get("anyOf"))
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .flat_map(|branch| strings(branch.get("required")))
                .collect();
            let ruled_out: Vec<&str> = exactly
                .and_then(Json::as_array)
                .into_iter()
                .flatten()
                .filter(|branch| branch.get("not").is_some_and(|not| barred(not).any(has)))
                .flat_map(|branch| strings(branch.get("required")))
                .collect();
            let counted = |name: &str| names.contains(&name) && !ruled_out.contains(&name);
            let mut present = entries.iter().filter(|(key, _)| counted(&key.text));
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let Some((first, _)) = present.next() else {
                // A key that was misspelt is reported as such; what it should have been is not missing.
                if entries.iter().all(|(key, _)| known(&key.text)) {
                    let message = format!("{called} needs one of {}", quoted.join(", "));
                    self.mistakes.push(Mistake::new(at, message, "none of them is here"));
                }
                continue;
            };
            if exactly.is_some() {
                for (other, _) in present {
                    let message = format!("`{}` and `{}` exclude each other", first.text, other.text);
                    self.mistakes.push(Mistake::new(other.at, message, format!("`{}` is already there", first.text)));
                }
            }
        }
    }

    fn either(&mut self, node: &Node, branches: &[Json], called: &str) {
        let fits = |branch: &Json, this: &Self| {
            let Some(shape) = this.follow(branch) else { return false };
            if let Some(inner) = alternatives(&shape) {
                return inner.iter().any(|inner| this.takes(node, inner));
            }
            this.takes(node, &Json::Object(shape))
        };
        let fitting: Vec<&Json> = branches.iter().filter(|branch| fits(branch, self)).collect();
        match fitting.as_slice() {
            [] => {
                let wanted: Vec<&str> = branches
                    .iter()
                    .filter_map(|branch| self.follow(branch))
                    .filter_map(|shape| types(&shape).first().copied().filter(|name| *name != "null").map(called_type))
                    .collect();
                let message = format!("{called} cannot be {}", node.kind());
                self.mistakes.push(Mistake::new(node.at, message, format!("{} belongs here", wanted.join(" or "))));
            }
            [only] => self.check(node, only, called),
            several => {
                // Several kinds of word: one of them must take it as it is.
                let mut best: Option<Vec<Mistake>> = None;
                for branch in several {
                    let mut found = Vec::new();
                    Checker { definitions: self.definitions.clone(), mistakes: &mut found }.check(node, branch, called);
                    if found.is_empty() {
                        return;
                    }
                    best.get_or_insert(found);
                }
                if let Value::Scalar(text) = &node.value {
                    let examples: Vec<String> = several
                        .iter()
                        .filter_map(|branch| self.follow(branch))
                        .flat_map(|shape| self.examples(&shape))
                        .collect();
                    self.mistakes.push(
                        Mistake::new(node.at, format!("{called} cannot be `{text}`"), "not understood")
                            .hint(format!("write {}", examples.join(" or "))),
                    );
                } else {
                    self.mistakes.extend(best.into_iter().flatten());
                }
            }
        }
    }

    /// How a word of this shape is written, for a hint.
    fn examples(&self, shape: &Object) -> Vec<String> {
        if let Some(kind) = shape.get("x-quantity").and_then(Json::as_str).and_then(units::kind) {
            return vec![kind.example.to_owned()];
        }
        if let Some(branches) = alternatives(shape) {
            return branches
                .iter()
                .filter_map(|branch| self.follow(branch))
                .flat_map(|shape| self.examples(&shape))
                .collect();
        }
        words(shape).unwrap_or_default().iter().map(|word| format!("`{word}`")).collect()
    }

    /// Whether a node is of the kind that a shape wants, whatever is in it.
    fn takes(&self, node: &Node, schema: &Json) -> bool {
        let Some(shape) = self.follow(schema) else { return false };
        if let Some(inner) = alternatives(&shape) {
            return inner.iter().any(|inner| self.takes(node, inner));
        }
        if words(&shape).is_some() {
            return matches!(node.value, Value::Scalar(_));
        }
        let types = types(&shape);
        types.is_empty()
            || match node.value {
                Value::Null => types.contains(&"null"),
                Value::Scalar(_) => {
                    types.iter().any(|name| matches!(*name, "string" | "integer" | "boolean" | "number"))
                }
                Value::List(_) => types.contains(&"array"),
                Value::Map(_) => types.contains(&"object"),
            }
    }

    fn quantity(&mut self, node: &Node, kind: &units::Kind) {
        let mistake = match &node.value {
            Value::Scalar(text) => match kind.read(text) {
                Ok(_) => return,
                Err(wrong) => {
                    Mistake::new(node.at, wrong.message, format!("{} belongs here", kind.called)).hint(wrong.hint)
                }
            },
            _ => Mistake::new(
                node.at,
                format!("{} belongs here, not {}", kind.called, node.kind()),
                format!("write it like {}", kind.example),
            ),
        };
        self.mistakes.push(mistake);
    }

    fn word(&mut self, node: &Node, words: &[String]) {
        match &node.value {
            Value::Scalar(text) if words.contains(text) => {}
            Value::Scalar(text) => self.mistakes.push(
                Mistake::new(node.at, format!("`{text}` is not a word for this"), "unknown word")
                    .nearest(text, words.iter().map(String::as_str)),
            ),
            _ => self.mistakes.push(Mistake::new(
                node.at,
                format!("a word belongs here, not {}", node.kind()),
                words.join(", "),
            )),
        }
    }

    fn integer(&mut self, at: At, text: &str, shape: &Object) {
        let most = shape.get("maximum").and_then(Json::as_i64).unwrap_or(i64::MAX);
        let least = shape.get("minimum").and_then(Json::as_i64).unwrap_or(i64::MIN);
        match text.parse::<i64>() {
            Ok(number) if (least..=most).contains(&number) => {}
            Ok(_) => {
                self.mistakes.push(Mistake::new(at, format!("`{text}` is out of range"), format!("{least} to {most}")));
            }
            Err(_) => self.mistakes.push(Mistake::new(
                at,
                format!("`{text}` is not a whole number"),
                "a whole number belongs here",
            )),
        }
    }

    /// The object that a schema is, through `$ref`.
    fn follow(&self, schema: &Json) -> Option<Object> {
        let object = schema.as_object()?;
        match object.get("$ref").and_then(Json::as_str) {
            Some(reference) => self.follow(self.definitions.get(reference.strip_prefix("#/$defs/")?)?),
            None => Some(object.clone()),
        }
    }
}

/// Branches of a choice between shapes. A choice between constants is a word, not this.
fn alternatives(shape: &Object) -> Option<Vec<Json>> {
    let branches = shape.get("anyOf").or_else(|| shape.get("oneOf"))?.as_array()?;
    let shapes = branches.iter().any(|branch| {
        branch.get("const").is_none()
            && branch.get("enum").is_none()
            && branch.get("required").is_none_or(|_| branch.get("type").is_some())
    });
    shapes.then(|| branches.clone())
}

/// The words of a choice between constants.
fn words(shape: &Object) -> Option<Vec<String>> {
    if let Some(listed) = shape.get("enum") {
        return Some(strings(Some(listed)).map(str::to_owned).collect());
    }
    let branches = shape.get("oneOf")?.as_array()?;
    let words: Vec<String> = branches
        .iter()
        .flat_map(|branch| branch.get("const").and_then(Json::as_str).into_iter().chain(strings(branch.get("enum"))))
        .map(str::to_owned)
        .collect();
    (!words.is_empty()).then_some(words)
}

/// Keys beside which a branch with a `not` does not count.
fn barred(not: &Json) -> impl Iterator<Item = &str> {
    let several = not.get("anyOf").and_then(Json::as_array).into_iter().flatten();
    several.flat_map(|one| strings(one.get("required"))).chain(strings(not.get("required")))
}

fn types(shape: &Object) -> Vec<&str> {
    match shape.get("type") {
        Some(Json::String(one)) => vec![one],
        several => strings(several).collect(),
    }
}

fn strings(list: Option<&Json>) -> impl Iterator<Item = &str> {
    list.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
}

fn called_type(name: &str) -> &'static str {
    match name {
        "object" => "a mapping",
        "array" => "a list",
        "integer" | "number" => "a number",
        "boolean" => "`true` or `false`",
        _ => "a word",
    }
}

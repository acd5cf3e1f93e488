//! The marking rule: behind each value stands the mark of its source.
//!
//! A mark is a word in brackets in a comment, `# [dump]`, and a key of `sources`. It holds for the
//! lines below it too, up to the end of its section. `model` and `sources` need none, and neither
//! does the report descriptor, whose patches give their reasons.

use std::ops::Range;

use protocol::diagnostic::{Diagnostic, Diagnostics, Source};

use super::tree::{Comment, Node, Tree, Value};

/// Sections whose values need no mark.
const FREE: [&str; 3] = ["model", "sources", "report-descriptor"];

/// Finds marks that are no source, and the first value of each section that has no mark.
pub fn check(tree: &Tree, text: &Source, wrong: &mut Diagnostics) {
    let Some(sources) = tree.find(&["sources"]) else { return };
    let marks: Vec<(Range<usize>, &str)> = tree.comments.iter().flat_map(marks).collect();
    let known: Vec<&str> = sources.entries().iter().map(|(key, _)| key.text.as_str()).collect();
    for (at, mark) in &marks {
        if !known.contains(mark) {
            let unknown = Diagnostic::error(text, at.clone(), format!("`sources` has no `{mark}`"));
            let hint = format!("a word in brackets is the mark of a source; there are {}", known.join(", "));
            wrong.push(unknown.hint(hint).suggest(mark, known.iter().copied()));
        }
    }
    let line_of = |at: usize| text.locate(at).line;
    let marked: Vec<usize> = marks.iter().map(|(at, _)| line_of(at.start)).collect();
    for (section, node) in tree.root.entries().iter().filter(|(key, _)| !FREE.contains(&key.text.as_str())) {
        let Some(first) = first_value(node) else { continue };
        let (begin, end) = (line_of(section.at.start), line_of(first.start));
        if !marked.iter().any(|line| (begin..=end).contains(line)) {
            let unmarked = Diagnostic::error(text, first, "nothing says where this value comes from");
            let hint =
                "write the mark of a source behind it, such as `# [assumed]`; it holds for the lines below it too";
            wrong.push(unmarked.hint(hint));
        }
    }
}

/// The words in brackets in a comment.
fn marks(comment: &Comment) -> Vec<(Range<usize>, &str)> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = comment.text[from..].find('[').map(|at| from + at + 1) {
        let Some(length) = comment.text[open..].find(']') else { break };
        let word = &comment.text[open..open + length];
        if !word.is_empty() && !word.contains(char::is_whitespace) {
            // Behind the `#`, which is not part of the text.
            let start = comment.at.start + 1 + open;
            found.push((start..start + length, word));
        }
        from = open + length;
    }
    found
}

/// Where the first value of a section stands.
fn first_value(node: &Node) -> Option<Range<usize>> {
    match &node.value {
        Value::Scalar(_) => Some(node.at.clone()),
        Value::Map(entries) => entries.iter().find_map(|(_, node)| first_value(node)),
        Value::List(items) => items.iter().find_map(first_value),
        Value::Nothing => None,
    }
}

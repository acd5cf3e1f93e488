//! From a path to scenarios, or to every mistake that is in the way.

use super::drawing;
use super::including;
use super::mistake::Mistake;
use super::multiplying;
use super::resolving::{self, Surroundings};
use super::scenario::Scenario;
use super::schema::schema;
use super::structure;
use super::texts::Texts;
use super::written::Document;
use super::yaml::Node;
use super::yaml::deserialize::from_node;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};
use std::path::Path;

/// Loads a file: one scenario, or one for each row of its matrix.
///
/// # Errors
/// Every mistake in the file, each with its place; or that it cannot be read.
pub fn load(path: &Path, surroundings: &Surroundings) -> Result<Vec<Scenario>, Diagnostics> {
    let mut texts = Texts::default();
    let mut mistakes = Vec::new();
    let tree = including::read(path, &mut texts, &mut mistakes)
        .map_err(|reason| Diagnostic::unplaced(Severity::Error, format!("cannot read {}: {reason}", path.display())))?;
    let scenarios = tree.map(|tree| from_tree(&tree, path, &texts, surroundings, &mut mistakes)).unwrap_or_default();
    if mistakes.is_empty() {
        return Ok(scenarios);
    }
    Err(drawing::draw(&texts, mistakes))
}

fn from_tree(
    tree: &Node,
    path: &Path,
    texts: &Texts,
    surroundings: &Surroundings,
    mistakes: &mut Vec<Mistake>,
) -> Vec<Scenario> {
    let schema = schema().to_value();
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut scenarios = Vec::new();
    for row in multiplying::rows(tree, mistakes) {
        let before = mistakes.len();
        structure::check(&row.tree, &schema, mistakes);
        if mistakes.len() > before {
            continue;
        }
        let document: Document = match from_node(&row.tree) {
            Ok(document) => document,
            Err(error) => {
                mistakes.push(Mistake::new(error.at.unwrap_or(row.tree.at), error.message, "not understood"));
                continue;
            }
        };
        let name = if row.name.is_empty() { stem.clone() } else { format!("{stem} [{}]", row.name) };
        scenarios.extend(resolving::resolve(&document, name, path.to_path_buf(), texts, surroundings, mistakes));
    }
    scenarios
}

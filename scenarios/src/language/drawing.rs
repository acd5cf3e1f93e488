//! Mistakes as diagnostics: `path:line:column`, the line, a caret, a hint.

use super::mistake::Mistake;
use super::texts::Texts;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};

/// All mistakes, in the order of writing, each said once.
#[must_use]
pub fn draw(texts: &Texts, mut mistakes: Vec<Mistake>) -> Diagnostics {
    mistakes.sort();
    mistakes.dedup();
    let sources: Vec<Source> =
        texts.iter().map(|text| Source::new(&text.path.display().to_string(), &text.text)).collect();
    mistakes.into_iter().map(|mistake| diagnostic(&sources, mistake)).collect()
}

fn diagnostic(sources: &[Source], mistake: Mistake) -> Diagnostic {
    let drawn = match sources.get(mistake.at.text) {
        Some(source) => Diagnostic::error(source, mistake.at.start..mistake.at.end, mistake.message),
        None => Diagnostic::unplaced(Severity::Error, mistake.message),
    };
    let drawn = drawn.label(mistake.label);
    match mistake.hint {
        Some(hint) => drawn.hint(hint),
        None => drawn,
    }
}

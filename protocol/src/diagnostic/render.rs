//! Showing a [`Diagnostic`] with its line and caret.
//!
//! Only the line of the place is handed on, cut to [`EXCERPT`] around it and cleaned of control
//! characters, and is fitted to a terminal's width from there: a message about 100 MB of rubbish
//! is a few lines long.

use super::{Diagnostic, Severity};
use crate::printable::is_printable;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use std::ops::Range;

/// How many bytes of a line are looked at: this many before the place and this many from it on.
const EXCERPT: usize = 4096;

/// How many bytes of a message, label or hint are shown.
const MAX_TEXT: usize = 2000;

/// Without colours.
pub(super) fn plain(diagnostic: &Diagnostic) -> String {
    render(diagnostic, false)
}

/// With colours for a terminal, or without.
pub(super) fn render(diagnostic: &Diagnostic, colours: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(clean(&diagnostic.message)));
    if let (Some((source, span)), Some(location)) = (&diagnostic.place, diagnostic.location()) {
        let excerpt = Excerpt::new(source.bytes(), source.line_around(span.start), span);
        let caret = AnnotationKind::Primary.span(excerpt.caret).label(diagnostic.label.as_deref().map(clean));
        let snippet = Snippet::source(excerpt.text).line_start(location.line).annotation(caret);
        group = if excerpt.is_cut {
            // The snippet would count columns from where it is cut.
            let origin = Origin::path(clean(location.path)).line(location.line).char_column(location.column);
            group.element(origin).element(snippet)
        } else {
            group.element(snippet.path(clean(location.path)))
        };
    }
    if let Some(hint) = &diagnostic.hint {
        group = group.element(Level::HELP.with_name("hint").message(clean(hint)));
    }
    let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// What of a line is shown.
struct Excerpt {
    text: String,
    caret: Range<usize>,
    /// Characters are missing at the front.
    is_cut: bool,
}

impl Excerpt {
    fn new(bytes: &[u8], mut line: Range<usize>, span: &Range<usize>) -> Self {
        // Of a line that ends as on Windows only the text is shown.
        if bytes[line.clone()].ends_with(b"\r") {
            line.end -= 1;
        }
        let start = span.start.clamp(line.start, line.end);
        // A place of several lines is shown by its first.
        let end = span.end.clamp(start, line.end);
        let from = boundary(bytes, start.saturating_sub(EXCERPT).max(line.start), line.start);
        let to = boundary(bytes, (start + EXCERPT).min(line.end), start);
        let mut text = String::new();
        if from > line.start {
            text.push('…');
        }
        push_clean(&mut text, &bytes[from..start]);
        let caret = text.len();
        push_clean(&mut text, &bytes[start..end.min(to)]);
        let caret = caret..text.len();
        push_clean(&mut text, &bytes[end.min(to)..to]);
        if to < line.end {
            text.push('…');
        }
        Self { text, caret, is_cut: from > line.start }
    }
}

/// Moves `at` back, at most to `least`, until it is not inside a UTF-8 sequence.
fn boundary(bytes: &[u8], at: usize, least: usize) -> usize {
    let inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    (at.saturating_sub(3).max(least)..=at).rev().find(|&at| !inside(at)).unwrap_or(at)
}

fn push_clean(text: &mut String, bytes: &[u8]) {
    let shown = String::from_utf8_lossy(bytes);
    text.extend(shown.chars().map(visible));
}

fn clean(text: &str) -> String {
    let cut = &text[..text.floor_char_boundary(MAX_TEXT)];
    let mut shown: String = cut.chars().map(|c| if c == '\n' { c } else { visible(c) }).collect();
    if cut.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Nothing from a file may command the terminal.
fn visible(c: char) -> char {
    if is_printable(c) || c == '\t' { c } else { char::REPLACEMENT_CHARACTER }
}

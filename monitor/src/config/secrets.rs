//! Keeps passwords out of messages: a message shows its line, and logs are read by many.

use protocol::conf::flat::Directive;
use protocol::diagnostic::{Diagnostics, Source};
use std::ops::Range;

/// The same file with every password starred out, byte for byte, and the messages moved onto it.
pub(super) fn hide(source: &Source, directives: &[Directive], messages: Diagnostics) -> (Source, Diagnostics) {
    let mut bytes = source.bytes().to_vec();
    for span in directives.iter().flat_map(secrets) {
        for byte in bytes.get_mut(span).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b'*';
        }
    }
    let shown = Source::new(source.path(), bytes);
    let moved = messages.into_iter().map(|mut message| {
        message.place = message.place.map(|(_, span)| (shown.clone(), span));
        message
    });
    let moved = moved.collect();
    (shown, moved)
}

fn secrets(line: &Directive) -> Vec<Range<usize>> {
    let hidden = match (line.name.text.as_str(), line.arguments.len()) {
        ("MONITOR", 5..) => 3..4,
        // Too short: the password may be any of them.
        ("MONITOR", count) => 2..count.max(2),
        ("CERTIDENT", count) => 1..count.max(1),
        _ => 0..0,
    };
    line.arguments.get(hidden).unwrap_or_default().iter().map(|item| item.span.clone()).collect()
}

//! Which words of `upsmon.conf` are secret beyond what the raw text tells.

use protocol::conf::flat::Directive;
use std::ops::Range;

/// The passwords of a file's lines, as its words are read.
pub(super) fn of(directives: &[Directive]) -> impl Iterator<Item = Range<usize>> + '_ {
    directives.iter().flat_map(|line| {
        let hidden = match (line.name.text.to_ascii_uppercase().as_str(), line.arguments.len()) {
            ("MONITOR", 5..) => 3..4,
            // Too short: the password may be any of them.
            ("MONITOR", count) => 2..count.max(2),
            ("CERTIDENT", count) => 1..count.max(1),
            _ => 0..0,
        };
        line.arguments.get(hidden).unwrap_or_default().iter().map(|item| item.span.clone())
    })
}

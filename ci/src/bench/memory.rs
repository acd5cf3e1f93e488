//! Memory of the three daemons, as proportional set size: what the machine gets back without them.

use std::fmt::Write;
use std::io;

use crate::stack::{Stack, Trio};

/// The table.
pub fn table(stacks: &[Stack]) -> io::Result<String> {
    let mut text = "Memory (proportional set size)\n".to_owned();
    for &stack in stacks {
        let mut trio = Trio::start(stack)?;
        trio.monitor()?;
        let figures = trio.memory();
        let sum: u64 = figures.iter().map(|(_, kib)| kib).sum();
        let parts: Vec<String> = figures.iter().map(|(name, kib)| format!("{name} {kib}")).collect();
        let _ = writeln!(text, "  {:<6} {sum:>7} KiB   ({})", format!("{stack:?}").to_lowercase(), parts.join(", "));
    }
    Ok(text)
}

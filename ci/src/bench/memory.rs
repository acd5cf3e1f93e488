//! Memory of the three daemons, as proportional set size: what the machine gets back without them.
//!
//! Most of it is program text, which the kernel keeps while nobody needs the room, and shares: a library
//! that others use as well counts in part. Beside it stands what no file holds, the daemons' own for good.

use std::fmt::Write;
use std::io;

use crate::stack::{Memory, Stack, Trio};

/// The table.
pub fn table(stacks: &[Stack]) -> io::Result<String> {
    let mut text = "Memory (proportional set size)\n".to_owned();
    for &stack in stacks {
        let mut trio = Trio::start(stack)?;
        trio.monitor()?;
        let figures = trio.memory();
        let sum: u64 = figures.iter().map(|daemon| daemon.proportional).sum();
        let own: u64 = figures.iter().map(|daemon| daemon.anonymous).sum();
        let part = |daemon: &Memory| format!("{} {} / {}", daemon.name, daemon.proportional, daemon.anonymous);
        let parts: Vec<String> = figures.iter().map(part).collect();
        let stack = format!("{stack:?}").to_lowercase();
        let _ = writeln!(text, "  {stack:<6} {sum:>7} KiB, anonymous {own:>5} KiB   ({})", parts.join(", "));
    }
    Ok(text)
}

//! The wires, line by line: what `--wires` prints.

use super::palette;
use crate::journal::{Direction, Name, Record, What};
use crate::language::wording::clock;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Writes every line and transfer in the journal, with both ends of its link.
///
/// # Errors
/// What the stream says.
pub fn write(out: &mut impl Write, journal: &[Record]) -> io::Result<()> {
    let (bold, dim, reset) = (palette::BOLD, palette::DIM, palette::RESET);
    writeln!(out, "\n{bold}Wires{reset}")?;
    let mut ends: BTreeMap<u32, (&Name, &Name)> = BTreeMap::new();
    for record in journal {
        match &record.what {
            What::Link { link, from, to, event, .. } => {
                ends.insert(*link, (from, to));
                writeln!(out, "{dim}{:>10}  {link:>3}  {from} ↔ {to}: {event}{reset}", clock(record.at))?;
            }
            What::Wire { link, direction, bytes, .. } => {
                let arrow = match direction {
                    Direction::Out => "→",
                    Direction::In => "←",
                };
                let (from, to) = ends.get(link).map_or(("?", "?"), |(from, to)| (from, to));
                writeln!(out, "{dim}{:>10}  {link:>3}  {from} {arrow} {to}{reset}  {bytes}", clock(record.at))?;
            }
            _ => {}
        }
    }
    Ok(())
}

//! The run on a terminal: the story with mains, charge and hosts beside it, then the verdicts.
//!
//! Everything is written with colours; a stream of `anstream` takes them out again where nobody can
//! see them, or `NO_COLOR` asks for it.

mod dashboard;
mod folding;
mod palette;
mod verdicts;
mod wires;

use super::Report;
use super::story::{self, Event, Tone};
use crate::journal::{Record, What, names};
use crate::language::wording::clock;
use dashboard::Dashboard;
use folding::Folding;
use std::io::{self, Write};

pub use verdicts::{one_line, totals};
pub use wires::write as write_wires;

/// Writes the whole report, its lines folded at the `width` of a terminal where there is one.
///
/// # Errors
/// What the stream says.
pub fn write(out: &mut impl Write, report: &Report<'_>, width: Option<usize>) -> io::Result<()> {
    let out = &mut Folding::new(out, width);
    heading(out, report)?;
    timeline(out, report, width)?;
    verdicts::write(out, report)
}

fn heading(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    let facts = report.facts;
    let (bold, dim, reset) = (palette::BOLD, palette::DIM, palette::RESET);
    writeln!(out, "\n{bold}{}{reset}", facts.title)?;
    if let Some(from) = &facts.from {
        writeln!(out, "{dim}from {from}{reset}")?;
    }
    writeln!(out, "{dim}{} · {} rig · stack {} · seed {}{reset}\n", facts.scenario, facts.rig, facts.makers, facts.seed)
}

fn timeline(out: &mut Folding<impl Write>, report: &Report<'_>, width: Option<usize>) -> io::Result<()> {
    let mut dashboard = Dashboard::new(report.facts, width);
    dashboard.header(out)?;
    let mut taken = 0;
    let mut last = None;
    for event in story::tell(report.facts, report.journal) {
        // Where nothing happened for a minute, the eye gets a rest.
        if event.tone != Tone::Aside && last.is_some_and(|last| event.at.saturating_since(last).as_secs() >= 60) {
            write!(out, "{}{:>10}{}  ", palette::DIM, "⋮", palette::RESET)?;
            dashboard.columns(out)?;
            writeln!(out)?;
        }
        while report.journal.get(taken).is_some_and(|record| taken <= event.upto || follows(record, &event)) {
            dashboard.take(&report.journal[taken]);
            taken += 1;
        }
        line(out, &event, &dashboard, report)?;
        last = Some(event.at);
    }
    Ok(())
}

/// Whether a record is what a step does at once: `mains off` is seen in its own line.
fn follows(record: &Record, event: &Event) -> bool {
    event.tone == Tone::Step && record.at == event.at && matches!(record.what, What::Mains { .. })
}

fn line(out: &mut Folding<impl Write>, event: &Event, dashboard: &Dashboard, report: &Report<'_>) -> io::Result<()> {
    let (dim, reset) = (palette::DIM, palette::RESET);
    write!(out, "{dim}{:>10}{reset}  ", clock(event.at))?;
    dashboard.columns(out)?;
    let who = names(&event.who, report.facts);
    let style = palette::of(event.tone);
    match event.tone {
        Tone::Step => {
            let id = event.detail.as_ref().map(|id| format!("  {dim}{id}{reset}")).unwrap_or_default();
            write!(out, "  {style}▶ ")?;
            out.hang_here();
            writeln!(out, "{}{reset}{id}", event.what)
        }
        _ => {
            let gap = if who.is_empty() { "" } else { " " };
            let detail = event.detail.as_ref().map(|detail| format!("  {dim}{detail}{reset}")).unwrap_or_default();
            write!(out, "    ")?;
            out.hang_here();
            writeln!(out, "{who}{gap}{style}{}{reset}{detail}", event.what)
        }
    }
}

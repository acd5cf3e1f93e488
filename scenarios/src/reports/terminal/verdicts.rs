//! The verdicts, the arithmetic of what was lost, and how fast it all went.

use super::folding::Folding;
use super::palette;
use crate::checks::arithmetic::together;
use crate::checks::{Judgement, Outcome, Verdict};
use crate::journal::{What, names};
use crate::language::wording::{clock, time};
use crate::reports::Report;
use anstyle::Style;
use protocol::printable;
use std::io::{self, Write};

/// Writes them.
pub fn write(out: &mut Folding<impl Write>, report: &Report<'_>) -> io::Result<()> {
    let judgement = report.judgement;
    let (bold, reset) = (palette::BOLD, palette::RESET);
    if !judgement.losses.is_empty() {
        writeln!(out, "\n{bold}The arithmetic{reset}")?;
        for (_, hosts, account) in together(&judgement.losses) {
            write!(out, "  {}✖{reset} ", palette::BAD)?;
            out.hang_here();
            writeln!(out, "{} {account}", names(&hosts, report.facts))?;
        }
    }
    if !judgement.expectations.is_empty() {
        writeln!(out, "\n{bold}Expectations{reset}")?;
        for verdict in &judgement.expectations {
            one(out, verdict, false)?;
        }
    }
    writeln!(out, "\n{bold}Invariants{reset}")?;
    for verdict in &judgement.invariants {
        one(out, verdict, true)?;
    }
    let style = if judgement.has_passed() { palette::GOOD.bold() } else { palette::BAD };
    let word = if judgement.has_passed() { "passed" } else { "failed" };
    writeln!(out, "\n{style}{word}{reset}  {}", counts(judgement))?;
    writeln!(out, "{}{}{reset}", palette::DIM, speed(report))
}

fn one(out: &mut Folding<impl Write>, verdict: &Verdict, numbered: bool) -> io::Result<()> {
    let (dim, reset) = (palette::DIM, palette::RESET);
    let (style, sign) = sign(&verdict.outcome);
    let number = if numbered { format!("{dim}{}{reset} ", verdict.id) } else { String::new() };
    write!(out, "  {style}{sign}{reset} {number}")?;
    out.hang_here();
    write!(out, "{}", verdict.claim)?;
    match &verdict.outcome {
        Outcome::Held { note: None } => writeln!(out),
        Outcome::Held { note: Some(note) } => writeln!(out, "  {dim}{note}{reset}"),
        Outcome::Skipped { why } => writeln!(out, "  {dim}not judged: {why}{reset}"),
        Outcome::Failed { why, .. } => {
            writeln!(out)?;
            indented(out, why, palette::BAD)?;
            if let Some(because) = &verdict.because {
                indented(out, &format!("expected because {}", because.trim()), palette::DIM)?;
            }
            if numbered { Ok(()) } else { writeln!(out, "      {dim}{}{reset}", verdict.id) }
        }
        Outcome::Foreseen { why, because, .. } => {
            writeln!(out, "  {dim}broken, as the scenario says{reset}")?;
            indented(out, why, palette::WARN)?;
            indented(out, &format!("because {}", because.trim()), palette::DIM)
        }
    }
}

fn indented(out: &mut Folding<impl Write>, text: &str, style: Style) -> io::Result<()> {
    for line in text.lines() {
        write!(out, "      ")?;
        out.hang_here();
        writeln!(out, "{style}{}{}", printable(line), palette::RESET)?;
    }
    Ok(())
}

fn sign(outcome: &Outcome) -> (Style, &'static str) {
    match outcome {
        Outcome::Held { .. } => (palette::GOOD, "✔"),
        Outcome::Failed { .. } => (palette::BAD, "✘"),
        Outcome::Foreseen { .. } => (palette::WARN, "!"),
        Outcome::Skipped { .. } => (palette::DIM, "–"),
    }
}

/// Held, failed, foreseen, not judged.
#[must_use]
pub fn totals(judgement: &Judgement) -> [usize; 4] {
    let mut totals = [0; 4];
    for verdict in judgement.all() {
        let place = match verdict.outcome {
            Outcome::Held { .. } => 0,
            Outcome::Failed { .. } => 1,
            Outcome::Foreseen { .. } => 2,
            Outcome::Skipped { .. } => 3,
        };
        totals[place] += 1;
    }
    totals
}

fn counts(judgement: &Judgement) -> String {
    let [held, failed, foreseen, skipped] = totals(judgement);
    let mut said = vec![format!("{held} held")];
    for (count, word) in [(failed, "failed"), (foreseen, "broken as foreseen"), (skipped, "not judged")] {
        if count > 0 {
            said.push(format!("{count} {word}"));
        }
    }
    said.join(", ")
}

/// How much time passed in how much time.
fn speed(report: &Report<'_>) -> String {
    let lasted = report.lasted();
    let Some(real) = report.real else { return format!("{} of scenario time", time(lasted)) };
    let real_micros = real.as_micros().max(1);
    let factor = (lasted.as_micros() + real_micros / 2) / real_micros;
    let word = if report.facts.rig == "simulated" { "simulated" } else { "of scenario time" };
    format!("{} {word} in {} ({factor} × real time)", time(lasted), time(real))
}

/// The run in one line, for a summary of several.
///
/// # Errors
/// What the stream says.
pub fn one_line(out: &mut impl Write, report: &Report<'_>) -> io::Result<()> {
    let reset = palette::RESET;
    let (style, word) =
        if report.judgement.has_passed() { (palette::GOOD, "passed") } else { (palette::BAD, "FAILED") };
    writeln!(
        out,
        "{style}{word}{reset}  {}  {}{} · {}{reset}",
        report.facts.scenario,
        palette::DIM,
        counts(report.judgement),
        speed(report)
    )?;
    for verdict in report.judgement.all() {
        if let Outcome::Failed { why, .. } = &verdict.outcome {
            writeln!(
                out,
                "        {}✘{reset} {}: {}",
                palette::BAD,
                verdict.claim,
                why.lines().next().unwrap_or_default()
            )?;
        }
    }
    // A fault that hit nothing, a command that nobody knows: a run may hold because of it.
    for record in report.journal {
        if let What::Warning { text } = &record.what {
            writeln!(out, "        {}!{reset} {}: {text}", palette::WARN, clock(record.at))?;
        }
    }
    Ok(())
}

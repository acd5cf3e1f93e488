//! The tables under the drawing: verdicts, the story, the set-up.

use super::escape::escape;
use crate::checks::{Outcome, Verdict};
use crate::journal::names;
use crate::language::quantity::Milliwatts;
use crate::language::wording::{clock, time};
use crate::reports::Report;
use crate::reports::story::{self, Tone};
use std::fmt::Write;
use std::time::Duration;

/// Verdicts of expectations and invariants.
pub fn verdicts(report: &Report<'_>) -> String {
    let judgement = report.judgement;
    let mut section = "<section class=\"verdicts\">\n<h2>Verdicts</h2>\n".to_owned();
    for (caption, verdicts, numbered) in
        [("Expectations", &judgement.expectations, false), ("Invariants", &judgement.invariants, true)]
    {
        if verdicts.is_empty() {
            continue;
        }
        let _ = write!(section, "<table>\n<caption>{caption}</caption>\n<thead><tr><th scope=\"col\">verdict</th>");
        section += if numbered { "<th scope=\"col\">no.</th>" } else { "" };
        section += "<th scope=\"col\">claim</th><th scope=\"col\">because</th></tr></thead>\n<tbody>\n";
        for verdict in verdicts {
            section += &row(verdict, numbered);
        }
        section += "</tbody>\n</table>\n";
    }
    section + "</section>\n"
}

fn row(verdict: &Verdict, numbered: bool) -> String {
    let (class, word, said) = match &verdict.outcome {
        Outcome::Held { note } => ("held", "holds", escape(note.as_deref().unwrap_or(""))),
        Outcome::Failed { why, .. } => match &verdict.because {
            Some(because) => ("failed", "fails", reasoned(why, &format!("expected because {}", because.trim()))),
            None => ("failed", "fails", lines(why)),
        },
        Outcome::Foreseen { why, because, .. } => ("foreseen", "broken, as foreseen", reasoned(why, because.trim())),
        Outcome::Skipped { why } => ("skipped", "not judged", escape(why)),
    };
    let number = if numbered { format!("<td>{}</td>", verdict.id) } else { String::new() };
    format!(
        "<tr class=\"{class}\"><th scope=\"row\">{word}</th>{number}<td>{}</td><td>{said}</td></tr>\n",
        escape(&verdict.claim)
    )
}

fn reasoned(why: &str, because: &str) -> String {
    format!("{}<br><em>{}</em>", lines(why), escape(because))
}

fn lines(text: &str) -> String {
    escape(text).replace('\n', "<br>")
}

/// The story, line by line.
pub fn story(report: &Report<'_>) -> String {
    let mut section =
        "<section>\n<h2>What happened</h2>\n<table class=\"story\">\n<thead><tr><th scope=\"col\">time</th>\
        <th scope=\"col\">who</th><th scope=\"col\">what</th><th scope=\"col\">more</th></tr></thead>\n<tbody>\n"
            .to_owned();
    for event in story::tell(report.facts, report.journal) {
        let class = tone(event.tone);
        let _ = writeln!(
            section,
            "<tr class=\"{class}\"><td><time>{}</time></td><td>{}</td><td>{}</td><td>{}</td></tr>",
            clock(event.at),
            escape(&names(&event.who, report.facts)),
            escape(&event.what),
            escape(event.detail.as_deref().unwrap_or("")),
        );
    }
    section + "</tbody>\n</table>\n</section>\n"
}

fn tone(tone: Tone) -> String {
    match tone {
        Tone::Step => "tone-step".to_owned(),
        Tone::Power => "tone-power".to_owned(),
        Tone::Danger => "tone-danger".to_owned(),
        Tone::Notice => "tone-notice".to_owned(),
        Tone::Act => "tone-act".to_owned(),
        Tone::Host(state) => format!("tone-host {state}"),
        Tone::Protocol => "tone-protocol".to_owned(),
        Tone::Aside => "tone-aside".to_owned(),
    }
}

/// What ran.
pub fn setup(report: &Report<'_>) -> String {
    let facts = report.facts;
    let mut section = "<section>\n<h2>The set-up</h2>\n<table>\n<caption>UPSes</caption>\n<thead><tr><th scope=\"col\">name</th>\
        <th scope=\"col\">model</th><th scope=\"col\">device file</th><th scope=\"col\">feed</th><th scope=\"col\">rated</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for ups in &facts.ups {
        let _ = writeln!(
            section,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&ups.name),
            escape(&ups.model),
            escape(&ups.device),
            escape(&ups.feed),
            Milliwatts(ups.rated_milliwatts),
        );
    }
    section += "</tbody>\n</table>\n<table>\n<caption>Hosts</caption>\n<thead><tr><th scope=\"col\">name</th><th scope=\"col\">fed by</th>\
        <th scope=\"col\">draws</th><th scope=\"col\">stops in</th><th scope=\"col\">boots in</th><th scope=\"col\">monitors</th>\
        <th scope=\"col\">shutdown command</th></tr></thead>\n<tbody>\n";
    for host in &facts.hosts {
        let monitor = host.monitor.as_ref();
        let supplies: Vec<String> = monitor
            .into_iter()
            .flat_map(|monitor| &monitor.supplies)
            .map(|supply| {
                format!("{}@{} ({})", supply.ups, supply.server, if supply.primary { "primary" } else { "secondary" })
            })
            .collect();
        let _ = writeln!(
            section,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
            escape(&host.name),
            escape(&host.fed_by.join(", ")),
            Milliwatts(host.milliwatts),
            time(Duration::from_millis(host.stops_in_ms)),
            time(Duration::from_millis(host.boots_in_ms)),
            escape(&supplies.join(", ")),
            escape(monitor.and_then(|monitor| monitor.shutdowncmd.as_deref()).unwrap_or("")),
        );
    }
    section + "</tbody>\n</table>\n</section>\n"
}

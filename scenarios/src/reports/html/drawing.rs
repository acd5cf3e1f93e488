//! The outage, drawn: one time axis, and under one another the mains, each UPS (charge, load,
//! status, outlet) and each host, with notices and commands as marks.

mod ups;

use super::axis::{Axis, Tenths};
use super::escape::escape;
use super::tracks;
use crate::journal::{CommandRole, HostFacts, HostState, Name, Record, What};
use crate::language::wording::{clock, time};
use crate::reports::Report;
use crate::reports::story::{self, Tone};
use protocol::Instant;
use std::collections::BTreeSet;
use std::fmt::{Display, Write};

const WIDTH: Tenths = 11_800;
const LEFT: Tenths = 1_560;
const RIGHT: Tenths = 200;
/// Rows of labels for steps.
const LABEL_ROWS: usize = 3;
const BAND: u64 = 24;
const CHART: u64 = 110;

/// Pixels with one decimal.
struct Px(Tenths);

impl Display for Px {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

struct Canvas<'a> {
    report: &'a Report<'a>,
    axis: Axis,
    end: Instant,
    out: String,
    /// Where the next track begins, in pixels.
    y: u64,
}

/// The drawing.
pub fn draw(report: &Report<'_>) -> String {
    let end = report.journal.last().map_or(Instant::START, |record| record.at);
    let events = story::tell(report.facts, report.journal);
    let axis = Axis::new(&events, end, LEFT, WIDTH - LEFT - RIGHT);
    let labels = labels(report.journal, &axis);
    let rows = labels.iter().map(|label| label.row as u64 + 1).max().unwrap_or(0);
    let mut canvas = Canvas { report, axis, end, out: String::new(), y: 8 + 16 * rows };
    let top = canvas.y;
    for feed in &report.facts.feeds {
        canvas.mains(&feed.name, feed.millivolts);
    }
    for ups in &report.facts.ups {
        canvas.ups(ups);
    }
    canvas.y += 8;
    for host in &report.facts.hosts {
        canvas.host(host);
    }
    let bottom = canvas.y;
    canvas.ticks(top, bottom);
    canvas.steps(&labels, bottom);
    let height = bottom + 26;
    let summary = escape(&summary(report));
    format!(
        "<svg viewBox=\"0 0 {} {height}\" role=\"img\" aria-labelledby=\"drawing-title drawing-summary\">\n\
         <title id=\"drawing-title\">The outage, drawn</title>\n<desc id=\"drawing-summary\">{summary}</desc>\n\
         <defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
         <rect width=\"3\" height=\"6\" class=\"hatching\"/></pattern></defs>\n{}</svg>\n",
        WIDTH / 10,
        canvas.out
    )
}

fn summary(report: &Report<'_>) -> String {
    let ups: Vec<&str> = report.facts.ups.iter().map(|ups| &*ups.name).collect();
    let hosts: Vec<&str> = report.facts.hosts.iter().map(|host| &*host.name).collect();
    format!(
        "Mains, UPS {} and hosts {} over {}. The same is told in the table “What happened”.",
        ups.join(", "),
        hosts.join(", "),
        time(report.lasted())
    )
}

impl Canvas<'_> {
    fn put(&mut self, svg: impl Display) {
        let _ = writeln!(self.out, "{svg}");
    }

    /// What stands to the left of a track, cut to what fits there; pointed at, it is whole.
    fn label(&mut self, y: u64, class: &str, text: &str) {
        let shown = shortened(text, if class == "name" { LONGEST_NAME } else { LONGEST_WORDS });
        let whole = if shown == text { String::new() } else { format!("<title>{}</title>", escape(text)) };
        self.put(format_args!(
            "<text x=\"{}\" y=\"{y}\" class=\"{class}\" text-anchor=\"end\">{}{whole}</text>",
            Px(LEFT - 120),
            escape(&shown)
        ));
    }

    /// A band from one moment to another, with its words in it where they fit.
    fn band(&mut self, from: Instant, to: Instant, (y, height): (u64, u64), class: &str, words: &str) {
        let (x, right) = (self.axis.x(from), self.axis.x(to));
        let width = right.saturating_sub(x).max(10);
        let told = escape(&format!("{words}, {} to {}", clock(from), clock(to)));
        self.put(format_args!(
            "<g class=\"{class}\"><title>{told}</title><rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{height}\"/>",
            Px(x),
            Px(width)
        ));
        // What is bad is told by more than a colour.
        if class.ends_with("dead") || class.ends_with("crashed") {
            self.put(format_args!(
                "<rect class=\"hatched\" style=\"fill:url(#hatch)\" x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{height}\"/>",
                Px(x),
                Px(width)
            ));
        }
        let fits = words.chars().count() as u64 * 66 + 80 <= width;
        if fits && height >= 14 {
            self.put(format_args!("<text x=\"{}\" y=\"{}\">{}</text>", Px(x + 50), y + height / 2 + 4, escape(words)));
        }
        self.put("</g>");
    }

    fn mains(&mut self, feed: &Name, nominal: u32) {
        let y = self.y;
        self.label(y + 16, "name", feed);
        for stretch in tracks::mains(self.report.journal, feed, nominal, self.end) {
            let (class, words) = match stretch.value {
                0 => ("mains dead", "no mains".to_owned()),
                volts if volts == nominal => ("mains live", format!("{} V", volts / 1000)),
                volts => ("mains odd", format!("{} V", volts / 1000)),
            };
            self.band(stretch.from, stretch.to, (y, BAND - 2), class, &words);
        }
        self.y += BAND + 8;
    }

    fn host(&mut self, host: &HostFacts) {
        let y = self.y + 6;
        self.label(y + 15, "name", &host.name);
        for stretch in tracks::host(self.report.journal, &host.name, host.starts, self.end) {
            self.band(
                stretch.from,
                stretch.to,
                (y, BAND - 4),
                &format!("host {}", stretch.value),
                &stretch.value.to_string(),
            );
        }
        let marks: Vec<(Instant, &str, String)> =
            self.report.journal.iter().filter_map(|record| mark(record, &host.name)).collect();
        for (at, class, words) in marks {
            let x = self.axis.x(at);
            let told = escape(&format!("{}: {words}", clock(at)));
            let top = Px(10 * y - 50);
            self.put(format_args!(
                "<path class=\"mark {class}\" d=\"M{} {top}l3.5 5l-3.5 5l-3.5 -5Z\"><title>{told}</title></path>",
                Px(x)
            ));
        }
        self.y += BAND + 6;
    }

    fn ticks(&mut self, top: u64, bottom: u64) {
        for at in self.axis.ticks(620) {
            let x = Px(self.axis.x(at));
            self.put(format_args!("<line x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{bottom}\" class=\"grid faint\"/>"));
            let label = clock(at);
            self.put(format_args!(
                "<text x=\"{x}\" y=\"{}\" class=\"tick\" text-anchor=\"middle\">{}</text>",
                bottom + 18,
                label.trim_end_matches(".0")
            ));
        }
    }

    /// A line through everything for each step, its words above.
    fn steps(&mut self, labels: &[Label], bottom: u64) {
        for label in labels {
            let told = escape(&format!("{}: {}", clock(label.at), label.does));
            let y = 14 + 16 * label.row as u64;
            self.put(format_args!(
                "<g class=\"step\"><title>{told}</title><line x1=\"{0}\" x2=\"{0}\" y1=\"{1}\" y2=\"{bottom}\"/>",
                Px(label.x),
                y - 8
            ));
            // A label that would leave the page on the right stands to the left of its line.
            let (anchor, place) = match label.x + label.width > WIDTH {
                true => ("end", label.x - 40),
                false => ("start", label.x + 40),
            };
            self.put(format_args!(
                "<text x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text></g>",
                Px(place),
                escape(&label.words)
            ));
        }
    }
}

/// What stands above the line of a step.
struct Label {
    at: Instant,
    x: Tenths,
    width: Tenths,
    row: usize,
    words: String,
    does: String,
}

/// Labels of all steps, those that would collide in rows of their own.
fn labels(journal: &[Record], axis: &Axis) -> Vec<Label> {
    let mut free = [0; LABEL_ROWS];
    let mut labels = Vec::new();
    for record in journal {
        let What::Step { does, id, .. } = &record.what else { continue };
        let words = id.clone().unwrap_or_else(|| does.clone());
        let x = axis.x(record.at);
        let width = words.chars().count() as u64 * 66 + 60;
        let row = free.iter().position(|right| *right <= x).unwrap_or(LABEL_ROWS - 1);
        free[row] = x + width;
        labels.push(Label { at: record.at, x, width, row, words, does: does.clone() });
    }
    labels
}

/// The longest name that fits beside the plot, which is bold, in characters.
const LONGEST_NAME: usize = 18;
/// The longest of what else stands there.
const LONGEST_WORDS: usize = 20;

fn shortened(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest - 1).chain(['…']).collect()
}

/// What deserves a mark on a host's band.
fn mark(record: &Record, name: &Name) -> Option<(Instant, &'static str, String)> {
    match &record.what {
        What::Notified { host, kind, text, .. } if host == name && record.at > Instant::START => {
            Some((record.at, "notice", format!("{kind} {text}")))
        }
        What::Ran { host, role: CommandRole::Shutdown, command, .. } if host == name => {
            Some((record.at, "command", format!("runs {command}")))
        }
        _ => None,
    }
}

/// What the colours mean: only those that occur.
pub fn legend(report: &Report<'_>) -> String {
    let mut states: BTreeSet<HostState> = report.facts.hosts.iter().map(|host| host.starts).collect();
    for record in report.journal {
        if let What::Host { is, .. } = &record.what {
            states.insert(*is);
        }
    }
    let mut legend = "<figcaption><ul class=\"legend\">".to_owned();
    for state in states {
        let _ = write!(legend, "<li><i class=\"swatch {state}\"></i>{state}</li>");
    }
    let tones = story::tell(report.facts, report.journal);
    if tones.iter().any(|event| event.tone == Tone::Notice) {
        legend += "<li><i class=\"swatch diamond notice\"></i>notice</li>";
    }
    if tones.iter().any(|event| event.tone == Tone::Act) {
        legend += "<li><i class=\"swatch diamond command\"></i>shutdown command</li>";
    }
    legend + "</ul><p>Time is stretched where much happens. Point at anything to read what it is.</p></figcaption>\n"
}

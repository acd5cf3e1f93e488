//! The run as one page: nothing but this one file, no script, nothing fetched. The outage is an
//! inline drawing; the story and the verdicts are tables that a screen reader can read.

mod axis;
mod drawing;
mod escape;
mod tables;
mod tracks;

use super::{Report, terminal};
use crate::checks::arithmetic::together;
use crate::journal::names;
use crate::language::wording::time;
use escape::escape;

const STYLE: &str = include_str!("html/page.css");

/// The whole page.
#[must_use]
pub fn page(report: &Report<'_>) -> String {
    let facts = report.facts;
    let title = escape(&facts.title);
    let mut page = String::with_capacity(64 * 1024);
    page += "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += "<meta name=\"color-scheme\" content=\"light dark\">\n";
    page += &format!("<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n");
    page += &header(report, &title);
    page += &format!("<figure>\n{}{}</figure>\n", drawing::draw(report), drawing::legend(report));
    page += &arithmetic(report);
    page += &tables::verdicts(report);
    page += &tables::story(report);
    page += &tables::setup(report);
    page += "</main>\n</body>\n</html>\n";
    page
}

fn header(report: &Report<'_>, title: &str) -> String {
    let facts = report.facts;
    let (class, word) = if report.judgement.has_passed() { ("passed", "passed") } else { ("failed", "failed") };
    let foreseen = terminal::totals(report.judgement)[2];
    let word = if foreseen > 0 { format!("{word}, {foreseen} broken as foreseen") } else { word.to_owned() };
    let mut header = format!("<header>\n<p class=\"badge {class}\">{word}</p>\n<h1>{title}</h1>\n");
    if let Some(from) = &facts.from {
        header += &format!("<p class=\"from\">from {}</p>\n", escape(from));
    }
    let lasted = time(report.lasted());
    let real = report.real.map(|real| format!(" in {}", time(real))).unwrap_or_default();
    header += &format!(
        "<dl class=\"meta\"><div><dt>scenario</dt><dd>{}</dd></div><div><dt>rig</dt><dd>{}</dd></div><div><dt>stack</dt><dd>{}</dd></div>\
         <div><dt>seed</dt><dd>{}</dd></div><div><dt>lasted</dt><dd>{lasted}{real}</dd></div></dl>\n</header>\n",
        escape(&facts.scenario),
        escape(&facts.rig),
        facts.makers,
        facts.seed,
    );
    header
}

fn arithmetic(report: &Report<'_>) -> String {
    if report.judgement.losses.is_empty() {
        return String::new();
    }
    let mut section = "<section>\n<h2>The arithmetic</h2>\n<ul class=\"losses\">\n".to_owned();
    for (_, hosts, account) in together(&report.judgement.losses) {
        section +=
            &format!("<li><strong>{}</strong> {}</li>\n", escape(&names(&hosts, report.facts)), escape(&account));
    }
    section + "</ul>\n</section>\n"
}

//! What `run` and `judge` leave on the terminal and in report files.

use super::options::{JudgeOptions, ReportKind, ReportTo, RunOptions};
use crate::journal::{Record, lines};
use crate::language::Scenario;
use crate::reports::junit::{self, NotRun};
use crate::reports::{Report, html, json, terminal};
use quick_junit::TestSuite;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How much is said of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loudness {
    /// The timeline and all verdicts.
    Timeline,
    /// A line each, and a summary.
    Summary,
    /// What failed.
    Failures,
    /// JSON Lines.
    Json,
    /// The verdicts, as JSON.
    Verdicts,
}

/// How many scenarios came out how.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counts {
    /// Ran, and everything held.
    pub passed: usize,
    /// Ran, and something did not.
    pub failed: usize,
    /// Cannot run here.
    pub skipped: usize,
    /// Could not be run.
    pub wrong: usize,
    /// Ran, each time on a rig that was held up: neither passed nor failed.
    pub held_up: usize,
}

/// Where it all goes.
pub struct Output<'a> {
    reports: &'a [ReportTo],
    loudness: Loudness,
    wires: bool,
    several: bool,
    counts: Counts,
    suites: Vec<TestSuite>,
    not_run: Vec<NotRun>,
}

impl<'a> Output<'a> {
    /// For the scenarios of a command line.
    pub fn new(options: &'a RunOptions, scenarios: usize) -> Self {
        let loudness = if options.json {
            Loudness::Json
        } else if options.quiet {
            Loudness::Failures
        } else if options.summary || (scenarios > 1 && !options.wires) {
            Loudness::Summary
        } else {
            Loudness::Timeline
        };
        Self { loudness, wires: options.wires, ..Self::plain(&options.report, scenarios) }
    }

    /// For a journal that is judged again.
    pub fn again(options: &'a JudgeOptions) -> Self {
        let loudness = if options.json { Loudness::Verdicts } else { Loudness::Timeline };
        Self { loudness, ..Self::plain(&options.report, 1) }
    }

    /// With the whole timeline, for so many scenarios.
    fn plain(reports: &'a [ReportTo], scenarios: usize) -> Self {
        Self {
            reports,
            loudness: Loudness::Timeline,
            wires: false,
            several: scenarios > 1,
            counts: Counts::default(),
            suites: Vec::new(),
            not_run: Vec::new(),
        }
    }

    /// How many came out how, so far.
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// A scenario ran.
    pub fn ran(&mut self, report: &Report<'_>, rewritten: &[String]) -> io::Result<()> {
        let passed = report.judgement.has_passed();
        *(if passed { &mut self.counts.passed } else { &mut self.counts.failed }) += 1;
        let mut out = anstream::stdout().lock();
        match self.loudness {
            Loudness::Timeline => {
                for line in rewritten {
                    writeln!(out, "rewritten: {line}")?;
                }
                terminal::write(&mut out, report, width())?;
                if self.wires {
                    terminal::write_wires(&mut out, report.journal)?;
                }
            }
            Loudness::Summary => terminal::one_line(&mut out, report)?,
            Loudness::Failures if !passed => terminal::one_line(&mut out, report)?,
            Loudness::Failures => {}
            Loudness::Json => json::write(&mut BufWriter::new(out), report)?,
            Loudness::Verdicts => writeln!(out, "{}", json::verdicts(report))?,
        }
        self.suites.push(junit::suite(report));
        for to in self.reports {
            match to.kind {
                ReportKind::Junit => {}
                ReportKind::Json => {
                    let file = self.file(to, &report.facts.scenario);
                    let written = File::create(&file).and_then(|out| json::write(&mut BufWriter::new(out), report));
                    written.map_err(|error| unwritable(&file, &error))?;
                }
                ReportKind::Html => {
                    let file = self.file(to, &report.facts.scenario);
                    fs::write(&file, html::page(report)).map_err(|error| unwritable(&file, &error))?;
                }
            }
        }
        Ok(())
    }

    /// A scenario cannot run here.
    pub fn skipped(&mut self, scenario: &Scenario, why: String) -> io::Result<()> {
        self.counts.skipped += 1;
        anstream::eprintln!("skipped  {}: {why}", scenario.name);
        self.not_run.push(NotRun { scenario: scenario.name.clone(), why });
        Ok(())
    }

    /// The rig of a scenario was held up, so that it runs again.
    pub fn runs_again(&self, scenario: &Scenario, why: &str) {
        anstream::eprintln!("held up  {}: {why}: it runs again", scenario.name);
    }

    /// The rig of a scenario was held up too often: what it saw last goes into the journal that was asked for.
    pub fn held_up(&mut self, scenario: &Scenario, why: String, journal: &[Record]) -> io::Result<()> {
        self.counts.held_up += 1;
        anstream::eprintln!("held up  {}: {why}, and not judged", scenario.name);
        for to in self.reports.iter().filter(|to| to.kind == ReportKind::Json) {
            let file = self.file(to, &scenario.name);
            let written = File::create(&file).and_then(|out| lines::write(&mut BufWriter::new(out), journal));
            written.map_err(|error| unwritable(&file, &error))?;
        }
        self.not_run.push(NotRun { scenario: scenario.name.clone(), why });
        Ok(())
    }

    /// A scenario could not be run.
    pub fn wrong(&mut self, scenario: &Scenario, error: &dyn std::error::Error) -> io::Result<()> {
        self.counts.wrong += 1;
        anstream::eprintln!("{}: cannot run here: {error}", scenario.path.display());
        self.not_run.push(NotRun { scenario: scenario.name.clone(), why: error.to_string() });
        Ok(())
    }

    /// Everything has run.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.loudness == Loudness::Summary {
            let Counts { passed, failed, skipped, wrong, held_up } = self.counts;
            // Whoever counts knows three kinds: why nobody judged it was said above.
            let skipped = skipped + held_up;
            let wrong = if wrong > 0 { format!(", {wrong} could not run") } else { String::new() };
            anstream::println!("{passed} passed, {failed} failed, {skipped} skipped{wrong}");
        }
        for to in self.reports.iter().filter(|to| to.kind == ReportKind::Junit) {
            let xml = junit::xml(std::mem::take(&mut self.suites), &self.not_run).map_err(io::Error::other)?;
            fs::write(&to.file, xml).map_err(|error| unwritable(&to.file, &error))?;
        }
        Ok(())
    }

    /// Where a report of one scenario goes: of several, each has its own file.
    fn file(&self, to: &ReportTo, scenario: &str) -> PathBuf {
        if self.several { beside(&to.file, scenario) } else { to.file.clone() }
    }
}

/// Whether reports can be written where they are to go: asked before a run, which may take hours.
///
/// # Errors
/// Which cannot, and why.
pub fn check_places(reports: &[ReportTo]) -> io::Result<()> {
    for file in reports.iter().map(|to| &to.file) {
        let directory = file.parent().filter(|directory| !directory.as_os_str().is_empty());
        if directory.is_some_and(|directory| !directory.is_dir()) {
            return Err(unwritable(file, &io::ErrorKind::NotFound.into()));
        }
    }
    Ok(())
}

fn unwritable(file: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("failed to write {}: {error}", file.display()))
}

/// How wide the terminal is, where the timeline goes to one.
fn width() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(width.0))
}

/// `out.html` for `home lab [x=1]` is `out-home-lab-x-1.html`.
fn beside(file: &Path, scenario: &str) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let plain: String = scenario.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let name = format!("{stem}-{}", plain.trim_matches('-'));
    let name = match file.extension() {
        Some(extension) => format!("{name}.{}", extension.to_string_lossy()),
        None => name,
    };
    file.with_file_name(name)
}

//! What stands beside every line of the story: mains, battery, one sign for each host.

use super::palette;
use crate::journal::{HostState, Name, Record, RunFacts, Supply, What};
use std::io::{self, Write};

/// Cells of a battery bar, where there is room for them.
const CELLS: usize = 8;
/// What stands behind the cells of a bar.
const FIGURES: usize = 9;
/// What the story beside the columns needs.
const STORY: usize = 30;
/// The time before the columns.
const TIME: usize = 12;
/// The most UPSes that get a bar.
const MOST_BARS: usize = 3;
/// The most hosts that get a sign.
const MOST_SIGNS: usize = 24;

/// The present state of everything that has a column.
pub struct Dashboard {
    feeds: Vec<(Name, bool)>,
    bars: Vec<Bar>,
    cells: usize,
    hosts: Vec<(Name, HostState)>,
    more_hosts: bool,
}

struct Bar {
    ups: Name,
    charge_permille: u32,
    supply: Supply,
    low: bool,
    live: bool,
}

impl Dashboard {
    /// At the start of a run; in a narrow terminal batteries are figures alone.
    pub fn new(facts: &RunFacts, width: Option<usize>) -> Self {
        let bars = facts.ups.len().min(MOST_BARS);
        let columns = TIME + 2 * facts.feeds.len() + 1 + bars * (CELLS + FIGURES) + facts.hosts.len().min(MOST_SIGNS);
        Self {
            cells: if width.is_some_and(|width| width < columns + STORY) { 0 } else { CELLS },
            feeds: facts.feeds.iter().map(|feed| (feed.name.clone(), true)).collect(),
            bars: facts
                .ups
                .iter()
                .take(MOST_BARS)
                .map(|ups| Bar {
                    ups: ups.name.clone(),
                    charge_permille: 1000,
                    supply: Supply::OnLine,
                    low: false,
                    live: true,
                })
                .collect(),
            hosts: facts.hosts.iter().take(MOST_SIGNS).map(|host| (host.name.clone(), host.starts)).collect(),
            more_hosts: facts.hosts.len() > MOST_SIGNS,
        }
    }

    pub fn take(&mut self, record: &Record) {
        match &record.what {
            What::Mains { feed, is } => {
                if let Some((_, live)) = self.feeds.iter_mut().find(|(name, _)| name == feed) {
                    *live = is.live;
                }
            }
            What::Sample { ups, charge_permille, .. } => self.bar(ups, |bar| bar.charge_permille = *charge_permille),
            What::Supply { ups, is } => self.bar(ups, |bar| bar.supply = *is),
            What::LowBattery { ups, low } => self.bar(ups, |bar| bar.low = *low),
            What::Outlet { ups, live, .. } => self.bar(ups, |bar| bar.live = *live),
            What::Host { host, is, .. } => {
                if let Some((_, state)) = self.hosts.iter_mut().find(|(name, _)| name == host) {
                    *state = *is;
                }
            }
            _ => {}
        }
    }

    fn bar(&mut self, ups: &Name, change: impl FnOnce(&mut Bar)) {
        if let Some(bar) = self.bars.iter_mut().find(|bar| bar.ups == *ups) {
            change(bar);
        }
    }

    /// Names above the columns.
    pub fn header(&self, out: &mut impl Write) -> io::Result<()> {
        let (dim, reset) = (palette::DIM, palette::RESET);
        let indent = TIME + 2 * self.feeds.len() + 1 + self.bars.len() * self.bar_width();
        let shown = self.hosts.len();
        for (place, (name, _)) in self.hosts.iter().enumerate() {
            write!(out, "{dim}{:indent$}{}┌{} {name}{reset}", "", "│".repeat(place), "─".repeat(shown - place - 1))?;
            writeln!(out)?;
        }
        write!(out, "{dim}{:>10}  ", "time")?;
        let feeds = 2 * self.feeds.len() + 1;
        write!(out, "{:<feeds$}", "⏻")?;
        for bar in &self.bars {
            let width = self.bar_width();
            let name: String = bar.ups.chars().take(width - 2).collect();
            write!(out, "{name:<width$}")?;
        }
        writeln!(out, "{}{reset}", "│".repeat(shown))
    }

    const fn bar_width(&self) -> usize {
        self.cells + FIGURES
    }

    /// The columns, as they are now.
    pub fn columns(&self, out: &mut impl Write) -> io::Result<()> {
        let reset = palette::RESET;
        for (_, live) in &self.feeds {
            let (style, sign) = if *live { (palette::GOOD, "┃") } else { (palette::BAD, "╳") };
            write!(out, "{style}{sign}{reset} ")?;
        }
        write!(out, " ")?;
        for bar in &self.bars {
            bar.write(self.cells, out)?;
        }
        for (_, state) in &self.hosts {
            write!(out, "{}{}{reset}", palette::host(*state), sign(*state))?;
        }
        if self.more_hosts { write!(out, "…") } else { Ok(()) }
    }
}

impl Bar {
    fn write(&self, cells: usize, out: &mut impl Write) -> io::Result<()> {
        let (dim, reset) = (palette::DIM, palette::RESET);
        let style = match (self.live, self.supply, self.low) {
            (false, ..) | (_, Supply::Off, _) => palette::DIM,
            (_, _, true) => palette::BAD,
            (_, Supply::OnBattery, _) => palette::WARN,
            (_, Supply::OnLine, _) => palette::GOOD,
        };
        let full = (self.charge_permille as usize * cells + 500) / 1000;
        let full = full.min(cells);
        let sign = match (self.live, self.supply) {
            (false, _) | (_, Supply::Off) => "○",
            (_, Supply::OnBattery) => "▾",
            (_, Supply::OnLine) => " ",
        };
        let percent = self.charge_permille / 10;
        write!(
            out,
            "{style}{}{reset}{dim}{}{reset}{percent:>4} % {style}{sign}{reset} ",
            "█".repeat(full),
            "░".repeat(cells - full)
        )
    }
}

/// One sign for a host's state.
const fn sign(state: HostState) -> &'static str {
    match state {
        HostState::Up => "●",
        HostState::Booting => "◔",
        HostState::Stopping => "◑",
        HostState::Halted => "○",
        HostState::Off => "·",
        HostState::Crashed => "✖",
    }
}

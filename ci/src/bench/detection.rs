//! From the mains failing to NOTIFYCMD started, default configuration on both sides.
//!
//! Ours: an emulated UPS pushes an interrupt report, the server pushes the status. NUT's:
//! `dummy-ups` re-reads its file. The clock stops at the line that NOTIFYCMD writes. A device sends
//! at most one report per interrupt interval, so that interval is part of every figure of ours.

use std::cell::Cell;
use std::io;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use crate::pairs::{Pair, heading, median, percentile_99, row};
use crate::stack::{Stack, Trio, now};

/// Outages of ours and the peer's in turn; NUT's take up to 7 s each, and as long to end.
const ROUNDS: usize = 15;
/// Outages of ours alone, for a percentile.
const ALONE: usize = 50;
/// The devices, and how often each may send.
const DEVICES: [(&str, &str); 2] = [("cyberpower-cp1500epfclcd", "10 ms"), ("apc-back-ups-650", "100 ms")];
/// Outages of ours around the peer's server; each takes up to POLLFREQ (5 s), and as long to end.
const POLLED: usize = 8;
/// How often a monitor asks where nothing is pushed, by default.
const POLLFREQ: Duration = Duration::from_secs(5);
/// Its multiples spread evenly over the unit interval, however many there are.
const GOLDEN_RATIO: f64 = 0.618_034;
/// The longest that a notice may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The table.
pub fn table(stacks: &[Stack]) -> io::Result<String> {
    let mut text = heading("Detection: mains fails → NOTIFYCMD started");
    text += &beside_peers(stacks)?;
    for (device, interval) in DEVICES {
        let site = Site::open(Stack::Ours, device)?;
        text += &percentiles(&format!("ours alone, interval {interval}"), site.outages_ms(ALONE)?);
    }
    text += &percentiles("ours alone, a dummy-ups file", Site::open(Stack::OursOnFile, "")?.outages_ms(ALONE)?);
    if stacks.contains(&Stack::Nut) {
        let site = Site::open(Stack::OnPeersServer, DEVICES[0].0)?;
        let figures = site.outages_ms(POLLED)?;
        text += &format!(
            "  ours around Debian's upsd, {POLLED} outages, POLLFREQ 5 s: p50 {:.0} ms, longest {:.0} ms\n",
            median(figures.clone()),
            figures.into_iter().fold(0.0, f64::max)
        );
    }
    Ok(text)
}

/// Ours on a device and on a file in turn with the peer's, which has its `dummy-ups` alone.
fn beside_peers(stacks: &[Stack]) -> io::Result<String> {
    let mut sites = vec![Site::open(Stack::Ours, DEVICES[0].0)?, Site::open(Stack::OursOnFile, "")?];
    if stacks.contains(&Stack::Nut) {
        sites.push(Site::open(Stack::Nut, "")?);
    }
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(sites.iter().map(Site::outage_ms).collect::<io::Result<Vec<_>>>()?);
    }
    let of = |site: usize| rounds.iter().filter_map(|round| round.get(site).copied()).collect::<Vec<_>>();
    let peer = |round: &Vec<f64>| round.get(2).copied().unwrap_or(f64::NAN);
    let pairs =
        |site: usize| rounds.iter().map(|round| Pair { ours: round[site], peer: peer(round) }).collect::<Vec<_>>();
    let mut text = row(&format!("interrupt interval {}", DEVICES[0].1), "ms", &pairs(0));
    text += &row("a dummy-ups file", "ms", &pairs(1));
    text += &percentiles("ours in turn, a dummy-ups file", of(1));
    if sites.len() > 2 {
        text += &percentiles("NUT's in turn, a dummy-ups file", of(2));
    }
    Ok(text)
}

fn percentiles(what: &str, figures: Vec<f64>) -> String {
    let outages = figures.len();
    format!(
        "  {what}, {outages} outages: p50 {:.1} ms, p99 {:.1} ms\n",
        median(figures.clone()),
        percentile_99(figures)
    )
}

/// A running trio, and what its monitor tells.
struct Site {
    trio: Trio,
    notices: Receiver<(Instant, String)>,
    round: Cell<u32>,
}

impl Site {
    fn open(stack: Stack, device: &str) -> io::Result<Self> {
        let mut trio = Trio::start_on(stack, device)?;
        let notices = trio.notices()?;
        trio.monitor()?;
        Ok(Self { trio, notices, round: Cell::new(0) })
    }

    fn outages_ms(&self, count: usize) -> io::Result<Vec<f64>> {
        (0..count).map(|_| self.outage_ms()).collect()
    }

    fn outage_ms(&self) -> io::Result<f64> {
        self.rest();
        let start = now();
        self.trio.mains(false)?;
        let noticed = self.wait_for("ONBATT")?;
        self.trio.mains(true)?;
        self.wait_for("ONLINE")?;
        Ok(noticed.saturating_duration_since(start).as_secs_f64() * 1000.0)
    }

    /// Lets the device send what it still has to say of the last outage: a second without a notice. Where
    /// somebody polls, the last notice came at a poll: outages are spread over the time between two.
    fn rest(&self) {
        while self.notices.recv_timeout(Duration::from_secs(1)).is_ok() {}
        if self.trio.is_polled() {
            let round = self.round.replace(self.round.get() + 1);
            let part = (f64::from(round) * GOLDEN_RATIO).fract();
            let _ = self.notices.recv_timeout(POLLFREQ.mul_f64(part));
        }
    }

    fn wait_for(&self, kind: &str) -> io::Result<Instant> {
        loop {
            match self.notices.recv_timeout(PATIENCE) {
                Ok((at, notice)) if notice == kind => return Ok(at),
                Ok(_) => {}
                Err(_) => return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no {kind} within 30 s"))),
            }
        }
    }
}

//! From the mains failing to NOTIFYCMD started, default configuration on both sides.
//!
//! Ours: an emulated UPS pushes an interrupt report, the server pushes the status. NUT's:
//! `dummy-ups` re-reads its file. The clock stops at the line that NOTIFYCMD writes.

use std::io;

use crate::pairs::{Pair, heading, median, percentile_99, row};
use crate::stack::{Stack, Trio, now, wait_for};

/// Outages of ours and the peer's in turn; NUT's take up to 7 s each, and as long to end.
const ROUNDS: usize = 7;
/// More of ours alone, for a percentile.
const MORE_OF_OURS: usize = 100;

/// The table.
pub fn table(stacks: &[Stack]) -> io::Result<String> {
    let mut trios = stacks.iter().map(|&stack| Trio::start(stack)).collect::<io::Result<Vec<_>>>()?;
    for trio in &mut trios {
        trio.monitor()?;
    }
    let mut pairs = Vec::new();
    for _ in 0..ROUNDS {
        let figures = trios.iter().map(outage_ms).collect::<io::Result<Vec<_>>>()?;
        pairs.push(Pair { ours: figures[0], peer: figures.get(1).copied().unwrap_or(f64::NAN) });
    }
    let ours = (0..MORE_OF_OURS).map(|_| outage_ms(&trios[0])).collect::<io::Result<Vec<_>>>()?;
    Ok(heading("Detection: mains fails → NOTIFYCMD started")
        + &row("from the switch to the command", "ms", &pairs)
        + &format!(
            "  ours alone, {MORE_OF_OURS} outages: p50 {:.2} ms, p99 {:.2} ms\n",
            median(ours.clone()),
            percentile_99(ours)
        ))
}

fn outage_ms(trio: &Trio) -> io::Result<f64> {
    let seen = |kind: &str| std::fs::read_to_string(trio.notices()).unwrap_or_default().matches(kind).count();
    let (on_battery, on_line) = (seen("ONBATT"), seen("ONLINE"));
    let start = now();
    trio.mains(false)?;
    wait_for(|| seen("ONBATT") > on_battery)?;
    let took = start.elapsed().as_secs_f64() * 1000.0;
    trio.mains(true)?;
    wait_for(|| seen("ONLINE") > on_line)?;
    Ok(took)
}

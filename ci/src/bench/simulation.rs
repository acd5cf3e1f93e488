//! How much simulated time passes in a second on the simulated rig, with the home lab's hour.

use std::io;
use std::process::Command;

use crate::pairs::median;
use crate::stack::{Stack, beside_us};

/// What is run.
const SCENARIO: &str = "scenarios/bench/home-lab-hours.yaml";
/// Runs; the median counts.
const ROUNDS: usize = 5;

/// The table. NUT has no simulated rig: its hour takes an hour.
pub fn table(_: &[Stack]) -> io::Result<String> {
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        #[expect(clippy::disallowed_methods, reason = "the benchmark is the shell that starts the harness")]
        let output = Command::new(beside_us("ridethrough")).args(["run", SCENARIO]).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        rates.push(rate(&text).ok_or_else(|| io::Error::other("the harness did not say how fast it was"))? / 3600.0);
    }
    Ok(format!(
        "Simulated speed, ten hours of the home lab with one outage, one core\n  {:.0} simulated hours per wall second (median of {ROUNDS})\n",
        median(rates)
    ))
}

/// The factor in `… simulated in 246 ms (146063 × real time)`.
fn rate(text: &str) -> Option<f64> {
    text.rsplit_once(" × real time")?.0.rsplit_once('(')?.1.parse().ok()
}

//! How much simulated time passes in a second on the simulated rig, with the home lab's hour.

use std::io;
use std::process::Command;

use crate::pairs::median;
use crate::stack::{Stack, beside_us, now};

/// Runs; the median counts.
const ROUNDS: usize = 5;

/// The table. NUT has no simulated rig: its hour takes an hour.
pub fn table(_: &[Stack]) -> io::Result<String> {
    let mut rates = Vec::new();
    for _ in 0..ROUNDS {
        let start = now();
        #[expect(clippy::disallowed_methods, reason = "the benchmark is the shell that starts the harness")]
        let output = Command::new(beside_us("ridethrough"))
            .args(["run", "--json", "scenarios/bench/home-lab-hours.yaml"])
            .output()?;
        let wall = start.elapsed().as_secs_f64();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let simulated = number_after(&text, "\"simulated_us\":")
            .ok_or_else(|| io::Error::other("the harness printed no simulated_us"))?;
        rates.push(simulated / 1e6 / 3600.0 / wall);
    }
    Ok(format!(
        "Simulated speed, the home lab on line power and in an outage, one core\n  {:.0} simulated hours per wall second (median of {ROUNDS})\n",
        median(rates)
    ))
}

fn number_after(text: &str, key: &str) -> Option<f64> {
    let rest = text.rsplit_once(key)?.1.trim_start();
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

//! How fast the simulated rig is: one hour of the home lab, on line power and with an outage.
//!
//! An element of the throughput is a simulated hour: `elem/s` reads as simulated hours per second
//! on one core.

use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use scenarios::language::{Scenario, Surroundings, load};
use scenarios::rigs::{RunOptions, simulated};

const HOUR: Duration = Duration::from_secs(3600);

/// The first hour of the benchmark that `ridethrough run` times, which has its outage in the middle.
fn home_lab() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/home-lab-hours.yaml");
    let surroundings = Surroundings { devices: emulator::device::names().into_iter().map(str::to_owned).collect() };
    match load(&path, &surroundings).map(|mut scenarios| scenarios.pop()) {
        Ok(Some(scenario)) => Scenario { lasts: Some(HOUR), expect: Vec::new(), ..scenario },
        Ok(None) => panic!("{} has no scenario", path.display()),
        Err(wrong) => panic!("{wrong}"),
    }
}

fn hour(criterion: &mut Criterion) {
    let with_outage = home_lab();
    let on_line = Scenario { timeline: Vec::new(), ..with_outage.clone() };
    let mut group = criterion.benchmark_group("home-lab-hour");
    group.throughput(Throughput::Elements(1));
    for (name, scenario) in [("on-line", on_line), ("with-outage", with_outage)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| match simulated::run(black_box(&scenario), &RunOptions::default()) {
                Ok(run) => run.journal.len(),
                Err(wrong) => panic!("{wrong}"),
            });
        });
    }
    group.finish();
}

criterion_group!(benches, hour);
criterion_main!(benches);

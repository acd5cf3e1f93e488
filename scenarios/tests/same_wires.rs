//! Nothing is short-circuited: what travels on the simulated rig's wires is what real daemons send.
//!
//! Both rigs run the same short outage with every wire in the journal. For each pair of parties and
//! each direction, the lines must be the same, in the order in which each is first said; times and
//! repetitions are left out, because real time repeats a poll once more or less.

use std::collections::BTreeMap;
use std::path::Path;

use scenarios::journal::{Direction, Ending, LinkEvent, Record, What, WireProtocol};
use scenarios::language::loading;
use scenarios::rigs::{RigError, Run, RunOptions, processes, simulated};

/// From whom, to whom, which protocol, which way.
type Lane = (String, String, WireProtocol, Direction);

/// Readings that drift by themselves: the instant of a poll shows in them.
const DRIFTING: [&str; 5] = ["battery.runtime", "battery.voltage", "battery.charge", "input.voltage", "ups.load"];
/// A transfer's number stands behind the frame's kind.
const TRANSFER: std::ops::Range<usize> = 1..5;
/// Frames that carry readings: answers and interrupts.
const ANSWER: u8 = 3;
const INTERRUPT: u8 = 4;

#[test]
fn the_simulated_wires_carry_what_real_daemons_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("two-second-blip.yaml");
    let scenario = loading::load(&path, &Default::default()).unwrap().remove(0);
    let options = RunOptions { wires: true, speed: 10, ..RunOptions::default() };
    let simulated = simulated::run(&scenario, &options).unwrap();
    let real = match processes::run(&scenario, &options) {
        Err(RigError::Skipped(why)) => return println!("skipped: {why}"),
        Ok(run) if is_held_up(&run) => return println!("skipped: the rig was held up"),
        run => run.unwrap(),
    };
    let (simulated, real) = (lanes(&simulated), lanes(&real));
    assert_eq!(simulated.keys().collect::<Vec<_>>(), real.keys().collect::<Vec<_>>());
    assert!(simulated.len() >= 8, "a driver, a server and two monitors, both ways");
    for (lane, lines) in &simulated {
        assert!(!lines.is_empty());
        assert_eq!(lines, &real[lane], "{lane:?}");
    }
}

fn is_held_up(run: &Run) -> bool {
    matches!(run.journal.last(), Some(Record { what: What::End { because: Ending::HeldUp }, .. }))
}

fn lanes(run: &Run) -> BTreeMap<Lane, Vec<String>> {
    let mut links = BTreeMap::new();
    let mut lanes: BTreeMap<Lane, Vec<String>> = BTreeMap::new();
    for Record { what, .. } in &run.journal {
        match what {
            What::Link { link, from, to, protocol, event: LinkEvent::Opened } => {
                links.insert(*link, (from.to_string(), to.to_string(), *protocol));
            }
            What::Wire { link, direction, bytes, .. } => {
                let (from, to, protocol) = links[link].clone();
                let Some(said) = without_drift(protocol, bytes.as_bytes()) else { continue };
                let lane = lanes.entry((from, to, protocol, *direction)).or_default();
                if !lane.contains(&said) {
                    lane.push(said);
                }
            }
            _ => {}
        }
    }
    lanes
}

/// What is said, without what no two runs share.
fn without_drift(protocol: WireProtocol, bytes: &[u8]) -> Option<String> {
    if protocol != WireProtocol::Usb {
        let line = String::from_utf8_lossy(bytes).into_owned();
        // Whether a poll catches a status that lasts 0.2 s is chance; what is pushed is not.
        if let Some((polled, _value)) = line.split_once(" ups.status \"").filter(|_| line.starts_with("VAR ")) {
            return Some(polled.to_owned());
        }
        return (!DRIFTING.iter().any(|name| line.contains(name))).then_some(line);
    }
    let kind = *bytes.first()?;
    let body = bytes.get(TRANSFER.end..)?;
    // Of a reading, which report it is: what it holds depends on the instant.
    let body = if matches!(kind, ANSWER | INTERRUPT) { &body[..body.len().min(2)] } else { body };
    Some(format!("{kind} {body:02x?}"))
}

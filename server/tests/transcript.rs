//! The engine answers as the transcripts of a real upsd say, byte for byte.

mod bed;

use std::time::Duration;

use bed::Bed;
use bed::script::{Step, normalize, parse};

const TRANSCRIPT: &str = include_str!("transcripts/upsd.txt");

#[test]
fn every_reply_is_that_of_a_real_upsd_or_differs_for_a_reason() {
    let mut failures = Vec::new();
    let mut bed = Bed::new();
    let mut client = bed.connect();
    let mut id = String::new();
    let steps = parse(TRANSCRIPT);
    assert!(steps.len() > 200, "{} steps were read", steps.len());
    for step in steps {
        match step {
            // A server of its own, so that one part of the transcript does not hang on another.
            Step::Connect(_) => {
                bed = Bed::new();
                bed.driver_heard();
                client = bed.connect();
            }
            Step::Ask { bytes, reply, line, .. } => {
                let bytes = with_id(bytes, &id);
                let mut heard = bed.say_if_open(client, &bytes);
                if heard.is_empty() && !reply.is_empty() {
                    // The second wrong password of a source is answered a second later.
                    bed.wait(Duration::from_secs(1));
                    bed.settle_turns();
                    heard = bed.heard(client);
                }
                let heard = normalize(&heard, server::VERSION, &mut id);
                if heard != reply {
                    failures.push(format!("line {line}: expected {reply:?}, heard {heard:?}"));
                }
            }
            Step::DriverSays(text) => bed.driver_says(&format!("{}\n", text.replace("{id}", &id))),
            Step::DriverHeard(text, line) => {
                let heard = bed.driver_heard();
                let expected = format!("{}\n", text.replace("{id}", &id));
                if heard != expected {
                    failures.push(format!("line {line}: the driver should hear {expected:?}, heard {heard:?}"));
                }
            }
            Step::Wait(seconds) => bed.wait(Duration::from_secs(seconds)),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The request with the last id in its place.
fn with_id(bytes: Vec<u8>, id: &str) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => text.replace("{id}", id).into_bytes(),
        Err(other) => other.into_bytes(),
    }
}

//! Expectations and violations.

use super::{Resolver, start};
use crate::language::expectation::{Anchor, Claim, Expectation, Maker, Only, Violation, Window};
use crate::language::mistake::Mistake;
use crate::language::written::sights::{RigWord, WrittenExpectation, WrittenStack, WrittenViolation, WrittenWindow};
use crate::language::yaml::shapes::{Located, Short};

/// How many invariants there are.
const INVARIANTS: u8 = 9;

impl Resolver<'_> {
    pub(super) fn expectations(&mut self, written: &[Located<WrittenExpectation>]) -> Vec<Expectation> {
        written.iter().filter_map(|one| self.expectation(one)).collect()
    }

    fn expectation(&mut self, written: &Located<WrittenExpectation>) -> Option<Expectation> {
        let (at, entry) = (written.at, &written.value);
        let windowed = entry.never.is_some() || entry.always.is_some() || entry.count.is_some();
        self.only_with("within", entry.within.is_some(), "see", entry.see.is_some(), at);
        self.only_with("of", entry.of.is_some(), "see", entry.see.is_some(), at);
        self.only_with("during", entry.during.is_some(), "never`, `always` or `count", windowed, at);
        let counted = entry.times.is_some() || entry.at_least.is_some() || entry.at_most.is_some();
        self.only_with("times`, `at_least` and `at_most", counted, "count", entry.count.is_some(), at);
        let claim = if let Some(what) = &entry.see {
            let of = entry.of.as_ref().map(|of| self.anchor(of)).unwrap_or_default();
            Claim::See { what: self.observation(what, false), within: entry.within.map(|time| time.0), of }
        } else if let Some(what) = &entry.never {
            Claim::Never { what: self.observation(what, true), during: self.window(entry.during.as_ref()) }
        } else if let Some(what) = &entry.always {
            let seen = self.observation(what, false);
            if seen.is_event() {
                self.wrong(
                    Mistake::new(start(what.at), "`always` needs a state, and this is an event", "over as it happens")
                        .hint("`see`, `order` and `count` are about events"),
                );
            }
            Claim::Always { what: seen, during: self.window(entry.during.as_ref()) }
        } else if let Some(sights) = &entry.order {
            if sights.value.len() < 2 {
                self.wrong(Mistake::new(start(sights.at), "an order needs at least two sights", "fewer than two"));
            }
            Claim::Order(sights.value.iter().map(|what| self.observation(what, false)).collect())
        } else if let Some(what) = &entry.finally {
            Claim::Finally(self.observation(what, false))
        } else {
            let what = self.observation(entry.count.as_ref()?, true);
            if !counted {
                self.wrong(Mistake::new(start(at), "how many times?", "`times`, `at_least` or `at_most` is missing"));
            }
            if entry.times.is_some() && (entry.at_least.is_some() || entry.at_most.is_some()) {
                self.wrong(Mistake::new(start(at), "`times` is exact", "beside it stand `at_least` or `at_most`"));
            } else if let (Some(least), Some(most)) = (entry.at_least, entry.at_most)
                && least > most
            {
                self.wrong(Mistake::new(
                    start(at),
                    format!("nothing is seen {least} times at least and {most} times at most"),
                    "`at_least` is more than `at_most`",
                ));
            }
            let least = entry.times.or(entry.at_least).unwrap_or(0);
            let most = entry.times.or(entry.at_most).unwrap_or(u32::MAX);
            Claim::Count { what, least, most, during: self.window(entry.during.as_ref()) }
        };
        Some(Expectation {
            claim,
            because: entry.because.clone(),
            only: only(entry.stack.as_ref(), entry.rig),
            spot: self.texts.spot(at),
        })
    }

    fn window(&mut self, written: Option<&WrittenWindow>) -> Window {
        let (from_word, to_word) = written.map_or((None, None), |window| (window.from.as_ref(), window.to.as_ref()));
        let from = from_word.map_or(Anchor::Start, |from| self.anchor(from));
        let to = to_word.map_or(Anchor::End, |to| self.anchor(to));
        // Which of two steps comes first only a run tells.
        let is_empty = from == to || from == Anchor::End || to == Anchor::Start;
        if let Some(word) = to_word.or(from_word).filter(|_| is_empty) {
            self.wrong(Mistake::new(word.at, format!("nothing happens from {from} to {to}"), "an empty window"));
        }
        Window { from, to }
    }

    fn anchor(&mut self, written: &Located<String>) -> Anchor {
        match written.value.as_str() {
            "start" => Anchor::Start,
            "end" => Anchor::End,
            id => self
                .step_named(written, &["start", "end"])
                .map_or(Anchor::Start, |index| Anchor::Step(index, id.to_owned())),
        }
    }

    pub(super) fn violations(&mut self, written: &[Located<WrittenViolation>]) -> Vec<Violation> {
        written
            .iter()
            .map(|one| {
                let invariant = &one.value.invariant;
                if !(1..=INVARIANTS).contains(&invariant.value) {
                    self.wrong(Mistake::new(
                        invariant.at,
                        format!("there is no invariant {}", invariant.value),
                        format!("1 to {INVARIANTS}"),
                    ));
                }
                if one.value.because.trim().is_empty() {
                    self.wrong(Mistake::new(start(one.at), "a broken invariant needs a reason", "`because` is empty"));
                }
                Violation {
                    invariant: invariant.value,
                    because: one.value.because.clone(),
                    only: only(one.value.stack.as_ref(), one.value.rig),
                    spot: self.texts.spot(one.at),
                }
            })
            .collect()
    }
}

fn only(stack: Option<&Short<Maker, WrittenStack>>, rig: Option<RigWord>) -> Only {
    let stack = match stack {
        None => WrittenStack { driver: None, server: None, monitor: None },
        Some(Short::Short(maker)) => WrittenStack { driver: Some(*maker), server: Some(*maker), monitor: Some(*maker) },
        Some(Short::Long(stack)) => *stack,
    };
    let rig = rig.map(|word| match word {
        RigWord::Simulated => "simulated".to_owned(),
        RigWord::Processes => "processes".to_owned(),
    });
    Only { driver: stack.driver, server: stack.server, monitor: stack.monitor, rig }
}

//! The rig's own client: asks a server for the variables that a scenario speaks of.
//!
//! It is an engine like any other, so that it asks in the same way on every rig: through the net
//! protocol, over a connection of its own, once a second. What it learns is read off the wire by
//! its tap, not here.

use std::collections::VecDeque;
use std::time::Duration;

use crate::language::{Claim, Observation, Scenario, Trigger};
use protocol::net::{PORT, Request};
use protocol::{Effect, Endpoint, Engine, Event, Instant, LinkId};

/// How often it asks, and how soon it tries again where nobody answers.
const PERIOD: Duration = Duration::from_secs(1);
/// The only connection that it ever has.
const LINK: LinkId = LinkId::opened(0);

/// A client that asks for the same variables again and again.
#[derive(Debug)]
pub struct Observer {
    host: String,
    port: u16,
    question: Vec<u8>,
    is_open: bool,
    next: Option<Instant>,
    outputs: VecDeque<Effect>,
}

impl Observer {
    /// Asks the server of `host` for these variables: (UPS, variable).
    #[must_use]
    pub fn new(host: &str, variables: &[(String, String)]) -> Self {
        let question = question(variables);
        Self {
            host: host.to_owned(),
            port: PORT,
            question,
            is_open: false,
            next: Some(Instant::START),
            outputs: VecDeque::new(),
        }
    }
}

/// What asks for these variables: (UPS, variable).
#[must_use]
pub fn question(variables: &[(String, String)]) -> Vec<u8> {
    let mut question = Vec::new();
    for (ups, name) in variables {
        Request::GetVar { ups, var: name }.emit(&mut question);
    }
    question
}

/// Every variable of the `driven` UPSes that a scenario speaks of, in its triggers and its expectations, each once:
/// (UPS, variable).
#[must_use]
pub fn spoken_of(scenario: &Scenario, driven: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut take = |observation: &Observation| {
        if let Some((ups, name)) = observation.variable().filter(|(ups, _)| driven(ups))
            && !found.iter().any(|(known, variable)| known == ups && variable == name)
        {
            found.push((ups.to_owned(), name.to_owned()));
        }
    };
    for step in &scenario.timeline {
        match &step.trigger {
            Trigger::When { seen, .. } => take(seen),
            Trigger::Every { until: Some(until), .. } => take(until),
            Trigger::At(_) | Trigger::After { .. } | Trigger::Every { until: None, .. } => {}
        }
    }
    for expectation in &scenario.expect {
        match &expectation.claim {
            Claim::See { what, .. }
            | Claim::Never { what, .. }
            | Claim::Always { what, .. }
            | Claim::Finally(what)
            | Claim::Count { what, .. } => take(what),
            Claim::Order(all) => all.iter().for_each(&mut take),
        }
    }
    found
}

impl Engine for Observer {
    type Input = Event<std::convert::Infallible>;
    type Output = Effect;

    fn handle(&mut self, event: Self::Input, now: Instant) {
        match event {
            Event::Opened { .. } => {
                self.is_open = true;
                self.handle_timeout(now);
            }
            Event::OpenFailed { .. } | Event::Closed { .. } => {
                self.is_open = false;
                self.next = Some(now + PERIOD);
            }
            Event::Signal(_) => self.outputs.push_back(Effect::Exit { code: 0 }),
            _ => {}
        }
    }

    fn handle_timeout(&mut self, now: Instant) {
        if self.next.is_some_and(|at| at > now) {
            return;
        }
        if self.is_open {
            self.next = Some(now + PERIOD);
            self.outputs.push_back(Effect::Send { link: LINK, bytes: self.question.clone() });
        } else if self.next.take().is_some() {
            let to = Endpoint::Tcp { host: self.host.clone(), port: self.port };
            self.outputs.push_back(Effect::Open { link: LINK, to });
        }
    }

    fn poll_output(&mut self) -> Option<Effect> {
        self.outputs.pop_front()
    }

    fn poll_timeout(&self) -> Option<Instant> {
        self.next
    }
}

//! A bench for one emulated UPS: time passes, things happen to it, what it does is kept.

use emulator::units::Micros;
use emulator::{Control, Device, Input, Observation, Output, Setup, Ups, device};
use protocol::usb::{Data, Failure, ReportKind, Request};
use protocol::{Engine, Instant};

/// One UPS and everything it has done so far.
pub struct Bench {
    pub ups: Ups,
    pub now: Instant,
    pub done: Vec<(Instant, Output)>,
    transfers: u32,
}

impl Bench {
    pub fn new(device: &str) -> Self {
        Self::with(device, Setup::default())
    }

    pub fn with(device: &str, setup: Setup) -> Self {
        Self::of(device::find(device).unwrap(), setup)
    }

    pub fn of(device: Device, setup: Setup) -> Self {
        let mut bench =
            Self { ups: Ups::new(device, setup, Instant::START), now: Instant::START, done: Vec::new(), transfers: 0 };
        bench.collect();
        bench
    }

    /// Lets time pass, stopping wherever the device wants to.
    pub fn pass(&mut self, time: &str) -> &mut Self {
        let Micros(micros) = time.parse().unwrap();
        let end = Instant::from_micros(self.now.as_micros() + micros);
        self.pass_to(end);
        self
    }

    fn pass_to(&mut self, end: Instant) {
        while let Some(due) = self.ups.poll_timeout().filter(|due| *due <= end) {
            assert!(due >= self.now, "a deadline lies in the past");
            let before = self.ups.poll_timeout();
            self.now = due;
            self.ups.handle_timeout(due);
            self.collect();
            assert!(self.ups.poll_timeout() != before, "a deadline was not acted on");
        }
        self.now = end;
    }

    /// Something is done to it.
    pub fn control(&mut self, line: &str) -> &mut Self {
        let control: Control = line.parse().unwrap();
        self.ups.handle(Input::Control(control), self.now);
        self.collect();
        self
    }

    /// A host makes a transfer and waits up to ten seconds for its end.
    pub fn transfer(&mut self, request: Request) -> Option<Result<Data, Failure>> {
        self.transfers += 1;
        let transfer = self.transfers;
        self.ups.handle(Input::Transfer { transfer, request }, self.now);
        self.collect();
        let give_up = self.now + Micros::seconds(10);
        loop {
            let answer = self.done.iter().rev().find_map(|(_, output)| match output {
                Output::Done { transfer: done, result } if *done == transfer => Some(result.clone()),
                _ => None,
            });
            if answer.is_some() {
                return answer;
            }
            let due = self.ups.poll_timeout().filter(|due| *due <= give_up)?;
            self.pass_to(due);
        }
    }

    /// A feature report's bytes behind its id.
    pub fn feature(&mut self, id: u8) -> Vec<u8> {
        let request = Request::GetReport { kind: ReportKind::Feature, id, length: 256 };
        let bytes = self.transfer(request).expect("an answer").expect("a report");
        assert_eq!(bytes[0], id);
        bytes[1..].to_vec()
    }

    /// Writes a feature report.
    pub fn write(&mut self, report: &[u8]) -> Result<Data, Failure> {
        let request = Request::SetReport { kind: ReportKind::Feature, id: report[0], data: report.into() };
        self.transfer(request).expect("an answer")
    }

    /// What was seen, with its time.
    pub fn seen(&self) -> impl Iterator<Item = (Instant, &Observation)> {
        self.done.iter().filter_map(|(at, output)| match output {
            Output::Observed(seen) => Some((*at, seen)),
            _ => None,
        })
    }

    /// When something like this was first seen.
    pub fn when(&self, like: impl Fn(&Observation) -> bool) -> Option<Instant> {
        self.seen().find(|(_, seen)| like(seen)).map(|(at, _)| at)
    }

    /// What was seen but for the samples, a line each.
    pub fn story(&self) -> String {
        let lines = self.seen().filter(|(_, seen)| !matches!(seen, Observation::Sample(_)));
        lines.map(|(at, seen)| format!("{at:>14}  {seen}\n")).collect()
    }

    fn collect(&mut self) {
        while let Some(output) = self.ups.poll_output() {
            self.done.push((self.now, output));
        }
    }
}

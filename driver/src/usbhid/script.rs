//! Carrying out plans, one transfer at a time.
//!
//! ```text
//! each write:  Fetch ──▶ Send ──▶ Check ──▶ next step
//!                │         └ refused: next plan      the field did not change: next plan
//!                └ a report of several fields is read before one of them is written
//! ```
//!
//! A step that need not succeed is left behind where it is refused.

use std::collections::VecDeque;
use std::time::Duration;

use protocol::Instant;
use protocol::usb::{Data, Failure, ReportKind, Request};

use crate::hid::{Field, Quantity};
use crate::publisher::Ticket;

use super::command::{self, COUNTS_IN, GAP, Plan, Proof, SETTLES_IN, Step};
use super::desk::Desk;
use super::device::Device;

/// Why a script runs, and who waits for it.
#[derive(Debug)]
pub enum Purpose {
    /// An instant command.
    Command(Ticket),
    /// `SET VAR`.
    Set(Ticket),
    /// A server asked to cut the load.
    Shutdown(Ticket),
    /// The driver was started to cut the load.
    Kill,
    /// The configuration asked for a value: the variable and what it is to be.
    Configure(String, String),
}

impl Purpose {
    /// Whether a field that keeps its value after a write means that the device refused. A test or
    /// a beeper may answer at once with something else.
    const fn insists(&self) -> bool {
        !matches!(self, Self::Command(_))
    }

    /// Whether nothing less than a cut is success.
    const fn is_to_cut(&self) -> bool {
        matches!(self, Self::Shutdown(_) | Self::Kill)
    }

    /// Whether what is written is to stand there afterwards; a countdown runs.
    const fn stores(&self) -> bool {
        matches!(self, Self::Set(_) | Self::Configure(..))
    }
}

/// Plans of which one must succeed.
#[derive(Debug)]
pub struct Script {
    /// Why.
    pub purpose: Purpose,
    /// Alternatives left, each with its name; the first is under way.
    plans: VecDeque<(String, Plan)>,
    step: usize,
    stage: Stage,
    /// The field's raw value before it was written.
    before: Option<i64>,
    /// What was written was looked for in vain once: a device may show its old bytes a little longer.
    looked: bool,
    /// How long after a cut at once that does not show the next way to cut is tried; `None` for never.
    next_cut_after: Option<Duration>,
    /// That time has been waited.
    waited: bool,
    /// A way failed only because nothing answered: it may work when the device is asked again.
    is_unanswered: bool,
    report: Vec<u8>,
    /// What went wrong, for the log.
    pub failures: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Fetch,
    Send,
    Check,
    Pausing(Instant),
    /// Read back again at this instant.
    Settling(Instant),
}

/// What a script wants.
#[derive(Debug, PartialEq, Eq)]
pub enum Next {
    /// This transfer.
    Transfer(Request),
    /// Time.
    Wait(Instant),
    /// Nothing more: the plan of that name succeeded, or none did.
    Done(Option<String>),
}

impl Script {
    /// Plans by name, the best first.
    #[must_use]
    pub fn new(purpose: Purpose, plans: impl IntoIterator<Item = (String, Plan)>) -> Self {
        Self {
            purpose,
            plans: plans.into_iter().collect(),
            step: 0,
            stage: Stage::Fetch,
            before: None,
            looked: false,
            next_cut_after: None,
            waited: false,
            is_unanswered: false,
            report: Vec::new(),
            failures: Vec::new(),
        }
    }

    /// The same, for a cut: where nobody else's cut hurries, what does not show is followed by the next way after this.
    #[must_use]
    pub const fn trying_again_after(mut self, pause: Option<Duration>) -> Self {
        self.next_cut_after = pause;
        self
    }

    /// What it wants now.
    pub fn next(&mut self, device: &Device, now: Instant) -> Next {
        loop {
            let Some((name, plan)) = self.plans.front() else { return Next::Done(None) };
            match (plan.get(self.step), self.stage) {
                (None, _) if self.purpose.is_to_cut() && !command::cuts(name) => {
                    self.fail(format!("{name} is done, and cuts no load"), true);
                }
                (None, _) => return Next::Done(Some(name.clone())),
                (Some(Step::Pause), Stage::Pausing(until)) if until <= now => self.advance(),
                (Some(Step::Pause), Stage::Pausing(until)) => return Next::Wait(until),
                (Some(Step::Pause), _) => self.stage = Stage::Pausing(now + GAP),
                (Some(Step::Write { .. }), Stage::Settling(until)) if until > now => return Next::Wait(until),
                (Some(Step::Write { .. }), Stage::Settling(_)) => self.stage = Stage::Check,
                (Some(Step::Write { field, .. }), Stage::Send) => {
                    let mut data = Data::with_capacity(self.report.len() + 1);
                    if device.has_report_ids {
                        data.push(field.report);
                    }
                    data.extend_from_slice(&self.report);
                    return Next::Transfer(Request::SetReport { kind: ReportKind::Feature, id: field.report, data });
                }
                (Some(Step::Write { source, .. }), _) => {
                    return Next::Transfer(device.read_request(*source));
                }
            }
        }
    }

    /// Takes in what came of the transfer that [`Self::next`] wanted.
    pub fn answer(&mut self, result: Result<&[u8], Failure>, device: &mut Device, desk: &mut Desk, now: Instant) {
        let Some((name, plan)) = self.plans.front() else { return };
        let Some(Step::Write { field, source, value, raw, proof }) = plan.get(self.step) else { return };
        let (source, raw, must) = (*source, *raw, *proof != Proof::None);
        match self.stage {
            Stage::Fetch => {
                let length = device.bindings.sources[source].length;
                let payload = result.ok().and_then(|bytes| device.payload(&device.bindings.sources[source], bytes));
                let is_alone = field_is_alone(field, length);
                if payload.is_none() && !is_alone {
                    let why = format!("{name}: {} cannot be read before it is written", field.path);
                    self.is_unanswered |= must && result.is_err_and(is_no_answer);
                    return self.fail(why, must);
                }
                self.before = payload.and_then(|payload| field.raw(payload));
                self.report.clear();
                self.report.extend_from_slice(payload.unwrap_or_default());
                self.report.resize(length, 0);
                if !field.insert(raw, &mut self.report) {
                    let why = format!("{name}: {} does not fit its report", field.path);
                    return self.fail(why, must);
                }
                self.stage = Stage::Send;
            }
            Stage::Send => match result {
                Ok(_) => self.stage = Stage::Check,
                Err(failure) => {
                    let why = format!("{name}: writing {}: {failure}", field.path);
                    // A cut at once may have been obeyed, and is not repeated.
                    self.is_unanswered |= must && *value > Quantity::ZERO && is_no_answer(failure);
                    self.fail(why, must);
                }
            },
            Stage::Check => {
                let payload = result.ok().and_then(|bytes| device.payload(&device.bindings.sources[source], bytes));
                let after = payload.and_then(|payload| field.raw(payload));
                let is_refused =
                    self.purpose.insists() && after.is_some() && after == self.before && after != Some(raw);
                if is_refused && !std::mem::replace(&mut self.looked, true) {
                    self.stage = Stage::Settling(now + SETTLES_IN);
                    return;
                }
                // A load that is cut at once may go before the report shows it; another command might bring it back,
                // or keep it off for good.
                let cuts_at_once = self.purpose.is_to_cut()
                    && command::cuts(name)
                    && *value <= Quantity::ZERO
                    && self.step + 1 == plan.len();
                if is_refused && cuts_at_once {
                    match self.next_cut_after {
                        None => self.plans.truncate(1),
                        Some(pause) if !std::mem::replace(&mut self.waited, true) => {
                            self.stage = Stage::Settling(now + pause);
                            return;
                        }
                        Some(_) => {}
                    }
                    let why = format!("a cut at once by {0} does not show", self.plans[0].0);
                    return self.fail(why, true);
                }
                if is_refused {
                    let why = format!("{name}: the device keeps {} as it was", field.path);
                    return self.fail(why, must);
                }
                let counts = after.is_some_and(|after| after < raw && after >= 0);
                if *proof == Proof::Counting && !counts {
                    if !std::mem::replace(&mut self.looked, true) {
                        self.stage = Stage::Settling(now + COUNTS_IN);
                        return;
                    }
                    let why = format!("{name}: the device does not count {} down", field.path);
                    return self.fail(why, must);
                }
                let taken = after.map(|raw| field.physical(raw)).filter(|taken| taken != value);
                if let Some(taken) = taken.filter(|_| self.purpose.stores()) {
                    self.failures.push(format!("{name}: the device made {taken} of {value}"));
                }
                if let Some(payload) = payload.map(<[u8]>::to_vec) {
                    device.take(source, &payload, true, desk, now);
                }
                self.advance();
            }
            Stage::Pausing(_) | Stage::Settling(_) => {}
        }
    }

    /// Whether it was to cut the load, and something of it got no answer.
    #[must_use]
    pub const fn is_unanswered_cut(&self) -> bool {
        matches!(self.purpose, Purpose::Kill) && self.is_unanswered
    }

    /// The plan whose every write the device has taken, the last of them unchecked: a device that
    /// vanishes then may have done what it was told.
    #[must_use]
    pub fn all_sent(&self) -> Option<String> {
        let (name, plan) = self.plans.front()?;
        let cuts = !self.purpose.is_to_cut() || command::cuts(name);
        (cuts && self.stage == Stage::Check && self.step + 1 == plan.len()).then(|| name.clone())
    }

    fn advance(&mut self) {
        self.step += 1;
        self.begin_step();
    }

    /// This step has failed, and the plan with it where it must not.
    fn fail(&mut self, why: String, must: bool) {
        self.failures.push(why);
        if !must {
            return self.advance();
        }
        self.plans.pop_front();
        self.step = 0;
        self.begin_step();
    }

    fn begin_step(&mut self) {
        self.stage = Stage::Fetch;
        self.before = None;
        self.looked = false;
        self.waited = false;
    }
}

/// A refusal is an answer.
const fn is_no_answer(failure: Failure) -> bool {
    matches!(failure, Failure::Timeout | Failure::Io)
}

/// Whether a report holds nothing but this field.
fn field_is_alone(field: &Field, length: usize) -> bool {
    field.offset == 0 && usize::try_from(field.size.div_ceil(8)) == Ok(length)
}

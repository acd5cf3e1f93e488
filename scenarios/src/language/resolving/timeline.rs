//! Steps: their ids, triggers, and actions in the order in which they are listed in [`WrittenStep`].

use super::{RESERVED, Resolver, start};
use crate::language::action::Action;
use crate::language::mistake::{At, Mistake};
use crate::language::step::{Placed, Step, Trigger};
use crate::language::wording::time;
use crate::language::written::timeline::WrittenStep;
use crate::language::yaml::shapes::{Located, OneOrMany};
use std::time::Duration;

impl Resolver<'_> {
    pub(super) fn timeline(&mut self, steps: &[Located<WrittenStep>], lasts: Option<Duration>) -> Vec<Step> {
        for (index, step) in steps.iter().enumerate() {
            if let Some(id) = &step.value.id {
                self.step_id(id, index);
            }
        }
        let resolved: Vec<Step> = steps.iter().enumerate().map(|(index, step)| self.step(index, step)).collect();
        if let Some(lasts) = lasts {
            self.before_the_end(lasts, steps, &resolved);
        }
        resolved
    }

    /// A step whose time comes when the run is over would never happen.
    fn before_the_end(&mut self, lasts: Duration, written: &[Located<WrittenStep>], steps: &[Step]) {
        // When each first happens, where that is known before the run.
        let mut moments: Vec<Option<Duration>> = Vec::with_capacity(steps.len());
        for (step, written) in steps.iter().zip(written) {
            let of = |index: Option<usize>| index.map_or(Some(Duration::ZERO), |index| *moments.get(index)?);
            let moment = match step.trigger {
                Trigger::At(at) => Some(at),
                Trigger::After { delay, step } => of(step).map(|before| before + delay),
                Trigger::Every { period, .. } => of(moments.len().checked_sub(1)).map(|before| before + period),
                Trigger::When { .. } => None,
            };
            if let Some(moment) = moment.filter(|moment| *moment > lasts) {
                self.wrong(Mistake::new(
                    start(written.at),
                    format!("this step comes at {}, and the run lasts {}", time(moment), time(lasts)),
                    "after the end",
                ));
            }
            moments.push(moment);
        }
    }

    fn step_id(&mut self, id: &Located<String>, index: usize) {
        if RESERVED.contains(&id.value.as_str()) {
            self.wrong(Mistake::new(
                id.at,
                format!("`{}` cannot be the id of a step", id.value),
                "a word of the language",
            ));
        } else if self.steps.iter().any(|(name, _)| *name == id.value) {
            self.wrong(Mistake::new(id.at, format!("two steps are called `{}`", id.value), "the second"));
        } else {
            self.steps.push((id.value.clone(), index));
        }
    }

    fn step(&mut self, index: usize, step: &Located<WrittenStep>) -> Step {
        let trigger = self.trigger(index, step);
        Step {
            id: step.value.id.as_ref().map(|id| id.value.clone()),
            trigger,
            actions: self.actions(&step.value),
            spot: self.texts.spot(step.at),
        }
    }

    fn trigger(&mut self, index: usize, step: &Located<WrittenStep>) -> Trigger {
        let written = &step.value;
        if let (Some(of), Some(_)) = (&written.of, &written.when) {
            self.wrong(Mistake::new(of.at, "`of` and `when` exclude each other", "`after` counts from what is seen"));
        } else {
            self.only_with("of", written.of.is_some(), "after", written.after.is_some(), step.at);
        }
        self.only_with("times", written.times.is_some(), "every", written.every.is_some(), step.at);
        self.only_with("until", written.until.is_some(), "every", written.every.is_some(), step.at);
        if let Some(at) = written.at {
            return Trigger::At(at.0);
        }
        if let Some(seen) = &written.when {
            return Trigger::When {
                seen: self.observation(seen, false),
                delay: written.after.map_or(Duration::ZERO, |time| time.0),
            };
        }
        if let Some(period) = written.every {
            if period.0.is_zero() {
                self.wrong(Mistake::new(start(step.at), "a step cannot happen every 0 s", "`every` is zero"));
            }
            if written.times == Some(0) {
                self.wrong(Mistake::new(start(step.at), "this step never happens", "`times` is 0"));
            }
            let until = written.until.as_ref().map(|seen| self.observation(seen, false));
            return Trigger::Every { period: period.0, times: written.times, until };
        }
        let named = written.of.as_ref().and_then(|of| self.step_named(of, &[]));
        if let (Some(named), Some(of)) = (named, &written.of)
            && named >= index
        {
            self.wrong(Mistake::new(
                of.at,
                format!("`{}` comes later than this step", of.value),
                "not before this step",
            ));
        }
        Trigger::After {
            delay: written.after.map_or(Duration::ZERO, |time| time.0),
            step: named.or_else(|| index.checked_sub(1)),
        }
    }

    /// A key that means nothing without another.
    pub(super) fn only_with(&mut self, key: &str, has_key: bool, other: &str, has_other: bool, at: At) {
        if has_key && !has_other {
            self.wrong(Mistake::new(
                start(at),
                format!("`{key}` means something only with `{other}`"),
                format!("`{other}` is missing"),
            ));
        }
    }

    /// The step of this id; `others` are words that could have been meant beside ids.
    pub(super) fn step_named(&mut self, id: &Located<String>, others: &[&'static str]) -> Option<usize> {
        let found = self.steps.iter().find(|(name, _)| *name == id.value).map(|(_, index)| *index);
        if found.is_none() {
            let known: Vec<String> = self.steps.iter().map(|(name, _)| name.clone()).collect();
            let mistake = Mistake::new(id.at, format!("no step has the id `{}`", id.value), "not in the timeline");
            self.wrong(if id.value == "start" {
                mistake.hint("`at` counts from the start")
            } else {
                mistake.nearest(&id.value, known.iter().map(String::as_str).chain(others.iter().copied()))
            });
        }
        found
    }

    fn actions(&mut self, step: &WrittenStep) -> Vec<Placed<Action>> {
        let mut actions = Vec::new();
        self.each(&step.mains, &mut actions, |this, at, mains| this.mains(at, mains).map(Action::Mains));
        self.each(&step.battery, &mut actions, |this, at, battery| this.battery(at, battery).map(Action::Battery));
        self.each(&step.load, &mut actions, |this, at, load| Some(Action::Load(this.load(at, load))));
        self.each(&step.ups, &mut actions, |this, at, ups| this.ups_action(at, ups).map(Action::Ups));
        self.each(&step.link, &mut actions, |this, at, link| Some(Action::Link(this.link(at, link))));
        self.each(&step.network, &mut actions, |this, at, network| this.network(at, network).map(Action::Network));
        self.each(&step.process, &mut actions, |this, at, process| this.process(at, process).map(Action::Process));
        self.each(&step.host, &mut actions, |this, at, host| this.host_action(at, host).map(Action::Host));
        self.each(&step.operator, &mut actions, |this, at, operator| Some(this.operator(at, operator)));
        actions
    }

    fn each<T>(
        &mut self,
        written: &OneOrMany<Located<T>>,
        actions: &mut Vec<Placed<Action>>,
        mut resolve: impl FnMut(&mut Self, At, &T) -> Option<Action>,
    ) {
        for one in &written.0 {
            if let Some(what) = resolve(self, one.at, &one.value) {
                actions.push(Placed { what, spot: self.texts.spot(one.at) });
            }
        }
    }
}

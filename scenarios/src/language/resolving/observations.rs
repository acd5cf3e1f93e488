//! Observations: the one vocabulary of `when`, `see`, `never`, `always`, `order`, `finally`, `count`.

use super::{Resolver, start};
use crate::journal::{HostState, WireProtocol};
use crate::language::mistake::{At, Mistake};
use crate::language::observation::{Comparison, HostSight, Hosts, Observation, UpsSight};
use crate::language::units;
use crate::language::written::actions::Switch;
use crate::language::written::sights::{FlagWord, WireWord, WrittenObservation};
use crate::language::yaml::shapes::{Located, OneOrMany};
use protocol::diagnostic::did_you_mean;
use protocol::net::ErrorCode;

const STATES: [(&str, HostState); 6] = [
    ("up", HostState::Up),
    ("stopping", HostState::Stopping),
    ("halted", HostState::Halted),
    ("crashed", HostState::Crashed),
    ("off", HostState::Off),
    ("booting", HostState::Booting),
];

/// What `upsmon` can say (`upsmon.conf`, NOTIFYFLAG).
const NOTICES: [&str; 30] = [
    "ONLINE",
    "ONBATT",
    "LOWBATT",
    "FSD",
    "COMMOK",
    "COMMBAD",
    "SHUTDOWN",
    "SHUTDOWN_HOSTSYNC",
    "REPLBATT",
    "NOCOMM",
    "NOPARENT",
    "CAL",
    "NOTCAL",
    "OFF",
    "NOTOFF",
    "BYPASS",
    "NOTBYPASS",
    "ECO",
    "NOTECO",
    "ALARM",
    "NOTALARM",
    "OVER",
    "NOTOVER",
    "TRIM",
    "NOTTRIM",
    "BOOST",
    "NOTBOOST",
    "OTHER",
    "NOTOTHER",
    "SUSPEND_TIMEJUMP_UNEXPECTED",
];

/// What the rig's own client says of a variable while no server answers it.
const UNREACHABLE: &str = "UNREACHABLE";

impl Resolver<'_> {
    /// Resolves an observation. Where it must not be seen (`never`) or is counted, a group stands for any of its hosts.
    pub(super) fn observation(&mut self, written: &Located<WrittenObservation>, any: bool) -> Observation {
        let (at, seen) = (written.at, &written.value);
        if let (Some(end), None) = (&seen.at, seen.wire) {
            self.wrong(Mistake::new(end.at, "`at` means something only with `wire`", "there is no `wire` here"));
        }
        if let (Some(ups), None, None) = (&seen.ups, &seen.host, &seen.hosts) {
            return self.ups_observation(at, seen, ups);
        }
        if let Some(wire) = seen.wire {
            let says = seen.says.as_ref().map(|says| self.some_text(says)).unwrap_or_default();
            if seen.says.is_none() {
                self.wrong(Mistake::new(start(at), "what does the wire say?", "`says` is missing"));
            }
            let protocol = match wire {
                WireWord::Net => WireProtocol::Net,
                WireWord::DriverSocket => WireProtocol::DriverSocket,
                WireWord::Usb => WireProtocol::Usb,
            };
            let host = seen.at.as_ref().map(|host| self.which_host(Some(host), at));
            return Observation::Wire { protocol, says, host };
        }
        let hosts = self.hosts_of(seen, any);
        Observation::Hosts { hosts, sight: self.host_sight(at, seen) }
    }

    fn hosts_of(&mut self, seen: &WrittenObservation, any: bool) -> Hosts {
        match (&seen.host, &seen.hosts) {
            (Some(host), _) => {
                Hosts { word: host.value.clone(), any, names: vec![self.which_host(Some(host), host.at)] }
            }
            (None, Some(hosts)) => self.several(hosts, any),
            (None, None) => Hosts { word: String::new(), any, names: Vec::new() },
        }
    }

    fn several(&mut self, hosts: &OneOrMany<Located<String>>, any: bool) -> Hosts {
        let word = hosts.0.iter().map(|host| host.value.as_str()).collect::<Vec<_>>().join(", ");
        if let [one] = hosts.0.as_slice()
            && one.value == "any"
        {
            return Hosts { word, any: true, names: self.hosts.iter().map(|host| host.name.clone()).collect() };
        }
        let mut names = Vec::new();
        for host in &hosts.0 {
            for name in self.hosts_named(host) {
                if !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        Hosts { word, any, names }
    }

    /// Text that is looked for: every line and every command has nothing in it.
    fn some_text(&mut self, text: &Located<String>) -> String {
        if text.value.trim().is_empty() {
            self.wrong(Mistake::new(text.at, "there is nothing to look for", "empty"));
        }
        text.value.clone()
    }

    fn host_sight(&mut self, at: At, seen: &WrittenObservation) -> HostSight {
        if let Some(var) = &seen.var {
            self.wrong(
                Mistake::new(var.at, "a variable is of a UPS, not of a host", "not seen of a host")
                    .hint("say `ups` in place of the host: every server shows the same"),
            );
            return HostSight::Is(HostState::Up);
        }
        self.only_with("ups` beside a host", seen.ups.is_some(), "notified", seen.notified.is_some(), at);
        if let Some(state) = &seen.is {
            return match STATES.iter().find(|(word, _)| *word == state.value) {
                Some((_, state)) => HostSight::Is(*state),
                None => {
                    let mistake =
                        Mistake::new(state.at, format!("a host is never `{}`", state.value), "not a state of a host")
                            .nearest(&state.value, STATES.map(|(word, _)| word));
                    self.wrong(mistake);
                    HostSight::Is(HostState::Up)
                }
            };
        }
        if let Some(kind) = &seen.notified {
            if !NOTICES.contains(&kind.value.as_str()) {
                let mistake =
                    Mistake::new(kind.at, format!("there is no notice `{}`", kind.value), "not a NOTIFYFLAG type")
                        .nearest(&kind.value, NOTICES);
                self.wrong(mistake);
            }
            let ups = seen.ups.as_ref().map(|ups| self.which_ups(Some(ups), ups.at));
            return HostSight::Notified { kind: kind.value.clone(), ups };
        }
        if let Some(daemon) = seen.running.as_ref().or(seen.not_running.as_ref()) {
            self.daemon(daemon);
            return HostSight::Process { name: daemon.value.clone(), running: seen.running.is_some() };
        }
        if let Some(flag) = seen.flag {
            return HostSight::Flag(flag == FlagWord::Exists);
        }
        match (&seen.ran, &seen.logged) {
            (Some(command), _) => HostSight::Ran(self.some_text(command)),
            (None, Some(line)) => HostSight::Logged(self.some_text(line)),
            (None, None) => {
                self.wrong(Mistake::new(
                    start(at),
                    "this cannot be seen of a host",
                    "`outlet`, `has`, `below`, `above` and `refused` are of a UPS, `says` of a wire",
                ));
                HostSight::Is(HostState::Up)
            }
        }
    }

    fn ups_observation(&mut self, at: At, seen: &WrittenObservation, ups: &Located<String>) -> Observation {
        let name = self.which_ups(Some(ups), ups.at);
        if let Some(outlet) = seen.outlet {
            if let Some(var) = &seen.var {
                self.wrong(Mistake::new(var.at, "`outlet` and `var` exclude each other", "`outlet` is already there"));
            }
            return Observation::Ups { ups: name, sight: UpsSight::Outlet(outlet == Switch::On) };
        }
        let Some(var) = &seen.var else {
            self.wrong(
                Mistake::new(start(at), "what is seen of this UPS?", "`outlet` or `var` is missing")
                    .hint("say `outlet: off`, or `var: ups.status` with `is`, `has`, `below`, `above` or `refused`"),
            );
            return Observation::Ups { ups: name, sight: UpsSight::Outlet(true) };
        };
        if !var.value.contains('.') || var.value.contains(char::is_whitespace) {
            self.wrong(
                Mistake::new(var.at, format!("`{}` is not the name of a variable", var.value), "not a variable")
                    .hint("for example `battery.charge` or `ups.status`"),
            );
        }
        let is = self.comparison(at, seen);
        Observation::Ups { ups: name, sight: UpsSight::Var { name: var.value.clone(), is } }
    }

    /// What about a variable's value.
    fn comparison(&mut self, at: At, seen: &WrittenObservation) -> Comparison {
        let number = |this: &mut Self, text: &Located<String>| {
            units::thousandths(&text.value).unwrap_or_else(|| {
                this.wrong(
                    Mistake::new(text.at, format!("`{}` is not a number", text.value), "a number belongs here")
                        .hint("for example `20 %` or `13.2`"),
                );
                0
            })
        };
        if let Some(value) = &seen.is {
            Comparison::Is(value.value.clone())
        } else if let Some(word) = &seen.has {
            if word.value.split_whitespace().count() != 1 {
                self.wrong(
                    Mistake::new(word.at, "`has` looks for one word of the value", "not one word")
                        .hint("`is` compares the whole value"),
                );
            }
            Comparison::Has(word.value.clone())
        } else if let Some(limit) = &seen.below {
            Comparison::Below(number(self, limit))
        } else if let Some(limit) = &seen.above {
            Comparison::Above(number(self, limit))
        } else if let Some(error) = &seen.refused {
            let known = || ErrorCode::ALL.iter().map(|code| code.token()).chain([UNREACHABLE]);
            if !known().any(|token| token == error.value) {
                let mistake =
                    Mistake::new(error.at, format!("no server refuses with `{}`", error.value), "not an error of upsd");
                self.wrong(match did_you_mean(&error.value, known()) {
                    Some(_) => mistake.nearest(&error.value, known()),
                    None => mistake.hint("for example `DATA-STALE` or `DRIVER-NOT-CONNECTED`"),
                });
            }
            Comparison::Refused(error.value.clone())
        } else {
            self.wrong(Mistake::new(
                start(at),
                "what about the variable?",
                "`is`, `has`, `below`, `above` or `refused` is missing",
            ));
            Comparison::Is(String::new())
        }
    }
}

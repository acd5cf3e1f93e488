//! What a step does: one function for each kind of action.

use super::{Resolver, start};
use crate::language::Host;
use crate::language::action::{
    Action, BatteryAction, BatteryChange, Disk, HostAction, HostChange, LinkAction, LinkFault, LoadAction,
    LowBatterySignal, Mains, MainsChange, NetworkAction, NetworkFault, ProcessAction, ProcessDeed, ShutdownCommand,
    UpsAction, UpsDeed,
};
use crate::language::mistake::{At, Mistake};
use crate::language::quantity::Permille;
use crate::language::units::Carried;
use crate::language::written::actions::{
    BatteryWord, DiskWord, LinkWord, LowBatteryWord, MainsWord, NetworkWord, ShutdownWord, Switch, UpsWord,
    WrittenBatteryAction, WrittenHostAction, WrittenLink, WrittenLoad, WrittenMains, WrittenNetwork, WrittenOperator,
    WrittenProcess, WrittenUpsAction,
};
use crate::language::yaml::shapes::Located;
use crate::language::yaml::shapes::Short;
use std::time::Duration;

/// Daemons that a host may run.
const DAEMONS: [&str; 7] = ["upsd", "upsmon", "usbhid-ups", "dummy-ups", "nutdrv_qx", "apcsmart", "snmp-ups"];
/// Every transfer.
const ALWAYS: Permille = Permille(1000);

impl Resolver<'_> {
    pub(super) fn mains(&mut self, at: At, written: &Short<MainsWord, WrittenMains>) -> Option<Mains> {
        let in_a_word = |word: MainsWord| match word {
            MainsWord::Switch(Switch::On) => MainsChange::On,
            MainsWord::Switch(Switch::Off) => MainsChange::Off,
            MainsWord::Volts(volts) => MainsChange::Volts(volts.0),
            MainsWord::Hertz(hertz) => MainsChange::Hertz(hertz.0),
        };
        let full = match written {
            Short::Short(word) => return Some(Mains { feed: None, change: in_a_word(*word), lasts: None }),
            Short::Long(full) => full,
        };
        if let Some(feed) = &full.feed
            && !self.ups.iter().any(|ups| ups.feed == feed.value)
            && !(feed.value == Host::MAINS && self.hosts.iter().any(|host| host.fed_by.contains(&feed.value)))
        {
            let known: Vec<String> = self.ups.iter().map(|ups| ups.feed.clone()).collect();
            let mistake =
                Mistake::new(feed.at, format!("no UPS hangs on a feed `{}`", feed.value), "not the `feed` of any UPS")
                    .nearest(&feed.value, known.iter().map(String::as_str));
            self.wrong(mistake);
        }
        let volts = full.sag.or(full.surge).or(full.brown_out).map(|volts| MainsChange::Volts(volts.0));
        let flicker = full.flicker.map(|period| MainsChange::Flicker { period: period.0 });
        if let Some(period) = full.flicker
            && (period.0 < Duration::from_millis(1) || full.lasts.is_none())
        {
            self.wrong(Mistake::new(
                start(at),
                "the mains cannot flicker like this",
                "needs a round of at least 1 ms, and `for`",
            ));
        }
        let change = full.is.map(in_a_word).or(volts).or(flicker)?;
        Some(Mains {
            feed: full.feed.as_ref().map(|feed| feed.value.clone()),
            change,
            lasts: full.lasts.map(|time| time.0),
        })
    }

    pub(super) fn battery(&mut self, at: At, written: &WrittenBatteryAction) -> Option<BatteryAction> {
        let change = written
            .charge
            .map(|share| BatteryChange::Charge(share.0))
            .or(written.health.map(|share| BatteryChange::Health(share.0)))
            .or(written.capacity.map(|capacity| BatteryChange::Capacity(capacity.0)))
            .or(written.temperature.map(|temperature| BatteryChange::Temperature(temperature.0)))
            .or(written.collapses_at.map(|share| BatteryChange::CollapsesAt(share.0)))
            .or(written.is.map(|word| match word {
                BatteryWord::Replaced => BatteryChange::Replaced,
                BatteryWord::Disconnected => BatteryChange::Disconnected,
                BatteryWord::Connected => BatteryChange::Connected,
                BatteryWord::Worn => BatteryChange::Worn,
            }))?;
        Some(BatteryAction { ups: self.which_ups(written.ups.as_ref(), at), change })
    }

    pub(super) fn load(&mut self, at: At, written: &Short<Carried, WrittenLoad>) -> LoadAction {
        match written {
            Short::Short(to) => {
                LoadAction { ups: self.which_ups(None, at), to: to.0, ramp: Duration::ZERO, outlet: None, lasts: None }
            }
            Short::Long(full) => LoadAction {
                ups: self.which_ups(full.ups.as_ref(), at),
                to: full.to.0,
                ramp: full.over.map_or(Duration::ZERO, |time| time.0),
                outlet: full.outlet,
                lasts: full.lasts.map(|time| time.0),
            },
        }
    }

    pub(super) fn ups_action(&mut self, at: At, written: &WrittenUpsAction) -> Option<UpsAction> {
        let does = written
            .does
            .map(|word| match word {
                UpsWord::Bypass => UpsDeed::Bypass,
                UpsWord::EndBypass => UpsDeed::EndBypass,
                UpsWord::Calibrate => UpsDeed::Calibrate,
                UpsWord::SelfTest => UpsDeed::SelfTest,
                UpsWord::Alarm => UpsDeed::Alarm,
                UpsWord::ClearAlarm => UpsDeed::ClearAlarm,
                UpsWord::PanelOff => UpsDeed::PanelOff,
                UpsWord::PanelOn => UpsDeed::PanelOn,
            })
            .or(written.low_battery.map(|word| {
                UpsDeed::LowBattery(match word {
                    LowBatteryWord::AsBuilt => LowBatterySignal::AsBuilt,
                    LowBatteryWord::Early => LowBatterySignal::Early,
                    LowBatteryWord::Late => LowBatterySignal::Late,
                    LowBatteryWord::Never => LowBatterySignal::Never,
                    LowBatteryWord::Flapping => LowBatterySignal::Flapping,
                })
            }))?;
        let ends =
            !matches!(does, UpsDeed::Calibrate | UpsDeed::SelfTest | UpsDeed::LowBattery(LowBatterySignal::AsBuilt));
        self.only_with("for", written.lasts.is_some(), "bypass`, `alarm`, `panel-off` or `low_battery", ends, at);
        Some(UpsAction {
            ups: self.which_ups(written.name.as_ref(), at),
            does,
            lasts: written.lasts.map(|time| time.0),
        })
    }

    pub(super) fn link(&mut self, at: At, written: &WrittenLink) -> LinkAction {
        self.only_with("by", written.by.is_some(), "is: late", written.is == LinkWord::Late, at);
        if written.is == LinkWord::Late && written.by.is_none() {
            self.wrong(Mistake::new(start(at), "late by how much?", "`by` is missing").hint("add `by: 500 ms`"));
        }
        let fault = match written.is {
            LinkWord::Plugged => LinkFault::Plugged,
            LinkWord::Unplugged => LinkFault::Unplugged,
            LinkWord::Stalled => LinkFault::Stalled,
            LinkWord::TimingOut => LinkFault::TimingOut,
            LinkWord::Short => LinkFault::Short,
            LinkWord::Long => LinkFault::Long,
            LinkWord::Late => LinkFault::Late(written.by.map_or(Duration::ZERO, |time| time.0)),
            LinkWord::Garbled => LinkFault::Garbled,
            LinkWord::Torn => LinkFault::Torn,
            LinkWord::Frozen => LinkFault::Frozen,
            LinkWord::Hung => LinkFault::Hung,
        };
        let report = written.report.as_ref().and_then(|report| self.report(report, fault));
        LinkAction {
            ups: self.which_ups(written.ups.as_ref(), at),
            fault,
            report,
            chance: written.chance.map_or(ALWAYS, |share| share.0),
            lasts: written.lasts.map(|time| time.0),
        }
    }

    /// A report by its id, of which transfers can go wrong.
    fn report(&mut self, report: &Located<String>, fault: LinkFault) -> Option<u8> {
        let text = report.value.trim();
        let id = match text.strip_prefix("0x") {
            Some(digits) => u8::from_str_radix(digits, 16),
            None => text.parse(),
        };
        if matches!(fault, LinkFault::Plugged | LinkFault::Unplugged | LinkFault::Torn) {
            self.wrong(Mistake::new(
                report.at,
                "one report alone cannot be that",
                "`report` is of a fault of transfers",
            ));
        }
        match id {
            Ok(id) => Some(id),
            Err(_) => {
                let message = format!("`{text}` is no report");
                self.wrong(
                    Mistake::new(report.at, message, "an id from 0 to 0xff is needed").hint("as in `report: 0x16`"),
                );
                None
            }
        }
    }

    pub(super) fn network(&mut self, at: At, written: &WrittenNetwork) -> Option<NetworkAction> {
        let (from, to) = match written.between.0.as_slice() {
            [one] => {
                let from = self.hosts_named(one);
                let to = self.hosts.iter().map(|host| host.name.clone()).filter(|name| !from.contains(name)).collect();
                (from, to)
            }
            [from, to] => (self.hosts_named(from), self.hosts_named(to)),
            other => {
                self.wrong(Mistake::new(
                    start(at),
                    format!("a network path has two sides, not {}", other.len()),
                    "`between` names one side or two",
                ));
                return None;
            }
        };
        let is_known = !from.is_empty() && (!to.is_empty() || written.between.0.len() == 1);
        if is_known && !from.iter().any(|from| to.iter().any(|to| to != from)) {
            self.wrong(Mistake::new(start(at), "there is no network between these", "one host and no other"));
        }
        let fault = written
            .drop
            .map(|share| NetworkFault::Drop(share.0))
            .or(written.delay.map(|time| NetworkFault::Delay(time.0)))
            .or(written.slow_reader.map(|rate| NetworkFault::SlowReader(u32::try_from(rate.0).unwrap_or(u32::MAX))))
            .or(written.is.map(|word| match word {
                NetworkWord::Healthy => NetworkFault::Healthy,
                NetworkWord::HalfOpen => NetworkFault::HalfOpen,
                NetworkWord::NoNames => NetworkFault::NoNames,
            }))?;
        Some(NetworkAction { from, to, one_way: written.one_way, fault, lasts: written.lasts.map(|time| time.0) })
    }

    pub(super) fn process(&mut self, at: At, written: &WrittenProcess) -> Option<ProcessAction> {
        let (deed, daemon) = [
            (ProcessDeed::Kill, &written.kill),
            (ProcessDeed::Stop, &written.stop),
            (ProcessDeed::Continue, &written.go_on),
            (ProcessDeed::Restart, &written.restart),
            (ProcessDeed::Start, &written.start),
            (ProcessDeed::Reload, &written.reload),
        ]
        .into_iter()
        .find_map(|(deed, daemon)| daemon.as_ref().map(|daemon| (deed, daemon)))?;
        self.daemon(daemon);
        let ends = !matches!(deed, ProcessDeed::Restart | ProcessDeed::Reload);
        self.only_with("for", written.lasts.is_some(), "kill`, `stop`, `continue` or `start", ends, at);
        let ups = written.ups.as_ref().map(|ups| self.which_ups(Some(ups), ups.at));
        Some(ProcessAction {
            host: self.which_host(written.host.as_ref(), at),
            daemon: daemon.value.clone(),
            ups,
            deed,
            lasts: written.lasts.map(|time| time.0),
        })
    }

    /// A daemon's name that somebody ships.
    pub(super) fn daemon(&mut self, daemon: &crate::language::yaml::shapes::Located<String>) {
        if !DAEMONS.contains(&daemon.value.as_str()) {
            let mistake = Mistake::new(daemon.at, format!("there is no daemon `{}`", daemon.value), "unknown")
                .nearest(&daemon.value, DAEMONS);
            self.wrong(mistake);
        }
    }

    pub(super) fn host_action(&mut self, at: At, written: &WrittenHostAction) -> Option<HostAction> {
        let change = written
            .disk
            .map(|word| {
                HostChange::Disk(match word {
                    DiskWord::Healthy => Disk::Healthy,
                    DiskWord::Full => Disk::Full,
                    DiskWord::ReadOnly => Disk::ReadOnly,
                })
            })
            .or(written.memory_limit.map(|limit| HostChange::MemoryLimit(limit.0)))
            .or(written.process_limit.map(HostChange::ProcessLimit))
            .or(written.clock.map(|step| HostChange::ClockStep(step.0 / 1_000_000)))
            .or(written.is.map(|_| HostChange::Suspended))
            .or(written.shutdown_command.map(|word| {
                HostChange::ShutdownCommand(match word {
                    ShutdownWord::Works => ShutdownCommand::Works,
                    ShutdownWord::Fails => ShutdownCommand::Fails,
                    ShutdownWord::Hangs => ShutdownCommand::Hangs,
                    ShutdownWord::DoesNothing => ShutdownCommand::DoesNothing,
                })
            }))
            .or(written.stops_in.map(|time| HostChange::StopsIn(time.0)))
            .or(written.power_button.map(|_| HostChange::PowerButton))?;
        let ends = matches!(change, HostChange::Disk(_) | HostChange::ShutdownCommand(_) | HostChange::Suspended);
        self.only_with("for", written.lasts.is_some(), "disk`, `shutdown_command` or `is", ends, at);
        Some(HostAction {
            host: self.which_host(written.name.as_ref(), at),
            change,
            lasts: written.lasts.map(|time| time.0),
        })
    }

    pub(super) fn operator(&mut self, at: At, written: &WrittenOperator) -> Action {
        let runs = match written.runs.0.as_slice() {
            [line] => self.command(line),
            words => words.iter().map(|word| word.value.clone()).collect(),
        };
        if runs.is_empty() && written.runs.0.is_empty() {
            self.wrong(Mistake::new(start(at), "the operator types nothing", "`runs` is empty"));
        }
        Action::Operator { host: self.which_host(written.host.as_ref(), at), runs }
    }
}

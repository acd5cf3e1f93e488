//! Actions in a person's words: `mains off`, `kill upsd on nas`.

use crate::language::Action;
use crate::language::action::{
    BatteryChange, Disk, HostChange, LinkFault, LowBatterySignal, MainsChange, NetworkAction, NetworkFault,
    ProcessDeed, ShutdownCommand, UpsDeed,
};
use crate::language::wording::time;

/// What an action does.
#[must_use]
pub fn words(action: &Action) -> String {
    match action {
        Action::Mains(mains) => {
            let feed = mains.feed.as_deref().unwrap_or("mains");
            match mains.change {
                MainsChange::Off => format!("{feed} off"),
                MainsChange::On => format!("{feed} on"),
                MainsChange::Volts(volts) => format!("{feed} {volts}"),
                MainsChange::Hertz(hertz) => format!("{feed} {hertz}"),
                MainsChange::Flicker { period } => format!("{feed} flickers every {}", time(period)),
            }
        }
        Action::Battery(battery) => format!("battery of {}: {}", battery.ups, of_battery(battery.change)),
        Action::Load(load) if load.ramp.is_zero() => format!("load of {} becomes {}", load.ups, load.to),
        Action::Load(load) => format!("load of {} becomes {} in {}", load.ups, load.to, time(load.ramp)),
        Action::Ups(ups) => format!("{}: {}", ups.ups, of_ups(ups.does)),
        Action::Link(link) => match link.report {
            Some(id) => format!("data cable of {}, report {id:#04x}: {}", link.ups, of_link(link.fault)),
            None => format!("data cable of {}: {}", link.ups, of_link(link.fault)),
        },
        Action::Network(network) => of_network(network),
        Action::Process(process) => {
            let deed = match process.deed {
                ProcessDeed::Kill => "kill",
                ProcessDeed::Stop => "stop",
                ProcessDeed::Continue => "continue",
                ProcessDeed::Restart => "restart",
                ProcessDeed::Start => "start",
                ProcessDeed::Reload => "reload",
            };
            format!("{deed} {} on {}", process.daemon, process.host)
        }
        Action::Host(host) => format!("{}: {}", host.host, of_host(host.change)),
        Action::Operator { host, runs } => format!("operator on {host}: {}", runs.join(" ")),
    }
}

fn of_battery(change: BatteryChange) -> String {
    match change {
        BatteryChange::Charge(charge) => format!("charge {charge}"),
        BatteryChange::Health(health) => format!("health {health}"),
        BatteryChange::Capacity(capacity) => format!("capacity {capacity}"),
        BatteryChange::Temperature(temperature) => format!("temperature {temperature}"),
        BatteryChange::CollapsesAt(charge) => format!("a cell collapses at {charge}"),
        BatteryChange::Replaced => "replaced".to_owned(),
        BatteryChange::Disconnected => "disconnected".to_owned(),
        BatteryChange::Connected => "connected".to_owned(),
        BatteryChange::Worn => "worn".to_owned(),
    }
}

fn of_ups(deed: UpsDeed) -> &'static str {
    match deed {
        UpsDeed::Bypass => "goes to bypass",
        UpsDeed::EndBypass => "leaves bypass",
        UpsDeed::Calibrate => "calibrates",
        UpsDeed::SelfTest => "tests itself",
        UpsDeed::Alarm => "raises an alarm",
        UpsDeed::ClearAlarm => "clears its alarm",
        UpsDeed::PanelOff => "is switched off at its panel",
        UpsDeed::PanelOn => "is switched on at its panel",
        UpsDeed::LowBattery(signal) => match signal {
            LowBatterySignal::AsBuilt => "says low battery as built",
            LowBatterySignal::Early => "says low battery now",
            LowBatterySignal::Late => "says low battery late",
            LowBatterySignal::Never => "never says low battery",
            LowBatterySignal::Flapping => "says low battery on and off",
        },
    }
}

fn of_link(fault: LinkFault) -> String {
    match fault {
        LinkFault::Plugged => "plugged in".to_owned(),
        LinkFault::Unplugged => "unplugged".to_owned(),
        LinkFault::Stalled => "requests are refused".to_owned(),
        LinkFault::TimingOut => "requests time out".to_owned(),
        LinkFault::Short => "short answers".to_owned(),
        LinkFault::Long => "long answers".to_owned(),
        LinkFault::Late(delay) => format!("answers {} late", time(delay)),
        LinkFault::Garbled => "garbled answers".to_owned(),
        LinkFault::Torn => "torn readings".to_owned(),
        LinkFault::Frozen => "frozen".to_owned(),
        LinkFault::Hung => "hung".to_owned(),
    }
}

fn of_network(network: &NetworkAction) -> String {
    let fault = match network.fault {
        NetworkFault::Healthy => "healthy".to_owned(),
        NetworkFault::Drop(share) => format!("loses {share}"),
        NetworkFault::Delay(delay) => format!("delays by {}", time(delay)),
        NetworkFault::HalfOpen => "connections half open".to_owned(),
        NetworkFault::SlowReader(rate) => format!("reads {rate} bytes a second"),
        NetworkFault::NoNames => "names do not resolve".to_owned(),
    };
    let arrow = if network.one_way { "→" } else { "↔" };
    format!("network {} {arrow} {}: {fault}", network.from.join("+"), network.to.join("+"))
}

fn of_host(change: HostChange) -> String {
    match change {
        HostChange::Disk(Disk::Healthy) => "disk healthy".to_owned(),
        HostChange::Disk(Disk::Full) => "disk full".to_owned(),
        HostChange::Disk(Disk::ReadOnly) => "disk read-only".to_owned(),
        HostChange::MemoryLimit(bytes) => format!("at most {bytes} bytes of memory"),
        HostChange::ProcessLimit(count) => format!("at most {count} processes"),
        HostChange::ClockStep(seconds) => format!("wall clock steps by {seconds} s"),
        HostChange::Suspended => "suspended".to_owned(),
        HostChange::ShutdownCommand(command) => match command {
            ShutdownCommand::Works => "SHUTDOWNCMD works".to_owned(),
            ShutdownCommand::Fails => "SHUTDOWNCMD fails".to_owned(),
            ShutdownCommand::Hangs => "SHUTDOWNCMD hangs".to_owned(),
            ShutdownCommand::DoesNothing => "SHUTDOWNCMD does nothing".to_owned(),
        },
        HostChange::StopsIn(stops_in) => format!("takes {} to stop", time(stops_in)),
        HostChange::PowerButton => "power button".to_owned(),
    }
}

//! What a step can do. The whole vocabulary is here; a rig that cannot do one of these says so and
//! refuses the scenario, it never passes over it.

use super::quantity::{Load, MilliampHours, Millicelsius, Millihertz, Millivolts, Permille};
use std::time::Duration;

/// One thing that a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// To the mains.
    Mains(Mains),
    /// To a battery.
    Battery(BatteryAction),
    /// To what a UPS carries.
    Load(LoadAction),
    /// To a UPS itself.
    Ups(UpsAction),
    /// To the data cable between a device and its driver.
    Link(LinkAction),
    /// To the network between hosts.
    Network(NetworkAction),
    /// To a daemon.
    Process(ProcessAction),
    /// To a host.
    Host(HostAction),
    /// A person (or a cron job) runs a tool on a host.
    Operator {
        /// On this host.
        host: String,
        /// The program and its arguments.
        runs: Vec<String>,
    },
}

/// `mains:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mains {
    /// Which feed; `None`: all of them.
    pub feed: Option<String>,
    /// What it becomes.
    pub change: MainsChange,
    /// For so long, then as it was before; `None`: for good.
    pub lasts: Option<Duration>,
}

/// What the mains becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MainsChange {
    /// Gone.
    Off,
    /// Back, at the nominal voltage and frequency.
    On,
    /// This voltage (sag, surge and brown-out are this, with or without `for`).
    Volts(Millivolts),
    /// This frequency.
    Hertz(Millihertz),
    /// Off and on again, half a period each, until `lasts` is over; on afterwards.
    Flicker {
        /// One off and one on.
        period: Duration,
    },
}

/// `battery:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatteryAction {
    /// Whose.
    pub ups: String,
    /// What it becomes.
    pub change: BatteryChange,
}

/// What a battery becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatteryChange {
    /// Charged so far.
    Charge(Permille),
    /// So much of its capacity is left.
    Health(Permille),
    /// Of this capacity when new.
    Capacity(MilliampHours),
    /// So warm.
    Temperature(Millicelsius),
    /// A cell gives up when the charge falls to this.
    CollapsesAt(Permille),
    /// A new one, full.
    Replaced,
    /// Unplugged.
    Disconnected,
    /// Plugged in again.
    Connected,
    /// The device asks for a new one (replace battery).
    Worn,
}

/// `load:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadAction {
    /// Of which UPS.
    pub ups: String,
    /// Total load, hosts included; hosts that stop later take their share off it.
    pub to: Load,
    /// How long the ramp takes; zero is a step.
    pub ramp: Duration,
    /// On one outlet group; `None`: the main one.
    pub outlet: Option<u8>,
    /// For so long, then as before.
    pub lasts: Option<Duration>,
}

/// `ups:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsAction {
    /// Which.
    pub ups: String,
    /// What.
    pub does: UpsDeed,
    /// For so long, then as before, where it can be undone.
    pub lasts: Option<Duration>,
}

/// What a UPS does, or has done to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UpsDeed {
    /// Goes to bypass.
    Bypass,
    /// Leaves bypass.
    EndBypass,
    /// Calibrates: runs on battery down to its limit.
    Calibrate,
    /// A short self-test.
    SelfTest,
    /// Raises an alarm.
    Alarm,
    /// The alarm is over.
    ClearAlarm,
    /// Somebody switches the front panel off.
    PanelOff,
    /// And on again.
    PanelOn,
    /// When it says that its battery is low.
    LowBattery(LowBatterySignal),
}

/// When a UPS says that its battery is low.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LowBatterySignal {
    /// As its limits say.
    AsBuilt,
    /// From now on.
    Early,
    /// Only when almost nothing is left.
    Late,
    /// Never.
    Never,
    /// On and off.
    Flapping,
}

/// `link:` (device ↔ driver)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkAction {
    /// Whose data cable.
    pub ups: String,
    /// What happens to it.
    pub fault: LinkFault,
    /// Only to transfers of the report with this id; `None` for all.
    pub report: Option<u8>,
    /// How often, of all transfers; 1000 is every one.
    pub chance: Permille,
    /// For so long, then healthy again.
    pub lasts: Option<Duration>,
}

/// What can be wrong with a data cable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkFault {
    /// Plugged in, and healthy: ends every fault.
    Plugged,
    /// Pulled out; plugged in again it has another address.
    Unplugged,
    /// The device refuses requests.
    Stalled,
    /// Requests time out.
    TimingOut,
    /// Answers are cut short.
    Short,
    /// Answers are longer than asked for.
    Long,
    /// Answers come later by this.
    Late(Duration),
    /// Bits are turned.
    Garbled,
    /// Fields of one report are read at different instants.
    Torn,
    /// The same answer for ever.
    Frozen,
    /// No answer at all.
    Hung,
}

/// `network:` (host ↔ host)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkAction {
    /// One side.
    pub from: Vec<String>,
    /// The other side.
    pub to: Vec<String>,
    /// Only what travels from `from` to `to` is hit.
    pub one_way: bool,
    /// What happens.
    pub fault: NetworkFault,
    /// For so long, then healthy again.
    pub lasts: Option<Duration>,
}

/// What can be wrong with a network path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NetworkFault {
    /// Healthy: ends every fault.
    Healthy,
    /// Packets are lost; 1000 is a cut cable. TCP retries, so that bytes are late or never arrive.
    Drop(Permille),
    /// Bytes arrive later by this.
    Delay(Duration),
    /// One end forgets the connection and the other does not hear of it.
    HalfOpen,
    /// The reader on the `to` side takes this many bytes a second.
    SlowReader(u32),
    /// Names do not resolve.
    NoNames,
}

/// `process:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessAction {
    /// On this host.
    pub host: String,
    /// Which daemon: `upsd`, `upsmon`, or a driver's name (`usbhid-ups`).
    pub daemon: String,
    /// The driver of this UPS, where a host runs several of one name.
    pub ups: Option<String>,
    /// What is done to it.
    pub deed: ProcessDeed,
    /// For so long, then undone (started or continued).
    pub lasts: Option<Duration>,
}

/// What can be done to a daemon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProcessDeed {
    /// SIGKILL.
    Kill,
    /// SIGSTOP.
    Stop,
    /// SIGCONT.
    Continue,
    /// Stopped in an orderly way and started again.
    Restart,
    /// Started.
    Start,
    /// SIGHUP.
    Reload,
}

/// `host:`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostAction {
    /// Which.
    pub host: String,
    /// What happens to it.
    pub change: HostChange,
    /// For so long, then as before.
    pub lasts: Option<Duration>,
}

/// What can happen to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostChange {
    /// Its disk.
    Disk(Disk),
    /// A limit on memory, in bytes.
    MemoryLimit(u64),
    /// A limit on the number of processes.
    ProcessLimit(u32),
    /// Its wall clock is set forward (or back) by so many seconds.
    ClockStep(i64),
    /// It is suspended; `lasts` says for how long.
    Suspended,
    /// What becomes of its SHUTDOWNCMD.
    ShutdownCommand(ShutdownCommand),
    /// From now on it takes so long to stop.
    StopsIn(Duration),
    /// Somebody presses the power button of a host that is off or halted.
    PowerButton,
}

/// What a disk is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disk {
    /// Healthy.
    Healthy,
    /// No space left.
    Full,
    /// Mounted read-only.
    ReadOnly,
}

/// What becomes of a SHUTDOWNCMD.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShutdownCommand {
    /// It works.
    Works,
    /// It exits with an error, and nothing happens.
    Fails,
    /// It never returns, and nothing happens.
    Hangs,
    /// It says all is well, and nothing happens.
    DoesNothing,
}

/// What a command does that no rig knows (`commands:`).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Script {
    /// Command lines that it runs, each a program and its arguments, in this order.
    pub runs: Vec<Vec<String>>,
    /// What it runs in the same way at its end, unless somebody ends it before.
    pub then: Vec<Vec<String>>,
    /// How long it takes.
    pub takes: Duration,
    /// Its exit status.
    pub exits: i32,
    /// It never returns.
    pub hangs: bool,
}

//! Actions as they are written, one shape for each key of a step.

use crate::language::units::{Bytes, Capacity, Carried, Frequency, Share, Temperature, Time, TimeStep, Voltage};
use crate::language::yaml::shapes::{Located, OneOrMany};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

/// The mains in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[serde(untagged)]
pub enum MainsWord {
    /// Gone, or back.
    Switch(Switch),
    /// A voltage.
    Volts(Voltage),
    /// A frequency.
    Hertz(Frequency),
}

impl<'de> Deserialize<'de> for MainsWord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::{Error, IntoDeserializer, value::Error as Refused};
        let text = String::deserialize(deserializer)?;
        let text = text.as_str();
        if let Ok(switch) = Switch::deserialize(IntoDeserializer::<Refused>::into_deserializer(text)) {
            return Ok(Self::Switch(switch));
        }
        if let Ok(volts) = Voltage::deserialize(IntoDeserializer::<Refused>::into_deserializer(text)) {
            return Ok(Self::Volts(volts));
        }
        Frequency::deserialize(IntoDeserializer::<D::Error>::into_deserializer(text))
            .map(Self::Hertz)
            .map_err(|_| D::Error::custom(format!("the mains cannot be `{text}`")))
    }
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// The mains, in full.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "mains")]
#[schemars(extend("allOf" = [
    { "oneOf": [{ "required": ["is"] }, { "required": ["sag"] }, { "required": ["surge"] }, { "required": ["brown_out"] }, { "required": ["flicker"] }] },
]))]
pub struct WrittenMains {
    /// Which feed; all of them without it.
    pub feed: Option<Located<String>>,
    /// `off`, `on`, a voltage or a frequency.
    pub is: Option<MainsWord>,
    /// A short dip to this voltage.
    pub sag: Option<Voltage>,
    /// A short rise to this voltage.
    pub surge: Option<Voltage>,
    /// A long dip to this voltage.
    pub brown_out: Option<Voltage>,
    /// Off and on again, this long for each round.
    pub flicker: Option<Time>,
    /// For so long, then as before.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What happens to a battery.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "battery")]
#[schemars(extend("allOf" = [
    { "oneOf": [
        { "required": ["charge"] }, { "required": ["health"] }, { "required": ["capacity"] }, { "required": ["temperature"] },
        { "required": ["collapses_at"] }, { "required": ["is"] },
    ] },
]))]
pub struct WrittenBatteryAction {
    /// Whose; may be left out where there is one UPS.
    pub ups: Option<Located<String>>,
    /// Charged so far.
    pub charge: Option<Share>,
    /// So much of its capacity is left.
    pub health: Option<Share>,
    /// Of this capacity when new.
    pub capacity: Option<Capacity>,
    /// So warm.
    pub temperature: Option<Temperature>,
    /// A cell gives up when the charge falls to this.
    pub collapses_at: Option<Share>,
    /// Replaced, disconnected, connected again, or worn out.
    pub is: Option<BatteryWord>,
}

/// What becomes of a battery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BatteryWord {
    /// A new one, full.
    Replaced,
    /// Unplugged.
    Disconnected,
    /// Plugged in again.
    Connected,
    /// The device asks for a new one.
    Worn,
}

/// What a UPS carries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "load")]
pub struct WrittenLoad {
    /// Which UPS; may be left out where there is one.
    pub ups: Option<Located<String>>,
    /// The total, hosts included.
    pub to: Carried,
    /// How long the way there takes; a step without it.
    pub over: Option<Time>,
    /// On this outlet.
    pub outlet: Option<u8>,
    /// For so long, then as before.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What a UPS does, or has done to it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "ups")]
#[schemars(extend("allOf" = [{ "oneOf": [{ "required": ["does"] }, { "required": ["low_battery"] }] }]))]
pub struct WrittenUpsAction {
    /// Which; may be left out where there is one.
    pub name: Option<Located<String>>,
    /// What it does.
    pub does: Option<UpsWord>,
    /// When it says that its battery is low.
    pub low_battery: Option<LowBatteryWord>,
    /// For so long, then as before.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What a UPS does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UpsWord {
    /// Goes to bypass.
    Bypass,
    /// Leaves bypass.
    EndBypass,
    /// Runs on battery down to its limit.
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
}

/// When a UPS says that its battery is low.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LowBatteryWord {
    /// As its limits say.
    AsBuilt,
    /// From now on.
    Early,
    /// When almost nothing is left.
    Late,
    /// Never.
    Never,
    /// On and off.
    Flapping,
}

/// What happens to a data cable.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "link")]
pub struct WrittenLink {
    /// Whose; may be left out where there is one UPS.
    pub ups: Option<Located<String>>,
    /// What it is from now on.
    pub is: LinkWord,
    /// Only transfers of this report: `0x16`.
    pub report: Option<Located<String>>,
    /// How late answers come, with `is: late`.
    pub by: Option<Time>,
    /// How often, of all transfers; every one without it.
    pub chance: Option<Share>,
    /// For so long, then healthy again.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What a data cable is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkWord {
    /// Plugged in and healthy.
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
    /// Answers come late.
    Late,
    /// Bits are turned.
    Garbled,
    /// Fields of one report are read at different instants.
    Torn,
    /// The same answer for ever.
    Frozen,
    /// No answer at all.
    Hung,
}

/// What happens to the network.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "network")]
#[schemars(extend("allOf" = [
    { "oneOf": [{ "required": ["drop"] }, { "required": ["delay"] }, { "required": ["slow_reader"] }, { "required": ["is"] }] },
]))]
pub struct WrittenNetwork {
    /// Two sides, each a host or a group: `[n100, nas]`. With one, between it and everybody else.
    pub between: OneOrMany<Located<String>>,
    /// Only what travels from the first to the second is hit.
    #[serde(default)]
    pub one_way: bool,
    /// So many packets are lost; `100 %` is a cut cable.
    pub drop: Option<Share>,
    /// Bytes arrive later by this.
    pub delay: Option<Time>,
    /// The second side reads only this much a second.
    pub slow_reader: Option<Bytes>,
    /// Half open, without names, or healthy again.
    pub is: Option<NetworkWord>,
    /// For so long, then healthy again.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What a network path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkWord {
    /// Healthy.
    Healthy,
    /// One end forgets the connection, and the other does not hear of it.
    HalfOpen,
    /// Names do not resolve.
    NoNames,
}

/// What is done to a daemon.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "process")]
#[schemars(extend("allOf" = [
    { "oneOf": [
        { "required": ["kill"] }, { "required": ["stop"] }, { "required": ["continue"] }, { "required": ["restart"] },
        { "required": ["start"] }, { "required": ["reload"] },
    ] },
]))]
pub struct WrittenProcess {
    /// On which host; may be left out where there is one.
    pub host: Option<Located<String>>,
    /// Killed (SIGKILL).
    pub kill: Option<Located<String>>,
    /// Stopped (SIGSTOP).
    pub stop: Option<Located<String>>,
    /// Continued (SIGCONT).
    #[serde(rename = "continue")]
    pub go_on: Option<Located<String>>,
    /// Stopped in an orderly way and started again.
    pub restart: Option<Located<String>>,
    /// Started.
    pub start: Option<Located<String>>,
    /// Told to read its configuration again (SIGHUP).
    pub reload: Option<Located<String>>,
    /// The driver of this UPS, where a host runs several.
    pub ups: Option<Located<String>>,
    /// For so long, then started or continued.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What happens to a host.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "host")]
#[schemars(extend("allOf" = [
    { "oneOf": [
        { "required": ["disk"] }, { "required": ["memory_limit"] }, { "required": ["process_limit"] }, { "required": ["clock"] },
        { "required": ["is"] }, { "required": ["shutdown_command"] }, { "required": ["stops_in"] }, { "required": ["power_button"] },
    ] },
]))]
pub struct WrittenHostAction {
    /// Which; may be left out where there is one.
    pub name: Option<Located<String>>,
    /// Its disk.
    pub disk: Option<DiskWord>,
    /// A limit on its memory.
    pub memory_limit: Option<Bytes>,
    /// A limit on its processes.
    pub process_limit: Option<u32>,
    /// Its wall clock jumps.
    pub clock: Option<TimeStep>,
    /// It is suspended.
    pub is: Option<HostWord>,
    /// What becomes of its SHUTDOWNCMD.
    pub shutdown_command: Option<ShutdownWord>,
    /// From now on it takes so long to stop.
    pub stops_in: Option<Time>,
    /// Somebody presses its power button.
    pub power_button: Option<Pressed>,
    /// For so long, then as before.
    #[serde(rename = "for")]
    pub lasts: Option<Time>,
}

/// What a disk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiskWord {
    /// Healthy.
    Healthy,
    /// Full.
    Full,
    /// Read-only.
    ReadOnly,
}

/// What a host is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostWord {
    /// Suspended; `for` says how long.
    Suspended,
}

/// What becomes of a SHUTDOWNCMD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ShutdownWord {
    /// It works.
    Works,
    /// It fails.
    Fails,
    /// It hangs.
    Hangs,
    /// It says that all is well, and does nothing.
    DoesNothing,
}

/// A button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pressed {
    /// Pressed.
    Pressed,
}

/// A person at a host types a command.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "operator")]
pub struct WrittenOperator {
    /// On which host; may be left out where there is one.
    pub host: Option<Located<String>>,
    /// The command: a line, or a list of its words.
    pub runs: OneOrMany<Located<String>>,
}

//! What a person, a scenario or the control socket can do to a UPS: [`Control`], and its words.
//!
//! `text.parse::<Control>()` and `control.to_string()` are each other's inverse. The words are the
//! emulator's own; [`GRAMMAR`] lists them.

mod words;

use crate::units::{Celsius, Load, Millihertz, Millivolts, Permille};

pub use words::{GRAMMAR, NotAControl};

/// One thing done to the UPS from outside its data port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Control {
    /// The mains.
    Mains(Mains),
    /// What hangs on the outlets.
    Load(Load),
    /// The battery.
    Battery(BatteryControl),
    /// The front panel's power button.
    Panel(Switch),
    /// A self-test, as its button or its schedule starts it.
    Test(Test),
    /// Runtime calibration: a discharge after which the gauge knows the battery again.
    Calibrate(Switch),
    /// Bypass: the load hangs on the mains, whatever its quality.
    Bypass(Switch),
    /// An internal fault that the device reports as an alarm.
    Alarm(Switch),
    /// The low-battery signal, forced or left to the device.
    LowBattery(Forced),
    /// The replace-battery signal, forced or left to the device.
    ReplaceBattery(Forced),
    /// The beeper.
    Beeper(Beeper),
    /// One switchable group of outlets, counted from 1.
    Outlet(u8, Switch),
    /// A property of this device that differs from its device file from now on.
    Quirk(Quirk),
    /// The data cable.
    Link(Link),
}

impl Control {
    /// The quantities that show a host what this does, where nothing else does: what is only a signal.
    #[must_use]
    pub fn shown_by(&self) -> &'static [&'static str] {
        match self {
            Self::Alarm(_) => &["internal-failure"],
            Self::LowBattery(_) => &["low-battery", "below-charge-limit", "runtime-limit-expired", "shutdown-imminent"],
            Self::ReplaceBattery(_) => &["replace-battery"],
            Self::Beeper(_) => &["beeper"],
            _ => &[],
        }
    }
}

/// What the mains do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mains {
    /// They fail.
    Off,
    /// They are back at their usual voltage and frequency.
    On,
    /// They have this voltage.
    Volts(Millivolts),
    /// They have this frequency.
    Hertz(Millihertz),
}

/// What happens to the battery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatteryControl {
    /// It holds this share of what it can hold.
    Charge(Permille),
    /// It can hold this share of what it was designed for.
    Health(Permille),
    /// What the device believes its health to be, until a calibration or a deep test.
    Gauge(Permille),
    /// Its temperature.
    Temperature(Celsius),
    /// A cell collapses when the charge falls to this: the supply ends there. `None`: no more.
    Collapse(Option<Permille>),
    /// It is unplugged.
    Disconnect,
    /// It is plugged in again.
    Connect,
    /// A new one, full, takes its place, and the device is told so.
    Replace,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// A battery self-test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// A few seconds on battery.
    Quick,
    /// A discharge down to the low-battery limit.
    Deep,
    /// End the test that runs.
    Stop,
}

/// A signal taken out of the device's hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Forced {
    /// Raised whatever the battery says.
    On,
    /// Held down whatever the battery says.
    Off,
    /// The device decides.
    #[default]
    Auto,
}

/// What the beeper may do (HID PDC 1.1, AudibleAlarmControl).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Beeper {
    /// Never sounds.
    Disabled,
    /// Sounds when there is reason.
    Enabled,
    /// Silent until there is a new reason.
    Muted,
}

/// A behaviour in which devices differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// What a shutdown countdown that ends while the mains are good does.
    CutOnLine(CutOnLine),
    /// What mains that come back do to a running shutdown countdown.
    MainsBack(MainsBack),
    /// When the outlets come back after a commanded shutdown.
    Returns(Returns),
    /// How the reports of one change become readable.
    Refresh(Refresh),
}

/// What a shutdown countdown that ends while the mains are good does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutOnLine {
    /// The outlets go off and come back: whoever waits for power gets its cycle.
    Cycle,
    /// The outlets go off and stay off.
    StayOff,
    /// The outlets go off. They come back if the host's last start delay was 0 or more, over or not, and
    /// stay off if it was −1 or if there was none.
    AsTold,
    /// Nothing: the command is forgotten.
    Ignore,
}

/// What mains that come back do to a running shutdown countdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MainsBack {
    /// It goes on.
    GoesOn,
    /// It is cancelled.
    Cancels,
}

/// When the outlets come back after a commanded shutdown on battery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// Once the mains are back.
    WithMains,
    /// After the start delay, even from the battery.
    WithoutMains,
    /// Never by itself.
    Never,
}

/// How the reports of one change become readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refresh {
    /// All at the same instant.
    Atomic,
    /// One after the other, so that a host reads a mixture for a while.
    Torn,
}

/// What happens to the data cable, or to the controller behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The cable is pulled.
    Unplug,
    /// The cable is plugged in; the device gets a new address.
    Plug,
    /// Transfers go wrong in this way until [`Link::Healthy`].
    Fault(Fault),
    /// Transfers of this report alone go wrong in this way.
    ReportFault(u8, Fault),
    /// All faults end.
    Healthy,
}

/// A way in which transfers go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Every request is refused.
    Stall,
    /// No answer comes, not even a refusal; the interrupt pipe is silent.
    Hang,
    /// Answers come, and never change any more.
    Freeze,
    /// The host gives up waiting.
    TimeOut,
    /// The bus fails.
    Io,
    /// More bytes come than were asked for.
    Overflow,
    /// Each answer lacks its last byte.
    Short,
    /// Each answer carries wrong bits behind its report id.
    Garble,
    /// Each answer comes this many milliseconds late.
    Late(u32),
}

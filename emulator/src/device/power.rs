//! What a device file says about power: ratings, mains limits, battery, shutdown behaviour.

use serde::Deserialize;

use super::written::{maybe_written, written};
use crate::control::{CutOnLine, MainsBack, Returns};
use crate::units::{Celsius, Load, Micros, MilliampHours, Millihertz, Millivolts, Milliwatts, Permille, Thousandths};

/// The inverter and what hangs on it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Inverter {
    /// Real power it is rated for.
    #[serde(deserialize_with = "written")]
    pub rated: Milliwatts,
    /// Apparent power it is rated for, in volt-amperes.
    pub rated_va: u32,
    /// What it takes from the battery with nothing on its outlets.
    #[serde(deserialize_with = "written")]
    pub idle: Milliwatts,
    /// Power delivered, of the power taken above idling.
    #[serde(deserialize_with = "written")]
    pub efficiency: Permille,
    /// What hangs on it unless somebody says otherwise.
    #[serde(deserialize_with = "written")]
    pub load: Load,
    /// The load at which it reports an overload.
    #[serde(deserialize_with = "written")]
    pub overload: Permille,
    /// How long it carries an overload on battery.
    #[serde(deserialize_with = "written")]
    pub overload_trip: Micros,
    /// How many groups of outlets can be switched one by one.
    #[serde(default)]
    pub outlets: u8,
}

/// The mains inlet.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Inlet {
    /// The voltage it is built for, also what the inverter makes.
    #[serde(deserialize_with = "written")]
    pub nominal: Millivolts,
    /// The voltage it sees unless somebody says otherwise.
    #[serde(deserialize_with = "written")]
    pub usual: Millivolts,
    /// The frequency it sees unless somebody says otherwise.
    #[serde(deserialize_with = "written")]
    pub frequency: Millihertz,
    /// Below this it goes on battery.
    #[serde(deserialize_with = "written")]
    pub low: Millivolts,
    /// Above this it goes on battery.
    #[serde(deserialize_with = "written")]
    pub high: Millivolts,
    /// How far inside the limits the mains must be before it returns to them.
    #[serde(deserialize_with = "written")]
    pub hysteresis: Millivolts,
    /// The lowest and highest frequency it stays on line with.
    #[serde(deserialize_with = "written")]
    pub low_frequency: Millihertz,
    /// See [`Self::low_frequency`].
    #[serde(deserialize_with = "written")]
    pub high_frequency: Millihertz,
    /// From the mains leaving the limits to the inverter carrying the load.
    #[serde(deserialize_with = "written")]
    pub transfer: Micros,
    /// How long the mains must be good before it returns to them.
    #[serde(deserialize_with = "written", rename = "return")]
    pub back: Micros,
    /// Below this a regulator raises the voltage; absent where there is none.
    #[serde(default, deserialize_with = "maybe_written")]
    pub boost_below: Option<Millivolts>,
    /// Above this a regulator lowers the voltage; absent where there is none.
    #[serde(default, deserialize_with = "maybe_written")]
    pub trim_above: Option<Millivolts>,
}

/// What the battery is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chemistry {
    /// Valve-regulated lead-acid, 2 V a cell.
    LeadAcid,
    /// Lithium iron phosphate, 3.2 V a cell.
    LithiumIronPhosphate,
    /// Lithium nickel manganese cobalt, 3.6 V a cell.
    LithiumIon,
}

/// The battery and its charger.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Accumulator {
    /// What it is made of.
    pub chemistry: Chemistry,
    /// Nominal voltage.
    #[serde(deserialize_with = "written")]
    pub voltage: Millivolts,
    /// Capacity at the 20-hour rate, when new, at 25 °C.
    #[serde(deserialize_with = "written")]
    pub capacity: MilliampHours,
    /// How long it lasts, new and full, …
    #[serde(deserialize_with = "written")]
    pub lasts: Micros,
    /// … at this load.
    #[serde(deserialize_with = "written")]
    pub lasts_at: Load,
    /// Peukert's exponent: how much worse it does at higher power.
    #[serde(deserialize_with = "written")]
    pub peukert: Thousandths,
    /// How long the charger takes from empty …
    #[serde(deserialize_with = "written")]
    pub recharge: Micros,
    /// … to this charge.
    #[serde(deserialize_with = "written")]
    pub recharged_to: Permille,
    /// The voltage at which a full battery is kept.
    #[serde(deserialize_with = "written")]
    pub float: Millivolts,
    /// Whether the device says that it charges while it keeps a full battery full.
    #[serde(default)]
    pub float_is_charging: bool,
    /// Its temperature unless somebody says otherwise.
    #[serde(deserialize_with = "written")]
    pub temperature: Celsius,
}

/// When the device says that the battery is low. A host can change them where a report is mapped to them.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Limits {
    /// Low when less than this is left.
    #[serde(deserialize_with = "written")]
    pub charge: Permille,
    /// Low when the battery would last no longer than this.
    #[serde(deserialize_with = "written")]
    pub runtime: Micros,
    /// A shutdown is imminent when the battery would last no longer than this.
    #[serde(default, deserialize_with = "maybe_written")]
    pub imminent: Option<Micros>,
}

/// What the device does when it is told to cut its outlets, and when they come back.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Shutdown {
    /// When the mains are good at the end of the countdown.
    pub cut_on_line: CutOnLine,
    /// When the mains come back during the countdown.
    pub mains_back: MainsBack,
    /// When the outlets come back.
    pub returns: Returns,
    /// How long they stay off at least.
    #[serde(deserialize_with = "written")]
    pub minimum_off: Micros,
    /// How long the mains must be good before they come back.
    #[serde(deserialize_with = "written")]
    pub restart_after: Micros,
    /// How much charge they wait for.
    #[serde(deserialize_with = "written")]
    pub restart_charge: Permille,
    /// The one-byte shutdown command of APC's Back-UPS, where it has one.
    #[serde(default)]
    pub forced: Option<ForcedShutdown>,
}

/// A shutdown without a delay of the host's choosing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ForcedShutdown {
    /// The values that it obeys; it takes others, and does nothing. Empty: any but 0.
    #[serde(default)]
    pub accepts: Vec<i64>,
    /// How long after the command the outlets go off.
    #[serde(deserialize_with = "written")]
    pub after: Micros,
}

/// The battery self-test.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct SelfTest {
    /// How long the quick test stays on battery.
    #[serde(deserialize_with = "written")]
    pub quick: Micros,
    /// Where the deep test and the calibration end.
    #[serde(deserialize_with = "written")]
    pub down_to: Permille,
    /// A battery of less health fails.
    #[serde(deserialize_with = "written")]
    pub replace_below: Permille,
}

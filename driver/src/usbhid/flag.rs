//! What a device says about its state, and which readings say it.

/// One claim about the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Flag {
    /// Line power is there.
    Online,
    /// The battery gives.
    Discharging,
    /// The battery takes.
    Charging,
    /// The charge is below its limit.
    LowBattery,
    /// The runtime is below its limit.
    TimeLimitExpired,
    /// The device is about to switch off.
    ShutdownImminent,
    /// More load than it can carry.
    Overload,
    /// The battery must be replaced.
    ReplaceBattery,
    /// There is no battery.
    NoBattery,
    /// The battery takes no more.
    FullyCharged,
    /// The input is lowered.
    Trim,
    /// The input is raised.
    Boost,
    /// On bypass by its own decision.
    BypassAutomatic,
    /// On bypass by a switch.
    BypassManual,
    /// High-efficiency mode.
    Eco,
    /// The output is off.
    Off,
    /// A calibration runs.
    Calibration,
    /// The input voltage is out of range.
    VoltageOutOfRange,
    /// The input frequency is out of range.
    FrequencyOutOfRange,
    /// A fan stands still.
    FanFailure,
    /// The charger fails.
    ChargerFailure,
    /// The battery voltage is too high.
    BatteryVoltageHigh,
    /// The battery voltage is too low.
    BatteryVoltageLow,
    /// A fault inside.
    InternalFailure,
    /// Too hot.
    Overheated,
}

/// The claims behind `LB`.
pub const LOW: &[Flag] = &[Flag::LowBattery, Flag::TimeLimitExpired, Flag::ShutdownImminent];

/// The claims that stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u32);

impl Flags {
    /// Whether a claim stands.
    #[must_use]
    pub const fn has(self, flag: Flag) -> bool {
        self.0 & (1 << flag as u8) != 0
    }

    /// Whether one of these claims stands.
    #[must_use]
    pub fn any(self, flags: &[Flag]) -> bool {
        flags.iter().any(|&flag| self.has(flag))
    }

    /// Makes a claim or takes it back.
    pub const fn set(&mut self, flag: Flag, stands: bool) {
        let bit = 1 << flag as u8;
        self.0 = if stands { self.0 | bit } else { self.0 & !bit };
    }
}

/// How a reading speaks of the state.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// The claim stands while the value is not 0.
    When(Flag),
    /// The claim stands while the value is 0.
    Unless(Flag),
    /// The claim stands at these values, and not at those.
    At(Flag, &'static [i64], &'static [i64]),
    /// Eaton's charging and discharging bits, which mean something only where the charger does not
    /// run Advanced Battery Management.
    UnmanagedBattery(Flag),
    /// Eaton's charger with Advanced Battery Management: (charging, discharging) at these values.
    ManagedBattery {
        /// Values at which the charger charges or floats.
        charging: &'static [i64],
        /// Values at which the battery discharges.
        discharging: &'static [i64],
    },
    /// Eaton's converter: line power feeds it, which says something unless the output is off.
    ConverterOnline,
    /// Eaton's charger runs Advanced Battery Management.
    ManagementEnabled,
    /// Eaton's battery test, which feeds the load from the battery while the mains are there.
    BatteryTest,
}

impl Rule {
    /// Whether its readings decide about line power.
    #[must_use]
    pub const fn tells_line_power(&self) -> bool {
        matches!(self, Self::When(Flag::Online) | Self::Unless(Flag::Online) | Self::ConverterOnline)
    }

    /// Whether its readings decide about a low battery.
    #[must_use]
    pub fn tells_low_battery(&self) -> bool {
        matches!(self, Self::When(flag) if LOW.contains(flag))
    }
}

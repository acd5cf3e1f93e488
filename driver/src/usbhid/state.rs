//! From the device's claims to `ups.status`, `ups.alarm` and `input.transfer.reason`.

use std::time::Duration;

use protocol::Instant;

use crate::publisher::Slot;
use crate::{Publisher, StatusComposer};

use super::doubt::{Doubt, Said};
use super::flag::{Flag, Flags, LOW, Rule};
use super::options::Options;

/// What the status is made from, and what was last made of it.
#[derive(Debug)]
pub struct State {
    /// The claims that stand.
    flags: Flags,
    /// Whether Eaton's charger runs Advanced Battery Management.
    is_managed: bool,
    /// Whether a battery test runs.
    is_testing: bool,
    /// How long a low or worn battery must be claimed on line power unless the configuration says otherwise.
    settles: Duration,
    /// Since when the device claims a low or worn battery while on line power.
    claims_low_since: Option<Instant>,
    /// Until when those claims are held back.
    holds_until: Option<Instant>,
    /// Whether the device says if line power is there.
    knows_line_power: bool,
    /// Whether it says if the battery is low.
    knows_low_battery: bool,
    /// Whether it has ever said so, in this attachment or another.
    once_knew_low_battery: bool,
    /// Whether rows speak of line power itself, and all of them say that it is there.
    is_undisputed: bool,
    /// Whether the configuration calls line power on battery while the battery gives.
    discharge_is_battery: bool,
    /// Whether a low battery on battery is believed.
    pub doubt: Doubt,
    transfer_reason: Slot,
    charge: Slot,
}

/// One status row's last reading.
#[derive(Debug, Clone, Copy)]
pub struct Reading {
    /// The row's rule.
    pub rule: Rule,
    /// The value.
    pub value: i64,
}

impl State {
    /// Nothing claimed yet.
    pub fn new(publisher: &mut Publisher) -> Self {
        Self {
            flags: Flags::default(),
            is_managed: false,
            is_testing: false,
            settles: Duration::ZERO,
            claims_low_since: None,
            holds_until: None,
            knows_line_power: false,
            knows_low_battery: false,
            once_knew_low_battery: false,
            is_undisputed: false,
            discharge_is_battery: false,
            doubt: Doubt::default(),
            transfer_reason: publisher.slot("input.transfer.reason"),
            charge: publisher.slot("battery.charge"),
        }
    }

    /// Whether the device says if line power is there: without that there is no status.
    #[must_use]
    pub const fn knows_line_power(&self) -> bool {
        self.knows_line_power
    }

    /// Whether what is published can be vouched for: on battery that takes a word on the battery too, where the
    /// device once had one.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        let lacks_low_battery = self.once_knew_low_battery && !self.knows_low_battery;
        self.knows_line_power && (self.is_online() || !lacks_low_battery)
    }

    /// Whether line power is there, as far as is known.
    #[must_use]
    pub const fn is_online(&self) -> bool {
        let flags = self.undisputed();
        flags.has(Flag::Online) && !(self.discharge_is_battery && flags.has(Flag::Discharging))
    }

    /// Whether Advanced Battery Management runs.
    #[must_use]
    pub const fn is_managed(&self) -> bool {
        self.is_managed
    }

    /// Forgets every claim. `settles` is how long this device must claim a low or worn battery on line power.
    pub fn reset(&mut self, settles: Duration) {
        self.settles = settles;
        self.doubt.start_anew();
        self.flags = Flags::default();
        self.is_managed = false;
        self.is_testing = false;
        self.knows_line_power = false;
        self.knows_low_battery = false;
        self.is_undisputed = false;
        self.claims_low_since = None;
        self.holds_until = None;
    }

    /// Takes in a row's new value. `others` are the last readings of all status rows, this one
    /// included.
    ///
    /// Line power is what the last change said, because a device that repeats itself in several
    /// reports does not change them all at once, and a lost mains must not wait for the slowest.
    /// What only lets infer it (a voltage that is not too low may be too high) never overrules a
    /// row that speaks of line power itself, or that says what else feeds the load: while a battery test
    /// runs, that is the battery although there is line power. Any other claim stands while one row makes it.
    pub fn take(&mut self, reading: Reading, others: impl Iterator<Item = Reading> + Clone) {
        self.count(reading, others.clone());
        self.settle_low_battery(others);
    }

    fn count(&mut self, reading: Reading, others: impl Iterator<Item = Reading> + Clone) {
        let value = reading.value;
        match reading.rule {
            Rule::When(Flag::Online) => {
                self.set_online(value != 0);
                let mut told = others.filter(|other| matches!(other.rule, Rule::When(Flag::Online)));
                self.is_undisputed = told.all(|other| other.value != 0);
            }
            Rule::Unless(Flag::Online) => self.set_online(!self.is_denied(others)),
            Rule::BatteryTest => {
                self.is_testing = value == TEST_IN_PROGRESS;
                if is_told(others.clone()) {
                    self.set_online(!self.is_denied(others));
                }
            }
            Rule::ConverterOnline if self.flags.has(Flag::Off) => {}
            Rule::ConverterOnline if value != 0 => self.set_online(!self.is_denied(others)),
            // Idle it is on bypass and in high-efficiency mode too; whoever speaks of line power itself knows better.
            Rule::ConverterOnline if is_told(others.clone()) => {}
            Rule::ConverterOnline => self.set_online(feeds_past_the_converter(others)),
            Rule::ManagementEnabled => {
                self.is_managed = value == 1;
                self.recompute(Flag::Charging, others.clone());
                self.recompute(Flag::Discharging, others);
            }
            Rule::ManagedBattery { .. } => {
                self.recompute(Flag::Charging, others.clone());
                self.recompute(Flag::Discharging, others);
            }
            Rule::When(flag) | Rule::Unless(flag) | Rule::UnmanagedBattery(flag) | Rule::At(flag, ..) => {
                self.recompute(flag, others);
            }
        }
    }

    /// Whether a reading says outright that line power is not there.
    ///
    /// The converter's word is none: it is idle on bypass and in high-efficiency mode too.
    fn is_denied(&self, readings: impl Iterator<Item = Reading> + Clone) -> bool {
        let only_tests = self.is_testing && is_told(readings.clone());
        readings.into_iter().any(|Reading { rule, value }| match rule {
            Rule::When(Flag::Online) => value == 0,
            Rule::Unless(Flag::Online) => value != 0 && !only_tests,
            _ => false,
        })
    }

    const fn set_online(&mut self, is_online: bool) {
        self.knows_line_power = true;
        self.flags.set(Flag::Online, is_online);
    }

    /// A row can be read no more; `left` are the last readings of those that can.
    ///
    /// What no reading stands for is no claim, but on battery a low battery takes a denial.
    pub fn withdraw(&mut self, rule: Rule, left: impl Iterator<Item = Reading> + Clone) {
        match rule {
            _ if rule.tells_line_power() => self.judge_line_power(left.clone()),
            Rule::BatteryTest => {
                self.is_testing = false;
                self.judge_line_power(left.clone());
            }
            Rule::ManagementEnabled | Rule::ManagedBattery { .. } => {
                self.is_managed &= !matches!(rule, Rule::ManagementEnabled);
                self.recompute_or_drop(Flag::Charging, left.clone());
                self.recompute_or_drop(Flag::Discharging, left.clone());
            }
            Rule::When(flag) | Rule::Unless(flag) | Rule::UnmanagedBattery(flag) | Rule::At(flag, ..) => {
                self.recompute_or_drop(flag, left.clone());
            }
            Rule::ConverterOnline => {}
        }
        self.settle_low_battery(left);
    }

    /// Line power by what is still read: it is there unless one denies it.
    fn judge_line_power(&mut self, left: impl Iterator<Item = Reading> + Clone) {
        let mut deciding = left.clone().filter(|reading| reading.rule.tells_line_power()).peekable();
        self.knows_line_power = deciding.peek().is_some();
        if !self.knows_line_power {
            return;
        }
        let converter_alone = deciding.clone().all(|reading| matches!(reading.rule, Rule::ConverterOnline));
        let feeds = deciding.any(|reading| reading.value != 0);
        let is_online = if converter_alone {
            feeds || feeds_past_the_converter(left.clone())
        } else {
            !self.is_denied(left.clone())
        };
        self.set_online(is_online);
        let mut told = left.filter(|reading| matches!(reading.rule, Rule::When(Flag::Online))).peekable();
        self.is_undisputed = told.peek().is_some() && told.all(|reading| reading.value != 0);
    }

    fn recompute_or_drop(&mut self, flag: Flag, left: impl Iterator<Item = Reading> + Clone) {
        let is_told = left.clone().any(|reading| self.claims(flag, reading).is_some());
        let is_kept = LOW.contains(&flag) && !self.is_online();
        if is_told {
            self.recompute(flag, left);
        } else if !is_kept {
            self.flags.set(flag, false);
        }
    }

    /// What is still read of a low battery; on line power what nobody claims any more is none.
    fn settle_low_battery(&mut self, mut readings: impl Iterator<Item = Reading> + Clone) {
        if self.is_online() {
            for &flag in LOW {
                if readings.clone().all(|reading| self.claims(flag, reading).is_none()) {
                    self.flags.set(flag, false);
                }
            }
        }
        self.knows_low_battery = readings.any(|reading| reading.rule.tells_low_battery());
        self.once_knew_low_battery |= self.knows_low_battery;
    }

    fn recompute(&mut self, flag: Flag, readings: impl Iterator<Item = Reading>) {
        let mut claim = None;
        for reading in readings {
            if let Some(stands) = self.claims(flag, reading) {
                claim = Some(stands || claim.unwrap_or(false));
            }
        }
        if let Some(stands) = claim {
            self.flags.set(flag, stands);
        }
    }

    /// What one reading says of one flag: nothing where its rule is about another.
    fn claims(&self, flag: Flag, Reading { rule, value }: Reading) -> Option<bool> {
        match rule {
            Rule::When(of) if of == flag => Some(value != 0),
            Rule::Unless(of) if of == flag => Some(value == 0),
            Rule::At(of, at, not_at) if of == flag => {
                at.contains(&value).then_some(true).or_else(|| not_at.contains(&value).then_some(false))
            }
            Rule::UnmanagedBattery(of) if of == flag => Some(!self.is_managed && value != 0),
            Rule::ManagedBattery { charging, .. } if flag == Flag::Charging => {
                Some(self.is_managed && charging.contains(&value))
            }
            Rule::ManagedBattery { discharging, .. } if flag == Flag::Discharging => {
                Some(self.is_managed && discharging.contains(&value))
            }
            _ => None,
        }
    }

    /// When the claims may mean something else although none of them changes.
    #[must_use]
    pub fn next_change(&self) -> Option<Instant> {
        Instant::first_of([self.holds_until, self.doubt.ends_at()])
    }

    /// Judges a low battery before it is published. `tellers` are the rows that tell of one, and `is_belied` says
    /// that charge and runtime do not bear it out.
    pub fn doubt_low_battery(
        &mut self,
        tellers: impl Iterator<Item = usize>,
        is_belied: bool,
        options: &Options,
        now: Instant,
    ) {
        self.discharge_is_battery = options.online_discharge_is_battery;
        let said = Said { is_on_battery: !self.is_online(), claims_low: self.flags.any(LOW), is_belied };
        self.doubt.judge(said, tellers, now);
    }

    /// Publishes what the claims mean. `alarms` are texts of rows of their own.
    pub fn publish<'a>(
        &mut self,
        alarms: impl Iterator<Item = &'a str>,
        options: &Options,
        now: Instant,
        composer: &mut StatusComposer,
        publisher: &mut Publisher,
    ) {
        let flags = self.effective(options, now);
        composer.begin();
        for word in self.words(flags, options, publisher) {
            composer.add(word);
        }
        for (flag, text) in ALARMS {
            if flags.has(*flag) {
                composer.alarm(text);
            }
        }
        alarms.for_each(|text| composer.alarm(text));
        composer.commit(publisher);
        let reason = match flags {
            _ if flags.has(Flag::VoltageOutOfRange) => Some("input voltage out of range"),
            _ if flags.has(Flag::FrequencyOutOfRange) => Some("input frequency out of range"),
            _ => None,
        };
        match reason {
            Some(reason) => publisher.set(self.transfer_reason, reason),
            None => publisher.remove(self.transfer_reason),
        }
    }

    /// The claims, less line power that is inferred or disputed while the battery gives.
    const fn undisputed(&self) -> Flags {
        let mut flags = self.flags;
        if flags.has(Flag::Discharging) && !self.is_undisputed {
            flags.set(Flag::Online, false);
        }
        flags
    }

    /// The claims that count: less a low battery that is in doubt, and what `lbrb_log_delay_sec` still holds back.
    fn effective(&mut self, options: &Options, now: Instant) -> Flags {
        let mut flags = self.undisputed();
        match self.doubt.verdict() {
            Some(false) => LOW.iter().for_each(|&flag| flags.set(flag, false)),
            Some(true) if !flags.any(LOW) => flags.set(Flag::LowBattery, true),
            Some(true) | None => {}
        }
        let settles = options.low_battery_settles.unwrap_or(self.settles);
        self.holds_until = None;
        if settles.is_zero() || !flags.has(Flag::Online) || !flags.any(HELD) {
            self.claims_low_since = None;
            return flags;
        }
        let until = *self.claims_low_since.get_or_insert(now) + settles;
        if now < until {
            self.holds_until = Some(until);
            HELD.iter().for_each(|&flag| flags.set(flag, false));
        }
        flags
    }

    fn words(
        &self,
        flags: Flags,
        options: &Options,
        publisher: &Publisher,
    ) -> impl Iterator<Item = &'static str> + use<> {
        let contradicts = flags.has(Flag::Online) && flags.has(Flag::Discharging);
        let online = flags.has(Flag::Online) && !(contradicts && options.online_discharge_is_battery);
        let calibrates = flags.has(Flag::Calibration) || (contradicts && options.online_discharge_is_calibration);
        // A charger without mains is a report that has not caught up with another one.
        let charges = online && flags.has(Flag::Charging) && !self.is_full(flags, publisher);
        [
            (true, if online { "OL" } else { "OB" }),
            (flags.has(Flag::Discharging), "DISCHRG"),
            (charges, "CHRG"),
            (flags.any(LOW), "LB"),
            (flags.has(Flag::Overload), "OVER"),
            (flags.any(&[Flag::ReplaceBattery, Flag::NoBattery]), "RB"),
            (flags.has(Flag::Trim), "TRIM"),
            (flags.has(Flag::Boost), "BOOST"),
            (flags.any(&[Flag::BypassAutomatic, Flag::BypassManual]), "BYPASS"),
            (flags.has(Flag::Eco), "ECO"),
            (flags.has(Flag::Off), "OFF"),
            (calibrates, "CAL"),
        ]
        .into_iter()
        .filter_map(|(stands, word)| stands.then_some(word))
    }

    /// Some devices leave the charging bit set on a full battery.
    fn is_full(&self, flags: Flags, publisher: &Publisher) -> bool {
        flags.has(Flag::FullyCharged) || publisher.get(self.charge) == Some("100")
    }
}

/// `Test` while it runs (HID PDC 1.1 §4.1.5).
const TEST_IN_PROGRESS: i64 = 5;
/// The claims behind LB and RB.
const HELD: &[Flag] =
    &[Flag::LowBattery, Flag::TimeLimitExpired, Flag::ShutdownImminent, Flag::ReplaceBattery, Flag::NoBattery];

/// Whether a reading speaks of line power itself.
fn is_told(mut readings: impl Iterator<Item = Reading>) -> bool {
    readings.any(|reading| matches!(reading.rule, Rule::When(Flag::Online)))
}

/// Whether mains feed the load past the converter.
fn feeds_past_the_converter(mut readings: impl Iterator<Item = Reading>) -> bool {
    const WAYS: [Flag; 3] = [Flag::BypassAutomatic, Flag::BypassManual, Flag::Eco];
    readings.any(|Reading { rule, value }| matches!(rule, Rule::When(flag) if value != 0 && WAYS.contains(&flag)))
}

/// Claims that are alarms too.
const ALARMS: &[(Flag, &str)] = &[
    (Flag::ReplaceBattery, "Replace battery!"),
    (Flag::ShutdownImminent, "Shutdown imminent!"),
    (Flag::FanFailure, "Fan failure!"),
    (Flag::NoBattery, "No battery installed!"),
    (Flag::BatteryVoltageLow, "Battery voltage too low!"),
    (Flag::BatteryVoltageHigh, "Battery voltage too high!"),
    (Flag::ChargerFailure, "Battery charger fail!"),
    (Flag::Overheated, "Temperature too high!"),
    (Flag::InternalFailure, "Internal UPS fault!"),
    (Flag::BypassAutomatic, "Automatic bypass mode!"),
    (Flag::BypassManual, "Manual bypass mode!"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DriverConfig;

    const AC_PRESENT: Rule = Rule::When(Flag::Online);
    const TOO_LOW: Rule = Rule::Unless(Flag::Online);
    const DISCHARGING: Rule = Rule::UnmanagedBattery(Flag::Discharging);

    /// What is published after the first reading, with the rows in this order.
    fn status(rows: &[(Rule, i64)]) -> String {
        let config = DriverConfig::new("rack", "usbhid-ups", "auto");
        let (mut desk, _) = super::super::desk::Desk::new(&config, "");
        let readings = rows.iter().map(|&(rule, value)| Reading { rule, value });
        readings.clone().for_each(|reading| desk.state.take(reading, readings.clone()));
        desk.state.publish(std::iter::empty(), &desk.options, Instant::START, &mut desk.composer, &mut desk.publisher);
        desk.publisher.value("ups.status").unwrap_or_default().to_owned()
    }

    #[track_caller]
    fn in_any_order(rows: [(Rule, i64); 3], expected: &str) {
        for [a, b, c] in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            assert_eq!(status(&[rows[a], rows[b], rows[c]]), expected, "{:?}", [a, b, c]);
        }
    }

    #[test]
    fn no_order_of_reads_makes_line_power_of_a_voltage_that_is_not_too_low() {
        in_any_order([(AC_PRESENT, 0), (DISCHARGING, 1), (TOO_LOW, 0)], "OB DISCHRG");
        in_any_order([(AC_PRESENT, 0), (Rule::ConverterOnline, 1), (TOO_LOW, 0)], "OB");
        in_any_order([(TOO_LOW, 1), (DISCHARGING, 0), (TOO_LOW, 0)], "OB");
    }

    #[test]
    fn a_converter_that_is_idle_on_bypass_or_in_high_efficiency_mode_is_no_outage() {
        let (bypass, eco) = (Rule::When(Flag::BypassAutomatic), Rule::When(Flag::Eco));
        in_any_order([(AC_PRESENT, 1), (Rule::ConverterOnline, 0), (bypass, 1)], "ALARM OL BYPASS");
        in_any_order([(AC_PRESENT, 1), (Rule::ConverterOnline, 0), (eco, 1)], "OL ECO");
        in_any_order([(TOO_LOW, 0), (Rule::ConverterOnline, 0), (eco, 1)], "OL ECO");
        in_any_order([(AC_PRESENT, 0), (Rule::ConverterOnline, 0), (eco, 0)], "OB");
        in_any_order([(bypass, 0), (Rule::ConverterOnline, 0), (eco, 0)], "OB");
    }

    #[test]
    fn a_battery_that_is_used_for_a_test_is_no_outage_while_the_mains_are_there() {
        let battery_used = Rule::Unless(Flag::Online);
        in_any_order([(AC_PRESENT, 1), (battery_used, 1), (Rule::BatteryTest, 5)], "OL");
        in_any_order([(AC_PRESENT, 0), (battery_used, 1), (Rule::BatteryTest, 5)], "OB");
        assert_eq!(status(&[(AC_PRESENT, 1), (Rule::BatteryTest, 1), (battery_used, 1)]), "OB");
        in_any_order([(DISCHARGING, 1), (battery_used, 1), (Rule::BatteryTest, 5)], "OB DISCHRG");
        in_any_order([(Rule::ConverterOnline, 0), (DISCHARGING, 0), (Rule::BatteryTest, 4)], "OB");
    }

    #[test]
    fn line_power_that_is_only_inferred_or_disputed_is_none_while_the_battery_gives() {
        in_any_order([(TOO_LOW, 0), (DISCHARGING, 1), (Rule::ConverterOnline, 1)], "OB DISCHRG");
        in_any_order([(AC_PRESENT, 0), (DISCHARGING, 1), (AC_PRESENT, 1)], "OB DISCHRG");
        in_any_order([(AC_PRESENT, 1), (DISCHARGING, 1), (TOO_LOW, 0)], "OL DISCHRG");
    }

    /// Line power that counts for none went for line power, and a lost word on the battery was not missed.
    #[test]
    fn on_a_battery_that_gives_under_line_power_that_counts_for_none_a_lost_low_battery_is_missed() {
        const LOW_BATTERY: Rule = Rule::When(Flag::LowBattery);
        let inferred = [(TOO_LOW, 0), (Rule::ConverterOnline, 1), (DISCHARGING, 1), (LOW_BATTERY, 0)];
        let told = [(AC_PRESENT, 1), (TOO_LOW, 0), (DISCHARGING, 1), (LOW_BATTERY, 0)];
        for (rows, option) in [(inferred, "pollonly"), (told, "onlinedischarge_onbattery")] {
            let config = DriverConfig::new("rack", "usbhid-ups", "auto").with(option, "");
            let (mut desk, _) = super::super::desk::Desk::new(&config, "");
            let readings = rows.iter().map(|&(rule, value)| Reading { rule, value });
            readings.clone().for_each(|reading| desk.state.take(reading, readings.clone()));
            desk.state.doubt_low_battery(std::iter::empty(), false, &desk.options, Instant::START);
            assert!(desk.state.is_known() && !desk.state.is_online(), "{option}");
            desk.state.withdraw(LOW_BATTERY, readings.take(3));
            assert!(!desk.state.is_known(), "{option}");
        }
    }
}

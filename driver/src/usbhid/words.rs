//! Words for numbers: the enumerations of HID power devices and of their vendors.

/// Values and their words; a value that is not there has none.
pub type Words = &'static [(i64, &'static str)];

/// `UPS.….Test`, as read (PDC 1.1 §4.1.5).
pub const TEST: Words = &[
    (1, "Done and passed"),
    (2, "Done and warning"),
    (3, "Done and error"),
    (4, "Aborted"),
    (5, "In progress"),
    (6, "No test initiated"),
    (7, "Test scheduled"),
];
/// `AudibleAlarmControl` (PDC 1.1 §4.1.5).
pub const BEEPER: Words = &[(1, "disabled"), (2, "enabled"), (3, "muted")];
/// A switch that says yes.
pub const YES_NO: Words = &[(0, "no"), (1, "yes")];
/// An outlet.
pub const ON_OFF: Words = &[(0, "off"), (1, "on")];
/// A function that may be switched off.
pub const ENABLED: Words = &[(0, "disabled"), (1, "enabled")];
/// `APCSensitivity`.
pub const APC_SENSITIVITY: Words = &[(0, "low"), (1, "medium"), (2, "high")];
/// `CPSInputSensitivity`.
pub const CPS_SENSITIVITY: Words = &[(0, "low"), (1, "normal"), (2, "high")];
/// Eaton's `SensitivityMode`.
pub const EATON_SENSITIVITY: Words = &[(0, "normal"), (1, "high"), (2, "low")];
/// Eaton's `ConverterType`.
pub const EATON_CONVERTER: Words = &[
    (1, "offline / line interactive"),
    (2, "online"),
    (3, "online - unitary/parallel"),
    (4, "online - parallel with hot standy"),
    (5, "online - hot standby redundancy"),
];
/// Eaton's `ECOControl` of an outlet.
pub const EATON_OUTLET_ECO: Words = &[(0, "The outlet is not ECO controlled"), (1, "The outlet is ECO controlled")];
/// Eaton's `Status` of an outlet.
pub const EATON_OUTLET_PROTECTION: Words = &[(0, "not powered"), (1, "not protected"), (2, "protected")];
/// Loads under which an outlet with ECO control counts as idle, in VA.
pub const EATON_OUTLET_THRESHOLD: Words = &[(10, "10"), (25, "25"), (60, "60")];
/// Eaton's `Charger.Mode` under Advanced Battery Management.
pub const EATON_CHARGER_MODE: Words =
    &[(1, "charging"), (2, "discharging"), (3, "floating"), (4, "resting"), (6, "off")];
/// Eaton's `Charger.Status`, which numbers the same words otherwise.
pub const EATON_CHARGER_STATUS: Words =
    &[(1, "charging"), (2, "floating"), (3, "resting"), (4, "discharging"), (6, "off")];
/// Eaton's `ChargerType`.
pub const EATON_CHARGER_TYPE: Words = &[
    (0, "None"),
    (1, "Extended (CLA)"),
    (2, "Large extension"),
    (3, "Extra large extension (XL)"),
    (4, "ABM"),
    (5, "Constant Charge (CC)"),
];
/// Eaton's high-efficiency mode.
pub const EATON_ECO_MODE: Words = &[(0, "normal"), (1, "ECO"), (2, "ESS")];
/// Eaton's switch to bypass.
pub const EATON_BYPASS_ON: Words = &[(0, "disabled"), (1, "on")];
/// Eaton's switch back from bypass.
pub const EATON_BYPASS_OFF: Words = &[(0, "disabled"), (1, "off")];
/// Output voltages that Eaton's models can be set to.
pub const EATON_OUTPUT_VOLTAGE: Words = &[
    (200, "200"),
    (208, "208"),
    (220, "220"),
    (230, "230"),
    (240, "240"),
    (100, "100"),
    (110, "110"),
    (120, "120"),
    (127, "127"),
];

/// The word for a value.
#[must_use]
pub fn word(words: Words, value: i64) -> Option<&'static str> {
    words.iter().find(|(known, _)| *known == value).map(|(_, word)| *word)
}

/// The value for a word.
#[must_use]
pub fn number(words: Words, word: &str) -> Option<i64> {
    words.iter().find(|(_, known)| *known == word).map(|(value, _)| *value)
}

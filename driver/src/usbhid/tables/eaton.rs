//! Eaton, MGE and the brands whose devices speak as theirs do.

mod battery;
mod commands;
mod input;
mod outlets;
mod output;
mod status;
mod ups;

use crate::usbhid::flag::Rule::{BatteryTest, ManagementEnabled};
use crate::usbhid::row::{Part, Row, identity, status};

/// What tells the model.
#[rustfmt::skip]
const MODEL: &[Row] = &[
    identity("UPS.PowerSummary.iProduct", Part::Product),
    identity("UPS.PowerSummary.iModel", Part::Model),
    identity("UPS.Flow.[4].ConfigApparentPower", Part::Rating),
    identity("UPS.PowerSummary.Country", Part::Country),
];

/// What tells how the battery is to be read.
#[rustfmt::skip]
const MANAGEMENT: &[Row] = &[
    status("UPS.BatterySystem.Charger.ABMEnable", ManagementEnabled).quick(),
    status("UPS.BatterySystem.Battery.Test", BatteryTest),
];

/// The whole table. What tells how to read comes first, variables come before what is computed from them.
pub const ROWS: &[&[Row]] = &[
    MODEL,
    MANAGEMENT,
    battery::ROWS,
    output::ROWS,
    ups::ROWS,
    status::ROWS,
    input::ROWS,
    outlets::ROWS,
    commands::ROWS,
];

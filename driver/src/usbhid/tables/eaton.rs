//! Eaton, MGE and the brands whose devices speak as theirs do.

mod battery;
mod commands;
mod input;
mod outlets;
mod output;
mod status;
mod ups;

use crate::usbhid::row::{Part, Row, identity};

/// What tells the model.
#[rustfmt::skip]
const MODEL: &[Row] = &[
    identity("UPS.PowerSummary.iProduct", Part::Product),
    identity("UPS.PowerSummary.iModel", Part::Model),
    identity("UPS.PowerSummary.Country", Part::Country),
];

/// The whole table. Variables come before what is computed from them.
pub const ROWS: &[&[Row]] =
    &[MODEL, battery::ROWS, output::ROWS, ups::ROWS, status::ROWS, input::ROWS, outlets::ROWS, commands::ROWS];

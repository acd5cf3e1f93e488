//! Eaton and MGE: the output.

use crate::usbhid::conversion::Conversion::{EatonOutputVoltage, Hundredths};
use crate::usbhid::row::{Row, number, value};

/// What they report of the output.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    number("output.voltage", "UPS.PowerConverter.Output.Voltage", 1),
    number("output.L1-N.voltage", "UPS.PowerConverter.Output.Phase.[1].Voltage", 1),
    number("output.L2-N.voltage", "UPS.PowerConverter.Output.Phase.[2].Voltage", 1),
    number("output.L3-N.voltage", "UPS.PowerConverter.Output.Phase.[3].Voltage", 1),
    number("output.L1-L2.voltage", "UPS.PowerConverter.Output.Phase.[12].Voltage", 1),
    number("output.L2-L3.voltage", "UPS.PowerConverter.Output.Phase.[23].Voltage", 1),
    number("output.L3-L1.voltage", "UPS.PowerConverter.Output.Phase.[31].Voltage", 1),
    value("output.voltage.nominal", "UPS.Flow.[4].ConfigVoltage", EatonOutputVoltage).semi_static().choice(),
    number("output.current", "UPS.PowerConverter.Output.Current", 2),
    number("output.L1.current", "UPS.PowerConverter.Output.Phase.[1].Current", 1),
    number("output.L2.current", "UPS.PowerConverter.Output.Phase.[2].Current", 1),
    number("output.L3.current", "UPS.PowerConverter.Output.Phase.[3].Current", 1),
    number("output.current.nominal", "UPS.Flow.[4].ConfigCurrent", 2),
    number("output.frequency", "UPS.PowerConverter.Output.Frequency", 1),
    number("output.frequency.nominal", "UPS.Flow.[4].ConfigFrequency", 0).fixed(),
    value("output.powerfactor", "UPS.PowerConverter.Output.PowerFactor", Hundredths),
];

//! The fields of a report descriptor as a table, for whoever begins with nothing else: `--fields`.
//!
//! With a device it also says what stands behind each field. It shows the descriptor as it is, wrong
//! ranges included.

use protocol::usb::ReportKind;
use serde_json::{Value, json};

use crate::Device;
use crate::hid::bind::Source;
use crate::hid::layout::{Field, Layout};

/// Unit codes of HID power devices: the unit, and the exponent at which a physical 1 is one of it.
const UNITS: &[(u32, &str, i8)] = &[
    (0x00F0_D121, "V", 7),
    (0x0000_D121, "W", 7),
    (0x0010_0001, "A", 0),
    (0x0010_1001, "As", 0),
    (0x0000_F001, "Hz", 0),
    (0x0000_1001, "s", 0),
    (0x0001_0001, "K", 0),
];

/// The base units of the two linear systems, nibble by nibble (HID 1.11 §6.2.2.7).
const BASES: [[&str; 6]; 2] = [["cm", "g", "s", "K", "A", "cd"], ["in", "slug", "s", "F", "A", "cd"]];

/// One line for each field, below a heading.
#[must_use]
pub fn table(layout: &Layout, device: Option<&Device>) -> String {
    let mut heading = vec!["kind", "report", "bits", "logical", "physical", "unit", "flags", "path"];
    heading.extend(device.map(|_| "shows"));
    let mut rows: Vec<Vec<String>> = vec![heading.into_iter().map(str::to_owned).collect()];
    for (index, field) in layout.fields.iter().enumerate() {
        let mut row = vec![
            kind(field.kind).to_owned(),
            format!("0x{:02x}", field.report),
            format!("{}+{}", field.offset, field.size),
            format!("{}..{}", field.logical_min, field.logical_max),
            field.physical.map_or("-".to_owned(), |(low, high)| format!("{low}..{high}")),
            unit(field).unwrap_or_else(|| "-".to_owned()),
            flags(field).join(" "),
            field.name(),
        ];
        row.extend(device.map(|device| shows(device, index)));
        rows.push(row);
    }
    let columns = rows[0].len();
    let widths: Vec<usize> =
        (0..columns).map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// The same for another program.
#[must_use]
pub fn json(layout: &Layout, device: Option<&Device>) -> Value {
    let described = |(index, field): (usize, &Field)| {
        let mut row = json!({
            "kind": kind(field.kind),
            "report": field.report,
            "offset": field.offset,
            "size": field.size,
            "logical": [field.logical_min, field.logical_max],
            "physical": field.physical.map(|(low, high)| [low, high]),
            "unit": unit(field),
            "unit-code": field.unit,
            "exponent": field.exponent,
            "constant": field.constant,
            "volatile": field.volatile,
            "null": field.null,
            "path": field.name(),
        });
        if let (Some(device), Some(row)) = (device, row.as_object_mut()) {
            row.insert("shows".to_owned(), behind(device, index));
        }
        row
    };
    layout.fields.iter().enumerate().map(described).collect()
}

fn kind(kind: ReportKind) -> &'static str {
    match kind {
        ReportKind::Input => "input",
        ReportKind::Output => "output",
        ReportKind::Feature => "feature",
    }
}

/// What the host cannot write, what changes by itself, what may have no value.
fn flags(field: &Field) -> Vec<&'static str> {
    let flags = [(field.constant, "const"), (field.volatile, "volatile"), (field.null, "null")];
    flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, word)| word).collect()
}

/// What a physical 1 is: `0.1 V`, `s`; `None` where the descriptor gives no unit.
fn unit(field: &Field) -> Option<String> {
    let (symbol, power) = match UNITS.iter().find(|(code, ..)| *code == field.unit) {
        Some((_, symbol, base)) => ((*symbol).to_owned(), field.exponent - base),
        None if field.unit == 0 && field.exponent == 0 => return None,
        None => (composed(field.unit), field.exponent),
    };
    Some(match power {
        0 => symbol,
        1..=3 => format!("{} {symbol}", 10_u32.pow(power.unsigned_abs().into())),
        -3..=-1 => format!("0.{}1 {symbol}", "0".repeat(usize::from(power.unsigned_abs()) - 1)),
        _ => format!("10^{power} {symbol}"),
    })
}

/// A unit that has no name of its own, from its nibbles: `cm^2 g s^-3`.
fn composed(code: u32) -> String {
    let bases = match code & 0xF {
        1 => BASES[0],
        3 => BASES[1],
        _ => return if code == 0 { String::new() } else { format!("(unit 0x{code:08x})") },
    };
    let nibbles = bases.iter().zip(1..).map(|(base, place)| {
        let nibble = i8::try_from(code >> (4 * place) & 0xF).unwrap_or(0);
        (base, if nibble > 7 { nibble - 16 } else { nibble })
    });
    let factors = nibbles.filter(|(_, power)| *power != 0).map(|(base, power)| match power {
        1 => (*base).to_owned(),
        _ => format!("{base}^{power}"),
    });
    factors.collect::<Vec<_>>().join(" ")
}

fn shows(device: &Device, index: usize) -> String {
    let field = &device.layout.fields[index];
    let takes_writing = !field.constant && field.kind != ReportKind::Input;
    let written = if takes_writing { " (written)" } else { "" };
    match device.binding.sources.get(index).copied().flatten() {
        Some(Source::Quantity(quantity)) if quantity.write.is_some() => format!("{}{written}", quantity.name),
        Some(Source::Quantity(quantity)) => quantity.name.to_owned(),
        Some(Source::Constant(value)) => format!("= {value}"),
        Some(Source::Setting(setting)) => format!("{}{written}", device.binding.settings[setting]),
        None if is_refused(device, index) => "nothing: the report is refused".to_owned(),
        None => "0".to_owned(),
    }
}

fn behind(device: &Device, index: usize) -> Value {
    match device.binding.sources.get(index).copied().flatten() {
        Some(Source::Quantity(quantity)) => json!({ "quantity": quantity.name }),
        Some(Source::Constant(value)) => json!({ "constant": value }),
        Some(Source::Setting(setting)) => json!({ "setting": device.binding.settings[setting] }),
        None if is_refused(device, index) => Value::Null,
        None => json!({ "constant": 0 }),
    }
}

/// Whether nothing stands behind any field of this field's report.
fn is_refused(device: &Device, index: usize) -> bool {
    let of = |field: &Field| (field.kind, field.report);
    let fields = &device.layout.fields;
    let report = fields.get(index).map(of);
    fields.iter().zip(&device.binding.sources).all(|(field, source)| Some(of(field)) != report || source.is_none())
}

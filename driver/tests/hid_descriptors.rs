//! Our report-descriptor parser against six real devices: each field list is a snapshot, and the
//! `hidreport` crate, which shares no line with it, must find the same fields.

#![expect(clippy::unwrap_used, reason = "what a test builds on either is there or fails it")]

use std::fmt::Write;

use driver::hid::{Descriptor, Flaw};
use hidreport::{Field as TheirField, Report, ReportDescriptor};
use protocol::usb::ReportKind;

const DEVICES: [(&str, &str); 6] = [
    ("apc_backups_bx750mi", include_str!("descriptors/apc_backups_bx750mi_051d_0002.hex")),
    ("apc_backups_rs1000g", include_str!("descriptors/apc_backups_rs1000g_051d_0002.hex")),
    ("cyberpower_cp1500epfclcd", include_str!("descriptors/cyberpower_cp1500epfclcd_0764_0501.hex")),
    ("cyberpower_cst135uc2", include_str!("descriptors/cyberpower_cst135uc2_0764_0601.hex")),
    ("cyberpower_ec850lcd", include_str!("descriptors/cyberpower_ec850lcd_0764_0501.hex")),
    ("santak_tgbox850", include_str!("descriptors/santak_tgbox850_0463_ffff.hex")),
];

fn bytes(hex: &str) -> Vec<u8> {
    let digits: String = hex.split_whitespace().collect();
    (0..digits.len() / 2).map(|i| u8::from_str_radix(&digits[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// `hidreport` takes every constant item for padding. Devices mark readings so as well: their
/// constant bit is cleared, padding (no usage since the last main item) keeps it.
fn without_constant_readings(descriptor: &[u8]) -> Vec<u8> {
    let mut out = descriptor.to_vec();
    let (mut at, mut is_named) = (0, false);
    while at < out.len() {
        let prefix = out[at];
        match prefix & 0xFC {
            0x08 | 0x18 | 0x28 => is_named = true,
            0x80 | 0xB0 => {
                if is_named {
                    out[at + 1] &= !1;
                }
                is_named = false;
            }
            0xA0 | 0xC0 => is_named = false,
            _ => {}
        }
        at += 1 + [0, 1, 2, 4][usize::from(prefix & 3)];
    }
    out
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Fact {
    report: u8,
    bits: (usize, usize),
    usage: u32,
    logical: (i64, i64),
    unit: u32,
    depth: usize,
}

fn ours(descriptor: &Descriptor, kind: ReportKind) -> Vec<Fact> {
    let mut facts: Vec<Fact> = descriptor
        .fields
        .iter()
        .filter(|field| field.kind == kind)
        .map(|field| Fact {
            report: field.report,
            bits: (field.offset as usize, (field.offset + field.size) as usize),
            usage: field.path.usage(),
            logical: field.logical,
            unit: field.unit,
            depth: field.path.nodes().iter().filter(|node| **node >> 16 != 0xFF).count() - 1,
        })
        .collect();
    facts.sort();
    facts
}

fn theirs<'a>(reports: impl Iterator<Item = &'a (impl Report + 'a)>, descriptor: &Descriptor) -> Vec<Fact> {
    let mut facts = Vec::new();
    for report in reports {
        let id = report.report_id().map_or(0, u8::from);
        for field in report.fields() {
            let TheirField::Variable(field) = field else { continue };
            let (low, high) = (i32::from(field.logical_minimum), i32::from(field.logical_maximum));
            facts.push(Fact {
                report: id,
                bits: (field.bits.start - 8, field.bits.end - 8),
                usage: u32::from(field.usage),
                logical: (low.into(), reread(low, high, id, descriptor)),
                unit: field.unit.map_or(0, u32::from),
                depth: field.collections.len(),
            });
        }
    }
    facts.sort();
    facts
}

/// They leave a maximum below the minimum as it stands; ours is among the flaws.
fn reread(low: i32, high: i32, id: u8, descriptor: &Descriptor) -> i64 {
    if high >= low {
        return high.into();
    }
    let found = descriptor.flaws.iter().find_map(|flaw| match flaw {
        Flaw::LogicalMaximumReread { report, maximum } if *report == id => Some(*maximum),
        _ => None,
    });
    found.unwrap()
}

#[test]
fn hidreport_finds_the_same_fields_in_every_descriptor() {
    for (name, hex) in DEVICES {
        let bytes = without_constant_readings(&bytes(hex));
        let descriptor = Descriptor::parse(&bytes).unwrap();
        let reference = ReportDescriptor::try_from(&bytes).unwrap();
        let features = theirs(reference.feature_reports().iter(), &descriptor);
        let inputs = theirs(reference.input_reports().iter(), &descriptor);
        assert!(!features.is_empty() && !inputs.is_empty(), "{name}");
        assert_eq!(ours(&descriptor, ReportKind::Feature), features, "{name}");
        assert_eq!(ours(&descriptor, ReportKind::Input), inputs, "{name}");
        for report in reference.feature_reports() {
            let id = report.report_id().map_or(0, u8::from);
            let ours = descriptor.report(ReportKind::Feature, id).unwrap();
            assert_eq!(ours.bits as usize + 8, report.size_in_bits(), "{name}, report {id:02x}");
        }
    }
}

#[test]
fn hidreport_reads_the_same_values() {
    // A deterministic walk over bit patterns; every field of every report is extracted by both.
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    for (name, hex) in DEVICES {
        let bytes = without_constant_readings(&bytes(hex));
        let descriptor = Descriptor::parse(&bytes).unwrap();
        let reference = ReportDescriptor::try_from(&bytes).unwrap();
        for report in reference.feature_reports() {
            let id = report.report_id().map_or(0, u8::from);
            let mut data = vec![id];
            data.extend((1..report.size_in_bytes()).map(|_| random()));
            for field in report.fields() {
                let TheirField::Variable(field) = field else { continue };
                let ours = descriptor
                    .fields
                    .iter()
                    .find(|ours| {
                        ours.kind == ReportKind::Feature
                            && ours.report == id
                            && ours.offset as usize + 8 == field.bits.start
                    })
                    .unwrap();
                // -1 … 65535 in 16 bits is unsigned for us, see `Field`.
                if i32::from(field.logical_minimum) < 0 && i32::from(field.logical_maximum) == 65535 {
                    continue;
                }
                let value = field.extract(&data).unwrap();
                let theirs = if value.is_signed() { i64::from(i32::from(value)) } else { i64::from(u32::from(value)) };
                assert_eq!(ours.raw(&data[1..]), Some(theirs), "{name} {} {data:02x?}", ours.path);
            }
        }
    }
}

#[test]
fn field_lists_of_real_devices() {
    for (name, hex) in DEVICES {
        let descriptor = Descriptor::parse(&bytes(hex)).unwrap();
        let mut text = String::new();
        for field in &descriptor.fields {
            let kind = match field.kind {
                ReportKind::Input => 'I',
                ReportKind::Output => 'O',
                ReportKind::Feature => 'F',
            };
            let (low, high) = field.logical;
            let access = if field.attributes.is_constant() { "const" } else { "data" };
            write!(text, "{:02x} {kind} {:>3}+{:<2} [{low}, {high}] {access}", field.report, field.offset, field.size)
                .unwrap();
            if field.physical.0 != field.physical.1 {
                write!(text, " physical [{}, {}]", field.physical.0, field.physical.1).unwrap();
            }
            if field.unit != 0 || field.exponent != 0 {
                write!(text, " unit {:08x} × 10^{}", field.unit, field.exponent).unwrap();
            }
            writeln!(text, " {}", field.path).unwrap();
        }
        writeln!(text, "flaws: {:?}", descriptor.flaws).unwrap();
        insta::assert_snapshot!(name, text);
    }
}

//! Our report-descriptor parser against six real devices: each field list is a snapshot, and the
//! `hidreport` crate, which shares no line with it, must find the same fields.

#![expect(clippy::unwrap_used, reason = "what a test builds on either is there or fails it")]

use std::fmt::Write;

use driver::hid::{Descriptor, Flaw};
use hidreport::{Field as TheirField, Report, ReportDescriptor};
use proptest::prelude::*;
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

/// Items as devices string them together, each with its data.
fn items() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let item = prop_oneof![
        2 => prop::sample::select(vec![0x84_u8, 0x85]).prop_map(|page| vec![0x05, page]),
        3 => prop::sample::select(vec![0_i8, -1, -5]).prop_map(|low| vec![0x15, low.cast_unsigned()]),
        3 => prop::sample::select(vec![vec![0x25, 1], vec![0x25, 100], vec![0x26, 0xFF, 0], vec![0x27, 0xFF, 0xFF, 0, 0]]),
        1 => (0x0_u8..16).prop_map(|exponent| vec![0x55, exponent]),
        1 => prop::sample::select(vec![vec![0x65, 0], vec![0x66, 1, 0x10], vec![0x67, 0x21, 0xD1, 0xF0, 0]]),
        3 => (1_u8..=32).prop_map(|bits| vec![0x75, bits]),
        3 => (1_u8..=6).prop_map(|count| vec![0x95, count]),
        2 => (1_u8..=3).prop_map(|report| vec![0x85, report]),
        1 => Just(vec![0xA4]),
        1 => Just(vec![0xB4]),
        6 => (0x30_u8..0x38).prop_map(|usage| vec![0x09, usage]),
        1 => (0x30_u8..0x38).prop_map(|usage| vec![0x0B, usage, 0, 0x85, 0]),
        2 => (0x40_u8..0x43, 0_u8..4).prop_map(|(first, more)| vec![0x19, first, 0x29, first + more]),
        5 => prop::sample::select(vec![vec![0xB1, 0x02], vec![0x81, 0x02], vec![0xB2, 0x02, 0]]),
        1 => (0x1A_u8..0x1F).prop_map(|usage| vec![0x09, usage, 0xA1, 0x00]),
        1 => Just(vec![0xC0]),
    ];
    prop::collection::vec(item, 1..60)
}

/// The items inside one collection, with as many pops as pushes before them and every collection closed. A main
/// item has usages or a range of them: what both mean together is read in two ways.
fn descriptor(items: Vec<Vec<u8>>) -> Vec<u8> {
    let mut out = vec![0x05, 0x84, 0x09, 0x04, 0xA1, 0x01, 0x15, 0, 0x25, 1, 0x75, 8, 0x95, 1, 0x85, 1];
    let (mut pushed, mut open, mut named_by) = (0, 0, 0);
    for item in items {
        let opens = item.len() == 4 && item[0] == 0x09;
        match item[0] {
            0x09 | 0x19 if named_by != 0 && (opens || item[0] == 0x19 || named_by == 0x19) => continue,
            0x0B if named_by == 0x19 => continue,
            0xC0 if open == 0 => continue,
            // There usages are saved with the global state, and get whatever page comes last.
            0x05 | 0xA4 | 0xB4 if named_by != 0 => continue,
            0x09 | 0x0B | 0x19 if !opens => named_by = item[0],
            main if main & 0x0C == 0 => named_by = 0,
            _ => {}
        }
        match item[0] {
            0xA4 => pushed += 1,
            0xB4 if pushed == 0 => continue,
            0xB4 => pushed -= 1,
            0x09 if item.len() > 2 => open += 1,
            0xC0 => open -= 1,
            _ => {}
        }
        out.extend(item);
    }
    out.extend(std::iter::repeat_n(0xC0, open + 1));
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn hidreport_finds_the_same_fields_in_descriptors_that_nobody_wrote(items in items()) {
        let bytes = descriptor(items);
        let ours_too = Descriptor::parse(&bytes);
        // What it refuses it does not judge.
        let Ok(reference) = ReportDescriptor::try_from(&bytes) else { return Ok(()) };
        let parsed = ours_too.unwrap();
        prop_assert_eq!(ours(&parsed, ReportKind::Feature), theirs(reference.feature_reports().iter(), &parsed));
        prop_assert_eq!(ours(&parsed, ReportKind::Input), theirs(reference.input_reports().iter(), &parsed));
    }
}

//! What the devices say of themselves, and that our reading of it agrees with another's.

use emulator::device;
use hidreport::{Field, Report, ReportDescriptor};
use protocol::usb::{
    DESCRIPTOR_CONFIGURATION, DESCRIPTOR_DEVICE, DESCRIPTOR_HID, DESCRIPTOR_REPORT, ReportKind, Request,
};

use crate::bench::Bench;

#[test]
fn the_descriptors_of_each_device() {
    let mut text = String::new();
    for name in device::names() {
        let mut bench = Bench::new(name);
        text.push_str(&format!("{name}\n"));
        for kind in [DESCRIPTOR_DEVICE, DESCRIPTOR_CONFIGURATION, DESCRIPTOR_HID] {
            let bytes = bench.transfer(Request::GetDescriptor { kind, index: 0, length: 255 }).unwrap().unwrap();
            let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            text.push_str(&format!("  {}\n", bytes.join(" ")));
        }
        let request = Request::GetDescriptor { kind: DESCRIPTOR_REPORT, index: 0, length: u16::MAX };
        text.push_str(&format!("  report descriptor of {} bytes\n", bench.transfer(request).unwrap().unwrap().len()));
    }
    insta::assert_snapshot!(text);
}

#[test]
fn our_layout_agrees_with_an_independent_parser() {
    for name in device::names() {
        let device = device::find(name).unwrap();
        let theirs = ReportDescriptor::try_from(&device.descriptor[..]).unwrap();
        let mut wanted = Vec::new();
        collect(ReportKind::Input, theirs.input_reports(), &mut wanted);
        collect(ReportKind::Output, theirs.output_reports(), &mut wanted);
        collect(ReportKind::Feature, theirs.feature_reports(), &mut wanted);
        let mut ours: Vec<_> = device
            .layout
            .fields
            .iter()
            .map(|field| {
                let usage = field.path.last().copied().unwrap();
                (field.kind, field.report, field.offset as usize, usize::from(field.size), usage)
            })
            .collect();
        // They take a field marked constant for padding, even with a usage; we keep it.
        let kept = wanted.len();
        ours.retain(|field| wanted.contains(field));
        wanted.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, wanted, "{name}");
        assert!(kept > 10, "{name}: {kept}");
    }
}

/// Kind, report, offset and size in bits, usage.
type Placed = (ReportKind, u8, usize, usize, u32);

fn collect(kind: ReportKind, reports: &[impl Report], wanted: &mut Vec<Placed>) {
    for report in reports {
        let id = report.report_id().map_or(0, u8::from);
        // They count the report id among the bits, we do not.
        let skip = if report.report_id().is_some() { 8 } else { 0 };
        for field in report.fields() {
            let bits = field.bits();
            let usage = match field {
                Field::Variable(field) => u32::from(field.usage),
                Field::Array(field) => u32::from(*field.usages().first().unwrap()),
                Field::Constant(_) => continue,
            };
            wanted.push((kind, id, bits.start - skip, bits.end - bits.start, usage));
        }
    }
}

#[test]
fn the_fields_of_a_descriptor_are_listed_with_what_a_device_shows_in_them() {
    let device = emulator::device::find("cyberpower-cp1500epfclcd").unwrap();
    insta::assert_snapshot!(emulator::fields::table(&device.layout, Some(&device)));
}

#[test]
fn the_fields_of_a_bare_descriptor_are_the_same_without_a_device() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/devices/descriptors/cyberpower-cp1500epfclcd.hex");
    let layout = emulator::device::read_descriptor(std::path::Path::new(path)).unwrap();
    let device = emulator::device::find("cyberpower-cp1500epfclcd").unwrap();
    assert_eq!(layout, device.layout);
    let bare = emulator::fields::json(&layout, None);
    let covered = emulator::fields::json(&layout, Some(&device));
    assert_eq!(bare[0]["path"], covered[0]["path"]);
    assert!(bare[0].get("shows").is_none() && covered[0].get("shows").is_some());
}

#[test]
fn a_descriptor_is_no_device_and_says_what_to_do() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/devices/descriptors/cyberpower-cp1500epfclcd.hex");
    let wrong = emulator::device::find(path).expect_err("no device").to_string();
    assert!(wrong.contains("--fields"), "{wrong}");
}

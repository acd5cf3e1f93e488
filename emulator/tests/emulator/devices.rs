//! Every device file that comes with the emulator, and what a mistake in one looks like.

use emulator::Device;
use emulator::device;
use protocol::diagnostic::Source;

fn text_of(name: &str) -> String {
    std::fs::read_to_string(format!("{}/devices/{name}.yaml", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[test]
fn every_device_is_sound() {
    for name in device::names() {
        if let Err(wrong) = device::find(name) {
            panic!("{name}:\n{wrong}");
        }
    }
    assert!(device::names().len() >= 5);
}

#[test]
fn a_device_is_also_found_by_its_path() {
    let path = format!("{}/devices/eaton-3s.yaml", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(device::find(&path).unwrap().name, "eaton-3s");
}

#[test]
fn every_value_has_a_source() {
    for name in device::names() {
        let text = text_of(name);
        let sources = device::find(name).unwrap().sources;
        let mut marked = false;
        let mut section = String::new();
        for line in text.lines().skip_while(|line| !line.starts_with("usb:")) {
            let (code, comment) = line.split_once('#').unwrap_or((line, ""));
            if !line.starts_with(' ') && !code.trim().is_empty() {
                (section, marked) = (code.trim().to_owned(), false);
            }
            let marks = comment.split('[').skip(1).filter_map(|mark| mark.split_once(']')).map(|(mark, _)| mark);
            for mark in marks {
                assert!(sources.contains_key(mark), "{name}: `{mark}` is not a source, in: {line}");
                marked = true;
            }
            let has_value = code.split_once(": ").is_some_and(|(_, value)| !value.trim().is_empty());
            assert!(marked || !has_value || section == "report-descriptor:", "{name}: no source for: {line}");
        }
    }
}

/// What is said about the 650's file with `from` replaced by `to`.
fn mistake(from: &str, to: &str) -> String {
    let text = text_of("apc-back-ups-650");
    assert!(text.contains(from), "the file has no {from:?} any more");
    let source = Source::new("my-ups.yaml", text.replacen(from, to, 1));
    let hex = include_str!("../../devices/descriptors/apc-back-ups-rs1000g.hex");
    let found = |file: &str| (file == "descriptors/apc-back-ups-rs1000g.hex").then(|| hex.to_owned());
    Device::read("my-ups", &source, found).expect_err("a mistake").to_string()
}

#[test]
fn a_mistake_is_shown_where_it_stands() {
    let mistakes = [
        ("  hysteresis: 5 V", "  hysterisis: 5 V"),
        ("  lasts: 1140 s", "  lasts: 1140 W"),
        ("  lasts: 1140 s", "  lasts: 114000 s"),
        ("RemainingCapacity: charge\n", "RemainingCapacity: chrage\n"),
        ("UPS.Input.Voltage: input-voltage", "UPS.Input.Voltge: input-voltage"),
        ("UPS.Input.ConfigVoltage: 220", "UPS.Input.Voltage: 220"),
        ("UPS.ManufacturerDate: 2019/12/10", "UPS.ManufacturerDate: 2019-12-10"),
        ("    - at: 470", "    - at: 471"),
        ("      now: 75 08\n", "      now: 75 0\n"),
        ("descriptors/apc-back-ups-rs1000g.hex", "descriptors/apc.hex"),
        ("  cut-on-line: cycle", "  cut-on-line: recycle"),
        ("mains:\n", "mains: [\n"),
    ];
    let said: Vec<String> = mistakes.iter().map(|(from, to)| mistake(from, to)).collect();
    insta::assert_snapshot!(said.join("\n\n"));
}

#[test]
fn an_unknown_device_is_answered_with_the_known_ones() {
    insta::assert_snapshot!(device::find("apc-back-ups-560").expect_err("none").to_string());
    insta::assert_snapshot!(device::find("./nowhere.yaml").expect_err("none").to_string());
}

#[test]
fn the_readme_names_every_quantity_and_no_other() {
    let readme = include_str!("../../devices/README.md");
    let (_, listed) = readme.split_once("## Quantities").unwrap();
    let mut listed: Vec<&str> = listed.split('`').skip(1).step_by(2).collect();
    let mut known: Vec<&str> = emulator::hid::quantity::QUANTITIES.iter().map(|quantity| quantity.name).collect();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}

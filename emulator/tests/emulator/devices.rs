//! Every device file that comes with the emulator, and what a mistake in one looks like.

use emulator::Device;
use emulator::device::{self, SectionKeys};
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
    assert!(device::names().len() >= 6);
}

#[test]
fn a_device_is_also_found_by_its_path() {
    let path = format!("{}/devices/eaton-3s.yaml", env!("CARGO_MANIFEST_DIR"));
    assert_eq!(device::find(&path).unwrap().name, "eaton-3s");
}

/// What is said about the 650's file with `from` replaced by `to`.
fn mistake(from: &str, to: &str) -> String {
    let text = text_of("apc-back-ups-650");
    assert!(text.contains(from), "the file has no {from:?} any more");
    let source = Source::new("my-ups.yaml", text.replacen(from, to, 1));
    let hex = include_str!("../../devices/descriptors/apc-back-ups-rs1000g.hex");
    let found = |file: &str| (file == "descriptors/apc-back-ups-rs1000g.hex").then(|| hex.to_owned());
    match Device::read("my-ups", &source, found) {
        Err(wrong) => wrong.to_string(),
        Ok(_) => panic!("nothing is wrong with {to:?}"),
    }
}

#[test]
fn a_mistake_is_shown_where_it_stands() {
    let mistakes = [
        ("  hysteresis: 5 V", "  hysterisis: 5 V"),
        ("  lasts: 1140 s", "  lasts: 1140 W"),
        ("  lasts: 1140 s", "  lasts: 114000 s"),
        ("  lasts: 1140 s", "  lasts: 1140 s\n  lasts: 1200 s"),
        ("  usual: 226 V", "  usual: 226"),
        ("  usual: 226 V", "  usual: 270 V"),
        ("  usual: 226 V", "  usual: 263 V"),
        ("  low: 165 V", "  low: 300 V"),
        ("  low: 165 V", "  low: 150 V"),
        ("  high: 266 V", "  high: *limit"),
        ("  frequency: 50 Hz", "  frequency: 70 Hz"),
        ("  efficiency: 85 %", "  efficiency: 850 %"),
        ("  peukert: 1.2", "  peukert: 12"),
        ("  runtime: 120 s", "  runtime: 70000 s"),
        ("  rated-va: 650", "  rated-va: 65"),
        ("  endpoint: 0x81", "  endpoint: 0x01"),
        ("  serial: 3", "  serial: 5"),
        ("pushes: [0x16,", "pushes: [0x17,"),
        ("  packet: 8", "  packet: 8\n  sends: { 0x16: 9, 0x99: 1 }"),
        ("  minimum-off: 8 s\n", ""),
        ("  forced: { after: 20 s }       # [forced]; ", "  # "),
        ("  self-powered: true", "  self-powered: yes"),
        ("  country: 33", "  country: 33 %"),
        ("  strings:\n", "  strings: none\n  string:\n"),
        ("product: 0x0002", "product: 0x10002"),
        ("UPS.PowerSummary.iProduct: 2", "UPS.PowerSummary.iProduct: 8"),
        ("UPS.PowerSummary.Rechargeable: 1", "UPS.PowerSummary.Rechargeable: 256"),
        ("UPS.Input.APCSensitivity: 0", "UPS.Input.APCSensitivity: 256"),
        ("RemainingCapacity: charge\n", "RemainingCapacity: input\n"),
        ("UPS.Battery.Voltage: battery-voltage", "UPS.Battery.Voltage: voltage"),
        ("  hysteresis: 5 V", "  lasts: 5 V"),
        ("inverter:\n", "inverter\n"),
        ("  low: 165 V", "  low 165 V"),
        ("  rated: 390 W                  # [datasheet]", "  rated: 390 W                  # [data-sheet]"),
        ("  charge: 10 %                  # [listing]", "  charge: 10 %"),
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
fn every_mistake_is_shown_at_once() {
    let mut text = text_of("cyberpower-cst135uc2");
    for (from, to) in [
        ("usual: 122 V", "usual: 122"),
        ("efficiency:", "efficency:"),
        ("lasts: 6000 s", "lasts: 6000 W"),
        ("pushes: [0x0b", "pushes: [0x99"),
        ("RunTimeToEmpty: runtime", "RunTimeToEmpty: run"),
        ("iProduct: 1 ", "iProduct: 9 "),
        ("Rechargeable: 1", "Rechargeable: 4000"),
        ("# [name]", "# [nmae]"),
        ("transfer: 4 ms", "transfer: 4 ms\n  transfer: 5 ms"),
    ] {
        assert!(text.contains(from), "the file has no {from:?} any more");
        text = text.replacen(from, to, 1);
    }
    let hex = include_str!("../../devices/descriptors/cyberpower-cst135uc2.hex");
    let source = Source::new("my-ups.yaml", text);
    let said = Device::read("my-ups", &source, |_| Some(hex.to_owned())).expect_err("mistakes").to_string();
    insta::assert_snapshot!(said);
}

#[test]
fn no_mistake_is_answered_in_the_words_of_a_library() {
    for text in [
        "",
        "mains",
        "[]",
        "a: b: c",
        "\t",
        "usb: {vendor: 1, vendor: 1}",
        "? [1]\n: 2",
        "%YAML 9",
        "a: !!int x",
        "- -",
    ] {
        let said = Device::read("x", &Source::new("x.yaml", text), |_| None).expect_err("a mistake").to_string();
        assert!(!said.contains("Options") && !said.contains("DuplicateKeyPolicy"), "{said}");
    }
}

#[test]
fn an_unknown_device_is_answered_with_the_known_ones() {
    insta::assert_snapshot!(device::find("apc-back-ups-560").expect_err("none").to_string());
    insta::assert_snapshot!(device::find("./nowhere.yaml").expect_err("none").to_string());
}

/// The words in backticks in the first cells of the README's tables, from one heading to the next.
fn first_cells(readme: &str, heading: &str) -> Vec<String> {
    let level = heading.split(' ').next().unwrap_or_default();
    let (_, below) = readme.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no {heading}"));
    let lines = below
        .lines()
        .take_while(|line| !line.starts_with('#') || line.len() - line.trim_start_matches('#').len() > level.len());
    let rows = lines.filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    rows.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn the_readme_names_every_quantity_and_no_other() {
    let readme = include_str!("../../devices/README.md");
    let mut listed = first_cells(readme, "## Quantities");
    let mut known: Vec<&str> = emulator::hid::quantity::QUANTITIES.iter().map(|quantity| quantity.name).collect();
    listed.sort_unstable();
    known.sort_unstable();
    assert_eq!(listed, known);
}

#[test]
fn the_readme_names_every_key_and_every_word_and_no_other_key() {
    let readme = include_str!("../../devices/README.md");
    for SectionKeys { path, keys, words } in device::sections() {
        let names: Vec<&str> = keys.iter().map(|(name, _)| *name).collect();
        match path.as_str() {
            "" => {
                let (sections, _) = readme.split_once("## Marks").unwrap();
                names.iter().for_each(|name| assert!(sections.contains(&format!("`{name}`")), "{name}"));
            }
            // What stands inside of a key is in its row.
            nested if nested.contains(' ') => {
                let key = nested.split(' ').next_back().unwrap();
                let row = readme.lines().find(|line| line.starts_with(&format!("| *`{key}`*"))).expect(key);
                names.iter().for_each(|name| assert!(row.contains(&format!("`{name}`")), "{nested} {name}"));
            }
            section => {
                let heading = format!("### `{section}`");
                assert_eq!(sorted(first_cells(readme, &heading)), sorted(names), "{section}");
                let (_, below) = readme.split_once(&heading).unwrap();
                let table = below.split("###").next().unwrap();
                for (name, is_required) in keys {
                    assert_eq!(table.contains(&format!("*`{name}`*")), !is_required, "{section} {name}");
                }
            }
        }
        words.iter().for_each(|word| assert!(readme.contains(&format!("`{word}`")), "{path} {word}"));
    }
}

fn sorted(mut words: Vec<impl Into<String> + Ord>) -> Vec<String> {
    words.sort();
    words.into_iter().map(Into::into).collect()
}

proptest::proptest! {
    /// Whatever a hand slips on: it is told, or it is a device that runs.
    #[test]
    fn no_slip_of_a_hand_is_too_much(
        device in proptest::sample::select(device::names()),
        slips in proptest::collection::vec(
            (0_usize..12_000, proptest::sample::select(vec!["", " ", ":", "9", "99999", "-", "0", "\n", "  ", "#", "[", "{", "*x", "\"", "%", "ü"])),
            1..4,
        ),
    ) {
        let mut text = text_of(device);
        for (at, slip) in slips {
            let mut at = at % text.len();
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
            text.replace_range(at..end, slip);
        }
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/devices");
        let find = |file: &str| std::fs::read_to_string(format!("{folder}/{file}")).ok();
        match Device::read("slip", &Source::new("slip.yaml", text), find) {
            Ok(device) => drop(emulator::Ups::new(device, emulator::Setup::default(), protocol::Instant::START)),
            Err(said) => proptest::prop_assert!(said.has_errors() && !said.to_string().is_empty()),
        }
    }
}

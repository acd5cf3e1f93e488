//! Every mistake in a scenario file is found at once, each with its place, a caret and a hint.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use scenarios::language::{Surroundings, load};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const GOOD: &str = "\
title: A small rack
ups:
  rack: { device: apc-back-ups-650, load: 38 % }
hosts:
  nas: { fed_by: rack, config: nas, draws: 35 W, stops_in: 90 s }
  box: { count: 2, fed_by: rack, config: nas, draws: 12 W, stops_in: 25 s }
timeline:
  - at: 30 s
    id: outage
    mains: off
  - when: { host: nas, is: halted }
    after: 2 m
    mains: on
expect:
  - see: { host: nas, notified: ONBATT }
    within: 7 s
    of: outage
";

/// What loading these files says, the first being the scenario.
fn said(files: &[(&str, &str)]) -> String {
    let directory = TempDir::new().unwrap();
    fs::create_dir(directory.path().join("nas")).unwrap();
    fs::write(directory.path().join("nas/upsmon.conf"), "").unwrap();
    fs::create_dir(directory.path().join("empty")).unwrap();
    fs::create_dir(directory.path().join("driving")).unwrap();
    fs::write(directory.path().join("driving/ups.conf"), "[office]\ndriver = usbhid-ups\nport = auto\n").unwrap();
    fs::create_dir_all(directory.path().join("emulator/devices")).unwrap();
    for (name, text) in files {
        fs::write(directory.path().join(name), text).unwrap();
    }
    let surroundings = Surroundings { devices: vec!["apc-back-ups-650".into(), "eaton-3s".into()] };
    match load(&directory.path().join(files[0].0), &surroundings) {
        Ok(scenarios) => format!(
            "loaded: {}",
            scenarios.iter().map(|scenario| scenario.name.as_str()).collect::<Vec<_>>().join("; ")
        ),
        Err(diagnostics) => diagnostics.to_string().replace(&format!("{}/", directory.path().display()), ""),
    }
}

/// The good file with one piece replaced.
fn with(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "`{old}` is not in the good file");
    said(&[("rack.yaml", &GOOD.replacen(old, new, 1))])
}

macro_rules! mistakes {
    ($($name:ident: $said:expr;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), $said);
        }
    )*};
}

mistakes! {
    a_good_file_loads: said(&[("rack.yaml", GOOD)]);
    an_unknown_key: with("draws: 35 W", "drawz: 35 W");
    a_wrong_unit: with("35 W", "35 V");
    a_quantity_without_a_unit: with("90 s", "90");
    a_share_above_the_whole: with("38 %", "38 %, battery: { charge: 138 % }");
    a_missing_device: with("apc-back-ups-650", "apc-back-ups-651");
    a_device_that_is_newer_than_the_program: {
        let scenario = GOOD.replacen("apc-back-ups-650", "new-ups", 1);
        said(&[("rack.yaml", scenario.as_str()), ("emulator/devices/new-ups.yaml", "model: New")])
    };
    a_device_whose_file_lies_beside: {
        let scenario = GOOD.replacen("apc-back-ups-650", "new-ups", 1);
        said(&[("rack.yaml", scenario.as_str()), ("new-ups.yaml", "model: New")])
    };
    a_dangling_supply: with("fed_by: rack", "fed_by: rak");
    a_dangling_host: with("host: nas, notified", "host: nass, notified");
    a_group_where_one_host_is_meant: with("host: nas, notified", "host: box, notified");
    a_dangling_step: with("of: outage", "of: outtage");
    a_notice_that_does_not_exist: with("ONBATT", "ONBAT");
    a_state_that_does_not_exist: with("is: halted", "is: halt");
    a_step_with_two_triggers: with("at: 30 s", "at: 30 s\n    every: 3 s");
    a_step_without_an_action: with("    mains: off\n", "");
    a_step_without_a_trigger: with("at: 30 s", "delay: 30 s");
    an_observation_of_two_things: with("host: nas, notified: ONBATT", "host: nas, hosts: all, notified: ONBATT");
    two_steps_of_one_name: with("  - when:", "  - id: outage\n    when:");
    two_hosts_of_one_name: with("  box:", "  nas:");
    a_host_of_a_groups_name: with("  nas: {", "  box-1: {");
    a_word_of_the_language_as_a_name: with("  nas:", "  all:");
    a_missing_configuration: with("config: nas", "config: nass");
    a_directory_that_is_no_configuration: with("config: nas", "config: empty");
    a_ups_that_nothing_drives: with("config: nas", "config: driving");
    a_word_where_a_mapping_belongs: with("{ host: nas, is: halted }", "halted");
    a_number_that_is_none: with("count: 2", "count: two");
    a_missing_title: with("title: A small rack\n", "");
    mains_that_cannot_be: with("mains: off", "mains: of");
    a_cycle_in_aliases: with("title: A small rack", "about: &a\n  - *a\ntitle: A small rack");
    an_alias_without_an_anchor: with("title: A small rack", "title: *nothing");
    text_that_is_not_yaml: with("  - at: 30 s", "  - at: 30 s\n }");
    a_tab_that_indents: with("    id: outage", "\tid: outage");
    a_quote_that_is_never_closed: with("title: A small rack", "title: \"A small rack");
    a_line_that_is_indented_too_far: with("  nas: {", "   nas: {");
    a_file_with_line_ends_of_windows: said(&[("rack.yaml", &GOOD.replace("35 W", "35").replace('\n', "\r\n"))]);
    hosts_where_one_is_meant: with("host: nas, notified", "host: all, notified");
    a_step_counted_from_the_start_and_from_another: with("after: 2 m", "after: 2 m\n    of: outage");
    a_step_counted_from_what_does_not_count: with("at: 30 s", "at: 30 s\n    of: start");
    a_step_after_the_start: with("  - when: { host: nas, is: halted }\n    after: 2 m", "  - after: 2 m\n    of: start");
    a_step_that_never_happens: with("at: 30 s", "every: 30 s\n    times: 0");
    a_step_after_the_end: said(&[(
        "rack.yaml",
        &GOOD.replacen("timeline:", "lasts: 2 m\ntimeline:", 1).replacen("when: { host: nas, is: halted }", "of: outage", 1),
    )]);
    a_load_of_minus_three: with("load: 38 %", "load: -3 W");
    a_variable_of_a_host: with("{ host: nas, is: halted }", "{ host: nas, var: ups.status, has: OB }");
    an_outlet_and_a_variable: with("{ host: nas, is: halted }", "{ ups: rack, outlet: off, var: ups.status }");
    an_end_of_no_wire: with("{ host: nas, is: halted }", "{ ups: rack, outlet: off, at: nas }");
    two_words_of_a_value: with("{ host: nas, is: halted }", "{ ups: rack, var: ups.status, has: OB LB }");
    an_error_that_upsd_does_not_know: with("{ host: nas, is: halted }", "{ ups: rack, var: ups.status, refused: DATA-STALL }");
    a_command_of_nothing: with("{ host: nas, is: halted }", "{ host: nas, ran: '' }");
    an_event_for_ever: with("see: {", "always: {");
    a_window_from_its_end: with("  - see: {", "  - never: { hosts: any, is: crashed }\n    during: { from: outage, to: start }\n  - see: {");
    a_count_that_cannot_be: with("  - see: {", "  - count: { hosts: all, is: up }\n    at_least: 3\n    at_most: 2\n  - see: {");
    a_network_of_one: with("mains: on", "network: { between: [nas, nas], drop: 100 % }");
    a_network_to_nobody: with("mains: on", "network: { between: [nas, rack], drop: 100 % }");
    an_end_of_what_has_none: with("mains: on", "host: { name: nas, power_button: pressed, for: 3 s }");
    several_at_once: said(&[("rack.yaml", &GOOD.replace("35 W", "35").replace("id: outage", "ids: outage").replace("ONBATT", "ONBAT"))]);
    several_of_meaning_at_once: said(&[("rack.yaml", &GOOD.replace("fed_by: rack", "fed_by: rak").replace("650", "65").replace("ONBATT", "ONBAT"))]);
    nothing_at_all: said(&[("rack.yaml", "# to do\n")]);
    an_include_that_includes_itself: said(&[("rack.yaml", "title: t\ninclude: shared.yaml\n"), ("shared.yaml", "include: rack.yaml\n")]);
    an_include_that_is_not_there: said(&[("rack.yaml", "title: t\ninclude: shared.yaml\n")]);
    a_mistake_in_an_included_file: said(&[
        ("rack.yaml", "title: t\ninclude: shared.yaml\ntimeline: [{ at: 1 s, mains: off }]\n"),
        ("shared.yaml", "ups: { rack: { device: apc-back-ups-650 } }\nhosts: { nas: { fed_by: rack, config: nas, draws: 3 kg, stops_in: 1 s } }\n"),
    ]);
    a_matrix_that_leads_nowhere: with("timeline:", "matrix: { hosts.nass.draws: [1 W, 2 W] }\ntimeline:");
    a_matrix_multiplies: with("timeline:", "matrix: { hosts.nas.draws: [1 W, 2 W], timeline.outage.at: [5 s, 10 s] }\ntimeline:");
}

#[test]
fn a_file_that_is_not_there_is_said_to_be() {
    let said = load(Path::new("no-such-file.yaml"), &Surroundings::default()).unwrap_err().to_string();
    assert!(said.starts_with("error: cannot read no-such-file.yaml: "), "{said}");
}

#[test]
fn a_hundred_megabytes_of_nesting_are_refused_at_once() {
    let directory = TempDir::new().unwrap();
    let file = directory.path().join("nested.yaml");
    for open in ["[", "{a: ", "- "] {
        fs::write(&file, open.repeat(100 * 1024 * 1024 / open.len())).unwrap();
        #[expect(clippy::disallowed_methods, reason = "how long the refusal takes is what is tested")]
        let began = Instant::now();
        let said = load(&file, &Surroundings::default()).unwrap_err().to_string();
        assert!(said.contains("nest deeper than") && said.contains("nested.yaml:1:"), "{said}");
        assert!(began.elapsed() < Duration::from_secs(60), "took {:?}", began.elapsed());
    }
}

mod anything_at_all {
    use super::{GOOD, said};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn is_loaded_or_refused_and_never_panics(
            cuts in proptest::collection::vec((0..GOOD.len(), 0..40_usize, "[ -~\n]{0,12}"), 1..4),
        ) {
            let mut text = GOOD.to_owned();
            for (place, length, put) in cuts {
                let start = place.min(text.len());
                let end = (start + length).min(text.len());
                text.replace_range(start..end, &put);
            }
            let said = said(&[("rack.yaml", &text)]);
            prop_assert!(said.starts_with("loaded: ") || said.contains("error: "), "{}", said);
        }

        #[test]
        fn of_bytes_is_refused(text in "\\PC{0,200}") {
            let said = said(&[("rack.yaml", &text)]);
            prop_assert!(said.starts_with("error: "), "{}", said);
        }
    }
}

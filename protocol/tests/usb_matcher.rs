//! Which device a configuration means.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

use std::io::Write;
use std::process::{Command, Stdio};

use protocol::usb::{Identity, Matcher, Pattern};

fn back_ups() -> Identity {
    Identity {
        vendor_id: 0x051d,
        product_id: 0x0002,
        vendor: "American Power Conversion".to_owned(),
        product: "Back-UPS 650".to_owned(),
        serial: "3B1950X62634  ".to_owned(),
        bus: "emu".to_owned(),
        ..Identity::default()
    }
}

#[test]
fn a_device_of_the_drivers_own_table_is_found_without_any_setting() {
    let known = |product| Matcher { known: vec![(0x0463, None), (0x051d, product)], ..Matcher::default() };
    assert!(known(None).matches(&back_ups()) && known(Some(2)).matches(&back_ups()));
    assert!(!known(Some(3)).matches(&back_ups()));
    assert!(!Matcher::default().matches(&back_ups()));
}

#[test]
fn ids_of_the_configuration_stand_in_for_the_table() {
    let named = Matcher { vendor_id: Some(0x051d), ..Matcher::default() };
    assert!(named.matches(&back_ups()));
    assert!(!Matcher { product_id: Some(3), ..named }.matches(&back_ups()));
}

fn has_product(pattern: Pattern, product: &str) -> bool {
    let matcher = Matcher { known: vec![(0x051d, None)], product: Some(pattern), ..Matcher::default() };
    matcher.matches(&Identity { product: product.to_owned(), ..back_ups() })
}

/// The peer is `grep -E`: it has the same expressions of the C library that NUT's drivers have.
#[test]
fn texts_match_the_expressions_that_nut_s_do() {
    let products =
        ["Back-UPS 650", "Smart-UPS 3000 RM", "Back-UPS RS 1000G FW:868.L5 -P.D", "UPS [2U] (x)", "", "3B19"];
    for expression in [
        "Back-UPS.*",
        "ups",
        "^back-ups 650$",
        "Smart*3000*",
        "Smart.*3000",
        "(Back|Smart)-UPS",
        "[[:digit:]]{4}",
        "[^[:space:]]+ RM$",
        "FW:[0-9]+\\.L5",
        "\\[2U\\]",
        "^$",
        "^3b1",
        "650|3000",
        "Back-UPS RS 1000G FW:868.L5 -P.D",
        "UPS( RS)? 1000G",
        ".*",
        "*",
        "*650",
    ] {
        let ours = Pattern::expression(expression).unwrap();
        for product in products {
            let theirs = grep(expression, product);
            assert_eq!(has_product(ours.clone(), product), theirs, "`{expression}` against `{product}`");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the peer is a program")]
fn grep(expression: &str, text: &str) -> bool {
    let mut grep = Command::new("grep").args(["-Eiq", "-e", expression]).stdin(Stdio::piped()).spawn().unwrap();
    writeln!(grep.stdin.take().unwrap(), "{text}").unwrap();
    grep.wait().unwrap().success()
}

#[test]
fn a_text_as_the_device_has_it_matches_whatever_it_holds() {
    assert!(has_product(Pattern::expression(" UPS [2U] (x)").unwrap(), "UPS [2U] (x)  "));
    assert!(!has_product(Pattern::exactly("Back-UPS"), "Back-UPS 650"));
    assert!(has_product(Pattern::exactly("BACK-UPS 650"), "Back-UPS 650"));
}

#[test]
fn what_is_no_expression_or_a_huge_one_is_refused() {
    for text in ["(", "[a", "a{9999999}", "((((a{100}){100}){100}){100})"] {
        assert!(Pattern::expression(text).is_err(), "{text}");
    }
}

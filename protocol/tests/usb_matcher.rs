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

/// What nut_usb_addvars(7) says: the expression has to match the whole text, blanks at its ends apart.
#[test]
fn a_serial_number_that_is_a_part_of_its_neighbours_means_none_of_them() {
    let has_serial = |expression: &str, serial: &str| {
        let serial_is = Some(Pattern::expression(expression).unwrap());
        let matcher = Matcher { known: vec![(0x051d, None)], serial: serial_is, ..Matcher::default() };
        matcher.matches(&Identity { serial: serial.to_owned(), ..back_ups() })
    };
    for expression in ["100123", "10012[0-9]", "100123|200", "(?:100123)", "^100123$", "100123.{0}"] {
        assert!(has_serial(expression, "100123") && has_serial(expression, "100123  "), "{expression}");
        for neighbour in ["G1001234", "G100123", "1001234", "", "100123\n1"] {
            assert!(!has_serial(expression, neighbour), "`{expression}` against {neighbour:?}");
        }
    }
    assert!(has_serial("100|100123", "100123") && has_serial(".*123", "100123"));
}

/// The peer is the C library, whose regcomp(3) and regexec(3) NUT's drivers call; of what they find, all
/// of the text counts.
#[test]
fn texts_match_the_expressions_that_nut_s_do() {
    let products =
        ["Back-UPS 650", "Smart-UPS 3000 RM", "Back-UPS RS 1000G FW:868.L5 -P.D", "UPS [2U] (x)", "", "3B19", "650"];
    let expressions = [
        "Back-UPS.*",
        "Back-UPS",
        "ups",
        "^back-ups 650$",
        "Smart*3000*",
        "Smart.*3000",
        "Smart.*3000 RM",
        "(Back|Smart)-UPS.*",
        "[[:digit:]]{3}",
        ".*[^[:space:]]+ RM$",
        ".*FW:[0-9]+\\.L5.*",
        "UPS \\[2U\\].*",
        "^$",
        "^3b1",
        "6|65|650|3000",
        "(6|65)0?",
        "Back-UPS RS 1000G FW:868.L5 -P.D",
        "UPS( RS)? 1000G",
        ".*",
    ];
    let Some(theirs) = c_library(&expressions, &products) else {
        println!("skipped: no python3 to call the C library");
        return;
    };
    let mut theirs = theirs.chars();
    for expression in expressions {
        let ours = Pattern::expression(expression).unwrap();
        for product in products {
            let theirs = theirs.next() == Some('1') || product.eq_ignore_ascii_case(expression);
            assert_eq!(has_product(ours.clone(), product), theirs, "`{expression}` against `{product}`");
        }
    }
    assert_eq!(theirs.next(), None);
}

/// A digit for each expression and text: 1 where the C library's match is the whole text.
#[expect(clippy::disallowed_methods, reason = "the peer is a program")]
fn c_library(expressions: &[&str], texts: &[&str]) -> Option<String> {
    const CALLS: &str = "
import ctypes, sys
c, lines = ctypes.CDLL(None), sys.stdin.read().split('\\n')
expressions, texts = [part.split('\\t') for part in lines[:2]]
for expression in expressions:
    compiled, match = ctypes.create_string_buffer(512), (ctypes.c_int * 2)()
    assert c.regcomp(compiled, expression.encode(), 1 | 2) == 0  # REG_EXTENDED | REG_ICASE
    for text in texts:
        found = c.regexec(compiled, text.encode(), 1, match, 0) == 0
        print(int(found and tuple(match) == (0, len(text))), end='')
";
    let mut python = Command::new("python3");
    let mut python = python.args(["-c", CALLS]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().ok()?;
    write!(python.stdin.take().unwrap(), "{}\n{}\n", expressions.join("\t"), texts.join("\t")).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_text_as_the_device_has_it_matches_whatever_it_holds() {
    assert!(has_product(Pattern::expression(" UPS [2U] (x)").unwrap(), "UPS [2U] (x)  "));
    assert!(!has_product(Pattern::exactly("Back-UPS"), "Back-UPS 650"));
    assert!(has_product(Pattern::exactly("BACK-UPS 650"), "Back-UPS 650"));
}

#[test]
fn what_is_no_expression_or_a_huge_one_is_refused() {
    for text in ["(", "[a", "*", "*650", "a)(b", "a{9999999}", "((((a{100}){100}){100}){100})"] {
        assert!(Pattern::expression(text).is_err(), "{text}");
    }
}

//! Messages as their reader sees them.

use protocol::conf::ups_conf::UpsConf;
use protocol::conf::{MAX_FILE, flat, nut_conf, sectioned};
use protocol::diagnostic::{Diagnostic, Diagnostics, MAX_DIAGNOSTICS, Severity, Source, did_you_mean};

fn ups_conf(text: impl AsRef<[u8]>) -> Diagnostics {
    match UpsConf::read(&Source::new("ups.conf", text)) {
        Ok((_, warnings)) => warnings,
        Err(errors) => errors,
    }
}

#[test]
fn a_typo_in_a_key_that_must_be_there_is_pointed_at() {
    insta::assert_snapshot!(ups_conf("[rack]\n\tdriver = usbhid-ups\n\tprot = auto\n"));
}

#[test]
fn every_mistake_of_a_file_is_shown_at_once() {
    insta::assert_snapshot!(ups_conf(
        "polinterval = 2\nnowait = 1 2\n[rack\ndriver usbhid-ups\n[big rack]\n[]\n[ok]\ndriver = a\nport =\n= b\n\
         [default]\ndriver = a\nport = b\n[OK]\n[a] b\n"
    ));
}

#[test]
fn what_nut_passes_over_in_silence_is_said() {
    let long = "x".repeat(9000);
    let words = "w ".repeat(5000);
    insta::assert_snapshot!(ups_conf(format!(
        "[rack]\n\tdriver = dummy-ups\n\tport = r.dev\n\tdesc = \"B\u{fc}ro im Keller\"\n\tdefault.ups.id = {long}\n\tdefault.ups.model = {words}\n\
         \tchroot = \"a\n\tb\"\n"
    )));
}

#[test]
fn a_quote_that_is_never_closed_is_shown_where_it_opens() {
    insta::assert_snapshot!(ups_conf("[rack]\ndriver = dummy-ups\nport = \"r.dev\n[next]\n"));
}

#[test]
fn columns_count_characters_and_carets_stand_under_them() {
    let text = "# \u{fc}\n\u{e4}\u{f6}\u{fc} =\t\"\u{65e5}\u{672c}\" x\n";
    let source = Source::new("upsd.users", text);
    let start = text.find('x').unwrap();
    let diagnostic = Diagnostic::error(&source, start..start + 1, "one word too many").label("this one");
    let location = diagnostic.location().unwrap();
    assert_eq!((location.line, location.column), (2, 12));
    assert_eq!(diagnostic.one_line(), "upsd.users:2:12: error: one word too many");
    insta::assert_snapshot!(diagnostic);
}

#[test]
fn a_line_without_end_is_cut_around_the_place() {
    let mut text = vec![b'a'; 3_000_000];
    text.extend(b" here ");
    text.extend(vec![b'z'; 3_000_000]);
    let source = Source::new("upsmon.conf", &text);
    insta::assert_snapshot!(Diagnostic::error(&source, 3_000_001..3_000_005, "unknown directive").label("here"));
}

#[test]
fn bytes_that_are_no_text_and_commands_to_the_terminal_are_made_harmless() {
    let source = Source::new("ups\x1b[31m.conf", b"\xff\xfe [ra\x1b[2Jck] \xe2\x80\xae\xe2\x80\n");
    insta::assert_snapshot!(Diagnostic::error(&source, 3..13, "no \x1b[0m section").label("\x07").hint("look\x1b"));
}

#[test]
fn a_place_of_several_lines_is_shown_by_its_first() {
    let source = Source::new("x.conf", "one\ntwo three\nfour\n");
    insta::assert_snapshot!(Diagnostic::warning(&source, 8..18, "too much").label("from here"));
}

#[test]
fn a_place_at_the_end_of_a_file_can_be_shown() {
    insta::assert_snapshot!(Diagnostic::error(&Source::new("x.conf", "MONITOR"), 7..7, "UPS missing").label("here"));
}

#[test]
fn a_message_without_a_place_has_no_caret() {
    let diagnostic = Diagnostic::unplaced(Severity::Error, "cannot read /etc/nut/ups.conf: permission denied")
        .hint("start as root, or as a member of group nut");
    insta::assert_snapshot!(diagnostic);
}

#[test]
fn modes_of_nut_conf_are_checked_as_a_shell_would_read_them() {
    let source = Source::new("nut.conf", "MODE = netclent\nexport UPSD_OPTIONS=-D -F\nMODE\n");
    insta::assert_snapshot!(nut_conf::read(&source).1);
}

#[test]
fn a_file_of_100_megabytes_is_refused_without_reading_it() {
    let source = Source::new("upsd.users", vec![b'['; 100 << 20]);
    let (file, diagnostics) = sectioned::read(&source);
    assert!(file.sections.is_empty() && diagnostics.has_errors());
    assert_eq!(flat::read(&Source::new("x", vec![b'\n'; MAX_FILE])).1, Diagnostics::new());
    insta::assert_snapshot!(diagnostics);
}

#[test]
fn a_thousand_mistakes_are_not_all_shown() {
    let diagnostics = ups_conf("[]\n".repeat(1000));
    assert_eq!(diagnostics.iter().count(), MAX_DIAGNOSTICS);
    assert!(diagnostics.to_string().ends_with("… and 900 more"), "{diagnostics}");
}

#[test]
fn warnings_alone_do_not_refuse_a_file() {
    let mut diagnostics = Diagnostics::from(Diagnostic::unplaced(Severity::Warning, "odd"));
    assert!(diagnostics.clone().into_result(()).is_ok());
    diagnostics.push(Diagnostic::unplaced(Severity::Error, "wrong"));
    assert_eq!(diagnostics.clone().into_result(()), Err(diagnostics));
}

#[test]
fn only_what_looks_like_it_is_suggested() {
    let keys = ["MAXAGE", "MAXCONN", "LISTEN", "STATEPATH"];
    assert_eq!(did_you_mean("maxaeg", keys), Some("MAXAGE"));
    assert_eq!(did_you_mean("LISEN", keys), Some("LISTEN"));
    assert_eq!(did_you_mean("CERTFILE", keys), None);
    assert_eq!(did_you_mean("x", ["y", "OL"]), None);
    assert_eq!(did_you_mean(&"MAXAGE".repeat(100_000), keys), None);
}

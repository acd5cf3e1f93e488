//! Configuration files as people publish them.

use protocol::conf::nut_conf::{self, Mode};
use protocol::conf::sectioned::{self, Entry};
use protocol::conf::ups_conf::UpsConf;
use protocol::conf::{Item, flat};
use protocol::diagnostic::{Diagnostics, Source};

#[test]
fn upsmon_conf_is_directives_with_arguments() {
    let text = "# both lines as published\nMONITOR rack@10.0.0.4 1 admin 123456 slave\n\n\
                SHUTDOWNCMD \"/sbin/shutdown -h +5\"\nNOTIFYFLAG ONBATT SYSLOG+WALL # words";
    let source = Source::new("upsmon.conf", text);
    let (directives, diagnostics) = flat::read(&source);
    assert_eq!(diagnostics, Diagnostics::new());
    let shown: Vec<_> = directives.iter().map(|one| (one.name.text.as_str(), one.arguments.len())).collect();
    assert_eq!(shown, [("MONITOR", 5), ("SHUTDOWNCMD", 1), ("NOTIFYFLAG", 2)]);
    assert_eq!(directives[1].argument(0), Some("/sbin/shutdown -h +5"));
    assert!(directives[1].arguments[0].quoted);
    assert_eq!(&text[directives[1].span()], "SHUTDOWNCMD \"/sbin/shutdown -h +5\"");
}

#[test]
fn upsd_users_has_several_values_and_entries_without_equals() {
    let text = "[admin]\n    password = 123456\n    allowfrom = localhost\n\tactions = SET FSD\n\
                \tinstcmds=ALL\n    upsmon master           # or upsmon slave\n";
    let source = Source::new("upsd.users", text);
    let (file, diagnostics) = sectioned::read(&source);
    assert_eq!(diagnostics, Diagnostics::new());
    let [admin] = file.sections.as_slice() else { panic!("one section") };
    assert_eq!((admin.name.text.as_str(), &text[admin.name.span.clone()]), ("admin", "[admin]"));
    let shown: Vec<_> = admin.entries.iter().map(show).collect();
    assert_eq!(
        shown,
        ["password = 123456", "allowfrom = localhost", "actions = SET FSD", "instcmds = ALL", "upsmon master"]
    );
}

fn show(entry: &Entry) -> String {
    let values: Vec<_> = entry.values.iter().map(|value| value.text.as_str()).collect();
    format!("{}{} {}", entry.key.text, if entry.has_equals { " =" } else { "" }, values.join(" "))
}

#[test]
fn ups_conf_has_globals_sections_and_flags() {
    let text = "pollinterval=1\nmaxretry = 3\n\n[qnapups]\n driver = \"usbhid-ups\"\n port=auto\n nolock\n\
                \n override.battery.charge.low = 30\n[second]\ndriver=dummy-ups\nport=b.dev\ndesc = \"It is \\\"this\\\" one\"\n";
    let source = Source::new("ups.conf", text);
    let (conf, warnings) = UpsConf::read(&source).unwrap();
    assert_eq!(warnings, Diagnostics::new());
    assert_eq!(conf.globals.get("pollinterval"), Some("1"));
    let first = conf.section("QNAPUPS").unwrap();
    assert_eq!((first.settings.get("driver"), first.settings.get("port")), (Some("usbhid-ups"), Some("auto")));
    assert!(first.settings.has("nolock") && first.settings.get("nolock").is_none());
    assert_eq!(first.settings.get("override.battery.charge.low"), Some("30"));
    assert_eq!(conf.sections[1].settings.get("desc"), Some("It is \"this\" one"));
    assert!(conf.section("third").is_none());
    let port = first.settings.find("port").unwrap().value.clone().unwrap();
    assert_eq!(&text[port.span], "auto");
}

#[test]
fn a_setting_that_no_driver_knows_is_a_warning() {
    let source = Source::new("ups.conf", "[a]\ndriver = usbhid-ups\nport = auto\npollfeq = 10\nvendorid = 051d\n");
    let (conf, _) = UpsConf::read(&source).unwrap();
    let warnings = conf.check_section(&conf.sections[0], &["pollfreq", "vendorid"]);
    let shown: Vec<_> = warnings.iter().map(|one| (one.one_line(), one.hint.clone())).collect();
    let expect = ("ups.conf:4:1: warning: unknown setting `pollfeq`", "did you mean `pollfreq`?");
    assert_eq!(shown, [(expect.0.to_owned(), Some(expect.1.to_owned()))]);
}

#[test]
fn a_file_may_end_without_a_newline() {
    let (directives, diagnostics) = flat::read(&Source::new("upsd.conf", "LISTEN 0.0.0.0"));
    assert_eq!((directives.len(), directives[0].argument(0)), (1, Some("0.0.0.0")));
    assert!(diagnostics.is_empty());
}

#[test]
fn a_number_that_is_none_is_pointed_at() {
    let source = Source::new("upsd.conf", "MAXAGE  soon");
    let item = Item { text: "soon".to_owned(), span: 8..12, quoted: false };
    let error = item.parse::<u32>(&source, "a number of seconds").unwrap_err();
    assert_eq!(error.one_line(), "upsd.conf:1:9: error: `soon` is not a number of seconds");
    let item = Item { text: "15".to_owned(), span: 8..12, quoted: false };
    assert_eq!(item.parse::<u32>(&source, "a number"), Ok(15));
}

#[test]
fn nut_conf_is_read_as_a_shell_reads_it() {
    let read = |text: &str| nut_conf::read(&Source::new("nut.conf", text));
    for text in ["MODE=netclient", "MODE=\"netclient\"\n", "MODE=none\nexport MODE=netclient # really\n"] {
        let (conf, diagnostics) = read(text);
        assert_eq!((conf.mode, diagnostics), (Some(Mode::NetClient), Diagnostics::new()), "{text}");
    }
    let (conf, diagnostics) = read("UPSD_OPTIONS=\"-D -F\"\nA=b=c\nEMPTY=\n");
    assert_eq!(diagnostics, Diagnostics::new());
    assert_eq!(
        (conf.mode, conf.get("UPSD_OPTIONS"), conf.get("A"), conf.get("EMPTY"), conf.get("NONE")),
        (None, Some("-D -F"), Some("b=c"), Some(""), None)
    );
}

#[test]
fn every_mode_says_which_daemons_run() {
    for &(mode, word) in Mode::WORDS {
        assert_eq!((Mode::from_word(word), mode.to_string().as_str()), (Some(mode), word));
    }
    let runs = |mode: Mode| (mode.runs_server(), mode.runs_monitor());
    assert_eq!(runs(Mode::NetServer), (true, true));
    assert_eq!(runs(Mode::NetClient), (false, true));
    assert_eq!(runs(Mode::None), (false, false));
}

#[test]
fn a_section_that_comes_again_goes_on_and_one_in_other_letters_is_a_mistake() {
    let (conf, said) =
        read_ups("[a]\ndriver = d\n[b]\ndriver = e\nport = q\n[a]\nport = p\ndriver = f\n").expect("no mistake");
    assert_eq!(said.iter().map(|one| one.label.as_deref()).collect::<Vec<_>>(), [Some("goes on where line 1 began")]);
    let sections: Vec<_> =
        conf.sections.iter().map(|section| (section.name.as_str(), section.settings.get("driver"))).collect();
    assert_eq!(sections, [("a", Some("f")), ("b", Some("e"))], "what comes last counts");
    let ups = "[a]\ndriver = d\nport = p\n";
    let said = read_ups(&(ups.to_owned() + &ups.replace('a', "A"))).expect_err("two UPSes with one name");
    assert_eq!(said.iter().count(), 1, "{said}");
}

#[test]
fn what_is_sound_can_be_salvaged() {
    let text = "[a\ndriver = x\nport = y\n[b]\ndriver = x\nport = y\nserial =\n[c]\ndriver = x\n\"[d]\"\ndriver = x\nport = y\n";
    let (conf, said) = UpsConf::salvage(&Source::new("ups.conf", text));
    assert_eq!(
        conf.sections.iter().map(|section| section.name.as_str()).collect::<Vec<_>>(),
        ["b", "c", "d"],
        "a load can be cut without a port"
    );
    let about = |ups: &str| {
        let section = conf.section(ups).expect("a sound section");
        said.iter().filter(|one| conf.concerns(section, one)).map(|one| one.message.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((about("b"), about("d")), (vec!["no value for `serial`"], vec![]));
    assert_eq!(said.iter().count(), 3, "{said}");
}

fn read_ups(text: &str) -> Result<(UpsConf, Diagnostics), Diagnostics> {
    UpsConf::read(&Source::new("ups.conf", text))
}

/// A place was looked for from the top of the file for each of them: half a minute for this file.
#[test]
fn a_whole_file_of_mistakes_is_read_as_fast_as_any_other() {
    let text: String = (0..50_000).map(|n| format!("[u{n:05}]\n")).collect();
    let Err(said) = UpsConf::read(&Source::new("ups.conf", text.repeat(2))) else { panic!("not one has a driver") };
    assert!(said.to_string().ends_with("more"), "{said}");
}

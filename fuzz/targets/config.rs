//! Every configuration file, whole: read, checked, and every message about it drawn.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::conf::{nut_conf, ups_conf::UpsConf};
use protocol::diagnostic::{Diagnostics, Source};
use protocol::power_down_flag;

fuzz_target!(|data: &[u8]| {
    let source = |name: &str| Source::new(name, data);
    let empty = |name: &str| Source::new(name, "");
    show(&nut_conf::read(&source("nut.conf")).1);
    match UpsConf::read(&source("ups.conf")) {
        Ok((conf, said)) => {
            show(&said);
            for section in &conf.sections {
                show(&conf.check_section(section, &["vendorid", "mode"]));
            }
        }
        Err(said) => show(&said),
    }
    for files in [
        server::config::Files {
            ups: source("ups.conf"),
            upsd: empty("upsd.conf"),
            users: empty("upsd.users"),
            allow_no_device: false,
        },
        server::config::Files {
            ups: empty("ups.conf"),
            upsd: source("upsd.conf"),
            users: source("upsd.users"),
            allow_no_device: true,
        },
    ] {
        show(&server::Config::load_from(&files).map_or_else(|said| said, |(_, said)| said));
    }
    show(&monitor::Config::load_from(data, "upsmon.conf").map_or_else(|said| said, |(_, said)| said));
    let _ = power_down_flag::path_in(data);
    let listed = power_down_flag::not_cut(data, "boot");
    let names = || listed.iter().map(String::as_str);
    assert!(listed.is_empty() || power_down_flag::contents("boot", names()) == data);
});

fn show(said: &Diagnostics) {
    let text = said.render(false);
    assert!(text.chars().all(|c| !c.is_control() || c == '\n'), "{text:?}");
    let _ = said.render(true);
    said.iter().for_each(|one| assert!(!one.one_line().contains('\n')));
}

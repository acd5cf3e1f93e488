//! A small journal made by hand, for tests: a rack with a primary and a secondary goes through an
//! outage as it should. Tests bend it to break one thing at a time.

use super::topology::MonitoredFacts;
use super::*;
use crate::language::{Maker, Makers};
use protocol::Instant;

/// A moment, in milliseconds.
pub(crate) fn at(ms: u64) -> Instant {
    Instant::from_micros(ms * 1000)
}

/// The set-up of the sample.
pub(crate) fn facts() -> RunFacts {
    RunFacts {
        scenario: "small-rack".into(),
        title: "A small rack goes down and comes back".into(),
        from: None,
        seed: 1,
        rig: "simulated".into(),
        resolution_us: 0,
        makers: Makers { driver: Maker::Ours, server: Maker::Ours, monitor: Maker::Ours },
        feeds: vec![FeedFacts { name: "mains".into(), millivolts: 230_000, millihertz: 50_000 }],
        ups: vec![UpsFacts {
            name: "rack".into(),
            device: "apc-back-ups-650".into(),
            model: "APC Back-UPS 650".into(),
            feed: "mains".into(),
            rated_milliwatts: 390_000,
            wired: true,
        }],
        hosts: vec![host("nas", 30_000, true), host("box", 20_000, false)],
    }
}

fn host(name: &str, stops_in_ms: u64, primary: bool) -> HostFacts {
    HostFacts {
        name: name.into(),
        group: name.into(),
        fed_by: vec!["rack".into()],
        needs: 1,
        milliwatts: 40_000,
        stops_in_ms,
        boots_in_ms: 60_000,
        restores: true,
        poweroff_wait_s: None,
        starts: HostState::Up,
        maxage_s: primary.then_some(15),
        monitor: Some(MonitorFacts {
            supplies: vec![MonitoredFacts { ups: "rack".into(), server: "nas".into(), power_value: 1, primary }],
            minsupplies: 1,
            pollfreq_s: 5,
            pollfreqalert_s: 5,
            hostsync_s: 15,
            finaldelay_s: 5,
            deadtime_s: 15,
            shutdowncmd: Some("/sbin/shutdown -h +0".into()),
            powerdownflag: primary.then(|| "/etc/killpower".into()),
        }),
    }
}

/// The whole outage.
pub(crate) fn outage() -> Vec<Record> {
    let mut records = vec![(0, What::Run(Box::new(facts())))];
    records.extend(beginning());
    records.extend(going_down());
    records.extend(coming_back());
    // A reading every ten seconds while the driver runs.
    for second in (10..70).chain(200..300).step_by(10) {
        records.push((second * 1000, reading()));
    }
    records.push((300_000, What::End { because: Ending::Settled }));
    records.sort_by_key(|(ms, _)| *ms);
    records.into_iter().map(|(ms, what)| Record { at: at(ms), what }).collect()
}

fn beginning() -> Vec<(u64, What)> {
    vec![
        (0, mains(true)),
        (0, What::Supply { ups: "rack".into(), is: Supply::OnLine }),
        (0, What::Outlet { ups: "rack".into(), live: true, because: "at the start".into() }),
        (0, sample(1000, 120_000)),
        (0, state("nas", HostState::Up, "at the start")),
        (0, state("box", HostState::Up, "at the start")),
        (0, process("upsd", ProcessEvent::Started)),
        (0, process("usbhid-ups", ProcessEvent::Started)),
        (1, link(1, "nas/usbhid-ups", "ups:rack", WireProtocol::Usb)),
        (2, reading()),
        (3, link(2, "nas/upsd", "nas/usbhid-ups", WireProtocol::DriverSocket)),
        (4, line(2, WireProtocol::DriverSocket, Direction::In, "SETINFO ups.status \"OL\"")),
        (5, link(3, "nas/upsmon", "nas/upsd", WireProtocol::Net)),
        (6, line(3, WireProtocol::Net, Direction::Out, "LOGIN rack")),
        (7, line(3, WireProtocol::Net, Direction::In, "OK")),
        (7, login("nas", Login::In)),
        (8, link(4, "box/upsmon", "nas/upsd", WireProtocol::Net)),
        (9, login("box", Login::In)),
        (10, status(Answer::Value("OL".into()))),
    ]
}

fn going_down() -> Vec<(u64, What)> {
    vec![
        (30_000, What::Step { index: 0, id: Some("outage".into()), does: "mains off".into() }),
        (30_000, mains(false)),
        (30_010, What::Supply { ups: "rack".into(), is: Supply::OnBattery }),
        (30_050, status(Answer::Value("OB DISCHRG".into()))),
        (30_100, notified("nas", "ONBATT")),
        (30_101, notified("box", "ONBATT")),
        (45_000, sample(500, 120_000)),
        (60_000, What::LowBattery { ups: "rack".into(), low: true }),
        (60_000, sample(100, 120_000)),
        (60_050, status(Answer::Value("OB DISCHRG LB".into()))),
        (60_100, notified("nas", "LOWBATT")),
        (60_110, notified("nas", "FSD")),
        (60_120, line(3, WireProtocol::Net, Direction::Out, "FSD rack")),
        (60_130, line(3, WireProtocol::Net, Direction::In, "OK FSD-SET")),
        (60_140, status(Answer::Value("FSD OB DISCHRG LB".into()))),
        (60_200, notified("box", "FSD")),
        (60_210, notified("box", "SHUTDOWN")),
        (65_210, ran("box")),
        (65_220, login("box", Login::Out)),
        (65_230, state("box", HostState::Stopping, "/sbin/shutdown -h +0")),
        (65_400, notified("nas", "SHUTDOWN")),
        (70_400, What::Flag { host: "nas".into(), exists: true }),
        (70_410, ran("nas")),
        (70_420, state("nas", HostState::Stopping, "/sbin/shutdown -h +0")),
        (70_430, login("nas", Login::Out)),
        (70_440, process("upsd", ProcessEvent::Exited { status: 0 })),
        (70_450, process("usbhid-ups", ProcessEvent::Exited { status: 0 })),
        (85_230, state("box", HostState::Halted, "stopped")),
        (85_230, sample(40, 80_000)),
        (100_410, state("nas", HostState::Halted, "stopped")),
        (120_000, What::Outlet { ups: "rack".into(), live: false, because: "shutdown timer".into() }),
        (120_000, What::Supply { ups: "rack".into(), is: Supply::Off }),
        (120_000, state("nas", HostState::Off, "rack went dead")),
        (120_000, state("box", HostState::Off, "rack went dead")),
    ]
}

fn coming_back() -> Vec<(u64, What)> {
    vec![
        (130_000, What::Step { index: 1, id: Some("return".into()), does: "mains on".into() }),
        (130_000, mains(true)),
        (135_000, What::Supply { ups: "rack".into(), is: Supply::OnLine }),
        (135_000, What::LowBattery { ups: "rack".into(), low: false }),
        (135_000, What::Outlet { ups: "rack".into(), live: true, because: "mains back".into() }),
        (135_000, sample(60, 120_000)),
        (135_001, state("nas", HostState::Booting, "rack delivers power")),
        (135_001, state("box", HostState::Booting, "rack delivers power")),
        (195_001, state("nas", HostState::Up, "booted")),
        (195_001, state("box", HostState::Up, "booted")),
        (195_010, What::Flag { host: "nas".into(), exists: false }),
        (195_020, process("usbhid-ups", ProcessEvent::Started)),
        (195_021, link(5, "nas/usbhid-ups", "ups:rack", WireProtocol::Usb)),
        (195_022, What::Wire { link: 5, protocol: WireProtocol::Usb, direction: Direction::In, bytes: frame() }),
        (195_030, process("upsd", ProcessEvent::Started)),
        (195_100, login("nas", Login::In)),
        (195_200, login("box", Login::In)),
        (195_300, status(Answer::Value("OL CHRG".into()))),
    ]
}

/// A transfer that brought a report (a `Done` frame of the emulator bus, without its length).
fn frame() -> WireBytes {
    WireBytes::Binary([3, 1, 0, 0, 0, 0, 0x16, 0x0c][..].into())
}

pub(crate) fn reading() -> What {
    What::Wire { link: 1, protocol: WireProtocol::Usb, direction: Direction::In, bytes: frame() }
}

pub(crate) fn mains(live: bool) -> What {
    let (millivolts, millihertz) = if live { (230_000, 50_000) } else { (0, 0) };
    What::Mains { feed: "mains".into(), is: MainsState { live, millivolts, millihertz } }
}

pub(crate) fn sample(charge_permille: u32, load_mw: u64) -> What {
    What::Sample {
        ups: "rack".into(),
        charge_permille,
        runtime_s: u64::from(charge_permille),
        load_mw,
        battery_mv: 13_000,
        input_mv: 0,
    }
}

pub(crate) fn state(host: &str, is: HostState, because: &str) -> What {
    What::Host { host: host.into(), is, because: because.into() }
}

pub(crate) fn process(name: &str, event: ProcessEvent) -> What {
    What::Process { host: "nas".into(), process: name.into(), ups: (name != "upsd").then(|| "rack".into()), event }
}

pub(crate) fn link(number: u32, from: &str, to: &str, protocol: WireProtocol) -> What {
    What::Link { link: number, from: from.into(), to: to.into(), protocol, event: LinkEvent::Opened }
}

pub(crate) fn line(number: u32, protocol: WireProtocol, direction: Direction, text: &str) -> What {
    What::Wire { link: number, protocol, direction, bytes: WireBytes::line(text.as_bytes()) }
}

pub(crate) fn login(host: &str, event: Login) -> What {
    What::Login { server: "nas".into(), ups: "rack".into(), host: host.into(), event }
}

pub(crate) fn status(is: Answer) -> What {
    What::Var { ups: "rack".into(), server: "nas".into(), name: "ups.status".into(), is }
}

pub(crate) fn notified(host: &str, kind: &str) -> What {
    let about = (kind != "SHUTDOWN").then(|| "rack".into());
    What::Notified { host: host.into(), kind: kind.into(), ups: about, text: format!("UPS rack: {kind}") }
}

pub(crate) fn ran(host: &str) -> What {
    What::Ran {
        host: host.into(),
        role: CommandRole::Shutdown,
        by: "upsmon".into(),
        command: "/sbin/shutdown -h +0".into(),
    }
}

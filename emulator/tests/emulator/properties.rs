//! What holds whatever happens: no panic, the same again, words that come back, a charge that only falls.

use emulator::control::{
    BatteryControl, Beeper, CutOnLine, Fault, Forced, Link, Mains, MainsBack, Quirk, Refresh, Returns, Switch, Test,
};
use emulator::units::{Celsius, Load, Millihertz, Millivolts, Milliwatts, Permille};
use emulator::{Control, Input, Observation, Output, Setup, Ups, device};
use proptest::prelude::*;
use protocol::usb::{Data, ReportKind, Request};
use protocol::{Engine, Instant};

use crate::bench::Bench;

fn switch() -> impl Strategy<Value = Switch> {
    prop_oneof![Just(Switch::On), Just(Switch::Off)]
}

fn forced() -> impl Strategy<Value = Forced> {
    prop_oneof![Just(Forced::On), Just(Forced::Off), Just(Forced::Auto)]
}

fn share() -> impl Strategy<Value = Permille> {
    (0_u16..=1000).prop_map(Permille)
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        prop::sample::select(vec![
            Fault::Stall,
            Fault::Hang,
            Fault::Freeze,
            Fault::TimeOut,
            Fault::Io,
            Fault::Overflow,
            Fault::Short,
            Fault::Garble,
        ]),
        (0_u32..5000).prop_map(Fault::Late),
    ]
}

fn control() -> impl Strategy<Value = Control> {
    let mains = prop_oneof![
        Just(Mains::Off),
        Just(Mains::On),
        (0_u32..=400_000).prop_map(|volts| Mains::Volts(Millivolts(volts))),
        (0_u32..=100_000).prop_map(|hertz| Mains::Hertz(Millihertz(hertz))),
    ];
    let load = prop_oneof![
        (0_u32..=2_000_000).prop_map(|power| Load::Milliwatts(Milliwatts(power))),
        (0_u16..=3000).prop_map(|share| Load::Share(Permille(share))),
    ];
    let battery = prop_oneof![
        share().prop_map(BatteryControl::Charge),
        share().prop_map(BatteryControl::Health),
        share().prop_map(BatteryControl::Gauge),
        (-60_i16..=120).prop_map(|degrees| BatteryControl::Temperature(Celsius(degrees))),
        prop::option::of(share()).prop_map(BatteryControl::Collapse),
        Just(BatteryControl::Disconnect),
        Just(BatteryControl::Connect),
        Just(BatteryControl::Replace),
    ];
    let quirk = prop::sample::select(vec![
        Quirk::CutOnLine(CutOnLine::Cycle),
        Quirk::CutOnLine(CutOnLine::StayOff),
        Quirk::CutOnLine(CutOnLine::Ignore),
        Quirk::MainsBack(MainsBack::GoesOn),
        Quirk::MainsBack(MainsBack::Cancels),
        Quirk::Returns(Returns::WithMains),
        Quirk::Returns(Returns::WithoutMains),
        Quirk::Returns(Returns::Never),
        Quirk::Refresh(Refresh::Atomic),
        Quirk::Refresh(Refresh::Torn),
    ]);
    let link = prop_oneof![
        Just(Link::Unplug),
        Just(Link::Plug),
        Just(Link::Healthy),
        fault().prop_map(Link::Fault),
        (any::<u8>(), fault()).prop_map(|(id, fault)| Link::ReportFault(id, fault)),
    ];
    prop_oneof![
        4 => mains.prop_map(Control::Mains),
        2 => load.prop_map(Control::Load),
        3 => battery.prop_map(Control::Battery),
        1 => switch().prop_map(Control::Panel),
        1 => prop::sample::select(vec![Test::Quick, Test::Deep, Test::Stop]).prop_map(Control::Test),
        1 => switch().prop_map(Control::Calibrate),
        1 => switch().prop_map(Control::Bypass),
        1 => switch().prop_map(Control::Alarm),
        1 => forced().prop_map(Control::LowBattery),
        1 => forced().prop_map(Control::ReplaceBattery),
        1 => prop::sample::select(vec![Beeper::Disabled, Beeper::Enabled, Beeper::Muted]).prop_map(Control::Beeper),
        1 => (1_u8..=9, switch()).prop_map(|(number, switch)| Control::Outlet(number, switch)),
        1 => quirk.prop_map(Control::Quirk),
        1 => link.prop_map(Control::Link),
    ]
}

fn kind() -> impl Strategy<Value = ReportKind> {
    prop::sample::select(vec![ReportKind::Input, ReportKind::Output, ReportKind::Feature])
}

fn request() -> impl Strategy<Value = Request> {
    let data = prop::collection::vec(any::<u8>(), 0..12).prop_map(Data::from_vec);
    prop_oneof![
        (any::<u8>(), any::<u8>(), any::<u16>()).prop_map(|(kind, index, length)| Request::GetDescriptor {
            kind,
            index,
            length
        }),
        any::<u8>().prop_map(|index| Request::GetString { index }),
        (kind(), any::<u8>(), any::<u16>()).prop_map(|(kind, id, length)| Request::GetReport { kind, id, length }),
        (kind(), any::<u8>(), data.clone()).prop_map(|(kind, id, data)| Request::SetReport { kind, id, data }),
        // One that often lands: a delay, a test, a limit.
        (prop::sample::select(vec![0x09_u8, 0x0a, 0x11, 0x14, 0x15, 0x16, 0x21, 0x32, 0x40]), data).prop_map(
            |(id, mut data)| {
                data.insert(0, id);
                Request::SetReport { kind: ReportKind::Feature, id, data }
            }
        ),
    ]
}

#[derive(Debug, Clone)]
enum Step {
    Control(Control),
    Request(Request),
    /// Microseconds pass.
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pass = prop_oneof![0_u64..20_000, 0_u64..60_000_000, 0_u64..7_200_000_000];
    prop::collection::vec(
        prop_oneof![control().prop_map(Step::Control), request().prop_map(Step::Request), pass.prop_map(Step::Pass)],
        0..60,
    )
}

/// Everything the device does, with its time.
fn play(device: &str, setup: Setup, steps: &[Step]) -> Vec<(Instant, Output)> {
    let mut now = Instant::START;
    let mut ups = Ups::new(device::find(device).unwrap(), setup, now);
    let mut done = Vec::new();
    let mut transfer = 0;
    for step in steps {
        match step {
            Step::Control(control) => ups.handle(Input::Control(control.clone()), now),
            Step::Request(request) => {
                transfer += 1;
                ups.handle(Input::Transfer { transfer, request: request.clone() }, now);
            }
            Step::Pass(micros) => {
                let end = Instant::from_micros(now.as_micros() + micros);
                let mut acts = 0;
                while let Some(due) = ups.poll_timeout().filter(|due| *due <= end) {
                    assert!(due >= now);
                    now = due;
                    ups.handle_timeout(now);
                    done.extend(std::iter::from_fn(|| ups.poll_output()).map(|output| (now, output)));
                    acts += 1;
                    assert!(acts < 200_000, "the device cannot come to rest");
                }
                now = end;
                ups.handle_timeout(now);
            }
        }
        done.extend(std::iter::from_fn(|| ups.poll_output()).map(|output| (now, output)));
    }
    done
}

fn any_device() -> impl Strategy<Value = &'static str> {
    prop::sample::select(device::names())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn nothing_a_host_or_a_person_does_can_break_the_device(device in any_device(), steps in steps()) {
        play(device, Setup::default(), &steps);
    }

    #[test]
    fn the_same_again_gives_the_same(device in any_device(), steps in steps()) {
        prop_assert_eq!(play(device, Setup::default(), &steps), play(device, Setup::default(), &steps));
    }

    #[test]
    fn every_transfer_ends_once_on_a_healthy_link(device in any_device(), requests in prop::collection::vec(request(), 1..20)) {
        let mut steps: Vec<Step> = requests.iter().cloned().map(Step::Request).collect();
        steps.push(Step::Pass(10_000_000));
        let done = play(device, Setup::default(), &steps);
        let mut ended: Vec<u32> = done.iter().filter_map(|(_, output)| match output {
            Output::Done { transfer, .. } => Some(*transfer),
            _ => None,
        }).collect();
        ended.sort_unstable();
        let wanted: Vec<u32> = (1..=u32::try_from(requests.len()).unwrap()).collect();
        prop_assert_eq!(ended, wanted);
    }

    #[test]
    fn on_battery_the_charge_only_falls_and_the_outlets_go_dead(
        load in 1_u16..=1000, charge in 1_u16..=1000, health in 300_u16..=1000,
    ) {
        let setup = Setup {
            load: Some(Load::Share(Permille(load))),
            charge: Some(Permille(charge)),
            health: Some(Permille(health)),
            ..Setup::default()
        };
        let mut bench = Bench::with("apc-back-ups-650", setup);
        bench.control("mains off").pass("48 h");
        let samples: Vec<_> = bench.seen().filter_map(|(_, seen)| match seen {
            Observation::Sample(sample) => Some(*sample),
            _ => None,
        }).collect();
        prop_assert!(samples.is_sorted_by(|before, after| before.charge >= after.charge));
        let dead = |seen: &Observation| matches!(seen, Observation::Outlet { on: false, .. });
        prop_assert!(bench.when(dead).is_some());
    }

    #[test]
    fn more_load_never_lasts_longer(lighter in 0_u16..=1000, more in 0_u16..=500) {
        let runtime = |share| {
            let setup = Setup { load: Some(Load::Share(Permille(share))), ..Setup::default() };
            Bench::with("eaton-3s", setup).ups.readings().runtime_seconds
        };
        prop_assert!(runtime(lighter + more) <= runtime(lighter));
    }

    #[test]
    fn a_control_is_read_back_from_its_words(control in control()) {
        prop_assert_eq!(control.to_string().parse::<Control>(), Ok(control));
    }

    #[test]
    fn no_line_of_any_kind_is_more_than_refused(line in "\\PC{0,40}", words in "(mains|load|battery|link|quirk|outlet)? ?[a-z0-9 .%-]{0,20}(V|W|Hz| %| C|ms)?") {
        let _ = line.parse::<Control>();
        let _ = words.parse::<Control>();
    }
}

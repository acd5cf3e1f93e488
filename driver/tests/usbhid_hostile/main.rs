//! A device that lies, a cable that tears, a server that babbles: the driver neither panics nor
//! asks for more than one thing at a time.

mod world;

use std::time::Duration;

use driver::DriverConfig;
use proptest::prelude::*;
use protocol::usb::Data;

use world::{Act, DEVICES, FAILURES, World, unhex};

fn act() -> impl Strategy<Value = Act> {
    let data = prop::collection::vec(any::<u8>(), 0..20).prop_map(Data::from_vec);
    let failure = prop::sample::select(FAILURES.to_vec());
    let lines = prop::sample::select(vec![
        "DUMPALL\n",
        "INSTCMD load.off TRACKING 1\n",
        "INSTCMD shutdown.return TRACKING 2\n",
        "INSTCMD beeper.mute 4294967296 TRACKING 3\n",
        "SET battery.charge.low 99999999999 TRACKING 4\n",
        "SET battery.mfr.date 2107/12/31 TRACKING 5\n",
        "SET ups.delay.shutdown -1 TRACKING 6\n",
        "SET input.sensitivity \"\" TRACKING 7\n",
    ]);
    prop_oneof![
        8 => data.clone().prop_map(Act::Report),
        2 => data.clone().prop_map(|data| Act::Done(Ok(data))),
        2 => failure.prop_map(|failure| Act::Done(Err(failure))),
        2 => data.prop_map(Act::Interrupt),
        1 => Just(Act::Torn),
        2 => (0_u64..20_000).prop_map(|millis| Act::Silence(Duration::from_millis(millis))),
        1 => lines.prop_map(|line| Act::Said(line.into())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_makes_the_driver_panic(
        device in 0_usize..3,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        kills: bool,
        settles in 0_u8..4,
        acts in prop::collection::vec(act(), 0..300),
    ) {
        let (vendor_id, product_id, hex) = DEVICES[device];
        let mut descriptor = unhex(hex);
        for (at, byte) in damage {
            let at = at.index(descriptor.len());
            descriptor[at] = byte;
        }
        let config = DriverConfig { killpower: kills, ..DriverConfig::new("rack", "usbhid-ups", "auto") }
            .with("lbrb_log_delay_sec", settles.to_string());
        let mut world = World::new(config, (vendor_id, product_id), descriptor);
        for act in acts {
            if world.is_over() {
                break;
            }
            world.oblige(true);
            world.act(act);
        }
    }
}

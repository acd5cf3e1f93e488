//! What is asked of the device when.

use super::pair::Pair;
use driver::DriverConfig;
use emulator::Setup;
use std::time::Duration;

const POLL: Duration = Duration::from_secs(2);

/// Reads of ten quick polls.
fn reads(pair: &mut Pair) -> usize {
    let before = pair.reads;
    pair.run(10 * POLL);
    pair.reads - before
}

#[test]
fn a_countdown_is_read_with_each_poll_while_it_runs_and_no_longer() {
    for (device, idle) in [("apc-back-ups-650", "-1"), ("cyberpower-cp1500epfclcd", "-60"), ("eaton-3s", "-1")] {
        let config = DriverConfig::new("rack", "usbhid-ups", "auto").with("pollfreq", "600");
        let mut pair = Pair::new(device, Setup::default(), config.with("offdelay", "120").with("ondelay", "180"));
        pair.run(Duration::from_secs(15));
        let server = pair.connect();
        let still = reads(&mut pair);
        assert_eq!(reads(&mut pair), still, "{device}");

        pair.say(server, "INSTCMD load.off.delay\n");
        pair.run(2 * POLL);
        let running = reads(&mut pair);
        assert!(running >= still + 10, "{device}: {running} and {still}");
        let before: i64 = pair.var("ups.timer.shutdown").unwrap().parse().unwrap();
        assert!((50..120).contains(&before), "{device}: {before}");

        pair.say(server, "INSTCMD shutdown.stop\n");
        pair.run(2 * POLL);
        assert_eq!(pair.var("ups.timer.shutdown"), Some(idle), "{device}");
        assert_eq!(reads(&mut pair), still, "{device}");
    }
}

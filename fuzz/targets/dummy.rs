//! The files that `dummy-ups` plays, checked and played: a mode, then the file.

#![no_main]

use std::time::Duration;

use driver::DriverConfig;
use driver::dummy::{self, DummyUps};
use libfuzzer_sys::fuzz_target;
use protocol::{Effect, Engine, Event, Instant, LinkId, Peer};

fuzz_target!(|data: &[u8]| {
    let Some((&mode, contents)) = data.split_first() else { return };
    let mode = if mode % 2 == 0 { "dummy-once" } else { "dummy-loop" };
    let config = DriverConfig::new("rack", "dummy-ups", "/rack.dev").with("mode", mode);
    let _ = dummy::check(&config, contents).render(false);
    let path = dummy::file_of(&config);
    let Ok(mut driver) = DummyUps::new(config) else { return };
    let mut now = Instant::START;
    drain(&mut driver);
    driver.handle(Event::FileChanged { path, contents: Some(contents.to_vec()) }, now);
    let link = LinkId::accepted(1);
    driver.handle(Event::Accepted { link, peer: Peer::Unix }, now);
    driver.handle(Event::Received { link, bytes: b"DUMPALL\n".to_vec() }, now);
    drain(&mut driver);
    for _ in 0..50 {
        let Some(due) = driver.poll_timeout() else { break };
        now = now.max(due);
        driver.handle_timeout(now);
        drain(&mut driver);
    }
    driver.handle(Event::Received { link, bytes: b"DUMPALL\nLOGOUT\n".to_vec() }, now + Duration::from_secs(1));
    drain(&mut driver);
});

fn drain(driver: &mut DummyUps) {
    let mut bytes = 0;
    while let Some(effect) = driver.poll_output() {
        if let Effect::Send { bytes: sent, .. } = effect {
            bytes += sent.len();
        }
        assert!(bytes < 64 << 20, "a small file becomes {bytes} bytes");
    }
}

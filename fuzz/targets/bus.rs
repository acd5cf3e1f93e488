//! Frames of the emulator bus, from both ends: what parses is written again byte for byte.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::usb::frame::Frame;

fuzz_target!(|data: &[u8]| {
    let mut rest = data;
    while let Ok(Some((frame, size))) = Frame::parse(rest) {
        assert!(size <= rest.len());
        let mut out = Vec::new();
        frame.emit(&mut out);
        // The transfer number of a hello and of an interrupt means nothing, and is not kept.
        assert_eq!(out.len(), size);
        assert_eq!(Frame::parse(&out), Ok(Some((frame, size))));
        rest = &rest[size..];
    }
});

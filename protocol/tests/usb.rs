//! The names of what a device reports, and the frames it reports in.

use protocol::hid::usage;
use protocol::usb::Failure;
use protocol::usb::frame::{Frame, FrameError};

#[test]
fn usages_have_the_names_that_published_paths_are_written_with() {
    for (code, name) in [
        (0x0084_0004, "UPS"),
        (0x0084_0024, "PowerSummary"),
        (0x0084_006B, "SwitchOn/Off"),
        (0x0085_0042, "BelowRemainingCapacityLimit"),
        (0x0085_00D0, "ACPresent"),
        (0xFF86_0060, "APCStatusFlag"),
        (0xFFFF_004D, "RemainingCapacityLimitSetting"),
        (0xFFFF_00E9, "Status"),
        (0xFF01_00D0, "CPSFirmwareVersion"),
    ] {
        assert_eq!((usage::name(code), usage::code(name)), (Some(name), Some(code)));
    }
    assert_eq!((usage::name(0xFF01_00BA), usage::code("acpresent")), (None, None));
}

/// Found by fuzzing: what followed the failure was dropped in silence.
#[test]
fn a_failed_transfer_carries_no_data() {
    assert_eq!(Frame::parse(&[9, 0, 3, 0, 0, 0, 0, 2, 0, 14, 0]), Err(FrameError::Malformed));
    let failed = Frame::Done { transfer: 0, result: Err(Failure::Timeout) };
    assert_eq!(Frame::parse(&[6, 0, 3, 0, 0, 0, 0, Failure::Timeout as u8]), Ok(Some((failed, 8))));
}

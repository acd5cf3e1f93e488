//! Which device a configuration means, the names of what it reports, and the frames it reports in.

use protocol::hid::usage;
use protocol::usb::frame::{Frame, FrameError};
use protocol::usb::{Failure, Identity, Matcher};

fn back_ups() -> Identity {
    Identity {
        vendor_id: 0x051d,
        product_id: 0x0002,
        vendor: "American Power Conversion".to_owned(),
        product: "Back-UPS 650".to_owned(),
        serial: "3B1950X62634  ".to_owned(),
        bus: "emu".to_owned(),
        ..Identity::default()
    }
}

#[test]
fn a_device_of_the_drivers_own_table_is_found_without_any_setting() {
    let known = |product| Matcher { known: vec![(0x0463, None), (0x051d, product)], ..Matcher::default() };
    assert!(known(None).matches(&back_ups()) && known(Some(2)).matches(&back_ups()));
    assert!(!known(Some(3)).matches(&back_ups()));
    assert!(!Matcher::default().matches(&back_ups()));
}

#[test]
fn ids_of_the_configuration_stand_in_for_the_table() {
    let named = Matcher { vendor_id: Some(0x051d), ..Matcher::default() };
    assert!(named.matches(&back_ups()));
    assert!(!Matcher { product_id: Some(3), ..named }.matches(&back_ups()));
}

#[test]
fn texts_are_compared_without_the_blanks_around_them() {
    let by_serial =
        |serial: &str| Matcher { known: vec![(0x051d, None)], serial: Some(serial.to_owned()), ..Matcher::default() };
    assert!(by_serial("3B1950X62634").matches(&back_ups()));
    assert!(!by_serial("3B1950X6263").matches(&back_ups()));
}

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

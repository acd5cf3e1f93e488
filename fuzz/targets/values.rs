//! Status words, decimals, names and addresses, from any text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use protocol::names::{VarName, compare, same};
use protocol::status::{Status, StatusFlag};
use protocol::text::{escape, quote};
use protocol::value::Decimal;

fuzz_target!(|text: &str| {
    let mut status = Status::parse(text);
    assert_eq!(Status::parse(status.as_str()), status);
    assert_eq!(status.flags().count() + status.unknown().count(), status.words().count());
    status.prefix(StatusFlag::ForcedShutdown);
    assert!(status.has(StatusFlag::ForcedShutdown));
    assert_eq!(Status::parse(status.as_str()), status);

    if let Ok(number) = text.parse::<Decimal>() {
        assert_eq!(number.to_string().parse(), Ok(number));
        for decimals in 0..12 {
            let _ = number.with_decimals(decimals).to_string();
            let _ = number.scaled(decimals);
        }
        assert!(number.compare(number).is_eq());
    }
    if let Ok(name) = VarName::new(text) {
        assert!(same(name.as_str(), text) && compare(name.as_str(), text).is_eq());
    }
    let _ = driver::hid::Quantity::parse(text);
    let _ = driver::hid::Path::parse(text);
    let _ = text.parse::<emulator::Control>();
    assert!(quote(text).len() >= escape(text).len());
});

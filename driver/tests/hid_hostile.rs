//! Whatever a device sends, descriptors and reports are read without a panic and within limits.

use driver::hid::descriptor::{MAX_DEPTH, MAX_FIELDS};
use driver::hid::{Descriptor, DescriptorError, Quantity};
use proptest::prelude::*;

/// Bytes that look like a descriptor more often than random ones do.
fn item_soup() -> impl Strategy<Value = Vec<u8>> {
    let prefixes = prop::sample::select(vec![
        0x05_u8, 0x06, 0x09, 0x0A, 0x0B, 0x15, 0x16, 0x17, 0x19, 0x25, 0x26, 0x27, 0x29, 0x35, 0x45, 0x47, 0x55, 0x65,
        0x67, 0x75, 0x76, 0x81, 0x85, 0x91, 0x95, 0x96, 0xA1, 0xA4, 0xA9, 0xB1, 0xB2, 0xB4, 0xC0, 0xFE,
    ]);
    prop::collection::vec((prefixes, any::<[u8; 4]>()), 0..200).prop_map(|items| {
        items
            .into_iter()
            .flat_map(|(prefix, data)| {
                let size = [0, 1, 2, 4][usize::from(prefix & 3)];
                std::iter::once(prefix).chain(data.into_iter().take(size))
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn no_descriptor_makes_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..7000)) {
        if let Ok(descriptor) = Descriptor::parse(&bytes) {
            prop_assert!(descriptor.fields.len() <= MAX_FIELDS);
        }
    }

    #[test]
    fn no_report_makes_a_field_panic(bytes in item_soup(), report in prop::collection::vec(any::<u8>(), 0..64), raw: i64, value: i64) {
        let Ok(descriptor) = Descriptor::parse(&bytes) else { return Ok(()) };
        let mut report = report;
        for field in descriptor.fields.iter().take(200) {
            prop_assert!(field.path.nodes().len() <= 2 * MAX_DEPTH + 1);
            if let Some(raw) = field.raw(&report) {
                let _ = field.physical(raw);
            }
            let _ = field.physical(raw);
            let raw = field.encode(Quantity::from_micros(value));
            field.insert(raw, &mut report);
        }
    }

    #[test]
    fn what_is_inserted_is_extracted(size in 1_u32..=32, offset in 0_u32..60, raw: i64, noise in any::<[u8; 12]>()) {
        let bytes = [
            vec![0x05, 0x84, 0x09, 0x30, 0x17, 0, 0, 0, 0x80, 0x27, 0xFF, 0xFF, 0xFF, 0x7F],
            vec![0x75, u8::try_from(offset).unwrap(), 0x95, 1, 0xB1, 0x01, 0x09, 0x30, 0x75, u8::try_from(size).unwrap(), 0xB1, 0x02],
        ].concat();
        let descriptor = Descriptor::parse(&bytes).unwrap();
        let field = descriptor.fields.last().unwrap();
        let mut report = noise;
        prop_assert!(field.insert(raw, &mut report));
        let mut again = report;
        let read = field.raw(&report).unwrap();
        // The same bits come out, and putting them back changes nothing.
        let mask = (1_i64 << size) - 1;
        prop_assert_eq!(read & mask, raw & mask);
        prop_assert!(field.insert(read, &mut again));
        prop_assert_eq!(again, report);
    }
}

#[test]
fn limits_are_errors_and_not_work() {
    assert_eq!(Descriptor::parse(&[0; 7000]), Err(DescriptorError::TooLong));
    assert_eq!(Descriptor::parse(&[0xA1, 1].repeat(100)), Err(DescriptorError::TooDeep));
    assert_eq!(Descriptor::parse(&[0xA4].repeat(100)), Err(DescriptorError::TooManyPushed));
    // Usages 0 … 65535 for one item.
    assert_eq!(Descriptor::parse(&[0x19, 0, 0x2A, 0xFF, 0xFF]), Err(DescriptorError::TooManyUsages));
    // 65535 fields of one bit: a report of 8 KiB holds that, a device has not that many.
    assert_eq!(Descriptor::parse(&[0x09, 1, 0x75, 1, 0x96, 0xFF, 0xFF, 0x81, 2]), Err(DescriptorError::TooManyFields));
    assert_eq!(
        Descriptor::parse(&[0x85, 7, 0x75, 255, 0x96, 0xFF, 0xFF, 0x81, 2]),
        Err(DescriptorError::ReportTooLong(7))
    );
}

#[test]
fn pushed_state_comes_back_and_delimited_usages_count_once() {
    let descriptor = Descriptor::parse(&[
        0x05, 0x84, 0x75, 8, 0x95, 1, 0x15, 0, 0x26, 0xFF, 0, // power device, bytes
        0xA4, 0x05, 0x85, 0x75, 16, // pushed: battery system, words
        0x09, 0x66, 0xB1, 2,    // RemainingCapacity
        0xB4, // popped
        0xA9, 1, 0x09, 0x30, 0x09, 0x31, 0xA9, 0, // Voltage, or else Current
        0x95, 2, 0xB1, 2,
    ])
    .unwrap();
    let fields: Vec<_> =
        descriptor.fields.iter().map(|field| (field.path.to_string(), field.offset, field.size)).collect();
    assert_eq!(fields, [("RemainingCapacity".into(), 0, 16), ("Voltage".into(), 16, 8), ("Voltage".into(), 24, 8)]);
}

/// Found by fuzzing: a field of 32 bits that is used up to 16 writes back less than it held, and no bit of another's.
#[test]
fn a_value_that_is_written_touches_no_neighbour_even_where_the_field_was_overfull() {
    let found = include_bytes!("../../fuzz/seeds/report/hid-report-field-changes-what-is-not-its-own.bin");
    let length = usize::from(u16::from_le_bytes([found[0], found[1]])).min(found.len() - 2);
    let (descriptor, report) = found[2..].split_at(length);
    let fields = Descriptor::parse(descriptor).unwrap().fields;
    let mut written = 0;
    for field in &fields {
        let Some(raw) = field.raw(report) else { continue };
        for value in [raw, 0, -1, i64::MAX] {
            let mut copy = report.to_vec();
            assert!(field.insert(value, &mut copy));
            let own = field.offset..field.offset + field.size;
            let changed = (0..report.len() * 8).filter(|bit| (report[bit / 8] ^ copy[bit / 8]) >> (bit % 8) & 1 != 0);
            let strange: Vec<usize> = changed.filter(|&bit| !own.contains(&u32::try_from(bit).unwrap())).collect();
            assert!(strange.is_empty(), "{}: bits {strange:?}", field.path);
        }
        written += 1;
    }
    assert!(written > 0);
}

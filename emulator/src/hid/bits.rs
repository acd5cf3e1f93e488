//! Packs numbers into the bits of a report, least significant bit first (HID 1.11 §5.8).

use super::layout::Field;

/// Puts a logical value where `field` lies in `data` (the report behind its id).
///
/// A value that does not fit saturates, as a counter in a device does.
pub fn put(data: &mut [u8], field: &Field, value: i64) {
    let mut rest = saturate(field, value);
    let (mut at, end) = (field.offset, field.offset + u32::from(field.size));
    while at < end {
        let Some(byte) = data.get_mut((at / 8) as usize) else { return };
        let shift = at % 8;
        let width = (8 - shift).min(end - at);
        let mask = (0xff_u8 >> (8 - width)) << shift;
        *byte = *byte & !mask | rest.to_le_bytes()[0] << shift & mask;
        rest >>= width;
        at += width;
    }
}

/// The logical value of `field` in `data`; `None` when the data ends before it does.
pub fn get(data: &[u8], field: &Field) -> Option<i64> {
    let mut value: i64 = 0;
    for bit in 0..u32::from(field.size) {
        let at = field.offset + bit;
        let byte = data.get((at / 8) as usize)?;
        value |= i64::from(byte >> (at % 8) & 1) << bit;
    }
    let sign = 1_i64 << (field.size - 1);
    // Signed where the smallest logical value is (HID 1.11 §6.2.2.7).
    Some(if field.logical_min < 0 && value & sign != 0 { value - (sign << 1) } else { value })
}

fn saturate(field: &Field, value: i64) -> i64 {
    let capacity = field.capacity();
    value.clamp(*capacity.start(), *capacity.end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use protocol::usb::ReportKind;

    fn field(offset: u32, size: u8, logical_min: i32) -> Field {
        Field {
            kind: ReportKind::Feature,
            report: 1,
            offset,
            size,
            logical_min,
            logical_max: i32::MAX,
            physical: None,
            unit: 0,
            exponent: 0,
            constant: false,
            volatile: false,
            null: false,
            path: Vec::new(),
        }
    }

    proptest! {
        #[test]
        fn what_is_put_is_what_is_got(
            offset in 0_u32..64, size in 1_u8..=32, signed: bool, value: i32, mut data in prop::array::uniform12(any::<u8>()),
        ) {
            let field = field(offset, size, if signed { -1 } else { 0 });
            let fitting = saturate(&field, value.into());
            let before = data;
            put(&mut data, &field, value.into());
            prop_assert_eq!(get(&data, &field), Some(fitting));
            // Not a bit beside it has moved.
            put(&mut data, &field, get(&before, &field).unwrap());
            prop_assert_eq!(data, before);
        }
    }
}

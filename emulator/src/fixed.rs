//! Powers of fractions in fixed point, for Peukert's law: the same bits on every machine.

/// One, in the 32-bit fractions that logarithms are kept in.
const ONE: i64 = 1 << 32;

/// `value · (over / under)^(exponent_thousandths / 1000)`, saturating; `over` and `under` at least 1.
///
/// The result is within a few parts in 10⁸ of the true value.
#[must_use]
pub fn scale_by_power(value: u64, over: u64, under: u64, exponent_thousandths: u32) -> u64 {
    let ratio = i128::from(log2(over.max(1))) - i128::from(log2(under.max(1)));
    let exponent = ratio * i128::from(exponent_thousandths) / 1000;
    let whole = exponent.div_euclid(i128::from(ONE));
    let fraction = u64::try_from(exponent.rem_euclid(i128::from(ONE))).unwrap_or(0);
    // 2^fraction as a 62-bit fraction, in [1, 2).
    let power = u128::from(exp2_fraction(fraction));
    let product = u128::from(value) * power;
    let shift = 62 - whole;
    let result = match shift {
        ..=0 => return if value == 0 { 0 } else { u64::MAX },
        1..=127 => product >> shift,
        _ => 0,
    };
    u64::try_from(result).unwrap_or(u64::MAX)
}

/// log₂ of `x` (at least 1) with a 32-bit fraction, by repeated squaring.
fn log2(x: u64) -> i64 {
    let whole = x.ilog2();
    // The mantissa in [1, 2) with a 63-bit fraction.
    let mut mantissa = u128::from(x) << (63 - whole);
    let mut log = i64::from(whole) << 32;
    for bit in (0..32).rev() {
        mantissa = (mantissa * mantissa) >> 63;
        if mantissa >= 1 << 64 {
            mantissa >>= 1;
            log |= 1 << bit;
        }
    }
    log
}

/// 2^(fraction / 2³²) with a 62-bit fraction: the product of the square roots of two that its bits name.
fn exp2_fraction(fraction: u64) -> u64 {
    let mut root = 2_u128 << 62;
    let mut power = 1_u128 << 62;
    for bit in (0..32).rev() {
        root = (root << 62).isqrt();
        if fraction >> bit & 1 == 1 {
            power = (power * root) >> 62;
        }
    }
    u64::try_from(power).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whole_exponents_are_plain_products() {
        assert_eq!(scale_by_power(1_000_000, 3, 1, 0), 1_000_000);
        assert!(scale_by_power(1_000_000, 3, 1, 2000).abs_diff(9_000_000) <= 1);
        assert!(scale_by_power(9_000_000, 1, 3, 1000).abs_diff(3_000_000) <= 1);
    }

    #[test]
    fn the_extremes_saturate() {
        assert_eq!(scale_by_power(u64::MAX, u64::MAX, 1, 2000), u64::MAX);
        assert_eq!(scale_by_power(1, 1, u64::MAX, 2000), 0);
        assert_eq!(scale_by_power(0, u64::MAX, 1, 3000), 0);
    }

    proptest! {
        #[test]
        fn it_agrees_with_floating_point(
            value in 1_000_000_u64..1_000_000_000_000, over in 1_u64..1_000_000, under in 1_u64..1_000_000,
            exponent in 900_u32..1500,
        ) {
            let ours = scale_by_power(value, over, under, exponent);
            let ratio = (over as f64 / under as f64).powf(f64::from(exponent) / 1000.0);
            let theirs = value as f64 * ratio;
            prop_assert!((ours as f64 - theirs).abs() <= 2.0 + theirs * 1e-7, "{ours} {theirs}");
        }
    }
}

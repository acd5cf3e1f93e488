//! Chances that fall the same way on every machine.

/// The run's chances: SplitMix64 (Steele, Lea, Flood 2014), the same on every machine.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as `seed` says.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// Puts things in an order of chance (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.bits() % (last as u64 + 1);
            things.swap(last, usize::try_from(other).unwrap_or(last));
        }
    }

    /// Whether something with a chance of `ppm` millionths happens this time.
    pub fn hits(&mut self, ppm: u32) -> bool {
        self.bits() % 1_000_000 < u64::from(ppm)
    }
}

//! `ups.status`: a list of words, each a [`StatusFlag`]; unknown words are kept as they came.

use std::fmt;

/// One word of `ups.status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatusFlag {
    /// `OL`: the load runs on mains.
    OnLine,
    /// `OB`: the load runs on the battery.
    OnBattery,
    /// `LB`: the battery is low.
    LowBattery,
    /// `HB`: the battery's charge or voltage is too high.
    HighBattery,
    /// `RB`: the battery needs replacement.
    ReplaceBattery,
    /// `CHRG`: the battery charges.
    Charging,
    /// `DISCHRG`: the battery discharges.
    Discharging,
    /// `BYPASS`: mains feeds the load past the UPS.
    Bypass,
    /// `CAL`: runtime calibration under way.
    Calibration,
    /// `OFF`: the load has no power.
    Off,
    /// `OVER`: overloaded.
    Overload,
    /// `TRIM`: lowers the mains voltage.
    Trim,
    /// `BOOST`: raises the mains voltage.
    Boost,
    /// `FSD`: a primary has begun a forced shutdown.
    ForcedShutdown,
    /// `ALARM`: `ups.alarm` says why.
    Alarm,
    /// `ECO`: high-efficiency mode.
    Eco,
    /// `TEST`: battery test under way.
    Test,
    /// `WAIT`: the server waits for the driver's first dump.
    Wait,
    /// `OVERHEAT`: too hot.
    Overheat,
}

impl StatusFlag {
    /// Every flag with its word.
    pub const WORDS: &[(Self, &'static str)] = &[
        (Self::OnLine, "OL"),
        (Self::OnBattery, "OB"),
        (Self::LowBattery, "LB"),
        (Self::HighBattery, "HB"),
        (Self::ReplaceBattery, "RB"),
        (Self::Charging, "CHRG"),
        (Self::Discharging, "DISCHRG"),
        (Self::Bypass, "BYPASS"),
        (Self::Calibration, "CAL"),
        (Self::Off, "OFF"),
        (Self::Overload, "OVER"),
        (Self::Trim, "TRIM"),
        (Self::Boost, "BOOST"),
        (Self::ForcedShutdown, "FSD"),
        (Self::Alarm, "ALARM"),
        (Self::Eco, "ECO"),
        (Self::Test, "TEST"),
        (Self::Wait, "WAIT"),
        (Self::Overheat, "OVERHEAT"),
    ];

    /// The flag of a word, by its exact spelling.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|&&(_, known)| known == word).map(|&(flag, _)| flag)
    }

    /// The flag's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        // The table is in the order of the variants (a test holds it there).
        Self::WORDS[self as usize].1
    }

    const fn bit(self) -> u32 {
        1 << self as u32
    }
}

impl fmt::Display for StatusFlag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A value of `ups.status`: its words in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Status {
    text: String,
    flags: u32,
}

impl Status {
    /// Reads a value; blanks between words become one space.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let mut status = Self::default();
        value.split_ascii_whitespace().for_each(|word| status.push(word));
        status
    }

    /// Adds a word at the end, known or not.
    pub fn push(&mut self, word: &str) {
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.flags |= StatusFlag::from_word(word).map_or(0, StatusFlag::bit);
    }

    /// Adds a flag at the end unless it is there.
    pub fn add(&mut self, flag: StatusFlag) {
        if !self.has(flag) {
            self.push(flag.word());
        }
    }

    /// Puts a flag in front unless it is there.
    pub fn prefix(&mut self, flag: StatusFlag) {
        if !self.has(flag) {
            let gap = if self.text.is_empty() { "" } else { " " };
            self.text.insert_str(0, gap);
            self.text.insert_str(0, flag.word());
            self.flags |= flag.bit();
        }
    }

    /// Whether a flag is among the words.
    #[must_use]
    pub fn has(&self, flag: StatusFlag) -> bool {
        self.flags & flag.bit() != 0
    }

    /// The words, in order.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split_ascii_whitespace()
    }

    /// The known flags, in order.
    pub fn flags(&self) -> impl Iterator<Item = StatusFlag> {
        self.words().filter_map(StatusFlag::from_word)
    }

    /// The words that are no known flag, in order.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        self.words().filter(|word| StatusFlag::from_word(word).is_none())
    }

    /// The value as it goes on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromIterator<StatusFlag> for Status {
    fn from_iter<I: IntoIterator<Item = StatusFlag>>(flags: I) -> Self {
        let mut status = Self::default();
        flags.into_iter().for_each(|flag| status.add(flag));
        status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_words_is_in_the_order_of_the_flags() {
        for (at, &(flag, word)) in StatusFlag::WORDS.iter().enumerate() {
            assert_eq!(flag as usize, at);
            assert_eq!(flag.word(), word);
        }
    }

    #[test]
    fn unknown_words_and_their_order_are_kept() {
        let status = Status::parse(" OB  HE LB OB\tX");
        assert_eq!(status.as_str(), "OB HE LB OB X");
        assert_eq!(status.unknown().collect::<Vec<_>>(), ["HE", "X"]);
        assert!(status.has(StatusFlag::LowBattery) && !status.has(StatusFlag::OnLine));
        assert_eq!(Status::parse(status.as_str()), status);
    }

    #[test]
    fn a_forced_shutdown_stands_in_front_once() {
        let mut status = Status::parse("OL CHRG");
        status.prefix(StatusFlag::ForcedShutdown);
        status.prefix(StatusFlag::ForcedShutdown);
        assert_eq!(status.as_str(), "FSD OL CHRG");
        let mut empty = Status::default();
        empty.prefix(StatusFlag::ForcedShutdown);
        assert_eq!(empty.as_str(), "FSD");
    }
}

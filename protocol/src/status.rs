//! `ups.status`: a list of words, each a [`StatusFlag`]; unknown words are kept as they came.

use std::fmt;

macro_rules! flags {
    ($(#[doc = $doc:literal] $Flag:ident = $word:literal,)*) => {
        /// One word of `ups.status`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum StatusFlag {
            $(#[doc = $doc] $Flag,)*
        }

        impl StatusFlag {
            /// Every flag with its word.
            pub const WORDS: &[(Self, &'static str)] = &[$((Self::$Flag, $word)),*];

            /// The flag of a word, in any case, as NUT reads it.
            #[must_use]
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$Flag),)*
                    _ => Self::WORDS.iter().find(|(_, known)| known.eq_ignore_ascii_case(word)).map(|(flag, _)| *flag),
                }
            }

            /// The flag's word.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$Flag => $word,)*
                }
            }

            const fn bit(self) -> u32 {
                1 << self as u32
            }
        }
    };
}

flags! {
    /// `OL`: the load runs on mains.
    OnLine = "OL",
    /// `OB`: the load runs on the battery.
    OnBattery = "OB",
    /// `LB`: the battery is low.
    LowBattery = "LB",
    /// `HB`: the battery's charge or voltage is too high.
    HighBattery = "HB",
    /// `RB`: the battery needs replacement.
    ReplaceBattery = "RB",
    /// `CHRG`: the battery charges.
    Charging = "CHRG",
    /// `DISCHRG`: the battery discharges.
    Discharging = "DISCHRG",
    /// `BYPASS`: mains feeds the load past the UPS.
    Bypass = "BYPASS",
    /// `CAL`: runtime calibration under way.
    Calibration = "CAL",
    /// `OFF`: the load has no power.
    Off = "OFF",
    /// `OVER`: overloaded.
    Overload = "OVER",
    /// `TRIM`: lowers the mains voltage.
    Trim = "TRIM",
    /// `BOOST`: raises the mains voltage.
    Boost = "BOOST",
    /// `FSD`: a primary has begun a forced shutdown.
    ForcedShutdown = "FSD",
    /// `ALARM`: `ups.alarm` says why.
    Alarm = "ALARM",
    /// `ECO`: high-efficiency mode.
    Eco = "ECO",
    /// `TEST`: battery test under way.
    Test = "TEST",
    /// `WAIT`: the server waits for the driver's first dump.
    Wait = "WAIT",
    /// `OVERHEAT`: too hot.
    Overheat = "OVERHEAT",
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
    fn every_word_has_one_flag_and_every_flag_one_word() {
        for &(flag, word) in StatusFlag::WORDS {
            assert_eq!((StatusFlag::from_word(word), flag.word()), (Some(flag), word));
        }
        assert_eq!(StatusFlag::from_word("ol"), Some(StatusFlag::OnLine));
        assert_eq!(StatusFlag::from_word("O L"), None);
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

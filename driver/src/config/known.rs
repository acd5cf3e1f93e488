//! The parameters that one driver knows besides those of every driver: for the checks, for `-L`
//! and for `-h`.

use protocol::usb::Pattern;

/// A row of a driver's table of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownParam {
    /// Its name in `ups.conf` and after `-x`.
    pub name: &'static str,
    /// What may stand behind it.
    pub kind: Kind,
    /// One line for `-h` and `-L`.
    pub about: &'static str,
}

/// What may stand behind a parameter's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing: it is a flag.
    Flag,
    /// Any text.
    Text,
    /// A whole number that is at least this.
    Number(i64),
    /// Hex digits of 16 bits, `0x` before them or not.
    Hex16,
    /// A regular expression, or the very text that is meant.
    Expression,
}

impl KnownParam {
    /// A parameter with any text as its value.
    #[must_use]
    pub const fn value(name: &'static str, about: &'static str) -> Self {
        Self { name, kind: Kind::Text, about }
    }

    /// A parameter with a number of at least `least` as its value.
    #[must_use]
    pub const fn number(name: &'static str, least: i64, about: &'static str) -> Self {
        Self { name, kind: Kind::Number(least), about }
    }

    /// A parameter with up to four hex digits as its value.
    #[must_use]
    pub const fn hex(name: &'static str, about: &'static str) -> Self {
        Self { name, kind: Kind::Hex16, about }
    }

    /// A parameter with a regular expression as its value.
    #[must_use]
    pub const fn expression(name: &'static str, about: &'static str) -> Self {
        Self { name, kind: Kind::Expression, about }
    }

    /// A flag.
    #[must_use]
    pub const fn flag(name: &'static str, about: &'static str) -> Self {
        Self { name, kind: Kind::Flag, about }
    }

    /// Whether it says which device is meant.
    #[must_use]
    pub fn is_selector(&self) -> bool {
        matches!(self.kind, Kind::Hex16 | Kind::Expression)
    }

    /// Whether it takes a value.
    #[must_use]
    pub const fn takes_value(&self) -> bool {
        !matches!(self.kind, Kind::Flag)
    }

    /// What is wrong with this value, after the parameter's name.
    #[must_use]
    pub fn refuse(&self, value: &str) -> Option<String> {
        let value = value.trim();
        match self.kind {
            Kind::Flag | Kind::Text => None,
            Kind::Number(least) => match value.parse::<i64>() {
                Ok(number) if number >= least => None,
                _ => Some(format!("needs a number of at least {least}, not `{value}`")),
            },
            Kind::Hex16 => hex16(value).is_none().then(|| format!("needs up to four hex digits, not `{value}`")),
            Kind::Expression => match Pattern::expression(value) {
                Ok(_) => None,
                Err(why) => Some(format!("needs a regular expression, and `{value}` is none: {why}")),
            },
        }
    }
}

/// A [`Kind::Hex16`].
#[must_use]
pub fn hex16(text: &str) -> Option<u16> {
    let text = text.trim();
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    // `from_str_radix` takes a sign.
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

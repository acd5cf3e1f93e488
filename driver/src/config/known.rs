//! The parameters that one driver knows besides those of every driver: for the checks, for `-L`
//! and for `-h`.

/// A row of a driver's table of parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownParam {
    /// Its name in `ups.conf` and after `-x`.
    pub name: &'static str,
    /// Whether it takes a value; else it is a flag.
    pub takes_value: bool,
    /// One line for `-h` and `-L`.
    pub about: &'static str,
}

impl KnownParam {
    /// A parameter with a value.
    #[must_use]
    pub const fn value(name: &'static str, about: &'static str) -> Self {
        Self { name, takes_value: true, about }
    }

    /// A flag.
    #[must_use]
    pub const fn flag(name: &'static str, about: &'static str) -> Self {
        Self { name, takes_value: false, about }
    }
}

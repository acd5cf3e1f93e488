//! Whose daemons a run judges: `ours`, `nut`, or a choice per daemon
//! (`driver=nut,server=ours,monitor=ours`; what is not named is ours).

use std::fmt;
use std::str::FromStr;

use crate::language::{Maker, Makers};

impl fmt::Display for Maker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "ours",
            Self::Nut => "nut",
        })
    }
}

/// One daemon of a stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads the device.
    Driver,
    /// `upsd`.
    Server,
    /// `upsmon`.
    Monitor,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Driver => "driver",
            Self::Server => "server",
            Self::Monitor => "monitor",
        })
    }
}

impl Makers {
    /// Every daemon ours.
    pub const OURS: Self = Self { driver: Maker::Ours, server: Maker::Ours, monitor: Maker::Ours };
    /// Every daemon NUT's.
    pub const NUT: Self = Self { driver: Maker::Nut, server: Maker::Nut, monitor: Maker::Nut };

    /// Who made the daemon of that role.
    #[must_use]
    pub fn of(self, role: Role) -> Maker {
        match role {
            Role::Driver => self.driver,
            Role::Server => self.server,
            Role::Monitor => self.monitor,
        }
    }
}

/// `--stack` that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StackError {
    /// Not a daemon's role.
    #[error("`{0}` is none of driver, server, monitor")]
    UnknownRole(String),
    /// Not a stack.
    #[error("`{0}` is no stack: say ours, nut, or driver=…,server=…,monitor=… with ours or nut")]
    UnknownMaker(String),
}

impl FromStr for Makers {
    type Err = StackError;

    /// ```text
    /// stack = maker | part *("," part)      part = role "=" maker
    /// role  = "driver" | "server" | "monitor"      maker = "ours" | "nut"
    /// ```
    fn from_str(text: &str) -> Result<Self, StackError> {
        match text.trim() {
            "ours" => return Ok(Self::OURS),
            "nut" => return Ok(Self::NUT),
            _ => {}
        }
        let mut stack = Self::OURS;
        for part in text.split(',') {
            let (role, maker) = part.split_once('=').ok_or_else(|| StackError::UnknownMaker(part.trim().into()))?;
            let maker = match maker.trim() {
                "ours" => Maker::Ours,
                "nut" => Maker::Nut,
                other => return Err(StackError::UnknownMaker(other.into())),
            };
            match role.trim() {
                "driver" => stack.driver = maker,
                "server" => stack.server = maker,
                "monitor" => stack.monitor = maker,
                other => return Err(StackError::UnknownRole(other.into())),
            }
        }
        Ok(stack)
    }
}

impl fmt::Display for Makers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.driver == self.server && self.server == self.monitor {
            return self.driver.fmt(f);
        }
        write!(f, "driver={},server={},monitor={}", self.driver, self.server, self.monitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_ours() {
        assert_eq!("server=nut".parse(), Ok(Makers { server: Maker::Nut, ..Makers::OURS }));
        assert_eq!("nut".parse(), Ok(Makers::NUT));
        assert_eq!(
            "driver=nut, monitor=nut".parse::<Makers>().map(|stack| stack.to_string()),
            Ok("driver=nut,server=ours,monitor=nut".to_owned())
        );
    }

    #[test]
    fn a_stack_that_cannot_be_says_what_could_be() {
        assert_eq!("upsd=nut".parse::<Makers>(), Err(StackError::UnknownRole("upsd".into())));
        assert_eq!("theirs".parse::<Makers>(), Err(StackError::UnknownMaker("theirs".into())));
    }
}

//! The one decision this monitor makes: that this host must go down. It carries its reasons.

use crate::criticality::Reason;
use std::fmt;

/// Why this host goes down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Too few supplies can be counted on.
    SuppliesLost {
        /// Power value of the supplies that still can.
        have: u32,
        /// MINSUPPLIES.
        need: u32,
        /// Those that cannot, and why.
        critical: Vec<Critical>,
    },
    /// An operator asked (`upsmon -c fsd`).
    Operator,
}

/// One UPS that cannot be counted on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Critical {
    /// As `MONITOR` names it.
    pub ups: String,
    /// Why.
    pub reason: Reason,
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("an operator asked for it"),
            Self::SuppliesLost { have, need, critical } => {
                write!(f, "power value {have} is less than MINSUPPLIES {need}")?;
                for Critical { ups, reason } in critical {
                    write!(f, "; UPS {ups}: {reason}")?;
                }
                Ok(())
            }
        }
    }
}

//! What is wrong with the data port now.

use std::collections::BTreeMap;

use protocol::usb::{Data, Failure};

use crate::control::{Fault, Link};

/// The faults there are: of every transfer, and of single reports.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    of_all: Option<Fault>,
    of_report: BTreeMap<u8, Fault>,
}

impl Faults {
    /// Something goes wrong, or right again.
    pub fn link(&mut self, link: Link) {
        match link {
            Link::Fault(fault) => self.of_all = Some(fault),
            Link::ReportFault(id, fault) => _ = self.of_report.insert(id, fault),
            Link::Healthy => *self = Self::default(),
            Link::Unplug | Link::Plug => {}
        }
    }

    /// What goes wrong with a transfer, of this report if it is of one.
    pub fn of(&self, report: Option<u8>) -> Option<Fault> {
        let own = report.and_then(|id| self.of_report.get(&id).copied());
        own.or(self.of_all)
    }

    /// Whether some report no longer changes.
    pub fn freezes(&self) -> bool {
        self.of_all == Some(Fault::Freeze) || self.of_report.values().any(|fault| *fault == Fault::Freeze)
    }
}

/// How a transfer fails by this fault; `None` for those that it survives, and for the one that never ends.
pub fn failure(fault: Fault) -> Option<Failure> {
    match fault {
        Fault::Stall => Some(Failure::Stall),
        Fault::TimeOut => Some(Failure::Timeout),
        Fault::Io => Some(Failure::Io),
        Fault::Overflow => Some(Failure::Overflow),
        Fault::Hang | Fault::Freeze | Fault::Short | Fault::Garble | Fault::Late(_) => None,
    }
}

/// Does to an answer what this fault does to it.
pub fn spoil(bytes: &mut Data, fault: Fault) {
    match fault {
        Fault::Short => _ = bytes.pop(),
        // Wrong bits behind the report id.
        Fault::Garble => bytes.iter_mut().skip(1).for_each(|byte| *byte ^= 0x5A),
        _ => {}
    }
}

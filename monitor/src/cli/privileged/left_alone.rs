//! The power-down flag's list across the two processes: places in the plan, so that no text from outside is written by
//! the privileged one.

use super::{Plan, receive_count, send_count};
use crate::config::Listing;
use protocol::power_down_flag::{MAGIC, MAX_NAMES, contents, not_cut};
use std::io::{self, Read};

/// Whom a flag leaves alone: places in [`Plan::listing`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct LeftAlone(Vec<usize>);

impl LeftAlone {
    /// Whom a flag with this content leaves alone; `None` where it is none that the plan knows.
    pub(super) fn in_flag(file: &[u8], plan: &Plan) -> Option<Self> {
        if file == MAGIC.as_bytes() {
            return Some(Self::default());
        }
        let Listing { boot, names } = plan.listing.as_ref()?;
        let place = |name: &String| names.iter().position(|known| known == name);
        let found = Self(not_cut(file, boot).iter().map(place).collect::<Option<_>>()?);
        (found.flag(plan) == file).then_some(found)
    }

    /// The flag that leaves them alone. A place that the plan does not have is nobody's.
    pub(super) fn flag(&self, plan: &Plan) -> Vec<u8> {
        let (boot, names) = plan.listing.as_ref().map_or(("", &[][..]), |listing| (&listing.boot, &listing.names));
        contents(boot, self.0.iter().filter_map(|place| names.get(*place).map(String::as_str)))
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // A plan has fewer names than a count can hold, and writing to memory does not fail.
        let _ = send_count(&mut bytes, self.0.len());
        self.0.iter().for_each(|place| _ = send_count(&mut bytes, *place));
        bytes
    }

    pub(super) fn receive(from: &mut impl Read) -> io::Result<Self> {
        let count = receive_count(from)?;
        if count > MAX_NAMES {
            return Err(io::ErrorKind::InvalidData.into());
        }
        (0..count).map(|_| receive_count(from)).collect::<io::Result<_>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let names = ["right", "middle"].map(str::to_owned).to_vec();
        Plan { listing: Some(Listing { boot: "boot".to_owned(), names }), ..Plan::default() }
    }

    #[test]
    fn a_list_crosses_to_the_privileged_process_as_places_alone() {
        for names in [&[][..], &["right"], &["middle", "right"]] {
            let file = contents("boot", names.iter().copied());
            let sent = LeftAlone::in_flag(&file, &plan()).expect("planned");
            let received = LeftAlone::receive(&mut &sent.to_bytes()[..]).expect("whole");
            assert_eq!(received.flag(&plan()), file);
        }
    }

    #[test]
    fn what_was_not_planned_is_not_written_by_the_privileged_process() {
        for file in
            [contents("boot", ["left"]), contents("other", ["right"]), b"upsmon-shutdown-file\nrubbish".to_vec()]
        {
            assert_eq!(LeftAlone::in_flag(&file, &plan()), None);
        }
        assert_eq!(LeftAlone::in_flag(&contents("boot", ["right"]), &Plan::default()), None);
        assert_eq!(LeftAlone(vec![2, 9]).flag(&plan()), MAGIC.as_bytes());
        assert!(LeftAlone::receive(&mut &[0xff; 9][..]).is_err());
        assert!(LeftAlone::receive(&mut &[0, 2, 0, 0][..]).is_err(), "half of it");
    }
}

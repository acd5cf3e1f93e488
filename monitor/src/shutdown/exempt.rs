//! Who is ordered down with this host, and who is left alone.
//!
//! A UPS that this host is primary of and does not hang on itself (power value 0) has no part in a shutdown that others
//! gave rise to, for as long as it is known to be on line power: its hosts have power, and keep it.

use crate::desk::Desk;
use crate::supply::Supply;

/// Orders FSD, for all but those that are left alone; true if it is ordered for any.
pub(super) fn order(leaves_alone: bool, supplies: &mut [Supply], desk: &mut Desk<'_>) -> bool {
    let mut is_ordering = false;
    for supply in supplies.iter_mut().filter(|supply| supply.is_primary()) {
        let can_be = leaves_alone && desk.config.exemption(&supply.monitored).is_some();
        if can_be && supply.is_known_to_be_well(desk) {
            supply.leave_alone(desk);
        } else {
            supply.order_forced_shutdown(desk);
            is_ordering = true;
        }
    }
    is_ordering
}

/// Orders FSD for those that are no longer known to be well; true if there are any.
pub(super) fn take_back(supplies: &mut [Supply], desk: &mut Desk<'_>) -> bool {
    let mut has_changed = false;
    for supply in supplies.iter_mut().filter(|supply| supply.is_left_alone()) {
        if !supply.is_known_to_be_well(desk) {
            supply.take_back(desk);
            has_changed = true;
        }
    }
    has_changed
}

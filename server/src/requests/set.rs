//! SET VAR: a new value for the driver.

use protocol::driver_socket::ToDriver;
use protocol::net::{ErrorCode, Reply};

use super::Desk;
use crate::audit;
use crate::store::Variable;
use crate::users::Action;

impl Desk<'_> {
    pub(super) fn set_var(&mut self, name: &str, var: &str, value: &str) -> Result<(), ErrorCode> {
        self.service.find_fresh(name, self.now)?;
        self.need("change variables", |user| user.may(Action::Set))?;
        let ups = self.service.find_fresh(name, self.now)?;
        check(ups.store.variable(var).ok_or(ErrorCode::VarNotSupported)?, value)?;
        let driver = ups.link.open().filter(|open| !open.is_full).ok_or(ErrorCode::SetFailed)?.link;
        let tracking = self.track();
        self.service.tell(driver, &ToDriver::Set { var, value, tracking: tracking.as_deref() });
        self.say_done(name, &format!("sets {var} to {}", audit::value_of(var, value)), tracking.as_deref());
        self.reply_to_order(tracking.as_deref());
        Ok(())
    }

    /// An id for the driver's answer, where the client wants to hear of it.
    pub(super) fn track(&mut self) -> Option<String> {
        self.session.is_tracking.then(|| self.service.tracking.begin(self.now))
    }

    pub(super) fn reply_to_order(&mut self, tracking: Option<&str>) {
        match tracking {
            Some(id) => self.reply(&Reply::OkTracking { id }),
            None => self.reply(&Reply::Ok),
        }
    }

    pub(super) fn say_done(&mut self, ups: &str, what: &str, tracking: Option<&str>) {
        let id = tracking.map(|id| format!(" (tracking id {id})")).unwrap_or_default();
        let text = format!("{} at {} {what} on {ups}{id}", self.user_name(), self.session.address);
        self.service.say(protocol::Level::Info, text);
    }
}

/// Whether the variable takes the value.
fn check(variable: &Variable, value: &str) -> Result<(), ErrorCode> {
    if !variable.flags.rw {
        return Err(ErrorCode::ReadOnly);
    }
    if variable.flags.string {
        let longest = usize::try_from(variable.length).unwrap_or_default();
        // A string without a length cannot be set: NUT says so with this word.
        if longest == 0 {
            return Err(ErrorCode::SetFailed);
        }
        if value.len() > longest {
            return Err(ErrorCode::TooLong);
        }
    }
    if !variable.values.is_empty() && !variable.values.iter().any(|known| **known == *value) {
        return Err(ErrorCode::InvalidValue);
    }
    let number = leading_integer(value);
    if !variable.ranges.is_empty() && !variable.ranges.iter().any(|(min, max)| (*min..=*max).contains(&number)) {
        return Err(ErrorCode::InvalidValue);
    }
    Ok(())
}

/// What C's `atoi` makes of a text, at the ends of its range too.
fn leading_integer(text: &str) -> i32 {
    let text = text.trim_start();
    let (sign, digits) = match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    };
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let number = digits[..end].parse::<i64>().unwrap_or(if end == 0 { 0 } else { i64::from(i32::MAX) });
    i32::try_from(sign * number).unwrap_or(if sign < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_far_as_they_go() {
        let read = ["5", " -7 s", "+3.9", "x", "", "99999999999999999999", "-99999999999"].map(leading_integer);
        assert_eq!(read, [5, -7, 3, 0, 0, i32::MAX, i32::MIN]);
    }
}

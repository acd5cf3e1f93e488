//! Numbers of `upsmon.conf`. What stands behind the digits is left out with a warning, as NUT leaves it
//! out in silence: a time that is shorter than it was meant would be worse. Without digits it is a
//! warning as well, and the default stays.

use super::Config;
use super::load::Reading;
use protocol::conf::flat::Directive;
use std::str::FromStr;
use std::time::Duration;

impl Reading {
    /// The first argument as a number.
    pub(super) fn number<T: FromStr>(&mut self, line: &Directive, wanted: &str) -> Option<T> {
        let item = line.arguments.first()?;
        let text = item.text.trim();
        let digits = digits(text);
        let Ok(number) = digits.parse() else {
            self.ignore(line, &format!("`{}` is not {wanted}", item.text));
            return None;
        };
        if digits != text {
            let problem = item.warning(&self.source, format!("`{}` is not {wanted}", item.text));
            self.diagnostics.push(problem.label(format!("read as {digits}")));
        }
        Some(number)
    }

    /// A time that may be zero.
    pub(super) fn seconds(&mut self, line: &Directive, place: fn(&mut Config) -> &mut Duration) {
        if let Some(seconds) = self.number::<u32>(line, "a number of seconds") {
            *place(&mut self.config) = Duration::from_secs(seconds.into());
        }
    }

    /// A time between two of something: at least a second.
    pub(super) fn interval(&mut self, line: &Directive, place: fn(&mut Config) -> &mut Duration) {
        match self.number::<u32>(line, "a number of seconds") {
            Some(0) => self.ignore(line, &format!("{} must be at least 1", line.name.text)),
            Some(seconds) => *place(&mut self.config) = Duration::from_secs(seconds.into()),
            None => {}
        }
    }

    /// A time, or a negative number for "never".
    pub(super) fn optional(&mut self, line: &Directive, place: fn(&mut Config) -> &mut Option<Duration>) {
        let mut value = *place(&mut self.config);
        self.optional_value(line, &mut value);
        *place(&mut self.config) = value;
    }

    /// As [`Self::optional`], for a value that is no field.
    pub(super) fn optional_value(&mut self, line: &Directive, value: &mut Option<Duration>) {
        if let Some(seconds) = self.number::<i32>(line, "a number of seconds") {
            *value = u64::try_from(seconds).ok().map(Duration::from_secs);
        }
    }

    fn ignore(&mut self, line: &Directive, why: &str) {
        let item = line.arguments.first().unwrap_or(&line.name);
        self.diagnostics.push(item.warning(&self.source, why).label("ignored"));
    }
}

/// The number at the start of a text, its sign included.
fn digits(text: &str) -> &str {
    let sign = usize::from(text.starts_with(['-', '+']));
    let length = text[sign..].bytes().take_while(u8::is_ascii_digit).count();
    &text[..sign + length]
}

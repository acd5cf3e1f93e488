//! Observations and claims in words, for verdicts and reports.

use super::expectation::{Anchor, Claim, Window};
use super::observation::{Comparison, HostSight, Observation, UpsSight};
use crate::journal::WireProtocol;
use std::fmt;
use std::time::Duration;

/// A time as a person says it: `7 s`, `1 min 30 s`, `2 h 5 min`, `250 ms`.
#[must_use]
pub fn time(duration: Duration) -> String {
    // Under a minute, tenths are shown: rounded, so that a sum of two parts adds up.
    let exact = duration.as_millis();
    let millis = if (1000..60_000).contains(&exact) { exact + 50 } else { exact };
    let (seconds, rest) = (millis / 1000, millis % 1000);
    let tenths = |whole: u128| {
        let tenth = rest / 100;
        if tenth == 0 { format!("{whole} s") } else { format!("{whole}.{tenth} s") }
    };
    match seconds {
        0 if rest > 0 => format!("{rest} ms"),
        0..=59 => tenths(seconds),
        60..=3599 if seconds % 60 == 0 => format!("{} min", seconds / 60),
        60..=3599 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ if (seconds / 60) % 60 == 0 => format!("{} h", seconds / 3600),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// A moment on a clock that starts with the run: `1:05:09`, `23:07`, `0:30.2`.
#[must_use]
pub fn clock(at: protocol::Instant) -> String {
    let tenths = at.as_micros() / 100_000;
    let (seconds, tenth) = (tenths / 10, tenths % 10);
    let (h, m, s) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if h == 0 { format!("{m}:{s:02}.{tenth}") } else { format!("{h}:{m:02}:{s:02}.{tenth}") }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hosts { hosts, sight } => {
                let who = match (hosts.word.as_str(), hosts.names.as_slice()) {
                    ("all" | "any", _) if hosts.any => "any host".to_owned(),
                    ("all", _) => "all hosts".to_owned(),
                    (word, [one]) if word == one => word.to_owned(),
                    (word, _) if hosts.any => format!("any of {word}"),
                    (word, _) => format!("all of {word}"),
                };
                write!(f, "{who} {sight}")
            }
            Self::Ups { ups, sight: UpsSight::Outlet(live) } => {
                write!(f, "{ups} outlet {}", if *live { "on" } else { "off" })
            }
            Self::Ups { ups, sight: UpsSight::Var { name, is } } => write!(f, "{ups} {name} {is}"),
            Self::Wire { protocol, says, host } => {
                let wire = match protocol {
                    WireProtocol::Net => "net protocol",
                    WireProtocol::DriverSocket => "driver socket",
                    WireProtocol::Usb => "USB",
                };
                write!(f, "`{says}` on the {wire}")?;
                host.as_ref().map_or(Ok(()), |host| write!(f, " at {host}"))
            }
        }
    }
}

impl fmt::Display for HostSight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(state) => write!(f, "{state}"),
            Self::Notified { kind, ups: None } => write!(f, "notified {kind}"),
            Self::Notified { kind, ups: Some(ups) } => write!(f, "notified {kind} of {ups}"),
            Self::Ran(command) => write!(f, "ran `{command}`"),
            Self::Logged(line) => write!(f, "logged `{line}`"),
            Self::Flag(exists) => write!(f, "power-down flag {}", if *exists { "there" } else { "gone" }),
            Self::Process { name, running } => write!(f, "{name} {}", if *running { "running" } else { "not running" }),
        }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = |value: i64| {
            let text = format!("{}{}.{:03}", if value < 0 { "-" } else { "" }, value.abs() / 1000, value.abs() % 1000);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        };
        match self {
            Self::Is(text) => write!(f, "is {text}"),
            Self::Has(word) => write!(f, "has {word}"),
            Self::Below(limit) => write!(f, "below {}", decimal(*limit)),
            Self::Above(limit) => write!(f, "above {}", decimal(*limit)),
            Self::Refused(error) => write!(f, "refused with {error}"),
        }
    }
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "the start",
            Self::Step(_, id) => id,
            Self::End => "the end",
        })
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.from, &self.to) {
            (Anchor::Start, Anchor::End) => Ok(()),
            (Anchor::Start, to) => write!(f, " before {to}"),
            (from, Anchor::End) => write!(f, " after {from}"),
            (from, to) => write!(f, " between {from} and {to}"),
        }
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::See { what, within: None, of: Anchor::Start } => write!(f, "see {what}"),
            Self::See { what, within: None, of } => write!(f, "see {what} after {of}"),
            Self::See { what, within: Some(within), of } => write!(f, "see {what} within {} of {of}", time(*within)),
            Self::Never { what, during } => write!(f, "never {what}{during}"),
            Self::Always { what, during } => write!(f, "always {what}{during}"),
            Self::Order(sights) => {
                let sights: Vec<String> = sights.iter().map(ToString::to_string).collect();
                write!(f, "in order: {}", sights.join(" → "))
            }
            Self::Finally(what) => write!(f, "finally {what}"),
            Self::Count { what, least, most, during } => {
                write!(f, "{what} ")?;
                let times = |count: u32| if count == 1 { "once".to_owned() } else { format!("{count} times") };
                match (*least, *most) {
                    (least, most) if least == most => write!(f, "{}", times(least))?,
                    (0, most) => write!(f, "at most {}", times(most))?,
                    (least, u32::MAX) => write!(f, "at least {}", times(least))?,
                    (least, most) => write!(f, "{least} to {most} times")?,
                }
                write!(f, "{during}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        let said = [7_000, 7_300, 250, 90_000, 120_000, 7_500_000, 7_200_000].map(|ms| time(Duration::from_millis(ms)));
        assert_eq!(said, ["7 s", "7.3 s", "250 ms", "1 min 30 s", "2 min", "2 h 5 min", "2 h"]);
        assert_eq!(clock(protocol::Instant::from_micros(3_909_250_000)), "1:05:09.2");
        assert_eq!(clock(protocol::Instant::from_micros(30_200_000)), "0:30.2");
    }
}

//! Which daemons a host's configuration implies.
//!
//! `nut.conf` decides where there is one (nut.conf(5): MODE); where there is none, as on a NAS whose
//! vendor starts the daemons in its own way, the files that exist do.

use protocol::conf::nut_conf::Mode;

/// What a host starts when it is up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Implied {
    /// One driver for each section of `ups.conf`.
    pub drivers: bool,
    /// `upsd`.
    pub server: bool,
    /// `upsmon`.
    pub monitor: bool,
}

impl Implied {
    /// What `MODE` (`None`: there is no `nut.conf`, or it sets no mode) and the files there are imply.
    #[must_use]
    pub fn by(mode: Option<Mode>, exists: impl Fn(&str) -> bool) -> Self {
        match mode {
            Some(mode) => {
                let serves = mode.runs_server();
                Self { drivers: serves, server: serves, monitor: mode.runs_monitor() }
            }
            None => Self {
                drivers: exists("ups.conf"),
                server: exists("upsd.conf") || exists("upsd.users"),
                monitor: exists("upsmon.conf"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_decides_where_there_is_one_and_else_the_files() {
        let all = |_: &str| true;
        assert_eq!(Implied::by(Some(Mode::NetClient), all), Implied { drivers: false, server: false, monitor: true });
        assert_eq!(Implied::by(Some(Mode::None), all), Implied { drivers: false, server: false, monitor: false });
        assert_eq!(
            Implied::by(None, |file| file == "upsmon.conf"),
            Implied { drivers: false, server: false, monitor: true }
        );
        assert_eq!(
            Implied::by(None, |file| file != "upsd.conf"),
            Implied { drivers: true, server: true, monitor: true }
        );
    }
}

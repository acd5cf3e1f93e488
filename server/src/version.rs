//! What the server says it is.
//!
//! Clients cut these texts apart: one takes what stands between `upsd ` and ` -` as the version,
//! another the fourth word. So the version is one word, with no dash between blanks, and begins
//! with the release of NUT whose behaviour this server offers.

/// The answer to GET VAR … server.version.
pub const VERSION: &str = concat!("2.8.1-ridethrough-", env!("CARGO_PKG_VERSION"));

/// The answer to VER and to GET VAR … server.info. The address is the protocol's home.
pub const BANNER: &str = concat!(
    "Network UPS Tools upsd 2.8.1-ridethrough-",
    env!("CARGO_PKG_VERSION"),
    " - https://www.networkupstools.org/"
);

/// The answer to HELP. FSD, PRIMARY, MASTER and WATCH are not in it, as in NUT.
pub const HELP: &str = "Commands: HELP VER PROTVER GET LIST SET INSTCMD LOGIN LOGOUT USERNAME PASSWORD STARTTLS";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_cut_the_banner_apart_find_the_version() {
        let after = BANNER.split_once("upsd ").unwrap().1;
        assert_eq!(after.rsplit_once(" -").unwrap().0, VERSION);
        assert_eq!(BANNER.split(' ').nth(4), Some(VERSION));
    }
}

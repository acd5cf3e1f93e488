//! Which UPSes a shutdown can leave alone, and by which names whoever cuts the loads knows them.
//!
//! A UPS that gets no FSD must not be cut either. What is cut on this host goes by the names of `ups.conf`, so the
//! name of such a UPS has to mean it and no other; and there has to be a list to put it on.

use super::{Config, Monitored, Role};
use protocol::names::same;
use protocol::power_down_flag::{MAX_NAMES, can_name};

/// What a monitor can list beside its power-down flag. Fixed at its start: the names are the administrator's, never
/// what a server says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// The boot that a list holds for.
    pub boot: String,
    /// The names that can be on it.
    pub names: Vec<String>,
}

/// How a UPS is left alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exemption<'a> {
    /// Its load is not cut if this name is on the list.
    Listed(&'a str),
    /// It has its driver elsewhere: the UPS that this host knows by this name is another.
    Elsewhere,
}

impl Config {
    /// What this configuration can list in this boot.
    #[must_use]
    pub fn listing_in(&self, boot: &str) -> Listing {
        let names = self.monitored.iter().filter(|line| line.only_drives() && self.is_only_of_its_name(line));
        let names = names.map(|line| line.address.ups.clone()).filter(|name| can_name(name));
        Listing { boot: boot.to_owned(), names: names.take(MAX_NAMES).collect() }
    }

    /// Whether a shutdown for other reasons can leave the UPS of this MONITOR line alone, where a boot has a name.
    #[must_use]
    pub fn can_leave_alone(&self, line: &Monitored) -> bool {
        let listing = Some(self.listing_in("any"));
        Self { listing, ..self.clone() }.exemption(line).is_some()
    }

    /// How a shutdown can leave the UPS of this MONITOR line alone; `None` where it cannot.
    pub(crate) fn exemption<'a>(&self, line: &'a Monitored) -> Option<Exemption<'a>> {
        let listing = self.listing.as_ref().filter(|_| line.only_drives() && self.power_down_flag.is_some())?;
        let name = line.address.ups.as_str();
        if self.is_only_of_its_name(line) {
            let is_listed = listing.names.iter().any(|listed| listed == name);
            return is_listed.then_some(Exemption::Listed(name));
        }
        let is_elsewhere = !line.is_here() && self.namesakes(line).any(Monitored::is_here);
        is_elsewhere.then_some(Exemption::Elsewhere)
    }

    fn is_only_of_its_name(&self, line: &Monitored) -> bool {
        self.namesakes(line).count() == 1
    }

    /// All lines about a UPS of this name, that one included.
    fn namesakes(&self, line: &Monitored) -> impl Iterator<Item = &Monitored> {
        self.monitored.iter().filter(|other| same(&other.address.ups, &line.address.ups))
    }
}

impl Monitored {
    /// Whether this host is the primary of a UPS that feeds others.
    fn only_drives(&self) -> bool {
        self.role == Role::Primary && self.power_value == 0
    }

    /// Whether its server is certain to run on this host.
    fn is_here(&self) -> bool {
        self.address.server.is_loopback()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exemptions(lines: &str) -> Vec<Option<&'static str>> {
        let text = format!("{lines}\nMINSUPPLIES 1\nSHUTDOWNCMD true\nPOWERDOWNFLAG /run/killpower\n");
        let (mut config, _) = Config::load_from(text, "upsmon.conf").expect("a configuration");
        assert!(config.monitored.iter().all(|line| config.exemption(line).is_none()), "nothing can be listed yet");
        config.listing = Some(config.listing_in("boot"));
        let known = |exemption: Exemption<'_>| match exemption {
            Exemption::Listed(_) => "listed",
            Exemption::Elsewhere => "elsewhere",
        };
        config.monitored.iter().map(|line| config.exemption(line).map(known)).collect()
    }

    #[test]
    fn a_ups_can_be_left_alone_if_its_name_means_no_other() {
        let left = "MONITOR left@localhost 1 mon secret primary\n";
        let with = |line: &str| exemptions(&format!("{left}MONITOR {line}"));
        assert_eq!(with("right@localhost 0 mon secret primary"), [None, Some("listed")]);
        assert_eq!(with("right@ctl.example 0 mon secret primary"), [None, Some("listed")]);
        assert_eq!(with("right@localhost 0 mon secret secondary"), [None, None]);
        assert_eq!(with("right@localhost 1 mon secret primary"), [None, None]);
        assert_eq!(with("LEFT@other 0 mon secret primary"), [None, Some("elsewhere")]);
        assert_eq!(with("left@localhost:3494 0 mon secret primary"), [None, None]);
        let away = "MONITOR ups@a 1 mon secret primary\nMONITOR ups@b 0 mon secret primary";
        assert_eq!(exemptions(away), [None, None]);
    }

    #[test]
    fn nothing_is_left_alone_where_no_list_can_be_written() {
        let text = "MONITOR left 1 mon secret primary\nMONITOR right 0 mon secret primary\nSHUTDOWNCMD true\n";
        let (mut config, _) = Config::load_from(text, "upsmon.conf").expect("a configuration");
        config.listing = Some(config.listing_in("boot"));
        assert!(config.monitored.iter().all(|line| config.exemption(line).is_none()));
    }
}

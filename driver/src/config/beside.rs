//! The other UPSes of one `ups.conf` that a late shutdown cuts together with this one.

use protocol::conf::ups_conf::{UpsConf, UpsSection};

/// A driver that cuts nothing.
const CUTS_NOTHING: &str = "dummy-ups";

/// One of them, as far as its section tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Beside {
    /// The section's name.
    pub ups: String,
    /// `offdelay`, seconds, where it is given as a number.
    pub off_delay: Option<i64>,
}

/// Those beside a section: all that `upsdrvctl shutdown` goes to, less the ones with `sdorder = -1`.
pub(super) fn of(conf: &UpsConf, own: &UpsSection) -> Vec<Beside> {
    let number = |section: &UpsSection, key| section.settings.get(key).and_then(|text| text.trim().parse::<i64>().ok());
    let others = conf.sections.iter().filter(|section| section.name.as_str() != own.name.as_str());
    let cut = others.filter(|section| {
        section.settings.get("driver") != Some(CUTS_NOTHING)
            && number(section, "sdorder").is_none_or(|order| order >= 0)
    });
    cut.map(|section| Beside { ups: section.name.as_str().to_owned(), off_delay: number(section, "offdelay") })
        .collect()
}

//! Where a monitor says its notices, and which notice a line of its log is.
//!
//! A notice is read where that monitor says it: from NOTIFYCMD where the configuration sends that
//! type there, else from its log, else from what it says to every logged-in user. Texts are the
//! configuration's NOTIFYMSG, or the stock ones.

use monitor::notice::Notice;

use super::configuration::ups_of;
use crate::journal::{Name, What};

/// Where a notice of some type is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outlet {
    /// NOTIFYCMD.
    Command,
    /// The log.
    Log,
    /// `wall`.
    Wall,
    /// Nowhere: it is ignored.
    Nowhere,
}

/// Recognises one monitor's notices.
#[derive(Debug, Clone)]
pub struct Recogniser {
    outlets: Vec<(Name, Outlet)>,
    texts: Vec<Text>,
}

/// What a notice about one UPS looks like: the text before and after what it is about.
#[derive(Debug, Clone)]
struct Text {
    kind: Name,
    ups: Option<Name>,
    before: String,
    after: Option<String>,
}

/// Stands for the second `%s` of a text, which differs from notice to notice.
const ABOUT: &str = "\u{1}";

impl Recogniser {
    /// For the monitor of this configuration.
    #[must_use]
    pub fn new(config: &monitor::Config) -> Self {
        let mut texts = Vec::new();
        let mut outlets = Vec::new();
        for notice in Notice::all() {
            let channels = config.notices.channels(notice);
            let outlet = match channels {
                _ if channels.exec && config.notify_command.is_some() => Outlet::Command,
                _ if channels.syslog => Outlet::Log,
                _ if channels.wall => Outlet::Wall,
                _ => Outlet::Nowhere,
            };
            outlets.push((notice.name().into(), outlet));
            for system in config.monitored.iter().map(|line| line.system.as_str()).chain([""]) {
                texts.push(Text::new(config, notice, system));
            }
        }
        // A stock text may be the beginning of another: the longest that fits is meant.
        texts.sort_by_key(|text| std::cmp::Reverse(text.before.len()));
        Self { outlets, texts }
    }

    /// Where notices of this type are read.
    #[must_use]
    pub fn outlet(&self, kind: &str) -> Outlet {
        self.outlets.iter().find(|(known, _)| **known == *kind).map_or(Outlet::Log, |(_, outlet)| *outlet)
    }

    /// The notice that a line said at `outlet` is, as a record of `host`'s.
    #[must_use]
    pub fn recognise(&self, host: &Name, line: &str, outlet: Outlet) -> Option<What> {
        let text = self.texts.iter().find(|text| text.fits(line))?;
        (self.outlet(&text.kind) == outlet).then(|| What::Notified {
            host: host.clone(),
            kind: text.kind.clone(),
            ups: text.ups.clone(),
            text: line.to_owned(),
        })
    }
}

impl Text {
    fn new(config: &monitor::Config, notice: Notice, system: &str) -> Self {
        let message = config.notices.message(notice, system, ABOUT);
        let names_it = !system.is_empty() && message.contains(system);
        let (before, after) = match message.split_once(ABOUT) {
            Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
            None => (message, None),
        };
        Self { kind: notice.name().into(), ups: names_it.then(|| ups_of(system).into()), before, after }
    }

    fn fits(&self, line: &str) -> bool {
        match (&self.after, line.strip_prefix(self.before.as_str())) {
            (Some(after), Some(rest)) => rest.ends_with(after.as_str()),
            (None, Some(rest)) => rest.is_empty(),
            (_, None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recogniser(text: &str) -> Recogniser {
        let (config, _) = monitor::Config::load_from(text, "upsmon.conf").unwrap();
        Recogniser::new(&config)
    }

    const MONITOR: &str = "MONITOR rack@nas 1 u p secondary\nSHUTDOWNCMD true\n";

    #[test]
    fn a_stock_text_in_the_log_is_a_notice_about_its_ups() {
        let (host, recogniser) = (Name::from("box"), recogniser(MONITOR));
        let line = "UPS rack@nas on battery";
        let notice = recogniser.recognise(&host, line, Outlet::Log);
        let expected =
            What::Notified { host: host.clone(), kind: "ONBATT".into(), ups: Some("rack".into()), text: line.into() };
        assert_eq!(notice, Some(expected));
        assert_eq!(recogniser.recognise(&host, "UPS rack@nas is on fire", Outlet::Log), None);
    }

    #[test]
    fn what_goes_to_notifycmd_is_not_read_from_the_log() {
        let text = format!("{MONITOR}NOTIFYCMD /bin/tell\nNOTIFYFLAG ONBATT SYSLOG+EXEC\n");
        let (host, recogniser) = (Name::from("box"), recogniser(&text));
        assert_eq!(recogniser.outlet("ONBATT"), Outlet::Command);
        assert_eq!(recogniser.recognise(&host, "UPS rack@nas on battery", Outlet::Log), None);
    }
}

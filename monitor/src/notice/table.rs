//! What `NOTIFYMSG` and `NOTIFYFLAG` make of the notices: each one's text, and where it goes.

use super::Notice;

/// Where a notice goes (`NOTIFYFLAG`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Channels {
    /// The log.
    pub syslog: bool,
    /// Every logged-in user.
    pub wall: bool,
    /// NOTIFYCMD.
    pub exec: bool,
}

impl Channels {
    /// Nowhere.
    pub const IGNORE: Self = Self { syslog: false, wall: false, exec: false };

    /// Reads `SYSLOG+WALL+EXEC` or `IGNORE`, and the words that are none of these. IGNORE means it,
    /// whatever else is said; an unknown word takes nothing from the others.
    #[must_use]
    pub fn parse(text: &str) -> (Self, Vec<&str>) {
        let (mut channels, mut unknown, mut ignores) = (Self::IGNORE, Vec::new(), false);
        for word in text.split('+') {
            match word.to_ascii_uppercase().as_str() {
                "SYSLOG" => channels.syslog = true,
                "WALL" => channels.wall = true,
                "EXEC" => channels.exec = true,
                "IGNORE" => ignores = true,
                _ => unknown.push(word),
            }
        }
        (if ignores { Self::IGNORE } else { channels }, unknown)
    }
}

/// `SYSLOG+WALL`, as for every type that `NOTIFYFLAG` does not name.
impl Default for Channels {
    fn default() -> Self {
        Self { syslog: true, wall: true, exec: false }
    }
}

/// Text and channels of every notice, after `NOTIFYMSG` and `NOTIFYFLAG`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeTable {
    texts: [Option<String>; Notice::COUNT],
    channels: [Channels; Notice::COUNT],
}

impl Default for NoticeTable {
    fn default() -> Self {
        Self { texts: [const { None }; Notice::COUNT], channels: [Channels::default(); Notice::COUNT] }
    }
}

impl NoticeTable {
    /// Takes a `NOTIFYMSG`.
    pub fn set_text(&mut self, notice: Notice, text: String) {
        self.texts[notice.index()] = Some(text);
    }

    /// Takes a `NOTIFYFLAG`.
    pub fn set_channels(&mut self, notice: Notice, channels: Channels) {
        self.channels[notice.index()] = channels;
    }

    /// Where it goes.
    #[must_use]
    pub fn channels(&self, notice: Notice) -> Channels {
        self.channels[notice.index()]
    }

    /// Whether the operator wrote a text for it.
    #[must_use]
    pub fn is_custom(&self, notice: Notice) -> bool {
        self.texts[notice.index()].is_some()
    }

    /// The message: the first `%s` becomes the UPS, the second `about`; `%%` is a percent sign.
    #[must_use]
    pub fn message(&self, notice: Notice, ups: &str, about: &str) -> String {
        let template = self.texts[notice.index()].as_deref().unwrap_or_else(|| notice.stock_text());
        fill(template, &[ups, about])
    }
}

fn fill(template: &str, values: &[&str]) -> String {
    let mut message = String::with_capacity(template.len() + 32);
    let mut values = values.iter();
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        message.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("%s") {
            message.push_str(values.next().copied().unwrap_or(""));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("%%") {
            message.push('%');
            rest = after;
        } else {
            message.push('%');
            rest = &rest[1..];
        }
    }
    message.push_str(rest);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_custom_text_is_filled_and_never_interpreted_further() {
        let mut table = NoticeTable::default();
        table.set_text(Notice::Alarm, "%s says %s at 100%% %d %s".into());
        assert_eq!(table.message(Notice::Alarm, "rack@nas", "%s"), "rack@nas says %s at 100% %d ");
        assert_eq!(table.message(Notice::Online, "rack@nas", ""), "UPS rack@nas on line power");
    }

    #[test]
    fn channels_are_read_as_nut_reads_them() {
        let both = Channels { syslog: true, wall: false, exec: true };
        assert_eq!(Channels::parse("SYSLOG+EXEC"), (both, vec![]));
        assert_eq!(Channels::parse("Syslog+MAIL+exec"), (both, vec!["MAIL"]));
        assert_eq!(Channels::parse("IGNORE"), (Channels::IGNORE, vec![]));
        assert_eq!(Channels::parse("IGNORE+SYSLOG"), (Channels::IGNORE, vec![]));
    }
}

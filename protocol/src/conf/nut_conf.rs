//! `nut.conf`: `NAME=value` lines that start-up scripts read as shell; `MODE` says which daemons a
//! host runs.

use super::{Item, lines};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use std::fmt;
use std::time::Duration;

/// Which of NUT's daemons a host runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Mode {
    /// None: NUT is not set up.
    #[default]
    None,
    /// Driver, server and monitor, for this host alone.
    Standalone,
    /// Driver, server and monitor, for other hosts too.
    NetServer,
    /// The monitor alone.
    NetClient,
    /// Driver and server, and who shuts the host down is another.
    Controlled,
    /// Nothing by itself: the owner starts what is wanted.
    Manual,
}

impl Mode {
    /// Every mode with its word.
    pub const WORDS: &[(Self, &'static str)] = &[
        (Self::None, "none"),
        (Self::Standalone, "standalone"),
        (Self::NetServer, "netserver"),
        (Self::NetClient, "netclient"),
        (Self::Controlled, "controlled"),
        (Self::Manual, "manual"),
    ];

    /// The mode of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|&&(_, known)| known == word).map(|&(mode, _)| mode)
    }

    /// Whether the host runs drivers and a server.
    #[must_use]
    pub const fn runs_server(self) -> bool {
        matches!(self, Self::Standalone | Self::NetServer | Self::Controlled)
    }

    /// Whether the host runs a monitor.
    #[must_use]
    pub const fn runs_monitor(self) -> bool {
        matches!(self, Self::Standalone | Self::NetServer | Self::NetClient)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::WORDS.iter().find(|(mode, _)| mode == self).map_or("none", |&(_, word)| word);
        f.write_str(word)
    }
}

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NutConf {
    /// `MODE`, when it is set.
    pub mode: Option<Mode>,
    /// Every setting in its order, `MODE` too; a later one counts.
    pub settings: Vec<Setting>,
}

/// `NAME=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The name.
    pub name: Item,
    /// The value; empty where none follows.
    pub value: Item,
}

impl NutConf {
    /// `POWEROFF_WAIT`: how long the host waits for its end behind the late shutdown hook, before it boots again. Whole
    /// seconds, or with a unit as sleep(1) takes them.
    #[must_use]
    pub fn poweroff_wait(&self) -> Option<Duration> {
        let text = self.get("POWEROFF_WAIT")?.trim();
        let digits = text.trim_end_matches(['s', 'm', 'h']);
        let unit = match &text[digits.len()..] {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3600,
            _ => return None,
        };
        Some(Duration::from_secs(digits.parse::<u64>().ok()?.checked_mul(unit)?))
    }

    /// The value of a setting.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        let setting = self.settings.iter().rev().find(|setting| setting.name.text == name)?;
        Some(&setting.value.text)
    }
}

/// Reads a file.
#[must_use]
pub fn read(source: &Source) -> (NutConf, Diagnostics) {
    let (lines, mut diagnostics) = lines::read(source, |_| false);
    let mut file = NutConf::default();
    for words in lines {
        match setting(source, &words) {
            Ok(setting) => {
                check_blanks(source, &setting, &mut diagnostics);
                if setting.name.text == "MODE" {
                    file.mode = Some(mode(source, &setting.value, &mut diagnostics));
                }
                file.settings.push(setting);
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    (file, diagnostics)
}

fn setting(source: &Source, words: &[Item]) -> Result<Setting, Diagnostic> {
    // A shell takes `export NAME=value` as well.
    let words = if words.first().is_some_and(|word| word.text == "export") { &words[1..] } else { words };
    let wrong = |item: &Item, message: &str| item.error(source, message).hint("write NAME=value or NAME=\"value\"");
    let (name, equals, values) = match words {
        [name, equals, values @ ..] if equals.text == "=" && !equals.quoted => (name, equals, values),
        [first, ..] => return Err(wrong(first, "line that is no setting")),
        [] => return Err(Diagnostic::error(source, 0..0, "export of nothing")),
    };
    let mut value = Item { text: String::new(), span: equals.span.end..equals.span.end, quoted: false };
    for part in values {
        // What stands together is one word to a shell, such as `A=b=c`; the lexer split it at `=`.
        if part.span.start != value.span.end && value.span != (equals.span.end..equals.span.end) {
            return Err(wrong(part, "blank in a value without quotes"));
        }
        let start = if value.text.is_empty() { part.span.start } else { value.span.start };
        value = Item { text: value.text + &part.text, span: start..part.span.end, quoted: part.quoted };
    }
    Ok(Setting { name: name.clone(), value })
}

/// A blank beside `=` makes a command of the setting when a shell reads it.
fn check_blanks(source: &Source, setting: &Setting, diagnostics: &mut Diagnostics) {
    let (name, value) = (&setting.name.span, &setting.value.span);
    if value.start > name.end + 1 {
        diagnostics.push(
            Diagnostic::warning(source, name.end..value.start, "blank beside `=`")
                .label("a shell does not read this as a setting")
                .hint("write NAME=value"),
        );
    }
}

fn mode(source: &Source, value: &Item, diagnostics: &mut Diagnostics) -> Mode {
    Mode::from_word(&value.text).unwrap_or_else(|| {
        let words = Mode::WORDS.iter().map(|&(_, word)| word);
        let problem = value.error(source, format!("`{}` is no mode", value.text));
        let all = words.clone().collect::<Vec<_>>().join(", ");
        diagnostics.push(problem.label("not a mode").hint(format!("one of {all}")).suggest(&value.text, words));
        Mode::None
    })
}

//! `ups.conf`: which UPSes there are, and the settings of each. Drivers, `upsdrvctl` and the server
//! all read it, each its own part.

use super::Item;
use super::sectioned::{self, Entry, Section};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::names::{UpsName, same};
use std::collections::BTreeMap;
use std::ops::Range;

/// Settings that may stand before the first section.
pub const GLOBAL_KEYS: &[&str] = &[
    "chroot",
    "debug_min",
    "driverpath",
    "group",
    "LIBUSB_DEBUG",
    "maxretry",
    "maxstartdelay",
    "nowait",
    "pollinterval",
    "reconnect_max_tries",
    "reconnect_report_freq",
    "retrydelay",
    "statepath",
    "synchronous",
    "user",
];

/// Settings that every UPS may have, whatever its driver.
pub const SECTION_KEYS: &[&str] = &[
    "allow_killpower",
    "debug_min",
    "desc",
    "driver",
    "group",
    "ignorelb",
    "LIBUSB_DEBUG",
    "maxretry",
    "maxstartdelay",
    "nolock",
    "pollinterval",
    "port",
    "reconnect_max_tries",
    "reconnect_report_freq",
    "retrydelay",
    "sdcommands",
    "sdorder",
    "synchronous",
    "user",
];

/// A whole file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsConf {
    /// The file, for messages about its parts.
    pub source: Source,
    /// Settings before the first section.
    pub globals: Settings,
    /// The UPSes, in their order, each name once.
    pub sections: Vec<UpsSection>,
    /// Where the first section begins, sound or not.
    globals_end: usize,
}

/// One UPS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsSection {
    /// Its name.
    pub name: UpsName,
    /// Where the name stands.
    pub header: Item,
    /// Its settings.
    pub settings: Settings,
    /// Its parts of the file: to the next section, or the end.
    pub spans: Vec<Range<usize>>,
}

/// Settings, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings(Vec<Setting>);

/// `key = value`, or a flag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// The key.
    pub key: Item,
    /// The value, `None` for a flag.
    pub value: Option<Item>,
}

impl Settings {
    /// The setting of this key; the last one counts.
    #[must_use]
    pub fn find(&self, key: &str) -> Option<&Setting> {
        self.0.iter().rev().find(|setting| setting.key.text == key)
    }

    /// The text of a setting's value; `None` where it is not set, or is a flag.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        Some(&self.find(key)?.value.as_ref()?.text)
    }

    /// Whether the key is there, with or without a value.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Setting> {
        self.0.iter()
    }
}

impl UpsConf {
    /// Reads a file and checks what all its readers rely on: sections with names, each with a driver and
    /// a port.
    ///
    /// # Errors
    ///
    /// All messages, when one of them is an error.
    pub fn read(source: &Source) -> Result<(Self, Diagnostics), Diagnostics> {
        let (conf, diagnostics) = Self::salvage(source);
        diagnostics.into_result(conf)
    }

    /// Reads what can be used of a file, for those who must not let one UPS down for a mistake about
    /// another: the sections with a name and a driver, without the settings that are wrong. All messages
    /// stand beside it, errors too.
    #[must_use]
    pub fn salvage(source: &Source) -> (Self, Diagnostics) {
        let (file, mut diagnostics) = sectioned::read_vital(source, is_vital);
        let globals = settings(source, file.globals, &mut diagnostics);
        check_keys(source, &globals, GLOBAL_KEYS, &mut diagnostics);
        let starts: Vec<usize> = file.sections.iter().map(|section| section.name.span.start).collect();
        let ends = starts.iter().skip(1).copied().chain([source.bytes().len()]);
        let mut sections: Vec<UpsSection> = Vec::new();
        let mut places = BTreeMap::new();
        for (Section { name: header, entries }, end) in file.sections.into_iter().zip(ends) {
            let settings = settings(source, entries, &mut diagnostics);
            if header.text.is_empty() {
                continue;
            }
            let name = match UpsName::new(&header.text) {
                Ok(name) => name,
                Err(error) => {
                    diagnostics.push(header.error(source, format!("this cannot name a UPS: {error}")));
                    continue;
                }
            };
            if same(&header.text, "default") {
                diagnostics.push(header.error(source, "`default` cannot name a UPS").label("NUT reserves this name"));
            }
            let span = header.span.start..end;
            let place = *places.entry(name.clone()).or_insert(sections.len());
            if let Some(first) = sections.get_mut(place) {
                diagnostics.push(again(source, &header, first));
                first.settings.0.extend(settings.0);
                first.spans.push(span);
                continue;
            }
            sections.push(UpsSection { name, header, settings, spans: vec![span] });
        }
        sections.retain(|section| require(source, section, &mut diagnostics));
        diagnostics.sort();
        let globals_end = starts.first().copied().unwrap_or(source.bytes().len());
        (Self { source: source.clone(), globals, sections, globals_end }, diagnostics)
    }

    /// Whether a message about this file is about that UPS: it stands in its section, before the first
    /// one, or nowhere.
    #[must_use]
    pub fn concerns(&self, section: &UpsSection, message: &Diagnostic) -> bool {
        let Some((_, place)) = &message.place else { return true };
        place.start < self.globals_end || section.spans.iter().any(|span| span.contains(&place.start))
    }

    /// The UPS of this name, in any case of letters.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&UpsSection> {
        self.sections.iter().find(|section| section.name == *name)
    }

    /// Warns of settings that neither every UPS has nor this UPS's driver knows.
    #[must_use]
    pub fn check_section(&self, section: &UpsSection, driver_keys: &[&str]) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        let known: Vec<_> = SECTION_KEYS.iter().chain(driver_keys).copied().collect();
        check_keys(&self.source, &section.settings, &known, &mut diagnostics);
        diagnostics
    }
}

/// All but texts for people and values for clients: a path, a command, what says which device is meant.
fn is_vital(key: &str) -> bool {
    key != "desc" && !key.starts_with("default.") && !key.starts_with("override.")
}

fn settings(source: &Source, entries: Vec<Entry>, diagnostics: &mut Diagnostics) -> Settings {
    let mut settings = Vec::with_capacity(entries.len());
    for Entry { key, has_equals, values } in entries {
        let mut values = values.into_iter();
        let value = values.next();
        if key.text == "=" && !key.quoted {
            diagnostics.push(key.error(source, "value without a key").hint("write key = value"));
            continue;
        }
        match &value {
            Some(value) if !has_equals => {
                diagnostics.push(value.error(source, format!("no `=` after `{}`", key.text)).hint("write key = value"));
                continue;
            }
            None if has_equals => {
                diagnostics.push(key.error(source, format!("no value for `{}`", key.text)).hint("write key = value"));
                continue;
            }
            _ => {}
        }
        if let Some(extra) = values.next() {
            diagnostics.push(
                extra
                    .warning(source, format!("second value for `{}`", key.text))
                    .label("is ignored")
                    .hint("a value with blanks stands in quotes: key = \"two words\""),
            );
        }
        settings.push(Setting { key, value });
    }
    Settings(settings)
}

/// A name that comes again in the same letters goes on where it was; in others NUT takes it for two UPSes
/// with one driver.
fn again(source: &Source, header: &Item, first: &UpsSection) -> Diagnostic {
    let line = source.locate(first.header.span.start).line;
    let message = format!("second section for `{}`", header.text);
    if header.text == first.header.text {
        header.warning(source, message).label(format!("goes on where line {line} began"))
    } else {
        header.error(source, message).hint(format!("the first is on line {line}; names differ in more than case"))
    }
}

/// Says what the section lacks; whether it can be used: there are loads that can be cut without a port.
fn require(source: &Source, section: &UpsSection, diagnostics: &mut Diagnostics) -> bool {
    let UpsSection { header, settings, .. } = section;
    let lacking = ["driver", "port"].into_iter().filter(|key| settings.get(key).is_none_or(str::is_empty));
    let mut can_be_used = true;
    for key in lacking {
        can_be_used &= key != "driver";
        let mut problem = header.error(source, format!("`{}` has no {key}", header.text));
        let unknown = |setting: &&Setting| !SECTION_KEYS.contains(&setting.key.text.as_str());
        let near = |setting: &&Setting| crate::diagnostic::did_you_mean(&setting.key.text, [key]).is_some();
        if let Some(typo) = settings.iter().filter(unknown).find(near) {
            problem = Diagnostic::error(source, typo.key.span.clone(), problem.message)
                .label(format!("did you mean `{key}`?"));
        }
        diagnostics.push(problem.hint(format!("every UPS needs `{key} = …`")));
    }
    can_be_used
}

/// A global key that NUT does not know is ignored by it; here it is said.
fn check_keys(source: &Source, settings: &Settings, known: &[&str], diagnostics: &mut Diagnostics) {
    for Setting { key, .. } in settings.iter() {
        let is_variable = key.text.starts_with("default.") || key.text.starts_with("override.");
        if !is_variable && !known.contains(&key.text.as_str()) {
            let problem = key.warning(source, format!("unknown setting `{}`", key.text));
            diagnostics.push(problem.label("is ignored").suggest(&key.text, known.iter().copied()));
        }
    }
}

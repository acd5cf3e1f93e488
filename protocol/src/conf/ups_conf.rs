//! `ups.conf`: which UPSes there are, and the settings of each. Drivers, `upsdrvctl` and the server
//! all read it, each its own part.

use super::Item;
use super::sectioned::{self, Entry, Section};
use crate::diagnostic::{Diagnostic, Diagnostics, Source};
use crate::names::{UpsName, same};
use std::collections::BTreeMap;

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
    /// Reads a file and checks what all its readers rely on: sections with names, each once, each
    /// with a driver and a port.
    ///
    /// # Errors
    ///
    /// All messages, when one of them is an error.
    pub fn read(source: &Source) -> Result<(Self, Diagnostics), Diagnostics> {
        let (file, mut diagnostics) = sectioned::read(source);
        let globals = settings(source, file.globals, &mut diagnostics);
        check_keys(source, &globals, GLOBAL_KEYS, &mut diagnostics);
        let mut sections = Vec::new();
        let mut names = BTreeMap::new();
        for Section { name: header, entries } in file.sections {
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
            let first = *names.entry(name.clone()).or_insert(header.span.start);
            if first != header.span.start {
                let problem = header.error(source, format!("second section for `{name}`"));
                diagnostics.push(problem.hint(format!("the first is on line {}", source.locate(first).line)));
                continue;
            }
            require(source, &header, &settings, &mut diagnostics);
            sections.push(UpsSection { name, header, settings });
        }
        diagnostics.sort();
        diagnostics.into_result(Self { source: source.clone(), globals, sections })
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

fn require(source: &Source, header: &Item, settings: &Settings, diagnostics: &mut Diagnostics) {
    for key in ["driver", "port"] {
        if settings.get(key).is_some_and(|value| !value.is_empty()) {
            continue;
        }
        let mut problem = header.error(source, format!("`{}` has no {key}", header.text));
        let unknown = |setting: &&Setting| !SECTION_KEYS.contains(&setting.key.text.as_str());
        let near = |setting: &&Setting| crate::diagnostic::did_you_mean(&setting.key.text, [key]).is_some();
        if let Some(typo) = settings.iter().filter(unknown).find(near) {
            problem = Diagnostic::error(source, typo.key.span.clone(), problem.message)
                .label(format!("did you mean `{key}`?"));
        }
        diagnostics.push(problem.hint(format!("every UPS needs `{key} = …`")));
    }
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

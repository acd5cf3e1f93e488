//! From what is written to what it means: names are looked up, defaults filled in, groups of hosts
//! expanded. Everything that does not add up is a mistake with its place; all of them are found.

mod actions;
mod command_line;
mod expectations;
mod observations;
mod things;
mod timeline;

use super::mistake::{At, Mistake};
use super::scenario::{Host, Scenario, Ups};
use super::texts::Texts;
use super::written::Document;
use super::yaml::shapes::Located;
use std::path::PathBuf;

/// Words that speak of hosts or moments, and so cannot be names.
const RESERVED: [&str; 5] = ["all", "any", "mains", "start", "end"];

/// What is around a scenario: things that a name in it may lead to.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Devices that come with the emulator. When empty, device names are not checked.
    pub devices: Vec<String>,
}

/// What names mean while one scenario is resolved.
struct Resolver<'a> {
    texts: &'a Texts,
    surroundings: &'a Surroundings,
    ups: Vec<Ups>,
    hosts: Vec<Host>,
    /// Ids of steps, with their index.
    steps: Vec<(String, usize)>,
    mistakes: &'a mut Vec<Mistake>,
}

/// Resolves one document. `None` when mistakes were found.
pub fn resolve(
    document: &Document,
    name: String,
    path: PathBuf,
    texts: &Texts,
    surroundings: &Surroundings,
    mistakes: &mut Vec<Mistake>,
) -> Option<Scenario> {
    let before = mistakes.len();
    let mut resolver =
        Resolver { texts, surroundings, ups: Vec::new(), hosts: Vec::new(), steps: Vec::new(), mistakes };
    resolver.things(document);
    let timeline = resolver.timeline(&document.timeline, document.lasts.map(|time| time.0));
    let expect = resolver.expectations(&document.expect);
    let violates = resolver.violations(&document.violates);
    let commands = resolver.scripts(&document.commands);
    let Resolver { ups, hosts, .. } = resolver;
    (mistakes.len() == before).then(|| Scenario {
        name,
        path,
        title: document.title.clone(),
        from: document.from.clone(),
        about: document.about.clone(),
        tags: document.tags.clone(),
        seed: document.seed.unwrap_or(1),
        lasts: document.lasts.map(|time| time.0),
        ups,
        hosts,
        timeline,
        expect,
        violates,
        commands,
    })
}

impl Resolver<'_> {
    fn wrong(&mut self, mistake: Mistake) {
        self.mistakes.push(mistake);
    }

    /// The UPS that is meant: the one named, or the only one there is.
    fn which_ups(&mut self, name: Option<&Located<String>>, at: At) -> String {
        match name {
            Some(name) => {
                if !self.ups.iter().any(|ups| ups.name == name.value) {
                    let known: Vec<&str> = self.ups.iter().map(|ups| ups.name.as_str()).collect();
                    let mistake =
                        Mistake::new(name.at, format!("there is no UPS `{}`", name.value), "not under `ups:`");
                    let mistake = mistake.nearest(&name.value, known);
                    self.wrong(mistake);
                }
                name.value.clone()
            }
            None => match self.ups.as_slice() {
                [only] => only.name.clone(),
                [] => String::new(),
                several => {
                    let names: Vec<String> = several.iter().map(|ups| format!("`{}`", ups.name)).collect();
                    self.wrong(
                        Mistake::new(start(at), "which UPS?", "there are several")
                            .hint(format!("say one of {}", names.join(", "))),
                    );
                    String::new()
                }
            },
        }
    }

    /// The host that is meant: the one named, or the only one there is.
    fn which_host(&mut self, name: Option<&Located<String>>, at: At) -> String {
        match name {
            Some(name) => {
                if !self.hosts.iter().any(|host| host.name == name.value) {
                    self.no_host(name, false);
                }
                name.value.clone()
            }
            None => match self.hosts.as_slice() {
                [only] => only.name.clone(),
                [] => String::new(),
                several => {
                    let names: Vec<String> = several.iter().map(|host| format!("`{}`", host.name)).collect();
                    self.wrong(
                        Mistake::new(start(at), "which host?", "there are several")
                            .hint(format!("say one of {}", names.join(", "))),
                    );
                    String::new()
                }
            },
        }
    }

    /// Every host that a name stands for: itself, or the hosts of a group.
    fn hosts_named(&mut self, name: &Located<String>) -> Vec<String> {
        if name.value == "all" {
            return self.hosts.iter().map(|host| host.name.clone()).collect();
        }
        let found: Vec<String> = self
            .hosts
            .iter()
            .filter(|host| host.name == name.value || host.group == name.value)
            .map(|host| host.name.clone())
            .collect();
        if found.is_empty() {
            self.no_host(name, true);
        }
        found
    }

    fn no_host(&mut self, name: &Located<String>, groups: bool) {
        let mut known: Vec<&str> = self.hosts.iter().map(|host| host.name.as_str()).collect();
        if groups {
            known.extend(self.hosts.iter().map(|host| host.group.as_str()));
        }
        let is_group = self.hosts.iter().any(|host| host.group == name.value);
        let mistake = Mistake::new(name.at, format!("there is no host `{}`", name.value), "not under `hosts:`");
        let mistake = if matches!(name.value.as_str(), "all" | "any") && !groups {
            mistake.hint(format!("`hosts: {}` speaks of several", name.value))
        } else if is_group && !groups {
            mistake.hint(format!(
                "`{0}` is several hosts: say `{0}-1`, or `hosts: {0}` where several can be meant",
                name.value
            ))
        } else {
            mistake.nearest(&name.value, known)
        };
        self.wrong(mistake);
    }
}

/// The first character of a place, for mistakes about a whole mapping.
fn start(at: At) -> At {
    At { end: at.start + 1, ..at }
}

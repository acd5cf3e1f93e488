//! What has to differ in a host's files so that they work on one machine: addresses, paths, users
//! and commands. Nothing else is touched, and every change is listed.

use std::ops::Range;
use std::path::Path;

use protocol::conf::flat::{self, Directive};
use protocol::conf::ups_conf::UpsConf;
use protocol::diagnostic::Source;

/// One file that is being rewritten.
#[derive(Debug)]
pub struct Rewriting {
    source: Source,
    edits: Vec<(Range<usize>, String)>,
}

/// A file as it is to be used, and what is different in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// The text.
    pub text: Vec<u8>,
    /// Each change, a line.
    pub changes: Vec<String>,
}

impl Rewriting {
    /// Begins with a file.
    #[must_use]
    pub fn new(name: &str, text: &[u8]) -> Self {
        Self { source: Source::new(name, text), edits: Vec::new() }
    }

    fn directives(&self) -> Vec<Directive> {
        flat::read(&self.source).0
    }

    fn replace(&mut self, span: Range<usize>, with: String) {
        self.edits.push((span, with));
    }

    /// The result.
    #[must_use]
    pub fn finish(mut self) -> Rewritten {
        self.edits.sort_by_key(|(span, _)| span.start);
        let bytes = self.source.bytes();
        let (mut text, mut changes, mut at) = (Vec::with_capacity(bytes.len() + 256), Vec::new(), 0);
        for (span, with) in &self.edits {
            let was = String::from_utf8_lossy(&bytes[span.clone()]);
            if was != with.as_str() {
                let line = self.source.locate(span.start).line;
                let now = if with.is_empty() { "(left out)" } else { with };
                let was = if was.is_empty() { "(nothing)" } else { was.trim() };
                changes.push(format!("{}:{line}: {was} → {now}", self.source.path()));
            }
            text.extend_from_slice(&bytes[at..span.start]);
            text.extend_from_slice(with.as_bytes());
            at = span.end;
        }
        text.extend_from_slice(&bytes[at..]);
        Rewritten { text, changes }
    }
}

/// `upsd.conf`: one listener, on `port` of this machine.
#[must_use]
pub fn upsd_conf(name: &str, text: &[u8], port: u16) -> Rewritten {
    let mut file = Rewriting::new(name, text);
    let mut listens = false;
    for directive in file.directives() {
        match directive.name.text.as_str() {
            "LISTEN" if !listens => {
                listens = true;
                file.replace(directive.span(), format!("LISTEN 127.0.0.1 {port}"));
            }
            "LISTEN" | "STATEPATH" | "CERTFILE" | "CERTPATH" => file.replace(directive.span(), String::new()),
            _ => {}
        }
    }
    if !listens {
        let end = text.len();
        file.replace(end..end, format!("\nLISTEN 127.0.0.1 {port}\n"));
    }
    file.finish()
}

/// What `upsmon.conf` is to say instead.
pub struct MonitorPlaces<'a> {
    /// The recorder's directory.
    pub commands: &'a Path,
    /// The power-down flag.
    pub flag: &'a Path,
    /// The port of this machine where a host's server is reached.
    pub port_of: &'a dyn Fn(&str) -> Option<u16>,
}

/// `upsmon.conf`: servers on this machine, wrapped commands, a flag in the run's directory, no user.
#[must_use]
pub fn upsmon_conf(name: &str, text: &[u8], places: &MonitorPlaces<'_>) -> Rewritten {
    let mut file = Rewriting::new(name, text);
    for directive in file.directives() {
        match directive.name.text.as_str() {
            "MONITOR" => {
                let Some(system) = directive.arguments.first() else { continue };
                let host = crate::rigs::configuration::host_of(&system.text);
                if let Some(port) = (places.port_of)(host) {
                    let ups = crate::rigs::configuration::ups_of(&system.text);
                    file.replace(system.span.clone(), format!("{ups}@127.0.0.1:{port}"));
                }
            }
            "SHUTDOWNCMD" => {
                let command = places.commands.join("shutdown");
                file.replace(directive.span(), format!("SHUTDOWNCMD \"{}\"", command.display()));
            }
            "NOTIFYCMD" => {
                let command = places.commands.join("notify");
                file.replace(directive.span(), format!("NOTIFYCMD \"{}\"", command.display()));
            }
            "POWERDOWNFLAG" => {
                file.replace(directive.span(), format!("POWERDOWNFLAG \"{}\"", places.flag.display()));
            }
            "RUN_AS_USER" | "CERTPATH" | "CERTFILE" => file.replace(directive.span(), String::new()),
            _ => {}
        }
    }
    file.finish()
}

/// `ups.conf`: no user, no directories of another machine.
#[must_use]
pub fn ups_conf(name: &str, text: &[u8]) -> Rewritten {
    let mut file = Rewriting::new(name, text);
    if let Ok((conf, _)) = UpsConf::read(&file.source.clone()) {
        let settings = conf.globals.iter().chain(conf.sections.iter().flat_map(|section| section.settings.iter()));
        for setting in settings {
            if matches!(setting.key.text.as_str(), "user" | "group" | "chroot" | "statepath" | "driverpath") {
                let end = setting.value.as_ref().map_or(setting.key.span.end, |value| value.span.end);
                file.replace(setting.key.span.start..end, String::new());
            }
        }
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_paths_users_and_commands_change() {
        let text = b"# mine\nMONITOR rack@nas 1 u \"p w\" slave\nSHUTDOWNCMD \"/sbin/shutdown -h +5\"\nPOLLFREQ 7\n\
            RUN_AS_USER nut\nPOWERDOWNFLAG /etc/killpower\n";
        let places = MonitorPlaces {
            commands: Path::new("/r/bin"),
            flag: Path::new("/r/etc/killpower"),
            port_of: &|host| (host == "nas").then_some(4000),
        };
        let rewritten = upsmon_conf("upsmon.conf", text, &places);
        let expected = "# mine\nMONITOR rack@127.0.0.1:4000 1 u \"p w\" slave\nSHUTDOWNCMD \"/r/bin/shutdown\"\nPOLLFREQ 7\n\
            \nPOWERDOWNFLAG \"/r/etc/killpower\"\n";
        assert_eq!(String::from_utf8_lossy(&rewritten.text), expected);
        assert_eq!(rewritten.changes.len(), 4);
        assert_eq!(rewritten.changes[0], "upsmon.conf:2: rack@nas → rack@127.0.0.1:4000");
    }

    #[test]
    fn a_server_listens_on_one_port_of_this_machine() {
        let rewritten = upsd_conf("upsd.conf", b"MAXAGE 20\nLISTEN 0.0.0.0 3493\nLISTEN :: 3493\n", 4001);
        assert_eq!(String::from_utf8_lossy(&rewritten.text), "MAXAGE 20\nLISTEN 127.0.0.1 4001\n\n");
        assert_eq!(String::from_utf8_lossy(&upsd_conf("upsd.conf", b"", 4001).text), "\nLISTEN 127.0.0.1 4001\n");
    }
}

//! Reads `upsmon.conf`: each line is looked up in the table of directives, all mistakes are told at once.
//!
//! What NUT starts with, this starts with: an unknown directive or a value that makes no sense is a
//! warning, and the default stays. What leaves a host unprotected is an error.

use super::{Config, directives, lints, secrets};
use protocol::conf;
use protocol::conf::flat::{self, Directive};
use protocol::diagnostic::{Diagnostic, Diagnostics, Source};

/// The directives that have a command, a password, a path, a user or a host name: half of one is another.
const VITAL: [&str; 8] =
    ["MONITOR", "SHUTDOWNCMD", "NOTIFYCMD", "POWERDOWNFLAG", "RUN_AS_USER", "CERTPATH", "CERTFILE", "CERTIDENT"];

/// A file being read.
pub(super) struct Reading {
    pub(super) config: Config,
    pub(super) source: Source,
    pub(super) diagnostics: Diagnostics,
}

impl Config {
    /// Reads a file's text; `path` is what messages call it. The second value holds the warnings.
    ///
    /// # Errors
    ///
    /// All messages, when one of them is an error: a `MONITOR` line that cannot be used, or too
    /// little power value for MINSUPPLIES.
    pub fn load_from(text: impl AsRef<[u8]>, path: &str) -> Result<(Self, Diagnostics), Diagnostics> {
        let source = Source::new(path, text);
        let (directives, diagnostics) = flat::read_vital(&source, |name| VITAL.contains(&name));
        let mut reading = Reading { config: Self::default(), source, diagnostics };
        for directive in &directives {
            reading.take(directive);
        }
        lints::check(&mut reading, &directives);
        let Reading { config, source, diagnostics } = reading;
        let found = secrets::of(&directives);
        conf::secrets::hide(&source, conf::secrets::behind_login, found, diagnostics).1.into_result(config)
    }
}

impl Reading {
    fn take(&mut self, directive: &Directive) {
        let name = directive.name.text.as_str();
        let Some(row) = directives::TABLE.iter().find(|row| row.name == name) else {
            let unknown = directive.name.warning(&self.source, format!("unknown directive `{name}`"));
            let known = directives::TABLE.iter().map(|row| row.name);
            return self.diagnostics.push(unknown.label("ignored").suggest(name, known));
        };
        if directive.arguments.len() < row.least_arguments {
            let message = format!("{name} takes {}", row.takes);
            let problem = if row.is_vital {
                Diagnostic::error(&self.source, directive.span(), message)
            } else {
                Diagnostic::warning(&self.source, directive.span(), message).label("ignored")
            };
            self.diagnostics.push(row.advice.iter().fold(problem, |problem, advice| problem.hint(*advice)));
            let last = directive.arguments.last().filter(|_| row.is_vital);
            return self.diagnostics.extend(last.and_then(|word| word.cut_by_comment(&self.source)));
        }
        (row.apply)(self, directive);
    }
}

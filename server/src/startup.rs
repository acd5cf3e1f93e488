//! What the binary does before there is an engine: the only place of this crate that touches files.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use daemon::{Reloaded, paths};
use protocol::Level;
use protocol::conf::MAX_FILE;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity, Source};

use crate::Config;
use crate::config::{self, parse_yes_or_no};

const FOLDER: &str = "NUT_CONFPATH names the folder of the configuration files";
const EMPTY: &str = "leave an empty file where nothing is meant";

/// Where the configuration files are.
#[derive(Debug, Clone)]
pub struct Files {
    folder: PathBuf,
    debug: u32,
}

impl Files {
    /// The files of a folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), debug: 0 }
    }

    /// The same, with the command line's word on how much to log for debugging.
    #[must_use]
    pub fn debugging(self, debug: u32) -> Self {
        Self { debug, ..self }
    }

    /// Reads and checks the files, and lets the environment have its say.
    ///
    /// # Errors
    ///
    /// All messages, when one of them is an error.
    pub fn load(&self) -> Result<(Config, Diagnostics), Diagnostics> {
        // A server without upsd.conf and upsd.users works, for readers of its own machine.
        self.load_or(Severity::Warning, FOLDER)
    }

    /// As [`Self::load`]; `missing` and `hint` are for where there is no `upsd.conf` or `upsd.users`.
    fn load_or(&self, missing: Severity, hint: &str) -> Result<(Config, Diagnostics), Diagnostics> {
        let mut said = Diagnostics::new();
        let ups = self.read("ups.conf", Severity::Error, FOLDER, &mut said);
        let upsd = self.read("upsd.conf", missing, hint, &mut said);
        let users = self.read("upsd.users", missing, hint, &mut said);
        if said.has_errors() {
            return Err(said);
        }
        said.extend(daemon::secrecy::check(&self.folder.join("upsd.users"), "upsd"));
        let allow_no_device =
            std::env::var("ALLOW_NO_DEVICE").ok().and_then(|text| parse_yes_or_no(&text)).unwrap_or(false);
        match Config::load_from(&config::Files { ups, upsd, users, allow_no_device }) {
            Ok((mut config, more)) => {
                said.append(more);
                config.debug_min = config.debug_min.max(self.debug);
                config.state_path = paths::state(Some(&config.state_path)).to_string_lossy().into_owned();
                Ok((config, said))
            }
            Err(more) => {
                said.append(more);
                Err(said)
            }
        }
    }

    /// Reads the files again, for a server that runs.
    #[must_use]
    pub fn reload(&self) -> Reloaded<Config> {
        // An editor that renames and saves leaves a moment without the file, which means nothing.
        let (config, said) = match self.load_or(Severity::Error, EMPTY) {
            Ok((config, said)) => (Some(config), said),
            Err(said) => (None, said),
        };
        let level = |severity| match severity {
            Severity::Error => Level::Error,
            Severity::Warning => Level::Warning,
        };
        Reloaded { config, messages: said.iter().map(|one| (level(one.severity), one.to_string())).collect() }
    }

    fn read(&self, name: &str, missing: Severity, hint: &str, said: &mut Diagnostics) -> Source {
        let path = self.folder.join(name);
        let shown = path.to_string_lossy();
        match read_within_limit(&path) {
            Ok(contents) => Source::new(&shown, contents),
            Err(error) => {
                // A file that is there says something: to go on as if it did not would take every right away.
                let severity = if error.kind() == io::ErrorKind::NotFound { missing } else { Severity::Error };
                said.push(Diagnostic::unplaced(severity, format!("read {shown}: {error}")).hint(hint));
                Source::new(&shown, "")
            }
        }
    }
}

/// One byte more than is allowed is enough to be refused with a message.
fn read_within_limit(path: &Path) -> io::Result<Vec<u8>> {
    let mut contents = Vec::new();
    fs::File::open(path)?.take(MAX_FILE as u64 + 1).read_to_end(&mut contents)?;
    Ok(contents)
}

/// The PID file: beside the driver sockets, unless `NUT_ALTPIDPATH` says otherwise.
#[must_use]
pub fn pid_file(files: &Files) -> PathBuf {
    let state = files.load().ok().map(|(config, _)| config.state_path);
    paths::pid(state.as_deref()).join("upsd.pid")
}

/// Bits for ids that others should not guess.
#[must_use]
pub fn random_bits() -> [u64; 2] {
    let mut bytes = [0; 16];
    let read = fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    if read.is_err() {
        // Without it, at least no two servers share their ids.
        bytes[..4].copy_from_slice(&std::process::id().to_le_bytes());
    }
    let (high, low) = bytes.split_at(8);
    [high, low].map(|half| half.iter().fold(0, |bits, &byte| bits << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPS_CONF: &str = "[rack]\ndriver = dummy-ups\nport = d.dev\n";

    #[test]
    fn users_may_be_missing_and_may_not_be_unreadable() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ups.conf"), UPS_CONF).unwrap();
        let files = Files::in_folder(folder.path());
        let (config, said) = files.load().unwrap();
        assert_eq!((config.upses.len(), config.users.len(), said.iter().count()), (1, 0, 2));
        // Nobody can read a folder, not even root.
        fs::create_dir(folder.path().join("upsd.users")).unwrap();
        let reloaded = files.reload();
        assert!(reloaded.config.is_none());
        assert!(reloaded.messages.iter().any(|(level, text)| *level == Level::Error && text.contains("upsd.users")));
    }

    #[test]
    fn a_file_that_is_missing_at_a_reload_takes_nobody_s_rights_away() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ups.conf"), UPS_CONF).unwrap();
        let files = Files::in_folder(folder.path());
        for (missing, there) in [("upsd.users", "upsd.conf"), ("upsd.conf", "upsd.users")] {
            fs::write(folder.path().join(there), "").unwrap();
            let reloaded = files.reload();
            assert!(reloaded.config.is_none());
            assert!(reloaded.messages.iter().any(|(level, text)| *level == Level::Error && text.contains(missing)));
            fs::remove_file(folder.path().join(there)).unwrap();
        }
        for name in ["upsd.users", "upsd.conf"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert!(files.reload().config.is_some());
    }
}

//! No run may shut this machine down: every command of a monitor must be wrapped in the recorder.
//!
//! The check is made on the very file that an `upsmon` is about to read, after everything that
//! rewrote it, and it knows nothing of how that was done.

use std::path::Path;

use protocol::conf::flat::{self, Directive};
use protocol::diagnostic::Source;

use crate::rigs::RigError;

/// Directives whose value is run.
const COMMANDS: [&str; 2] = ["SHUTDOWNCMD", "NOTIFYCMD"];
/// A directive that is called after one of them, and whose value is a number of seconds.
const LIMIT: &str = "NOTIFYCMDTIMEOUT";

/// Refuses an `upsmon.conf` in which a command is not the recorder, alone.
///
/// # Errors
/// [`RigError::Unsafe`]: which line.
pub fn check(path: &Path, text: &[u8], recorder_directory: &Path) -> Result<(), RigError> {
    let source = Source::new(&path.display().to_string(), text);
    let (directives, _) = flat::read(&source);
    let refuse = |what: &str| RigError::Unsafe(format!("{}: refused: {what}", path.display()));
    for directive in &directives {
        // A word that a lax reader might take for one of them is not risked either.
        let name = directive.name.text.to_ascii_uppercase();
        if !COMMANDS.contains(&name.as_str()) {
            continue;
        }
        let wrapped = name.strip_suffix("CMD").unwrap_or_default().to_ascii_lowercase();
        let allowed = recorder_directory.join(wrapped).display().to_string();
        if directive.argument(0) != Some(allowed.as_str()) || directive.argument(1).is_some() {
            return Err(refuse(&format!("{name} is not wrapped, and this machine would obey it")));
        }
    }
    // Whatever the reader made of the file, these words stand nowhere else but in comments.
    let lines = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii_start().starts_with(b"#"));
    let mentions = lines.filter(|line| mentions_command(line)).count();
    let read = directives.iter().filter(|directive| is_command(directive) || is_limit(directive)).count();
    if mentions == read { Ok(()) } else { Err(refuse("a command is hidden from the check")) }
}

fn is_command(directive: &Directive) -> bool {
    COMMANDS.contains(&directive.name.text.as_str())
}

fn is_limit(directive: &Directive) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    directive.name.text == LIMIT && directive.argument(0).is_some_and(is_number) && directive.argument(1).is_none()
}

fn mentions_command(line: &[u8]) -> bool {
    let line = line.to_ascii_uppercase();
    COMMANDS.iter().any(|command| line.windows(command.len()).any(|window| window == command.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(text: &str) -> bool {
        let checked = check(Path::new("upsmon.conf"), text.as_bytes(), Path::new("/run/rig/bin"));
        matches!(checked, Err(RigError::Unsafe(_)))
    }

    #[test]
    fn a_wrapped_command_passes() {
        assert!(!is_refused("SHUTDOWNCMD \"/run/rig/bin/shutdown\"\nNOTIFYCMD /run/rig/bin/notify\n"));
        assert!(!is_refused("NOTIFYCMD /run/rig/bin/notify\nNOTIFYCMDTIMEOUT 60\n"));
        assert!(!is_refused("# SHUTDOWNCMD \"/sbin/shutdown -h +0\"\n"));
    }

    #[test]
    fn an_unwrapped_command_is_refused() {
        for text in [
            "SHUTDOWNCMD \"/sbin/shutdown -h +5\"\n",
            "SHUTDOWNCMD \"/run/rig/bin/shutdown; poweroff\"\n",
            "SHUTDOWNCMD /run/rig/bin/shutdown now\n",
            "SHUTDOWNCMD /run/rig/bin/notify\n",
            "NOTIFYCMD /usr/local/bin/tell\n",
            "shutdowncmd poweroff\n",
            "NOTIFYCMDTIMEOUT poweroff\n",
            "POWERDOWNFLAG \"x\nSHUTDOWNCMD poweroff\n\"\n",
            "SHUTDOWNCMD /run/rig/bin/shutdown\nMONITOR a 1 b c \\\nSHUTDOWNCMD poweroff\n",
        ] {
            assert!(is_refused(text), "{text}");
        }
    }
}

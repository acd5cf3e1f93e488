//! The UPSes that the shutdown under way leaves alone: the monitor of this host has listed them in its power-down flag,
//! because their hosts stay up. Without a list that can be read, of this boot, there are none.
//!
//! Part of the shell.

use daemon::files::beginning;
use daemon::{boot, paths};
use protocol::conf::MAX_FILE as MAX_CONF;
use protocol::names::same;
use protocol::power_down_flag::{MAX_FILE, not_cut, path_in};
use std::path::Path;

/// Their names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LeftAlone(Vec<String>);

impl LeftAlone {
    /// Reads the list, where the `upsmon.conf` beside `ups.conf` says that the flag is.
    pub(crate) fn read() -> Self {
        Self::find(&paths::configuration(), boot::id().as_deref()).unwrap_or_default()
    }

    fn find(configuration: &Path, boot: Option<&str>) -> Option<Self> {
        let conf = beginning(&configuration.join("upsmon.conf"), MAX_CONF).ok()?;
        // One byte more than is allowed: a file that is cut off is none.
        let flag = beginning(Path::new(&path_in(&conf)?), MAX_FILE + 1).ok()?;
        Some(Self(not_cut(&flag, boot?)))
    }

    /// Whether this UPS is one of them.
    pub(crate) fn has(&self, ups: &str) -> bool {
        self.0.iter().any(|name| same(name, ups))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::power_down_flag::contents;

    #[test]
    fn a_list_is_found_by_the_word_of_upsmon_conf_and_only_in_its_boot() {
        let folder = tempfile::tempdir().expect("a folder");
        let flag = folder.path().join("killpower");
        let find = |boot| LeftAlone::find(folder.path(), boot).unwrap_or_default();
        assert!(!find(Some("boot")).has("right"), "no upsmon.conf");
        let conf = format!("MONITOR rubbish\nPOWERDOWNFLAG \"{}\"\n", flag.display());
        std::fs::write(folder.path().join("upsmon.conf"), conf).expect("written");
        assert!(!find(Some("boot")).has("right"), "no flag");
        std::fs::write(&flag, contents("boot", ["right"])).expect("written");
        assert!(find(Some("boot")).has("RIGHT") && !find(Some("boot")).has("left"));
        assert!(!find(Some("earlier")).has("right") && !find(None).has("right"));
        let much = [contents("boot", ["right"]), b"not-cut left\n".repeat(MAX_FILE)].concat();
        std::fs::write(&flag, much).expect("written");
        assert!(!find(Some("boot")).has("right") && !find(Some("boot")).has("left"));
        std::fs::remove_file(&flag).expect("removed");
        nix::unistd::mkfifo(&flag, nix::sys::stat::Mode::S_IRWXU).expect("made");
        assert!(!find(Some("boot")).has("right"), "a FIFO does not keep the loads on");
    }
}

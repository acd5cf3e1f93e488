//! What a simulated host has beside its daemons: a name on the network, and a disk.

use std::collections::BTreeMap;

use protocol::Instant;

use crate::journal::Name;
use crate::language::action::Disk;
use crate::rigs::notices::Recogniser;

/// Where every simulated host keeps its NUT files.
pub const CONFIGURATION: &str = "/etc/nut";
/// Where its driver sockets are.
pub const STATE: &str = "/run/nut";

/// Where Linux names the boot.
pub const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// Where its monitor keeps what lasts across boots.
#[must_use]
pub fn kept_path() -> String {
    format!("/var/lib/nut/{}", monitor::kept::NAME)
}

/// One host's machine.
#[derive(Debug)]
pub struct Machine {
    /// Its name.
    pub name: Name,
    /// The address that its peers see.
    pub address: String,
    /// Every name and address that it answers to.
    pub names: Vec<String>,
    /// Its disk: path to content.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What that disk is like.
    pub disk: Disk,
    /// Its POWERDOWNFLAG, where its configuration names one.
    pub flag: Option<String>,
    /// What recognises its monitor's notices.
    pub recogniser: Option<Recogniser>,
    /// Its network answers: from up to halted.
    pub is_reachable: bool,
    /// Names do not resolve on it.
    pub is_nameless: bool,
    /// How often it has come up.
    pub boots: u32,
    /// UPSes whose data cable ends here.
    pub cabled_to: Vec<usize>,
    /// Who wants to hear of changes of files.
    pub watches: Vec<Watch>,
}

/// Somebody who wants to hear of changes of a file.
#[derive(Debug)]
pub struct Watch {
    /// Whose engine.
    pub slot: usize,
    /// The file.
    pub path: String,
    /// It hears of no later change before this.
    pub clear_at: Instant,
}

impl Machine {
    /// Whether `host` means this machine, asked for on a machine called `asker`.
    #[must_use]
    pub fn answers_to(&self, host: &str, asker: &str) -> bool {
        let is_local = matches!(host, "localhost" | "127.0.0.1" | "::1") && *self.name == *asker;
        is_local || self.names.iter().any(|name| protocol::names::same(name, host))
    }

    /// Whether `host` is a name of this machine that only it uses (the loopback interface).
    #[must_use]
    pub fn is_loopback(host: &str) -> bool {
        matches!(host, "localhost" | "127.0.0.1" | "::1")
    }

    /// Whether `word` is a name, and not an address.
    #[must_use]
    pub fn is_name(word: &str) -> bool {
        word != "localhost" && word.parse::<std::net::IpAddr>().is_err()
    }
}

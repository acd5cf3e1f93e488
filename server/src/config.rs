//! The checked configuration: `ups.conf`, `upsd.conf` and `upsd.users` together.
//!
//! Reading is pure: texts in, a whole configuration or every message about it out. What
//! `upsd.conf` says of listeners counts at the start alone, as in NUT.

mod upsd_conf;
mod upsd_users;

use std::time::Duration;

use protocol::conf::ups_conf::{UpsConf, UpsSection};
use protocol::diagnostic::{Diagnostic, Diagnostics, Source};

use crate::users::User;

pub use upsd_conf::UpsdConf;
pub(crate) use upsd_conf::parse_yes_or_no;

/// Where Debian keeps the driver sockets.
const STATE_PATH: &str = "/run/nut";

/// The three files, as read.
#[derive(Debug, Clone)]
pub struct Files {
    /// `ups.conf`
    pub ups: Source,
    /// `upsd.conf`
    pub upsd: Source,
    /// `upsd.users`
    pub users: Source,
    /// Whether the environment allows a server without a UPS (`ALLOW_NO_DEVICE`).
    pub allow_no_device: bool,
}

/// One UPS, as the server needs to know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpsConfig {
    /// Its name, as `ups.conf` spells it.
    pub name: String,
    /// The driver program, half of the socket's name.
    pub driver: String,
    /// `desc`
    pub description: Option<String>,
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listen {
    /// Address or name; `*` for all.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Whether the server must not start without it.
    pub is_required: bool,
}

/// Everything the server goes by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The UPSes, in the order of `ups.conf`.
    pub upses: Vec<UpsConfig>,
    /// The users, each name once.
    pub users: Vec<User>,
    /// Where to listen.
    pub listen: Vec<Listen>,
    /// How old a driver's last word may be (`MAXAGE`).
    pub max_age: Duration,
    /// How long the fate of a request is remembered (`TRACKINGDELAY`).
    pub tracking_delay: Duration,
    /// The folder of the driver sockets.
    pub state_path: String,
    /// Connections at once (`MAXCONN`).
    pub max_connections: Option<usize>,
    /// `DEBUG_MIN`, or the number of `-D` where that is more: lines for debugging are logged above 0.
    pub debug_min: u32,
}

impl Config {
    /// Reads and checks the files.
    ///
    /// # Errors
    ///
    /// All messages, when one of them is an error.
    pub fn load_from(files: &Files) -> Result<(Self, Diagnostics), Diagnostics> {
        let (upsd, mut diagnostics) = upsd_conf::read(&files.upsd);
        let (users, said) = upsd_users::read(&files.users);
        diagnostics.append(said);
        let ups_conf = match UpsConf::read(&files.ups) {
            Ok((ups_conf, said)) => {
                diagnostics.append(said);
                ups_conf
            }
            Err(said) => {
                diagnostics.append(said);
                return Err(diagnostics);
            }
        };
        if ups_conf.sections.is_empty() && !upsd.allow_no_device && !files.allow_no_device {
            let problem = Diagnostic::error(&files.ups, 0..0, "no UPS is configured");
            diagnostics.push(problem.hint("add a section such as `[rack]`, or say ALLOW_NO_DEVICE yes in upsd.conf"));
        }
        for section in &ups_conf.sections {
            check_description(&files.ups, section, &mut diagnostics);
        }
        // ups.conf counts before upsd.conf: the drivers read the former alone.
        let state_path = ups_conf.globals.get("statepath").map(str::to_owned).or(upsd.state_path);
        diagnostics.into_result(Self {
            upses: ups_conf.sections.iter().map(UpsConfig::from).collect(),
            users,
            listen: upsd.listen,
            max_age: upsd.max_age,
            tracking_delay: upsd.tracking_delay,
            state_path: state_path.unwrap_or_else(|| STATE_PATH.to_owned()),
            max_connections: upsd.max_connections,
            debug_min: upsd.debug_min,
        })
    }
}

impl From<&UpsSection> for UpsConfig {
    fn from(section: &UpsSection) -> Self {
        Self {
            name: section.name.as_str().to_owned(),
            driver: section.settings.get("driver").unwrap_or_default().to_owned(),
            description: section.settings.get("desc").map(str::to_owned),
        }
    }
}

/// Clients in the field fall over a quote or a backslash in a description, however well escaped.
fn check_description(source: &Source, section: &UpsSection, diagnostics: &mut Diagnostics) {
    let Some(description) = section.settings.find("desc").and_then(|setting| setting.value.as_ref()) else { return };
    if description.text.contains(['"', '\\']) {
        let problem = description.warning(source, "quote or backslash in a description");
        diagnostics.push(problem.label("some clients cannot read this").hint("leave it out"));
    }
}

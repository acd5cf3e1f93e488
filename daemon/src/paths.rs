//! Where a NUT installation keeps its things, as the environment says; and where the emulator bus is.

use std::env;
use std::path::PathBuf;

/// Debian's `NUT_CONFPATH`.
const CONFIGURATION: &str = "/etc/nut";
/// Debian's `NUT_STATEPATH` and `NUT_PIDPATH`.
const STATE: &str = "/run/nut";

/// Debian's folder for what NUT keeps across boots, which its group may write.
const KEPT: &str = "/var/lib/nut";

fn from_environment(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The folder of the configuration files: `NUT_CONFPATH`, else `/etc/nut`.
#[must_use]
pub fn configuration() -> PathBuf {
    from_environment("NUT_CONFPATH").unwrap_or_else(|| CONFIGURATION.into())
}

/// The folder of the driver sockets: `NUT_STATEPATH`, else what the configuration says, else
/// `/run/nut`.
#[must_use]
pub fn state(configured: Option<&str>) -> PathBuf {
    from_environment("NUT_STATEPATH").or_else(|| configured.map(PathBuf::from)).unwrap_or_else(|| STATE.into())
}

/// The folder of the PID files of unprivileged daemons (`upsd`, drivers): `NUT_ALTPIDPATH`, else
/// [`state`].
#[must_use]
pub fn pid(configured_state: Option<&str>) -> PathBuf {
    from_environment("NUT_ALTPIDPATH").unwrap_or_else(|| state(configured_state))
}

/// The folder of the PID files of daemons that start as root (`upsmon`): `NUT_PIDPATH`, else
/// `/run/nut`.
#[must_use]
pub fn root_pid() -> PathBuf {
    from_environment("NUT_PIDPATH").unwrap_or_else(|| STATE.into())
}

/// The folder of what is kept across boots, which [`state`] need not be: `RIDETHROUGH_KEEP_PATH`, else `/var/lib/nut`.
#[must_use]
pub fn kept() -> PathBuf {
    from_environment("RIDETHROUGH_KEEP_PATH").unwrap_or_else(|| KEPT.into())
}

/// The folder of the emulator bus, where each socket is a USB device: `RIDETHROUGH_USB_BUS`, or none.
#[must_use]
pub fn usb_bus() -> Option<PathBuf> {
    from_environment("RIDETHROUGH_USB_BUS")
}

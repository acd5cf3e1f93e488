//! What `usbhid-ups` says of its device before it leaves the terminal. The device may come later; a bus that
//! nobody named will not.

use crate::DriverConfig;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};

/// Says on the terminal why the device may never be found. It is no reason not to start.
///
/// # Errors
///
/// None: the driver waits for its device.
#[expect(clippy::unnecessary_wraps, reason = "each driver has such a check")]
pub fn check_device(_: &DriverConfig) -> Result<(), Diagnostics> {
    if let Some(found) = bus() {
        eprintln!("{found}");
    }
    Ok(())
}

fn bus() -> Option<Diagnostic> {
    let hint = "real USB is not attached yet: RIDETHROUGH_USB_BUS names the folder of an emulator's sockets";
    let trouble = match daemon::paths::usb_bus() {
        None => "there is no bus to look for the device on".to_owned(),
        Some(folder) => match std::fs::read_dir(&folder) {
            Ok(_) => return None,
            Err(error) => format!("there is no bus at {}: {error}", folder.display()),
        },
    };
    Some(Diagnostic::unplaced(Severity::Warning, trouble).hint(hint))
}

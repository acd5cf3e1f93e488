//! How a dummy plays its file.

use crate::DriverConfig;
use protocol::diagnostic::{Diagnostic, Diagnostics, Severity};

const NO_REPEATER: &str = "this dummy-ups does not repeat another server's UPS";
const INSTEAD_OF_A_REPEATER: &str = "let the clients ask that server, or run NUT's dummy-ups for this one section";

/// Once, or for ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `dummy-once`: once for each change of the file; for `*.dev` by default.
    Once,
    /// `dummy-loop`: again and again; for `*.seq` by default.
    Loop,
    /// `dummy`: again and again too; what NUT calls it for a file of any other name.
    LoopByDefault,
}

impl Mode {
    /// The word of `ups.conf`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Once => "dummy-once",
            Self::Loop => "dummy-loop",
            Self::LoopByDefault => "dummy",
        }
    }

    /// What the configuration asks for: `mode`, else what the file's name suggests.
    ///
    /// # Errors
    ///
    /// A mode that does not exist, or the repeater.
    pub(super) fn of(config: &DriverConfig) -> Result<Self, Diagnostics> {
        let Some(param) = config.find("mode") else { return Self::of_port(config) };
        match param.value.as_deref() {
            Some("dummy-once") => Ok(Self::Once),
            Some("dummy-loop" | "dummy") => Ok(Self::Loop),
            Some("repeater") => Err(param.error(NO_REPEATER).hint(INSTEAD_OF_A_REPEATER).into()),
            other => {
                let message = format!("`{}` is no mode of dummy-ups", other.unwrap_or_default());
                Err(param.error(message).hint("`dummy-once` or `dummy-loop`").into())
            }
        }
    }

    fn of_port(config: &DriverConfig) -> Result<Self, Diagnostics> {
        if config.port.contains('@') {
            let message = format!("port `{}` names another server's UPS: {NO_REPEATER}", config.port);
            return Err(Diagnostic::unplaced(Severity::Error, message).hint(INSTEAD_OF_A_REPEATER).into());
        }
        Ok(match config.port.rsplit_once('.') {
            Some((_, "dev")) => Self::Once,
            Some((_, "seq")) => Self::Loop,
            _ => Self::LoopByDefault,
        })
    }
}

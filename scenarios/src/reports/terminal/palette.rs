//! Colours of the terminal report: sixteen-colour ones, so that the reader's own theme decides.

use crate::journal::HostState;
use crate::reports::story::Tone;
use anstyle::{AnsiColor, Reset, Style};

/// Ends any style.
pub const RESET: Reset = Reset;
/// What matters most.
pub const BOLD: Style = Style::new().bold();
/// What matters least.
pub const DIM: Style = Style::new().dimmed();
/// For the better.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// For the worse.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// In between.
pub const WARN: Style = AnsiColor::Yellow.on_default();

/// The colour of a sort of news.
pub fn of(tone: Tone) -> Style {
    match tone {
        Tone::Step => BOLD,
        Tone::Power => GOOD,
        Tone::Danger => AnsiColor::Red.on_default(),
        Tone::Notice => AnsiColor::Cyan.on_default(),
        Tone::Act => AnsiColor::Magenta.on_default(),
        Tone::Host(state) => host(state),
        Tone::Protocol => AnsiColor::Blue.on_default(),
        Tone::Aside => DIM,
    }
}

/// The colour of a host's state.
pub fn host(state: HostState) -> Style {
    match state {
        HostState::Up => GOOD,
        HostState::Booting => AnsiColor::Cyan.on_default(),
        HostState::Stopping => WARN,
        HostState::Halted | HostState::Off => DIM,
        HostState::Crashed => BAD,
    }
}

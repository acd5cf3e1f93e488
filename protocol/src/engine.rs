//! The one shape of every component that decides something.
//!
//! An engine owns no clock, no socket, no file, no process and no randomness: whoever hosts it
//! (the `daemon` shell, or the simulated rig) feeds it inputs with the time they happened and
//! carries out its outputs in order. The same inputs at the same times give the same outputs,
//! on every machine and in every build profile.

use crate::Instant;

/// A state machine that is told the time.
///
/// The host's loop is: `handle` or `handle_timeout`, then drain `poll_output` until `None`,
/// then wait for the next input or for `poll_timeout`, whichever comes first.
pub trait Engine {
    /// What happened.
    type Input;
    /// What must happen because of it.
    type Output;

    /// Takes one input that happened at `now`. `now` never runs backwards.
    fn handle(&mut self, input: Self::Input, now: Instant);

    /// Acts on every deadline that is due at `now`; harmless when none is.
    fn handle_timeout(&mut self, now: Instant);

    /// The next output, in the order in which they must happen.
    fn poll_output(&mut self) -> Option<Self::Output>;

    /// When the engine wants `handle_timeout` next, if nothing happens before.
    fn poll_timeout(&self) -> Option<Instant>;
}

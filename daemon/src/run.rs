//! Runs an engine as a daemon.

use std::process::ExitCode;

use protocol::{Effect, Engine, Event};

use crate::Options;

/// Hosts `engine` until it asks for [`Effect::Exit`]; its code becomes the process's.
pub fn run<E, C>(engine: E, options: Options<C>) -> ExitCode
where
    E: Engine<Input = Event<C>, Output = Effect>,
    C: Send + 'static,
{
    let (_, _) = (engine, options);
    ExitCode::FAILURE
}

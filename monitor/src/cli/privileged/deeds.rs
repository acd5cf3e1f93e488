//! What the privileged process does, whoever has it done: an order, or a last will.

use super::{Order, Plan};
use crate::power_down_flag::MAGIC;
use protocol::JobOutcome;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::OnceLock;

/// With the rights that this process has.
#[derive(Debug)]
pub(super) struct Deeds {
    pub(super) plan: Plan,
    /// How SHUTDOWNCMD ended.
    shut_down: OnceLock<JobOutcome>,
}

impl Deeds {
    pub(super) fn new(plan: Plan) -> Self {
        Self { plan, shut_down: OnceLock::new() }
    }

    /// Carries out an order.
    pub(super) fn obey(&self, order: Order) -> JobOutcome {
        let flag = Path::new(&self.plan.power_down_flag);
        let done = match order {
            Order::RaiseFlag => daemon::files::replace(flag, MAGIC.as_bytes()),
            Order::LowerFlag => daemon::files::remove(flag),
            // One that is ordered while the last will runs it, or after, hears how that one ends.
            Order::ShutDown => return self.shut_down.get_or_init(|| run(&self.plan.shutdown_command)).clone(),
            // To have taken it is all there is to do.
            Order::BequeathAll | Order::BequeathCommand => Ok(()),
        };
        done.map_or_else(|error| JobOutcome::Failed(error.to_string()), |()| JobOutcome::Exited(0))
    }
}

#[expect(clippy::disallowed_methods, reason = "this process is the executor of SHUTDOWNCMD")]
fn run(command: &str) -> JobOutcome {
    let ended = std::process::Command::new("/bin/sh").args(["-c", command]).stdin(Stdio::null()).status();
    match ended.map(|status| (status.code(), status.signal())) {
        Ok((Some(code), _)) => JobOutcome::Exited(code),
        Ok((None, signal)) => JobOutcome::Killed(signal.unwrap_or_default()),
        Err(error) => JobOutcome::Failed(error.to_string()),
    }
}

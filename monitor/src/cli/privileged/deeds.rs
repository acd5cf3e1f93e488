//! What the privileged process does, whoever has it done: an order, or a last will.

use super::{Order, Plan};
use crate::power_down_flag::MAGIC;
use daemon::files::{Change, Files};
use protocol::JobOutcome;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, OnceLock};

/// With the rights that this process has.
#[derive(Debug)]
pub(super) struct Deeds {
    pub(super) plan: Plan,
    files: Files,
    /// How SHUTDOWNCMD ended.
    shut_down: OnceLock<JobOutcome>,
}

impl Deeds {
    pub(super) fn new(plan: Plan) -> Arc<Self> {
        Arc::new(Self { plan, files: Files::default(), shut_down: OnceLock::new() })
    }

    /// Takes an order: newer than all before it. What is returned carries it out, and may block.
    #[must_use = "an order is not carried out by itself"]
    pub(super) fn take(self: &Arc<Self>, order: Order) -> Box<dyn FnOnce() -> JobOutcome + Send> {
        let change = |change| {
            let carry_out = self.files.wish(Path::new(&self.plan.power_down_flag), change);
            Box::new(|| match carry_out() {
                Ok(()) => JobOutcome::Exited(0),
                Err(error) => JobOutcome::Failed(error.to_string()),
            })
        };
        match order {
            Order::RaiseFlag => change(Change::Write(MAGIC.as_bytes().to_vec())),
            Order::LowerFlag => change(Change::Remove),
            Order::ShutDown => {
                let deeds = Arc::clone(self);
                Box::new(move || deeds.shut_down())
            }
            // To have taken it is all there is to do.
            Order::BequeathAll | Order::BequeathCommand => Box::new(|| JobOutcome::Exited(0)),
        }
    }

    /// Runs SHUTDOWNCMD, once. Whoever has it run while it runs, or after, hears how that one ends.
    pub(super) fn shut_down(&self) -> JobOutcome {
        self.shut_down.get_or_init(|| run(&self.plan.shutdown_command)).clone()
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

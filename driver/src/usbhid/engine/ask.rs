//! What servers ask for, and what `-k` does: scripts, one at a time, before any poll.

use protocol::usb::Failure;
use protocol::{Instant, Level};

use crate::publisher::{Asked, Outcome};
use crate::usbhid::command::{self, Setting};
use crate::usbhid::delays::Together;
use crate::usbhid::script::{Next, Purpose, Script};

use super::{Phase, Task, UsbHid};

impl UsbHid {
    /// Takes in everything that servers have asked.
    pub(super) fn take_asked(&mut self) {
        while let Some(asked) = self.desk.publisher.next_asked() {
            match asked {
                Asked::Reload { config } => self.reload(*config),
                // Nothing can be asked of a device that is away.
                Asked::Instcmd { ticket, .. } | Asked::Set { ticket, .. } | Asked::Shutdown { ticket }
                    if self.phase != Phase::Serving =>
                {
                    self.desk.publisher.answer(ticket, Outcome::Failed);
                }
                Asked::Instcmd { command, parameter, ticket } => {
                    let Some(device) = &self.device else { continue };
                    match command::instant(&command, parameter.as_deref(), device, &self.desk) {
                        Ok(plan) => self.scripts.push_back(Script::new(Purpose::Command(ticket), [(command, plan)])),
                        Err(outcome) => self.desk.publisher.answer(ticket, outcome),
                    }
                }
                Asked::Set { variable, value, ticket } => {
                    let Some(device) = &self.device else { continue };
                    match command::set(&variable, &value, device, &mut self.desk) {
                        Ok(Setting::Kept) => self.desk.publisher.answer(ticket, Outcome::Handled),
                        Ok(Setting::Write(plan)) => {
                            self.scripts.push_back(Script::new(Purpose::Set(ticket), [(variable, plan)]));
                        }
                        Err(outcome) => self.desk.publisher.answer(ticket, outcome),
                    }
                }
                Asked::Shutdown { ticket } => {
                    let Some(device) = &self.device else { continue };
                    let plans = command::shutdown(
                        &self.config.shutdown_commands,
                        device,
                        &self.desk,
                        Together::of(&self.config),
                    );
                    self.scripts.push_back(Script::new(Purpose::Shutdown(ticket), plans));
                }
            }
        }
    }

    /// Sets a variable because the configuration says so.
    pub(super) fn configure(&mut self, variable: &str, value: &str) {
        let Some(device) = &self.device else { return };
        match command::set(variable, value, device, &mut self.desk) {
            Ok(Setting::Write(plan)) => {
                let purpose = Purpose::Configure(variable.to_owned(), value.to_owned());
                self.scripts.push_back(Script::new(purpose, [(variable.to_owned(), plan)]));
            }
            Ok(Setting::Kept) => {}
            Err(_) => self.keep(variable, value),
        }
    }

    /// The configuration asked for a value that the device does not take. With `ignorelb` it is this driver that
    /// obeys it; without, to publish it would be a lie.
    fn keep(&mut self, variable: &str, value: &str) {
        let is_there = self.desk.publisher.value(variable).is_some();
        if is_there && self.config.ignore_low_battery {
            self.desk.publish(variable, value);
            self.status_changed = true;
        } else {
            let hint = if is_there { "; with ignorelb this driver would obey it" } else { "" };
            self.say(Level::Warning, format!("this device does not let {variable} be set to {value}{hint}"));
        }
    }

    /// Starts the transfer that the script in front wants; whether there is more to do at once.
    pub(super) fn start_script(&mut self, now: Instant) -> bool {
        self.script_waits = None;
        let (Some(script), Some(device)) = (self.scripts.front_mut(), &self.device) else { return false };
        match script.next(device, now) {
            Next::Transfer(request) => {
                self.transfer(Task::Script, request, now);
                true
            }
            Next::Wait(until) => {
                self.script_waits = Some(until);
                false
            }
            Next::Done(None) if script.is_unanswered_cut() => {
                self.drop_device("no answer while it was told to cut", now);
                false
            }
            Next::Done(succeeded) => {
                if let Some(script) = self.scripts.pop_front() {
                    self.finish(script, succeeded);
                }
                true
            }
        }
    }

    pub(super) fn answer_script(&mut self, result: Result<&[u8], Failure>, now: Instant) {
        if let (Some(script), Some(device)) = (self.scripts.front_mut(), &mut self.device) {
            script.answer(result, device, &mut self.desk, now);
        }
    }

    /// Why no command has cut the load.
    fn no_cut(&self) -> String {
        match &self.config.shutdown_commands[..] {
            [] => "the device accepts no shutdown command".to_owned(),
            chosen => format!("sdcommands has nothing that did: {}", chosen.join(" ")),
        }
    }

    /// Tells whoever waits for it what came of a script.
    pub(super) fn finish(&mut self, script: Script, succeeded: Option<String>) {
        for failure in script.failures {
            self.say(Level::Warning, failure);
        }
        let outcome = if succeeded.is_some() { Outcome::Handled } else { Outcome::Failed };
        match script.purpose {
            Purpose::Command(ticket) | Purpose::Set(ticket) => self.desk.publisher.answer(ticket, outcome),
            Purpose::Shutdown(ticket) => {
                self.desk.publisher.answer(ticket, outcome);
                if let Some(name) = succeeded {
                    self.say(Level::Notice, format!("the device accepted {name}"));
                }
            }
            Purpose::Configure(variable, value) => {
                if succeeded.is_none() && self.device.is_some() {
                    self.keep(&variable, &value);
                }
            }
            Purpose::Kill => match succeeded {
                Some(name) => {
                    self.say(Level::Notice, format!("the device accepted {name}: the load will be cut"));
                    self.exit(0);
                }
                // Without a device left the next attachment tries again.
                None if self.device.is_none() => {}
                None => {
                    self.say(Level::Error, format!("the load was not cut: {}", self.no_cut()));
                    self.exit(1);
                }
            },
        }
    }
}

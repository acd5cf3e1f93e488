//! What every driver publishes about itself: `driver.*`, the shared commands, `default.` and
//! `override.`.

use super::variables::Variables;
use super::{Outcome, Publisher, RW_NUMBER, Slot, VarFlags};
use crate::DriverConfig;
use protocol::{Effect, Level};

/// The shared commands that every driver offers. `driver.exit` is understood too, but not offered.
const SHARED_COMMANDS: [&str; 5] =
    ["driver.killpower", "driver.reload", "driver.reload-or-error", "driver.reload-or-exit", "shutdown.default"];

/// The highest debug level that changes anything.
const DEBUG_LIMIT: u8 = 6;

/// Slots and values of what the driver says about itself.
#[derive(Debug)]
pub(super) struct Own {
    state: Slot,
    debug: Slot,
    debug_level: u8,
    allow_killpower: Slot,
    may_kill_power: bool,
    process_id: u32,
    defaults: Vec<(Slot, String)>,
}

impl Own {
    pub fn new(config: &DriverConfig, variables: &mut Variables) -> Self {
        Self {
            state: variables.slot("driver.state"),
            debug: variables.slot("driver.debug"),
            debug_level: 0,
            allow_killpower: variables.slot("driver.flag.allow_killpower"),
            may_kill_power: config.allow_killpower,
            process_id: config.process_id,
            defaults: config.defaults.iter().map(|(name, value)| (variables.slot(name), value.clone())).collect(),
        }
    }

    /// The `default.` of a variable.
    pub fn default_for(&self, slot: Slot) -> Option<&str> {
        self.defaults.iter().find(|(known, _)| *known == slot).map(|(_, value)| value.as_str())
    }

    /// What `GETPID` answers.
    pub fn process_id(&self) -> u32 {
        self.process_id
    }

    /// Whether `driver.killpower` may cut the load.
    pub fn may_kill_power(&self) -> bool {
        self.may_kill_power
    }
}

impl Publisher {
    /// What the driver is doing (`driver.state`): `init.starting`, `quiet`, `reconnect.trying`,
    /// `fsd.killpower`, …
    pub fn set_state(&mut self, state: &str) {
        self.set(self.own.state, state);
    }

    /// The debug level in force: 0 to 6.
    #[must_use]
    pub fn debug(&self) -> u8 {
        self.own.debug_level
    }

    /// Takes over what a running driver can take over from a new configuration: the debug level,
    /// `allow_killpower`, `default.` and `override.`, and what is shown as `driver.parameter.*`.
    pub fn reconfigure(&mut self, config: &DriverConfig) {
        for slot in self.variables.overridden() {
            self.variables.get_mut(slot).overridden = false;
        }
        // What reads a configuration again may live in another process than before.
        let Own { process_id, debug_level, .. } = self.own;
        self.own = Own { process_id, debug_level, ..Own::new(config, &mut self.variables) };
        self.say(Level::Notice, "configuration read again");
        if self.reload.replace(config) {
            self.say(Level::Warning, "some of the new configuration takes effect at the next start of this driver");
        }
        self.publish_config(config);
    }

    pub(super) fn publish_own(&mut self, config: &DriverConfig, internal_version: &str) {
        self.publish("driver.name", &config.driver);
        self.publish("driver.version", env!("CARGO_PKG_VERSION"));
        self.publish("driver.version.internal", internal_version);
        self.set_state("init.starting");
        self.set_flags(self.own.debug, RW_NUMBER);
        self.set_flags(self.own.allow_killpower, RW_NUMBER);
        for command in SHARED_COMMANDS {
            self.add_command(command);
        }
        self.publish_config(config);
    }

    /// `SET` of a shared variable; `None` when it is not one.
    pub(super) fn set_shared(&mut self, variable: &str, value: &str) -> Option<Outcome> {
        let slot = self.find(variable)?;
        if slot == self.own.debug {
            let Ok(level) = value.trim().parse::<u8>() else { return Some(Outcome::Invalid) };
            self.set_debug(level);
        } else if slot == self.own.allow_killpower {
            let allowed = match value.trim() {
                "1" => true,
                "0" => false,
                _ => return Some(Outcome::Invalid),
            };
            self.own.may_kill_power = allowed;
            self.set(slot, value.trim());
            let verb = if allowed { "allows" } else { "forbids" };
            self.say(Level::Notice, format!("a server {verb} the instant command driver.killpower"));
        } else {
            return None;
        }
        Some(Outcome::Handled)
    }

    fn set_debug(&mut self, level: u8) {
        let level = level.min(DEBUG_LIMIT);
        let (was_on, on) = (self.debug() > 0, level > 0);
        self.own.debug_level = level;
        self.set_fmt(self.own.debug, format_args!("{level}"));
        if on != was_on {
            self.effects.push_back(Effect::Debug { on });
        }
    }

    fn publish_config(&mut self, config: &DriverConfig) {
        self.set_debug(config.debug);
        self.set(self.own.allow_killpower, if config.allow_killpower { "1" } else { "0" });
        self.publish("driver.parameter.port", &config.port);
        self.publish("driver.parameter.synchronous", config.synchronous.word());
        let interval = self.slot("driver.parameter.pollinterval");
        self.set_fmt(interval, format_args!("{}", config.poll_interval.as_secs()));
        for param in &config.params {
            match &param.value {
                Some(value) => self.publish(&format!("driver.parameter.{}", param.name), value),
                None => self.publish(&format!("driver.flag.{}", param.name), "enabled"),
            }
        }
        if config.ignore_low_battery {
            self.publish("driver.flag.ignorelb", "enabled");
        }
        for (variable, value) in &config.defaults {
            let slot = self.slot(variable);
            if self.get(slot).is_none() {
                self.set(slot, value);
            }
        }
        for (variable, value) in &config.overrides {
            let slot = self.slot(variable);
            self.set(slot, value);
            self.set_flags(slot, VarFlags::default());
            self.variables.get_mut(slot).overridden = true;
        }
    }

    fn publish(&mut self, variable: &str, value: &str) {
        let slot = self.slot(variable);
        self.set(slot, value);
    }
}

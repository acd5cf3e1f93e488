//! What only makes sense between directives: mistakes that would surface in an outage.

use super::Config;
use super::load::Reading;
use protocol::conf::flat::Directive;
use protocol::diagnostic::{Diagnostic, Severity, Source};

/// Checks the whole file.
pub(super) fn check(reading: &mut Reading, directives: &[Directive]) {
    let (config, source) = (&reading.config, &reading.source);
    let file = File { config, source, directives };
    let found = [
        file.too_little_power(),
        file.no_shutdown_command(),
        file.primary_without_flag(),
        file.final_delay_outlasts_host_sync(),
        file.dead_before_polled(),
    ];
    reading.diagnostics.extend(found.into_iter().flatten());
}

struct File<'a> {
    config: &'a Config,
    source: &'a Source,
    directives: &'a [Directive],
}

impl File<'_> {
    fn line(&self, name: &str) -> Option<&Directive> {
        self.directives.iter().rfind(|line| line.name.text == name)
    }

    /// A warning at the line that sets `name`, or about the file where none does.
    fn warning(&self, name: &str, message: String) -> Diagnostic {
        match self.line(name) {
            Some(line) => Diagnostic::warning(self.source, line.span(), message),
            None => self.unplaced(Severity::Warning, &message),
        }
    }

    fn unplaced(&self, severity: Severity, message: &str) -> Diagnostic {
        Diagnostic::unplaced(severity, format!("{}: {message}", self.source.path()))
    }

    fn too_little_power(&self) -> Option<Diagnostic> {
        let (have, need) = (self.config.total_power_value(), self.config.min_supplies);
        if have >= need {
            return None;
        }
        if !self.directives.iter().any(|line| line.name.text == "MONITOR") {
            let problem = self.unplaced(Severity::Error, "no MONITOR line: nothing protects this host");
            return Some(problem.hint("MONITOR <ups>@<host> 1 <user> <password> primary|secondary"));
        }
        let message = format!("total power value ({have}) less than MINSUPPLIES ({need})");
        let place = self.line("MINSUPPLIES").or_else(|| self.line("MONITOR"));
        Some(match place {
            Some(line) => Diagnostic::error(self.source, line.span(), message),
            None => self.unplaced(Severity::Error, &message),
        })
    }

    fn no_shutdown_command(&self) -> Option<Diagnostic> {
        let is_needed = self.config.total_power_value() > 0 && self.config.shutdown_command.is_none();
        is_needed.then(|| {
            let message = "no SHUTDOWNCMD: this host stays up until its power goes".to_owned();
            self.warning("SHUTDOWNCMD", message).hint("SHUTDOWNCMD \"/sbin/shutdown -h +0\"")
        })
    }

    fn primary_without_flag(&self) -> Option<Diagnostic> {
        (self.config.is_primary() && self.config.power_down_flag.is_none()).then(|| {
            let message = "primary without POWERDOWNFLAG: the load is never cut, so that hosts that have halted stay \
                           off when power returns early";
            self.warning("MONITOR", message.to_owned()).hint("POWERDOWNFLAG /etc/killpower")
        })
    }

    fn final_delay_outlasts_host_sync(&self) -> Option<Diagnostic> {
        (self.config.final_delay > self.config.host_sync).then(|| {
            let (delay, sync) = (self.config.final_delay.as_secs(), self.config.host_sync.as_secs());
            let message = format!("FINALDELAY ({delay} s) is longer than HOSTSYNC ({sync} s)");
            let hint = "a secondary logs out after its FINALDELAY; its primary waits for HOSTSYNC only";
            self.warning("FINALDELAY", message).hint(hint)
        })
    }

    fn dead_before_polled(&self) -> Option<Diagnostic> {
        let slowest = self.config.poll_every.max(self.config.poll_alert_every);
        (self.config.dead_time < slowest).then(|| {
            let (dead, slowest) = (self.config.dead_time.as_secs(), slowest.as_secs());
            let message = format!("DEADTIME ({dead} s) is shorter than the time between two polls ({slowest} s)");
            self.warning("DEADTIME", message).hint("one lost poll on battery would shut this host down")
        })
    }
}

//! What a server says on the driver socket, and what is answered at once.

use super::{Asked, Otherwise, Outcome, Publisher, Ticket, dump};
use protocol::{Effect, Level, LinkId};
use std::fmt::Write as _;

/// Most requests that wait for the driver itself; one more is answered as failed.
pub const ASKED_LIMIT: usize = 256;

impl Publisher {
    /// Answers an [`Asked`]. A server that did not ask for tracking, or has left, hears nothing.
    pub fn answer(&mut self, ticket: Ticket, outcome: Outcome) {
        if let Some(tracking) = ticket.tracking {
            self.line.clear();
            // Writing to a String cannot fail.
            let _ = writeln!(self.line, "TRACKING {tracking} {}", outcome as u8);
            self.links.send(ticket.link, self.line.as_bytes());
        }
    }

    /// Bytes from a server.
    pub(super) fn received(&mut self, link: LinkId, bytes: &[u8]) {
        let _ = (link, bytes);
    }

    fn dump_all(&mut self, link: LinkId) {
        self.line.clear();
        if self.is_stale {
            self.line.push_str("DATASTALE\n");
        }
        for variable in self.variables.published() {
            dump::variable(&mut self.line, variable);
        }
        for command in &self.commands {
            dump::one(&mut self.line, "ADDCMD", command);
        }
        self.end_dump(link);
    }

    fn dump_one(&mut self, link: LinkId, variable: &str) {
        self.line.clear();
        if self.is_stale {
            self.line.push_str("DATASTALE\n");
        }
        if let Some(slot) = self.find(variable)
            && self.variables.get(slot).published
        {
            dump::variable(&mut self.line, self.variables.get(slot));
        }
        self.end_dump(link);
    }

    fn end_dump(&mut self, link: LinkId) {
        if !self.is_stale {
            self.line.push_str("DATAOK\n");
        }
        self.line.push_str("DUMPDONE\n");
        self.links.send(link, self.line.as_bytes());
    }

    fn command(&mut self, command: &str, parameter: Option<String>, ticket: Ticket) {
        let asked = match command.to_ascii_lowercase().as_str() {
            "driver.exit" => {
                self.say(Level::Notice, "exiting because a server asked for it");
                self.answer(ticket, Outcome::Handled);
                return self.push(Effect::Exit { code: 0 });
            }
            "driver.killpower" if !self.own.may_kill_power() => {
                self.say(Level::Warning, "refusing driver.killpower: driver.flag.allow_killpower is 0");
                return self.answer(ticket, Outcome::Invalid);
            }
            "driver.killpower" | "shutdown.default" => Asked::Shutdown { ticket },
            "driver.reload" => Asked::Reload { otherwise: Otherwise::GoOn, ticket },
            "driver.reload-or-error" => Asked::Reload { otherwise: Otherwise::Fail, ticket },
            "driver.reload-or-exit" => Asked::Reload { otherwise: Otherwise::Exit, ticket },
            _ => Asked::Instcmd { command: command.to_owned(), parameter, ticket },
        };
        self.ask(asked);
    }

    fn ask(&mut self, asked: Asked) {
        if self.asked.len() < ASKED_LIMIT {
            return self.asked.push_back(asked);
        }
        match asked {
            Asked::Instcmd { ticket, .. }
            | Asked::Set { ticket, .. }
            | Asked::Shutdown { ticket }
            | Asked::Reload { ticket, .. } => self.answer(ticket, Outcome::Failed),
        }
    }
}

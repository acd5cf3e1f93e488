//! What a server says on the driver socket, and what is answered at once.

use super::{Asked, Otherwise, Outcome, Publisher, Ticket, dump};
use protocol::lexer::Line;
use protocol::{Effect, Level, LinkId};

/// Most requests that wait for the driver itself; one more is answered as failed.
pub const ASKED_LIMIT: usize = 256;

impl Publisher {
    /// Answers an [`Asked`]. A server that did not ask for tracking, or has left, hears nothing.
    pub fn answer(&mut self, ticket: Ticket, outcome: Outcome) {
        if let Some(tracking) = ticket.tracking {
            self.line.clear();
            dump::tracking(&mut self.line, &tracking, outcome as u8);
            self.links.send(ticket.link, &self.line);
        }
    }

    /// Bytes from a server.
    pub(super) fn received(&mut self, id: LinkId, mut bytes: &[u8]) {
        let Some(link) = self.links.get(id) else { return };
        let mut reader = std::mem::take(&mut link.input);
        while let Some(line) = reader.next_line(&mut bytes) {
            self.request(id, line);
            if self.links.get(id).is_none_or(|link| link.is_lost()) {
                return;
            }
        }
        if let Some(link) = self.links.get(id) {
            link.input = reader;
        }
    }

    fn request(&mut self, link: LinkId, line: &Line) {
        let Some(verb) = line.get(0) else { return };
        match (verb.to_ascii_uppercase().as_str(), line.len()) {
            ("PING", _) => self.links.send(link, b"PONG\n"),
            ("DUMPALL", _) => self.dump_all(link),
            ("DUMPSTATUS", _) => self.dump_one(link, "ups.status"),
            ("DUMPVALUE", 2..) => self.dump_one(link, line.get(1).unwrap_or_default()),
            ("GETPID", _) => {
                self.line.clear();
                dump::pid(&mut self.line, self.own.process_id());
                self.links.send(link, &self.line);
            }
            ("NOBROADCAST", _) => self.broadcasts_to(link, false),
            ("BROADCAST", 1) => self.broadcasts_to(link, true),
            ("BROADCAST", _) => {
                let wanted = line.get(1).and_then(|count| count.parse::<i64>().ok()).is_some_and(|count| count > 0);
                self.broadcasts_to(link, wanted);
            }
            ("LOGOUT", _) => {
                self.links.send(link, b"OK Goodbye\n");
                self.links.close(link, &mut self.effects);
            }
            ("INSTCMD", _) => self.instcmd(link, line),
            ("SET", _) => self.set_request(link, line),
            _ => self.misunderstood(line),
        }
    }

    /// `INSTCMD command [parameter] [TRACKING id]`.
    fn instcmd(&mut self, link: LinkId, line: &Line) {
        let (arguments, tracking) = tracked(line);
        let parameter = match arguments {
            2 => None,
            3 => line.get(2).map(str::to_owned),
            _ => return self.misunderstood(line),
        };
        let ticket = Ticket { link, tracking };
        self.command(line.get(1).unwrap_or_default(), parameter, ticket);
    }

    /// `SET variable "value" [TRACKING id]`.
    fn set_request(&mut self, link: LinkId, line: &Line) {
        let (arguments, tracking) = tracked(line);
        let (3, Some(variable), Some(value)) = (arguments, line.get(1), line.get(2)) else {
            return self.misunderstood(line);
        };
        let ticket = Ticket { link, tracking };
        match self.set_shared(variable, value) {
            Some(outcome) => self.answer(ticket, outcome),
            None => self.ask(Asked::Set { variable: variable.to_owned(), value: value.to_owned(), ticket }),
        }
    }

    fn misunderstood(&mut self, line: &Line) {
        self.say(Level::Info, format!("a server says what the driver socket does not know: {}", line.rest(0)));
    }

    fn broadcasts_to(&mut self, link: LinkId, wanted: bool) {
        if let Some(link) = self.links.get(link) {
            link.wants_broadcasts = wanted;
        }
    }

    fn dump_all(&mut self, link: LinkId) {
        self.begin_dump();
        for variable in self.variables.published() {
            dump::variable(&mut self.line, variable);
        }
        for command in &self.commands {
            dump::one(&mut self.line, "ADDCMD", command);
        }
        self.end_dump(link);
    }

    fn dump_one(&mut self, link: LinkId, variable: &str) {
        self.begin_dump();
        if let Some(slot) = self.find(variable)
            && self.variables.get(slot).published
        {
            dump::variable(&mut self.line, self.variables.get(slot));
        }
        self.end_dump(link);
    }

    fn begin_dump(&mut self) {
        self.line.clear();
        if self.is_stale {
            self.line.extend_from_slice(b"DATASTALE\n");
        }
    }

    fn end_dump(&mut self, link: LinkId) {
        let end: &[u8] = if self.is_stale { b"DUMPDONE\n" } else { b"DATAOK\nDUMPDONE\n" };
        self.line.extend_from_slice(end);
        self.links.send(link, &self.line);
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

/// How many words stand before `TRACKING id`, and the id.
fn tracked(line: &Line) -> (usize, Option<String>) {
    let before = line.len().saturating_sub(2);
    match (line.get(before), line.get(before + 1)) {
        (Some(word), Some(id)) if before >= 2 && word.eq_ignore_ascii_case("TRACKING") => {
            (before, Some(id.to_owned()))
        }
        _ => (line.len(), None),
    }
}

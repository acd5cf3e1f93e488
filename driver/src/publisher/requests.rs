//! What a server says on the driver socket, and what is answered at once.

use super::reload::Otherwise;
use super::{Asked, Outcome, Publisher, Ticket, dump};
use protocol::driver_socket::{FromDriver, Malformed, ToDriver};
use protocol::lexer::Line;
use protocol::{Effect, Level, LinkId};

/// Most requests that wait for the driver itself; one more is answered as failed.
pub const ASKED_LIMIT: usize = 256;

/// How much of an odd line is logged, in characters.
const SHOWN_LIMIT: usize = 80;

/// What a server has said and nobody has looked at.
#[derive(Debug)]
pub(super) struct Unread {
    link: LinkId,
    bytes: Vec<u8>,
    at: usize,
}

impl Publisher {
    /// Answers an [`Asked`]. A server that did not ask for tracking, or has left, hears nothing.
    pub fn answer(&mut self, ticket: Ticket, outcome: Outcome) {
        if let Some(tracking) = ticket.tracking {
            self.reply(ticket.link, FromDriver::Tracking { id: &tracking, outcome });
        }
    }

    /// The next thing a server asks of the driver. Call it after each [`Publisher::handle`] until
    /// there is none: what was said after it on the same link is not looked at before, so that
    /// answers come in the order of the questions.
    pub fn next_asked(&mut self) -> Option<Asked> {
        while self.asked.is_empty() && self.read_line() {}
        self.asked.pop_front()
    }

    /// Bytes from a server.
    pub(super) fn receive(&mut self, link: LinkId, bytes: Vec<u8>) {
        self.read_all();
        match self.links.get(link) {
            Some(busy) if busy.has_had_its_turn() => busy.wait(&bytes, &mut self.effects),
            _ => self.unread = Some(Unread { link, bytes, at: 0 }),
        }
    }

    /// Whether a server whose requests had to wait has its turn now: [`Publisher::take_turn`] is due.
    pub fn has_turn(&self) -> bool {
        self.links.has_turn()
    }

    /// Gives the next server that had to wait its turn; [`Publisher::next_asked`] goes on with it.
    pub fn take_turn(&mut self) {
        self.read_all();
        if let Some((link, bytes)) = self.links.take_turn() {
            self.unread = Some(Unread { link, bytes, at: 0 });
        }
    }

    /// Looks at everything that servers have said, whatever waits for the driver.
    pub(super) fn read_all(&mut self) {
        while self.read_line() {}
    }

    /// Handles the next line that a server has said; false when there is none.
    fn read_line(&mut self) -> bool {
        let Some(mut unread) = self.unread.take() else { return false };
        let Some(link) = self.links.get(unread.link).filter(|link| !link.is_lost()) else { return false };
        let mut rest = &unread.bytes[unread.at..];
        if link.has_had_its_turn() && !rest.is_empty() {
            link.wait(rest, &mut self.effects);
            return false;
        }
        let mut reader = std::mem::take(&mut link.input);
        let is_whole = match reader.next_line(&mut rest) {
            Some(line) => {
                self.request(unread.link, line);
                true
            }
            None => false,
        };
        unread.at = unread.bytes.len() - rest.len();
        if reader.is_endless() {
            self.let_go_of_a_babbler(unread.link);
        } else if let Some(link) = self.links.get(unread.link) {
            link.input = reader;
            if !is_whole {
                link.go_on(&mut self.effects);
            }
        }
        if is_whole {
            self.unread = Some(unread);
        }
        is_whole
    }

    fn request(&mut self, link: LinkId, line: &Line) {
        if line.is_empty() {
            return;
        }
        match ToDriver::parse(line) {
            Ok(ToDriver::Ping) => self.reply(link, FromDriver::Pong),
            Ok(ToDriver::DumpAll) => self.dump_all(link),
            Ok(ToDriver::DumpStatus) => self.dump_one(link, "ups.status"),
            Ok(ToDriver::DumpValue { var }) => self.dump_one(link, var),
            Ok(ToDriver::GetPid) => self.reply(link, FromDriver::Pid(self.own.process_id())),
            Ok(ToDriver::Broadcast { on }) => {
                if let Some(link) = self.links.get(link) {
                    link.wants_broadcasts = on;
                }
            }
            Ok(ToDriver::Logout) => {
                self.reply(link, FromDriver::Goodbye);
                self.links.close(link, &mut self.effects);
            }
            Ok(ToDriver::Instcmd { cmd, param, tracking }) => {
                let ticket = Ticket { link, tracking: tracking.map(str::to_owned) };
                self.command(cmd, param, ticket);
            }
            Ok(ToDriver::Set { var, value, tracking }) => {
                let ticket = Ticket { link, tracking: tracking.map(str::to_owned) };
                match self.set_shared(var, value) {
                    Some(outcome) => self.answer(ticket, outcome),
                    None => self.ask(Asked::Set { variable: var.to_owned(), value: value.to_owned(), ticket }),
                }
            }
            Err(error) => self.complain(link, error, line),
        }
    }

    /// No server sends a line without an end. Said once: whoever does it may come again at once.
    fn let_go_of_a_babbler(&mut self, link: LinkId) {
        self.links.close(link, &mut self.effects);
        if !std::mem::replace(&mut self.is_babble_said, true) {
            self.say(Level::Warning, "a line without an end on the driver socket, dropping whoever sends it");
        }
    }

    /// No reply, as NUT: a newer server may know more than this driver. Said once for each server.
    fn complain(&mut self, link: LinkId, error: Malformed, line: &Line) {
        let Some(link) = self.links.get(link) else { return };
        if !std::mem::replace(&mut link.has_been_odd, true) {
            let start: String = line.rest(0).chars().take(SHOWN_LIMIT).collect();
            self.say(Level::Info, format!("{error}: {start}"));
        }
    }

    fn reply(&mut self, link: LinkId, reply: FromDriver<'_>) {
        self.line.clear();
        reply.emit(&mut self.line);
        self.links.send(link, &self.line);
    }

    fn dump_all(&mut self, link: LinkId) {
        self.begin_dump();
        for variable in self.variables.published() {
            dump::variable(&mut self.line, variable);
        }
        for command in &self.commands {
            FromDriver::AddCmd { cmd: command }.emit(&mut self.line);
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
            FromDriver::DataStale.emit(&mut self.line);
        }
    }

    fn end_dump(&mut self, link: LinkId) {
        if !self.is_stale {
            FromDriver::DataOk.emit(&mut self.line);
        }
        FromDriver::DumpDone.emit(&mut self.line);
        self.links.send(link, &self.line);
    }

    fn command(&mut self, command: &str, parameter: Option<&str>, ticket: Ticket) {
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
            "driver.reload" => return self.reload(Otherwise::GoOn, ticket),
            "driver.reload-or-error" => return self.reload(Otherwise::Fail, ticket),
            "driver.reload-or-exit" => return self.reload(Otherwise::Exit, ticket),
            _ => {
                let parameter = parameter.map(str::to_owned);
                Asked::Instcmd { command: command.to_owned(), parameter, ticket }
            }
        };
        self.ask(asked);
    }

    fn ask(&mut self, asked: Asked) {
        if self.asked.len() < ASKED_LIMIT {
            return self.asked.push_back(asked);
        }
        match asked {
            Asked::Instcmd { ticket, .. } | Asked::Set { ticket, .. } | Asked::Shutdown { ticket } => {
                self.answer(ticket, Outcome::Failed);
            }
            Asked::Reload { .. } => {}
        }
    }
}

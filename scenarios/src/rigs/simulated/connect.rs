//! Opening connections: names, listeners, and what happens when nobody is there.

use std::time::Duration;

use protocol::usb::InVain;
use protocol::{Endpoint, Event, LinkError, LinkId, Peer};

use super::daemon::Plan;
use super::due::{Attempt, Due};
use super::links::{End, Over};
use super::machine::Machine;
use super::network::Fate;
use super::process::{Purpose, index};
use super::world::World;
use crate::journal::{Answer, Name};
use crate::rigs::tap::Tap;

/// How long a socket of the same machine takes to connect.
const LOCAL: Duration = Duration::from_micros(30);
/// A machine on the same segment that does not answer ARP (Linux: three tries, one second each).
const NO_NEIGHBOUR: Duration = Duration::from_secs(3);
/// A name server that does not answer (resolv.conf(5): two attempts of five seconds).
const NO_ANSWER: Duration = Duration::from_secs(10);
/// The first wait for the answer to a connection request; it doubles (RFC 6298).
const FIRST_TRY: Duration = Duration::from_secs(1);
/// After so many tries the connection attempt fails (Linux: tcp_syn_retries).
const MOST_TRIES: u32 = 6;

impl World {
    /// An engine asks for a connection.
    pub(super) fn open(&mut self, slot: usize, link: LinkId, to: Endpoint) {
        let generation = self.slots[slot].generation;
        let Some(process) = &mut self.slots[slot].process else { return };
        let request = process.begin_opening(link);
        let attempt = Attempt { slot, generation, link, request, to, tries: 0 };
        let at = self.now + LOCAL + self.chance.turn();
        self.put_down(at, Due::Connect(Box::new(attempt)));
    }

    pub(super) fn connect(&mut self, attempt: Box<Attempt>) {
        if !self.stands(&attempt) {
            return;
        }
        let asker = self.slots[attempt.slot].host;
        match &attempt.to {
            Endpoint::Usb(matcher) => match self.find_device(asker, matcher) {
                Ok(ups) => self.attach(ups, &attempt),
                Err(InVain { error, seen }) => {
                    let news = Event::Sighted { link: attempt.link, devices: seen };
                    self.tell(attempt.slot, attempt.generation, news);
                    self.open_failed(&attempt, error);
                }
            },
            Endpoint::Unix { path } => match self.find_driver(asker, path) {
                Some(driver) => {
                    let tap = Tap::driver_socket(&self.machines[asker].name, &self.slots[driver].program);
                    self.accept(Over::Unix, &attempt, driver, Peer::Unix, tap, LOCAL);
                }
                None => self.open_failed(&attempt, LinkError::NotFound),
            },
            Endpoint::Tcp { host, port } => {
                let machine = &self.machines[asker];
                if machine.is_nameless && Machine::is_name(host) {
                    return self.fail_in(NO_ANSWER, attempt, LinkError::Unreachable);
                }
                match self.machines.iter().position(|other| other.answers_to(host, &machine.name)) {
                    Some(found) => {
                        let (local, port) = (Machine::is_loopback(host), *port);
                        self.connect_tcp(attempt, found, local, port);
                    }
                    None => self.open_failed(&attempt, LinkError::Unreachable),
                }
            }
        }
    }

    fn connect_tcp(&mut self, mut attempt: Box<Attempt>, machine: usize, local: bool, port: u16) {
        let asker = self.slots[attempt.slot].host;
        if !self.machines[machine].is_reachable {
            return self.fail_in(NO_NEIGHBOUR, attempt, LinkError::Unreachable);
        }
        let there = self.network.send(asker, machine, 0, self.now);
        let back = self.network.send(machine, asker, 0, self.now);
        let (Fate::Arrives(there), Fate::Arrives(back)) = (there, back) else {
            if attempt.tries >= MOST_TRIES {
                return self.open_failed(&attempt, LinkError::TimedOut);
            }
            let wait = FIRST_TRY * (1 << attempt.tries);
            attempt.tries += 1;
            return self.put_down(self.now + wait, Due::Connect(attempt));
        };
        let round_trip = there.saturating_since(self.now) + back.saturating_since(self.now);
        let Some(server) = self.find_server(machine, local, port) else {
            return self.fail_in(round_trip, attempt, LinkError::Refused);
        };
        let (client, host) = (&self.slots[attempt.slot], self.machines[machine].name.clone());
        let tap = match client.purpose {
            Purpose::Observer => Tap::observer(host),
            _ => Tap::net(self.machines[asker].name.clone(), &client.program, host),
        };
        let address = if asker == machine { "127.0.0.1" } else { &self.machines[asker].address };
        let peer = Peer::Tcp(address.to_owned());
        self.accept(Over::Network { hosts: [asker, machine] }, &attempt, server, peer, tap, round_trip);
    }

    fn find_driver(&self, host: usize, path: &str) -> Option<usize> {
        let socket = path.rsplit('/').next().unwrap_or(path);
        self.slots_of(host).find(|slot| {
            let place = &self.slots[*slot];
            let is_its = |ups: &Name| {
                socket.strip_prefix(&*place.program).and_then(|rest| rest.strip_prefix('-')) == Some(&**ups)
            };
            place.purpose == Purpose::Service && place.process.is_some() && place.ups.as_ref().is_some_and(is_its)
        })
    }

    fn find_server(&self, machine: usize, local: bool, port: u16) -> Option<usize> {
        let names = &self.machines[machine].names;
        self.slots_of(machine).find(|slot| {
            self.slots[*slot].process.as_ref().is_some_and(|process| process.daemon.listens_on(local, names, port))
        })
    }

    fn accept(&mut self, over: Over, opener: &Attempt, listener: usize, peer: Peer, tap: Tap, round_trip: Duration) {
        let generation = self.slots[listener].generation;
        let Some(process) = &mut self.slots[listener].process else { return };
        let name = LinkId::accepted(index(process.accepted.len()));
        process.set_link(name, None);
        let ends = [
            End::Engine { slot: opener.slot, generation: opener.generation, link: opener.link },
            End::Engine { slot: listener, generation, link: name },
        ];
        let number = self.join(over, ends, tap);
        let (slot, link) = (index(opener.slot), opener.link);
        let at = self.now + round_trip + self.chance.turn();
        self.links[number as usize].opens_at(at);
        self.put_down(at, Due::Opened { slot, generation: opener.generation, link, number });
        // The listener hears of it before the first bytes can arrive.
        self.tell(listener, generation, Event::Accepted { link: name, peer });
    }

    pub(super) fn opened(&mut self, slot: usize, generation: u32, link: LinkId, number: u32) {
        if self.slots[slot].process.as_ref().and_then(|process| process.link(link)) == Some(number) {
            self.tell(slot, generation, Event::Opened { link });
        }
    }

    pub(super) fn open_failed(&mut self, attempt: &Attempt, error: LinkError) {
        if self.stands(attempt) {
            if let Some(process) = &mut self.slots[attempt.slot].process {
                process.forget_opening(attempt.link);
            }
            if self.slots[attempt.slot].purpose == Purpose::Observer {
                self.observer_failed(attempt.slot);
            }
            self.tell(attempt.slot, attempt.generation, Event::OpenFailed { link: attempt.link, error });
        }
    }

    fn fail_in(&mut self, after: Duration, attempt: Box<Attempt>, error: LinkError) {
        self.put_down(self.now + after, Due::OpenFailed { attempt, error });
    }

    fn stands(&self, attempt: &Attempt) -> bool {
        let place = &self.slots[attempt.slot];
        place.generation == attempt.generation
            && place.process.as_ref().is_some_and(|process| process.is_opening(attempt.link, attempt.request))
    }

    /// Nobody answers the rig's own client: what it asks for is unknown.
    fn observer_failed(&mut self, slot: usize) {
        let Plan::Observer(variables) = self.slots[slot].plan.clone() else { return };
        let server = self.machines[self.slots[slot].host].name.clone();
        for (ups, name) in variables {
            self.learn(&server, &ups, &name, Answer::Error("UNREACHABLE".into()));
        }
    }
}

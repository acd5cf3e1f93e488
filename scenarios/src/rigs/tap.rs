//! Listens in on one link, on either rig: what a journal says of wires, logins and variables.
//!
//! Every line and every transfer passes here as raw bytes. What repeats what the same end said
//! shortly before is counted and dropped; what is new becomes a [`What::Wire`] (every line, when a
//! run is asked for its wires). From the lines it learns who is logged in ([`What::Login`]) and
//! what clients learn of variables ([`What::Var`]).

mod lane;
mod net;
mod usb;

use std::collections::BTreeMap;

use protocol::Instant;

use crate::journal::{Answer, Direction, LinkEvent, Login, Name, What, WireBytes, WireProtocol};
use lane::Lane;
use net::NetTap;
use usb::UsbTap;

/// What listens in on one link.
#[derive(Debug)]
pub struct Tap {
    from: Name,
    to: Name,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Net(Box<NetTap>),
    DriverSocket(Box<[DriverLane; 2]>),
    Usb(Box<UsbTap>),
    /// A link of the rig itself: it teaches variables, and is in no journal.
    Observer(Box<NetTap>),
}

/// One direction of a driver socket; of all pings only the first is news.
#[derive(Debug, Default)]
struct DriverLane {
    lane: Lane,
    pinged: bool,
}

/// What clients of each server know of each variable.
#[derive(Debug, Default)]
pub struct Learnt {
    answers: BTreeMap<(Name, Name, Name), Answer>,
}

/// What a tap writes to.
pub struct Ear<'a> {
    /// The link's number in this run.
    pub link: u32,
    /// Now.
    pub now: Instant,
    /// Every line is wanted.
    pub all: bool,
    /// What is known already.
    pub learnt: &'a mut Learnt,
    /// Where records go.
    pub out: &'a mut Vec<What>,
}

impl Tap {
    /// On a connection of `client`, a program on `client_host`, to the `upsd` of `server`.
    #[must_use]
    pub fn net(client_host: Name, client: &str, server: Name) -> Self {
        let (from, to) = (format!("{client_host}/{client}").into(), format!("{server}/upsd").into());
        Self { from, to, kind: Kind::Net(Box::new(NetTap::new(client_host, server))) }
    }

    /// On the connection of the rig's own client to the `upsd` of `server`.
    #[must_use]
    pub fn observer(server: Name) -> Self {
        let to = format!("{server}/upsd").into();
        Self { from: "rig/observer".into(), to, kind: Kind::Observer(Box::new(NetTap::new("rig".into(), server))) }
    }

    /// On the connection of a host's `upsd` to a driver.
    #[must_use]
    pub fn driver_socket(host: &str, driver: &str) -> Self {
        let (from, to) = (format!("{host}/upsd").into(), format!("{host}/{driver}").into());
        Self { from, to, kind: Kind::DriverSocket(Box::default()) }
    }

    /// On the data cable of a UPS.
    #[must_use]
    pub fn usb(host: &str, driver: &str, ups: &str) -> Self {
        let (from, to) = (format!("{host}/{driver}").into(), format!("ups:{ups}").into());
        Self { from, to, kind: Kind::Usb(Box::default()) }
    }

    /// Bytes arrive, in this direction.
    pub fn hear(&mut self, direction: Direction, bytes: &[u8], ear: &mut Ear<'_>) {
        let place = usize::from(direction == Direction::In);
        match &mut self.kind {
            Kind::Net(net) => net.hear(direction, bytes, ear, true),
            Kind::Observer(net) => net.hear(direction, bytes, ear, false),
            Kind::DriverSocket(lanes) => {
                let DriverLane { lane, pinged } = &mut lanes[place];
                lane.split(bytes, |line| {
                    let is_ping = matches!(line, b"PING" | b"PONG");
                    if ear.all || !is_ping || !std::mem::replace(pinged, true) {
                        ear.wire(WireProtocol::DriverSocket, direction, line);
                    }
                });
            }
            Kind::Usb(usb) => usb.hear(direction, bytes, ear),
        }
    }

    /// The server has learnt that the connection is over.
    pub fn server_let_go(&mut self, ear: &mut Ear<'_>) {
        if let Kind::Net(net) = &mut self.kind {
            net.ended(ear);
        }
    }

    /// The link opened, or ended: what the journal says.
    pub fn event(&mut self, event: LinkEvent, ear: &mut Ear<'_>) {
        let protocol = match &mut self.kind {
            Kind::Net(_) => WireProtocol::Net,
            Kind::DriverSocket(_) => WireProtocol::DriverSocket,
            Kind::Usb(_) => WireProtocol::Usb,
            Kind::Observer(_) => return,
        };
        let (from, to) = (self.from.clone(), self.to.clone());
        ear.out.push(What::Link { link: ear.link, from, to, protocol, event });
    }
}

impl Ear<'_> {
    fn wire(&mut self, protocol: WireProtocol, direction: Direction, line: &[u8]) {
        self.out.push(What::Wire { link: self.link, protocol, direction, bytes: WireBytes::line(line) });
    }

    fn binary(&mut self, direction: Direction, bytes: &[u8]) {
        let bytes = WireBytes::Binary(bytes.into());
        self.out.push(What::Wire { link: self.link, protocol: WireProtocol::Usb, direction, bytes });
    }

    /// A client learnt something.
    pub fn learn(&mut self, server: &Name, ups: &str, name: &str, is: Answer) {
        let key = (server.clone(), Name::from(ups), Name::from(name));
        if self.learnt.answers.get(&key) != Some(&is) {
            let (server, ups, name) = key.clone();
            self.learnt.answers.insert(key, is.clone());
            self.out.push(What::Var { ups, server, name, is });
        }
    }

    fn login(&mut self, server: &Name, ups: &Name, host: &Name, event: Login) {
        self.out.push(What::Login { server: server.clone(), ups: ups.clone(), host: host.clone(), event });
    }
}

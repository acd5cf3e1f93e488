//! Starts and ends daemons, one after the other as an init system does.

use std::ffi::OsString;
use std::path::Path;

use super::child::{Child, Start};
use super::device::{self, Device, wait_for};
use super::inbox::Input;
use super::place::{BIN, BUS, CONF, DRIVERS, KEPT, STATE};
use super::proxy::{self, Reserved};
use super::readiness::{ask_driver, ask_server};
use super::recorder;
use super::rig::Rig;
use super::slots::Purpose;
use crate::journal::{ProcessEvent, What};
use crate::language::{Maker, Makers};
use crate::rigs::RigError;
use crate::rigs::facts::Set;
use crate::rigs::tap::Tap;

impl Rig {
    /// Starts the emulated UPSes.
    pub(super) async fn start_emulators(&mut self) -> Result<(), RigError> {
        for slot in 0..self.slots.len() {
            let Purpose::Emulator { ups } = self.slots[slot].purpose else { continue };
            let of = &self.scenario.ups[ups];
            let (bus, control) = (self.place.ups(&of.name, "bus"), self.place.ups(&of.name, "control"));
            let setup = Set::setup(&self.scenario, ups, self.director.load_of(ups));
            let start = Start {
                program: self.programs.ours("ups-emulator"),
                arguments: device::arguments(&of.device, bus, control.clone(), &setup, self.options.speed),
                environment: Vec::new(),
                user: self.place.user.as_ref(),
                faketime: None,
            };
            let child = Child::start(start, slot, 1, &self.sender)
                .map_err(|error| RigError::Broken(format!("start ups-emulator: {error}")))?;
            self.slots[slot].child = Some(child);
            self.slots[slot].generation = 1;
            self.devices.push(Device::connect(&control, ups, self.sender.clone()).await?);
            self.plug_in(ups);
        }
        Ok(())
    }

    /// A UPS is on the bus of the hosts where its cable ends.
    pub(super) fn plug_in(&mut self, ups: usize) {
        let name = self.scenario.ups[ups].name.clone();
        let Some(slot) = self.slots.iter().position(|slot| slot.purpose == Purpose::Emulator { ups }) else { return };
        self.slots[slot].proxies.clear();
        for host in 0..self.scenario.hosts.len() {
            let of = &self.scenario.hosts[host];
            if !of.cabled_to.contains(&name) {
                continue;
            }
            let (at, to) = (self.place.host(&of.name, BUS).join(&name), self.place.ups(&name, "bus"));
            let driver = self.driver_of(host, &name);
            let (host, name) = (of.name.clone(), name.clone());
            let proxy = proxy::unix(&at, to, move || Tap::usb(&host, &driver, &name), self.desk.clone());
            self.keep_unix(slot, proxy, &at);
        }
    }

    /// A UPS is on no bus any more.
    pub(super) fn unplug(&mut self, ups: usize) {
        let found = self.slots.iter_mut().find(|slot| slot.purpose == Purpose::Emulator { ups });
        if let Some(slot) = found {
            slot.proxies.clear();
        }
    }

    fn driver_of(&self, host: usize, ups: &str) -> String {
        let is_its =
            |slot: &&super::slots::Slot| slot.host == host && slot.purpose == Purpose::Driver { ups: ups.into() };
        self.slots.iter().find(is_its).map_or_else(|| "driver".to_owned(), |slot| slot.program.to_string())
    }

    fn keep_unix(&mut self, slot: usize, proxy: std::io::Result<proxy::Proxy>, at: &Path) {
        match proxy.and_then(|proxy| self.place.give(at).map(|()| proxy)) {
            Ok(proxy) => self.slots[slot].proxies.push(proxy),
            Err(error) => self.warn(format!("{} cannot be listened on: {error}", at.display())),
        }
    }

    /// A host is up: its services start in turn.
    pub(super) fn start_services(&mut self, host: usize) {
        let slots = self.slots.iter().enumerate().filter(|(_, slot)| slot.host == host && slot.is_service());
        let queue = slots.map(|(index, _)| index).collect();
        self.startups[host].queue = queue;
        // At the start of a run every host has been up for long: clients find their servers there.
        let serves = |host: usize| self.set.configurations[host].implied.server;
        let is_served = (0..self.startups.len()).any(|other| serves(other) && self.scenario.hosts[other].starts_up);
        if self.clock.has_begun() || serves(host) || !is_served {
            self.start_next(host);
        } else {
            self.waiting.push(host);
        }
    }

    /// The service that was starting is ready: the next one starts.
    pub(super) fn start_next(&mut self, host: usize) {
        self.startups[host].current = None;
        if let Some(slot) = self.startups[host].queue.pop_front() {
            self.startups[host].current = Some(slot);
            self.start(slot);
        }
        if self.clock.has_begun() {
            return;
        }
        let serves = |host: usize| self.set.configurations[host].implied.server;
        if (0..self.startups.len()).all(|other| !serves(other) || self.startups[other].is_idle()) {
            for host in std::mem::take(&mut self.waiting) {
                self.start_next(host);
            }
        }
        if self.waiting.is_empty() && self.startups.iter().all(super::slots::Startup::is_idle) {
            self.clock.begin();
        }
    }

    /// Starts a daemon, unless it runs already.
    pub(super) fn start(&mut self, slot: usize) {
        if self.slots[slot].child.is_some() {
            return;
        }
        self.slots[slot].generation += 1;
        let generation = self.slots[slot].generation;
        let start = self.daemon(slot);
        match Child::start(start, slot, generation, &self.sender) {
            Ok(child) => {
                self.slots[slot].child = Some(child);
                self.show_process(slot, ProcessEvent::Started);
                self.await_ready(slot, generation);
            }
            Err(error) => {
                let (program, host) = (self.slots[slot].program.clone(), self.slots[slot].host);
                self.warn(format!("{program} on {} does not start: {error}", self.scenario.hosts[host].name));
                if self.startups[host].current == Some(slot) {
                    self.start_next(host);
                }
            }
        }
    }

    fn daemon(&self, slot: usize) -> Start<'_> {
        let place = &self.slots[slot];
        let Makers { driver, server, monitor } = self.options.makers;
        let (program, maker, state, mut arguments) = match &place.purpose {
            Purpose::Driver { ups } => {
                (self.programs.driver(&place.program), driver, DRIVERS, vec!["-a".to_owned(), ups.clone()])
            }
            Purpose::Server => (self.programs.upsd(), server, STATE, Vec::new()),
            Purpose::Monitor | Purpose::Emulator { .. } => (self.programs.upsmon(), monitor, STATE, Vec::new()),
        };
        arguments.push("-F".to_owned());
        if maker == Maker::Nut && place.purpose == Purpose::Monitor {
            // One process, so that a signal reaches the one that decides.
            arguments.push("-p".to_owned());
        }
        if maker == Maker::Ours && self.place.user.is_none() {
            // Whoever runs the rig owns its directories: without root there is nobody else to be.
            arguments.extend(["-u", "root"].map(str::to_owned));
        }
        Start {
            program,
            arguments: arguments.into_iter().map(OsString::from).collect(),
            environment: self.environment(place.host, CONF, state),
            user: self.place.user.as_ref(),
            faketime: self.faketime(maker),
        }
    }

    /// NUT's clocks are made to run as fast as the run's; ours do by themselves.
    fn faketime(&self, maker: Maker) -> Option<(&Path, u32)> {
        let library = self.programs.faketime.as_deref().filter(|_| maker == Maker::Nut && self.options.speed != 1)?;
        Some((library, self.options.speed))
    }

    /// What a program on a host finds in its environment.
    pub(super) fn environment(&self, host: usize, conf: &str, state: &str) -> Vec<(&'static str, OsString)> {
        let name = &self.scenario.hosts[host].name;
        let place = |directory: &str| self.place.host(name, directory).into_os_string();
        let mut path = place(BIN);
        path.push(":/usr/sbin:/usr/bin:/sbin:/bin");
        vec![
            ("NUT_CONFPATH", place(conf)),
            ("NUT_STATEPATH", place(state)),
            ("NUT_ALTPIDPATH", place(state)),
            ("NUT_PIDPATH", place(state)),
            ("RIDETHROUGH_KEEP_PATH", place(KEPT)),
            ("RIDETHROUGH_USB_BUS", place(BUS)),
            ("RIDETHROUGH_SPEED", self.options.speed.to_string().into()),
            (recorder::SOCKET, self.place.recorders().into_os_string()),
            (recorder::HOST, name.into()),
            ("PATH", path),
        ]
    }

    fn await_ready(&self, slot: usize, generation: u32) {
        let place = &self.slots[slot];
        let name = &self.scenario.hosts[place.host].name;
        let sender = self.sender.clone();
        let done = move |answered| drop(sender.send(Input::Ready { slot, generation, answered }));
        match &place.purpose {
            Purpose::Driver { ups } => {
                let socket = self.place.host(name, DRIVERS).join(self.socket_name(slot, ups));
                tokio::spawn(async move { done(wait_for(|| ask_driver(socket.clone())).await.is_some()) });
            }
            Purpose::Server => {
                let port = self.ports[place.host];
                tokio::spawn(async move { done(wait_for(|| ask_server(port)).await.is_some()) });
            }
            Purpose::Monitor | Purpose::Emulator { .. } => done(true),
        }
    }

    fn socket_name(&self, slot: usize, ups: &str) -> String {
        match self.options.makers.driver {
            Maker::Ours => format!("{}-{ups}", self.slots[slot].program),
            Maker::Nut => format!("dummy-ups-{ups}"),
        }
    }

    /// A daemon is ready: whoever looks for it finds it from now on.
    pub(super) fn ready(&mut self, slot: usize, answered: bool) {
        let host = self.slots[slot].host;
        let name = self.scenario.hosts[host].name.clone();
        if !answered {
            let program = self.slots[slot].program.clone();
            self.warn(format!("{program} on {name} was not ready in time"));
        }
        match self.slots[slot].purpose.clone() {
            Purpose::Driver { ups } => {
                let socket = self.socket_name(slot, &ups);
                let (at, to) =
                    (self.place.host(&name, STATE).join(&socket), self.place.host(&name, DRIVERS).join(&socket));
                let program = self.slots[slot].program.clone();
                let proxy = proxy::unix(&at, to, move || Tap::driver_socket(&name, &program), self.desk.clone());
                self.keep_unix(slot, proxy, &at);
            }
            Purpose::Server => {
                self.open_routes(slot, host);
                self.start_observer(host);
            }
            Purpose::Monitor | Purpose::Emulator { .. } => {}
        }
        if self.startups[host].current == Some(slot) {
            self.start_next(host);
        }
    }

    fn open_routes(&mut self, slot: usize, server: usize) {
        for route in 0..self.routes.len() {
            if self.routes[route].server != server {
                continue;
            }
            let (client, port) = (self.routes[route].client, self.routes[route].port);
            let Some(reserved) = self.routes[route].reserved.take().or_else(|| Reserved::take(port).ok()) else {
                self.warn(format!("port {port} of this machine was taken by somebody else"));
                continue;
            };
            let names = (self.director.host_name(client).clone(), self.director.host_name(server).clone());
            let paths = std::sync::Arc::clone(&self.paths);
            let lanes = move || [paths.view(client, server), paths.view(server, client)];
            let tap = move || Tap::net(names.0.clone(), "upsmon", names.1.clone());
            match proxy::tcp(reserved, self.ports[server], lanes, tap, self.desk.clone()) {
                Ok(proxy) => self.slots[slot].proxies.push(proxy),
                Err(error) => self.warn(format!("port {port} of this machine cannot be listened on: {error}")),
            }
        }
    }

    /// A process has ended.
    pub(super) fn exited(&mut self, slot: usize, status: Option<i32>) {
        self.slots[slot].child = None;
        self.slots[slot].proxies.clear();
        if !self.slots[slot].is_service() {
            return self.warn("an emulated UPS has ended".to_owned());
        }
        let host = self.slots[slot].host;
        if self.slots[slot].purpose == Purpose::Server {
            for route in self.routes.iter_mut().filter(|route| route.server == host) {
                route.reserved = Reserved::take(route.port).ok();
            }
        }
        self.show_process(slot, status.map_or(ProcessEvent::Killed, |status| ProcessEvent::Exited { status }));
        if std::mem::take(&mut self.slots[slot].restarts) {
            self.start(slot);
        } else if self.startups[host].current == Some(slot) {
            self.start_next(host);
        }
        self.service_ended(slot);
    }

    pub(super) fn show_process(&mut self, slot: usize, event: ProcessEvent) {
        let place = &self.slots[slot];
        let (host, process) = (self.director.host_name(place.host).clone(), place.program.clone());
        let ups = place.ups();
        self.see(What::Process { host, process, ups, event });
    }
}

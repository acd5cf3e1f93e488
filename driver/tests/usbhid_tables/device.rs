//! A device that was never built: a handful of report fields, each in a report of its own, with the driver at
//! the other end of its cable. It answers at once.

use std::time::Duration;

use driver::DriverConfig;
use driver::usbhid::UsbHid;
use protocol::hid::usage;
use protocol::usb::{Data, Failure, Identity, InVain, Matcher, Request, Search};
use protocol::{Effect, Engine, Event, Instant, JobOutcome, LinkId, Peer, TransferId};

const SERVER: LinkId = LinkId::accepted(1);
/// Volts, in the base of HID.
pub const VOLT: u32 = 0x00F0_D121;
/// Kelvin.
pub const KELVIN: u32 = 0x0001_0001;

/// One field, and what it holds.
#[derive(Debug, Clone)]
pub struct Field {
    path: &'static str,
    bits: u8,
    logical: (i32, i32),
    physical: (i32, i32),
    unit: u32,
    exponent: u8,
    pub raw: i64,
    refuses: bool,
    /// The device stalls whoever reads it.
    pub stalls: bool,
}

/// A field of so many bits that holds `raw`.
pub fn field(path: &'static str, bits: u8, raw: i64) -> Field {
    let logical = (0, if bits < 31 { (1 << bits) - 1 } else { i32::MAX });
    Field { path, bits, logical, physical: (0, 0), unit: 0, exponent: 0, raw, refuses: false, stalls: false }
}

impl Field {
    pub fn in_unit(self, unit: u32, exponent: u8) -> Self {
        Self { unit, exponent, ..self }
    }

    pub fn within(self, logical: (i32, i32)) -> Self {
        Self { logical, ..self }
    }

    pub fn meaning(self, physical: (i32, i32)) -> Self {
        Self { physical, ..self }
    }

    /// The device stalls whatever is written to it.
    pub fn refusing(self) -> Self {
        Self { refuses: true, ..self }
    }

    fn describe(&self, report: u8, out: &mut Vec<u8>) {
        let mut item = |prefix: u8, value: u32| {
            out.push(prefix);
            out.extend(value.to_le_bytes());
        };
        let nodes: Vec<&str> = self.path.split('.').collect();
        let mut depth = 0;
        for (at, node) in nodes[..nodes.len() - 1].iter().enumerate() {
            if node.starts_with('[') {
                continue;
            }
            item(0x0B, usage::code(node).expect("a usage"));
            let number = nodes[at + 1].strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            item(0xA3, number.map_or(0, |number| 0x80 | number.parse::<u32>().expect("a number")));
            depth += 1;
        }
        item(0x87, report.into());
        item(0x77, self.bits.into());
        item(0x97, 1);
        item(0x17, self.logical.0.cast_unsigned());
        item(0x27, self.logical.1.cast_unsigned());
        item(0x37, self.physical.0.cast_unsigned());
        item(0x47, self.physical.1.cast_unsigned());
        item(0x67, self.unit);
        item(0x57, self.exponent.into());
        item(0x0B, usage::code(nodes[nodes.len() - 1]).expect("a usage"));
        item(0xB3, 0xA2);
        out.extend(std::iter::repeat_n(0xC0, depth));
    }

    fn bytes(&self) -> usize {
        usize::from(self.bits.div_ceil(8))
    }
}

/// The report descriptor of a device with these fields.
pub fn describe(fields: &[Field]) -> Data {
    let mut descriptor = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        field.describe(u8::try_from(at + 1).expect("few fields"), &mut descriptor);
    }
    Data::from_vec(descriptor)
}

fn search(matcher: &Matcher, bus: &[(Identity, bool)]) -> Result<Identity, InVain> {
    let mut search = Search::new(matcher);
    for (identity, is_busy) in bus {
        if !search.offer(identity, *is_busy, identity.clone()) {
            break;
        }
    }
    search.end()
}

/// The driver and its device.
pub struct Bench {
    driver: UsbHid,
    /// What is on the bus, and whether another driver has it. All of it has the same fields.
    pub bus: Vec<(Identity, bool)>,
    /// The one that is attached, or was last.
    pub identity: Identity,
    link: LinkId,
    /// What the driver has left for its next start.
    pub kept: Option<Vec<u8>>,
    pub fields: Vec<Field>,
    strings: Vec<&'static str>,
    /// Paths and raw values, as they were written.
    pub written: Vec<(&'static str, i64)>,
    pub log: Vec<String>,
    said: String,
    pub exit: Option<u8>,
    /// Whether somebody was found who knows this device.
    pub is_taken: bool,
    /// What stands at index 1 of its descriptors, if that is not the report descriptor.
    elsewhere: Option<Result<Data, Failure>>,
    now: Instant,
}

impl Bench {
    /// `ids` are vendor and product, `strings` the device's, from 1: manufacturer, product, and what fields name.
    pub fn new(config: DriverConfig, ids: (u16, u16), strings: &[&'static str], fields: Vec<Field>) -> Self {
        let text = |index: usize| strings.get(index).copied().unwrap_or_default().to_owned();
        let identity =
            Identity { vendor_id: ids.0, product_id: ids.1, vendor: text(0), product: text(1), ..Identity::default() };
        Self::with(config, identity, strings, fields)
    }

    /// A device that says who it is in more than strings.
    pub fn with(config: DriverConfig, identity: Identity, strings: &[&'static str], fields: Vec<Field>) -> Self {
        Self::start(config, vec![(identity, false)], strings, fields, None)
    }

    /// Several on one bus.
    pub fn among(config: DriverConfig, bus: Vec<(Identity, bool)>, fields: Vec<Field>) -> Self {
        Self::start(config, bus, &[], fields, None)
    }

    /// One that should have its report descriptor at index 1, and has this there.
    pub fn misplaced(
        identity: Identity,
        config: DriverConfig,
        fields: Vec<Field>,
        there: Result<Data, Failure>,
    ) -> Self {
        Self::start(config, vec![(identity, false)], &[], fields, Some(there))
    }

    fn start(
        config: DriverConfig,
        bus: Vec<(Identity, bool)>,
        strings: &[&'static str],
        fields: Vec<Field>,
        elsewhere: Option<Result<Data, Failure>>,
    ) -> Self {
        let mut bench = Self {
            driver: UsbHid::new(config),
            bus,
            identity: Identity::default(),
            link: LinkId::opened(0),
            kept: None,
            fields,
            strings: strings.to_vec(),
            written: Vec::new(),
            log: Vec::new(),
            said: String::new(),
            exit: None,
            is_taken: false,
            elsewhere,
            now: Instant::START,
        };
        bench.driver.handle(Event::Accepted { link: SERVER, peer: Peer::Unix }, bench.now);
        bench.run(Duration::from_secs(1));
        bench
    }

    pub fn run(&mut self, time: Duration) {
        let end = self.now + time;
        self.exchange();
        while let Some(at) = self.driver.poll_timeout().filter(|at| *at <= end) {
            self.now = self.now.max(at);
            self.driver.handle_timeout(self.now);
            self.exchange();
        }
        self.now = end;
    }

    pub fn var(&self, name: &str) -> Option<&str> {
        self.driver.publisher().value(name)
    }

    /// The field's raw value becomes another, and the driver has the time for a full poll.
    pub fn becomes(&mut self, path: &str, raw: i64) {
        let field = self.fields.iter_mut().find(|field| field.path == path).expect("such a field");
        field.raw = raw;
        self.run(Duration::from_secs(31));
    }

    /// The cable of the device that is attached is pulled out; `another` is plugged in.
    pub fn replace(&mut self, another: Option<Identity>) {
        self.bus.retain(|(identity, _)| *identity != self.identity);
        self.bus.extend(another.map(|identity| (identity, false)));
        self.driver.handle(Event::Closed { link: self.link, error: protocol::LinkError::Closed }, self.now);
        self.run(Duration::from_secs(10));
    }

    /// How often the driver said something with these words in it.
    pub fn said(&self, words: &str) -> usize {
        self.log.iter().filter(|line| line.contains(words)).count()
    }

    /// What the driver answers to a line of a server.
    pub fn ask(&mut self, line: &str) -> String {
        self.said.clear();
        self.driver.handle(Event::Received { link: SERVER, bytes: line.into() }, self.now);
        self.run(Duration::from_secs(1));
        self.said.clone()
    }

    fn exchange(&mut self) {
        while let Some(effect) = self.driver.poll_output() {
            match effect {
                Effect::Open { link, to: protocol::Endpoint::Usb(matcher) } => {
                    let found = search(&matcher, &self.bus);
                    self.is_taken = found.is_ok();
                    match found {
                        Ok(identity) => {
                            (self.identity, self.link) = (identity.clone(), link);
                            self.driver.handle(Event::Attached { link, identity: Box::new(identity) }, self.now);
                        }
                        Err(InVain { error, seen }) => {
                            self.driver.handle(Event::Sighted { link, devices: seen }, self.now);
                            self.driver.handle(Event::OpenFailed { link, error }, self.now);
                        }
                    }
                }
                Effect::WriteFile { job, contents, .. } => {
                    self.kept = Some(contents);
                    self.driver.handle(Event::JobDone { job, outcome: JobOutcome::Exited(0) }, self.now);
                }
                Effect::Transfer { link, transfer, request } => self.transfer(link, transfer, &request),
                Effect::Say { text, .. } => self.log.push(text),
                Effect::Send { bytes, .. } => self.said.push_str(&String::from_utf8_lossy(&bytes)),
                Effect::Exit { code } => self.exit = Some(code),
                _ => {}
            }
        }
    }

    fn transfer(&mut self, link: LinkId, transfer: TransferId, request: &Request) {
        let place = u8::from(self.identity.release == 0x0202 && self.elsewhere.is_none());
        let result = match request {
            Request::GetDescriptor { kind: 0x22, index, .. } if *index == place => Ok(describe(&self.fields)),
            Request::GetDescriptor { kind: 0x22, index: 1, .. } => {
                self.elsewhere.clone().unwrap_or(Err(Failure::Stall))
            }
            Request::GetString { index } => {
                let text = usize::from(*index).checked_sub(1).and_then(|at| self.strings.get(at));
                text.map(|text| Data::from_slice(text.as_bytes())).ok_or(Failure::Stall)
            }
            Request::GetReport { id, .. } => {
                let field = &self.fields[usize::from(*id) - 1];
                let mut data = Data::from_slice(&[*id]);
                data.extend_from_slice(&field.raw.to_le_bytes()[..field.bytes()]);
                if field.stalls { Err(Failure::Stall) } else { Ok(data) }
            }
            Request::SetReport { id, data, .. } => {
                let field = &mut self.fields[usize::from(*id) - 1];
                let mut raw = [0; 8];
                raw[..data.len() - 1].copy_from_slice(&data[1..]);
                if field.refuses {
                    Err(Failure::Stall)
                } else {
                    field.raw = i64::from_le_bytes(raw);
                    self.written.push((field.path, field.raw));
                    Ok(Data::new())
                }
            }
            Request::GetDescriptor { .. } => Err(Failure::Stall),
        };
        self.driver.handle(Event::TransferDone { link, transfer, result }, self.now);
    }
}

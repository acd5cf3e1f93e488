//! The emulator bus: `RIDETHROUGH_USB_BUS` names a folder, and each socket in it is a USB device.
//!
//! The place where real USB will stand beside it: [`attach`] finds a device by its owner's
//! [`Matcher`](usb::Matcher), and the task behind [`UsbPort`] carries transfers out.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use protocol::usb::frame::Frame;
use protocol::{Instant, LinkError, TransferId, usb};
use tokio::net::UnixStream;
use tokio::sync::mpsc;

use crate::clock::Clock;
use crate::news::{LinkNews, Outlet, Ticket};
use crate::stream::{Stream, link_error};

/// How long a device may take to say what it is.
const HELLO_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a transfer may take: libusb's usual control time-out.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(5);
/// Transfers that may wait for their device; engines have a handful under way.
const TRANSFERS: usize = 64;

/// The event loop's end of an attached device; dropped, the device is let go.
pub(crate) struct UsbPort(mpsc::Sender<(TransferId, usb::Request)>);

impl UsbPort {
    /// Starts a transfer; false when too many are under way already.
    pub(crate) fn start(&self, transfer: TransferId, request: usb::Request) -> bool {
        self.0.try_send((transfer, request)).is_ok()
    }
}

/// Finds the device and attaches it.
pub(crate) async fn attach(
    ticket: Ticket,
    matcher: &usb::Matcher,
    outlet: &Outlet,
    clock: Clock,
) -> Result<LinkNews, LinkError> {
    let mut failure = LinkError::NotFound;
    for path in sockets() {
        let introduction = clock.timeout(HELLO_TIMEOUT, introduce(&path)).await;
        match introduction {
            Ok(Ok((stream, identity, read))) if matcher.matches(&identity) => {
                let (sender, requests) = mpsc::channel(TRANSFERS);
                let device = Device { ticket, stream, read, outlet: outlet.clone(), clock, pending: BTreeMap::new() };
                tokio::spawn(device.serve(requests));
                return Ok(LinkNews::Attached { port: UsbPort(sender), identity });
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::PermissionDenied => failure = LinkError::Denied,
            _ => {}
        }
    }
    Err(failure)
}

/// The sockets on the bus, in the order of their names.
fn sockets() -> Vec<PathBuf> {
    let Some(folder) = std::env::var_os("RIDETHROUGH_USB_BUS") else { return Vec::new() };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

async fn introduce(path: &PathBuf) -> io::Result<(Stream, usb::Identity, Vec<u8>)> {
    let stream = Stream::Unix(UnixStream::connect(path).await?);
    let mut read = Vec::new();
    loop {
        match take_frame(&mut read)? {
            Some(Frame::Hello(identity)) => return Ok((stream, identity, read)),
            Some(_) => return Err(io::ErrorKind::InvalidData.into()),
            None => read_more(&stream, &mut read).await?,
        }
    }
}

async fn read_more(stream: &Stream, read: &mut Vec<u8>) -> io::Result<()> {
    loop {
        stream.readable().await?;
        match stream.read() {
            Ok(bytes) if bytes.is_empty() => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(bytes) => {
                read.extend(bytes);
                return Ok(());
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

fn take_frame(read: &mut Vec<u8>) -> io::Result<Option<Frame>> {
    let parsed = Frame::parse(read).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    Ok(parsed.map(|(frame, size)| {
        read.drain(..size);
        frame
    }))
}

/// One attached device: its task owns the socket and knows what is under way.
struct Device {
    ticket: Ticket,
    stream: Stream,
    read: Vec<u8>,
    outlet: Outlet,
    clock: Clock,
    /// When each transfer under way has taken too long.
    pending: BTreeMap<TransferId, Instant>,
}

impl Device {
    async fn serve(mut self, mut requests: mpsc::Receiver<(TransferId, usb::Request)>) {
        if let Err(error) = self.exchange(&mut requests).await {
            self.outlet.tell_of(self.ticket, LinkNews::Closed(link_error(&error))).await;
        }
    }

    /// Carries transfers out until the port is dropped; an error is the unplugged cable.
    async fn exchange(&mut self, requests: &mut mpsc::Receiver<(TransferId, usb::Request)>) -> io::Result<()> {
        loop {
            while let Some(frame) = take_frame(&mut self.read)? {
                self.deal_with(frame).await?;
            }
            let patience = self.pending.values().min().map_or(TRANSFER_TIMEOUT, |due| *due - self.clock.now());
            let idle = self.pending.is_empty();
            tokio::select! {
                request = requests.recv() => match request {
                    Some((transfer, request)) => self.start(transfer, request).await?,
                    None => return Ok(()),
                },
                more = read_more(&self.stream, &mut self.read) => more?,
                () = self.clock.pause(patience), if !idle => self.give_up().await,
            }
        }
    }

    async fn start(&mut self, transfer: TransferId, request: usb::Request) -> io::Result<()> {
        let mut bytes = Vec::new();
        Frame::Request { transfer: transfer.0, request }.emit(&mut bytes);
        self.pending.insert(transfer, self.clock.now() + TRANSFER_TIMEOUT);
        let mut rest = &bytes[..];
        while !rest.is_empty() {
            self.stream.writable().await?;
            rest = &rest[self.stream.write(rest)?..];
        }
        self.outlet.tell_of(self.ticket, LinkNews::Wire { sent: true, bytes }).await;
        Ok(())
    }

    async fn deal_with(&mut self, frame: Frame) -> io::Result<()> {
        let mut bytes = Vec::new();
        frame.emit(&mut bytes);
        self.outlet.tell_of(self.ticket, LinkNews::Wire { sent: false, bytes }).await;
        match frame {
            Frame::Done { transfer, result } => {
                let transfer = TransferId(transfer);
                // An answer that comes after its time-out has nobody waiting.
                if self.pending.remove(&transfer).is_some() {
                    self.outlet.tell_of(self.ticket, LinkNews::TransferDone { transfer, result }).await;
                }
                Ok(())
            }
            Frame::Interrupt(report) => {
                self.outlet.tell_of(self.ticket, LinkNews::Interrupt(report)).await;
                Ok(())
            }
            Frame::Hello(_) | Frame::Request { .. } => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// Ends the transfers that have taken too long.
    async fn give_up(&mut self) {
        let now = self.clock.now();
        while let Some((&transfer, _)) = self.pending.iter().find(|(_, due)| **due <= now) {
            self.pending.remove(&transfer);
            let result = Err(usb::Failure::Timeout);
            self.outlet.tell_of(self.ticket, LinkNews::TransferDone { transfer, result }).await;
        }
    }
}

//! The data port: hosts on the emulator bus, and which of them has the device.
//!
//! Each connection gets the device's introduction, so that many can look for a device; the first
//! that asks something claims it, as on USB, and the others are told so and refused until it lets go.

use std::collections::BTreeMap;

use protocol::usb::frame::Frame;
use protocol::usb::{Data, Failure, Identity};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::mpsc;

use super::serve::{Inbox, Message};

/// Connections at a time; a further one is closed at once.
const MAX_HOSTS: usize = 16;
/// Frames that may wait for a host that does not read; then its link ends.
const MAX_WAITING: usize = 256;

/// Names a connection.
pub type HostId = u64;

/// All connections of the data port.
#[derive(Debug, Default)]
pub struct Hosts {
    connected: BTreeMap<HostId, mpsc::Sender<Vec<u8>>>,
    claimed_by: Option<HostId>,
    /// The host's own number of each transfer under way, by the number the engine knows.
    transfers: BTreeMap<u32, (HostId, u32)>,
    next_host: HostId,
    next_transfer: u32,
}

impl Hosts {
    /// A host connected to a device that is there.
    pub(super) fn connect(&mut self, stream: UnixStream, identity: &Identity, inbox: Inbox) {
        if self.connected.len() >= MAX_HOSTS {
            return;
        }
        self.next_host += 1;
        let host = self.next_host;
        let (reader, writer) = stream.into_split();
        let (sender, frames) = mpsc::channel(MAX_WAITING);
        tokio::spawn(write(writer, frames));
        tokio::spawn(read(reader, host, inbox));
        self.connected.insert(host, sender);
        if self.claimed_by.is_some() {
            self.send(host, &Frame::Busy);
        }
        self.send(host, &Frame::Hello(Box::new(identity.clone())));
    }

    /// A host asks for a transfer: the number under which the engine shall carry it out, if it shall.
    pub fn ask(&mut self, host: HostId, transfer: u32) -> Option<u32> {
        if *self.claimed_by.get_or_insert(host) != host {
            self.send(host, &Frame::Done { transfer, result: Err(Failure::Access) });
            return None;
        }
        self.next_transfer = self.next_transfer.wrapping_add(1);
        self.transfers.insert(self.next_transfer, (host, transfer));
        Some(self.next_transfer)
    }

    /// The engine ends a transfer.
    pub fn done(&mut self, transfer: u32, result: Result<Data, Failure>) {
        if let Some((host, transfer)) = self.transfers.remove(&transfer) {
            self.send(host, &Frame::Done { transfer, result });
        }
    }

    /// A report is pushed to the host that has the device.
    pub fn interrupt(&mut self, report: Data) {
        if let Some(host) = self.claimed_by {
            self.send(host, &Frame::Interrupt(report));
        }
    }

    /// A host is gone.
    pub fn disconnect(&mut self, host: HostId) {
        self.connected.remove(&host);
        self.transfers.retain(|_, (owner, _)| *owner != host);
        self.claimed_by.take_if(|owner| *owner == host);
    }

    /// The device is gone: every link ends.
    pub fn detach(&mut self) {
        self.connected.clear();
        self.transfers.clear();
        self.claimed_by = None;
    }

    fn send(&mut self, host: HostId, frame: &Frame) {
        let Some(sender) = self.connected.get(&host) else { return };
        let mut bytes = Vec::new();
        frame.emit(&mut bytes);
        if sender.try_send(bytes).is_err() {
            self.disconnect(host);
        }
    }
}

/// Writes frames until the device lets go; dropping the half ends the link for the host.
async fn write(mut writer: OwnedWriteHalf, mut frames: mpsc::Receiver<Vec<u8>>) {
    while let Some(frame) = frames.recv().await {
        if writer.write_all(&frame).await.is_err() {
            return;
        }
    }
}

/// Reads requests; anything else, or the end, ends the connection.
async fn read(mut reader: OwnedReadHalf, host: HostId, inbox: Inbox) {
    let mut bytes = Vec::new();
    loop {
        match Frame::parse(&bytes) {
            Ok(Some((Frame::Request { transfer, request }, size))) => {
                bytes.drain(..size);
                if inbox.send(Message::Asked(host, transfer, request)).await.is_err() {
                    return;
                }
            }
            Ok(None) => match reader.read_buf(&mut bytes).await {
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            },
            Ok(Some(_)) | Err(_) => break,
        }
    }
    // The port may be closing, and then nobody wants to know.
    let _ = inbox.send(Message::Gone(host)).await;
}

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
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::news::{LinkNews, Outlet, Ticket};
use crate::stream::{Stream, link_error};

/// How long a device may take to say what it is.
const HELLO_TIMEOUT: Duration = Duration::from_secs(1);
/// How long a transfer may take: libusb's usual control time-out.
const TRANSFER_TIMEOUT: Duration = Duration::from_secs(5);
/// The most devices of a bus that are looked at (USB 2.0 §9.4.6).
const MOST_DEVICES: usize = 127;
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

/// Finds the device in the bus's folder, and attaches it.
pub(crate) async fn attach(
    ticket: Ticket,
    matcher: &usb::Matcher,
    folder: Option<PathBuf>,
    outlet: &Outlet,
    clock: Clock,
) -> Result<LinkNews, LinkError> {
    let mut search = usb::Search::new(matcher);
    let mut introductions = Introductions::begin(sockets(folder), clock);
    while let Some(introduction) = introductions.next().await {
        match introduction {
            Ok(met) => {
                if !search.offer(&met.identity.clone(), met.is_busy, met) {
                    break;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => search.denied(),
            Err(_) => {}
        }
    }
    match search.end() {
        Ok(Met { stream, identity, read, .. }) => {
            let (sender, requests) = mpsc::channel(TRANSFERS);
            let device = Device { ticket, stream, read, outlet: outlet.clone(), clock, pending: BTreeMap::new() };
            tokio::spawn(device.serve(requests));
            Ok(LinkNews::Attached { port: UsbPort(sender), identity })
        }
        Err(usb::InVain { error, seen }) => {
            outlet.tell_of(ticket, LinkNews::Sighted(seen)).await;
            Err(error)
        }
    }
}

/// A device that has introduced itself.
struct Met {
    stream: Stream,
    identity: Box<usb::Identity>,
    /// Another host has it.
    is_busy: bool,
    /// Bytes behind its introduction.
    read: Vec<u8>,
}

/// All devices of a bus, asked at the same time what they are: one that hangs keeps no other waiting for
/// longer than its own patience. They come in the order of their names.
struct Introductions {
    under_way: JoinSet<(usize, io::Result<Met>)>,
    /// Those that were faster than one before them.
    early: BTreeMap<usize, io::Result<Met>>,
    next: usize,
}

impl Introductions {
    fn begin(paths: Vec<PathBuf>, clock: Clock) -> Self {
        let mut under_way = JoinSet::new();
        for (place, path) in paths.into_iter().enumerate() {
            under_way.spawn(async move {
                let introduction = clock.timeout(HELLO_TIMEOUT, introduce(&path)).await;
                (place, introduction.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())))
            });
        }
        Self { under_way, early: BTreeMap::new(), next: 0 }
    }

    async fn next(&mut self) -> Option<io::Result<Met>> {
        loop {
            if let Some(introduction) = self.early.remove(&self.next) {
                self.next += 1;
                return Some(introduction);
            }
            let (place, introduction) = self.under_way.join_next().await?.ok()?;
            self.early.insert(place, introduction);
        }
    }
}

/// The sockets on the bus, in the order of their names.
fn sockets(folder: Option<PathBuf>) -> Vec<PathBuf> {
    let entries = folder.and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    paths.truncate(MOST_DEVICES);
    paths
}

async fn introduce(path: &PathBuf) -> io::Result<Met> {
    let stream = Stream::Unix(UnixStream::connect(path).await?);
    let (mut read, mut is_busy) = (Vec::new(), false);
    loop {
        match take_frame(&mut read)? {
            Some(Frame::Busy) => is_busy = true,
            Some(Frame::Hello(mut identity)) => {
                let place = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                identity.device.clone_from(&place);
                identity.port = place;
                return Ok(Met { stream, identity, is_busy, read });
            }
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
            Frame::Hello(_) | Frame::Busy | Frame::Request { .. } => Err(io::ErrorKind::InvalidData.into()),
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

#[cfg(test)]
mod tests {
    use protocol::LinkId;
    use protocol::usb::{Failure, Identity, Matcher, Request};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::UnixListener;

    use super::*;
    use crate::news::{News, queue};

    const TICKET: Ticket = Ticket { link: LinkId::opened(0), life: 1 };

    fn identity(vendor_id: u16) -> Identity {
        Identity { vendor_id, product_id: 2, product: "Back-UPS 650".into(), ..Identity::default() }
    }

    async fn send(stream: &mut UnixStream, frame: &Frame) {
        let mut bytes = Vec::new();
        frame.emit(&mut bytes);
        stream.write_all(&bytes).await.unwrap();
    }

    async fn receive(stream: &mut UnixStream) -> Frame {
        let mut bytes = Vec::new();
        loop {
            if let Some((frame, _)) = Frame::parse(&bytes).unwrap() {
                return frame;
            }
            bytes.push(stream.read_u8().await.unwrap());
        }
    }

    /// A device that introduces itself to each host, and hands on the last one.
    fn plug_in(path: PathBuf, vendor_id: u16) -> mpsc::Receiver<UnixStream> {
        let listener = UnixListener::bind(path).unwrap();
        let (hosts, receiver) = mpsc::channel(4);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                send(&mut stream, &Frame::Hello(Box::new(identity(vendor_id)))).await;
                drop(hosts.send(stream).await);
            }
        });
        receiver
    }

    async fn next(news: &mut mpsc::Receiver<News>) -> LinkNews {
        loop {
            match tokio::time::timeout(Duration::from_secs(10), news.recv()).await {
                Ok(Some(News::OfLink { what: LinkNews::Wire { .. }, .. })) => {}
                Ok(Some(News::OfLink { ticket: TICKET, what })) => return what,
                _ => panic!("no news of the device"),
            }
        }
    }

    #[tokio::test]
    async fn the_device_that_matches_is_attached_and_carries_transfers_until_it_is_unplugged() {
        let folder = tempfile::tempdir().unwrap();
        let _other = plug_in(folder.path().join("a"), 0x0463);
        let mut hosts = plug_in(folder.path().join("b"), 0x051d);
        let (outlet, mut news) = queue();
        let matcher = Matcher { known: vec![(0x051d, None)], ..Matcher::default() };
        let bus = Some(folder.path().to_path_buf());
        let attached = attach(TICKET, &matcher, bus.clone(), &outlet, Clock::start()).await;
        let Ok(LinkNews::Attached { port, identity: found }) = attached else { panic!("not attached") };
        let place = "b".to_owned();
        assert_eq!(*found, Identity { device: place.clone(), port: place, ..identity(0x051d) });
        let mut device = hosts.recv().await.unwrap();

        let request = Request::GetString { index: 1 };
        assert!(port.start(TransferId(9), request.clone()));
        assert_eq!(receive(&mut device).await, Frame::Request { transfer: 9, request });
        send(&mut device, &Frame::Interrupt(usb::Data::from_slice(&[6, 1]))).await;
        send(&mut device, &Frame::Done { transfer: 8, result: Ok(usb::Data::from_slice(&[0])) }).await;
        send(&mut device, &Frame::Done { transfer: 9, result: Err(Failure::Stall) }).await;
        let (mut reports, mut results) = (Vec::new(), Vec::new());
        while results.is_empty() || reports.is_empty() {
            match next(&mut news).await {
                LinkNews::Interrupt(report) => reports.push(report),
                LinkNews::TransferDone { transfer, result } => results.push((transfer, result)),
                _ => panic!("something else happened"),
            }
        }
        assert_eq!(reports.concat(), [6, 1]);
        assert_eq!(results, [(TransferId(9), Err(Failure::Stall))], "nobody asked for transfer 8");

        drop(device);
        assert!(matches!(next(&mut news).await, LinkNews::Closed(_)));
        let matcher = Matcher { vendor_id: Some(0x0764), ..matcher };
        assert!(matches!(attach(TICKET, &matcher, bus, &outlet, Clock::start()).await, Err(LinkError::NotFound)));
    }

    #[tokio::test]
    async fn devices_that_hang_keep_no_other_waiting_for_each_of_them() {
        let folder = tempfile::tempdir().unwrap();
        // They are never accepted.
        let _hung: Vec<UnixListener> =
            (0..20).map(|number| UnixListener::bind(folder.path().join(format!("a{number:02}"))).unwrap()).collect();
        let _hosts = plug_in(folder.path().join("b"), 1);
        let (outlet, _news) = queue();
        let matcher = Matcher { vendor_id: Some(1), ..Matcher::default() };
        // All of it may take five patiences of one.
        let clock = Clock::at_speed(10_000);
        let attaching = attach(TICKET, &matcher, Some(folder.path().to_path_buf()), &outlet, clock);
        let attached = clock.timeout(HELLO_TIMEOUT * 5, attaching).await;
        assert!(matches!(attached, Ok(Ok(LinkNews::Attached { .. }))));
    }

    #[tokio::test]
    async fn a_transfer_that_is_not_answered_times_out_and_a_late_answer_is_nobody_s() {
        let folder = tempfile::tempdir().unwrap();
        let mut hosts = plug_in(folder.path().join("a"), 1);
        let (outlet, mut news) = queue();
        let matcher = Matcher { vendor_id: Some(1), ..Matcher::default() };
        // A thousand times as fast: five seconds pass in five milliseconds.
        let clock = Clock::at_speed(1_000_000);
        let attached = attach(TICKET, &matcher, Some(folder.path().to_path_buf()), &outlet, clock).await;
        let Ok(LinkNews::Attached { port, .. }) = attached else { panic!("not attached") };
        let mut device = hosts.recv().await.unwrap();
        assert!(port.start(TransferId(1), Request::GetString { index: 1 }));
        let timed_out = next(&mut news).await;
        assert!(matches!(timed_out, LinkNews::TransferDone { transfer: TransferId(1), result: Err(Failure::Timeout) }));
        send(&mut device, &Frame::Done { transfer: 1, result: Ok(usb::Data::new()) }).await;
        send(&mut device, &Frame::Interrupt(usb::Data::from_slice(&[1]))).await;
        assert!(matches!(next(&mut news).await, LinkNews::Interrupt(_)));
    }
}

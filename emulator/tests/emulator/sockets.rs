//! The ports in real time: a host on the data port, a person on the control port.

use std::path::{Path, PathBuf};

use emulator::port::clock::Speed;
use emulator::port::{Clock, Options, Watched, serve};
use emulator::{Observation, Setup, Ups, device};
use protocol::usb::frame::Frame;
use protocol::usb::{Data, Failure, ReportKind, Request};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

struct Sockets {
    _folder: tempfile::TempDir,
    data: PathBuf,
    control: PathBuf,
}

/// Starts an emulator whose clock runs at `speed`; it ends with the test.
fn start(name: &str, speed: &str) -> Sockets {
    let folder = tempfile::tempdir().unwrap();
    let (data, control) = (folder.path().join("ups"), folder.path().join("control"));
    let clock = Clock::start(speed.parse::<Speed>().unwrap());
    let ups = Ups::new(device::find(name).unwrap(), Setup::default(), clock.now());
    let options = Options { listen: Some(data.clone()), control: Some(control.clone()) };
    tokio::spawn(async move { serve(ups, clock, options, std::future::pending(), |_, _| {}).await });
    Sockets { _folder: folder, data, control }
}

/// Connects as soon as somebody listens.
async fn connect(path: &Path) -> UnixStream {
    tokio::time::timeout(PATIENCE, async {
        loop {
            match UnixStream::connect(path).await {
                Ok(stream) => return stream,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await
    .expect("a listener")
}

struct Host {
    stream: UnixStream,
    bytes: Vec<u8>,
}

impl Host {
    async fn connect(path: &Path) -> Self {
        Self { stream: connect(path).await, bytes: Vec::new() }
    }

    /// The next frame; `None` when the link has ended.
    async fn frame(&mut self) -> Option<Frame> {
        tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some((frame, size)) = Frame::parse(&self.bytes).unwrap() {
                    self.bytes.drain(..size);
                    return Some(frame);
                }
                match self.stream.read_buf(&mut self.bytes).await {
                    Ok(0) | Err(_) => return None,
                    Ok(_) => {}
                }
            }
        })
        .await
        .expect("a frame")
    }

    async fn ask(&mut self, transfer: u32, request: Request) -> Result<Data, Failure> {
        let mut bytes = Vec::new();
        Frame::Request { transfer, request }.emit(&mut bytes);
        self.stream.write_all(&bytes).await.unwrap();
        loop {
            match self.frame().await {
                Some(Frame::Done { transfer: done, result }) if done == transfer => return result,
                Some(_) => {}
                None => panic!("the link has ended"),
            }
        }
    }
}

/// Says a line on the control port; the answer.
async fn say(stream: &mut BufReader<UnixStream>, line: &str) -> String {
    stream.get_mut().write_all(format!("{line}\n").as_bytes()).await.unwrap();
    read_line(stream).await
}

async fn read_line(stream: &mut BufReader<UnixStream>) -> String {
    let mut line = String::new();
    tokio::time::timeout(PATIENCE, stream.read_line(&mut line)).await.expect("a line").unwrap();
    line.trim_end().to_owned()
}

fn voltage() -> Request {
    Request::GetReport { kind: ReportKind::Feature, id: 0x31, length: 3 }
}

#[tokio::test]
async fn a_host_finds_reads_and_hears_the_device() {
    let sockets = start("apc-back-ups-650", "10");
    let mut host = Host::connect(&sockets.data).await;
    let Some(Frame::Hello(identity)) = host.frame().await else { panic!("no introduction") };
    assert_eq!((identity.vendor_id, identity.serial.as_str()), (0x051d, "3B1950X62634  "));
    assert_eq!(host.ask(7, voltage()).await, Ok(Data::from_slice(&[0x31, 226, 0])));
    let mut control = BufReader::new(connect(&sockets.control).await);
    assert_eq!(say(&mut control, "mains off").await, "ok");
    // PresentStatus: discharging, battery present.
    assert_eq!(host.frame().await, Some(Frame::Interrupt(Data::from_slice(&[0x16, 0x0a, 0, 0, 0]))));
}

#[tokio::test]
async fn only_one_host_has_the_device_and_the_next_gets_it_after_it() {
    let sockets = start("apc-back-ups-650", "10");
    let mut first = Host::connect(&sockets.data).await;
    let mut second = Host::connect(&sockets.data).await;
    assert!(matches!(second.frame().await, Some(Frame::Hello(_))));
    assert!(first.ask(1, voltage()).await.is_ok());
    assert_eq!(second.ask(1, voltage()).await, Err(Failure::Access));
    let mut third = Host::connect(&sockets.data).await;
    assert_eq!(third.frame().await, Some(Frame::Busy));
    assert!(matches!(third.frame().await, Some(Frame::Hello(_))));
    drop(first);
    let freed = async {
        while second.ask(2, voltage()).await == Err(Failure::Access) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, freed).await.expect("the device is free");
}

#[tokio::test]
async fn a_pulled_cable_ends_the_link_and_takes_the_socket_away() {
    let sockets = start("apc-back-ups-650", "10");
    let mut host = Host::connect(&sockets.data).await;
    assert!(host.ask(1, voltage()).await.is_ok());
    let mut control = BufReader::new(connect(&sockets.control).await);
    assert_eq!(say(&mut control, "unplug").await, "ok");
    assert_eq!(host.frame().await, None);
    assert!(!sockets.data.exists());
    assert_eq!(say(&mut control, "plug").await, "ok");
    let mut again = Host::connect(&sockets.data).await;
    let Some(Frame::Hello(identity)) = again.frame().await else { panic!("no introduction") };
    assert_eq!(identity.device, "002");
}

#[tokio::test]
async fn a_frame_that_breaks_a_rule_ends_that_link_alone() {
    let sockets = start("apc-back-ups-650", "10");
    let mut rude = Host::connect(&sockets.data).await;
    assert!(matches!(rude.frame().await, Some(Frame::Hello(_))));
    rude.stream.write_all(&[0xff; 64]).await.unwrap();
    let mut polite = Host::connect(&sockets.data).await;
    assert!(polite.ask(1, voltage()).await.is_ok());
}

#[tokio::test]
async fn the_control_port_answers_every_line_and_streams_what_is_seen() {
    let sockets = start("apc-back-ups-650", "10");
    let mut control = BufReader::new(connect(&sockets.control).await);
    assert!(say(&mut control, "mains purple").await.starts_with("error: "));
    assert!(say(&mut control, "fly").await.starts_with("error: unknown control"));
    assert_eq!(say(&mut control, "load 120 W").await, "ok");
    assert!(say(&mut control, "read").await.contains("load 120 W"));
    let time = say(&mut control, "time").await;
    assert!(time.strip_prefix("ok ").is_some_and(|micros| micros.parse::<u64>().is_ok()), "{time}");

    let mut watcher = BufReader::new(connect(&sockets.control).await);
    assert_eq!(say(&mut watcher, "watch").await, "ok");
    assert_eq!(say(&mut control, "mains off").await, "ok");
    let mut seen = Vec::new();
    while !seen.iter().any(|line: &Watched| matches!(line.observation, Observation::Mains { .. })) {
        seen.push(Watched::parse(&read_line(&mut watcher).await).unwrap());
    }
    assert!(matches!(seen[0].observation, Observation::Supply { .. }), "the history comes first");
    assert!(seen.is_sorted_by_key(Watched::at));
}

#[tokio::test]
async fn help_lists_every_control() {
    let sockets = start("apc-back-ups-650", "10");
    let mut control = BufReader::new(connect(&sockets.control).await);
    control.get_mut().write_all(b"help\n").await.unwrap();
    let mut lines = Vec::new();
    while lines.last().is_none_or(|line| line != "ok") {
        lines.push(read_line(&mut control).await);
    }
    assert!(lines.iter().any(|line| line.starts_with("# mains off")));
}

#[tokio::test]
async fn a_socket_left_behind_is_taken_over_and_one_in_use_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ups");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let host = |path: &Path| {
        let ups = Ups::new(device::find("eaton-3s").unwrap(), Setup::default(), protocol::Instant::START);
        let options = Options { listen: Some(path.to_owned()), control: None };
        serve(ups, Clock::start("1".parse().unwrap()), options, std::future::pending(), |_, _| {})
    };
    tokio::spawn(host(&path));
    assert!(matches!(Host::connect(&path).await.frame().await, Some(Frame::Hello(_))));
    let second = tokio::time::timeout(PATIENCE, host(&path)).await.expect("an end");
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn a_person_tells_the_control_port_and_hears_its_answers() {
    let sockets = start("apc-back-ups-650", "1");
    connect(&sockets.control).await;
    let told = |lines: &'static [&'static str]| {
        let (control, lines) = (sockets.control.clone(), lines.iter().map(|&line| line.to_owned()).collect::<Vec<_>>());
        tokio::task::spawn_blocking(move || {
            let mut out = Vec::new();
            let obeyed = emulator::port::tell(&control, &lines, &mut out).unwrap();
            (obeyed, String::from_utf8(out).unwrap())
        })
    };
    let (obeyed, said) = told(&["mains off", "read"]).await.unwrap();
    assert!(obeyed && said.starts_with("ok\nok charge 100 %") && said.ends_with("input 0 V\n"), "{said}");
    let (obeyed, said) = told(&["mains purple", "mains on"]).await.unwrap();
    assert!(!obeyed && said.starts_with("error: ") && said.ends_with("\nok\n"), "{said}");
    let (obeyed, said) = told(&["help"]).await.unwrap();
    assert!(obeyed && said.starts_with("# mains off | on") && said.ends_with("\nok\n"), "{said}");
}

//! An emulated UPS: an `ups-emulator` process, its control port, and what it says is to be seen.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use emulator::{Control, Observation, Setup};
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedReadHalf;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::inbox::Input;
use super::lines::next_line;
use crate::rigs::RigError;

/// How long an emulator may take to be there, and to say how it is.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is tried.
const TRY: Duration = Duration::from_millis(10);

/// The control port of one emulator.
#[derive(Debug)]
pub struct Device {
    lines: UnboundedSender<String>,
}

impl Device {
    /// Connects to an emulator's control port, and watches it.
    ///
    /// # Errors
    /// It is not there in time.
    pub async fn connect(control: &Path, ups: usize, inbox: UnboundedSender<Input>) -> Result<Self, RigError> {
        let stream = wait_for(|| UnixStream::connect(control)).await;
        let stream = stream.ok_or_else(|| RigError::Broken(format!("{} is not there in time", control.display())))?;
        let (reader, mut writer) = stream.into_split();
        let (lines, mut waiting) = unbounded_channel::<String>();
        let _ = lines.send("watch\n".to_owned());
        tokio::spawn(async move {
            while let Some(line) = waiting.recv().await {
                if writer.write_all(line.as_bytes()).await.is_err() {
                    return;
                }
            }
        });
        tokio::spawn(watch(reader, ups, inbox));
        Ok(Self { lines })
    }

    /// Does something to the UPS.
    pub fn control(&self, control: &Control) {
        let _ = self.lines.send(format!("{control}\n"));
    }
}

/// The arguments of an emulator.
#[must_use]
pub fn arguments(device: &str, bus: PathBuf, control: PathBuf, setup: &Setup, speed: u32) -> Vec<OsString> {
    let mut words: Vec<OsString> = vec!["--device".into(), device.into(), "--quiet".into()];
    words.extend(["--listen".into(), bus.into_os_string(), "--control".into(), control.into_os_string()]);
    words.extend(["--speed".into(), speed.to_string().into()]);
    let options = [
        ("--load", setup.load.map(|load| load.to_string())),
        ("--charge", setup.charge.map(|charge| charge.to_string())),
        ("--health", setup.health.map(|health| health.to_string())),
        ("--temperature", setup.temperature.map(|temperature| temperature.to_string())),
        ("--serial", setup.serial.clone()),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            words.extend([OsString::from(name), OsString::from(value)]);
        }
    }
    words
}

async fn watch(reader: OwnedReadHalf, ups: usize, inbox: UnboundedSender<Input>) {
    let mut reader = BufReader::new(reader);
    while let Some(line) = next_line(&mut reader).await {
        // Answers to controls stand between; only what parses was seen.
        if let Ok(observation) = serde_json::from_str::<Observation>(&line)
            && inbox.send(Input::Observed { ups, observation }).is_err()
        {
            return;
        }
    }
}

/// Tries something again and again until it works, within reason.
pub async fn wait_for<T, F>(mut attempt: impl FnMut() -> F) -> Option<T>
where
    F: Future<Output = std::io::Result<T>>,
{
    let mut ticks = tokio::time::interval(TRY);
    let waiting = async {
        loop {
            ticks.tick().await;
            if let Ok(found) = attempt().await {
                return found;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.ok()
}

//! When a daemon is ready: once it answers a first question as it should.

use std::path::PathBuf;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};

/// The most that an answer to a first question is read of.
const LONGEST_ANSWER: usize = 256 * 1024;
/// How long one attempt at a first question may take.
const ATTEMPT: Duration = Duration::from_secs(2);

/// Whether a driver listens and has read its device.
pub async fn ask_driver(socket: PathBuf) -> std::io::Result<()> {
    let asking = async {
        let mut stream = UnixStream::connect(socket).await?;
        stream.write_all(b"DUMPALL\n").await?;
        let dump = read_until(&mut stream, b"DUMPDONE").await?;
        if contains(&dump, b"DATAOK") { Ok(()) } else { Err(std::io::Error::other("no data yet")) }
    };
    tokio::time::timeout(ATTEMPT, asking).await?
}

/// Whether a server answers.
pub async fn ask_server(port: u16) -> std::io::Result<()> {
    let asking = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"VER\n").await?;
        read_until(&mut stream, b"\n").await.map(drop)
    };
    tokio::time::timeout(ATTEMPT, asking).await?
}

async fn read_until(stream: &mut (impl AsyncReadExt + Unpin), end: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut answer = Vec::new();
    let mut chunk = [0; 4096];
    while !contains(&answer, end) {
        let read = stream.read(&mut chunk).await?;
        if read == 0 || answer.len() > LONGEST_ANSWER {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&chunk[..read]);
    }
    Ok(answer)
}

fn contains(text: &[u8], what: &[u8]) -> bool {
    text.windows(what.len()).any(|window| window == what)
}

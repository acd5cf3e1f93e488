//! No server keeps a client waiting beyond its patience, whatever it sends meanwhile.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

use client::{Client, ClientError, ServerAddress};
use protocol::net::List;

/// A client with a patience of 50 ms, at a server that says `first` and then `drip` for ever.
async fn asks(first: &'static str, drip: &'static str) -> Result<usize, ClientError> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = ServerAddress { host: "127.0.0.1".into(), port: listener.local_addr().unwrap().port() };
    let serving = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert!(stream.read(&mut [0; 64]).unwrap() > 0);
        stream.write_all(first.as_bytes()).unwrap();
        // What has been sent is looked at one piece at a time, as slowly as the client reads.
        stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        while !drip.is_empty() && stream.write_all(drip.as_bytes()).is_ok() {
            if stream.read(&mut [0; 64]).is_ok_and(|length| length == 0) {
                return;
            }
        }
        while stream.read(&mut [0; 64]).map_or(true, |length| length > 0) {}
    });
    let mut client = Client::connect(&server).await.unwrap();
    client.set_patience(Duration::from_millis(50));
    let rows = client.list(List::Ups).await;
    drop(client);
    serving.join().unwrap();
    Ok(rows?.len())
}

fn run(first: &'static str, drip: &'static str) -> Result<usize, ClientError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(asks(first, drip))
}

#[test]
fn silence_half_a_line_and_news_are_no_answer() {
    for (first, drip) in [("", ""), ("", "x"), ("BEGIN LIST UPS\n", "x"), ("", "WATCH ALIVE\n"), ("BEGIN", "")] {
        let said = run(first, drip).unwrap_err().to_string();
        assert_eq!(said, "Read error: timed out", "after {first:?}, {drip:?}");
    }
}

#[test]
fn what_came_before_the_server_broke_the_protocol_is_an_answer() {
    assert_eq!(run("BEGIN LIST UPS\nUPS a \"b\"\nEND LIST UPS\nVAR and so on\n", "").unwrap(), 1);
}

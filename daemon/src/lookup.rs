//! Names of hosts become addresses, away from the event loop.
//!
//! A name service can hang for longer than anybody waits. Whoever asks for a name that is being
//! looked up waits for that answer: a name has one thread at most, however often it is asked for.

use std::collections::BTreeMap;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protocol::LinkError;
use tokio::sync::watch;

use crate::aside;

/// An answer, once there is one.
type Answer = Option<Result<Vec<SocketAddr>, LinkError>>;

/// The names that are being looked up. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Names {
    under_way: Arc<Mutex<BTreeMap<String, watch::Receiver<Answer>>>>,
}

impl Names {
    /// The addresses of a host. It may take for ever: the caller has the deadline.
    pub(crate) async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, LinkError> {
        if let Ok(address) = host.parse() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        let mut answer = self.ask(host);
        let answer = answer.wait_for(Option::is_some).await.map(|answer| answer.clone());
        // Without an answer there was no thread to look it up.
        let mut addresses = answer.ok().flatten().unwrap_or(Err(LinkError::Unreachable))?;
        addresses.iter_mut().for_each(|address| address.set_port(port));
        Ok(addresses)
    }

    fn ask(&self, host: &str) -> watch::Receiver<Answer> {
        // One whose sender is gone will never be answered.
        if let Some(asked) = self.lock().get(host).filter(|asked| asked.has_changed().is_ok()) {
            return asked.clone();
        }
        let (answer, asked) = watch::channel(None);
        self.lock().insert(host.to_owned(), asked.clone());
        let (names, host) = (self.clone(), host.to_owned());
        drop(aside::start(move || {
            let found = (host.as_str(), 0).to_socket_addrs();
            names.lock().remove(&host);
            // Whoever asked may have given up.
            drop(answer.send(Some(found.map(Iterator::collect).map_err(|_| LinkError::Unreachable))));
        }));
        asked
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, watch::Receiver<Answer>>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_needs_no_look_up_and_a_name_gets_one() {
        let names = Names::default();
        assert_eq!(names.addresses("::1", 3493).await, Ok(vec![SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], 3493))]));
        let local = names.addresses("localhost", 3493).await.expect("localhost has an address");
        assert!(local.iter().all(|address| address.ip().is_loopback() && address.port() == 3493), "{local:?}");
        assert!(names.lock().is_empty());
    }

    #[tokio::test]
    async fn whoever_asks_while_a_name_is_looked_up_waits_for_that_answer() {
        let names = Names::default();
        let (answer, asked) = watch::channel(None);
        names.lock().insert("slow".to_owned(), asked);
        let (first, second) = (names.addresses("slow", 1), names.addresses("slow", 2));
        let reply = async { drop(answer.send(Some(Ok(vec![SocketAddr::from(([192, 0, 2, 1], 0))])))) };
        let (first, second, ()) = tokio::join!(first, second, reply);
        assert_eq!(first, Ok(vec![SocketAddr::from(([192, 0, 2, 1], 1))]));
        assert_eq!(second, Ok(vec![SocketAddr::from(([192, 0, 2, 1], 2))]));
    }
}

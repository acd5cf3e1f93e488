//! TCP listeners: names become addresses, and each address is bound once, however many listeners
//! ask for it.

use std::collections::BTreeSet;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, ToSocketAddrs};
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{
    AddressFamily, Backlog, SockFlag, SockType, SockaddrIn, SockaddrIn6, bind, listen, setsockopt, socket, sockopt,
};

/// Connections that the kernel holds until they are accepted.
const BACKLOG: i32 = 1024;

/// What became of one listener.
#[derive(Default)]
pub(super) struct Opened {
    /// Sockets of its own.
    pub(super) sockets: Vec<TcpListener>,
    /// One of its addresses at least is listened on, by it or by another.
    pub(super) is_served: bool,
    /// Where it cannot listen, and why.
    pub(super) problems: Vec<(String, io::Error)>,
}

/// Opens listeners, each a host and a port.
pub(super) fn open(listeners: &[(&str, u16)]) -> Vec<Opened> {
    let mut opened: Vec<Opened> = listeners.iter().map(|_| Opened::default()).collect();
    let mut wanted = Vec::new();
    for (at, &(host, port)) in listeners.iter().enumerate() {
        for (host, found) in addresses(host, port) {
            let place = format!("{host} port {port}");
            match found {
                Ok(addresses) => wanted.extend(addresses.into_iter().map(|address| (at, place.clone(), address))),
                Err(error) => opened[at].problems.push((place, error)),
            }
        }
    }
    // Once an address of all is bound, one of its own cannot be, and need not.
    wanted.sort_by_key(|(.., address)| !address.ip().is_unspecified());
    let mut bound = BTreeSet::new();
    for (at, place, address) in wanted {
        if is_covered(address, &bound) {
            opened[at].is_served = true;
            continue;
        }
        match bind_tcp(address) {
            Ok(socket) => {
                bound.insert(address);
                opened[at].is_served = true;
                opened[at].sockets.push(socket);
            }
            Err(error) => opened[at].problems.push((place, error)),
        }
    }
    opened
}

/// The addresses of a host, each once: /etc/hosts may name the same one twice.
fn addresses(host: &str, port: u16) -> Vec<(&str, io::Result<BTreeSet<SocketAddr>>)> {
    let hosts = if host == "*" { vec!["0.0.0.0", "::"] } else { vec![host] };
    hosts.into_iter().map(|host| (host, (host, port).to_socket_addrs().map(Iterator::collect))).collect()
}

/// Whether what is bound takes connections to this address already. Port 0 is another port each time.
fn is_covered(address: SocketAddr, bound: &BTreeSet<SocketAddr>) -> bool {
    let all = if address.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    address.port() != 0 && (bound.contains(&address) || bound.contains(&SocketAddr::new(all, address.port())))
}

pub(super) fn bind_tcp(address: SocketAddr) -> io::Result<TcpListener> {
    let family = if address.is_ipv6() { AddressFamily::Inet6 } else { AddressFamily::Inet };
    let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
    let descriptor: OwnedFd = socket(family, SockType::Stream, flags, None)?;
    setsockopt(&descriptor, sockopt::ReuseAddr, &true)?;
    if address.is_ipv6() {
        setsockopt(&descriptor, sockopt::Ipv6V6Only, &true)?;
    }
    match address {
        SocketAddr::V4(address) => bind(descriptor.as_raw_fd(), &SockaddrIn::from(address))?,
        SocketAddr::V6(address) => bind(descriptor.as_raw_fd(), &SockaddrIn6::from(address))?,
    }
    listen(&descriptor, Backlog::new(BACKLOG)?)?;
    Ok(descriptor.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listeners_that_overlap_are_all_served_and_no_address_is_bound_twice() {
        let free = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).unwrap().port();
        for hosts in [
            &["127.0.0.1", "127.0.0.1"][..],
            &["localhost", "127.0.0.1"],
            &["127.0.0.1", "localhost"],
            &["127.0.0.1", "*", "0.0.0.0"],
        ] {
            let listeners: Vec<(&str, u16)> = hosts.iter().map(|&host| (host, free)).collect();
            let opened = open(&listeners);
            assert!(opened.iter().all(|one| one.is_served), "{hosts:?}");
            let count = opened
                .iter()
                .flat_map(|one| &one.sockets)
                .filter(|socket| socket.local_addr().is_ok_and(|address| address.is_ipv4()));
            assert_eq!(count.count(), 1, "{hosts:?}");
        }
        let any = open(&[("127.0.0.1", 0), ("127.0.0.1", 0)]);
        assert!(any.iter().all(|one| one.sockets.len() == 1));
    }
}

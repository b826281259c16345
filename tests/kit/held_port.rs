//! A port at which nothing listens, and which nobody else is given as long as the value lives.

use std::net::SocketAddr;

use tokio::net::TcpSocket;

/// Bound and never listening: who connects is refused.
#[derive(Debug)]
pub struct HeldPort(TcpSocket);

impl HeldPort {
    /// On loopback.
    ///
    /// # Panics
    /// When there is no free port.
    #[must_use]
    pub fn new() -> Self {
        HeldPort(bound(([127, 0, 0, 1], 0).into()))
    }

    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.0.local_addr().expect("a bound socket has one")
    }

    #[must_use]
    pub fn number(&self) -> u16 {
        self.addr().port()
    }
}

impl Default for HeldPort {
    fn default() -> Self {
        HeldPort::new()
    }
}

/// A socket that can be bound beside a held port, and again at once after one that was closed.
pub(crate) fn bound(addr: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an address that was just in use");
    socket.bind(addr).expect("a free port");
    socket
}

//! Taking a port.

use std::{
    io::{self, ErrorKind},
    net::SocketAddr,
};

use tokio::net::{TcpListener, TcpSocket};

use botmeter_core::Error;

/// How much of an answer the system takes before the scraper does, for each
/// connection. By itself it takes several megabytes: a crowd that reads nothing
/// would fill them for every one of its members, and a scraper would seem to
/// take what it never reads. Linux takes twice of what it is asked for.
const SEND_BUFFER: u32 = 128 * 1024;

/// How many connections may wait until they are accepted, as the standard
/// library has it.
const WAITING: u32 = 4096;

/// A listener at this address, for the runtime that is entered. Where another
/// address is chosen, only the caller knows.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    bound(address).map_err(|error| {
        let advice = match error.kind() {
            ErrorKind::AddrInUse => {
                "the port is in use; end the program that uses it, or choose another port, or port \
                 0 for any that is free"
            }
            ErrorKind::AddrNotAvailable => {
                "this machine has no such address; choose one that it has, such as 127.0.0.1, or \
                 0.0.0.0 for all of them"
            }
            ErrorKind::PermissionDenied => {
                "this user may not take that port; choose one above 1023"
            }
            _ => "check the address",
        };
        Error::new(format!("listen on {address}: {advice}")).because(error)
    })
}

fn bound(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A program that starts again need not wait until its old connections are
    // forgotten. On Windows this would let two programs have one port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    // Those that are accepted inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(WAITING)
}

//! Taking a port.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener},
};

use crate::Error;

/// A listener at this address, ready for an asynchronous runtime. Where another
/// one is chosen, only the caller knows.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let listener = TcpListener::bind(address).map_err(|error| {
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
    })?;
    listener
        .set_nonblocking(true)
        .map_err(|error| Error::new(format!("prepare to listen on {address}")).because(error))?;
    Ok(listener)
}

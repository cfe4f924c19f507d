//! Whether the ports of a server are free, and who could have them.

use std::{
    fs,
    io::ErrorKind,
    net::{IpAddr, SocketAddr, TcpListener},
};

use anyhow::{Context, Result, bail};

use super::server::Server;

/// An error that names the server, the variable and whoever is there, unless
/// every port is free.
pub(super) fn are_free(servers: &[Server], bind: IpAddr) -> Result<()> {
    for server in servers {
        for (variable, port) in &server.ports {
            let address = SocketAddr::new(bind, *port);
            match TcpListener::bind(address) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
                    "the port {port} of {} is in use by {}: end that, or set {variable} to a port \
                     that is free",
                    server.name,
                    owner(*port).unwrap_or_else(|| format!(
                        "another program (`ss -ltnp` or `lsof -i :{port}` may name it)"
                    ))
                ),
                Err(error) => {
                    return Err(error).with_context(|| {
                        format!(
                            "failed to listen on {address} for {}: look at {variable} and \
                             BOTMETER_BIND",
                            server.name
                        )
                    });
                }
            }
        }
    }
    Ok(())
}

/// The process that listens on the port, as far as the system tells.
fn owner(port: u16) -> Option<String> {
    let socket = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|path| fs::read_to_string(path).ok())
        .find_map(|table| listener(&table, port))?;
    let link = format!("socket:[{socket}]");
    for process in fs::read_dir("/proc").ok()?.flatten() {
        // Beside the numbers there is `self`, which says nothing to a person.
        if !process.file_name().to_string_lossy().starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let Ok(files) = fs::read_dir(process.path().join("fd")) else { continue };
        let has =
            |path| fs::read_link(path).is_ok_and(|target| target.as_os_str() == link.as_str());
        if files.flatten().any(|file| has(file.path())) {
            let name = fs::read_to_string(process.path().join("comm")).ok()?;
            let number = process.file_name();
            return Some(format!("{} (process {})", name.trim(), number.display()));
        }
    }
    None
}

/// The number of the socket that listens on the port in a table of the kernel.
fn listener(table: &str, port: u16) -> Option<String> {
    let ending = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let mut fields = line.split_whitespace().skip(1);
        let (local, _, state) = (fields.next()?, fields.next()?, fields.next()?);
        (local.ends_with(&ending) && state == "0A")
            .then(|| fields.nth(5).map(str::to_owned))
            .flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::server::Ready;

    #[test]
    fn a_port_in_use_is_named_with_server_variable_and_owner() {
        let bind = IpAddr::from([127, 0, 0, 1]);
        let taken = TcpListener::bind((bind, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let server = Server {
            name: "jaeger",
            program: "jaeger".into(),
            arguments: Vec::new(),
            variables: std::collections::BTreeMap::default(),
            directory: ".".into(),
            ready: Ready::Said("x"),
            ports: vec![("BOTMETER_JAEGER_PORT", port)],
        };
        let error = are_free(std::slice::from_ref(&server), bind).unwrap_err().to_string();
        let start = format!("the port {port} of jaeger is in use by ");
        assert!(error.starts_with(&start), "{error}");
        let end = ": end that, or set BOTMETER_JAEGER_PORT to a port that is free";
        assert!(error.ends_with(end), "{error}");
        if cfg!(target_os = "linux") {
            let own = format!("(process {})", std::process::id());
            assert!(error.contains(&own), "{error}");
        }
        drop(taken);
        are_free(&[server], bind).unwrap();
    }
}

//! The server of the live page.

use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};

use botmeter_live::{Bots, Hosts, Site, broken};
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{net::TcpListener, sync::Semaphore, time::sleep};

use crate::{failure::Failure, options::Place, say};

/// How many connections are open at most; others wait.
const CONNECTIONS: usize = 64;

/// How long the head of a request may take, and a silence before it.
const HEAD: Duration = Duration::from_secs(30);

/// How long the head may be.
const LONGEST_HEAD: usize = 16 * 1024;

/// Under which names the page is served, if it may be served there at all.
pub(crate) fn hosts(Place { listen, allowed_hosts }: &Place) -> Result<Hosts, Failure> {
    if !listen.ip().to_canonical().is_loopback() && allowed_hosts.is_empty() {
        return Err(Failure::to(format_args!(
            "listen on {listen}: other machines reach it, and the page asks nobody for a \
             password; forward the port instead, such as with `ssh -L 9465:127.0.0.1:9465`, or \
             say with --allow-host under which name it is meant to be asked for"
        )));
    }
    Ok(Hosts::named(allowed_hosts))
}

/// Serves the page until somebody ends the program; says where first, and then
/// does what else there is to begin.
pub(crate) fn until_stopped(
    address: SocketAddr,
    hosts: Hosts,
    bots: Arc<Bots>,
    begin: impl FnOnce() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let stop = botmeter_telemetry::stop_requested()?;
    let failed = |error| Failure::because("start the server of the live page", &error);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(failed)?;
    let listener = runtime.block_on(listen(address))?;
    let address = listener.local_addr().map_err(failed)?;
    say(format_args!("live page: http://{address}/"));
    begin()?;
    runtime.block_on(async {
        tokio::select! {
            () = serve(listener, bots, hosts) => {}
            _signal = stop => {}
        }
    });
    runtime.shutdown_background();
    Ok(())
}

/// Takes the port.
async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => {
                "the port is in use; end the program that uses it, or choose another one with \
                 --listen, such as 127.0.0.1:0 for any that is free"
            }
            io::ErrorKind::AddrNotAvailable => {
                "this machine has no such address; choose one that it has with --listen, such as \
                 127.0.0.1:9465"
            }
            io::ErrorKind::PermissionDenied => {
                "this user may not take that port; choose one above 1023 with --listen"
            }
            _ => return Failure::because(format_args!("listen on {address}"), &error),
        };
        Failure::to(format_args!("listen on {address}: {advice}"))
    })
}

/// Answers for as long as it is polled.
async fn serve(listener: TcpListener, bots: Arc<Bots>, hosts: Hosts) {
    let site = Arc::new(Site::new(bots, hosts));
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // It is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((socket, _peer)) = listener.accept().await else {
            // As when there are no more files; what is open goes on.
            sleep(Duration::from_millis(100)).await;
            continue;
        };
        let site = Arc::clone(&site);
        tokio::spawn(async move {
            let _place = place;
            let service = service_fn(move |request| respond(Arc::clone(&site), request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD)
                .max_buf_size(LONGEST_HEAD)
                .serve_connection(TokioIo::new(socket), service);
            // Whoever hung up needs no answer.
            drop(connection.await);
        });
    }
}

/// A page takes a while to draw, and others are answered meanwhile.
async fn respond(
    site: Arc<Site>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, _body) = request.into_parts();
    let drawn = tokio::task::spawn_blocking(move || site.answer(&head)).await;
    Ok(drawn.unwrap_or_else(|_| broken()).map(Full::new))
}

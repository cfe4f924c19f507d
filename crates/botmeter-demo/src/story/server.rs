//! Serves the API, and knows when the last request is over.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::ending::{End, Ending};
use super::tasks::Tasks;

/// The pause after a connection could not be accepted, for want of a file handle most likely.
const PAUSE: Duration = Duration::from_millis(50);

/// A server whose connections are tasks that can be waited for, so that each request has been
/// recorded when it has ended.
#[derive(Debug)]
pub(super) struct Server {
    connections: Tasks,
    ending: Ending,
}

impl Server {
    /// Serves these routes to whoever comes to the listener.
    pub(super) fn start(listener: TcpListener, routes: Router) -> Self {
        let (ending, end) = Ending::new();
        let connections = Tasks::default();
        connections.spawn(accept(listener, routes, end, connections.clone()));
        Self { connections, ending }
    }

    /// Takes no more requests, gives those that are under way this time, and cuts off the rest.
    pub(super) async fn end(self, grace: Duration) {
        self.ending.tell();
        self.connections.end(grace).await;
    }
}

async fn accept(listener: TcpListener, routes: Router, end: End, connections: Tasks) {
    loop {
        tokio::select! {
            () = end.comes() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connections.spawn(serve(stream, routes.clone(), end.clone())),
                Err(_) => sleep(PAUSE).await,
            },
        }
    }
}

async fn serve(stream: TcpStream, routes: Router, end: End) {
    let service = TowerToHyperService::new(routes);
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    tokio::select! {
        // A connection that breaks has ended like any other.
        _ = connection.as_mut() => return,
        () = end.comes() => connection.as_mut().graceful_shutdown(),
    }
    drop(connection.await);
}

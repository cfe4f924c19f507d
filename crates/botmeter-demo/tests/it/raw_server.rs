//! A server that sends the bytes it was given, whatever they are.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Answers one request with the bytes, hangs up, and gives back the request that it saw.
pub(crate) async fn answering(response: impl Into<Vec<u8>>) -> (String, oneshot::Receiver<String>) {
    let response = response.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = url(listener.local_addr().unwrap());
    let (seen, request) = oneshot::channel();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !is_whole(&request) {
            assert_ne!(stream.read_buf(&mut request).await.unwrap(), 0, "the request is cut off");
        }
        // A test that does not look at the request has dropped the receiver.
        drop(seen.send(String::from_utf8(request).unwrap()));
        stream.write_all(&response).await.unwrap();
        stream.shutdown().await.unwrap();
    });
    (url, request)
}

/// The same for a body with the given status line and headers.
pub(crate) async fn answering_body(head: &str, body: &str) -> (String, oneshot::Receiver<String>) {
    answering(format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())).await
}

pub(crate) fn url(address: SocketAddr) -> String {
    format!("http://{address}/v1")
}

fn is_whole(request: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(request) else { return false };
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .map(|(_, value)| value.trim().parse::<usize>().unwrap());
    length == Some(body.len())
}

//! A real socket.

use super::*;
use axum::{extract::State, routing::get};
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Notify,
};

#[tokio::test]
async fn a_taken_port_says_what_to_do() {
    let first = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = first.local_addr().unwrap();
    let words = bind(address).await.unwrap_err();
    assert!(
        words.starts_with(&format!("{address} is taken by another program")),
        "{words}"
    );
    assert!(words.contains("PORT="), "{words}");
}

#[tokio::test]
async fn what_was_begun_is_answered_before_it_stops() {
    #[derive(Clone, Default)]
    struct Gate {
        reached: Arc<Notify>,
        open: Arc<Notify>,
    }
    async fn slow(State(gate): State<Gate>) -> &'static str {
        gate.reached.notify_one();
        gate.open.notified().await;
        "done"
    }
    let gate = Gate::default();
    let router = Router::new().route("/", get(slow)).with_state(gate.clone());
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, router, stop.clone()));
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    gate.reached.notified().await;
    stop.cancel();
    gate.open.notify_one();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with("done"),
        "{answer}"
    );
    serving.await.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_to_whoever_begins_so() {
    let router = Router::new().route("/", get(async || "hello"));
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, router, stop.clone()));
    let mut client = TcpStream::connect(address).await.unwrap();
    let mut said = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    said.extend([0, 0, 0, 4, 0, 0, 0, 0, 0]); // SETTINGS, none
    said.extend([0, 0, 3, 1, 5, 0, 0, 0, 1, 0x82, 0x86, 0x84]); // HEADERS, the last of stream 1: GET, http, /
    client.write_all(&said).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"hello") {
        assert_ne!(client.read_buf(&mut answer).await.unwrap(), 0, "{answer:?}");
    }
    assert_eq!(answer[3], 4, "it begins with its settings");
    drop(client);
    stop.cancel();
    serving.await.unwrap().unwrap();
}

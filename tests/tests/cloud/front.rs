//! `errand front`: one address before functions that are known by names of their own. It needs neither Kafka nor a database.

use crate::kit::until;
use axum::{Router, extract::Request};
use reqwest::{Client, StatusCode};
use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
};
use testkit::skip;

/// The front, killed when the value goes.
struct Front(Child);

impl Drop for Front {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

fn command(binary: &str, to: &str, listen: &str) -> Command {
    let mut command = Command::new(binary);
    command
        .args(["front", "--to", to])
        .env("ERRAND_LISTEN", listen)
        .env("ERRAND_LOG", "warn")
        .stdin(Stdio::null());
    command
}

/// A stand-in for a function, which says what it was asked as whom.
async fn function(name: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().fallback(async move |request: Request| {
        let (parts, body) = request.into_parts();
        let host = parts.headers["host"].to_str().unwrap().to_owned();
        assert_eq!(host, address.to_string(), "it is called by its own name");
        let read = axum::body::to_bytes(body, 1_000).await.unwrap();
        let body = String::from_utf8(read.to_vec()).unwrap();
        format!("{name}: {} {} {body}", parts.method, parts.uri)
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("{name}=http://{address}")
}

#[tokio::test]
async fn each_request_goes_to_the_function_of_its_path_by_that_functions_name() {
    let Some(binary) = skip::unless("ERRAND_TEST_BINARY", "no built errand") else {
        return;
    };
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let (listen, nobody) = (free.local_addr().unwrap(), "live=http://127.0.0.1:1");
    drop(free);
    let listen = listen.to_string();
    let mut to = vec![nobody.to_owned()];
    for name in ["tasks", "chat", "accounts", "audit", "web"] {
        to.push(function(name).await);
    }
    let few = command(&binary, &to[1], &listen).output().unwrap();
    let words = String::from_utf8(few.stderr).unwrap();
    assert!(
        words.contains("--to: where is chat? Say --to chat=URL"),
        "{words}"
    );

    let _front = Front(command(&binary, &to.join(","), &listen).spawn().unwrap());
    let client = Client::builder().no_proxy().build().unwrap();
    let base = format!("http://{listen}");
    // Its probes wake no function.
    until("it is ready", async || {
        let answer = client.get(format!("{base}/ready")).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
    let check = async |path: &str, expected: &str| {
        let asked = client.post(format!("{base}{path}")).body("hello");
        let answer = asked.send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), expected);
    };
    check("/", "web: POST / hello").await;
    check("/assets/a.js", "web: POST /assets/a.js hello").await;
    check(
        "/api/v1/tasks?limit=1",
        "tasks: POST /api/v1/tasks?limit=1 hello",
    )
    .await;
    check("/api/v1/me", "accounts: POST /api/v1/me hello").await;
    check(
        "/api/v1/audit/verify",
        "audit: POST /api/v1/audit/verify hello",
    )
    .await;
    let away = client.get(format!("{base}/api/v1/changes")).send().await;
    let away = away.unwrap();
    assert_eq!(away.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(away.headers()["content-type"], "application/problem+json");
}

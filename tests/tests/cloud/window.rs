//! An open page: it follows the log by WebSocket or by server-sent events, and keeps what it was shown.

use crate::kit::until;
use futures::StreamExt;
use house_tests::Api;
use reqwest::Method;
use serde_json::Value;
use std::sync::{Arc, Mutex};
use tokio::{sync::oneshot, task::JoinHandle};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

/// It is closed when this value goes.
pub(crate) struct Window {
    shown: Arc<Mutex<Vec<Value>>>,
    line: JoinHandle<()>,
}

impl Window {
    /// By WebSocket.
    pub(crate) async fn socket(of: &Api) -> Self {
        let url = of.base.replacen("http", "ws", 1) + "/api/v1/changes/socket";
        let mut request = url.into_client_request().unwrap();
        let bearer = format!("Bearer {}", of.token).parse().unwrap();
        request.headers_mut().insert("authorization", bearer);
        let (mut line, _) = connect_async(request).await.unwrap();
        Self::of(async move |mut window: Line| {
            while let Some(Ok(message)) = line.next().await {
                if message.is_text() {
                    window.take(message.to_text().unwrap());
                }
            }
        })
        .await
    }

    /// By server-sent events.
    pub(crate) async fn stream(of: &Api) -> Self {
        let answer = of
            .request(Method::GET, "/changes/stream")
            .send()
            .await
            .unwrap();
        let mut flow = answer.error_for_status().unwrap().bytes_stream();
        Self::of(async move |mut window: Line| {
            let mut text = String::new();
            while let Some(Ok(piece)) = flow.next().await {
                text.push_str(std::str::from_utf8(&piece).unwrap());
                while let Some((event, rest)) = text.split_once("\n\n") {
                    let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                    if let Some(data) = data {
                        window.take(data);
                    }
                    text = rest.to_owned();
                }
            }
        })
        .await
    }

    /// Comes back once the line has said hello.
    async fn of<F: Future<Output = ()> + Send>(
        follow: impl FnOnce(Line) -> F + Send + 'static,
    ) -> Self {
        let (tell, hello) = oneshot::channel();
        let shown = Arc::new(Mutex::new(Vec::new()));
        let line = Line {
            shown: shown.clone(),
            hello: Some(tell),
        };
        let line = tokio::spawn(async move { follow(line).await });
        hello.await.unwrap();
        Self { shown, line }
    }

    /// The events so far, in the order in which they came.
    pub(crate) fn shown(&self) -> Vec<Value> {
        self.shown.lock().unwrap().clone()
    }

    /// Their ids.
    pub(crate) fn ids(&self) -> Vec<String> {
        let text = |event: &Value| event["id"].as_str().unwrap().to_owned();
        self.shown().iter().map(text).collect()
    }

    /// Waits for an event that is like this, and answers it.
    pub(crate) async fn sees(&self, what: &str, like: impl Fn(&Value) -> bool) -> Value {
        let found = || self.shown().into_iter().find(|event| like(event));
        until(what, async || found().is_some()).await;
        found().unwrap()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.line.abort();
    }
}

struct Line {
    shown: Arc<Mutex<Vec<Value>>>,
    hello: Option<oneshot::Sender<()>>,
}

impl Line {
    /// The first message is a hello, whatever its shape; the others have events.
    fn take(&mut self, message: &str) {
        if let Some(hello) = self.hello.take() {
            let _gone = hello.send(());
            return;
        }
        let message: Value = serde_json::from_str(message).unwrap();
        let events = message["events"].as_array().expect("events");
        self.shown.lock().unwrap().extend(events.iter().cloned());
    }
}

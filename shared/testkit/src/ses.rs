//! The one call of Amazon SES that sends, in this process, answering as its protocol does: for the answers that no test account gives.

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    response::{IntoResponse, Response},
    routing::post,
};
use http::StatusCode;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::{net::TcpListener, task::JoinHandle};

/// What SES does with a mail.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// Takes it.
    Accept,
    /// Answers an error: its status, its code, its message.
    Refuse(u16, &'static str, &'static str),
    /// Breaks the line in the middle of its answer.
    Break,
    /// Never answers.
    Stall,
}

/// The call, on a free port, until this value goes.
pub struct SesServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<io::Result<()>>,
}

#[derive(Default)]
struct Shared {
    next: Mutex<VecDeque<Answer>>,
    requests: Mutex<Vec<Value>>,
}

impl SesServer {
    /// Starts it, accepting everything.
    ///
    /// # Errors
    /// When no port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let router = Router::new()
            .route("/v2/email/outbound-emails", post(send))
            .with_state(Arc::clone(&shared));
        let task = tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self {
            address,
            shared,
            task,
        })
    }

    /// Its endpoint.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it does with the next mail; after that it accepts.
    pub fn next(&self, answer: Answer) {
        locked(&self.shared.next).push_back(answer);
    }

    /// The requests so far, as they were sent.
    pub fn requests(&self) -> Vec<Value> {
        locked(&self.shared.requests).clone()
    }
}

impl Drop for SesServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn send(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let request = serde_json::from_slice(&body).unwrap_or_default();
    locked(&shared.requests).push(request);
    let answer = locked(&shared.next).pop_front().unwrap_or(Answer::Accept);
    match answer {
        Answer::Accept => Json(json!({ "MessageId": "0100-test" })).into_response(),
        Answer::Refuse(status, code, message) => {
            let status = StatusCode::from_u16(status).unwrap_or_default();
            let code = [("x-amzn-errortype", code)];
            (status, code, Json(json!({ "message": message }))).into_response()
        }
        Answer::Break => {
            let broken = futures::stream::once(async { Err::<Bytes, _>(io::Error::other("gone")) });
            Body::from_stream(broken).into_response()
        }
        Answer::Stall => std::future::pending().await,
    }
}

fn locked<T>(value: &Mutex<T>) -> MutexGuard<'_, T> {
    value.lock().unwrap_or_else(PoisonError::into_inner)
}

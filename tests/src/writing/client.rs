//! A client that writes without pause, remembers what was acknowledged, and repeats what was not, under the same key.

use super::PATIENCE;
use crate::Api;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Where the program is, and how often it was started.
#[derive(Clone)]
pub struct Up {
    api: Api,
    starts: usize,
}

impl Up {
    /// Started once.
    pub fn first(api: &Api) -> Self {
        Self {
            api: api.clone(),
            starts: 1,
        }
    }

    /// Started once more.
    pub fn again(&mut self) {
        self.starts += 1;
    }
}

/// When a client repeats a request that was not acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// When the program was started again: nothing else may go wrong.
    AtEachStart,
    /// After a moment: the program itself stands on others that are killed, and says 503.
    SoonAfter,
}

/// A task as its client knows it.
#[expect(missing_docs, reason = "the names say it")]
pub struct Task {
    pub id: String,
    pub title: String,
    pub priority: &'static str,
    pub done: bool,
    pub reminds: bool,
    pub recurs: bool,
}

/// All that was acknowledged.
#[derive(Default)]
pub struct Kept {
    /// In the order in which they were made.
    pub tasks: Vec<Task>,
    /// Requests that were acknowledged.
    pub writes: usize,
    /// Requests whose outcome was not known.
    pub repeated: usize,
    /// Of these, those that had been done.
    pub replayed: usize,
}

impl Kept {
    /// Adds what another client was told.
    pub fn add(&mut self, other: Self) {
        self.tasks.extend(other.tasks);
        self.writes += other.writes;
        self.repeated += other.repeated;
        self.replayed += other.replayed;
    }
}

/// One that writes.
pub struct Client {
    n: usize,
    repeats: Repeats,
    up: watch::Receiver<Up>,
    acknowledged: watch::Sender<u64>,
    stop: CancellationToken,
    kept: Kept,
}

impl Client {
    /// The client of that number. It counts what was acknowledged, and writes until it is stopped.
    pub fn new(
        n: usize,
        repeats: Repeats,
        up: watch::Receiver<Up>,
        acknowledged: watch::Sender<u64>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            n,
            repeats,
            up,
            acknowledged,
            stop,
            kept: Kept::default(),
        }
    }

    /// Writes until it is stopped; every request is acknowledged in the end.
    pub async fn run(mut self) -> Kept {
        let mut turn = 0;
        while !self.stop.is_cancelled() {
            match turn % 8 {
                0 => self.create(json!({})).await,
                1 => self.raise().await,
                2 => {
                    let after = SignedDuration::from_millis(100 + turn * 131 % 900);
                    let reminders = json!([{ "at": Timestamp::now() + after }]);
                    self.create(json!({ "reminders": reminders })).await;
                }
                3 => {
                    let rule = json!({ "rrule": "FREQ=DAILY" });
                    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
                    let due = json!({ "date": today });
                    self.create(json!({ "due": due, "recurrence": rule })).await;
                }
                4 => self.complete().await,
                5 | 6 => self.create(json!({ "notes": "another" })).await,
                _ => {
                    self.raise().await;
                    self.complete().await;
                }
            }
            turn += 1;
        }
        self.kept
    }

    async fn create(&mut self, mut fields: Value) {
        let title = format!("task {} of client {}", self.kept.tasks.len(), self.n);
        fields["title"] = title.clone().into();
        let made = self.write(Method::POST, "/tasks", &fields).await;
        self.kept.tasks.push(Task {
            id: made["id"].as_str().expect("an id").to_owned(),
            title,
            priority: "none",
            done: false,
            reminds: !fields["reminders"].is_null(),
            recurs: !fields["recurrence"].is_null(),
        });
    }

    async fn raise(&mut self) {
        let last = self.kept.tasks.len() - 1;
        let path = format!("/tasks/{}", self.kept.tasks[last].id);
        self.write(Method::PATCH, &path, &json!({ "priority": "high" }))
            .await;
        self.kept.tasks[last].priority = "high";
    }

    async fn complete(&mut self) {
        let last = self.kept.tasks.len() - 1;
        let path = format!("/tasks/{}/complete", self.kept.tasks[last].id);
        self.write(Method::POST, &path, &json!({})).await;
        self.kept.tasks[last].done = true;
    }

    /// One write, sent until it is acknowledged: once, unless something is killed meanwhile.
    async fn write(&mut self, method: Method, path: &str, body: &Value) -> Value {
        let key = format!("{}-{}", self.n, self.kept.writes);
        let began = Instant::now();
        loop {
            let Up { api, starts } = self.up.borrow_and_update().clone();
            let request = api.request(method.clone(), path).json(body);
            match sent(request.header("idempotency-key", &key)).await {
                Ok((answer, replayed)) => {
                    self.kept.writes += 1;
                    self.kept.replayed += usize::from(replayed);
                    self.acknowledged.send_modify(|writes| *writes += 1);
                    return answer;
                }
                Err(error) => {
                    self.kept.repeated += 1;
                    self.wait_to_repeat(starts, began, &error).await;
                }
            }
        }
    }

    async fn wait_to_repeat(&mut self, starts: usize, began: Instant, error: &str) {
        const SOON: Duration = Duration::from_millis(100);
        match self.repeats {
            Repeats::AtEachStart => {
                let again = self.up.wait_for(|up| up.starts > starts);
                let again = tokio::time::timeout(PATIENCE, again).await;
                assert!(again.is_ok(), "nobody killed it, and it says: {error}");
            }
            Repeats::SoonAfter => {
                tokio::time::sleep(SOON).await;
                assert!(began.elapsed() < PATIENCE, "not acknowledged: {error}");
            }
        }
    }
}

/// Said by us, or by a proxy before us: not now, and perhaps done all the same.
const NOT_NOW: [StatusCode; 3] = [
    StatusCode::BAD_GATEWAY,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];

/// The answer and whether it was a repeated one. Nobody knows what was done where the line breaks, or where it says 503.
async fn sent(request: reqwest::RequestBuilder) -> Result<(Value, bool), String> {
    let words = |error: reqwest::Error| error.to_string();
    let response = request.send().await.map_err(words)?;
    let replayed = response.headers().contains_key("idempotency-replayed");
    let status = response.status();
    let text = response.text().await.map_err(words)?;
    if NOT_NOW.contains(&status) || text.contains("idempotency_in_flight") {
        return Err(format!("{status} {text}"));
    }
    assert!(
        [StatusCode::OK, StatusCode::CREATED].contains(&status),
        "{status} {text}"
    );
    Ok((serde_json::from_str(&text).expect("JSON"), replayed))
}

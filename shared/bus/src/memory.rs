//! Delivery within one process: each subscriber's router is asked as Knative would ask it.

use crate::{Bus, Clock, Verdict};
use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
};
use contract::cloud::CloudEvent;
use domain::event::EventKind;
use futures::FutureExt;
use http::{Request, header};
use std::{panic::AssertUnwindSafe, sync::Arc};
use tower::ServiceExt;

/// How long a function may take for one event.
const DEADLINE: jiff::SignedDuration = jiff::SignedDuration::from_secs(30);
/// As much of an error's body as is kept with a dead letter.
const WORDS: usize = 2_000;

/// A function and the events that wake it.
#[derive(Clone)]
pub struct Subscriber {
    /// Its name.
    pub name: &'static str,
    /// Its `SUBSCRIBES`.
    pub kinds: &'static [EventKind],
    /// `POST /` takes a CloudEvent.
    pub router: Router,
}

/// The bus of one process. Answers are read by the rules of Knative's dispatcher (PLATFORM.md 1): 2xx without a body is yes;
/// 404, 408, 409, 429, 5xx, a panic and 30 s without an answer are "later"; every other status from 300 is "never".
pub struct MemoryBus {
    subscribers: Vec<Subscriber>,
    clock: Arc<dyn Clock>,
}

impl MemoryBus {
    /// A bus to these functions.
    pub fn new(subscribers: Vec<Subscriber>, clock: Arc<dyn Clock>) -> Self {
        Self { subscribers, clock }
    }

    async fn post(&self, router: Router, event: &CloudEvent) -> Verdict {
        let Ok(body) = serde_json::to_vec(event) else {
            return Verdict::Never("the event cannot be written as JSON".to_owned());
        };
        let request = Request::post("/")
            .header(header::CONTENT_TYPE, "application/cloudevents+json")
            .header(header::CONTENT_LENGTH, body.len())
            .body(Body::from(body));
        let Ok(request) = request else {
            return Verdict::Never("the event makes no request".to_owned());
        };
        let answer = AssertUnwindSafe(async {
            let response = router
                .oneshot(request)
                .await
                .unwrap_or_else(|never| match never {});
            let status = response.status();
            let body = to_bytes(response.into_body(), WORDS).await;
            (
                status,
                body.map(|body| String::from_utf8_lossy(&body).into_owned())
                    .unwrap_or_default(),
            )
        });
        let late = self.clock.sleep_until(self.clock.now() + DEADLINE);
        tokio::select! {
            biased;
            answer = answer.catch_unwind() => answer.map_or_else(
                |_| Verdict::Later("the function panicked".to_owned()),
                |(status, body)| Verdict::of(status, &body),
            ),
            () = late => Verdict::Later(format!("no answer within {} s", DEADLINE.as_secs())),
        }
    }
}

#[async_trait]
impl Bus for MemoryBus {
    fn subscribers(&self, kind: EventKind) -> Vec<&'static str> {
        let wants = |subscriber: &&Subscriber| subscriber.kinds.contains(&kind);
        self.subscribers
            .iter()
            .filter(wants)
            .map(|subscriber| subscriber.name)
            .collect()
    }

    async fn deliver(&self, subscriber: &str, events: &[CloudEvent]) -> Vec<Verdict> {
        let Some(to) = self.subscribers.iter().find(|to| to.name == subscriber) else {
            let gone = || Verdict::Never(format!("there is no function {subscriber} any more"));
            return events.iter().map(|_| gone()).collect();
        };
        let mut verdicts = Vec::with_capacity(events.len());
        for event in events {
            verdicts.push(self.post(to.router.clone(), event).await);
        }
        verdicts
    }
}

#[cfg(test)]
mod tests;

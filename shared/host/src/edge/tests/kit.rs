//! What the tests are written with: a real store in memory, and a clock that moves by hand.

use crate::{Clock, Config, Deps, Ids, Key, deps, secret};
use axum::{
    Router,
    body::{Body, to_bytes},
};
use domain::{event::EventKind, id::UserId, list::List};
use http::{HeaderMap, Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use store::{Credential, Decide, Reader};
use tower::ServiceExt;
use uuid::Uuid;

/// Stands still until it is moved; sleepers wake when it is told so.
pub(crate) struct ByHand {
    now: Mutex<Timestamp>,
    pub(crate) wakes_at_once: AtomicBool,
}

impl ByHand {
    pub(crate) fn forward(&self, seconds: i64) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::from_secs(seconds);
    }
}

#[async_trait::async_trait]
impl Clock for ByHand {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep_until(&self, _: Timestamp) {
        if !self.wakes_at_once.load(Ordering::Relaxed) {
            futures::future::pending::<()>().await;
        }
    }
}

/// Ids that count, over all tests of the process: an in-memory database is named by one.
pub(crate) struct Counted;

impl Counted {
    fn next() -> u64 {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        NEXT.fetch_add(1, Ordering::Relaxed)
    }
}

impl Ids for Counted {
    fn uuid(&self) -> Uuid {
        Uuid::from_u64_pair(Self::next(), 0)
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        secret[..8].copy_from_slice(&Self::next().to_be_bytes());
        secret
    }
}

/// An installation with one person.
pub(crate) struct House {
    pub(crate) deps: Deps,
    pub(crate) clock: Arc<ByHand>,
    pub(crate) ann: Reader,
}

impl House {
    pub(crate) async fn new() -> Self {
        let start = "2026-11-23T09:00:00Z".parse().unwrap();
        let clock = Arc::new(ByHand {
            now: Mutex::new(start),
            wakes_at_once: AtomicBool::new(false),
        });
        let ids = Arc::new(Counted);
        let store = store::open("sqlite::memory:", deps::options(clock.clone(), ids.clone()))
            .await
            .unwrap();
        let ann = store
            .person(UserId(Uuid::from_u128(7)), "ann", "Europe/Berlin")
            .await
            .unwrap();
        let deps = Deps::of(
            store,
            clock.clone(),
            ids,
            Arc::new(Config::in_folder("/nowhere")),
            Arc::new(Key::new([1; 32])),
        );
        Self { deps, clock, ann }
    }

    /// A new secret of Ann's.
    pub(crate) async fn secret(&self, kind: &str, scopes: &str) -> (Uuid, String) {
        let text = secret::token(self.deps.ids.secret());
        let credential = Credential {
            id: self.deps.ids.uuid(),
            reader: self.ann.clone(),
            hash: self.deps.key.hash(kind, &text),
            kind: kind.to_owned(),
            name: "phone".to_owned(),
            scopes: scopes.to_owned(),
            created_at: self.deps.clock.now(),
            expires_at: Some(self.deps.clock.now() + SignedDuration::from_hours(1)),
        };
        self.deps.store.add_credential(&credential).await.unwrap();
        (credential.id, text)
    }
}

/// What came back.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Got {
    /// The problem's code, or nothing.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|value| value.to_str().unwrap())
            .unwrap_or_default()
    }
}

/// Asks a router, as a client on this machine would.
pub(crate) async fn ask(
    router: &Router,
    what: &str,
    headers: &[(&str, &str)],
    body: impl Into<Body>,
) -> Got {
    let (method, path) = what.split_once(' ').unwrap();
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", "localhost:8700");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router
        .clone()
        .oneshot(request.body(body.into()).unwrap())
        .await
        .unwrap();
    let (status, headers): (StatusCode, _) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    Got {
        status: status.as_u16(),
        headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// Makes a list, so that something is written.
pub(crate) fn makes_a_list(id: Uuid, name: String) -> Decide {
    Arc::new(move |state, now| {
        let home = state.home;
        let list = List {
            name: name.clone(),
            ..List::default()
        };
        state.create(EventKind::ListCreated, home, id, now, &list);
        Ok(store::Answer {
            status: 201,
            body: format!("{{\"id\":\"{id}\"}}"),
            version: Some(1),
        })
    })
}

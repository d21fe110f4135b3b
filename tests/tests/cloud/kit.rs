//! A store with people, a relay into Kafka, and what came out there.

use bus::{
    Relay,
    kafka::{Found, KafkaBus, Settings},
};
use host::{SystemClock, SystemIds};
use jiff::Timestamp;
use serde_json::json;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Reader, Store, suite::kit};
use tokio_util::sync::{CancellationToken, DropGuard};

/// How long anything may take that waits for a broker.
const PATIENCE: Duration = Duration::from_mins(2);

/// A store, two people, and a relay into Kafka.
pub(crate) struct Publishing {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) people: Vec<Reader>,
    pub(crate) settings: Settings,
    _stop: DropGuard,
}

impl Publishing {
    pub(crate) async fn to(settings: Settings) -> Self {
        let options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
        let store = store::open("sqlite::memory:", options).await.unwrap();
        let people = vec![kit::person(&store).await, kit::person(&store).await];
        let bus = KafkaBus::new(settings.clone(), Arc::new(SystemClock));
        let clock = Arc::new(SystemClock);
        let relay = Relay::new(store.clone(), Arc::new(bus), clock, "urn:errand", "first");
        let stop = CancellationToken::new();
        tokio::spawn(relay.run(stop.clone()));
        Self {
            store,
            people,
            settings,
            _stop: stop.drop_guard(),
        }
    }

    /// So many tasks for each person.
    pub(crate) async fn write(&self, count: usize) {
        for n in 0..count {
            for who in &self.people {
                kit::create(&self.store, who, json!({ "title": format!("task {n}") })).await;
            }
        }
    }

    /// Waits until nothing is left in the outbox.
    pub(crate) async fn is_out(&self) {
        until("the outbox is empty", async || {
            let left = self.store.outgoing(Timestamp::MAX, 1).await.unwrap();
            left.is_empty()
        })
        .await;
    }
}

/// Waits until something holds; the test fails when it does not come to hold.
pub(crate) async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !holds().await {
        assert!(
            began.elapsed() < PATIENCE,
            "not within {PATIENCE:?}: {what}"
        );
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Every line of the log of these people was published, and the first time of each in order.
pub(crate) async fn all_in_order(found: &[Found], store: &Arc<dyn Store>, people: &[Reader]) {
    let mut first = BTreeMap::<String, Vec<u64>>::new();
    let mut seen = BTreeSet::new();
    for found in found {
        let id = found.record.get("ce_id").unwrap().to_owned();
        let (stream, n) = id.rsplit_once(':').unwrap();
        assert_eq!(found.record.key.as_deref(), Some(stream.as_bytes()));
        if seen.insert(id.clone()) {
            let of_stream = first.entry(stream.to_owned()).or_default();
            of_stream.push(n.parse().unwrap());
        }
    }
    for who in people {
        let lines = store.lines(who.home, 0, 100_000).await.unwrap();
        let stream = who.home.to_string();
        // A topic has the order of a stream only for its own kinds; so each topic is looked at by itself.
        let mut got = first.remove(&stream).unwrap_or_default();
        got.sort_unstable();
        let written: Vec<_> = lines.iter().map(|line| line.n).collect();
        assert_eq!(got, written);
    }
    let mut last = BTreeMap::<(String, String), u64>::new();
    let mut seen = BTreeSet::new();
    for found in found {
        let id = found.record.get("ce_id").unwrap();
        if !seen.insert(id) {
            continue;
        }
        let (stream, n) = id.rsplit_once(':').unwrap();
        let n: u64 = n.parse().unwrap();
        let before = last.insert((found.topic.clone(), stream.to_owned()), n);
        assert!(
            before.is_none_or(|before| before < n),
            "{id} came after {before:?}"
        );
    }
}

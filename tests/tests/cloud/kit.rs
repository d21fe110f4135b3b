//! A store with people, a relay into Kafka, and what came out there.

use bus::{
    Bus, Relay,
    kafka::{Found, KafkaBus, Settings},
};
use contract::commands::CommandInput;
use domain::{event::EventKind, filter::Filter};
use host::{SystemClock, SystemIds};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Reader, Store, TaskQuery, suite::kit};
use tokio_util::sync::{CancellationToken, DropGuard};
use uuid::Uuid;

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
    /// By our own client.
    pub(crate) async fn to(settings: Settings) -> Self {
        let bus = KafkaBus::new(settings.clone(), Arc::new(SystemClock));
        Self::over(Arc::new(bus), settings).await
    }

    /// By that way into Kafka.
    pub(crate) async fn over(bus: Arc<dyn Bus>, settings: Settings) -> Self {
        let options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
        let store = store::open("sqlite::memory:", options).await.unwrap();
        let people = vec![kit::person(&store).await, kit::person(&store).await];
        let clock = Arc::new(SystemClock);
        let relay = Relay::new(store.clone(), bus, clock, "urn:errand", "first");
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

/// Does something, said as the API takes it.
pub(crate) async fn does(store: &Arc<dyn Store>, who: &Reader, wish: Value) {
    let input: CommandInput = serde_json::from_value(wish).unwrap();
    let (command, expect) = input.command(who.person, &Uuid::now_v7).unwrap();
    let done = kit::run_at(store, &kit::writer(who), command, expect).await;
    done.unwrap();
}

/// Makes a task that comes again each week, and completes it. Its next occurrence is `recur`'s to make.
pub(crate) async fn complete_a_weekly_task(store: &Arc<dyn Store>, who: &Reader) -> Uuid {
    let id = Uuid::now_v7();
    let fields = json!({
        "title": "water the plants",
        "due": { "at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin" },
        "recurrence": { "rrule": "FREQ=WEEKLY", "from": "schedule" },
    });
    does(
        store,
        who,
        json!({ "type": "create_task", "id": id, "set": fields }),
    )
    .await;
    does(store, who, json!({ "type": "complete_task", "id": id })).await;
    id
}

/// The titles of what is open.
pub(crate) async fn open_tasks(store: &Arc<dyn Store>, who: &Reader) -> Vec<String> {
    let query = TaskQuery {
        filters: vec![Filter::parse("status=open").unwrap()],
        limit: 200,
        ..TaskQuery::default()
    };
    kit::titles(&store.tasks(who, &query).await.unwrap())
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

/// Every line of the log of these people was published, and the first time of each in order. Whoever else there is does not count,
/// and neither do wakes, which are in no log.
pub(crate) async fn all_in_order(found: &[Found], store: &Arc<dyn Store>, people: &[Reader]) {
    let own: BTreeSet<_> = people.iter().map(|who| who.home.to_string()).collect();
    let mut seen = BTreeSet::new();
    // A topic has the order of a stream only for its own kinds; so each topic is looked at by itself.
    let mut last = BTreeMap::<(&str, &str), u64>::new();
    let mut first = BTreeMap::<&str, Vec<u64>>::new();
    for Found { topic, record, .. } in found {
        let id = record.get("ce_id").unwrap();
        let kind = EventKind::of_type(record.get("ce_type").unwrap()).unwrap();
        let Some((stream, n)) = id.rsplit_once(':').filter(|_| !kind.is_internal()) else {
            continue;
        };
        assert_eq!(record.key.as_deref(), Some(stream.as_bytes()));
        if !own.contains(stream) || !seen.insert(id) {
            continue;
        }
        let n: u64 = n.parse().unwrap();
        first.entry(stream).or_default().push(n);
        let before = last.insert((topic, stream), n);
        assert!(
            before.is_none_or(|before| before < n),
            "{id} came after {before:?}"
        );
    }
    for who in people {
        let lines = store.lines(who.home, 0, 100_000).await.unwrap();
        let written: Vec<_> = lines.iter().map(|line| line.n).collect();
        let mut got = first
            .remove(who.home.to_string().as_str())
            .unwrap_or_default();
        got.sort_unstable();
        assert_eq!(got, written);
    }
}

//! The relay over a real store, on a clock that moves by hand.

mod broken;

use super::*;
use async_trait::async_trait;
use contract::cloud::CloudEvent;
use domain::{
    event::EventKind,
    id::{RunId, UserId, derived},
    list::List,
    need::Need,
};
use std::sync::{
    Mutex,
    atomic::{AtomicU64, Ordering},
};
use store::{ClientKind, Options, Reader, Writer};
use tokio::sync::Notify;

/// Sleepers wake when the clock is moved to their moment.
struct ByHand {
    now: Mutex<Timestamp>,
    moved: Notify,
}

impl ByHand {
    fn forward(&self, seconds: i64) {
        *self.now.lock().unwrap() += SignedDuration::from_secs(seconds);
        self.moved.notify_waiters();
    }
}

#[async_trait]
impl Clock for ByHand {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep_until(&self, moment: Timestamp) {
        loop {
            let moved = self.moved.notified();
            if self.now() >= moment {
                return;
            }
            moved.await;
        }
    }
}

/// Subscribers "a" and "b"; what they answer is told, what they got is kept.
#[derive(Default)]
struct Told {
    answers: Mutex<BTreeMap<String, Verdict>>,
    got: Mutex<Vec<(String, CloudEvent)>>,
    arrived: Notify,
    b_hangs: bool,
    /// Where they look something up before they answer.
    asks: Mutex<Option<Arc<dyn Store>>>,
}

impl Told {
    fn answer(&self, subscriber: &str, verdict: Verdict) {
        self.answers
            .lock()
            .unwrap()
            .insert(subscriber.to_owned(), verdict);
    }

    /// Who got what since the last time, as `a:n`.
    fn got(&self) -> Vec<String> {
        let got = std::mem::take(&mut *self.got.lock().unwrap());
        let n = |event: &CloudEvent| event.id.rsplit(':').next().unwrap_or_default().to_owned();
        got.iter()
            .map(|(to, event)| format!("{to}:{}", n(event)))
            .collect()
    }
}

#[async_trait]
impl Bus for Told {
    fn subscribers(&self, kind: EventKind) -> Vec<&'static str> {
        if kind == EventKind::ListCreated {
            vec!["a", "b"]
        } else {
            vec![]
        }
    }

    async fn deliver(&self, subscriber: &str, events: &[CloudEvent]) -> Vec<Verdict> {
        if self.b_hangs && subscriber == "b" {
            futures::future::pending::<()>().await;
        }
        let asked = self.asks.lock().unwrap().clone();
        if let Some(store) = asked {
            store.heads().await.unwrap();
        }
        self.got.lock().unwrap().extend(
            events
                .iter()
                .map(|event| (subscriber.to_owned(), event.clone())),
        );
        self.arrived.notify_one();
        let verdict = self
            .answers
            .lock()
            .unwrap()
            .get(subscriber)
            .cloned()
            .unwrap_or(Verdict::Taken);
        events.iter().map(|_| verdict.clone()).collect()
    }
}

struct House {
    store: Arc<dyn Store>,
    clock: Arc<ByHand>,
    bus: Arc<Told>,
    made: AtomicU64,
}

impl House {
    async fn new(bus: Told) -> Self {
        Self::with_readers(bus, 4).await
    }

    /// Over a database with so many connections that read.
    async fn with_readers(bus: Told, readers: usize) -> Self {
        let now = Mutex::new("2026-11-23T09:00:00Z".parse().unwrap());
        let clock = Arc::new(ByHand {
            now,
            moved: Notify::new(),
        });
        let of_store = Arc::clone(&clock);
        static NAME: AtomicU64 = AtomicU64::new(1); // of the in-memory database
        let random = || u128::from(NAME.fetch_add(1, Ordering::Relaxed));
        let options = Options {
            readers,
            ..Options::new(Arc::new(move || of_store.now()), Arc::new(random))
        };
        let store = store::open("sqlite::memory:", options).await.unwrap();
        Self {
            store,
            clock,
            bus: Arc::new(bus),
            made: AtomicU64::new(0),
        }
    }

    fn relay(&self, holder: &str) -> Relay {
        let (store, bus, clock) = (
            Arc::clone(&self.store),
            Arc::clone(&self.bus),
            Arc::clone(&self.clock),
        );
        Relay::new(store, bus, clock, "urn:errand", holder)
    }

    async fn person(&self, id: u128) -> Reader {
        self.store
            .person(UserId(uuid::Uuid::from_u128(id)), "ann", "UTC")
            .await
            .unwrap()
    }

    /// Writes one event.
    async fn write(&self, who: &Reader) {
        let count = self.made.fetch_add(1, Ordering::Relaxed).to_string();
        let who = Writer {
            reader: who.clone(),
            client: "page".to_owned(),
            kind: ClientKind::Person,
            run: RunId(derived(&["run", &count])),
            correlation: "c".to_owned(),
            causation: None,
            idempotency: None,
            once: None,
            keeps: None,
        };
        let id = derived(&["list", &count]);
        let decide = move |state: &mut domain::state::State, now| {
            let home = state.home;
            let list = List {
                name: format!("list {count}"),
                ..List::default()
            };
            state.create(EventKind::ListCreated, home, id, now, &list);
            Ok(store::Answer {
                status: 201,
                body: String::new(),
                version: Some(1),
            })
        };
        self.store
            .commit(&who, Need::default(), Arc::new(decide))
            .await
            .unwrap();
    }

    async fn waiting(&self) -> usize {
        self.store
            .outgoing(self.clock.now(), 1_000)
            .await
            .unwrap()
            .len()
    }
}

/// A person, whose first event (the settings) nobody subscribes to, is out of the way.
async fn with_ann(bus: Told) -> (House, Reader, Relay) {
    let house = House::new(bus).await;
    let ann = house.person(1).await;
    let mut relay = house.relay("first");
    relay.step(house.clock.now()).await.unwrap();
    (house, ann, relay)
}

#[tokio::test]
async fn r_5_1_every_change_is_a_cloud_event() {
    let (house, ann, mut relay) = with_ann(Told::default()).await;
    house.write(&ann).await;
    assert_eq!(relay.step(house.clock.now()).await.unwrap(), 1);
    let (_, event) = house.bus.got.lock().unwrap().remove(0);
    let lines = house.store.lines(ann.home, 0, 10).await.unwrap();
    let line = lines.last().unwrap();
    assert_eq!(event.kind, "errand.list.created.v1");
    assert_eq!(event.id, format!("{}:{}", ann.home, line.n));
    assert_eq!(event.source, "urn:errand");
    assert_eq!(event.subject, line.subject.to_string());
    assert_eq!(event.partitionkey, ann.home.to_string());
    assert_eq!(event.taskversion, Some(1));
    assert_eq!(event.correlationid.as_deref(), Some("c"));
    assert_eq!(Some(event.data.get()), line.payload.as_deref());
    assert!(
        event.time.starts_with("2026-11-23T09:00:00") && event.time.ends_with('Z'),
        "{}",
        event.time
    );
}

#[tokio::test]
async fn r_5_2_events_come_once_in_order_to_every_subscriber() {
    let (house, ann, mut relay) = with_ann(Told::default()).await;
    let bob = house.person(2).await;
    for who in [&ann, &bob, &ann, &bob, &ann] {
        house.write(who).await;
    }
    assert_eq!(relay.step(house.clock.now()).await.unwrap(), 6); // and bob's settings
    let got = std::mem::take(&mut *house.bus.got.lock().unwrap());
    assert_eq!(got.len(), 10);
    for key in [ann.home.to_string(), bob.home.to_string()] {
        for subscriber in ["a", "b"] {
            let of_lane = got
                .iter()
                .filter(|(to, event)| to == subscriber && event.partitionkey == key);
            let ns: Vec<u64> = of_lane
                .map(|(_, event)| event.id.rsplit(':').next().unwrap().parse().unwrap())
                .collect();
            assert!(ns.is_sorted() && !ns.is_empty(), "{subscriber}: {ns:?}");
        }
    }
    assert_eq!(
        (
            house.waiting().await,
            relay.step(house.clock.now()).await.unwrap()
        ),
        (0, 0)
    );
}

#[tokio::test]
async fn r_5_2_what_fails_comes_again_to_that_subscriber_and_ends_as_a_dead_letter() {
    let (house, ann, mut relay) = with_ann(Told::default()).await;
    house.bus.answer("b", Verdict::Later("not now".to_owned()));
    house.write(&ann).await;
    relay.step(house.clock.now()).await.unwrap();
    let mut got = house.bus.got();
    got.sort();
    assert_eq!(got, ["a:2", "b:2"]);
    for pause in [1, 2, 4, 8, 16, 32, 60, 60, 60] {
        house.clock.forward(pause - 1);
        assert_eq!(
            relay.step(house.clock.now()).await.unwrap(),
            0,
            "not before {pause} s"
        );
        house.clock.forward(1);
        assert_eq!(
            relay.step(house.clock.now()).await.unwrap(),
            1,
            "after {pause} s"
        );
        assert_eq!(house.bus.got(), ["b:2"]);
    }
    house.clock.forward(3_600);
    assert_eq!(relay.step(house.clock.now()).await.unwrap(), 0);
    let dead = house.store.dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        (&*dead[0].why, &dead[0].event.retry),
        ("not now", &Some(("b".to_owned(), 10)))
    );
    house.bus.answer("b", Verdict::Taken);
    house
        .store
        .revive(&[dead[0].event.id], house.clock.now())
        .await
        .unwrap();
    assert_eq!(relay.step(house.clock.now()).await.unwrap(), 1);
    assert_eq!(
        (house.bus.got(), house.store.dead(10).await.unwrap().len()),
        (vec!["b:2".to_owned()], 0)
    );
}

#[tokio::test]
async fn what_will_never_work_is_a_dead_letter_at_once() {
    let (house, ann, mut relay) = with_ann(Told::default()).await;
    house.bus.answer("a", Verdict::Never("422".to_owned()));
    house.write(&ann).await;
    relay.step(house.clock.now()).await.unwrap();
    let dead = house.store.dead(10).await.unwrap();
    assert_eq!(
        dead.iter().map(|dead| &*dead.why).collect::<Vec<_>>(),
        ["422"]
    );
}

#[tokio::test]
async fn one_relay_leads_and_another_follows_when_it_falls_silent() {
    let (house, ann, mut first) = with_ann(Told::default()).await;
    let mut second = house.relay("second");
    house.write(&ann).await;
    assert_eq!(second.step(house.clock.now()).await.unwrap(), 0);
    assert_eq!(first.step(house.clock.now()).await.unwrap(), 1);
    house.write(&ann).await;
    house.clock.forward(6);
    assert_eq!(second.step(house.clock.now()).await.unwrap(), 1);
    house.write(&ann).await;
    assert_eq!(first.step(house.clock.now()).await.unwrap(), 0);
}

/// A flight may hold the connection that the relay's next look waits for.
#[tokio::test]
async fn functions_that_ask_the_database_are_not_held_up_by_the_relay_that_asks_it_too() {
    let house = House::with_readers(Told::default(), 1).await;
    *house.bus.asks.lock().unwrap() = Some(house.store.clone());
    let ann = house.person(1).await;
    let bob = house.person(2).await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(house.relay("first").run(stop.clone()));
    let all = async {
        for _ in 0..50 {
            house.write(&ann).await;
            house.write(&bob).await;
        }
        while house.bus.got.lock().unwrap().len() < 200 {
            house.bus.arrived.notified().await;
        }
    };
    let long = std::time::Duration::from_mins(1);
    tokio::time::timeout(long, all).await.expect("it goes on");
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_function_that_hangs_holds_up_nobody_else() {
    let (house, ann, relay) = with_ann(Told {
        b_hangs: true,
        ..Told::default()
    })
    .await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(relay.run(stop.clone()));
    for n in 2..5 {
        house.write(&ann).await;
        let time_goes_on = async {
            loop {
                house.clock.forward(1); // a hint may be lost, the poll is not
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = house.bus.arrived.notified() => {}
            () = time_goes_on => {}
        }
        assert_eq!(house.bus.got(), [format!("a:{n}")]);
    }
    stop.cancel();
    running.await.unwrap();
}

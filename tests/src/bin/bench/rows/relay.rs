//! What waits in the outbox, delivered.

use super::{creates, folder, run, task};
use crate::{
    Options,
    house::House,
    table::{Figure, Table, percentile},
};
use anyhow::{Result, ensure};
use bus::{Bus, MemoryBus, Relay, Subscriber, Verdict};
use contract::cloud::CloudEvent;
use domain::event::EventKind;
use host::Deps;
use jiff::Timestamp;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// Events a second with everything waiting, and how late an event is delivered while some come all the time.
pub(crate) async fn relay(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let house = House::open(folder.path())?;
    let bus = Arc::new(bus_of(&house.deps, folder.path()).await?);
    let events = options.size(20_000);
    run(&house, &creates(events)).await?;
    let what = "relay of what waited, one person's stream";
    drain(
        &house,
        relay_of(&house.deps, bus.clone()),
        events,
        what,
        table,
    )
    .await?;

    bus.late
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clear();
    let stop = CancellationToken::new();
    house.beside(relay_of(&house.deps, bus.clone()).run(stop.clone()));
    for _ in 0..options.size(300) {
        house.client.post("/api/v1/tasks", &task()).await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.cancel();
    let mut late = bus
        .late
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .clone();
    ensure!(!late.is_empty(), "nothing was delivered");
    let lag = percentile(&mut late, 0.99);
    table.add(Figure::waited("relay: from the change to its delivery, p99", lag).at_most(300.0));
    house.close().await;
    Ok(())
}

/// Publishes all that waits.
pub(super) async fn drain(
    house: &House,
    mut relay: Relay,
    events: u32,
    what: &str,
    table: &mut Table,
) -> Result<()> {
    let deps = house.deps.clone();
    let empty = house.inside(async move {
        let began = Instant::now();
        let mut settled = 0;
        loop {
            settled += relay.step(deps.clock.now()).await?;
            if deps.store.outgoing(Timestamp::MAX, 1).await?.is_empty() {
                return Ok((settled, began.elapsed()));
            }
        }
    });
    let ((settled, took), used) = house.during(empty).await?;
    let settled = u32::try_from(settled)?;
    ensure!(settled >= events, "{settled} events of {events}");
    let rate = f64::from(settled) / took.as_secs_f64();
    table.add(Figure::new(what, rate, "events/s").at_least(5_000.0));
    table.add(Figure::cpu(format!("{what}: an event"), used.all / settled));
    Ok(())
}

pub(super) fn relay_of(deps: &Deps, bus: Arc<dyn Bus>) -> Relay {
    Relay::new(
        deps.store.clone(),
        bus,
        deps.clock.clone(),
        deps.key.installation(),
        "bench",
    )
}

/// The bus of the one process, with its subscribers; it notes when each event comes to it.
struct Timed {
    inner: MemoryBus,
    late: Mutex<Vec<Duration>>,
}

async fn bus_of(deps: &Deps, folder: &std::path::Path) -> Result<Timed> {
    let witness =
        audit::Witness::open(&folder.join("witness.db"), folder, || deps.ids.secret()).await?;
    let subscriber = |name, kinds, router| Subscriber {
        name,
        kinds,
        router,
    };
    let subscribers = vec![
        subscriber("recur", recur::SUBSCRIBES, recur::router(deps.clone())),
        subscriber(
            "remind",
            remind::SUBSCRIBES,
            remind::router(deps.clone(), Vec::new()),
        ),
        subscriber(
            "audit",
            audit::SUBSCRIBES,
            audit::events_router(deps.clone(), Arc::new(witness)),
        ),
    ];
    Ok(Timed {
        inner: MemoryBus::new(subscribers, deps.clock.clone()),
        late: Mutex::default(),
    })
}

#[async_trait::async_trait]
impl Bus for Timed {
    fn subscribers(&self, kind: EventKind) -> Vec<&'static str> {
        self.inner.subscribers(kind)
    }

    async fn deliver(&self, subscriber: &str, events: &[CloudEvent]) -> Vec<Verdict> {
        let verdicts = self.inner.deliver(subscriber, events).await;
        let now = Timestamp::now();
        let times = events
            .iter()
            .filter_map(|event| event.time.parse::<Timestamp>().ok());
        let late = times.filter_map(|at| Duration::try_from(now.duration_since(at)).ok());
        self.late
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(late);
        verdicts
    }
}

//! What waits in the outbox, through Kafka.

use super::{
    creates, folder,
    relay::{drain, relay_of},
    run, task,
};
use crate::{
    Options,
    house::House,
    table::{Figure, Table, percentile},
};
use anyhow::{Result, ensure};
use async_trait::async_trait;
use bus::kafka::{Deliver, Dispatcher, KafkaBus, Patience, Record, Subscription, Tried};
use domain::event::EventKind;
use host::SystemClock;
use http::StatusCode;
use jiff::Timestamp;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

const SUBSCRIPTION: Subscription = Subscription {
    name: "bench",
    kinds: &[EventKind::TaskCreated],
};

/// How long to wait for what is on its way.
const LONGEST: Duration = Duration::from_mins(2);

/// Events a second into Kafka; and from a change's commit to the function that it wakes, where `ERRAND_TEST_KAFKA_BROKERS` names a broker.
pub(crate) async fn relay(options: &Options, table: &mut Table) -> Result<()> {
    let Some(settings) = testkit::kafka::kafka().await else {
        return Ok(());
    };
    let folder = folder()?;
    let house = House::open(folder.path())?;
    let bus = Arc::new(KafkaBus::new(settings.clone(), Arc::new(SystemClock)));
    let events = options.size(20_000);
    run(&house, &creates(events)).await?;
    let what = "relay into Kafka of what waited, one person's stream";
    drain(
        &house,
        relay_of(&house.deps, bus.clone()),
        events,
        what,
        table,
    )
    .await?;

    let woken = Arc::new(Woken::default());
    let stop = CancellationToken::new();
    let (deliver, clock) = (woken.clone(), Arc::new(SystemClock));
    let patience = Patience::default();
    let dispatcher = house
        .inside({
            let (settings, stop) = (settings.clone(), stop.clone());
            async move {
                let made = Dispatcher::new(&settings, SUBSCRIPTION, deliver, patience, clock, stop);
                Ok(made?)
            }
        })
        .await?;
    house.beside(dispatcher.run());
    house.beside(relay_of(&house.deps, bus).run(stop.clone()));
    woken.until(events).await?; // what was published before it listened
    woken.late().clear();
    let some = options.size(300);
    for _ in 0..some {
        house.client.post("/api/v1/tasks", &task()).await?;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    woken.until(some).await?;
    stop.cancel();
    let mut late = woken.late().clone();
    let what = "Kafka: from the change to the function that it wakes";
    table.add(Figure::waited(
        format!("{what}: p50"),
        percentile(&mut late, 0.5),
    ));
    table.add(Figure::waited(format!("{what}: p99"), percentile(&mut late, 0.99)).at_most(300.0));
    house.close().await;
    Ok(())
}

/// A function that notes how late each event comes.
#[derive(Default)]
struct Woken(Mutex<Vec<Duration>>);

impl Woken {
    fn late(&self) -> std::sync::MutexGuard<'_, Vec<Duration>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for so many.
    async fn until(&self, count: u32) -> Result<()> {
        let (count, began) = (usize::try_from(count)?, Instant::now());
        while self.late().len() < count {
            ensure!(
                began.elapsed() < LONGEST,
                "{} events of {count} came",
                self.late().len()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

#[async_trait]
impl Deliver for Woken {
    async fn deliver(&self, _: &str, event: &Record) -> Tried {
        let at = event
            .get("ce_time")
            .and_then(|time| time.parse::<Timestamp>().ok());
        let late = at.and_then(|at| Duration::try_from(Timestamp::now().duration_since(at)).ok());
        self.late().push(late.unwrap_or_default());
        Ok((StatusCode::NO_CONTENT, String::new()))
    }

    fn address(&self, _: &str) -> String {
        "the benchmark".to_owned()
    }
}

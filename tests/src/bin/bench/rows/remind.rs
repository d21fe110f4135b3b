//! How late reminders come when many people's are due at once.

use super::folder;
use crate::{
    Options,
    house::House,
    table::{Figure, Table, percentile},
};
use anyhow::{Context, Result};
use bus::{MemoryBus, Relay, Subscriber};
use domain::{
    command::Command,
    event::EventKind,
    id::{ReminderId, TaskId, UserId},
    state::State,
    task::change::Expect,
};
use futures::{StreamExt, TryStreamExt, stream};
use host::Deps;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::{sync::Arc, time::Duration};
use store::Reader;
use tokio_util::sync::CancellationToken;

/// How far apart the moments lie: ten thousand in a minute.
const APART: SignedDuration = SignedDuration::from_millis(6);
/// Time to write all of them before the first is due.
const AHEAD: SignedDuration = SignedDuration::from_secs(15);

/// From a reminder's moment to the record that it was shown: clock, relay and remind in one process, the page as the channel.
pub(crate) async fn remind(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let house = House::open(folder.path())?;
    let people = options.size(10_000);
    let deps = house.deps.clone();
    let due = house
        .inside(async move { set(&deps, people).await })
        .await?;
    let stop = CancellationToken::new();
    house.beside(clock::Clockwork::new(house.deps.clone(), Vec::new()).run(stop.clone()));
    house.beside(relay(&house.deps).run(stop.clone()));
    let before = house.used();
    let last = due.last().context("nobody")?.1 + SignedDuration::from_secs(3);
    tokio::time::sleep(
        Duration::try_from(last.duration_since(Timestamp::now())).unwrap_or_default(),
    )
    .await;
    let used = house.used().all.saturating_sub(before.all) / people;
    let deps = house.deps.clone();
    let mut late = house
        .inside(async move { lateness(&deps, &due).await })
        .await?;
    stop.cancel();
    let what = format!(
        "reminder lateness, {people} people's at {} ms",
        APART.as_millis()
    );
    table.add(Figure::waited(
        format!("{what}: p50"),
        percentile(&mut late, 0.5),
    ));
    table.add(Figure::waited(format!("{what}: p99"), percentile(&mut late, 0.99)).at_most(250.0));
    table.add(Figure::cpu(format!("{what}: found, fired, shown"), used));
    house.close().await;
    Ok(())
}

fn relay(deps: &Deps) -> Relay {
    let remind = Subscriber {
        name: "remind",
        kinds: remind::SUBSCRIBES,
        router: remind::router(deps.clone(), Vec::new()),
    };
    let bus = Arc::new(MemoryBus::new(vec![remind], deps.clock.clone()));
    Relay::new(
        deps.store.clone(),
        bus,
        deps.clock.clone(),
        deps.key.installation(),
        "bench",
    )
}

/// People with a reminder each, one after the other.
async fn set(deps: &Deps, people: u32) -> Result<Vec<(Reader, Timestamp)>> {
    let person = |_| async {
        deps.store
            .person(UserId(deps.ids.uuid()), "somebody", "UTC")
            .await
    };
    let readers: Vec<_> = stream::iter(0..people)
        .map(person)
        .buffered(64)
        .try_collect()
        .await?;
    let first = Timestamp::now() + AHEAD;
    let moments = (0..).map(|number| first + APART * number);
    let due: Vec<_> = readers.into_iter().zip(moments).collect();
    let one = |(reader, moment): &(Reader, Timestamp)| create(deps, reader.clone(), *moment);
    stream::iter(&due)
        .map(one)
        .buffered(256)
        .try_collect::<Vec<_>>()
        .await?;
    Ok(due)
}

async fn create(deps: &Deps, reader: Reader, moment: Timestamp) -> Result<()> {
    let reminder = ReminderId(deps.ids.uuid());
    let draft = json!({"title": "call mom", "reminders": [{"id": reminder, "person": reader.person, "at": moment}]});
    let command = Command::CreateTask {
        id: TaskId(deps.ids.uuid()),
        draft: serde_json::from_value(draft)?,
        repeat: None,
    };
    let need = command.need(Expect::Any);
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, Expect::Any, now)?;
        Ok(store::Answer {
            status: 201,
            body: String::new(),
            version: Some(1),
        })
    });
    deps.store
        .commit(&host::system(deps, reader, "bench"), need, decide)
        .await?;
    Ok(())
}

async fn lateness(deps: &Deps, due: &[(Reader, Timestamp)]) -> Result<Vec<Duration>> {
    let mut late = Vec::with_capacity(due.len());
    for (reader, moment) in due {
        let lines = deps.store.lines(reader.home, 0, 100).await?;
        let sent = lines
            .iter()
            .find(|line| line.kind == EventKind::ReminderSent);
        let sent = sent.context("a reminder was not sent")?.at;
        late.push(Duration::try_from(sent.duration_since(*moment)).unwrap_or_default());
    }
    Ok(late)
}

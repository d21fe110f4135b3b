//! What must hold when the storm is over and everything is done that was to be done.

use super::{check::Log, outside::Outside, process::WITNESS, world::World};
use domain::{
    id::{ReminderId, TaskId},
    reminder,
};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use std::path::Path;
use store::{Reader, Store, witness};

/// A reminder that was set for longer ago than this does not come, as `domain::reminder` has it.
const GRACE: SignedDuration = SignedDuration::from_secs(60);

type Checked = Result<(), String>;

/// Looks at all of it.
pub(crate) async fn check(
    world: &World,
    outside: &Outside,
    log: &Log,
    people: &[Reader],
    folder: &Path,
) -> Checked {
    let store = outside.store.as_ref();
    let now = world.wall();
    let asked = |why: store::StoreError| format!("the database answers: {why}");
    let differs = store.rebuild(false).await.map_err(asked)?;
    if let Some(first) = differs.first() {
        return Err(format!("rows = log: {first}"));
    }
    if let Some(dead) = store.dead(1).await.map_err(asked)?.first() {
        return Err(format!("no event is given up: {dead:?}"));
    }
    if let Some(late) = store.due(now, 1).await.map_err(asked)?.first() {
        return Err(format!("every due reminder is fired: {late:?}"));
    }
    for person in people {
        sent(world, store, log, person).await?;
    }
    if let Some(task) = log.without_next().first() {
        return Err(format!(
            "one next occurrence: {task} was closed, and nothing came after it"
        ));
    }
    published(world, store).await?;
    witnessed(store, folder).await
}

/// Where there is a Kafka, every line of the log came there.
async fn published(world: &World, store: &dyn Store) -> Checked {
    for (stream, n, _) in store.heads().await.map_err(|why| why.to_string())? {
        let state = world.state();
        let Some(kafka) = &state.kafka else {
            return Ok(());
        };
        if let Some(n) = (1..=n).find(|n| !kafka.has(&format!("{stream}:{n}"))) {
            return Err(format!("every event is published: {stream}:{n} is not"));
        }
    }
    Ok(())
}

/// A delivery as the API shows it.
#[derive(Deserialize)]
struct Delivery {
    id: domain::id::DeliveryId,
    channel: String,
    state: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    task: TaskId,
    reminder: ReminderId,
    moment: Timestamp,
    generation: u64,
}

/// Every reminder that stands and whose moment has come went out on each channel, or is shown as failed.
async fn sent(world: &World, store: &dyn Store, log: &Log, person: &Reader) -> Checked {
    let deliveries = deliveries(store, person).await?;
    let settings = log.settings.get(&person.home).cloned().unwrap_or_default();
    let now = world.wall();
    let state = world.state();
    for (id, seen) in log
        .tasks
        .iter()
        .filter(|(_, seen)| seen.stream == person.home)
    {
        for own in &seen.task.reminders {
            let Some(moment) = reminder::moment(&seen.task, own, &settings) else {
                continue;
            };
            let too_old = moment < seen.moved_at - GRACE;
            if !seen.task.is_live() || moment > now || too_old {
                continue;
            }
            for channel in ["page", "email"] {
                let about = |item: &&Item| {
                    item.task == *id && item.reminder == own.id && item.moment == moment
                };
                let shown = deliveries.iter().find_map(|delivery| {
                    let item = delivery.items.iter().find(about)?;
                    let ends = matches!(delivery.state.as_str(), "sent" | "failed");
                    (delivery.channel == channel && ends).then_some((delivery, item))
                });
                let which = format!("reminder {} of task {id} for {moment} by {channel}", own.id);
                let Some((delivery, item)) = shown else {
                    return Err(format!(
                        "every due reminder is sent or shown as failed: {which}"
                    ));
                };
                let mailed = state.mails.has((item.task, item.reminder, item.generation));
                if delivery.state == "sent" && channel == "email" && !mailed {
                    return Err(format!(
                        "sent means that the provider said yes: {which}, delivery {}",
                        delivery.id
                    ));
                }
            }
        }
    }
    Ok(())
}

async fn deliveries(store: &dyn Store, person: &Reader) -> Result<Vec<Delivery>, String> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.deliveries(person, after.as_deref(), 200).await;
        let page = page.map_err(|why| format!("the database answers: {why}"))?;
        for doc in &page.items {
            let read = serde_json::from_str(&doc.json);
            all.push(read.map_err(|why| format!("a delivery can be read: {why}"))?);
        }
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// The chain is whole, the witness has all of it, and they agree.
async fn witnessed(store: &dyn Store, folder: &Path) -> Checked {
    let file = folder.join("witness.db");
    let opened = audit::Witness::open(&file, folder, || WITNESS).await;
    let house = opened.map_err(|why| format!("the witness opens: {why}"))?;
    let report = audit::verify_all(store, &house).await;
    let report = report.map_err(|why| format!("the witness answers: {why}"))?;
    if !report.intact() {
        return Err(format!("chain and witness agree: {report}"));
    }
    let copy = witness::Witness::open(&file).await;
    let copy = copy.map_err(|why| format!("the witness opens: {why}"))?;
    let copied = copy.streams().await.map_err(|why| why.to_string())?;
    copy.close().await;
    for (stream, n, _) in store.heads().await.map_err(|why| why.to_string())? {
        let seen = copied.iter().find(|(known, _)| *known == stream);
        if seen.map_or(0, |(_, seen)| *seen) != n {
            return Err(format!(
                "the witness copies what it is told of: stream {stream} has {n} lines, the copy {seen:?}"
            ));
        }
    }
    Ok(())
}

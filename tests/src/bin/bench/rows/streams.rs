//! What the clock and the feed ask of a million rows.

use crate::{
    house::House,
    million::{FIRST_REMINDER, Million},
    table::{Figure, Table},
};
use anyhow::{Result, ensure};
use jiff::{SignedDuration, Timestamp};
use std::{fmt::Write, sync::Arc};

const TIMES: u32 = 100;

/// Looking for due reminders where a hundred are due.
pub(crate) async fn due(million: &Million, table: &mut Table) -> Result<()> {
    let house = House::open(million.data())?;
    let first: Timestamp = FIRST_REMINDER.parse()?;
    let people = i64::try_from(million.people.len())?;
    let until = first + SignedDuration::from_secs(100 / people - 1);
    let found = house.deps.store.due(until, 1_000).await?.len();
    ensure!(found == 100, "{found} are due");
    for (what, until) in [
        ("100 due", until),
        ("none due", first - SignedDuration::from_secs(1)),
    ] {
        let scan = || {
            let store = house.deps.store.clone();
            house.inside(async move {
                for _ in 0..TIMES {
                    store.due(until, 1_000).await?;
                }
                Ok(())
            })
        };
        let used = house.cheapest(7, TIMES, scan).await?;
        let what = format!("due scan with {} open reminders, {what}", million.tasks);
        table.add(Figure::cpu(what, used).at_most(0.4));
    }
    house.close().await;
    Ok(())
}

/// A page of the log of somebody who follows twenty streams.
pub(crate) async fn log(million: &Million, table: &mut Table) -> Result<()> {
    let house = House::open(million.data())?;
    let streams = u64::try_from(million.people.len())?;
    let epoch = house.deps.store.cursor(&million.everybody).await?;
    let epoch = epoch.split('.').next().unwrap_or_default().to_owned();
    let at = |before: &dyn Fn(u64) -> u64| {
        let mut cursor = epoch.clone();
        for (reader, end) in &million.people {
            let _never = write!(cursor, ".{}:{}", reader.home, before(*end));
        }
        cursor
    };
    let ends = at(&|end| end - 100 / streams);
    let middle = at(&|end| end / 2);
    for (what, cursor) in [
        ("from the ends of 20 streams", ends),
        ("from the middle of 20 streams", middle),
    ] {
        let found = house
            .deps
            .store
            .log(&million.everybody, &cursor, 100)
            .await?
            .events
            .len();
        ensure!(found == 100, "{found} events");
        let (cursor, who) = (Arc::new(cursor), Arc::new(million.everybody.clone()));
        let page = || {
            let (store, cursor, who) = (house.deps.store.clone(), cursor.clone(), who.clone());
            house.inside(async move {
                for _ in 0..TIMES {
                    store.log(&who, &cursor, 100).await?;
                }
                Ok(())
            })
        };
        let used = house.cheapest(7, TIMES, page).await?;
        let what = format!("page of 100 events, {what}, {} events", million.tasks);
        table.add(Figure::cpu(what, used).at_most(0.8));
    }
    house.close().await;
    Ok(())
}

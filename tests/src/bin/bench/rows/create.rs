//! Writing: one task at a time, and a thousand at once.

use super::{creates, folder, task};
use crate::{
    Options,
    house::{House, Used},
    http::Client,
    table::{Figure, Table, count},
};
use anyhow::Result;
use serde_json::json;
use tokio::task::JoinSet;

const TASKS: &str = "/api/v1/tasks";

/// Durable, with its line in the log, its row in the outbox and its answer kept.
pub(crate) async fn create(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let house = House::open(folder.path())?;
    let body = task().to_string();
    let answer = house.client.post_once(TASKS, "first", body).await?;
    let bare = house.bare(answer).await?;
    let each = options.size(20);
    rounds(&house, &house.client, 64, each, 1).await?;
    let (floor, _) = rounds(&house, &bare, 64, each, 3).await?;
    let (many, commits) = rounds(&house, &house.client, 64, each, 5).await?;
    table.add(
        Figure::cpu("create, 64 clients: in all", many.all)
            .at_most(0.25)
            .floor(floor.all),
    );
    table.add(Figure::cpu("create, 64 clients: in the writer", many.writer).at_most(0.15));
    table.add(Figure::new("create, 64 clients: commits", commits, "each").at_most(1.0 / 24.0));
    let (floor, _) = rounds(&house, &bare, 1, 100, 3).await?;
    let (one, _) = rounds(&house, &house.client, 1, 100, 5).await?;
    table.add(
        Figure::cpu("create, one client: in all", one.all)
            .at_most(0.6)
            .floor(floor.all),
    );
    table.add(Figure::cpu("create, one client: in the writer", one.writer));
    house.close().await;
    Ok(())
}

/// The cheapest round, for one create; and the commits for each create in all of them.
pub(super) async fn rounds(
    house: &House,
    client: &Client,
    clients: u32,
    each: u32,
    rounds: u32,
) -> Result<(Used, f64)> {
    let mut best: Option<Used> = None;
    let mut commits = 0;
    for _ in 0..rounds {
        let ((), used) = house.during(many(client, clients, each)).await?;
        commits += used.commits;
        if best.is_none_or(|best| used.all < best.all) {
            best = Some(used);
        }
    }
    let creates = clients * each;
    let best = best.unwrap_or_else(|| house.used());
    let one = Used {
        all: best.all / creates,
        writer: best.writer / creates,
        ..best
    };
    Ok((one, f64::from(commits) / f64::from(creates * rounds)))
}

pub(super) async fn many(client: &Client, clients: u32, each: u32) -> Result<()> {
    let mut all = JoinSet::new();
    for _ in 0..clients {
        let client = client.clone();
        all.spawn(async move {
            for _ in 0..each {
                let key = uuid::Uuid::now_v7().to_string();
                client.post_once(TASKS, &key, task().to_string()).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    Ok(())
}

/// A thousand commands in one request.
pub(crate) async fn bulk(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let house = House::open(folder.path())?;
    let size = options.size(1_000);
    for mode in ["all", "each"] {
        let mut best: Option<Used> = None;
        for _ in 0..3 {
            let body = json!({"mode": mode, "commands": creates(size)});
            let (_, used) = house
                .during(house.client.post("/api/v1/commands", &body))
                .await?;
            if best.is_none_or(|best| used.writer < best.writer) {
                best = Some(used);
            }
        }
        let Some(best) = best else { continue };
        let what = format!("{size} creates in one bulk ({mode}): in the writer");
        table.add(Figure::cpu(what, best.writer).at_most(300.0 * f64::from(size) / count(1_000)));
        table.add(Figure::cpu(
            format!("{size} creates in one bulk ({mode}): in all"),
            best.all,
        ));
    }
    house.close().await;
    Ok(())
}

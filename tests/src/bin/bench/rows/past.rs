//! How things were, and all of it at once.

use super::{creates, folder, run, task};
use crate::{
    Options,
    house::House,
    table::{Figure, Table},
};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// A task as it was after all its changes, folded from the log; and the export of everything.
pub(crate) async fn past(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let house = House::open(folder.path())?;
    let new = house.client.post("/api/v1/tasks", &task()).await?;
    let new: Value = serde_json::from_str(&new)?;
    let id = new["id"].as_str().context("an id")?;
    let changes = options.size(1_000);
    let change = |number: u32| json!({"type": "update_task", "id": id, "set": {"title": format!("call mom, {number}")}});
    let changes: Vec<Value> = (1..changes).map(change).collect();
    run(&house, &changes).await?;
    let path = format!("/api/v1/tasks/{id}?at={}", jiff::Timestamp::now());
    let floor = house.bare(house.client.get(&path).await?).await?;
    let read = |client: &crate::http::Client| {
        let (client, path) = (client.clone(), path.clone());
        async move {
            for _ in 0..10 {
                client.get(&path).await?;
            }
            Ok(())
        }
    };
    let floor = house.cheapest(5, 10, || read(&floor)).await?;
    let used = house.cheapest(5, 10, || read(&house.client)).await?;
    let what = format!("`?at=` on a task with {} events", changes.len() + 1);
    table.add(Figure::cpu(what, used).at_most(5.0).floor(floor));

    let count = options.size(10_000);
    run(&house, &creates(count - 1)).await?;
    let export = |client: &crate::http::Client| {
        let client = client.clone();
        async move { client.get("/api/v1/export").await.map(drop) }
    };
    let floor = house
        .bare(house.client.get("/api/v1/export").await?)
        .await?;
    let floor = house.cheapest(3, 1, || export(&floor)).await?;
    let used = house.cheapest(3, 1, || export(&house.client)).await?;
    let what = format!("export of {count} tasks");
    table.add(Figure::cpu(what, used).at_most(200.0).floor(floor));
    house.close().await;
    Ok(())
}

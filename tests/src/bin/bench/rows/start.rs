//! The program itself: how soon it answers, and what it holds.

use super::{creates, folder};
use crate::{
    Options,
    million::Million,
    program::Program,
    table::{Figure, Table},
};
use anyhow::Result;
use serde_json::json;
use std::{path::Path, time::Duration};
use tokio::task::JoinSet;

const STARTS: usize = 9;

/// After this long nothing is being built any more.
pub(super) const IDLE: Duration = Duration::from_secs(3);

/// How long a start took by the clock, and what the program used for it.
type Start = (Duration, Duration);

/// From starting the process to the first answer that asked the database.
pub(crate) async fn start(options: &Options, million: &Million, table: &mut Table) -> Result<()> {
    let mut empty = Vec::new();
    for _ in 0..STARTS {
        let folder = folder()?;
        empty.push(started(options, folder.path())?);
    }
    say(table, "process start to first 200: empty", 40.0, empty);
    started(options, million.data())?; // its witness signs what it sees for the first time
    let mut full = Vec::new();
    for _ in 0..STARTS {
        full.push(started(options, million.data())?);
    }
    say(
        table,
        &format!("process start to first 200: {} tasks", million.tasks),
        60.0,
        full,
    );
    let mut killed = Vec::new();
    for _ in 0..STARTS {
        let program = Program::start(options, million.data())?;
        killed.push((program.answered_after, program.used()));
        let body = json!({"mode": "each", "commands": creates(200)});
        program.client()?.post("/api/v1/commands", &body).await?;
        drop(program); // kill -9
    }
    killed.remove(0); // that one was before the first kill
    say(
        table,
        "process start to first 200: after kill -9",
        60.0,
        killed,
    );
    Ok(())
}

fn started(options: &Options, data: &Path) -> Result<Start> {
    let program = Program::start(options, data)?;
    let after = (program.answered_after, program.used());
    program.stop()?;
    Ok(after)
}

/// The quickest, and the cheapest: what others did on the machine disturbed these least.
fn say(table: &mut Table, what: &str, budget: f64, all: Vec<Start>) {
    let (took, used): (Vec<_>, Vec<_>) = all.into_iter().unzip();
    let (took, used) = (took.iter().min(), used.iter().min());
    table.add(Figure::waited(what, took.copied().unwrap_or_default()).at_most(budget));
    table.add(Figure::cpu(
        format!("{what}: in all"),
        used.copied().unwrap_or_default(),
    ));
}

/// Resident memory of the program.
pub(crate) async fn memory(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let program = Program::start(options, folder.path())?;
    tokio::time::sleep(IDLE).await;
    table.add(Figure::new("resident memory: idle", program.memory()?, "MiB").at_most(25.0));
    program.client()?.get("/api/v1/counts").await?;
    tokio::time::sleep(IDLE).await; // the interpreter's tables are built beside
    let what = "resident memory: idle, once somebody came";
    table.add(Figure::new(what, program.memory()?, "MiB"));
    let mut all = JoinSet::new();
    let each = options.size(10_000) / 16;
    for _ in 0..16 {
        let client = program.client()?;
        all.spawn(async move {
            for number in 0..each {
                match number % 4 {
                    0 => {
                        client
                            .post(
                                "/api/v1/tasks",
                                &json!({"title": "call mom", "tags": ["family"]}),
                            )
                            .await?
                    }
                    1 => client.get("/api/v1/counts").await?,
                    2 => client.post("/api/v1/interpret", &line()).await?,
                    _ => client.get("/api/v1/tasks?limit=50").await?,
                };
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = all.join_next().await {
        done??;
    }
    let what = format!("resident memory: after {} requests", each * 16);
    table.add(Figure::new(what, program.memory()?, "MiB").at_most(60.0));
    program.stop()
}

fn line() -> serde_json::Value {
    json!({"text": "call mom every sunday at 3pm, remind me 15 minutes before", "mode": "add",
        "now": "2026-11-25T10:00:00+01:00", "time_zone": "Europe/Berlin"})
}

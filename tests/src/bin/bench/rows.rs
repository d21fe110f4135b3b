//! What is measured, by group.

mod create;
mod functions;
mod kafka;
mod list;
mod page;
mod past;
mod postgres;
mod relay;
mod remind;
mod start;
mod streams;
mod windows;
mod words;

use crate::{Options, house::House, million::Million, table::Table};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The groups, in the order of the design's budgets.
pub(crate) const GROUPS: [&str; 16] = [
    "start",
    "memory",
    "list",
    "create",
    "postgres",
    "due",
    "log",
    "past",
    "bulk",
    "windows",
    "words",
    "remind",
    "relay",
    "kafka",
    "functions",
    "page",
];
/// Those that need a million tasks.
pub(crate) const OF_A_MILLION: [&str; 4] = ["start", "list", "due", "log"];

/// Measures one group.
pub(crate) async fn measure(
    group: &str,
    options: &Options,
    million: Option<&Million>,
    table: &mut Table,
) -> Result<()> {
    let million = || million.context("the million");
    match group {
        "start" => start::start(options, million()?, table).await,
        "memory" => start::memory(options, table).await,
        "list" => list::list(options, million()?, table).await,
        "create" => create::create(options, table).await,
        "postgres" => postgres::create(options, table).await,
        "due" => streams::due(million()?, table).await,
        "log" => streams::log(million()?, table).await,
        "past" => past::past(options, table).await,
        "bulk" => create::bulk(options, table).await,
        "windows" => windows::windows(options, table).await,
        "words" => words::words(options, table),
        "remind" => remind::remind(options, table).await,
        "relay" => relay::relay(options, table).await,
        "kafka" => kafka::relay(options, table).await,
        "functions" => functions::functions(options, table).await,
        "page" => page::page(options, table).await,
        other => bail!("there is no group {other}"),
    }
}

/// A folder on the disk that the build is on (a memory disk has no fsync to measure); gone afterwards.
pub(crate) fn folder() -> Result<TempDir> {
    let program = std::env::current_exe()?;
    let beside = program.parent().context("a program without a folder")?;
    Ok(tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(beside)?)
}

/// The fields of a task such as people have.
pub(crate) fn task() -> Value {
    json!({
        "title": "call mom about the party", "notes": "ask what she would like to eat", "tags": ["family"], "priority": "high",
        "due": {"at": "2037-11-29T15:00:00", "time_zone": "Europe/Berlin"},
        "reminders": [{"id": uuid::Uuid::now_v7(), "offset": "-PT15M", "of": "due"}],
    })
}

/// Commands that make that many tasks.
pub(crate) fn creates(count: u32) -> Vec<Value> {
    let create = |_| json!({"type": "create_task", "id": uuid::Uuid::now_v7(), "set": task()});
    (0..count).map(create).collect()
}

/// Does commands, a thousand at once, all or nothing.
pub(crate) async fn run(house: &House, commands: &[Value]) -> Result<()> {
    for some in commands.chunks(1_000) {
        let body = json!({"mode": "all", "commands": some});
        house.client.post("/api/v1/commands", &body).await?;
    }
    Ok(())
}

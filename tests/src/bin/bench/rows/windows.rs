//! A change in one window, seen in the others.

use super::folder;
use crate::{
    Options,
    program::Program,
    table::{Figure, Table, percentile},
};
use anyhow::{Context, Result, ensure};
use futures::StreamExt;
use serde_json::json;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};

const WINDOWS: usize = 100;
const GAP: Duration = Duration::from_millis(100);

/// From sending a change to its arrival, by the clock.
pub(crate) async fn windows(options: &Options, table: &mut Table) -> Result<()> {
    let folder = folder()?;
    let program = Program::start(options, folder.path())?;
    let (seen, mut arrivals) = mpsc::unbounded_channel();
    for _ in 0..WINDOWS {
        window(&program, seen.clone()).await?;
    }
    let changes = options.size(100);
    let (mut half, mut most, mut cheapest) = (Duration::MAX, Duration::MAX, Duration::MAX);
    for round in 0..3 {
        let before = program.used();
        let mut took = change(&program, changes, round, &mut arrivals).await?;
        cheapest = cheapest.min(program.used().saturating_sub(before) / changes);
        half = half.min(percentile(&mut took, 0.5));
        most = most.min(percentile(&mut took, 0.99));
    }
    let what = format!("change in one window to {WINDOWS} others");
    table.add(Figure::waited(format!("{what}: p50"), half).at_most(20.0));
    table.add(Figure::waited(format!("{what}: p99"), most).at_most(100.0));
    table.add(Figure::cpu(format!("{what}: the whole program"), cheapest));
    program.stop()
}

type Arrivals = mpsc::UnboundedReceiver<(String, Instant)>;

/// Makes changes one after the other. Answers how long each took to each window.
async fn change(
    program: &Program,
    changes: u32,
    round: u32,
    arrivals: &mut Arrivals,
) -> Result<Vec<Duration>> {
    let client = program.client()?;
    let mut sent = BTreeMap::new();
    for number in 0..changes {
        let title = format!("change {round}.{number}");
        sent.insert(title.clone(), Instant::now());
        client
            .post("/api/v1/tasks", &json!({"title": title}))
            .await?;
        tokio::time::sleep(GAP).await;
    }
    let expected = WINDOWS * usize::try_from(changes)?;
    let mut took = Vec::with_capacity(expected);
    while took.len() < expected {
        let arrived = tokio::time::timeout(Duration::from_secs(5), arrivals.recv()).await;
        let (title, at) = arrived
            .context("a change did not arrive")?
            .context("no window")?;
        let began = sent.get(&title).context("a change that nobody made")?;
        took.push(at.duration_since(*began));
    }
    Ok(took)
}

/// Opens a window that says when each change came.
async fn window(program: &Program, seen: mpsc::UnboundedSender<(String, Instant)>) -> Result<()> {
    let url = format!("ws://{}/api/v1/changes/socket", program.address());
    let mut request = url.into_client_request()?;
    let token = format!("Bearer {}", program.token()?);
    request
        .headers_mut()
        .insert("authorization", token.parse()?);
    let (mut socket, _) = connect_async(request).await?;
    let hello = socket.next().await.context("no hello")??;
    ensure!(
        hello.to_text()?.contains("hello"),
        "another beginning: {hello}"
    );
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let now = Instant::now();
            let Message::Text(text) = message else {
                continue;
            };
            for part in text.split("\"title\":\"").skip(1) {
                let title = part.split('"').next().unwrap_or_default();
                drop(seen.send((title.to_owned(), now)));
            }
        }
    });
    Ok(())
}

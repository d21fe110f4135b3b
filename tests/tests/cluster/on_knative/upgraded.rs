//! A release is replaced while people use it.

use super::{figures::figure, release::release};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

const CLIENTS: usize = 4;
/// Between two requests of a client.
const PAUSE: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_7_1_an_upgrade_while_traffic_runs_loses_no_request() {
    let Some(release) = release() else {
        return;
    };
    let api = release.api();
    api.get("/tasks?limit=1").await;
    let (stop, mut clients) = (CancellationToken::new(), JoinSet::new());
    for client in 0..CLIENTS {
        let (api, stop) = (api.clone(), stop.clone());
        clients.spawn(async move {
            let (mut made, mut lost, mut n) = (Vec::new(), Vec::new(), 0);
            while !stop.is_cancelled() {
                n += 1;
                let title = format!("upgrade {client} {n}");
                let sent = if n % 2 == 0 {
                    api.request(Method::GET, "/tasks?limit=5").send().await
                } else {
                    let create = api.request(Method::POST, "/tasks");
                    create.json(&json!({ "title": title })).send().await
                };
                match sent {
                    Ok(answer) if answer.status() == StatusCode::CREATED => made.push(title),
                    Ok(answer) if answer.status().is_success() => {}
                    Ok(answer) => lost.push(format!(
                        "{} {}",
                        answer.status(),
                        answer.text().await.unwrap_or_default()
                    )),
                    Err(error) => lost.push(format!("{error:?}")),
                }
                tokio::time::sleep(PAUSE).await;
            }
            (n, made, lost)
        });
    }
    let began = Instant::now();
    // Every function gets a new revision.
    let done = tokio::task::block_in_place(|| release.upgrade(&["log=info\\,store=debug"], &[]));
    tokio::time::sleep(Duration::from_secs(5)).await;
    let took = began.elapsed();
    stop.cancel();
    done.unwrap();
    let (mut requests, mut made, mut lost) = (0, Vec::new(), Vec::new());
    while let Some(client) = clients.join_next().await {
        let (n, of_client, lost_by_client) = client.unwrap();
        requests += n;
        made.extend(of_client);
        lost.extend(lost_by_client);
    }
    figure(
        "helm upgrade under traffic",
        format!(
            "{requests} requests in {:.0} s, {} lost",
            took.as_secs_f64(),
            lost.len()
        ),
        "none lost",
    );
    assert!(
        lost.is_empty(),
        "{} of {requests}: {:#?}",
        lost.len(),
        &lost[..lost.len().min(5)]
    );
    let all = api.all("/tasks?status=all").await;
    let titles: BTreeSet<_> = all
        .iter()
        .filter_map(|task| task["title"].as_str())
        .collect();
    let gone: Vec<_> = made
        .iter()
        .filter(|title| !titles.contains(title.as_str()))
        .collect();
    assert!(gone.is_empty(), "acknowledged and gone: {gone:?}");
}

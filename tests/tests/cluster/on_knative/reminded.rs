//! What comes by itself: reminders, and the next of a series, while everything but the clock sleeps.

use super::{
    figures::{Times, figure},
    kit::{number, until},
    release::{Release, release},
};
use house_tests::Api;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reqwest::Method;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How far ahead a reminder is set: until then whoever set it sleeps again.
const AHEAD: SignedDuration = SignedDuration::from_secs(40);
/// From then on somebody may be woken for it.
const WARMS: SignedDuration = SignedDuration::from_secs(11);
const IN_TIME: Duration = Duration::from_secs(1);

/// Writes something; it is acknowledged.
pub(crate) async fn write(api: &Api, path: &str, body: &Value) -> Value {
    let sent = api
        .request(Method::POST, path)
        .json(body)
        .send()
        .await
        .unwrap();
    let (status, text) = (sent.status(), sent.text().await.unwrap());
    assert!(status.is_success(), "{path}: {status} {text}");
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn r_7_2_a_reminder_is_there_within_a_second_while_all_but_the_clock_sleeps() {
    let Some(release) = release() else {
        return;
    };
    let mut late = Times::default();
    for n in 0..number("ERRAND_CLUSTER_TIMES", 3) {
        late.add(one(release, n).await);
    }
    figure("a reminder from zero, late by", &late, "1 s, each");
    let budget = late.budget(IN_TIME);
    assert!(late.worst() <= budget, "{:?} late", late.worst());
}

/// How late it is.
async fn one(release: &Release, n: usize) -> Duration {
    release.sleeps().await;
    let api = release.api();
    let title = format!("reminder {n}");
    // To be woken takes as long as it takes; the moment is after that.
    api.get("/tasks?limit=1").await;
    let at = Timestamp::now() + AHEAD;
    let task = json!({ "title": title, "reminders": [{ "at": at }] });
    let task = write(&api, "/tasks", &task).await;
    release.sleeps().await;
    let left = at.duration_since(Timestamp::now());
    assert!(
        left > WARMS,
        "whoever set it sleeps again only {left:#} before"
    );
    until("it is due", async || Timestamp::now() > at + IN_TIME).await;
    let mut shown = Value::Null;
    until("it is shown", async || {
        let deliveries = api.all("/deliveries?").await;
        let own = |it: &&Value| it["items"][0]["task"] == task["id"];
        shown = deliveries
            .iter()
            .find(own)
            .map_or(Value::Null, |it| it["closed_at"].clone());
        !shown.is_null()
    })
    .await;
    let shown: Timestamp = shown.as_str().unwrap().parse().unwrap();
    shown
        .duration_since(at)
        .try_into()
        .expect("not before its moment")
}

#[tokio::test]
async fn r_7_2_a_completed_task_of_a_series_gets_its_next_from_zero() {
    let Some(release) = release() else {
        return;
    };
    release.sleeps().await;
    let api = release.api();
    let mut times = Times::default();
    for n in 0..number("ERRAND_CLUSTER_TIMES", 3) {
        let title = format!("water plant {n}");
        let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
        let task = json!({ "title": title, "due": { "date": today }, "recurrence": { "rrule": "FREQ=DAILY" } });
        let task = write(&api, "/tasks", &task).await;
        until("recur sleeps", async || {
            !release.awake().contains("errand-recur")
        })
        .await;
        let path = format!("/tasks/{}/complete", task["id"].as_str().unwrap());
        write(&api, &path, &json!({})).await;
        let done = Instant::now();
        let filter = format!("/tasks?status=open&q=\"{title}\"");
        until("its next is there", async || {
            let open = api.all(&filter).await;
            open.iter()
                .any(|it| it["title"] == title.as_str() && it["series_id"] == task["series_id"])
        })
        .await;
        times.add(done.elapsed());
    }
    figure(
        "the next of a series, by a function that slept, after",
        &times,
        "-",
    );
}

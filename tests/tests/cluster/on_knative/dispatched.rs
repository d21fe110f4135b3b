//! Events from Kafka, brought by the dispatcher in the cluster.

use super::{
    figures::figure,
    kit::{kubectl, until},
    release::release,
    reminded::write,
};
use jiff::{Timestamp, tz::TimeZone};
use reqwest::StatusCode;
use serde_json::json;
use std::time::Duration;
use testkit::kafka::published;

/// How long a function that is not to be woken is watched.
const WATCHED: Duration = Duration::from_secs(5);

#[tokio::test]
async fn r_7_2_an_event_wakes_who_subscribes_to_its_type_and_nobody_else() {
    let Some(release) = release() else {
        return;
    };
    let api = release.api();
    api.get("/tasks?limit=1").await;
    until("who is woken by events sleeps", async || {
        let awake = release.awake();
        !awake.contains("errand-recur") && !awake.contains("errand-remind")
    })
    .await;
    let before = published(&release.topics).await.len();
    let task = write(
        &api,
        "/tasks",
        &json!({ "title": "ask", "due": { "date": "2030-01-01" } }),
    )
    .await;
    until("it is in Kafka", async || {
        published(&release.topics).await.len() > before
    })
    .await;
    let began = std::time::Instant::now();
    while began.elapsed() < WATCHED {
        let awake = release.awake();
        assert!(
            !awake.contains("errand-recur"),
            "task.created is not for recur"
        );
        assert!(
            !awake.contains("errand-remind"),
            "task.created is not for remind"
        );
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    let path = format!("/tasks/{}/complete", task["id"].as_str().unwrap());
    write(&api, &path, &json!({})).await;
    until("task.completed wakes recur", async || {
        release.awake().contains("errand-recur")
    })
    .await;
    assert!(
        !release.awake().contains("errand-remind"),
        "task.completed is not for remind"
    );
    figure(
        "events from Kafka wake who subscribes to their type",
        "yes, nobody else",
        "so",
    );
}

#[tokio::test]
async fn r_7_2_what_a_function_does_not_take_is_a_dead_letter_and_comes_again_when_it_is_replayed()
{
    let Some(release) = release() else {
        return;
    };
    let list = || release.errand(&["dead-letters", "list"]).unwrap();
    assert_eq!(list(), "There are no dead letters.\n");
    let api = release.api();
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let task = json!({ "title": "feed the cat", "due": { "date": today }, "recurrence": { "rrule": "FREQ=DAILY" } });
    let task = write(&api, "/tasks", &task).await;
    // Not there at all: whatever is wrong with a function, this is the worst of it.
    kubectl(&[
        "delete",
        "ksvc",
        "errand-recur",
        "--namespace",
        &release.space,
        "--wait",
    ]);
    let recur = release.inside("errand-recur");
    until("nobody is there", async || {
        let asked = recur.http.get(format!("{}/ready", recur.base)).send().await;
        asked.is_ok_and(|answer| answer.status() == StatusCode::NOT_FOUND)
    })
    .await;
    let path = format!("/tasks/{}/complete", task["id"].as_str().unwrap());
    write(&api, &path, &json!({})).await;
    until("its event is a dead letter", async || {
        list().contains("errand.task.completed.v1")
    })
    .await;
    println!("{}", list());
    release.upgrade(&[], &[]).unwrap();
    let open = async || {
        let all = api.all("/tasks?status=open").await;
        all.iter()
            .filter(|it| it["series_id"] == task["series_id"])
            .count()
    };
    assert_eq!(open().await, 0, "nobody made its next");
    println!(
        "{}",
        release
            .errand(&["dead-letters", "replay", "--all"])
            .unwrap()
    );
    until("its next is there", async || open().await == 1).await;
    until("no letter is left", async || {
        list() == "There are no dead letters.\n"
    })
    .await;
    figure(
        "a function's events while it fails",
        "a dead letter after the last try, done when replayed",
        "so",
    );
}

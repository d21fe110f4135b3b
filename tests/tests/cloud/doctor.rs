//! `errand doctor` over PostgreSQL and Kafka: what each fault is called, and what to do about it.

use crate::{installation::Installation, kit::until};
use serde_json::json;
use store::suite::kit;

/// What it says, where something is wrong.
fn wrong(installation: &Installation) -> String {
    let (well, said) = installation.said(&["doctor"], "127.0.0.1:0");
    assert!(!well, "{said}");
    said
}

#[track_caller]
fn has(said: &str, what: &str, words: &str) {
    let line = said
        .lines()
        .find(|line| line.split_whitespace().nth(1) == Some(what));
    let is_wrong = line.is_some_and(|line| line.starts_with("wrong") && line.contains(words));
    assert!(is_wrong, "{what}: {words:?} is not in {said}");
}

#[tokio::test]
async fn a_doctor_names_what_is_wrong_with_a_cloud() {
    let Some(mut installation) = Installation::new().await else {
        return;
    };
    let said = wrong(&installation);
    has(&said, "database", "no tables: errand migrate");
    installation.run(&["migrate"]);
    let said = wrong(&installation);
    let group = installation.settings.group("recur");
    has(
        &said,
        "readers",
        &format!("task-events of {group} (0 events wait)"),
    );
    has(&said, "readers", "errand dispatch");

    let deps = installation.deps().await;
    let me = kit::person(&deps.store).await;
    kit::create(&deps.store, &me, json!({"title": "a"})).await;
    has(
        &wrong(&installation),
        "relay",
        "nobody publishes: errand serve clock",
    );

    let words = ["dispatch", "--scale-to-zero", "--idle", "1"];
    let cloud = installation.start(&words, "127.0.0.1:0");
    let doctor = async || installation.said(&["doctor"], "127.0.0.1:0");
    until("all is well", async || doctor().await.0).await;
    let (_, said) = doctor().await;
    assert!(said.contains("everything is read"), "{said}");
    cloud.end();
    has(&wrong(&installation), "readers", "nobody reads");

    installation.set("ERRAND_DOCTOR_READERS", "none");
    let (well, said) = installation.said(&["doctor"], "127.0.0.1:0");
    assert!(well && said.contains("events come another way"), "{said}");
    installation.set("ERRAND_KAFKA_PREFIX", "nowhere.");
    let said = wrong(&installation);
    has(&said, "Kafka", "there is no topic nowhere.task-events");
    installation.set("ERRAND_KAFKA_BROKERS", "127.0.0.1:1");
    has(
        &wrong(&installation),
        "Kafka",
        "127.0.0.1:1 does not answer",
    );
    let nowhere = "postgres://errand@127.0.0.1:1/errand";
    installation.set("ERRAND_DATABASE_URL", nowhere);
    has(&wrong(&installation), "database", "nothing answers at");
}

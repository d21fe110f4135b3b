//! Who did what to what when, before and after, by which client; and the past.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::json;

#[tokio::test]
async fn r_5_3_every_change_is_in_the_audit_log_and_it_verifies() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let phone = ann
        .by_token("phone", "tasks:read tasks:write audit:read")
        .await;
    let id = ann.create(json!({"title": "call mom", "due": {"at": "2026-11-23T12:00:00"}, "reminders": [{"offset": "PT0S"}]})).await;
    phone
        .patch(&format!("/tasks/{id}"), json!({"title": "call dad"}))
        .await;
    house.clock_to("2026-11-23T12:01").await;
    ann.complete(id).await;
    house.settle().await;
    let page = ann.get("/audit?limit=50").await;
    let line = |line: &serde_json::Value| {
        let title = |side: &str| {
            line["data"][side]["title"]
                .as_str()
                .unwrap_or("-")
                .to_owned()
        };
        format!(
            "{} {} by {} ({}): {} -> {}",
            line["n"],
            line["type"],
            line["by"]["client"],
            line["by"]["kind"],
            title("before"),
            title("after")
        )
    };
    check(
        page["items"].as_array().unwrap().iter().map(line).collect(),
        expect![[r#"
            7 "errand.task.completed.v1" by "page" ("person"): - -> -
            6 "errand.reminder.sent.v1" by "remind" ("system"): - -> -
            5 "errand.reminder.sent.v1" by "remind" ("system"): - -> -
            4 "errand.task.changed.v1" by "phone" ("agent"): call mom -> call dad
            3 "errand.task.created.v1" by "page" ("person"): - -> call mom
            2 "errand.settings.changed.v1" by "house" ("system"): - -> -
            1 "errand.settings.changed.v1" by "errand" ("system"): - -> -"#]],
    );
    let report = ann.get("/audit/verify").await;
    assert_eq!(
        (&report["intact"], &report["streams"]),
        (&json!(true), &json!(1)),
        "{report}"
    );
    assert_eq!(report["events"], page["items"][0]["n"]);
}

#[tokio::test]
async fn r_5_3_security_events_are_in_it() {
    let house = house(MONDAY).await;
    let token = house
        .ann
        .post(
            "/me/tokens",
            json!({"name": "watch", "scopes": ["tasks:read"]}),
        )
        .await;
    house
        .ann
        .delete(&format!("/me/tokens/{}", token["id"].as_str().unwrap()))
        .await;
    let page = house.ann.get("/audit?limit=2").await;
    let kinds: Vec<_> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "errand.security.token_revoked.v1",
            "errand.security.token_created.v1"
        ]
    );
    let secret = token["token"].as_str().unwrap();
    assert!(
        !house
            .ann
            .ask("GET /audit?limit=200")
            .await
            .body
            .contains(secret)
    );
}

#[tokio::test]
async fn r_5_4_a_task_as_it_was_at_any_moment() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let id = ann.create(json!({"title": "one"})).await;
    house.clock_to("2026-11-23T10:00").await;
    ann.patch(
        &format!("/tasks/{id}"),
        json!({"title": "two", "tags": ["x"]}),
    )
    .await;
    house.clock_to("2026-11-23T11:00").await;
    ann.delete(&format!("/tasks/{id}")).await;
    house.clock_to("2026-11-23T12:00").await;
    let mut told = Vec::new();
    for at in ["07:59", "08:00", "08:59", "09:30", "10:30"] {
        let got = ann
            .ask(&format!("GET /tasks/{id}?at=2026-11-23T{at}:00Z"))
            .await;
        let task = got.json();
        told.push(format!(
            "{at}: {} {} {} {}",
            got.status, task["title"], task["tags"], task["deleted_at"]
        ));
    }
    check(
        told,
        expect![[r#"
        07:59: 404 "Not found" null null
        08:00: 200 "one" [] null
        08:59: 200 "one" [] null
        09:30: 200 "two" ["x"] null
        10:30: 200 "two" ["x"] "2026-11-23T10:00:00Z""#]],
    );
    check(
        ann.history(id).await,
        expect![[r"
        created by page
        changed tags, title by page
        deleted by page"]],
    );
}

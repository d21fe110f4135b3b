//! Tasks: every field, listings that stay in place, two editors, retries.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::{Value, json};

#[tokio::test]
async fn r_1_6_a_task_has_all_its_fields_and_r_1_7_each_can_be_changed() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let list = ann.post("/lists", json!({"name": "Home"})).await["id"].clone();
    let section = ann
        .post("/sections", json!({"name": "Garden", "list_id": list}))
        .await["id"]
        .clone();
    let parent = ann
        .create(json!({"title": "parent", "list_id": list}))
        .await;
    let blocker = ann.create(json!({"title": "blocker"})).await;
    let id = ann.create(json!({"title": "plain"})).await;
    for (field, value) in [
        ("title", json!("x".repeat(500))),
        ("notes", json!("**bold** äöü 日本語 👩‍👩‍👧")),
        (
            "due",
            json!({"at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin"}),
        ),
        ("due", json!({"date": "2026-11-29"})),
        ("due", json!({"at": "2026-11-29T15:00:00"})),
        ("start", json!({"date": "2026-11-20"})),
        ("deadline", json!("2026-12-01")),
        ("priority", json!("high")),
        ("tags", json!(["home", "ünïcode"])),
        ("list_id", list.clone()),
        ("section_id", section),
        ("parent_id", json!(parent)),
        ("blocked_by", json!([blocker])),
        ("assignee", json!(ann.reader.person)),
        ("estimate", json!("PT30M")),
        (
            "links",
            json!([{"url": "https://example.org/a", "title": "a"}]),
        ),
        ("source", json!({"system": "todoist", "id": "1"})),
        (
            "reminders",
            json!([{"offset": "-PT15M"}, {"at": "2026-11-29T13:00:00Z"}]),
        ),
        ("recurrence", Value::Null),
    ] {
        let path = format!("/tasks/{id}");
        let before = ann.task(id).await["version"].as_u64().unwrap();
        let got = ann
            .ask(&format!("PATCH {path}"))
            .json(&json!({field: value}))
            .await;
        assert_eq!(got.status, 200, "{field}: {}", got.body);
        let after = ann.task(id).await;
        assert_eq!(
            after,
            got.json(),
            "{field}: what is answered is what is read"
        );
        match field {
            "due" | "start" => assert_eq!(after[field]["date"], value["date"], "{after}"),
            "reminders" => assert_eq!(after[field].as_array().unwrap().len(), 2),
            _ => assert_eq!(after[field], value, "{field}"),
        }
        let changed = u64::from(field != "recurrence");
        assert_eq!(
            after["version"].as_u64().unwrap(),
            before + changed,
            "{field}"
        );
        assert_eq!(
            got.header("etag"),
            format!("\"{}\"", after["version"]),
            "{field}"
        );
    }
}

#[tokio::test]
async fn r_1_7_completing_keeps_the_time_and_the_trash_keeps_for_30_days() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let done = ann.create(json!({"title": "buy milk"})).await;
    house.clock_to("2026-11-23T10:30").await;
    assert_eq!(
        ann.complete(done).await["closed_at"],
        "2026-11-23T09:30:00Z"
    );
    let (dog, cat) = (
        ann.create(json!({"title": "dog"})).await,
        ann.create(json!({"title": "cat"})).await,
    );
    for id in [dog, cat] {
        ann.delete(&format!("/tasks/{id}")).await;
    }
    assert_eq!(ann.titles("/tasks").await, [""; 0]);
    assert_eq!(ann.titles("/trash?sort=title").await, ["cat", "dog"]);
    house.clock_to("2026-12-20T10:30").await;
    ann.verb(dog, "restore").await.ok();
    assert_eq!(ann.titles("/tasks").await, ["dog"]);
    house.clock_to("2026-12-23T12:00").await;
    assert_eq!(ann.titles("/trash").await, [""; 0]);
    assert_eq!(ann.verb(cat, "restore").await.code(), "purged");
    let gone = ann.ask(&format!("GET /tasks/{cat}")).await;
    assert_eq!((gone.status, gone.code().as_str()), (410, "purged"));
    assert!(
        !ann.ask("GET /audit").await.body.contains("\"cat\""),
        "gone from the log, too"
    );
}

#[tokio::test]
async fn r_1_7_emptying_the_trash_is_final() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let keep = ann.create(json!({"title": "keep me"})).await;
    let id = ann
        .create(json!({"title": "zebra", "notes": "stripes"}))
        .await;
    ann.post(
        &format!("/tasks/{id}/comments"),
        json!({"text": "black and white zebra"}),
    )
    .await;
    ann.delete(&format!("/tasks/{id}")).await;
    let emptied = ann.ask("DELETE /trash").await;
    assert_eq!(emptied.ok(), json!({"purged": 1}));
    house.settle().await;
    for path in [
        "/export",
        "/audit?limit=200",
        "/changes?after=now",
        "/search?q=zebra",
        "/trash",
    ] {
        let got = ann.ask(&format!("GET {path}")).await;
        assert!(
            got.status == 200 && !got.body.contains("zebra"),
            "{path}: {}",
            got.body
        );
    }
    for what in [
        format!("GET /tasks/{id}/history"),
        format!("GET /tasks/{id}?at=2026-11-23T08:00:00Z"),
    ] {
        let got = ann.ask(&what).await;
        assert!(
            !got.body.contains("zebra"),
            "{what}: {} {}",
            got.status,
            got.body
        );
    }
    assert_eq!(
        ann.ask("POST /undo").json(&json!({})).await.code(),
        "undo_blocked"
    );
    assert_eq!(ann.get("/audit/verify").await["intact"], true);
    assert_eq!(ann.task(keep).await["title"], "keep me");
}

#[tokio::test]
async fn r_1_9_two_editors_of_one_task() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let id = ann
        .create(json!({"title": "plan", "notes": "a", "priority": "low"}))
        .await;
    let patch = |header: &str, value: &str, body: Value| {
        ann.ask(&format!("PATCH /tasks/{id}"))
            .header(header, value)
            .json(&body)
    };
    // The phone changes notes at version 1; the page, which read version 1, changes the title.
    patch("if-match", "\"1\"", json!({"notes": "b"})).await.ok();
    let stale = patch("if-match", "\"1\"", json!({"title": "x"})).await;
    assert_eq!(
        (stale.status, stale.code().as_str()),
        (412, "version_mismatch")
    );
    assert_eq!(stale.json()["current"]["version"], 2);
    let merged = patch("base-version", "1", json!({"title": "plan B"}))
        .await
        .ok();
    assert_eq!(
        (&merged["title"], &merged["notes"], &merged["version"]),
        (&json!("plan B"), &json!("b"), &json!(3))
    );
    let clash = patch(
        "base-version",
        "1",
        json!({"notes": "c", "priority": "high"}),
    )
    .await;
    assert_eq!((clash.status, clash.code().as_str()), (412, "conflict"));
    let told = clash.json();
    let conflict = &told["conflicts"][0];
    assert_eq!(
        (
            &conflict["field"],
            &conflict["base"],
            &conflict["yours"],
            &conflict["theirs"]
        ),
        (&json!("notes"), &json!("a"), &json!("c"), &json!("b")),
        "{told}"
    );
    assert_eq!(told["current"]["title"], "plan B");
    assert_eq!(
        ann.task(id).await["priority"],
        "low",
        "nothing of it was written"
    );
    // Neither header: the last one wins, and the history keeps what lost.
    ann.patch(&format!("/tasks/{id}"), json!({"notes": "d"}))
        .await;
    let history = ann.get(&format!("/tasks/{id}/history")).await;
    let last = history["items"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (
            &last["data"]["before"]["notes"],
            &last["data"]["after"]["notes"]
        ),
        (&json!("b"), &json!("d"))
    );
}

#[tokio::test]
async fn r_1_16_quick_add_reads_one_line() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    ann.post("/lists", json!({"name": "Home"})).await;
    let mut told = Vec::new();
    for line in [
        "water plants every day at 18:00 #green +Home !high",
        "dentist on friday at 9:30",
        "buy \"tomorrow's bread\" !low",
        "read a book",
    ] {
        let task = ann.task(ann.add(line).await).await;
        let list = if task["list_id"].is_null() {
            "inbox"
        } else {
            "Home"
        };
        told.push(format!(
            "{} | {} | {} | {} | {list} | {}",
            task["title"],
            task["due"]["at"],
            task["tags"],
            task["priority"],
            task["recurrence"]["rrule"]
        ));
    }
    check(
        told,
        expect![[r#"
        "water plants" | "2026-11-23T18:00:00" | ["green"] | "high" | Home | "FREQ=DAILY"
        "dentist" | "2026-11-27T09:30:00" | [] | "none" | inbox | null
        "buy \"tomorrow's bread\"" | null | [] | "low" | inbox | null
        "read a book" | null | [] | "none" | inbox | null"#]],
    );
}

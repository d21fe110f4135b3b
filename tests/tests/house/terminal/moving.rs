//! export and import.

use super::{check, done};
use crate::home::Home;
use expect_test::expect;
use reqwest::Method;
use serde_json::{Value, json};

/// A home with a bit of everything in it.
pub(super) async fn furnished() -> Option<Home> {
    let home = Home::new()?;
    let server = home.serve().await;
    let api = &server.api;
    let write = |method: Method, path: String, body: Value| async move {
        let answer = api.request(method, &path).json(&body).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str::<Value>(&text).unwrap_or_default()
    };
    let make = |path: &str, body: Value| write(Method::POST, path.to_owned(), body);
    let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();

    let list = id(&make("/lists", json!({ "name": "Home" })).await);
    let section = id(&make("/sections", json!({ "name": "Kitchen", "list_id": list })).await);
    make(
        "/views",
        json!({ "name": "Soon", "filter": "due<today+7d" }),
    )
    .await;
    let parent = make(
        "/tasks",
        json!({ "title": "paint the kitchen", "list_id": list, "section_id": section, "priority": "high", "tags": ["Home", "diy"],
            "notes": "white\n\nnot *too* white", "estimate": "PT4H", "deadline": "2037-01-31",
            "due": { "at": "2036-12-24T15:00:00", "time_zone": "Europe/Berlin" }, "start": { "date": "2026-01-02" },
            "links": [{ "url": "https://example.org/paint", "title": "paint" }], "source": { "system": "test", "id": "7" },
            "reminders": [{ "offset": "-PT15M", "of": "due" }, { "at": "2036-12-01T09:00:00Z" }] }),
    )
    .await;
    let child = make(
        "/tasks",
        json!({ "title": "buy paint", "parent_id": id(&parent) }),
    )
    .await;
    let blocked = json!({ "title": "clean the brushes", "blocked_by": [id(&child)], "parent_id": id(&parent) });
    make("/tasks", blocked).await;
    let rule = json!({ "rrule": "FREQ=WEEKLY;BYDAY=SU", "missed": "each" });
    let due = json!({ "at": "2036-11-30T15:00:00", "time_zone": "Europe/Berlin" });
    make(
        "/tasks",
        json!({ "title": "call mom", "due": due, "recurrence": rule }),
    )
    .await;
    let done = make("/tasks", json!({ "title": "a thing done" })).await;
    make(&format!("/tasks/{}/complete", id(&done)), json!({})).await;
    let dropped = make("/tasks", json!({ "title": "a thing dropped" })).await;
    make(&format!("/tasks/{}/drop", id(&dropped)), json!({})).await;
    let trash = make("/tasks", json!({ "title": "a thing thrown away" })).await;
    write(Method::DELETE, format!("/tasks/{}", id(&trash)), json!({})).await;
    server.stop().await;
    Some(home)
}

/// An export as what must come out of another house again: all but how often and when it was written to there.
fn essence(export: &str) -> Value {
    let mut all: Value = serde_json::from_str(export).expect("JSON");
    let all = all.as_object_mut().expect("an object");
    all.remove("exported_at");
    for (_, records) in all.iter_mut() {
        for record in records.as_array_mut().into_iter().flatten() {
            let record = record.as_object_mut().expect("a record");
            for field in ["version", "updated_at"] {
                record.remove(field);
            }
        }
    }
    json!(all)
}

#[tokio::test]
async fn r_6_4_what_was_exported_is_the_same_where_it_is_imported() {
    let Some(old) = furnished().await else { return };
    let Some(new) = Home::new() else { return };
    let file = old.path("mine.json").display().to_string();
    assert_eq!(done(&old, &["export", &file]).await, "");
    let there = std::fs::read_to_string(&file).unwrap();
    check(
        &new,
        &["import", &file],
        expect![[r#"
            Steps done: 12. Not done: 0.
        "#]],
    )
    .await;
    let here = done(&new, &["export"]).await;
    similar(&essence(&there), &essence(&here));
    // Once more, through pipes: nothing is there twice.
    let again = new.run_with(&["import"], &there).await;
    expect![[r#"
        Steps done: 12. Not done: 0.
    "#]]
    .assert_eq(&again.to_string());
    similar(&essence(&here), &essence(&done(&new, &["export"]).await));
    assert!(done(&new, &["verify"]).await.starts_with("Intact"));
    assert_eq!(
        done(&new, &["rebuild", "--check"]).await,
        "The tables are what the log says.\n"
    );
}

/// Says which lines differ, not both of all.
fn similar(one: &Value, other: &Value) {
    let lines = |of: &Value| serde_json::to_string_pretty(of).expect("JSON");
    let (one, other) = (lines(one), lines(other));
    for (one, other) in one.lines().zip(other.lines()) {
        assert_eq!(one, other);
    }
    assert_eq!(one, other);
}

#[tokio::test]
async fn what_cannot_be_imported() {
    let Some(home) = Home::new() else { return };
    check(
        &home,
        &["import", "nowhere.json"],
        expect![[r#"
        errand: nowhere.json cannot be read: No such file or directory (os error 2)
        (exit code 1)
    "#]],
    )
    .await;
    let mut said = String::new();
    for input in ["", "buy milk", "{}", r#"{"format": "other", "version": 1}"#] {
        let answer = home.run_with(&["import"], input).await;
        said = format!("{said}$ echo '{input}' | errand import\n{answer}");
    }
    expect![[r#"
        $ echo '' | errand import
        errand: standard input is not what `errand export` writes: EOF while parsing a value at line 1 column 0
        (exit code 1)
        $ echo 'buy milk' | errand import
        errand: standard input is not what `errand export` writes: expected value at line 1 column 1
        (exit code 1)
        $ echo '{}' | errand import
        errand: standard input is not what `errand export` writes: missing field `format`
        (exit code 1)
        $ echo '{"format": "other", "version": 1}' | errand import
        errand: This is not an export of this program, or of a newer one. Send what `GET /export` answered.
        (exit code 1)
    "#]].assert_eq(&said);
    let several = r#"{"format": "errand", "version": 1, "tasks": [{"title": "good"}, {"title": ""}, {"title": "x", "due": "soon"}]}"#;
    let said = home.run_with(&["import"], several).await;
    expect![[r#"
        Steps done: 1. Not done: 2.
          task "": It must not be empty: write at least one character.
          task "x": `/due`: it takes an object with `date`, or with `at` and `time_zone`, not string "soon".
    "#]]
    .assert_eq(&said.to_string());
}

#[tokio::test]
async fn r_6_4_more_than_one_request_takes_is_imported_in_parts_and_once_more_finishes_it() {
    let (Some(home), Some(other)) = (Home::new(), Home::new()) else {
        return;
    };
    done(&home, &["add", "buy milk"]).await;
    let mut export: Value = serde_json::from_str(&done(&home, &["export"]).await).expect("JSON");
    let task = |n: u128| {
        let id = uuid::Uuid::from_u128(0xfeed_0000 + n);
        let above = (n % 2 == 1).then(|| uuid::Uuid::from_u128(0xfeed_0000 + n - 1));
        json!({ "id": id, "title": format!("task {n}"), "notes": "x".repeat(100_000), "parent_id": above })
    };
    let many: Vec<_> = (0..90).map(task).collect();
    let half = json!({ "format": "errand", "version": 1, "tasks": &many[..30] });
    export["tasks"].as_array_mut().expect("tasks").extend(many);
    let file = home.path("large.json");
    std::fs::write(&file, export.to_string()).expect("a file");
    assert!(std::fs::metadata(&file).expect("it is there").len() > 8 << 20);
    // Somebody was interrupted.
    let small = home.path("small.json").display().to_string();
    std::fs::write(&small, half.to_string()).expect("a file");
    let said = done(&other, &["import", &small]).await;
    assert_eq!(said, "Steps done: 30. Not done: 0.\n");
    let file = file.display().to_string();
    let server = other.serve().await;
    for (import, steps) in [(&file, 92), (&small, 30)] {
        let said = done(&other, &["import", import]).await;
        assert_eq!(said, format!("Steps done: {steps}. Not done: 0.\n"));
        let tasks = server.api.all("/tasks?status=all").await;
        assert_eq!(tasks.len(), 91);
        let steps = tasks.iter().filter(|task| !task["parent_id"].is_null());
        assert_eq!(steps.count(), 45);
    }
    server.stop().await;
    // What is refused in the middle is said with what to do.
    let mut wrong = export;
    wrong["version"] = 2.into();
    std::fs::write(&file, wrong.to_string()).expect("a file");
    let said = other.run(&["import", &file]).await.to_string();
    assert!(
        said.contains("part 1 of ") && said.contains("import the same file again"),
        "{said}"
    );
}

#[tokio::test]
async fn an_export_does_not_leave_half_a_file() {
    let Some(home) = Home::new() else { return };
    done(&home, &["add", "buy milk"]).await;
    check(
        &home,
        &["export", "nowhere/mine.json"],
        expect![[r#"
        errand: nowhere/mine.json cannot be written: No such file or directory (os error 2)
        (exit code 1)
    "#]],
    )
    .await;
}

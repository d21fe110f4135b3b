//! Everything out, and in again.

use expect_test::expect;
use house_tests::house;
use serde_json::{Value, json};

/// What a person sees of a task that an export must hold.
fn line(task: &Value) -> String {
    let field = |name: &str| task[name].to_string();
    format!(
        "{} {} {} {} {}",
        field("title"),
        field("status"),
        field("tags"),
        task["due"]["at"],
        task["recurrence"]["rrule"]
    )
}

#[tokio::test]
async fn r_6_4_what_was_exported_is_imported_and_twice_makes_nothing_twice() {
    let there = house("2026-11-23T09:00 Europe/Berlin").await;
    let list = there.ann.post("/lists", json!({"name": "Work"})).await;
    let call = there
        .ann
        .add("call mom every Sunday at 3pm, remind me 15 minutes before #home")
        .await;
    let step = json!({"title": "find the number", "parent_id": call});
    there.ann.create(step).await;
    let say = json!({"text": "she was away"});
    there
        .ann
        .post(&format!("/tasks/{call}/comments"), say)
        .await;
    let report = json!({"title": "submit report", "list_id": list["id"]});
    let report = there.ann.create(report).await;
    there.ann.complete(report).await;
    let gone = there.ann.create(json!({"title": "walk dog"})).await;
    there.ann.delete(&format!("/tasks/{gone}")).await;
    let all = there.ann.get("/export").await;

    let here = house("2026-11-23T09:00 Europe/Berlin").await;
    for _ in 0..2 {
        let answer = here.ann.post("/import", all.clone()).await;
        assert_eq!(answer["problems"], json!([]));
    }
    let tasks = here
        .ann
        .get("/tasks?status=all&hidden=true&sort=title")
        .await;
    let lines: Vec<_> = tasks["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(line)
        .collect();
    expect![[r#"
        "call mom" "open" ["home"] "2026-11-29T15:00:00" "FREQ=WEEKLY;BYDAY=SU"
        "find the number" "open" [] null null
        "submit report" "done" [] null null"#]]
    .assert_eq(&lines.join("\n"));
    assert_eq!(here.ann.titles("/trash").await, ["walk dog"]);
    let comments = here.ann.get(&format!("/tasks/{call}/comments")).await;
    assert_eq!(comments["items"][0]["text"], "she was away");
    // It comes back as it did there.
    here.ann.complete(call).await;
    here.settle().await;
    let next = here.ann.get("/tasks?q=mom").await;
    assert_eq!(next["items"][0]["due"]["at"], "2026-12-06T15:00:00");
}

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

/// All tasks of somebody's, as they are shown, but for when they were last written to.
async fn tasks(of: &testkit::house::Person) -> Vec<Value> {
    let mut all = Vec::new();
    for path in ["/tasks?status=all&hidden=true&sort=position", "/trash"] {
        let page = of.get(path).await;
        all.extend(page["items"].as_array().cloned().unwrap_or_default());
    }
    for task in &mut all {
        for field in ["version", "updated_at"] {
            task.as_object_mut().expect("a task").remove(field);
        }
    }
    all
}

#[tokio::test]
async fn r_6_4_what_is_imported_is_as_it_was_times_and_order_included() {
    let there = house("2026-03-02T09:00 Europe/Berlin").await;
    let list = there.ann.post("/lists", json!({"name": "Work"})).await;
    let rent = there
        .ann
        .add("pay rent every month on the 3rd at 9am")
        .await;
    let report =
        json!({"title": "report", "list_id": list["id"], "assignee": there.ann.reader.person});
    let report = there.ann.create(report).await;
    let say = json!({"text": "nearly done"});
    there
        .ann
        .post(&format!("/tasks/{report}/comments"), say)
        .await;
    let last = there
        .ann
        .create(json!({"title": "sweep", "reminders": [{"at": "2026-03-02T10:00:00Z"}]}))
        .await;
    // By hand the last one stands first.
    there
        .ann
        .post(&format!("/tasks/{last}/move"), json!({"after": null}))
        .await;
    there.clock_to("2026-03-03T10:00").await;
    there.ann.complete(rent).await;
    there.settle().await;
    let gone = there.ann.create(json!({"title": "walk dog"})).await;
    there.ann.delete(&format!("/tasks/{gone}")).await;
    let all = there.ann.get("/export").await;

    let here = house("2026-03-09T09:00 Europe/Berlin").await;
    let answer = here.ann.post("/import", all.clone()).await;
    assert_eq!(answer["problems"], json!([]));
    assert_eq!(tasks(&here.ann).await, tasks(&there.ann).await);
    let comments = async |of: &testkit::house::Person| {
        let page = of.get(&format!("/tasks/{report}/comments")).await;
        let comment = &page["items"][0];
        (comment["text"].clone(), comment["created_at"].clone())
    };
    assert_eq!(comments(&here.ann).await, comments(&there.ann).await);
    // Nobody is reminded of what was over there.
    here.settle().await;
    assert_eq!(here.mailbox.mails().len(), 0);
    // In parts, as large exports go, it is the same; and whoever it was there is somebody else here.
    let another = house("2026-03-09T09:00 Europe/Berlin").await;
    let me = another.ann.reader.person.to_string();
    let theirs = all
        .to_string()
        .replace(&me, "0193b1f0-0000-7000-8000-0000000000aa");
    let parts = tasks::parts(serde_json::from_str(&theirs).unwrap(), 1).unwrap();
    assert!(parts.len() > 5, "{}", parts.len());
    for part in parts {
        assert_eq!(
            another.ann.post("/import", part).await["problems"],
            json!([])
        );
    }
    assert_eq!(tasks(&another.ann).await, tasks(&there.ann).await);
    let moved = another.ann.get(&format!("/tasks/{report}")).await;
    assert_eq!(moved["assignee"], me);
    // The history begins with the import, and says what was when.
    let history = here.ann.get(&format!("/tasks/{rent}/history")).await;
    let first = &history["items"][0];
    expect![[r#""imported; made at 2026-03-02T08:00:00Z, done at 2026-03-03T09:00:00Z""#]]
        .assert_eq(&first["data"]["note"].to_string());
    assert_eq!(first["time"], "2026-03-09T08:00:00Z");
    // The series goes on, with no second next one.
    let mut next = here.ann.get("/tasks?q=rent").await["items"].take();
    assert_eq!(next.as_array().map(Vec::len), Some(1));
    let next = next[0].take();
    assert_eq!(next["due"]["at"], "2026-04-03T09:00:00");
    here.clock_to("2026-04-03T09:30").await;
    here.ann
        .post(
            &format!("/tasks/{}/complete", next["id"].as_str().unwrap()),
            json!({}),
        )
        .await;
    here.settle().await;
    let next = here.ann.get("/tasks?q=rent").await;
    assert_eq!(next["items"][0]["due"]["at"], "2026-05-03T09:00:00");
    // What was changed here since stays as it is, and nothing is doubled.
    here.ann
        .patch(&format!("/tasks/{report}"), json!({"title": "long report"}))
        .await;
    let before = tasks(&here.ann).await;
    let answer = here.ann.post("/import", all).await;
    // But for what was emptied out of the trash meanwhile, which does not come again.
    let problems = answer["problems"].as_array().into_iter().flatten();
    let problems = problems.map(|it| (it["key"].clone(), it["problem"]["code"].clone()));
    let gone = (json!("task \"walk dog\""), json!("purged"));
    assert_eq!(problems.collect::<Vec<_>>(), [gone]);
    assert_eq!(tasks(&here.ann).await, before);
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

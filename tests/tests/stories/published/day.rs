//! A day in which everything happens that can, once.

mod people;

use super::answers::{Checked, id};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Mutex};
use testkit::House;

/// Everything that can be asked, once. Answers which routes were.
pub(super) async fn whole(house: &House) -> BTreeSet<String> {
    let asked = Mutex::new(BTreeSet::new());
    let ann = Checked {
        person: &house.ann,
        asked: &asked,
    };
    documents(&ann).await;
    keeping(&ann).await;
    tasks(&ann).await;
    recurring(&ann, house).await;
    reminders(&ann, house).await;
    people::together(&ann).await;
    people::talk(&ann).await;
    people::person(&ann, house).await;
    house.clock_to("2026-11-24T09:00").await;
    asked.into_inner().unwrap()
}

async fn documents(ann: &Checked<'_>) {
    for route in [
        "GET /health",
        "GET /ready",
        "GET /live",
        "GET /docs",
        "GET /docs.css",
        "GET /openapi.json",
        "GET /asyncapi.json",
    ] {
        ann.ask(route, "", Value::Null, 200).await;
    }
    let schema = "GET /schemas/{name}";
    ann.ask(schema, "errand.task.created.v1", Value::Null, 200)
        .await;
    ann.ask(schema, "errand.task.created.v2", Value::Null, 404)
        .await;
}

async fn keeping(ann: &Checked<'_>) {
    let none = Value::Null;
    let list = id(&ann
        .ask(
            "POST /lists",
            "",
            json!({ "name": "Home", "color": "#1c6e40" }),
            201,
        )
        .await);
    ann.ask("GET /lists/{id}", &list, none.clone(), 200).await;
    ann.ask("PATCH /lists/{id}", &list, json!({ "name": "House" }), 200)
        .await;
    ann.ask("PATCH /lists/{id}", &list, json!({ "nam": "House" }), 422)
        .await;
    let section = id(&ann
        .ask(
            "POST /sections",
            "",
            json!({ "name": "Garden", "list_id": list }),
            201,
        )
        .await);
    ann.ask("GET /sections/{id}", &section, none.clone(), 200)
        .await;
    ann.ask(
        "PATCH /sections/{id}",
        &section,
        json!({ "name": "Yard" }),
        200,
    )
    .await;
    ann.ask("GET /sections", "", none.clone(), 200).await;
    ann.ask(
        "POST /tasks",
        "",
        json!({ "title": "mow", "list_id": list, "section_id": section, "tags": ["green"] }),
        201,
    )
    .await;
    ann.ask(
        "PATCH /tags/{name}",
        "green",
        json!({ "color": "#1c6e40" }),
        200,
    )
    .await;
    ann.ask("GET /tags", "", none.clone(), 200).await;
    ann.ask("DELETE /tags/{name}", "green", none.clone(), 204)
        .await;
    ann.ask("DELETE /sections/{id}", &section, none.clone(), 204)
        .await;
    ann.ask("DELETE /lists/{id}", &list, none.clone(), 204)
        .await;
    ann.ask("POST /lists/{id}/restore", &list, none.clone(), 200)
        .await;
    ann.ask("GET /lists", "", none.clone(), 200).await;
    let view = id(&ann
        .ask(
            "POST /views",
            "",
            json!({ "name": "Soon", "filter": "due<today+7d" }),
            201,
        )
        .await);
    ann.ask("GET /views/{id}", &view, none.clone(), 200).await;
    ann.ask("PATCH /views/{id}", &view, json!({ "sort": "due" }), 200)
        .await;
    ann.ask("GET /views", "", none.clone(), 200).await;
    ann.ask("DELETE /views/{id}", &view, none.clone(), 204)
        .await;
    ann.ask(
        "GET /views/{id}",
        "0193e3a4-7b1c-7000-8000-000000000001",
        none,
        404,
    )
    .await;
}

async fn tasks(ann: &Checked<'_>) {
    let none = Value::Null;
    let whole = json!({
        "title": "call mom", "notes": "**soon**", "due": { "at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin" },
        "start": { "date": "2026-11-20" }, "deadline": "2026-12-01", "priority": "high", "tags": ["home"], "estimate": "PT30M",
        "links": [{ "url": "https://example.org/", "title": "a page" }], "source": { "system": "todoist", "id": "7" },
        "reminders": [{ "offset": "-PT15M" }, { "at": "2026-11-29T13:00:00Z" }],
    });
    let task = id(&ann.ask("POST /tasks", "", whole, 201).await);
    ann.ask(
        "POST /tasks",
        "",
        json!({ "id": task, "title": "another" }),
        409,
    )
    .await;
    let other = id(&ann
        .ask(
            "POST /tasks",
            "",
            json!({ "title": "buy flowers", "due": { "date": "2026-11-29" } }),
            201,
        )
        .await);
    ann.ask(
        "PATCH /tasks/{id}",
        &task,
        json!({ "blocked_by": [other], "notes": "" }),
        200,
    )
    .await;
    let strict = [("if-match", "\"1\"")];
    ann.with_headers(
        "PATCH /tasks/{id}",
        &task,
        json!({ "notes": "x" }),
        412,
        &strict,
    )
    .await;
    let merged = [("base-version", "1")];
    ann.with_headers(
        "PATCH /tasks/{id}",
        &task,
        json!({ "notes": "y" }),
        412,
        &merged,
    )
    .await;
    ann.ask("GET /tasks/{id}", &task, none.clone(), 200).await;
    let known = [("if-none-match", "\"2\"")];
    ann.with_headers("GET /tasks/{id}", &task, none.clone(), 304, &known)
        .await;
    ann.ask(
        "GET /tasks/{id}?at=2026-11-23T08:00:30Z",
        &task,
        none.clone(),
        200,
    )
    .await;
    ann.ask("POST /tasks/{id}/complete", &task, none.clone(), 200)
        .await;
    ann.ask("POST /tasks/{id}/reopen", &task, none.clone(), 200)
        .await;
    ann.ask("POST /tasks/{id}/drop", &task, none.clone(), 200)
        .await;
    ann.ask("POST /tasks/{id}/reopen", &task, none.clone(), 200)
        .await;
    ann.ask(
        "POST /tasks/{id}/reschedule",
        &task,
        json!({ "due": { "date": "2026-11-30" } }),
        200,
    )
    .await;
    ann.ask(
        "POST /tasks/{id}/move",
        &task,
        json!({ "after": other }),
        200,
    )
    .await;
    ann.ask("POST /tasks/{id}/duplicate", &task, json!({}), 201)
        .await;
    ann.ask(
        "POST /tasks/{id}/snooze",
        &task,
        json!({ "until": "2026-11-24T09:00:00Z" }),
        200,
    )
    .await;
    let comment = id(&ann
        .ask(
            "POST /tasks/{id}/comments",
            &task,
            json!({ "text": "ask about the garden" }),
            201,
        )
        .await);
    ann.ask("GET /tasks/{id}/comments", &task, none.clone(), 200)
        .await;
    ann.ask(
        "PATCH /comments/{id}",
        &comment,
        json!({ "text": "ask about the *garden*" }),
        200,
    )
    .await;
    ann.ask("DELETE /comments/{id}", &comment, none.clone(), 204)
        .await;
    ann.ask("GET /tasks/{id}/history", &task, none.clone(), 200)
        .await;
    ann.ask(
        "GET /tasks?limit=2&sort=due,-priority&filter=priority%3E=low%20or%20tag=home",
        "",
        none.clone(),
        200,
    )
    .await;
    ann.ask("GET /tasks?limit=0", "", none.clone(), 400).await;
    ann.ask("GET /search?q=mom", "", none.clone(), 200).await;
    ann.ask("GET /counts", "", none.clone(), 200).await;
    ann.ask("DELETE /tasks/{id}", &other, none.clone(), 204)
        .await;
    ann.ask("GET /trash", "", none.clone(), 200).await;
    ann.ask("POST /tasks/{id}/restore", &other, none.clone(), 200)
        .await;
    ann.ask("DELETE /tasks/{id}", &other, none.clone(), 204)
        .await;
    ann.ask("POST /tasks/{id}/purge", &other, none.clone(), 204)
        .await;
    ann.ask("GET /tasks/{id}", &other, none.clone(), 410).await;
    ann.ask("DELETE /trash", "", none, 200).await;
}

async fn recurring(ann: &Checked<'_>, house: &House) {
    let none = Value::Null;
    let weekly = json!({ "rrule": "FREQ=WEEKLY;BYDAY=FR", "start": "2026-11-27T15:00:00", "time_zone": "Europe/Berlin" });
    let fields = json!({ "title": "water the plants", "due": { "at": "2026-11-27T15:00:00", "time_zone": "Europe/Berlin" }, "recurrence": weekly });
    let task = ann.ask("POST /tasks", "", fields, 201).await;
    let series = task["series_id"].as_str().unwrap().to_owned();
    ann.ask("GET /series/{id}", &series, none.clone(), 200)
        .await;
    ann.ask("POST /tasks/{id}/skip", &id(&task), none.clone(), 200)
        .await;
    ann.ask("POST /tasks/{id}/complete", &id(&task), none.clone(), 200)
        .await;
    house.settle().await;
    ann.ask("POST /series/{id}/pause", &series, none.clone(), 200)
        .await;
    ann.ask("POST /series/{id}/resume", &series, none.clone(), 200)
        .await;
    ann.ask("POST /series/{id}/end", &series, none, 200).await;
    let monthly = json!({ "rrule": "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD", "start": "2026-12-31", "count": 3 });
    ann.ask("POST /recurrence/preview", "", monthly, 200).await;
    ann.ask(
        "POST /recurrence/preview",
        "",
        json!({ "rrule": "FREQ=SECONDLY", "start": "2026-12-31" }),
        422,
    )
    .await;
}

async fn reminders(ann: &Checked<'_>, house: &House) {
    let none = Value::Null;
    let soon = json!({ "title": "stretch", "reminders": [{ "at": "2026-11-23T08:30:00Z" }, { "at": "2026-11-24T08:30:00Z" }] });
    let task = ann.ask("POST /tasks", "", soon, 201).await;
    ann.ask("GET /reminders", "", none.clone(), 200).await;
    let reminder = task["reminders"][1]["id"].as_str().unwrap();
    let later = json!({ "task_id": id(&task), "until": "2026-11-25T08:30:00Z" });
    ann.ask("POST /reminders/{id}/snooze", reminder, later, 200)
        .await;
    let words = "550 no such address".to_owned();
    house.mailbox.fail([notify::SendError::Stop { words }]);
    house.clock_to("2026-11-23T09:29:55").await; // whoever sends it is woken
    house.clock_to("2026-11-23T10:00").await;
    let deliveries = ann.ask("GET /deliveries", "", none.clone(), 200).await;
    let failed = deliveries["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["state"] == "failed");
    ann.ask(
        "POST /deliveries/{id}/retry",
        &id(failed.expect("a delivery that failed")),
        none.clone(),
        202,
    )
    .await;
    ann.ask("POST /tasks/{id}/complete", &id(&task), none, 200)
        .await;
}

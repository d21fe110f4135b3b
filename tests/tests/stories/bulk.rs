//! Many commands at once, retries, and taking back.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::{Value, json};
use uuid::Uuid;

fn create(n: u128, title: &str) -> Value {
    json!({"key": title, "type": "create_task", "id": Uuid::from_u128(n), "set": {"title": title}})
}

#[tokio::test]
async fn r_1_11_all_or_nothing_and_one_undo() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let bad = json!({"key": "bad", "type": "complete_task", "id": Uuid::from_u128(99)});
    let mixed = json!({"mode": "all", "commands": [create(1, "a"), bad, create(2, "b")]});
    let before = house.heads().await;
    let refused = ann.ask("POST /commands").json(&mixed).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (422, "commands_refused")
    );
    check(
        vec![refused.json()["errors"].to_string()],
        expect![[
            r#"[{"code":"not_found","detail":"There is no such task. It may have been deleted, or it belongs to somebody else.","errors":[],"key":"bad","pointer":"/commands/1"}]"#
        ]],
    );
    assert_eq!(house.heads().await, before);

    let each = json!({"mode": "each", "commands": mixed["commands"]});
    let done = ann.post("/commands", each).await;
    let states: Vec<_> = done["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|result| (&result["key"], &result["status"]))
        .collect();
    assert_eq!(
        states,
        [
            (&json!("a"), &json!("done")),
            (&json!("bad"), &json!("refused")),
            (&json!("b"), &json!("done"))
        ]
    );
    assert_eq!(done["results"][1]["problem"]["code"], "not_found");
    assert_eq!(ann.titles("/tasks?sort=title").await, ["a", "b"]);

    let undone = ann.post("/undo", json!({})).await;
    assert_eq!(undone["undone"].as_array().unwrap().len(), 2);
    assert_eq!(ann.titles("/tasks").await, [""; 0]);
    ann.post("/undo", json!({"run_id": undone["run_id"]})).await;
    assert_eq!(
        ann.titles("/tasks?sort=title").await,
        ["a", "b"],
        "an undo can be undone"
    );
}

#[tokio::test]
async fn r_1_11_a_dry_run_says_what_would_be_done_and_does_nothing() {
    let house = house(MONDAY).await;
    let before = house.heads().await;
    let asked = json!({"dry_run": true, "commands": [create(1, "a"), {"type": "complete_task", "id": Uuid::from_u128(1)}]});
    let told = house.ann.post("/commands", asked).await;
    assert_eq!(
        (
            &told["dry_run"],
            &told["results"][1]["status"],
            &told["results"][1]["version"]
        ),
        (&json!(true), &json!("done"), &json!(2))
    );
    assert_eq!(house.heads().await, before);
}

#[tokio::test]
async fn r_1_11_undo_by_event_for_thirty_days_and_only_where_nothing_came_after() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let id = ann.create(json!({"title": "plan", "notes": "a"})).await;
    ann.patch(&format!("/tasks/{id}"), json!({"title": "plan B"}))
        .await;
    ann.patch(&format!("/tasks/{id}"), json!({"notes": "b"}))
        .await;
    let history = ann.get(&format!("/tasks/{id}/history")).await;
    let event = |n: usize| json!({"event_id": history["items"][n]["id"]});
    ann.post("/undo", event(1)).await;
    let task = ann.task(id).await;
    assert_eq!(
        (&task["title"], &task["notes"]),
        (&json!("plan"), &json!("b")),
        "what came after stays"
    );
    ann.patch(&format!("/tasks/{id}"), json!({"notes": "c"}))
        .await;
    let blocked = ann.ask("POST /undo").json(&event(2)).await;
    assert_eq!(
        (blocked.status, blocked.code().as_str()),
        (409, "undo_blocked")
    );
    check(
        vec![blocked.json()["detail"].to_string()],
        expect![[
            r#""It cannot be taken back: notes changed again later (b33454a3-a05e-8a1d-b1bd-33c28840e4d8:8 at 2026-11-23T08:00:00Z).""#
        ]],
    );
    house.clock_to("2026-12-24T10:00").await;
    let late = ann.ask("POST /undo").json(&json!({})).await;
    assert_eq!(
        (late.status, late.code().as_str()),
        (404, "not_found"),
        "{}",
        late.body
    );
}

#[tokio::test]
async fn r_1_11_undo_is_of_this_client() {
    let house = house(MONDAY).await;
    let phone = house.ann.by_token("phone", "tasks:read tasks:write").await;
    house.ann.create(json!({"title": "by page"})).await;
    phone.create(json!({"title": "by phone"})).await;
    house.ann.post("/undo", json!({})).await;
    assert_eq!(house.ann.titles("/tasks").await, ["by phone"]);
    phone.post("/undo", json!({})).await;
    assert_eq!(house.ann.titles("/tasks").await, [""; 0]);
}

#[tokio::test]
async fn r_1_10_a_retried_request_has_one_effect_and_the_same_answer() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let id = ann.create(json!({"title": "a", "tags": ["home"]})).await;
    let list = ann.post("/lists", json!({"name": "Work"})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let comment = ann
        .post(&format!("/tasks/{id}/comments"), json!({"text": "hm"}))
        .await;
    let comment = comment["id"].as_str().unwrap().to_owned();
    for (n, (what, body)) in [
        ("POST /tasks".to_owned(), json!({"title": "b"})),
        (format!("PATCH /tasks/{id}"), json!({"title": "aa"})),
        (format!("POST /tasks/{id}/complete"), Value::Null),
        (format!("POST /tasks/{id}/reopen"), Value::Null),
        (format!("POST /tasks/{id}/duplicate"), json!({})),
        (format!("POST /tasks/{id}/move"), json!({"list_id": list})),
        (format!("POST /tasks/{id}/comments"), json!({"text": "hm"})),
        (format!("PATCH /comments/{comment}"), json!({"text": "hmm"})),
        (format!("DELETE /comments/{comment}"), Value::Null),
        (format!("DELETE /tasks/{id}"), Value::Null),
        (format!("POST /tasks/{id}/restore"), Value::Null),
        ("POST /lists".to_owned(), json!({"name": "Home"})),
        (format!("PATCH /lists/{list}"), json!({"name": "Job"})),
        (
            "POST /sections".to_owned(),
            json!({"name": "s", "list_id": list}),
        ),
        (
            "POST /views".to_owned(),
            json!({"name": "v", "filter": "tag=home"}),
        ),
        ("PATCH /tags/home".to_owned(), json!({"color": "#ff0000"})),
        (
            "POST /commands".to_owned(),
            json!({"commands": [{"type": "create_task", "set": {"title": "c"}}]}),
        ),
        ("POST /undo".to_owned(), json!({})),
        ("PATCH /me/settings".to_owned(), json!({"locale": "en-GB"})),
        (
            "POST /me/tokens".to_owned(),
            json!({"name": "watch", "scopes": ["tasks:read"]}),
        ),
        (
            "POST /assistant/messages".to_owned(),
            json!({"text": "create a task to sweep the yard"}),
        ),
        ("DELETE /trash".to_owned(), Value::Null),
    ]
    .into_iter()
    .enumerate()
    {
        let send = || {
            let ask = ann
                .ask(&what)
                .header("idempotency-key", &format!("key-{n}"));
            if body.is_null() { ask } else { ask.json(&body) }
        };
        let first = send().await;
        assert!(first.status < 300, "{what}: {}", first.body);
        let after = house.heads().await;
        let second = send().await;
        assert_eq!(
            (second.status, second.header("idempotency-replayed")),
            (first.status, "true"),
            "{what}: {}",
            second.body
        );
        if !what.contains("assistant") {
            assert_eq!(second.body, first.body, "{what}");
        }
        assert_eq!(second.header("etag"), first.header("etag"), "{what}");
        assert_eq!(
            second.header("location"),
            first.header("location"),
            "{what}"
        );
        assert_eq!(house.heads().await, after, "{what} wrote twice");
    }
    assert_eq!(
        ann.get("/me/tokens").await["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

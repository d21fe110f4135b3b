//! A day in which every route is asked, and every answer checked against the document: its status, its media type, its shape.

use super::documented;
use errand::Functions;
use house_tests::house;
use serde_json::{Value, json};
use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex},
};
use testkit::{Got, House, Person};

static DOCUMENT: LazyLock<Value> = LazyLock::new(Functions::openapi);

/// Somebody whose every answer is checked.
struct Checked<'a> {
    person: &'a Person,
    asked: &'a Mutex<BTreeSet<String>>,
}

impl Checked<'_> {
    /// Asks a route: `POST /tasks/{id}/complete`, with what stands for `{…}`, and a body where it is not null.
    async fn ask(&self, route: &str, with: &str, body: Value, status: u16) -> Value {
        self.with_headers(route, with, body, status, &[]).await
    }

    async fn with_headers(
        &self,
        route: &str,
        with: &str,
        body: Value,
        status: u16,
        headers: &[(&str, &str)],
    ) -> Value {
        let (method, template) = route.split_once(' ').unwrap();
        let (template, query) = template
            .split_once('?')
            .map_or((template, String::new()), |(path, query)| {
                (path, format!("?{query}"))
            });
        let template =
            if template.starts_with("/tasks") || !template.contains('.') && !is_root(template) {
                format!("/api/v1{template}")
            } else {
                template.to_owned()
            };
        let path = template.replace("{id}", with).replace("{name}", with);
        let mut ask = self.person.raw(&format!("{method} {path}{query}"));
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        let got = if body.is_null() {
            ask.await
        } else {
            ask.json(&body).await
        };
        assert_eq!(got.status, status, "{method} {path}: {}", got.body);
        check(method, &template, &got);
        self.asked
            .lock()
            .unwrap()
            .insert(format!("{method} {template}"));
        got.json()
    }
}

fn is_root(path: &str) -> bool {
    ["/health", "/ready", "/live", "/docs", "/sign-in"].contains(&path)
}

/// An answer is as the document says.
fn check(method: &str, path: &str, got: &Got) {
    let operation = &DOCUMENT["paths"][path][method.to_lowercase()];
    assert!(
        operation.is_object(),
        "{method} {path} is not in the document"
    );
    let mut answer = &operation["responses"][got.status.to_string()];
    assert!(
        answer.is_object(),
        "{method} {path} may not answer {}: {}",
        got.status,
        got.body
    );
    if let Some(reference) = answer["$ref"].as_str() {
        answer = DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap();
    }
    for name in ["etag", "location", "ratelimit"] {
        let said = answer["headers"]
            .as_object()
            .is_some_and(|all| all.keys().any(|key| key.eq_ignore_ascii_case(name)));
        let problem = got.status >= 400;
        assert!(
            problem || said == !got.header(name).is_empty(),
            "{method} {path}: the header {name}"
        );
    }
    let media = got
        .header("content-type")
        .split(';')
        .next()
        .unwrap_or_default();
    let Some(content) = answer["content"].as_object() else {
        assert_eq!(got.body, "", "{method} {path}");
        return;
    };
    let content = content
        .get(media)
        .unwrap_or_else(|| panic!("{method} {path} answers {media}, not {content:?}"));
    if media.ends_with("json") {
        let faults = testkit::schema::faults(&DOCUMENT, &content["schema"], &got.json());
        assert_eq!(
            faults,
            Vec::<String>::new(),
            "{method} {path}: {}",
            got.body
        );
    }
}

fn id(record: &Value) -> String {
    record["id"]
        .as_str()
        .unwrap_or_else(|| panic!("no id: {record}"))
        .to_owned()
}

#[tokio::test]
async fn every_answer_is_as_published() {
    let house = house("2026-11-23T09:00 Europe/Berlin").await;
    let asked = a_day(&house).await;
    // Lines that stay open have stories of their own.
    let flows = [
        "GET /api/v1/changes/socket",
        "GET /api/v1/changes/stream",
        "GET /api/v1/assistant/messages/{id}/stream",
    ];
    let left: Vec<_> = documented()
        .into_iter()
        .filter(|route| !asked.contains(route) && !flows.contains(&route.as_str()))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "routes that nobody asked");
}

/// Everything that can be asked, once. Answers which routes were.
pub(super) async fn a_day(house: &House) -> BTreeSet<String> {
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
    together(&ann).await;
    talk(&ann).await;
    person(&ann, house).await;
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
    ann.ask("GET /tasks/{id}", &other, none.clone(), 404).await;
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

async fn together(ann: &Checked<'_>) {
    let none = Value::Null;
    let two = json!({ "commands": [{ "key": "a", "type": "create_task", "set": { "title": "one" } }, { "type": "create_list", "set": { "name": "List" } }] });
    ann.ask("POST /commands", "", two, 200).await;
    let one_is_wrong =
        json!({ "mode": "each", "commands": [{ "type": "create_task", "set": { "title": "" } }] });
    ann.ask("POST /commands", "", one_is_wrong.clone(), 200)
        .await;
    let mut all_or_nothing = one_is_wrong;
    all_or_nothing["mode"] = "all".into();
    ann.ask("POST /commands", "", all_or_nothing, 422).await;
    ann.ask("POST /undo", "", json!({}), 200).await;
    ann.ask(
        "POST /undo",
        "",
        json!({ "run_id": "0193e3a4-7b1c-7000-8000-000000000001" }),
        404,
    )
    .await;
    let line = json!({ "text": "pay rent monthly on the 1st !high #home", "mode": "add", "now": "2026-11-23T09:00:00+01:00", "time_zone": "Europe/Berlin" });
    ann.ask("POST /interpret", "", line.clone(), 200).await;
    ann.ask("POST /interpret", "", json!([line]), 200).await;
    let export = ann.ask("GET /export", "", none.clone(), 200).await;
    ann.ask("POST /import", "", export, 200).await;
    ann.ask("GET /changes?after=now", "", none.clone(), 200)
        .await;
    let audit = ann.ask("GET /audit?limit=200", "", none.clone(), 200).await;
    assert!(audit["items"].as_array().unwrap().len() > 40);
    ann.ask("GET /audit?kind=nothing", "", none.clone(), 400)
        .await;
    ann.ask("GET /audit/verify", "", none, 200).await;
}

async fn talk(ann: &Checked<'_>) {
    let none = Value::Null;
    let said = ann
        .ask(
            "POST /assistant/messages",
            "",
            json!({ "text": "create a task to walk dog tomorrow at 8am" }),
            200,
        )
        .await;
    let conversation = said["conversation_id"].as_str().unwrap().to_owned();
    let message = said["message_id"].as_str().unwrap().to_owned();
    ann.ask(
        "POST /assistant/messages/{id}/cancel",
        &message,
        none.clone(),
        204,
    )
    .await;
    let delete = json!({ "text": "delete walk dog task", "conversation_id": conversation });
    let asks = ann.ask("POST /assistant/messages", "", delete, 200).await;
    ann.ask(
        "POST /assistant/confirmations/{id}",
        &id(&asks["confirm"]),
        json!({ "confirm": true }),
        200,
    )
    .await;
    ann.ask("GET /assistant/conversations", "", none.clone(), 200)
        .await;
    ann.ask(
        "GET /assistant/conversations/{id}",
        &conversation,
        none,
        200,
    )
    .await;
}

async fn person(ann: &Checked<'_>, house: &House) {
    let none = Value::Null;
    ann.ask("GET /me", "", none.clone(), 200).await;
    ann.ask("GET /me/settings", "", none.clone(), 200).await;
    ann.ask(
        "PATCH /me/settings",
        "",
        json!({ "quiet_hours": { "from": "22:00", "until": "07:00" }, "digest_at": "08:00" }),
        200,
    )
    .await;
    ann.ask("GET /me/channels", "", none.clone(), 200).await;
    let token = id(&ann
        .ask(
            "POST /me/tokens",
            "",
            json!({ "name": "phone", "scopes": ["tasks:read"] }),
            201,
        )
        .await);
    ann.ask("GET /me/tokens", "", none.clone(), 200).await;
    ann.ask("DELETE /me/tokens/{id}", &token, none.clone(), 204)
        .await;
    let (link, path) = accounts::new_link(&house.deps, &house.ann.reader);
    house.deps.store.add_credential(&link).await.unwrap();
    let got = house.stranger().raw(&format!("GET {path}")).await;
    assert_eq!(got.status, 303, "{}", got.body);
    check("GET", "/sign-in", &got);
    ann.asked.lock().unwrap().insert("GET /sign-in".to_owned());
    let reader = house.ann.by_token("reader", "tasks:read").await;
    let reader = Checked {
        person: &reader,
        asked: ann.asked,
    };
    reader
        .ask("POST /lists", "", json!({ "name": "x" }), 403)
        .await;
    let stranger = house.stranger();
    let stranger = Checked {
        person: &stranger,
        asked: ann.asked,
    };
    stranger.ask("GET /me", "", none.clone(), 401).await;
    ann.ask("POST /me/sign-out", "", none, 204).await;
}

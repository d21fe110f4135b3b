//! What is Ann's, and how Bob tries to get at it.

use domain::id::TaskId;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use testkit::House;

/// A word that stands in every text of Ann's.
pub(super) const MARK: &str = "xylophone";
/// A tag of Ann's; Bob may have one of that name himself.
pub(super) const TAG: &str = "music";

/// Ids of Ann's things.
pub(super) struct Hers {
    pub(super) task: TaskId,
    trashed: TaskId,
    list: String,
    section: String,
    view: String,
    comment: String,
    series: String,
    reminder: String,
    delivery: String,
    token: String,
    conversation: String,
    message: String,
    confirmation: String,
    run: String,
    event: String,
    cursor: String,
    page: String,
}

fn id(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("no id: {value}"))
        .to_owned()
}

/// Ann does everything that leaves something behind.
pub(super) async fn lives(house: &House) -> Hers {
    let ann = &house.ann;
    let list = id(&ann.post("/lists", json!({"name": MARK})).await["id"]);
    let section = ann
        .post("/sections", json!({"name": MARK, "list_id": list}))
        .await;
    let view = ann
        .post(
            "/views",
            json!({"name": MARK, "filter": format!("title~\"{MARK}\"")}),
        )
        .await;
    let task = ann
        .create(json!({
            "title": format!("tune the {MARK}"), "notes": MARK, "tags": [TAG], "list_id": list, "section_id": section["id"],
            "due": {"at": "2026-11-23T10:00:00", "time_zone": "Europe/Berlin"}, "recurrence": {"rrule": "FREQ=DAILY"},
            "reminders": [{"offset": "PT0S"}], "links": [{"url": format!("https://example.org/{MARK}")}],
            "source": {"system": MARK, "id": "1"}
        }))
        .await;
    ann.create(json!({"title": format!("another {MARK}")}))
        .await;
    let trashed = ann.create(json!({"title": format!("old {MARK}")})).await;
    let comment = ann
        .post(&format!("/tasks/{task}/comments"), json!({"text": MARK}))
        .await;
    ann.patch(&format!("/tags/{TAG}"), json!({"color": "#00ff00"}))
        .await;
    let token = ann
        .post(
            "/me/tokens",
            json!({"name": MARK, "scopes": ["tasks:read"]}),
        )
        .await;
    house.clock_to("2026-11-23T10:01").await;
    ann.delete(&format!("/tasks/{trashed}")).await;
    let asked = ann
        .say(&format!("delete the task tune the {MARK}"), None)
        .await;
    let history = ann.get(&format!("/tasks/{task}/history")).await;
    let whole = ann.task(task).await;
    let page = ann.get("/tasks?limit=1").await;
    Hers {
        task,
        trashed,
        list,
        section: id(&section["id"]),
        view: id(&view["id"]),
        comment: id(&comment["id"]),
        series: id(&whole["series_id"]),
        reminder: id(&whole["reminders"][0]["id"]),
        delivery: id(&ann.get("/deliveries").await["items"][0]["id"]),
        token: id(&token["id"]),
        conversation: id(&asked["conversation_id"]),
        message: id(&asked["message_id"]),
        confirmation: id(&asked["confirm"]["id"]),
        run: id(&history["items"][0]["run_id"]),
        event: id(&history["items"][0]["id"]),
        cursor: id(&page["cursor"]),
        page: id(&page["next"]),
    }
}

impl Hers {
    /// Every id, none of which Bob may be told.
    pub(super) fn ids(&self, house: &House) -> BTreeSet<String> {
        let tasks = [self.task, self.trashed].map(|task| task.to_string());
        let records = [
            &self.list,
            &self.section,
            &self.view,
            &self.comment,
            &self.series,
            &self.reminder,
        ];
        let ledger = [
            &self.delivery,
            &self.token,
            &self.conversation,
            &self.message,
            &self.confirmation,
            &self.run,
        ];
        let stream = house.ann.reader.home.to_string();
        let ids = records.into_iter().chain(ledger).cloned().chain(tasks);
        ids.chain([stream, house.ann.reader.person.to_string()])
            .collect()
    }

    /// The path of a route, at what is Ann's.
    pub(super) fn path(&self, route: &str) -> String {
        let of = |first: &str| route.contains(first);
        let id = match () {
            () if of("/lists/") => &self.list,
            () if of("/sections/") => &self.section,
            () if of("/views/") => &self.view,
            () if of("/comments/") => &self.comment,
            () if of("/series/") => &self.series,
            () if of("/reminders/") => &self.reminder,
            () if of("/deliveries/") => &self.delivery,
            () if of("/tokens/") => &self.token,
            () if of("/conversations/") => &self.conversation,
            () if of("/messages/") => &self.message,
            () if of("/confirmations/") => &self.confirmation,
            () if of("/restore") || of("/purge") => &self.trashed.to_string(),
            () => &self.task.to_string(),
        };
        route.replace("{id}", id).replace("{name}", TAG)
    }

    /// What Bob sends to a route, and in how many ways.
    pub(super) fn bodies(&self, route: &str) -> Vec<Value> {
        let (task, list, section) = (&self.task, &self.list, &self.section);
        match route.split("/api/v1").last().unwrap_or_default() {
            "/tasks" => ["list_id", "section_id", "parent_id", "blocked_by", "id"]
                .map(|field| {
                    let of = |id: &str| json!({"title": "mine", field: id});
                    match field {
                        "list_id" => of(list),
                        "section_id" => of(section),
                        "blocked_by" => json!({"title": "mine", "blocked_by": [task]}),
                        _ => of(&task.to_string()),
                    }
                })
                .to_vec(),
            "/lists" => vec![json!({"id": list, "name": "mine"})],
            "/sections" => vec![
                json!({"id": section, "name": "mine", "list_id": list}),
                json!({"name": "mine", "list_id": list}),
            ],
            "/views" => vec![json!({"id": self.view, "name": "mine", "filter": "tag=a"})],
            "/tasks/{id}/comments" => vec![
                json!({"text": "mine"}),
                json!({"text": "mine", "id": self.comment}),
            ],
            "/tasks/{id}/reschedule" => vec![json!({"due": null})],
            "/tasks/{id}/move" => vec![json!({"list_id": null})],
            "/tasks/{id}/snooze" => vec![json!({"until": "2026-12-01T00:00:00Z"})],
            "/reminders/{id}/snooze" => {
                vec![json!({"task_id": task, "until": "2026-12-01T00:00:00Z"})]
            }
            "/undo" => vec![
                json!({"run_id": self.run}),
                json!({"event_id": self.event}),
                json!({}),
            ],
            "/commands" => self.commands(),
            "/import" => vec![
                json!({"format": "errand", "version": 1, "tasks": [{"id": task, "title": "mine", "deleted_at": "2026-11-23T08:00:00Z"}]}),
            ],
            "/interpret" => vec![json!({
                "text": format!("complete {MARK}"), "mode": "talk", "now": "2026-11-23T09:00:00+01:00", "time_zone": "Europe/Berlin",
                "conversation_id": self.conversation
            })],
            "/recurrence/preview" => vec![json!({"rrule": "FREQ=DAILY", "count": 1})],
            "/me/settings" => vec![json!({"locale": "en-GB"})],
            "/assistant/messages" => [
                "what are my tasks?",
                "yes",
                "complete it",
                "what are my lists?",
                "undo that",
            ]
            .map(|text| json!({"text": text, "conversation_id": self.conversation}))
            .to_vec(),
            "/assistant/confirmations/{id}" => {
                vec![json!({"confirm": true}), json!({"confirm": false})]
            }
            "/comments/{id}" => vec![json!({"text": "mine"})],
            "/me/tokens" | "/lists/{id}" | "/sections/{id}" | "/views/{id}" => {
                vec![json!({"name": "mine"})]
            }
            "/tags/{name}" => vec![json!({"color": "#ff0000"})],
            "/tasks/{id}" => vec![json!({"title": "mine"})],
            "/tasks/{id}/duplicate" => vec![json!({})],
            _ => vec![Value::Null],
        }
    }

    /// Every kind of command at what is Ann's, each by itself.
    fn commands(&self) -> Vec<Value> {
        let on = |kinds: &[&str], id: &str| {
            kinds
                .iter()
                .map(|kind| json!({"type": kind, "id": id, "set": {}}))
                .collect::<Vec<_>>()
        };
        let verbs = [
            "update_task",
            "complete_task",
            "reopen_task",
            "drop_task",
            "delete_task",
            "restore_task",
            "duplicate_task",
            "move_task",
            "skip",
        ];
        let mut all = on(&verbs, &self.task.to_string());
        all.extend(on(
            &["end_series", "pause_series", "resume_series"],
            &self.series,
        ));
        all.extend(on(
            &["update_list", "delete_list", "restore_list"],
            &self.list,
        ));
        all.extend(on(&["update_section", "delete_section"], &self.section));
        all.extend(on(&["update_view", "delete_view"], &self.view));
        all.extend(on(&["delete_comment"], &self.comment));
        all.push(json!({"type": "comment", "set": {"task_id": self.task, "text": "mine"}}));
        all.push(json!({"type": "reschedule", "id": self.task, "set": {"due": null}}));
        all.push(json!({"type": "delete_tag", "set": {"name": TAG}}));
        vec![json!({"mode": "each", "commands": all})]
    }

    /// The query strings that Bob tries on a listing.
    pub(super) fn queries(&self, route: &str) -> Vec<String> {
        let (list, page, cursor) = (&self.list, &self.page, &self.cursor);
        let all: Vec<String> = match route.strip_prefix("GET /api/v1").unwrap_or_default() {
            "/tasks" => vec![
                "?status=all&hidden=true&limit=200".into(),
                format!("?q={MARK}&status=all"),
                format!("?list={list}"),
                format!("?list={MARK}"),
                format!("?tag={TAG}"),
                format!("?view={}", self.view),
                format!("?limit=1&after={page}"),
                format!("?section={}", self.section),
                format!("?filter=title~%22{MARK}%22"),
                format!("?assignee={}", self.task),
            ],
            "/trash" => vec![String::new(), "?limit=200".into()],
            "/search" => vec![format!("?q={MARK}"), "?q=tune".into()],
            "/changes" => vec![
                "?after=now".into(),
                format!("?after={cursor}"),
                "?after=1".into(),
            ],
            "/audit" => vec![
                String::new(),
                format!("?task={}", self.task),
                "?limit=200".into(),
            ],
            "/tasks/{id}" => vec![String::new(), "?at=2026-11-23T08:30:00Z".into()],
            "/deliveries" | "/reminders" => {
                vec![String::new(), "?limit=200".into(), format!("?after={page}")]
            }
            _ => vec![String::new()],
        };
        all
    }
}

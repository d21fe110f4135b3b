//! Lists, views, tokens, messages, settings and commands that cannot be.

use super::Scene;
use serde_json::{Value, json};

const INVALID: &str = "422 field_invalid";
const UNKNOWN: &str = "422 field_unknown";
const DATE: &str = "422 date_impossible";

#[tokio::test]
async fn r_6_3_reminders_and_rules_that_cannot_be() {
    let scene = Scene::new().await;
    let due = json!({"at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin"});
    let reminder = |reminder: Value| json!({"title": "a", "due": due, "reminders": [reminder]});
    let rule = |rule: &str| json!({"title": "a", "due": due, "recurrence": {"rrule": rule}});
    let at = "/recurrence/rrule";
    let (invalid, never, frequent) = (
        "422 rrule_invalid",
        "422 rrule_never_matches",
        "422 recurrence_too_frequent",
    );
    scene.rows(vec![
        ("POST /tasks", reminder(json!({})), INVALID, "/reminders/0"),
        ("POST /tasks", reminder(json!({"offset": "-PT15M", "at": "2026-11-29T13:00:00Z"})), INVALID, "/reminders/0"),
        ("POST /tasks", reminder(json!({"offset": "15 minutes"})), INVALID, "/reminders/0/offset"),
        ("POST /tasks", reminder(json!({"offset": "-P400D"})), INVALID, "/reminders/0/offset"),
        ("POST /tasks", reminder(json!({"at": "2026-11-29T13:00:00"})), INVALID, "/reminders/0/at"),
        ("POST /tasks", reminder(json!({"offset": "PT0S", "of": "birth"})), INVALID, "/reminders/0/of"),
        ("POST /tasks", rule(""), invalid, at),
        ("POST /tasks", rule("every day"), invalid, at),
        ("POST /tasks", rule("FREQ=FORTNIGHTLY"), invalid, at),
        ("POST /tasks", rule("FREQ=DAILY;FREQ=DAILY"), invalid, at),
        ("POST /tasks", rule("FREQ=DAILY;INTERVAL=0"), invalid, at),
        ("POST /tasks", rule("FREQ=DAILY;COUNT=3;UNTIL=20261231"), invalid, at),
        ("POST /tasks", rule("FREQ=MONTHLY;BYMONTHDAY=32"), invalid, at),
        ("POST /tasks", rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"), never, at),
        ("POST /tasks", rule("FREQ=SECONDLY"), frequent, at),
        ("POST /tasks", rule("FREQ=MINUTELY;INTERVAL=5"), frequent, at),
        ("POST /tasks", rule("FREQ=DAILY;BYHOUR=1,2;BYMINUTE=0,1,2,3"), frequent, at),
        ("POST /tasks", json!({"title": "a", "recurrence": {"rrule": 5}}), INVALID, at),
        ("POST /tasks", json!({"title": "a", "recurrence": {}}), INVALID, at),
        ("POST /tasks", json!({"title": "a", "recurrence": {"rrule": "FREQ=DAILY", "time_zone": "Mars/Olympus"}}), "422 zone_unknown", "/recurrence/time_zone"),
        ("POST /tasks", json!({"title": "a", "recurrence": {"rrule": "FREQ=DAILY", "start": "2026-02-31"}}), DATE, "/recurrence/start"),
        ("POST /tasks", json!({"title": "a", "recurrence": {"rrule": "FREQ=DAILY", "missed": "perhaps"}}), INVALID, "/recurrence/missed"),
        ("POST /tasks", json!({"title": "a", "parent_id": scene.series, "recurrence": {"rrule": "FREQ=DAILY"}}), INVALID, "/recurrence"),
        ("POST /recurrence/preview", json!({"rrule": "FREQ=SECONDLY"}), frequent, "/rrule"),
        ("POST /recurrence/preview", json!({"rrule": "FREQ=DAILY", "count": 0}), INVALID, "/count"),
        ("POST /recurrence/preview", json!({"rrule": "FREQ=DAILY", "count": 201}), INVALID, "/count"),
        ("POST /recurrence/preview", json!({"rrule": "FREQ=DAILY", "counts": 1}), UNKNOWN, "/counts"),
        ("POST /tasks/{task}/skip", Value::Null, INVALID, ""),
        ("POST /tasks/{task}/snooze", json!({"until": "2026-11-23T07:59:59Z"}), INVALID, "/until"),
        ("POST /tasks/{task}/snooze", json!({"until": "tomorrow"}), INVALID, "/until"),
        ("POST /tasks/{task}/snooze", json!({"until": "2026-11-24T08:00:00Z", "reminder_id": scene.task}), "404 not_found", ""),
        ("POST /tasks/{task}/reschedule", json!({"due": {"date": "2026-02-31"}}), DATE, "/due/date"),
        ("POST /tasks/{task}/reschedule", json!({}), INVALID, "/due"),
    ]).await;
}

#[tokio::test]
async fn r_6_3_other_records_that_cannot_be() {
    let scene = Scene::new().await;
    let ghost = "0193e3a4-7b1c-7000-8000-000000000001";
    let message = |text: &str| json!({"text": text});
    let interpret = |now: &str, zone: &str| json!({"text": "a", "now": now, "time_zone": zone});
    scene.rows(vec![
        ("POST /lists", json!({"name": ""}), INVALID, "/name"),
        ("POST /lists", json!({}), INVALID, "/name"),
        ("POST /lists", json!({"name": "a", "color": "red"}), INVALID, "/color"),
        ("POST /lists", json!({"name": "a", "position": "a1"}), "422 field_read_only", "/position"),
        ("POST /lists", json!({"name": "a", "id": "x"}), INVALID, "/id"),
        ("POST /lists", json!({"name": "b", "id": scene.list}), "409 id_taken", "/id"),
        ("POST /lists", json!({"name": "a", "icon": "x"}), UNKNOWN, "/icon"),
        ("POST /sections", json!({"name": "a"}), "422 reference_unknown", "/list_id"),
        ("POST /sections", json!({"name": "a", "list_id": ghost}), "422 reference_unknown", "/list_id"),
        ("POST /views", json!({"name": "a", "filter": "due<"}), "422 filter_invalid", "/filter"),
        ("POST /views", json!({"name": "a", "filter": "tag=a", "sort": "colour"}), INVALID, "/sort"),
        ("POST /views", json!({"name": "", "filter": "tag=a"}), INVALID, "/name"),
        ("PATCH /tags/home", json!({"name": ""}), INVALID, "/name"),
        ("PATCH /tags/home", json!({"color": "#12345"}), INVALID, "/color"),
        ("POST /tasks/{task}/comments", json!({"text": ""}), INVALID, "/text"),
        ("POST /tasks/{task}/comments", json!({}), INVALID, "/text"),
        ("POST /tasks/{task}/move", json!({"list_id": ghost}), "422 reference_unknown", "/list_id"),
        ("POST /tasks/{task}/move", json!({"after": ghost}), "422 reference_unknown", "/after"),
        ("POST /tasks/{task}/move", json!({"to": ghost}), UNKNOWN, "/to"),
        ("POST /undo", json!({"event_id": "x", "run_id": ghost}), INVALID, ""),
        ("POST /undo", json!({"event_id": "x"}), "404 not_found", ""),
        ("POST /undo", json!({"run_id": ghost}), "404 not_found", ""),
        ("POST /undo", json!({"run": ghost}), UNKNOWN, "/run"),
        ("POST /me/tokens", json!({"name": ""}), INVALID, "/name"),
        ("POST /me/tokens", json!({"name": "a", "scopes": ["tasks:admin"]}), INVALID, "/scopes/0"),
        ("POST /me/tokens", json!({"name": "a", "scopes": []}), INVALID, "/scopes"),
        ("POST /me/tokens", json!(["a", ["tasks:read"]]), INVALID, ""),
        ("POST /undo", json!([]), INVALID, ""),
        ("POST /me/tokens", json!({"name": "a", "expires_at": "2026-11-23T07:00:00Z"}), INVALID, "/expires_at"),
        ("POST /me/tokens", json!({"name": "a", "expires_at": "soon"}), INVALID, "/expires_at"),
        ("POST /me/tokens", json!({"scopes": []}), INVALID, "/name"),
        ("POST /assistant/messages", message(" "), INVALID, "/text"),
        ("POST /assistant/messages", json!({"text": "a", "conversation_id": "x"}), INVALID, "/conversation_id"),
        ("POST /assistant/confirmations/{task}", json!({"confirm": true}), "404 not_found", ""),
        ("POST /assistant/confirmations/{task}", json!({"confirm": "yes"}), INVALID, "/confirm"),
        ("POST /interpret", interpret("yesterday", "Europe/Berlin"), INVALID, "/now"),
        ("POST /interpret", interpret("2026-11-23T09:00:00", "Europe/Berlin"), INVALID, "/now"),
        ("POST /interpret", interpret("2026-11-23T09:00:00+01:00", "Mars/Olympus"), "422 zone_unknown", "/time_zone"),
        ("POST /interpret", json!({"now": "2026-11-23T09:00:00+01:00", "time_zone": "UTC"}), INVALID, "/text"),
        ("POST /interpret", json!({"text": "a", "now": "2026-11-23T09:00:00+01:00", "time_zone": "UTC", "zone": 1}), UNKNOWN, "/zone"),
        ("POST /import", json!({"format": "todo.txt", "version": 1}), INVALID, "/format"),
        ("POST /import", json!({"format": "errand", "version": 99}), INVALID, "/format"),
        ("POST /import", json!({"format": "errand", "version": 1, "tasks": "all"}), INVALID, "/tasks"),
        ("PATCH /me/settings", json!({"time_zone": "Mars/Olympus"}), "422 zone_unknown", "/time_zone"),
        ("PATCH /me/settings", json!({"locale": "x".repeat(1_000)}), INVALID, "/locale"),
        ("PATCH /me/settings", json!({"colour": "red"}), UNKNOWN, "/colour"),
        ("PATCH /me/settings", json!({"all_day_time": "25:00"}), INVALID, "/all_day_time"),
        ("PATCH /me/settings", json!({"week_starts": "wednesday"}), INVALID, "/week_starts"),
        ("PATCH /me/settings", json!({"email": "nobody"}), INVALID, "/email"),
        ("PATCH /me/settings", json!({"email": "a@b.c\r\nBcc: d@e.f"}), INVALID, "/email"),
        ("PATCH /me/settings", json!({"times": {"midnight": "00:00"}}), UNKNOWN, "/times/midnight"),
    ]).await;
}

#[tokio::test]
async fn r_6_3_commands_that_cannot_be_are_named_by_their_place() {
    let scene = Scene::new().await;
    let all = |command: Value| json!({"commands": [{"type": "create_task", "set": {"title": "good"}}, command]});
    scene.rows(vec![
        ("POST /commands", json!({}), INVALID, "/commands"),
        ("POST /commands", json!({"commands": []}), "422 limit_exceeded", "/commands"),
        ("POST /commands", json!({"commands": {}}), INVALID, "/commands"),
        ("POST /commands", json!({"commands": [], "atomic": true}), UNKNOWN, "/atomic"),
        ("POST /commands", json!({"mode": "some", "commands": []}), INVALID, "/mode"),
        ("POST /commands", all(json!({"type": "explode"})), INVALID, "/commands/1/type"),
        ("POST /commands", all(json!({"set": {}})), INVALID, "/commands/1/type"),
        ("POST /commands", all(json!({"type": "create_task", "title": "a"})), UNKNOWN, "/commands/1/title"),
        ("POST /commands", all(json!({"type": "complete_task"})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "complete_task", "id": "0193e3a4-7b1c-7000-8000-000000000001"})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "create_task", "set": {"title": ""}})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "create_task", "set": {"titel": "a"}})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "create_task", "set": [1]})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "update_task", "id": scene.task, "base": 99, "set": {"title": "a"}})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "update_task", "id": scene.task, "add": {"tags": [""]}})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "reschedule", "id": scene.task, "set": {"due": {"date": "2026-02-31"}}})), "422 commands_refused", "/commands/1"),
        ("POST /commands", all(json!({"type": "update_settings", "set": {"time_zone": "Mars/Olympus"}})), "422 commands_refused", "/commands/1"),
    ]).await;
}

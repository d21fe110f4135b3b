//! What stands in the body.

use super::Scene;
use serde_json::{Value, json};

const INVALID: &str = "422 field_invalid";
const UNKNOWN: &str = "422 field_unknown";
const DATE: &str = "422 date_impossible";

#[tokio::test]
async fn r_6_3_what_is_no_json_or_no_text() {
    let scene = Scene::new().await;
    for what in [
        "POST /tasks",
        "PATCH /tasks/{task}",
        "POST /tasks/{task}/reschedule",
        "POST /tasks/{task}/move",
        "POST /tasks/{task}/duplicate",
        "POST /tasks/{task}/snooze",
        "POST /tasks/{task}/comments",
        "POST /lists",
        "PATCH /lists/{list}",
        "POST /sections",
        "POST /views",
        "PATCH /tags/home",
        "POST /commands",
        "POST /undo",
        "POST /interpret",
        "POST /recurrence/preview",
        "POST /import",
        "PATCH /me/settings",
        "POST /me/tokens",
        "POST /assistant/messages",
    ] {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let deep_field = format!(
            "{{\"title\":{}1{}}}",
            "{\"a\":".repeat(10_000),
            "}".repeat(10_000)
        );
        for (body, expected) in [
            ("", "400 malformed_json"),
            ("{", "400 malformed_json"),
            ("{'title': 'a'}", "400 malformed_json"),
            ("NaN", "400 malformed_json"),
        ] {
            let json = scene.ask(what).header("content-type", "application/json");
            scene
                .refused(&format!("{what} {body}"), json.body(body), expected)
                .await;
        }
        for body in [
            deep.as_str(),
            deep_field.as_str(),
            "\"text\"",
            "{\"title\": \"\\ud800\"}",
            "{\"title\": \"a\"} x",
            "5",
            "[[]]",
            "{\"title\": \"a\\u0000b\"}",
            "{\"tit\\u0000le\": 1}",
        ] {
            let got = scene
                .ask(what)
                .header("content-type", "application/json")
                .body(body.to_owned())
                .await;
            let shown: String = body.chars().take(40).collect();
            assert!(
                matches!(got.status, 400 | 422),
                "{what} {shown}: {} {}",
                got.status,
                got.body
            );
        }
        let form = scene
            .ask(what)
            .header("content-type", "application/x-www-form-urlencoded");
        scene
            .refused(what, form.body("title=a"), "415 media_type_unsupported")
            .await;
        let bare = scene.ask(what);
        scene
            .refused(what, bare.body("{}"), "415 media_type_unsupported")
            .await;
        let latin = scene.ask(what).header("content-type", "application/json");
        scene
            .refused(
                what,
                latin.body(vec![b'{', b'"', 0xe4, b'"', b':', b'1', b'}']),
                "400 malformed_json",
            )
            .await;
    }
}

#[tokio::test]
async fn r_6_3_fields_of_a_task_that_cannot_be() {
    let scene = Scene::new().await;
    let long = "x".repeat(501);
    let at = |at: &str| json!({"title": "a", "due": {"at": at}});
    let zone =
        |zone: &str| json!({"title": "a", "due": {"at": "2026-11-29T15:00:00", "time_zone": zone}});
    let one = |field: &str, value: Value| json!({"title": "a", field: value});
    scene
        .rows(vec![
            ("POST /tasks", json!({}), INVALID, "/title"),
            ("POST /tasks", json!({"title": ""}), INVALID, "/title"),
            ("POST /tasks", json!({"title": " \t "}), INVALID, "/title"),
            (
                "POST /tasks",
                json!({"title": long}),
                "422 limit_exceeded",
                "/title",
            ),
            (
                "POST /tasks",
                json!({"title": "two\nlines"}),
                INVALID,
                "/title",
            ),
            (
                "POST /tasks",
                json!({"title": "esc\u{1b}ape"}),
                INVALID,
                "/title",
            ),
            ("POST /tasks", json!({"title": null}), INVALID, "/title"),
            ("POST /tasks", json!({"title": 5}), INVALID, "/title"),
            (
                "PATCH /tasks/{task}",
                json!({"title": ""}),
                INVALID,
                "/title",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"title": null}),
                INVALID,
                "/title",
            ),
            (
                "POST /tasks",
                one("colour", json!("red")),
                UNKNOWN,
                "/colour",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"titel": "a"}),
                UNKNOWN,
                "/titel",
            ),
            (
                "POST /tasks",
                one("status", json!("done")),
                "422 field_read_only",
                "/status",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"version": 3}),
                "422 field_read_only",
                "/version",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"closed_at": "2026-11-23T08:00:00Z"}),
                "422 field_read_only",
                "/closed_at",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"id": "0193e3a4-7b1c-7000-8000-000000000001"}),
                "422 field_read_only",
                "/id",
            ),
            ("POST /tasks", at("2026-02-31T10:00:00"), DATE, "/due/at"),
            ("POST /tasks", at("2026-11-29T25:00:00"), DATE, "/due/at"),
            ("POST /tasks", at("0000-01-01T00:00:00"), DATE, "/due"),
            ("POST /tasks", at("99999-01-01T00:00:00"), DATE, "/due/at"),
            ("POST /tasks", at("tomorrow"), DATE, "/due/at"),
            (
                "POST /tasks",
                one("due", json!({"date": "2026-02-30"})),
                DATE,
                "/due/date",
            ),
            (
                "POST /tasks",
                one("due", json!({"date": "0000-01-01"})),
                DATE,
                "/due",
            ),
            ("POST /tasks", one("due", json!({})), INVALID, "/due"),
            (
                "POST /tasks",
                one("due", json!("2026-11-29")),
                INVALID,
                "/due",
            ),
            (
                "POST /tasks",
                one(
                    "due",
                    json!({"date": "2026-11-29", "at": "2026-11-29T15:00:00"}),
                ),
                INVALID,
                "/due",
            ),
            (
                "POST /tasks",
                one("due", json!({"date": "2026-11-29", "hour": 3})),
                UNKNOWN,
                "/due/hour",
            ),
            (
                "POST /tasks",
                one("deadline", json!("2027-02-29")),
                DATE,
                "/deadline",
            ),
            (
                "POST /tasks",
                one("deadline", json!("99999-01-01")),
                DATE,
                "/deadline",
            ),
            (
                "POST /tasks",
                one("start", json!({"date": "1066-10-14"})),
                DATE,
                "/start",
            ),
            (
                "POST /tasks",
                zone("Mars/Olympus"),
                "422 zone_unknown",
                "/due/time_zone",
            ),
            (
                "POST /tasks",
                zone(""),
                "422 zone_unknown",
                "/due/time_zone",
            ),
            (
                "POST /tasks",
                zone("../../etc/passwd"),
                "422 zone_unknown",
                "/due/time_zone",
            ),
            (
                "POST /tasks",
                one("priority", json!("urgent")),
                INVALID,
                "/priority",
            ),
            (
                "POST /tasks",
                one("priority", json!(1)),
                INVALID,
                "/priority",
            ),
            ("POST /tasks", one("tags", json!("home")), INVALID, "/tags"),
            (
                "POST /tasks",
                one("tags", json!(["a", ""])),
                INVALID,
                "/tags/1",
            ),
            (
                "POST /tasks",
                one("tags", json!(["a\nb"])),
                INVALID,
                "/tags/0",
            ),
            (
                "POST /tasks",
                one("list_id", json!("work")),
                INVALID,
                "/list_id",
            ),
            (
                "POST /tasks",
                one("list_id", json!("0193e3a4-7b1c-7000-8000-000000000001")),
                "422 reference_unknown",
                "/list_id",
            ),
            (
                "POST /tasks",
                one("section_id", json!("0193e3a4-7b1c-7000-8000-000000000001")),
                "422 reference_unknown",
                "/section_id",
            ),
            (
                "POST /tasks",
                one("parent_id", json!("0193e3a4-7b1c-7000-8000-000000000001")),
                "422 reference_unknown",
                "/parent_id",
            ),
            (
                "POST /tasks",
                one(
                    "blocked_by",
                    json!(["0193e3a4-7b1c-7000-8000-000000000001"]),
                ),
                "422 reference_unknown",
                "/blocked_by",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"blocked_by": [scene.task]}),
                "422 dependency_cycle",
                "/blocked_by",
            ),
            (
                "PATCH /tasks/{task}",
                json!({"parent_id": scene.task}),
                "422 depth_exceeded",
                "/parent_id",
            ),
            (
                "POST /tasks",
                one("estimate", json!("half an hour")),
                INVALID,
                "/estimate",
            ),
            (
                "POST /tasks",
                one("estimate", json!("-PT5M")),
                INVALID,
                "/estimate",
            ),
            (
                "POST /tasks",
                one("links", json!([{"url": "javascript:alert(1)"}])),
                INVALID,
                "/links/0/url",
            ),
            (
                "POST /tasks",
                one("links", json!([{"url": "https://a b"}])),
                INVALID,
                "/links/0/url",
            ),
            (
                "POST /tasks",
                one("links", json!(["https://example.org"])),
                INVALID,
                "/links/0",
            ),
            (
                "POST /tasks",
                one("assignee", json!("bob")),
                INVALID,
                "/assignee",
            ),
            (
                "POST /tasks",
                json!({"title": "other", "id": scene.task}),
                "409 id_taken",
                "/id",
            ),
            (
                "POST /tasks",
                json!({"title": "other", "id": "1"}),
                INVALID,
                "/id",
            ),
        ])
        .await;
}

//! The limits of API.md 2, each at its edge: what fits, and one more.

use super::Scene;
use serde_json::{Value, json};

const LIMIT: &str = "422 limit_exceeded";

/// A field of a task at its limit and one past it.
async fn edge(scene: &Scene, limit: usize, pointer: &str, fields: impl Fn(usize) -> Value) {
    let with_title = |n: usize| {
        let mut all = fields(n);
        all["title"].is_null().then(|| all["title"] = json!("a"));
        all
    };
    let fits = scene.ask("POST /tasks").json(&with_title(limit)).await;
    assert_eq!(fits.status, 201, "{pointer} {limit}: {}", fits.body);
    let ask = scene.ask("POST /tasks").json(&with_title(limit + 1));
    let got = scene.refused(pointer, ask, LIMIT).await.json();
    assert_eq!(
        (
            &got["errors"][0]["pointer"],
            &got["errors"][0]["params"]["limit"]
        ),
        (&json!(pointer), &json!(limit))
    );
}

#[tokio::test]
async fn r_6_3_what_a_task_may_hold() {
    let scene = Scene::new().await;
    edge(
        &scene,
        500,
        "/title",
        |n| json!({"title": "\u{1f469}".repeat(n)}),
    )
    .await;
    edge(
        &scene,
        100_000,
        "/notes",
        |n| json!({"notes": "ä".repeat(n)}),
    )
    .await;
    edge(
        &scene,
        50,
        "/tags",
        |n| json!({"tags": (0..n).map(|n| n.to_string()).collect::<Vec<_>>()}),
    )
    .await;
    edge(&scene, 60, "/tags/0", |n| json!({"tags": ["ä".repeat(n)]})).await;
    edge(
        &scene,
        50,
        "/links",
        |n| json!({"links": vec![json!({"url": "https://example.org"}); n]}),
    )
    .await;
    edge(&scene, 20, "/reminders", |n| {
        let reminders: Vec<_> = (0..n)
            .map(|n| json!({"offset": format!("-PT{n}M")}))
            .collect();
        json!({"due": {"at": "2026-12-24T10:00:00"}, "reminders": reminders})
    })
    .await;
    let mut blockers = Vec::new();
    for n in 0..51 {
        blockers.push(
            scene
                .house
                .ann
                .create(json!({"title": n.to_string()}))
                .await,
        );
    }
    edge(
        &scene,
        50,
        "/blocked_by",
        |n| json!({"blocked_by": blockers[..n]}),
    )
    .await;
}

#[tokio::test]
async fn r_6_3_how_deep_subtasks_go() {
    let scene = Scene::new().await;
    let ann = &scene.house.ann;
    let mut above = ann.create(json!({"title": "0"})).await;
    for level in 1..=6 {
        above = ann
            .create(json!({"title": level.to_string(), "parent_id": above}))
            .await;
    }
    let ask = scene
        .ask("POST /tasks")
        .json(&json!({"title": "7", "parent_id": above}));
    let got = scene
        .refused("a seventh level", ask, "422 depth_exceeded")
        .await;
    assert_eq!(got.json()["errors"][0]["params"]["limit"], 6);
}

#[tokio::test]
async fn r_6_3_how_many_lists_and_commands_and_lines() {
    let scene = Scene::new().await;
    let lists: Vec<_> = (1..1_000)
        .map(|n| json!({"type": "create_list", "set": {"name": n.to_string()}}))
        .collect();
    scene
        .house
        .ann
        .post("/commands", json!({"commands": lists}))
        .await;
    scene
        .refused(
            "a list too many",
            scene.ask("POST /lists").json(&json!({"name": "a"})),
            LIMIT,
        )
        .await;
    let commands = vec![json!({"type": "create_task", "set": {"title": "a"}}); 1_001];
    let got = scene
        .refused(
            "1,001 commands",
            scene
                .ask("POST /commands")
                .json(&json!({"commands": commands})),
            LIMIT,
        )
        .await;
    assert_eq!(got.json()["errors"][0]["params"]["limit"], 1_000);
    let line = |text: String, mode: &str| json!({"text": text, "mode": mode, "now": "2026-11-23T09:00:00+01:00", "time_zone": "UTC"});
    for (mode, limit) in [("add", 500), ("talk", 10_000)] {
        let ask = scene
            .ask("POST /interpret")
            .json(&line("x".repeat(limit + 1), mode));
        let got = scene.refused(mode, ask, LIMIT).await;
        assert_eq!(got.json()["errors"][0]["params"]["limit"], limit);
    }
    let many = Value::from(vec![line("a".to_owned(), "add"); 101]);
    scene
        .refused("101 lines", scene.ask("POST /interpret").json(&many), LIMIT)
        .await;
    let long = json!({"text": "x".repeat(10_001)});
    scene
        .refused(
            "a long message",
            scene.ask("POST /assistant/messages").json(&long),
            LIMIT,
        )
        .await;
    let comment = json!({"text": "x".repeat(10_001)});
    scene
        .refused(
            "a long comment",
            scene.ask("POST /tasks/{task}/comments").json(&comment),
            LIMIT,
        )
        .await;
}

#[tokio::test]
async fn r_6_3_names_and_the_rest_have_limits_too() {
    let scene = Scene::new().await;
    let long = "x".repeat(501);
    scene.rows(vec![
        ("POST /lists", json!({"name": long}), LIMIT, "/name"),
        ("POST /sections", json!({"name": long, "list_id": scene.list}), LIMIT, "/name"),
        ("POST /views", json!({"name": long, "filter": "tag=a"}), LIMIT, "/name"),
        ("PATCH /tags/home", json!({"name": "x".repeat(61)}), LIMIT, "/name"),
        ("POST /views", json!({"name": "a", "filter": format!("title~\"{}\"", "x".repeat(100_000))}), "422 filter_invalid", "/filter"),
        ("POST /tasks", json!({"title": "a", "links": [{"url": "https://a", "title": "x".repeat(100_000)}]}), LIMIT, "/links/0/title"),
        ("POST /tasks", json!({"title": "a", "source": {"system": "x".repeat(100_000), "id": "1"}}), LIMIT, "/source/system"),
        ("POST /tasks", json!({"title": "a", "source": {"system": "s", "id": "x".repeat(100_000)}}), LIMIT, "/source/id"),
        ("POST /tasks", json!({"title": "a", "recurrence": {"rrule": "FREQ=DAILY", "exclude": vec!["2026-11-24"; 10_000]}}), "422 rrule_invalid", "/recurrence/rrule"),
        ("POST /tasks", json!({"title": "a", "recurrence": {"rrule": "FREQ=DAILY", "include": vec!["2026-11-24"; 10_000]}}), "422 rrule_invalid", "/recurrence/rrule"),

    ]).await;
}

#[tokio::test]
async fn r_6_3_bodies_have_a_size() {
    let scene = Scene::new().await;
    let padded = |size: usize| format!("{{\"title\":\"a\"{}}}", " ".repeat(size));
    let send = |what: &str, body: String| {
        scene
            .ask(what)
            .header("content-type", "application/json")
            .body(body)
    };
    assert_eq!(
        send("POST /tasks", padded((1 << 20) - 20)).await.status,
        201
    );
    let got = scene
        .refused(
            "over 1 MiB",
            send("POST /tasks", padded(1 << 20)),
            "413 body_too_large",
        )
        .await;
    assert_eq!(got.json()["errors"][0]["params"]["limit"], 1 << 20);
    for (what, good) in [
        (
            "POST /commands",
            r#"{"commands":[{"type":"create_task","set":{"title":"a"}}]"#,
        ),
        ("POST /import", r#"{"format":"errand","version":1"#),
    ] {
        let padded = |size: usize| format!("{good}{}}}", " ".repeat(size));
        assert_eq!(send(what, padded(7 << 20)).await.status, 200, "{what}");
        let got = scene
            .refused(what, send(what, padded(8 << 20)), "413 body_too_large")
            .await;
        assert_eq!(got.json()["errors"][0]["params"]["limit"], 8 << 20);
    }
    let endless = scene
        .ask("POST /tasks")
        .header("content-type", "application/json");
    let pieces = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(" ".repeat(1 << 16)));
    let endless = endless.body(axum::body::Body::from_stream(pieces));
    scene
        .refused("without end", endless, "413 body_too_large")
        .await;
}

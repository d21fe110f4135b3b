//! What stands in the query string.

use super::Scene;
use serde_json::json;

#[tokio::test]
async fn r_6_3_parameters_that_cannot_be() {
    let scene = Scene::new().await;
    let parameter = "400 parameter_invalid";
    for (what, expected) in [
        ("GET /tasks?limit=0", parameter),
        ("GET /tasks?limit=201", parameter),
        ("GET /tasks?limit=-1", parameter),
        ("GET /tasks?limit=ten", parameter),
        ("GET /tasks?limit=99999999999999999999", parameter),
        ("GET /tasks?limit=1&limit=2", parameter),
        ("GET /tasks?limits=1", parameter),
        ("GET /tasks?status=finished", parameter),
        ("GET /tasks?priority=urgent", parameter),
        ("GET /tasks?due_before=soon", parameter),
        ("GET /tasks?due_before=2026-02-31", parameter),
        ("GET /tasks?sort=colour", parameter),
        ("GET /tasks?sort=due,due,due,due,due", parameter),
        ("GET /tasks?view=everything", parameter),
        ("GET /tasks?view={task}", parameter),
        ("GET /tasks?hidden=perhaps", parameter),
        ("GET /tasks?q=a%00b", parameter),
        ("GET /tasks?filter=due%3C", "422 filter_invalid"),
        ("GET /tasks?filter=)", "422 filter_invalid"),
        ("GET /tasks?filter=colour%3Dred", "422 filter_invalid"),
        ("GET /search", parameter),
        ("GET /search?q=%20", parameter),
        ("GET /tasks/{task}?at=yesterday", parameter),
        ("GET /tasks/{task}?at=2026-11-23T07:00:00Z", "404 not_found"),
        ("GET /tasks/{task}?when=now", parameter),
        ("PATCH /tasks/{task}?scope=all", parameter),
        ("GET /reminders?limit=500", parameter),
        ("GET /deliveries?filter=a", parameter),
        ("GET /audit?kind=task.exploded", parameter),
        ("GET /audit?task=1", parameter),
        ("GET /changes?limit=1000", parameter),
        ("GET /changes?since=now", parameter),
        ("GET /lists?limit=0", parameter),
        ("GET /tags?sort=name", parameter),
        ("GET /counts?view=today", parameter),
        ("GET /export?format=csv", parameter),
        ("GET /tasks/{task}/history?kind=task.changed", parameter),
        ("POST /tasks?dry_run=true", parameter),
        ("POST /tasks/{task}/complete?silently=true", parameter),
        ("DELETE /tasks/{task}?force=true", parameter),
        ("GET /me?fields=name", parameter),
        ("GET /assistant/conversations?q=mom", parameter),
    ] {
        let ask = scene.ask(what).json(&json!({"title": "a"}));
        scene.refused(what, ask, expected).await;
    }
    let nested = format!(
        "GET /tasks?filter={}tag%3Da{}",
        "(".repeat(3_000),
        ")".repeat(3_000)
    );
    scene
        .refused("a deep filter", scene.ask(&nested), "422 filter_invalid")
        .await;
}

#[tokio::test]
async fn r_6_3_cursors_that_are_forged_of_another_filter_or_of_another_epoch() {
    let scene = Scene::new().await;
    let ann = &scene.house.ann;
    for n in 0..4 {
        ann.create(json!({"title": n.to_string(), "tags": ["home"], "due": {"at": "2026-11-24T09:00:00"}, "reminders": [{"offset": "-PT1H"}]})).await;
    }
    scene.house.clock_to("2026-11-24T09:00").await;
    let invalid = "400 cursor_invalid";
    let page = ann.get("/tasks?limit=1&sort=title").await;
    let next = page["next"].as_str().unwrap();
    let mut forged = next.to_owned();
    let last = forged.pop().unwrap();
    forged.push(if last == 'A' { 'B' } else { 'A' });
    for query in [
        format!("limit=1&sort=due&after={next}"),
        format!("limit=1&sort=title&tag=home&after={next}"),
        format!("limit=1&sort=title&status=all&after={next}"),
        format!("limit=1&sort=title&after={forged}"),
        "limit=1&sort=title&after=x".to_owned(),
        "limit=1&sort=title&after=%F0%9F%91%BE".to_owned(),
        format!("limit=1&sort=title&after={}", "A".repeat(5_000)),
    ] {
        scene
            .refused(&query, scene.ask(&format!("GET /tasks?{query}")), invalid)
            .await;
    }
    scene
        .refused(
            "of tasks",
            scene.ask(&format!("GET /trash?limit=1&sort=title&after={next}")),
            invalid,
        )
        .await;
    let history = format!("/tasks/{}/history", scene.task);
    for listing in [
        "/reminders",
        "/deliveries",
        "/lists",
        "/sections",
        "/tags",
        "/views",
        "/me/tokens",
        "/assistant/conversations",
        &history,
    ] {
        scene
            .refused(
                listing,
                scene.ask(&format!("GET {listing}?after={next}")),
                invalid,
            )
            .await;
        scene
            .refused(
                listing,
                scene.ask(&format!("GET {listing}?after=1")),
                invalid,
            )
            .await;
    }
    let changes = ann.get("/changes?after=now").await["cursor"]
        .as_str()
        .unwrap()
        .to_owned();
    for after in [
        "x",
        "1.nonsense",
        "1.0193e3a4-7b1c-7000-8000-000000000001:x",
        "-1",
        &changes.replace(':', ":-"),
        "1..",
        &"1.".repeat(3_000),
    ] {
        scene
            .refused(
                after,
                scene.ask(&format!("GET /changes?after={after}")),
                invalid,
            )
            .await;
    }
    scene
        .refused("audit", scene.ask("GET /audit?after=x"), invalid)
        .await;
    scene
        .refused("audit", scene.ask("GET /audit?after=-1"), invalid)
        .await;
    scene.house.deps.store.raise_epoch().await.unwrap();
    let gone = scene.ask(&format!("GET /changes?after={changes}"));
    scene
        .refused("of another epoch", gone, "410 cursor_gone")
        .await;
}

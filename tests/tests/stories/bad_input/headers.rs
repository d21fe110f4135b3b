//! What stands in the headers, and the way of asking.

use super::Scene;
use serde_json::json;
use std::future::IntoFuture;

#[tokio::test]
async fn r_6_3_wrong_ways_of_asking() {
    let scene = Scene::new().await;
    let good = json!({"title": "a"});
    for (header, value, expected) in [
        ("host", "evil.example", "421 host_unknown"),
        ("host", "localhost.evil.example", "421 host_unknown"),
        ("host", "ann@localhost", "421 host_unknown"),
        ("origin", "https://evil.example", "403 origin_refused"),
        ("origin", "null", "403 origin_refused"),
        ("sec-fetch-site", "cross-site", "403 origin_refused"),
        ("sec-fetch-site", "same-site", "403 origin_refused"),
        ("accept", "image/png", "406 not_acceptable"),
        ("accept", "application/json;q=0", "406 not_acceptable"),
        (
            "accept",
            "application/xml, image/*;q=0.8",
            "406 not_acceptable",
        ),
        ("content-type", "text/plain", "415 media_type_unsupported"),
        (
            "content-type",
            "multipart/form-data; boundary=x",
            "415 media_type_unsupported",
        ),
        ("idempotency-key", "", "400 parameter_invalid"),
        ("idempotency-key", &"x".repeat(256), "400 parameter_invalid"),
        ("idempotency-key", "schl\u{fc}ssel", "400 parameter_invalid"),
        (
            "authorization",
            "Bearer errand_wrong",
            "401 unauthenticated",
        ),
        ("authorization", "Basic YW5uOmFubg==", "401 unauthenticated"),
        ("authorization", "Bearer", "401 unauthenticated"),
    ] {
        let ask = scene.ask("POST /tasks").json(&good).header(header, value);
        scene
            .refused(&format!("{header}: {value}"), ask, expected)
            .await;
    }
    for accept in [
        "application/json",
        "*/*",
        "text/html,*/*;q=0.8",
        "Application/JSON; charset=utf-8",
        "application/problem+json",
    ] {
        assert_eq!(
            scene
                .ask("GET /tasks")
                .header("accept", accept)
                .await
                .status,
            200,
            "{accept}"
        );
    }
    let stranger = scene.ask("POST /tasks").json(&good).without("cookie");
    scene
        .refused("no cookie", stranger, "401 unauthenticated")
        .await;
}

#[tokio::test]
async fn r_6_3_wrong_methods_and_paths() {
    let scene = Scene::new().await;
    for (what, expected) in [
        ("PUT /tasks", "405 method_not_allowed"),
        ("DELETE /tasks", "405 method_not_allowed"),
        ("PUT /tasks/{task}", "405 method_not_allowed"),
        ("GET /tasks/{task}/complete", "405 method_not_allowed"),
        ("TRACE /tasks", "405 method_not_allowed"),
        ("OPTIONS /tasks", "405 method_not_allowed"),
        ("GET /nothing", "404 not_found"),
        ("GET /tasks/", "404 not_found"),
        ("GET /tasks/1", "404 not_found"),
        ("GET /tasks/%ff", "404 not_found"),
        ("GET /tasks/%00", "404 not_found"),
        ("GET /tasks/..%2f..%2fetc%2fpasswd", "404 not_found"),
        ("GET /tasks/{list}", "404 not_found"),
        ("GET /tasks/{list}/history", "404 not_found"),
        ("GET /tasks/{list}/comments", "404 not_found"),
        ("GET /lists/{task}", "404 not_found"),
        ("GET /series/{task}", "404 not_found"),
        ("POST /deliveries/{task}/retry", "404 not_found"),
        ("DELETE /tags/%ff", "404 not_found"),
        ("DELETE /tags/a%00b", "404 not_found"),
        ("DELETE /me/tokens/{task}", "404 not_found"),
        ("POST /tasks/{task}/purge", "422 field_invalid"),
        ("GET /assistant/messages/{task}/stream", "404 not_found"),
        ("GET /assistant/conversations/{task}", "404 not_found"),
        ("GET /changes/socket", "400 parameter_invalid"),
    ] {
        let got = scene.refused(what, scene.ask(what), expected).await;
        if got.status == 405 {
            assert!(!got.header("allow").is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn r_1_9_stale_versions_are_refused_wherever_there_is_an_etag() {
    let scene = Scene::new().await;
    let ann = &scene.house.ann;
    let section = ann
        .post("/sections", json!({"name": "s", "list_id": scene.list}))
        .await;
    let view = ann
        .post("/views", json!({"name": "v", "filter": "tag=a"}))
        .await;
    let comment = ann
        .post(
            &format!("/tasks/{}/comments", scene.task),
            json!({"text": "a"}),
        )
        .await;
    ann.patch("/tags/home", json!({"color": "#00ff00"})).await;
    let series = ann.task(scene.series).await["series_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let of = |record: &serde_json::Value| record["id"].as_str().unwrap().to_owned();
    let (section, view, comment) = (of(&section), of(&view), of(&comment));
    for (what, body) in [
        ("PATCH /tasks/{task}".to_owned(), json!({"title": "x"})),
        ("DELETE /tasks/{task}".to_owned(), json!(null)),
        ("POST /tasks/{task}/complete".to_owned(), json!(null)),
        ("POST /tasks/{task}/drop".to_owned(), json!(null)),
        (
            "POST /tasks/{task}/move".to_owned(),
            json!({"list_id": null}),
        ),
        (
            "POST /tasks/{task}/reschedule".to_owned(),
            json!({"due": null}),
        ),
        ("POST /tasks/{task}/duplicate".to_owned(), json!({})),
        ("PATCH /lists/{list}".to_owned(), json!({"name": "x"})),
        ("DELETE /lists/{list}".to_owned(), json!(null)),
        (format!("PATCH /sections/{section}"), json!({"name": "x"})),
        (format!("DELETE /sections/{section}"), json!(null)),
        (format!("PATCH /views/{view}"), json!({"name": "x"})),
        (format!("DELETE /views/{view}"), json!(null)),
        (format!("PATCH /comments/{comment}"), json!({"text": "x"})),
        (format!("DELETE /comments/{comment}"), json!(null)),
        ("PATCH /tags/home".to_owned(), json!({"color": null})),
        ("DELETE /tags/home".to_owned(), json!(null)),
        (format!("POST /series/{series}/pause"), json!(null)),
        (format!("POST /series/{series}/end"), json!(null)),
        ("PATCH /me/settings".to_owned(), json!({"locale": "en"})),
    ] {
        for (header, value, expected) in [
            ("if-match", "\"77\"", "412 version_mismatch"),
            ("if-match", "W/\"77\"", "412 version_mismatch"),
            ("base-version", "77", "412 version_mismatch"),
            ("if-match", "77", "400 parameter_invalid"),
            ("if-match", "\"1\", \"2\"", "400 parameter_invalid"),
            ("base-version", "-1", "400 parameter_invalid"),
            (
                "base-version",
                "99999999999999999999",
                "400 parameter_invalid",
            ),
        ] {
            let ask = scene.ask(&what).header(header, value);
            let ask = if body.is_null() { ask } else { ask.json(&body) };
            scene
                .refused(&format!("{what} {header}: {value}"), ask, expected)
                .await;
        }
    }
    let both = scene
        .ask("PATCH /tasks/{task}")
        .header("if-match", "\"2\"")
        .header("base-version", "2");
    scene
        .refused(
            "both",
            both.json(&json!({"title": "x"})),
            "400 parameter_invalid",
        )
        .await;
}

#[tokio::test]
async fn r_1_9_a_conflict_shows_both_values() {
    let scene = Scene::new().await;
    let ask = scene.ask("PATCH /tasks/{task}").header("base-version", "1");
    let got = scene
        .refused(
            "both changed the notes",
            ask.json(&json!({"notes": "mine"})),
            "412 conflict",
        )
        .await
        .json();
    let conflict = &got["conflicts"][0];
    assert_eq!(
        (
            &conflict["field"],
            &conflict["base"],
            &conflict["yours"],
            &conflict["theirs"]
        ),
        (
            &json!("notes"),
            &json!(""),
            &json!("mine"),
            &json!("second version")
        )
    );
    assert_eq!(conflict["by"], json!(scene.house.ann.reader.person));
    assert_eq!(got["current"]["notes"], "second version");
}

#[tokio::test]
async fn r_1_9_what_is_not_merged_is_not_written_over_by_a_base_either() {
    let scene = Scene::new().await;
    let ann = &scene.house.ann;
    let list = ann.post("/lists", json!({"name": "Work"})).await;
    let path = format!("/lists/{}", list["id"].as_str().unwrap());
    ann.patch(&path, json!({"name": "Theirs"})).await;
    let ask = scene
        .ask(&format!("PATCH {path}"))
        .header("base-version", "1");
    let ask = ask.json(&json!({"name": "Mine"}));
    scene
        .refused("a list that changed", ask, "412 version_mismatch")
        .await;
    assert_eq!(ann.get(&path).await["name"], "Theirs");
    let ask = scene
        .ask(&format!("PATCH {path}"))
        .header("base-version", "2");
    assert_eq!(ask.json(&json!({"name": "Mine"})).await.status, 200);
}

#[tokio::test]
async fn r_1_10_a_key_used_for_something_else_is_refused() {
    let scene = Scene::new().await;
    let send = |what: &str, title: &str| {
        scene
            .ask(what)
            .header("idempotency-key", "\"k\"")
            .json(&json!({"title": title}))
    };
    assert_eq!(send("POST /tasks", "a").await.status, 201);
    scene
        .refused(
            "another body",
            send("POST /tasks", "b"),
            "422 idempotency_key_reused",
        )
        .await;
    let bare = scene
        .ask("POST /tasks")
        .header("idempotency-key", "k")
        .json(&json!({"title": "a"}))
        .await;
    assert_eq!(
        (bare.status, bare.header("idempotency-replayed")),
        (201, "true"),
        "quotes are no part of it"
    );
    assert_eq!(
        send("PATCH /tasks/{task}", "c").await.status,
        200,
        "another route is another key"
    );
    let keyed = |name: &str| {
        scene
            .ask("POST /me/tokens")
            .header("idempotency-key", "t")
            .json(&json!({"name": name}))
    };
    assert_eq!(keyed("watch").await.status, 201);
    scene
        .refused(
            "another token",
            keyed("phone"),
            "422 idempotency_key_reused",
        )
        .await;
    // Two at once: one effect, and both are told the same.
    let twice = || {
        scene
            .ask("POST /tasks")
            .header("idempotency-key", "at-once")
            .json(&json!({"title": "once"}))
    };
    let (one, two) = futures::join!(twice().into_future(), twice().into_future());
    assert_eq!((one.status, two.status, &one.body), (201, 201, &two.body));
    assert_eq!(scene.house.ann.titles("/tasks?q=once").await, ["once"]);
}

//! What comes in and goes out over HTTP.

use super::*;
use axum::{
    Router,
    body::{Body, to_bytes},
};
use http::{Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

async fn send(
    router: Router,
    request: http::request::Builder,
    body: String,
) -> (StatusCode, Value) {
    let answer = router
        .oneshot(request.body(Body::from(body)).unwrap())
        .await
        .unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

async fn get(scene: &Scene, token: &str, path: &str) -> (StatusCode, Value) {
    let request = Request::get(format!("/api/v1/audit{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let router = crate::router(scene.deps.clone(), scene.witness.clone());
    send(router, request, String::new()).await
}

/// The numbers of a page's lines.
fn numbers(page: &Value) -> Vec<u64> {
    let items = page["items"].as_array().unwrap();
    items
        .iter()
        .map(|line| line["n"].as_u64().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_did_what_to_what_when_before_and_after_by_which_client() {
    let scene = Scene::new().await;
    let token = scene.token(&scene.me, "audit:read").await;
    let (status, page) = get(&scene, &token, "?limit=2").await;
    assert_eq!((status, numbers(&page)), (StatusCode::OK, vec![5, 4]));
    let line = &page["items"][0];
    assert_eq!(line["type"], "errand.task.created.v1");
    assert_eq!(
        line["by"],
        json!({ "user_id": scene.me.person, "client": "page", "kind": "person" })
    );
    assert_eq!(line["data"]["after"]["title"], "jam");
    assert_eq!(line["hash"].as_str().map(str::len), Some(64));
    let next = page["next"].as_str().unwrap();
    let (_, page) = get(&scene, &token, &format!("?limit=200&after={next}")).await;
    assert_eq!(
        (numbers(&page), &page["next"]),
        (vec![3, 2, 1], &Value::Null)
    );

    let task = line["subject"].as_str().unwrap();
    for (query, expected) in [
        ("?kind=settings.changed".to_owned(), vec![1]),
        ("?kind=task.created&limit=3".to_owned(), vec![5, 4, 3]),
        (format!("?task={task}"), vec![5]),
        (format!("?task={task}&kind=task.deleted"), vec![]),
        (format!("?task={}", kit::fresh()), vec![]),
    ] {
        let (status, page) = get(&scene, &token, &query).await;
        assert_eq!(
            (status, numbers(&page)),
            (StatusCode::OK, expected),
            "{query}"
        );
    }
    for (query, code) in [
        ("?kind=task.eaten", "parameter_invalid"),
        ("?task=7", "parameter_invalid"),
        ("?limit=0", "parameter_invalid"),
        ("?after=x", "cursor_invalid"),
        ("?colour=red", "parameter_invalid"),
    ] {
        let (status, problem) = get(&scene, &token, query).await;
        assert_eq!(
            (status, problem["code"].as_str()),
            (StatusCode::BAD_REQUEST, Some(code)),
            "{query}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_6_2_two_people_see_only_their_own() {
    let scene = Scene::new().await;
    let you = scene
        .deps
        .store
        .person(UserId(kit::fresh()), "you", "UTC")
        .await
        .unwrap();
    let theirs = kit::create(&scene.deps.store, &you, json!({ "title": "secret" })).await;
    scene.signs().await;
    let (mine, yours) = (
        scene.token(&scene.me, "audit:read").await,
        scene.token(&you, "audit:read").await,
    );
    let (_, page) = get(&scene, &mine, "").await;
    assert!(!page.to_string().contains("secret") && numbers(&page).len() == 6);
    let (_, page) = get(&scene, &mine, &format!("?task={theirs}")).await;
    assert_eq!(numbers(&page), Vec::<u64>::new());
    let (_, page) = get(&scene, &yours, "").await;
    assert!(page.to_string().contains("secret") && !page.to_string().contains("milk"));
    let (_, report) = get(&scene, &yours, "/verify").await;
    assert_eq!(
        (&report["intact"], &report["streams"], &report["events"]),
        (&json!(true), &json!(1), &json!(3))
    );
    assert_eq!(report["signed"]["n"], 2);
    // What is wrong with somebody else's is nobody else's to see.
    testkit::sqlite::tamper(
        &scene.log(),
        "update log set payload = replace(payload, 'secret', 'harmless')",
    )
    .await;
    let (_, report) = get(&scene, &yours, "/verify").await;
    assert_eq!(
        (&report["intact"], &report["breaks"][0]["n"]),
        (&json!(false), &json!(2))
    );
    let (_, report) = get(&scene, &mine, "/verify").await;
    assert_eq!(report["intact"], true);
    let (status, _) = get(&scene, &scene.token(&you, "tasks:read").await, "").await;
    assert_eq!(status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_is_a_hint_to_copy_all_there_is() {
    let scene = Scene::new().await;
    for title in ["tea", "honey", "rolls"] {
        kit::create(&scene.deps.store, &scene.me, json!({ "title": title })).await;
    }
    let stream = scene.me.home;
    for (n, expected) in [(7, 8), (7, 8), (6, 8), (8, 8)] {
        let event = json!({
            "specversion": "1.0", "id": format!("{stream}:{n}"), "source": "urn:x", "type": "errand.task.created.v1",
            "subject": kit::fresh(), "time": "2026-11-29T14:00:00Z", "datacontenttype": "application/json",
            "partitionkey": stream, "data": {}
        });
        let request =
            Request::post("/").header(header::CONTENT_TYPE, "application/cloudevents+json");
        let router = crate::events_router(scene.deps.clone(), scene.witness.clone());
        let (status, _) = send(router, request, event.to_string()).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(
            scene.witness.copy.streams().await.unwrap(),
            [(stream, expected)]
        );
    }
    assert_eq!(scene.broken().await, None);
}

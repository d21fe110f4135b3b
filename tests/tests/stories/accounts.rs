//! The person: the link, tokens and what they may, settings.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::house;
use serde_json::json;

#[tokio::test]
async fn r_6_1_the_printed_link_signs_a_browser_in_once() {
    let house = house(MONDAY).await;
    let (credential, path) = accounts::new_link(&house.deps, &house.ann.reader);
    house.deps.store.add_credential(&credential).await.unwrap();
    let stranger = house.stranger();
    let first = stranger.raw(&format!("GET {path}")).await;
    assert_eq!((first.status, first.header("location")), (303, "/"));
    let cookie = first.header("set-cookie").to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let secret = cookie.split(['=', ';']).nth(1).unwrap();
    let browser = stranger.with_session(secret);
    assert_eq!(
        browser.get("/me").await["id"],
        json!(house.ann.reader.person)
    );
    let second = stranger.raw(&format!("GET {path}")).await;
    assert_eq!(second.status, 401);
    assert_eq!(
        house.ann.get("/audit?limit=1").await["items"][0]["type"],
        "errand.security.signed_in.v1"
    );
    assert_eq!(browser.ask("POST /me/sign-out").await.status, 204);
    assert_eq!(browser.ask("GET /me").await.code(), "unauthenticated");
    assert_eq!(
        house.ann.ask("GET /me").await.status,
        200,
        "other browsers stay signed in"
    );
}

#[tokio::test]
async fn r_6_1_a_link_is_good_for_a_day_and_a_session_for_ninety() {
    let house = house(MONDAY).await;
    for (wait, status) in [("2026-11-24T08:59", 303), ("2026-11-25T09:01", 401)] {
        let (credential, path) = accounts::new_link(&house.deps, &house.ann.reader);
        house.deps.store.add_credential(&credential).await.unwrap();
        house.clock_to(wait).await;
        let got = house.stranger().raw(&format!("GET {path}")).await;
        assert_eq!(got.status, status, "{wait}");
        if status == 303 {
            let secret = got
                .header("set-cookie")
                .split(['=', ';'])
                .nth(1)
                .unwrap()
                .to_owned();
            let browser = house.stranger().with_session(&secret);
            assert_eq!(browser.ask("GET /me").await.status, 200);
        }
    }
}

#[tokio::test]
async fn r_6_1_a_token_may_what_its_scopes_say() {
    let house = house(MONDAY).await;
    let task = house.ann.create(json!({"title": "a"})).await;
    let gone = house.ann.create(json!({"title": "b"})).await;
    house.ann.delete(&format!("/tasks/{gone}")).await;
    let requests = [
        ("read", "GET /tasks".to_owned(), None),
        ("export", "GET /export".to_owned(), None),
        (
            "write",
            format!("PATCH /tasks/{task}"),
            Some(json!({"title": "a"})),
        ),
        (
            "bulk write",
            "POST /commands".to_owned(),
            Some(json!({"dry_run": true, "commands": [{"type": "complete_task", "id": task}]})),
        ),
        (
            "bulk delete",
            "POST /commands".to_owned(),
            Some(json!({"dry_run": true, "commands": [{"type": "delete_task", "id": task}]})),
        ),
        (
            "bulk settings",
            "POST /commands".to_owned(),
            Some(
                json!({"dry_run": true, "commands": [{"type": "update_settings", "set": {"locale": "de"}}]}),
            ),
        ),
        (
            "import",
            "POST /import".to_owned(),
            Some(json!({"format": "errand", "version": 1})),
        ),
        ("empty trash", "DELETE /trash".to_owned(), None),
        (
            "talk",
            "POST /assistant/messages".to_owned(),
            Some(json!({"text": "help"})),
        ),
        ("follow", "GET /changes?after=now".to_owned(), None),
        ("audit", "GET /audit".to_owned(), None),
        ("account", "GET /me/tokens".to_owned(), None),
        (
            "settings",
            "PATCH /me/settings".to_owned(),
            Some(json!({"locale": "en"})),
        ),
    ];
    let mut told = Vec::new();
    for scopes in [
        "",
        "tasks:read",
        "tasks:write",
        "tasks:delete",
        "assistant",
        "events:read",
        "audit:read",
        "account",
    ] {
        let program = house.ann.by_token("program", scopes).await;
        let mut may = Vec::new();
        for (name, what, body) in &requests {
            let ask = program.ask(what);
            let got = match body {
                Some(body) => ask.json(body).await,
                None => ask.await,
            };
            assert!(
                got.status < 300 || got.code() == "scope_missing",
                "{name}: {}",
                got.body
            );
            if got.status < 300 {
                may.push(*name);
            }
        }
        told.push(format!("{scopes:?}: {}", may.join(", ")));
    }
    check(
        told,
        expect![[r#"
            "": 
            "tasks:read": read
            "tasks:write": write, bulk write
            "tasks:delete": empty trash
            "assistant": talk
            "events:read": follow
            "audit:read": audit
            "account": account, settings"#]],
    );
}

#[tokio::test]
async fn r_6_1_no_token_makes_one_that_may_more() {
    let house = house(MONDAY).await;
    let program = house.ann.by_token("program", "account events:read").await;
    let asked = json!({"name": "more", "scopes": ["account", "tasks:read"]});
    let got = program.ask("POST /me/tokens").json(&asked).await;
    assert_eq!(got.code(), "scope_missing");
    let same = program.post("/me/tokens", json!({"name": "same"})).await;
    assert_eq!(same["scopes"], json!(["events:read", "account"]));
}

#[tokio::test]
async fn r_6_1_a_token_is_shown_once_expires_and_is_revoked_at_once() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let made = ann.post("/me/tokens", json!({"name": "watch", "scopes": ["tasks:read"], "expires_at": "2026-11-23T10:00:00Z"})).await;
    let secret = made["token"].as_str().unwrap();
    let watch = ann.with_token(secret);
    assert_eq!(watch.ask("GET /tasks").await.status, 200);
    let shown = ann.ask("GET /me/tokens").await;
    assert!(
        shown.body.contains("watch") && !shown.body.contains(secret),
        "{}",
        shown.body
    );
    house.clock_to("2026-11-23T11:00").await;
    assert_eq!(
        watch.ask("GET /tasks").await.code(),
        "unauthenticated",
        "it expired"
    );
    let made = ann.post("/me/tokens", json!({"name": "phone"})).await;
    let phone = ann.with_token(made["token"].as_str().unwrap());
    assert_eq!(phone.ask("GET /tasks").await.status, 200);
    ann.delete(&format!("/me/tokens/{}", made["id"].as_str().unwrap()))
        .await;
    assert_eq!(
        phone.ask("GET /tasks").await.code(),
        "unauthenticated",
        "it was revoked"
    );
    let again = ann
        .ask(&format!(
            "DELETE /me/tokens/{}",
            made["id"].as_str().unwrap()
        ))
        .await;
    assert_eq!(again.status, 404);
    // Two at once are one revocation; and whoever did not hear the answer may ask again.
    let made = ann.post("/me/tokens", json!({"name": "tablet"})).await;
    let path = format!("DELETE /me/tokens/{}", made["id"].as_str().unwrap());
    let keyed = || ann.ask(&path).header("idempotency-key", "tablet");
    let (one, other) = tokio::join!(keyed(), ann.ask(&path));
    let mut said = [one.status, other.status];
    said.sort_unstable();
    assert_eq!(said, [204, 404]);
    let revoked = ann.get("/audit?kind=security.token_revoked").await;
    let about = revoked["items"].as_array().unwrap().iter();
    let about = about.filter(|line| line["subject"] == made["id"]);
    assert_eq!(about.count(), 1);
}

#[tokio::test]
async fn r_6_1_a_revocation_that_is_repeated_is_answered_as_before() {
    let house = house(MONDAY).await;
    let made = house.ann.post("/me/tokens", json!({"name": "phone"})).await;
    let path = format!("DELETE /me/tokens/{}", made["id"].as_str().unwrap());
    let keyed = || house.ann.ask(&path).header("idempotency-key", "phone");
    assert_eq!(keyed().await.status, 204);
    let again = keyed().await;
    assert_eq!(
        (again.status, again.header("idempotency-replayed")),
        (204, "true")
    );
    assert_eq!(house.ann.ask(&path).await.status, 404);
}

#[tokio::test]
async fn r_6_1_settings_are_kept_and_count() {
    let house = house(MONDAY).await;
    let ann = &house.ann;
    let task = ann.create(json!({"title": "call mom", "due": {"date": "2026-11-24"}, "reminders": [{"offset": "PT0S"}]})).await;
    ann.patch(
        "/me/settings",
        json!({"all_day_time": "08:15", "time_zone": "America/New_York"}),
    )
    .await;
    let coming = ann.get("/reminders").await;
    assert_eq!(
        coming["items"][0]["moment"], "2026-11-24T13:15:00Z",
        "{coming}"
    );
    ann.patch(
        &format!("/tasks/{task}"),
        json!({"due": {"at": "2026-11-24T15:00:00"}}),
    )
    .await;
    assert_eq!(
        ann.task(task).await["due"]["instant"],
        "2026-11-24T20:00:00Z"
    );
    let got = ann
        .ask("PATCH /me/settings")
        .header("if-match", "\"1\"")
        .json(&json!({"locale": "de"}))
        .await;
    assert_eq!((got.status, got.code().as_str()), (412, "version_mismatch"));
}

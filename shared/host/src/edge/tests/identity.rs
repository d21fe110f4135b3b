//! Who asks, as whom they write, and requests that are repeated.

use super::*;

#[tokio::test]
async fn r_6_1_who_may() {
    let house = House::new().await;
    let router = router(&house);
    let (_, token) = house.secret("token", SCOPES).await;
    let (_, session) = house.secret("session", "").await;
    let (_, link) = house.secret("link", SCOPES).await;
    let (_, narrow) = house.secret("token", "tasks:read").await;
    let check = async |name: &str, value: String, expected: (u16, &str)| {
        let got = ask(&router, "POST /say/1", &[(name, &value)], "").await;
        assert_eq!(
            (got.status, got.code().as_str()),
            expected,
            "{name}: {value}: {}",
            got.body
        );
        got
    };
    check("authorization", format!("Bearer {token}"), (200, "")).await;
    check("authorization", format!("bearer {token}"), (200, "")).await;
    check(
        "cookie",
        format!("a=b; errand_session={session}"),
        (200, ""),
    )
    .await;
    check(
        "authorization",
        format!("Bearer {link}"),
        (401, "unauthenticated"),
    )
    .await;
    check(
        "authorization",
        format!("Bearer {session}"),
        (401, "unauthenticated"),
    )
    .await;
    check(
        "cookie",
        format!("errand_session={token}"),
        (401, "unauthenticated"),
    )
    .await;
    check(
        "authorization",
        format!("Bearer {token}x"),
        (401, "unauthenticated"),
    )
    .await;
    check(
        "authorization",
        format!("Basic {token}"),
        (401, "unauthenticated"),
    )
    .await;
    check(
        "authorization",
        "Bearer errand_".to_owned(),
        (401, "unauthenticated"),
    )
    .await;
    let nobody = check("x-nothing", "1".to_owned(), (401, "unauthenticated")).await;
    assert!(
        nobody.json()["detail"]
            .as_str()
            .unwrap()
            .starts_with("Open the link that errand printed")
    );
    assert_eq!(nobody.header("www-authenticate"), "Bearer");
    let narrow = check(
        "authorization",
        format!("Bearer {narrow}"),
        (403, "scope_missing"),
    )
    .await;
    assert_eq!(narrow.json()["errors"][0]["params"]["scope"], "tasks:write");
}

#[tokio::test]
async fn r_6_1_what_was_revoked_or_expired_holds_at_once() {
    let house = House::new().await;
    let router = router(&house);
    let (id, token) = house.secret("token", SCOPES).await;
    let bearer = format!("Bearer {token}");
    let status = async || {
        ask(&router, "POST /say/1", &[("authorization", &bearer)], "")
            .await
            .status
    };
    assert_eq!(status().await, 200);
    house
        .deps
        .store
        .remove_credential(&house.ann, id)
        .await
        .unwrap();
    house.deps.known.forget();
    assert_eq!(status().await, 401);
    let (_, token) = house.secret("token", SCOPES).await;
    let bearer = format!("Bearer {token}");
    let status = async || {
        ask(&router, "POST /say/1", &[("authorization", &bearer)], "")
            .await
            .status
    };
    assert_eq!(status().await, 200);
    house.clock.forward(3_600);
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn who_writes_is_said() {
    let house = House::new().await;
    let router = router(&house);
    let (_, token) = house.secret("token", SCOPES).await;
    let (_, session) = house.secret("session", "").await;
    let bearer = ("authorization", &*format!("Bearer {token}"));
    let trace = (
        "traceparent",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
    );
    let got = ask(
        &router,
        "POST /say/1",
        &[
            bearer,
            trace,
            ("idempotency-key", "\"k 1\""),
            ("if-match", "W/\"3\""),
        ],
        "",
    )
    .await;
    let expected = json!({
        "client": "phone", "kind": "agent", "correlation": "0af7651916cd43dd8448eb211c80319c", "at": "Exactly(3)",
        "key": ["POST /say/{id}", "k 1"]
    });
    assert_eq!(got.json(), expected);
    let cookie = ("cookie", &*format!("errand_session={session}"));
    let got = ask(
        &router,
        "POST /say/1",
        &[cookie, ("x-correlation-id", "req-1"), ("base-version", "3")],
        "",
    )
    .await;
    let expected = json!({ "client": "page", "kind": "person", "correlation": "req-1", "at": "Since(3)", "key": null });
    assert_eq!(got.json(), expected);
    for key in ["", "\"\"", &"x".repeat(256), "a\tb"] {
        let got = ask(
            &router,
            "POST /say/1",
            &[bearer, ("idempotency-key", key)],
            "",
        )
        .await;
        assert_eq!(
            (got.status, got.code().as_str()),
            (400, "parameter_invalid"),
            "{key:?}"
        );
    }
    let got = ask(
        &router,
        "POST /say/1",
        &[bearer, ("idempotency-key", &"x".repeat(255))],
        "",
    )
    .await;
    assert_eq!(got.status, 200);
}

#[tokio::test]
async fn r_1_10_a_repeated_request_has_one_effect_and_the_same_answer() {
    let house = House::new().await;
    let router = router(&house);
    let (_, token) = house.secret("token", SCOPES).await;
    let bearer = ("authorization", &*format!("Bearer {token}"));
    let post = async |key: &str, body: &'static str| {
        let headers = [
            bearer,
            ("content-type", "application/json"),
            ("idempotency-key", key),
        ];
        ask(&router, "POST /api/v1/lists", &headers, body).await
    };
    let first = post("1", r#"{"name":"Work"}"#).await;
    assert_eq!(
        (
            first.status,
            first.header("etag"),
            first.header("idempotency-replayed")
        ),
        (201, "\"1\"", "")
    );
    assert_eq!(
        first.header("location"),
        format!("/api/v1/lists/{}", first.json()["id"].as_str().unwrap())
    );
    let again = post("\"1\"", r#"{"name":"Work"}"#).await;
    assert_eq!(
        (
            again.status,
            &again.body,
            again.header("idempotency-replayed")
        ),
        (201, &first.body, "true")
    );
    assert_eq!(again.header("location"), first.header("location"));
    let other = post("1", r#"{"name":"Home"}"#).await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (422, "idempotency_key_reused")
    );
    let lists = house
        .deps
        .store
        .records(&house.ann, Kind::List)
        .await
        .unwrap();
    assert_eq!(lists.len(), 1);
}

//! What a browser gets: the page, its files, and the headers around them.

use axum::body::{Body, to_bytes};
use http::{Request, Response, StatusCode};
use tower::ServiceExt as _;

async fn get(path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    super::router()
        .oneshot(request.body(Body::empty()).expect("a request"))
        .await
        .expect("an answer")
}

fn header<'a>(answer: &'a Response<Body>, name: &str) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

async fn text(answer: Response<Body>) -> String {
    String::from_utf8(
        to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("a body")
            .to_vec(),
    )
    .expect("UTF-8")
}

#[tokio::test]
async fn the_index_is_asked_for_again_each_time_and_sent_only_when_new() {
    let first = get("/", &[]).await;
    assert_eq!(first.status(), StatusCode::OK);
    assert_eq!(header(&first, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&first, "cache-control"), "no-cache");
    let etag = header(&first, "etag").to_owned();
    assert!(text(first).await.contains("Errand"));
    assert_eq!(
        get("/", &[("if-none-match", &etag)]).await.status(),
        StatusCode::NOT_MODIFIED
    );
}

#[tokio::test]
async fn every_file_forbids_what_is_not_its_own() {
    let answer = get("/", &[]).await;
    let policy = header(&answer, "content-security-policy");
    for rule in [
        "script-src 'self'",
        "style-src 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ] {
        assert!(policy.contains(rule), "{rule} is missing in {policy}");
    }
    assert_eq!(header(&answer, "x-content-type-options"), "nosniff");
    assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
}

#[tokio::test]
async fn what_the_page_has_no_file_for_is_not_found() {
    assert_eq!(
        get("/nothing-here", &[]).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn gzip_is_sent_to_who_takes_it() {
    let index = text(get("/", &[]).await).await;
    for (asked, sent) in [("gzip, br", "gzip"), ("br", ""), ("gzip;q=0", "")] {
        let answer = get("/", &[("accept-encoding", asked)]).await;
        assert_eq!(
            header(&answer, "content-encoding"),
            sent,
            "asked with {asked}"
        );
    }
    // A build without the page has an index and nothing else.
    for asset in index.split('"').filter(|word| word.starts_with("/assets/")) {
        let answer = get(asset, &[("accept-encoding", "gzip")]).await;
        assert_eq!(answer.status(), StatusCode::OK, "{asset}");
        assert_eq!(
            header(&answer, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header(&answer, "content-encoding"), "gzip");
    }
}

/// PAGE.md 8: what the first load takes, compressed.
#[tokio::test]
async fn the_first_load_stays_within_its_budget() {
    let index = text(get("/", &[]).await).await;
    let mut bytes = 0;
    for asset in index.split('"').filter(|word| word.starts_with("/assets/")) {
        let answer = get(asset, &[("accept-encoding", "gzip")]).await;
        bytes += to_bytes(answer.into_body(), usize::MAX)
            .await
            .expect("a body")
            .len();
    }
    assert!(bytes <= 45_000, "the first load takes {bytes} bytes");
}

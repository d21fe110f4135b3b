//! Issue "bad input", as far as it is the edge's: each refused with a code, a place, and words, quickly.

#![expect(clippy::needless_raw_string_hashes, reason = "expect-test writes them")]

use super::*;
use domain::{recurrence::Rule, when::When, zone::ZoneName};
use expect_test::{Expect, expect};
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, Instant};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "it is only read")]
struct Strict {
    title: String,
    due: Option<When>,
    zone: Option<ZoneName>,
    rule: Option<Rule>,
    tags: Option<Vec<String>>,
    more: Option<Box<Strict>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Loose {
    title: String,
    inner: Option<Inner>,
    any: Option<Value>,
    raw: Option<Box<serde_json::value::RawValue>>,
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is only read")]
struct Inner {
    n: Option<u8>,
}

fn said<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> String {
    match decode::<T>(body.as_bytes()) {
        Ok(_) => "ok".to_owned(),
        Err(problem) => {
            let places: Vec<_> = problem
                .errors()
                .iter()
                .map(|fault| format!(" {} {}", fault.pointer, fault.code))
                .collect();
            let code = problem.code();
            format!(
                "{} {}{}\n{}",
                code.status(),
                code.name(),
                places.concat(),
                problem.detail()
            )
        }
    }
}

fn check<T: DeserializeOwned + std::fmt::Debug>(body: &str, expected: Expect) {
    expected.assert_eq(&said::<T>(body));
}

#[test]
fn what_fits_is_taken() {
    check::<Strict>(
        r#" {"title": "call mom", "due": {"date": "2026-11-29"}, "zone": "Europe/Berlin"} "#,
        expect!["ok"],
    );
    check::<Loose>(
        r#"{"title": "\\u0000 in words, 😀", "any": [{}], "raw": {"a": 1}}"#,
        expect!["ok"],
    );
}

#[test]
fn bad_json_is_400() {
    for body in [
        "",
        "{",
        "{\"title\": \"x\"} x",
        "\u{feff}{}",
        "{\"title\": \"\\ud800\"}",
        "{\"title\": \"a\u{0}b\"}",
        "{'title': 1}",
    ] {
        let said = said::<Strict>(body);
        assert!(
            said.starts_with("400 malformed_json\nThis is not JSON: "),
            "{body:?}: {said}"
        );
    }
    assert_eq!(
        decode::<Strict>(b"{\"title\": \"\xff\"}")
            .unwrap_err()
            .code(),
        Code::MalformedJson
    );
    let deep = |open: &str, close: &str| {
        format!(
            "{{\"more\":{}1{}",
            open.repeat(10_000),
            close.repeat(10_000)
        )
    };
    for body in [deep("[", "]"), deep("{\"more\":", "}"), "[".repeat(1 << 20)] {
        let took = (0..5).map(|_| {
            let began = Instant::now();
            let said = said::<Strict>(&body);
            assert!(said.starts_with('4'), "{said}");
            began.elapsed()
        });
        let took = took.min().unwrap(); // the machine may have been busy with something else
        assert!(took < Duration::from_millis(50), "{took:?}");
    }
    assert!(said::<Value>(&deep("[", "]")).starts_with("400 malformed_json"));
}

#[test]
fn unknown_fields_are_named() {
    check::<Strict>(
        r#"{"title": "x", "titel": 1}"#,
        expect![[r#"
        422 field_unknown /titel field_unknown
        There is no field `/titel`. Check the spelling; /openapi.json lists the fields."#]],
    );
    check::<Strict>(
        r#"{"title": "x", "more": {"title": "y", "a/b~c": 1}}"#,
        expect![[r#"
        422 field_unknown /more/a~1b~0c field_unknown
        There is no field `/more/a~1b~0c`. Check the spelling; /openapi.json lists the fields."#]],
    );
    check::<Loose>(
        r#"{"title": "x", "inner": {"n": 1, "m": 2}, "o": 3}"#,
        expect![[r#"
        422 field_unknown /inner/m field_unknown /o field_unknown
        There is no field `/inner/m`. Check the spelling; /openapi.json lists the fields."#]],
    );
    check::<Strict>(
        r#"{"title": "x", "status": "done"}"#,
        expect![[r#"
        422 field_read_only /status field_read_only
        `/status` is not written directly: use /complete, /reopen or /drop."#]],
    );
}

#[test]
fn wrong_types_and_values_are_named() {
    check::<Strict>(
        r#"{"title": 5}"#,
        expect![[r#"
            422 field_invalid /title field_invalid
            `/title` is not right: it takes a text, not integer `5`."#]],
    );
    check::<Strict>(
        r#"{"title": "x", "tags": ["a", 1]}"#,
        expect![[r#"
            422 field_invalid /tags/1 field_invalid
            `/tags/1` is not right: it takes a text, not integer `1`."#]],
    );
    check::<Strict>(
        "{}",
        expect![[r#"
        422 field_invalid /title field_invalid
        `/title` is missing. Add it."#]],
    );
    check::<Strict>(
        "[]",
        expect![[r#"
            422 field_invalid  field_invalid
            `the body` is not right: it takes an object."#]],
    );
    check::<Strict>(
        r#"{"title": "x", "title": "y"}"#,
        expect![[r#"
        422 field_invalid  field_invalid
        `the body` is not right: duplicate field `title`."#]],
    );
    check::<Strict>(
        r#"{"title": "x", "tags": ["a", "b\u0000"]}"#,
        expect![[r#"
        422 field_invalid /tags/1 field_invalid
        `/tags/1` holds a NUL character (\u0000), which no text can. Remove it."#]],
    );
}

#[test]
fn dates_zones_and_rules_have_codes_of_their_own() {
    for body in ["2026-02-31", "99999-01-01", "2026-13-01", "tomorrow"] {
        let said = said::<Strict>(&format!(r#"{{"title": "x", "due": {{"date": "{body}"}}}}"#));
        assert!(
            said.starts_with("422 date_impossible /due"),
            "{body}: {said}"
        );
    }
    check::<Strict>(
        r#"{"title": "x", "zone": "Mars/Olympus"}"#,
        expect![[r#"
            422 zone_unknown /zone zone_unknown
            `/zone`: there is no time zone "Mars/Olympus": use a name such as Europe/Berlin or UTC."#]],
    );
    let said = said::<Strict>(r#"{"title": "x", "rule": "FREQ=SOMETIMES"}"#);
    assert!(
        said.starts_with("422 rrule_invalid /rule rrule_invalid\n"),
        "{said}"
    );
}

#[test]
fn only_json_is_taken() {
    let check = |kind: &str, good: bool| {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, kind.parse().unwrap());
        assert_eq!(is_json(&headers).is_ok(), good, "{kind}");
    };
    check("application/json", true);
    check("application/json; charset=utf-8", true);
    check("Application/JSON", true);
    check("application/merge-patch+json", true);
    check("application/x-www-form-urlencoded", false);
    check("multipart/form-data; boundary=x", false);
    check("text/plain", false);
    check("text/json", false);
    check("json", false);
    check("", false);
    assert_eq!(
        is_json(&HeaderMap::new()).unwrap_err().code(),
        Code::MediaTypeUnsupported
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let body = |size: usize| axum::body::Body::from(vec![b' '; size]);
    assert_eq!(read(body(LIMIT), LIMIT).await.unwrap().len(), LIMIT);
    assert_eq!(
        read(body(LIMIT + 1), LIMIT).await.unwrap_err().code(),
        Code::BodyTooLarge
    );
    let chunk = || Ok::<_, std::io::Error>(vec![b' '; 700_000]);
    let stream = futures::stream::iter([chunk(), chunk()]); // a length nobody said
    let problem = read(axum::body::Body::from_stream(stream), LIMIT)
        .await
        .unwrap_err();
    assert_eq!(problem.code(), Code::BodyTooLarge);
}

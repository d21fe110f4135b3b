//! Whatever is sent: no panic, no 500, and every refusal is a problem.

use crate::{MONDAY, routes};
use domain::id::TaskId;
use host::Code;
use house_tests::house;
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::{Value, json};
use std::future::IntoFuture;
use testkit::{Got, House};

/// How many requests are made up in a run; `PROPTEST_CASES` asks for another number.
const REQUESTS: u32 = 1_500;

/// By when a request that is not answered never will be.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);

#[derive(Clone, Debug)]
struct Made {
    route: usize,
    method: &'static str,
    id: usize,
    path: String,
    query: String,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// JSON with the names that the API knows, and others.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "title", "notes", "due", "start", "deadline", "priority", "tags", "list_id", "parent_id", "blocked_by", "reminders",
            "recurrence", "rrule", "at", "date", "time_zone", "offset", "of", "estimate", "links", "url", "source", "system", "id",
            "name", "filter", "sort", "color", "text", "commands", "type", "set", "add", "remove", "base", "mode", "key", "event_id",
            "run_id", "partly", "until", "count", "include", "exclude", "missed", "confirm", "scopes", "expires_at", "format",
            "version", "tasks", "lists", "now", "literal", "conversation_id", "task_id", "after", "quiet_hours", "from", "times",
        ]).prop_map(str::to_owned),
        1 => ".{0,12}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,40}".prop_map(Value::from),
        prop::sample::select(vec![
            "2026-11-29T15:00:00",
            "2026-02-31",
            "2026-11-29",
            "Europe/Berlin",
            "-PT15M",
            "PT0S",
            "P1D",
            "FREQ=DAILY",
            "all",
            "each",
            "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
            "FREQ=SECONDLY",
            "create_task",
            "update_task",
            "complete_task",
            "update_settings",
            "high",
            "add",
            "talk",
            "errand",
            "call mom on sunday at 3pm every week",
            "due<today and tag=home",
            "due,-priority",
            "#ff00ff",
            "-009999-01-02T01:59:59Z",
            "9999-12-31T23:59:59Z",
            "\u{202e}\u{0}\u{1f}",
            "2026-11-23T09:00:00+01:00",
            "now",
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            3 => prop::collection::vec((name.clone(), inner), 0..8).prop_map(|all| Value::Object(all.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    let text = |value: Value| value.to_string().into_bytes();
    prop_oneof![
        6 => any_json().prop_map(text),
        1 => prop::collection::vec(any::<u8>(), 0..200),
        1 => (any_json().prop_map(text), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut bytes, at, byte)| {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            bytes
        }),
    ]
}

fn requests() -> impl Strategy<Value = Made> {
    let method = prop::sample::select(vec![
        "", "", "", "", "GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS", "HEAD",
    ]);
    let piece = prop_oneof!["[a-z0-9%/.~-]{0,20}", "(%[0-9a-fA-F]{2}){0,8}"];
    let query = prop_oneof![
        2 => Just(String::new()),
        3 => (prop::sample::select(vec![
            "limit", "after", "filter", "sort", "view", "status", "list", "tag", "priority", "due_before", "due_after", "q", "hidden",
            "at", "scope", "task", "kind", "key", "section", "assignee",
        ]), prop_oneof!["[a-z0-9%=<>&,+~\"()-]{0,24}", "(%[0-9a-f]{2}){0,8}"]).prop_map(|(name, value)| format!("?{name}={value}")),
        1 => "[ -~&&[^# \"<>`{}|\\\\^]]{0,30}".prop_map(|text| format!("?{text}")),
    ];
    let header = prop::sample::select(vec![
        "if-match",
        "base-version",
        "idempotency-key",
        "accept",
        "content-type",
        "traceparent",
        "x-correlation-id",
        "last-event-id",
        "if-none-match",
        "cookie",
        "authorization",
        "origin",
        "host",
        "sec-fetch-site",
        "upgrade",
        "content-length",
    ]);
    let headers = prop::collection::vec((header, "[ -~]{0,24}"), 0..3);
    (
        any::<prop::sample::Index>(),
        method,
        0..3_usize,
        piece,
        query,
        headers,
        body(),
    )
        .prop_map(|(route, method, id, path, query, headers, body)| Made {
            route: route.index(usize::MAX - 1),
            method,
            id,
            path,
            query,
            headers,
            body,
        })
}

async fn send(
    house: &House,
    routes: &[String],
    task: TaskId,
    made: &Made,
) -> (String, Option<Got>) {
    let route = &routes[made.route % routes.len()];
    let (method, path) = route.split_once(' ').unwrap();
    let method = if made.method.is_empty() {
        method
    } else {
        made.method
    };
    let id = [
        task.to_string(),
        "0193e3a4-7b1c-7000-8000-000000000001".to_owned(),
        made.path.clone(),
    ];
    let path = path
        .replace("{id}", &id[made.id])
        .replace("{name}", &made.path);
    let what = format!("{method} {path}{}", made.query);
    // The log waits for news, and time stands still here.
    let stays_open = path.contains("/changes") && ["GET", "HEAD"].contains(&method);
    if stays_open
        || format!("http://h{path}{}", made.query)
            .parse::<http::Uri>()
            .is_err()
    {
        return (what, None);
    }
    let mut ask = house
        .ann
        .raw(&what)
        .header("content-type", "application/json");
    for (name, value) in &made.headers {
        ask = ask.header(name, value);
    }
    let got = tokio::time::timeout(PATIENCE, ask.body(made.body.clone()).into_future()).await;
    let got = got.unwrap_or_else(|_| panic!("{what} was never answered"));
    (what, Some(got))
}

/// A refusal is a problem with a known code; nothing is our fault.
pub(crate) fn well_answered(what: &str, got: &Got) -> Result<(), String> {
    let told = format!("{what}: {} {}", got.status, got.body);
    if got.status >= 500 {
        return Err(told);
    }
    if got.status < 400 || got.body.is_empty() && what.starts_with("HEAD") {
        return Ok(());
    }
    let json = got.json();
    let code = json["code"].as_str().and_then(Code::named);
    let fits = got.header("content-type") == "application/problem+json"
        && code.is_some_and(|code| code.status() == got.status && json["title"] == code.title())
        && json["status"] == got.status
        && json["detail"]
            .as_str()
            .is_some_and(|words| words.len() > 10)
        && json["type"]
            .as_str()
            .is_some_and(|kind| kind.starts_with("urn:errand:problem:"));
    if fits { Ok(()) } else { Err(told) }
}

#[test]
fn r_6_3_no_request_made_of_anything_panics_or_answers_500() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let (house, routes, task) = runtime.block_on(async {
        let house = house(MONDAY).await;
        let task = house
            .ann
            .add("water plants every day at 18:00 #green")
            .await;
        let mut routes = routes::all();
        routes.retain(|route| !route.ends_with("/sign-out"));
        (house, routes, task)
    });
    let config = ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(REQUESTS)
    };
    let mut runner = TestRunner::new_with_rng(
        config,
        proptest::test_runner::TestRng::deterministic_rng(prop::test_runner::RngAlgorithm::ChaCha),
    );
    let outcome = runner.run(&requests(), |made| {
        let (what, got) = runtime.block_on(send(&house, &routes, task, &made));
        let Some(got) = got else { return Ok(()) };
        well_answered(&what, &got).map_err(TestCaseError::fail)
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    runtime.block_on(async {
        let person = house.ann.reader.home;
        let head = house
            .heads()
            .await
            .into_iter()
            .find(|(own, ..)| *own == person);
        assert!(
            head.is_some_and(|(_, n, _)| n > 5),
            "some of it was good, so that this proves something"
        );
        assert_eq!(house.ann.get("/audit/verify").await["intact"], true);
        assert_eq!(
            house.deps.store.rebuild(false).await.unwrap(),
            [""; 0],
            "rows are the log folded"
        );
    });
}

//! Functions as AWS Lambdas: the program under cargo-lambda's emulator of Lambda's runtime, asked by payloads as AWS sends them
//! (tests/lambda).

use crate::home::{Home, PATIENCE};
use base64::{Engine, engine::general_purpose::STANDARD};
use bus::cloud;
use expect_test::expect;
use host::{Key, Secret, SystemClock, SystemIds};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use testkit::postgres::{self, TestDatabase};

const KEY: &str = "only for this machine";

/// Lambda, played, on a port of its own.
struct Emulator {
    base: String,
    process: Child,
    _folder: TempDir,
}

impl Emulator {
    async fn start() -> Option<Self> {
        let program = testkit::skip::unless("ERRAND_TEST_CARGO_LAMBDA", "no cargo-lambda")?;
        // It looks for the functions of a package, even where it is told to start none.
        let folder = tempfile::tempdir().unwrap();
        let manifest = "[package]\nname = \"none\"\nversion = \"0.0.0\"\nedition = \"2021\"\n";
        std::fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        std::fs::write(folder.path().join("src/main.rs"), "fn main() {}\n").unwrap();
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let process = Command::new(program)
            .args([
                "lambda",
                "watch",
                "--only-lambda-apis",
                "--ignore-changes",
                "-A",
                "127.0.0.1",
                "-P",
            ])
            .arg(port.to_string())
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let emulator = Self {
            base: format!("http://127.0.0.1:{port}"),
            process: process.expect("cargo-lambda starts"),
            _folder: folder,
        };
        let began = Instant::now();
        while tokio::net::TcpStream::connect(("127.0.0.1", port))
            .await
            .is_err()
        {
            assert!(began.elapsed() < PATIENCE, "cargo-lambda does not listen");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(emulator)
    }

    /// Starts a function; it is killed when what is returned goes.
    fn function(&self, home: &Home, name: &str, streams: bool) -> tokio::process::Child {
        let mut command = home.errand(&["serve", name]);
        command
            .env("AWS_LAMBDA_RUNTIME_API", format!("{}/.rt", self.base))
            .env("AWS_LAMBDA_FUNCTION_NAME", "_")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("ERRAND_LAMBDA_STREAMS", streams.to_string())
            .stdout(Stdio::null());
        let mut command = tokio::process::Command::from(command);
        command.kill_on_drop(true).spawn().expect("it starts")
    }

    /// Invokes whichever function runs.
    async fn invoke(&self, payload: &Value) -> Value {
        let url = format!("{}/2015-03-31/functions/_/invocations", self.base);
        let asked = reqwest::Client::new()
            .post(url)
            .json(payload)
            .timeout(PATIENCE);
        let answer = asked.send().await.expect("an answer");
        answer.json().await.expect("JSON")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _gone = self.process.kill();
        let _ended = self.process.wait();
    }
}

/// A payload with some words replaced.
fn payload(name: &str, words: &[(&str, &str)]) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("lambda");
    let text = std::fs::read_to_string(folder.join(name)).expect("a payload");
    let text = words.iter().fold(text, |text, (word, by)| {
        let by = Value::from(*by).to_string();
        text.replace(word, by.trim_matches('"'))
    });
    serde_json::from_str(&text).expect("JSON")
}

/// What functions that run alone have in common, and a token.
async fn ready() -> Option<(Emulator, TestDatabase, Home, String)> {
    let mut home = Home::new()?;
    let database = postgres::with_tables().await?;
    let emulator = Emulator::start().await?;
    home.set("ERRAND_KEY", KEY);
    home.set("ERRAND_DATABASE_URL", &database.url);
    let said = home.run(&["token", "--name", "lambda"]).await;
    assert_eq!(said.code, Some(0), "{said}");
    Some((emulator, database, home, said.out.trim().to_owned()))
}

fn body(answer: &Value) -> Value {
    let text = answer["body"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"));
    serde_json::from_str(text).unwrap_or_else(|_| panic!("{answer}"))
}

#[tokio::test]
async fn requests_of_every_front_are_answered_as_by_a_listener() {
    let Some((emulator, _database, home, token)) = ready().await else {
        return;
    };
    let _tasks = emulator.function(&home, "tasks", false);
    let task = STANDARD.encode(r##"{"title":"ü","tags":["blue"]}"##);
    let create = payload("apigw-v2.json", &[("TOKEN", &token), ("BODY", &task)]);
    let created = emulator.invoke(&create).await;
    assert_eq!(created["statusCode"], 201, "{created}");
    assert_eq!(created["isBase64Encoded"], false);
    let headers = &created["headers"];
    assert_eq!(headers["content-type"], "application/json");
    let id = body(&created)["id"].clone();
    assert_eq!(
        headers["location"],
        format!("/api/v1/tasks/{}", id.as_str().unwrap())
    );
    // The same key is the same task.
    let again = emulator.invoke(&create).await;
    assert_eq!(body(&again)["id"], id, "{again}");
    assert_eq!(again["headers"]["idempotency-replayed"], "true");

    for front in ["apigw-rest.json", "alb.json"] {
        let listed = emulator.invoke(&payload(front, &[("TOKEN", &token)])).await;
        assert_eq!(listed["statusCode"], 200, "{front}: {listed}");
        assert_eq!(body(&listed)["items"][0]["title"], "ü", "{front}");
    }
    let refused = emulator.invoke(&payload("function-url.json", &[])).await;
    assert_eq!(refused["statusCode"], 401, "{refused}");
    assert_eq!(
        refused["headers"]["content-type"],
        "application/problem+json"
    );
    assert_eq!(body(&refused)["code"], "unauthenticated");
}

#[tokio::test]
async fn answers_flow_where_the_front_can_read_them() {
    let Some((emulator, _database, home, token)) = ready().await else {
        return;
    };
    let _chat = emulator.function(&home, "chat", true);
    let asked = reqwest::Client::new()
        .post(format!(
            "{}/lambda-url/_/api/v1/assistant/messages",
            emulator.base
        ))
        .bearer_auth(&token)
        .header("accept", "text/event-stream")
        .json(&json!({ "text": "create a task to walk dog" }))
        .timeout(PATIENCE);
    let answer = asked.send().await.expect("an answer");
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let text = answer.text().await.expect("text");
    let events: Vec<_> = text
        .lines()
        .filter_map(|line| line.strip_prefix("event: "))
        .collect();
    assert_eq!(
        (events.first(), events.last()),
        (Some(&"start"), Some(&"done")),
        "{text}"
    );
}

/// Two completions of a task that repeats, as events; nobody has published them.
async fn completions(
    emulator: &Emulator,
    database: &TestDatabase,
    home: &Home,
    token: &str,
) -> Vec<Value> {
    let tasks = emulator.function(home, "tasks", false);
    for title in ["one", "two"] {
        let task = json!({
            "title": title, "due": { "date": "2026-11-26" }, "recurrence": { "rrule": "FREQ=DAILY" }
        });
        let mut create = payload(
            "apigw-v2.json",
            &[
                ("TOKEN", token),
                ("BODY", &STANDARD.encode(task.to_string())),
            ],
        );
        create["headers"]["idempotency-key"] = title.into();
        let created = emulator.invoke(&create).await;
        assert_eq!(created["statusCode"], 201, "{created}");
        let path = format!(
            "/prod/api/v1/tasks/{}/complete",
            body(&created)["id"].as_str().unwrap()
        );
        create["rawPath"] = path.clone().into();
        create["requestContext"]["http"]["path"] = path.into();
        create["headers"]["idempotency-key"] = format!("{title} done").into();
        create["body"] = STANDARD.encode("{}").into();
        let done = emulator.invoke(&create).await;
        assert_eq!(done["statusCode"], 200, "{done}");
    }
    drop(tasks);
    let options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
    let store = store::open(&database.url, options)
        .await
        .expect("the store opens");
    let rows = store
        .outgoing(Timestamp::MAX, 100)
        .await
        .expect("it answers");
    let source = Key::from_text(&Secret::new(KEY)).installation();
    let events = rows.iter().filter_map(|row| cloud::event(row, &source));
    let events = events.map(|event| serde_json::to_value(event).unwrap());
    let events: Vec<_> = events
        .filter(|event| event["type"] == "errand.task.completed.v1")
        .collect();
    store.close().await;
    assert_eq!(events.len(), 2, "{events:?}");
    events
}

/// In binary mode: the attributes as headers of a record.
fn headers(event: &Value) -> Value {
    let attributes = event.as_object().unwrap().iter();
    let headers = attributes.filter(|(name, value)| *name != "data" && !value.is_null());
    let headers = headers.map(|(name, value)| {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let name = match name.as_str() {
            "datacontenttype" => "content-type".to_owned(),
            name => format!("ce_{name}"),
        };
        json!({ name: text.into_bytes() })
    });
    headers.collect()
}

#[tokio::test]
async fn r_5_3_events_of_kafka_and_of_a_queue_have_their_effect_and_what_is_not_taken_is_reported()
{
    let Some((emulator, database, home, token)) = ready().await else {
        return;
    };
    let events = completions(&emulator, &database, &home, &token).await;
    let recur = emulator.function(&home, "recur", false);
    let value = STANDARD.encode(events[0]["data"].to_string());
    let key = STANDARD.encode(events[0]["partitionkey"].as_str().unwrap());
    let mut batch = payload("msk.json", &[("KEY", &key), ("VALUE", &value)]);
    batch["records"]["errand.tasks-0"][0]["headers"] = headers(&events[0]);
    // Behind it comes what is no event at all.
    let report = emulator.invoke(&batch).await;
    expect![[
        r#"{"batchItemFailures":[{"itemIdentifier":{"offset":16,"partition":"errand.tasks-0"}}]}"#
    ]]
    .assert_eq(&report.to_string());
    let report = emulator
        .invoke(&payload("sqs.json", &[("BODY", &events[1].to_string())]))
        .await;
    expect![[
        r#"{"batchItemFailures":[{"itemIdentifier":"2e1424d4-f796-459a-8184-9c92662be6da"}]}"#
    ]]
    .assert_eq(&report.to_string());
    drop(recur);

    let _tasks = emulator.function(&home, "tasks", false);
    let mut list = payload("alb.json", &[("TOKEN", &token)]);
    list["queryStringParameters"] = json!({ "filter": "status%3Dopen", "limit": "10" });
    let listed = body(&emulator.invoke(&list).await);
    let titles = listed["items"].as_array().unwrap().iter();
    let mut next: Vec<_> = titles
        .map(|task| format!("{} {}", task["title"], task["due"]["date"]))
        .collect();
    next.sort();
    assert_eq!(next, [r#""one" "2026-11-27""#, r#""two" "2026-11-27""#]);
}

#[tokio::test]
async fn what_cannot_be_a_lambda_says_so() {
    let Some(mut home) = Home::new() else { return };
    home.set("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9001");
    home.set("ERRAND_KEY", KEY);
    let mut said = String::new();
    for words in [vec!["serve"], vec!["serve", "clock"], vec!["serve", "live"]] {
        said += &home.run(&words).await.to_string();
    }
    home.set("ERRAND_DATA", "");
    for name in ["audit", "tasks"] {
        said += &home.run(&["serve", name]).await.to_string();
    }
    home.set("ERRAND_LAMBDA_STREAMS", "yes");
    said += &home.run(&["serve", "tasks"]).await.to_string();
    expect![[r#"
        errand: ERRAND_FUNCTION: is missing; a Lambda is one function alone
        (exit code 1)
        errand: clock cannot be a Lambda, which stands still between requests: it wakes the others. Run `errand serve clock` where it stays
        (exit code 1)
        errand: live cannot be a Lambda, which stands still between requests: it holds the lines to open pages. Run `errand serve live` where it stays
        (exit code 1)
        errand: audit cannot be a Lambda, which stands still between requests: one process keeps its files, and signs every hour. Run `errand serve audit` where it stays
        (exit code 1)
        errand: ERRAND_DATABASE_URL: functions that run alone share a PostgreSQL, like postgres://USER:PASSWORD@HOST/DATABASE
        (exit code 1)
        errand: ERRAND_LAMBDA_STREAMS: is true or false
        (exit code 1)
    "#]].assert_eq(&said);
}

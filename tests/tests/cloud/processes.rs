//! Functions as processes of their own, as `errand` starts them.

use crate::kit::{all_in_order, until};
use bus::kafka::Settings;
use futures::StreamExt;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use std::{
    fs::{read_dir, read_to_string},
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
};
use testkit::{
    kafka::{kafka, published},
    postgres::{TestDatabase, database},
    skip,
};
use tokio_tungstenite::{connect_async, tungstenite::client::IntoClientRequest};

/// One installation: its folder, its topics, and the environment of its processes.
struct Installation {
    folder: tempfile::TempDir,
    /// PostgreSQL where there is one; else the processes share a SQLite file.
    postgres: Option<TestDatabase>,
    binary: String,
    settings: Settings,
}

impl Installation {
    async fn new() -> Option<Self> {
        let binary = skip::unless("ERRAND_TEST_BINARY", "no built errand")?;
        let postgres = if std::env::var_os("ERRAND_TEST_POSTGRES_URL").is_some() {
            database().await
        } else {
            None
        };
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            postgres,
            binary,
            settings: kafka().await?,
        })
    }

    fn database(&self) -> String {
        let file = || format!("sqlite:{}", self.folder.path().join("errand.db").display());
        let postgres = self.postgres.as_ref();
        postgres.map_or_else(file, |database| database.url.clone())
    }

    fn command(&self, words: &[&str], listen: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .args(words)
            .env("ERRAND_DATA", self.folder.path())
            .env("ERRAND_DATABASE_URL", self.database())
            .env("ERRAND_KEY", "a key of these tests")
            .env("ERRAND_KAFKA_BROKERS", &self.settings.brokers)
            .env("ERRAND_KAFKA_PREFIX", &self.settings.prefix)
            .env("ERRAND_LISTEN", listen)
            .env("ERRAND_LOG", "warn")
            .stdin(Stdio::null());
        command
    }

    /// A process that ends with the value.
    fn start(&self, words: &[&str], listen: &str) -> Process {
        let mut command = self.command(words, listen);
        Process(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    fn said(&self, words: &[&str], listen: &str) -> (bool, String) {
        let output = self.command(words, listen).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }
}

struct Process(Child);

impl Process {
    fn signal(&self, signal: &str) {
        let pid = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// The first address that it prints.
    fn address(&mut self) -> String {
        let printed = self.0.stdout.take().unwrap();
        let mut lines = BufReader::new(printed).lines().map_while(Result::ok);
        let line = lines.find(|line| line.contains("http://")).unwrap();
        line.split_whitespace()
            .find(|word| word.starts_with("http://"))
            .unwrap()
            .to_owned()
    }

    /// The function processes that it has started, by number and name.
    fn children(&self) -> Vec<(u32, String)> {
        let threads = read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        let children = threads.flatten().filter_map(|thread| {
            let listed = read_to_string(thread.path().join("children")).ok()?;
            Some(
                listed
                    .split(' ')
                    .filter_map(|pid| pid.parse().ok())
                    .collect(),
            )
        });
        let children: Vec<Vec<u32>> = children.collect();
        let named = |pid: u32| {
            let words = read_to_string(format!("/proc/{pid}/cmdline")).ok()?;
            Some((pid, words.split('\0').nth(2)?.to_owned()))
        };
        children.into_iter().flatten().filter_map(named).collect()
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.children().into_iter().map(|(_, name)| name).collect();
        names.sort();
        names
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _ended = self.0.wait();
    }
}

fn free() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

fn runs(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn a_function_alone_answers_probes_and_events_and_ends_when_it_is_asked() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let (listen, client) = (free(), Client::new());
    let mut recur = installation.start(&["serve", "recur"], &listen);
    let get = async |path: &str| client.get(format!("http://{listen}{path}")).send().await;
    until("it answers", async || get("/health").await.is_ok()).await;
    for path in ["/health", "/ready", "/live"] {
        assert_eq!(get(path).await.unwrap().status(), StatusCode::OK, "{path}");
    }
    let nothing = get("/api/v1/tasks").await.unwrap();
    assert_eq!(
        nothing.status(),
        StatusCode::NOT_FOUND,
        "that is another function's"
    );
    let event = client
        .post(format!("http://{listen}/"))
        .header("ce-id", "1")
        .send();
    let answer = event.await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    recur.signal("-TERM");
    assert!(recur.0.wait().unwrap().success());

    let (good, said) = installation.said(&["serve", "nobody"], &listen);
    assert!(!good && said.contains("recur"), "{said}");
    let mut keyless = installation.command(&["serve", "recur"], &listen);
    let output = keyless.env_remove("ERRAND_KEY").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("ERRAND_KEY: "),
        "{said}"
    );
}

#[tokio::test]
async fn r_3_1_functions_are_started_by_what_comes_for_them_and_stopped_when_nothing_does() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let mut cloud = installation.start(
        &["dispatch", "--scale-to-zero", "--idle", "1"],
        "127.0.0.1:0",
    );
    let base = cloud.address();
    assert_eq!(cloud.names(), ["clock"], "nothing else runs");
    let listen = base.strip_prefix("http://").unwrap();
    let (good, token) = installation.said(&["token", "--name", "test"], listen);
    assert!(good, "{token}");
    let client = Client::builder().build().unwrap();
    let ask = async |method: reqwest::Method, path: &str, body: Value| {
        let asked = client.request(method, format!("{base}{path}"));
        let answer = asked
            .bearer_auth(token.trim())
            .json(&body)
            .send()
            .await
            .unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str::<Value>(&text).unwrap_or_default()
    };
    let page = client.get(&base).send().await.unwrap();
    assert_eq!(page.status(), StatusCode::OK);

    // A window hears of what happens, through the front.
    let mut window = format!("ws://{listen}/api/v1/changes/socket")
        .into_client_request()
        .unwrap();
    let bearer = format!("Bearer {}", token.trim()).parse().unwrap();
    window.headers_mut().insert("authorization", bearer);
    let (mut window, _) = connect_async(window).await.unwrap();
    let hello = window.next().await.unwrap().unwrap();
    assert!(hello.to_string().contains("hello"), "{hello}");

    let task = json!({
        "title": "water the plants",
        "due": { "at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin" },
        "recurrence": { "rrule": "FREQ=WEEKLY", "from": "schedule" },
    });
    let made = ask(reqwest::Method::POST, "/api/v1/tasks", task).await;
    let first = made["id"].as_str().unwrap().to_owned();
    ask(
        reqwest::Method::POST,
        &format!("/api/v1/tasks/{first}/complete"),
        Value::Null,
    )
    .await;
    until("the next occurrence is there", async || {
        let open = ask(
            reqwest::Method::GET,
            "/api/v1/tasks?status=open",
            Value::Null,
        )
        .await;
        let items = open["items"].as_array().unwrap();
        items
            .iter()
            .any(|task| task["title"] == "water the plants" && task["id"] != first.as_str())
    })
    .await;
    let heard = window.next().await.unwrap().unwrap();
    assert!(heard.to_string().contains("water the plants"), "{heard}");
    let names = cloud.names();
    assert!(
        names.contains(&"recur".to_owned()) && names.contains(&"audit".to_owned()),
        "{names:?}"
    );
    until(
        "only the clock and the window's function are left",
        async || cloud.names() == ["clock", "live"],
    )
    .await;
    drop(window);
    let children = cloud.children();
    cloud.signal("-TERM");
    assert!(cloud.0.wait().unwrap().success());
    assert!(children.iter().all(|(pid, _)| !runs(*pid)));
}

#[tokio::test]
async fn functions_end_when_whoever_started_them_is_killed() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let mut cloud = installation.start(&["dispatch", "--scale-to-zero"], "127.0.0.1:0");
    cloud.address();
    let children = cloud.children();
    assert_eq!(children.len(), 1);
    cloud.0.kill().unwrap();
    cloud.0.wait().unwrap();
    until("the clock ended", async || {
        children.iter().all(|(pid, _)| !runs(*pid))
    })
    .await;
}

#[tokio::test]
async fn r_5_3_the_relay_moves_when_its_process_is_stopped_and_does_no_harm_when_it_goes_on() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let options = host::deps::options(Arc::new(host::SystemClock), Arc::new(host::SystemIds));
    let store = store::open(&installation.database(), options)
        .await
        .unwrap();
    let me = store::suite::kit::person(&store).await;
    let write = async || {
        for _ in 0..20 {
            store::suite::kit::create(&store, &me, json!({ "title": "a" })).await;
        }
    };
    let out = async || {
        until("all is published", async || {
            let left = store.outgoing(jiff::Timestamp::MAX, 1).await.unwrap();
            left.is_empty()
        })
        .await;
    };
    let first = installation.start(&["serve", "clock"], &free());
    write().await;
    out().await;
    let second = installation.start(&["serve", "clock"], &free());
    for (stopped, _goes_on) in [(&first, &second), (&second, &first)] {
        stopped.signal("-STOP");
        write().await;
        out().await;
        stopped.signal("-CONT");
        write().await;
        out().await;
    }
    // Beside the first person of the installation, which the clock makes.
    let found = published(&installation.settings).await;
    let mine = me.home.to_string();
    let mine: Vec<_> = found
        .into_iter()
        .filter(|found| found.record.key.as_deref() == Some(mine.as_bytes()))
        .collect();
    all_in_order(&mine, &store, &[me]).await;
    store.close().await;
}

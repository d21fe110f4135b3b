//! Dapr's cron binding and the clock.

use super::{Process, free_port};
use crate::kit::until;
use host::{SystemClock, SystemIds};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Reader, Store, suite::kit};
use testkit::{
    daprd::Daprd,
    postgres::{TestDatabase, with_tables},
    skip,
};

const TOKEN: &str = "what-the-sidecar-shows";

/// Somebody whose reminders are written beside the clocks, by a process that tells nobody of its commits: no clock hears of them by
/// itself before it looks again, which it does once a minute.
struct Beside {
    folder: tempfile::TempDir,
    database: TestDatabase,
    store: Arc<dyn Store>,
    me: Reader,
}

impl Beside {
    /// None after saying that the test is skipped where there is no PostgreSQL.
    async fn new() -> Option<Self> {
        let database = with_tables().await?;
        let mut options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
        options.spawn = Arc::new(std::mem::drop);
        let store = store::open(&database.url, options).await.unwrap();
        let me = kit::person(&store).await;
        Some(Self {
            folder: tempfile::tempdir().unwrap(),
            database,
            store,
            me,
        })
    }

    fn clock(&self, port: u16, sidecar: &Daprd) -> Process {
        let grpc = sidecar.grpc.to_string();
        let variables = [
            ("ERRAND_DATABASE_URL", self.database.url.as_str()),
            ("ERRAND_KEY", "a key of these tests"),
            ("ERRAND_PUBSUB", "dapr:events"),
            ("ERRAND_DAPR_CRON", "tick"),
            ("APP_API_TOKEN", TOKEN),
            ("DAPR_GRPC_PORT", grpc.as_str()),
        ];
        Process::start(&["serve", "clock"], self.folder.path(), port, &variables)
    }

    /// A task that is reminded of so many seconds from now. Answers the moment.
    async fn remind_in(&self, seconds: i64) -> Timestamp {
        let at = Timestamp::now() + SignedDuration::from_secs(seconds);
        let task = json!({ "title": "stretch", "reminders": [{ "id": kit::fresh(), "person": self.me.person, "at": at }] });
        kit::create(&self.store, &self.me, task).await;
        at
    }

    /// The deliveries so far: when each was made, oldest first.
    async fn fired(&self) -> Vec<Timestamp> {
        let page = self.store.deliveries(&self.me, None, 100).await.unwrap();
        let made = page.items.iter().rev().map(|doc| {
            let delivery: Value = serde_json::from_str(&doc.json).unwrap();
            delivery["created_at"].as_str().unwrap().parse().unwrap()
        });
        made.collect()
    }

    /// Waits for that many, for less than the time after which a clock looks by itself. Answers how late the last one was.
    async fn wait_for(&self, count: usize, due: Timestamp) -> SignedDuration {
        let began = Instant::now();
        until(&format!("{count} fired"), async || {
            self.fired().await.len() >= count
        })
        .await;
        assert!(
            began.elapsed() < Duration::from_secs(45),
            "it looked by itself"
        );
        let fired = self.fired().await;
        assert_eq!(fired.len(), count, "{fired:?}");
        fired[count - 1].duration_since(due)
    }
}

/// A sidecar of a clock that ticks each second, and keeps events to itself.
fn ticking(port: u16) -> Option<Daprd> {
    let sidecar = Daprd::of("clock", Some(port))?
        .where_says("components/tick.yaml", "@every 15s", "@every 1s")
        .where_says(
            "components/events.yaml",
            "type: pubsub.kafka",
            "type: pubsub.in-memory",
        )
        .with("APP_API_TOKEN", TOKEN);
    Some(sidecar)
}

#[tokio::test]
async fn r_7_2_two_sidecars_tick_two_clocks_and_a_reminder_comes_once_and_without_them_too() {
    if skip::unless("ERRAND_TEST_BINARY", "no built errand").is_none() {
        return;
    }
    let ports = [free_port(), free_port()];
    let (Some(mut one), Some(mut two)) = (ticking(ports[0]), ticking(ports[1])) else {
        return;
    };
    let Some(beside) = Beside::new().await else {
        return;
    };
    let _clocks = [beside.clock(ports[0], &one), beside.clock(ports[1], &two)];
    // The app comes first or last: the sidecar waits for it.
    one.start().await;
    two.start().await;
    let due = beside.remind_in(2).await;
    let late = beside.wait_for(1, due).await;
    assert!(late >= SignedDuration::ZERO, "{late:#}");

    // What was seen by a tick comes at its moment, with nobody ticking.
    let due = beside.remind_in(8).await;
    let before = beside.remind_in(1).await;
    beside.wait_for(2, before).await;
    one.kill();
    two.kill();
    let late = beside.wait_for(3, due).await;
    assert!(
        late >= SignedDuration::ZERO && late < SignedDuration::from_secs(20),
        "{late:#}"
    );

    // What was missed meanwhile is found by the first tick after it.
    let due = beside.remind_in(0).await;
    one.start().await;
    beside.wait_for(4, due).await;
    beside.store.close().await;
}

#[tokio::test]
async fn r_7_2_only_the_sidecar_ticks() {
    if skip::unless("ERRAND_TEST_BINARY", "no built errand").is_none() {
        return;
    }
    let port = free_port();
    let Some(sidecar) = ticking(port) else { return };
    let Some(beside) = Beside::new().await else {
        return;
    };
    let _clock = beside.clock(port, &sidecar);
    let client = Client::new();
    let ask = async |method: Method, token: Option<&str>| {
        let mut request = client.request(method, format!("http://127.0.0.1:{port}/tick"));
        if let Some(token) = token {
            request = request.header("dapr-api-token", token);
        }
        request.send().await.map(|answer| answer.status())
    };
    until("the clock answers", async || {
        let status = ask(Method::OPTIONS, None).await;
        status.is_ok_and(|status| status == StatusCode::NO_CONTENT)
    })
    .await;
    let check = async |method: Method, token: Option<&str>, expected: StatusCode| {
        assert_eq!(ask(method, token).await.unwrap(), expected, "{token:?}");
    };
    check(Method::POST, None, StatusCode::UNAUTHORIZED).await;
    check(Method::POST, Some("a guess"), StatusCode::UNAUTHORIZED).await;
    check(Method::POST, Some(TOKEN), StatusCode::NO_CONTENT).await;
    check(Method::GET, Some(TOKEN), StatusCode::METHOD_NOT_ALLOWED).await;
    beside.store.close().await;
}

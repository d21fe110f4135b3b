//! Bad surroundings: records that are not as they should be, topics that are not there, a broker that never says anything.

use crate::{
    installation::{Installation, Process, answers, free},
    kit::{complete_a_weekly_task, open_tasks, until},
};
use bus::kafka::{DeadLetters, Record};
use domain::event::Topic;
use reqwest::{Client, StatusCode};
use serde_json::json;
use std::{
    fs::read_to_string,
    io::Read,
    net::TcpListener,
    thread,
    time::{Duration, Instant},
};
use store::{Reader, suite::kit};
use testkit::kafka::{published, put};
use uuid::Uuid;

/// How soon a command gives Kafka up that does not answer.
const GIVES_UP: Duration = Duration::from_secs(40);
/// How soon a process ends, whatever it waits for.
const ENDS: Duration = Duration::from_secs(20);

/// What came of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CameOf {
    /// Nothing: it was passed over.
    Nothing,
    /// A dead letter, at once.
    DeadLetter,
    /// A dead letter after the last try.
    LateLetter,
}

/// An event as it should be, about a task that is not there.
pub(crate) fn alien(who: &Reader) -> Record {
    let stream = who.home.to_string();
    let task = Uuid::now_v7().to_string();
    let data = json!({
        "task_id": task, "id": task, "version": 2,
        "before": { "status": "open", "closed_at": null },
        "after": { "status": "done", "closed_at": "2026-11-26T09:00:00Z" },
        "by": { "user_id": who.person, "client": "page", "kind": "person" },
        "run_id": Uuid::now_v7(),
    });
    let mut record = Record {
        key: Some(stream.clone().into_bytes()),
        headers: Vec::new(),
        payload: Some(data.to_string().into_bytes()),
    };
    for (name, value) in [
        ("ce_specversion", "1.0"),
        ("ce_id", &format!("{stream}:100000")),
        ("ce_source", "urn:errand:another"),
        ("ce_type", "errand.task.completed.v1"),
        ("ce_subject", &task),
        ("ce_time", "2026-11-26T09:00:00Z"),
        ("ce_partitionkey", &stream),
        ("content-type", "application/json"),
    ] {
        record.set(name, value);
    }
    record
}

/// Records that nobody of ours writes, and what is to come of each.
fn aliens(who: &Reader) -> Vec<(&'static str, Record, CameOf)> {
    let with = |name: &str, value: &str| {
        let mut record = alien(who);
        record.set(name, value);
        record
    };
    let bare = Record {
        headers: Vec::new(),
        ..alien(who)
    };
    let keyless = Record {
        key: None,
        ..alien(who)
    };
    let empty = Record {
        payload: None,
        ..alien(who)
    };
    let of_another = Record {
        key: Some(b"another".to_vec()),
        ..alien(who)
    };
    let mut large = alien(who);
    large.payload = Some(format!(r#"{{"pad":"{}"}}"#, "x".repeat(2 << 20)).into_bytes());
    let mut sourceless = alien(who);
    sourceless.headers.retain(|(name, _)| name != "ce_source");
    vec![
        ("no CloudEvent", bare, CameOf::Nothing),
        (
            "a foreign type",
            with("ce_type", "com.example.thing"),
            CameOf::Nothing,
        ),
        (
            "an unknown type",
            with("ce_type", "errand.task.exploded.v1"),
            CameOf::Nothing,
        ),
        ("a forged source", alien(who), CameOf::Nothing),
        ("no key", keyless, CameOf::Nothing),
        ("the key of another", of_another, CameOf::Nothing),
        (
            "a schema",
            with("ce_dataschema", "https://example.org/any"),
            CameOf::Nothing,
        ),
        (
            "a schema that is none",
            with("ce_dataschema", "no uri"),
            CameOf::DeadLetter,
        ),
        (
            "a partitionkey that is none",
            with("ce_partitionkey", "7"),
            CameOf::DeadLetter,
        ),
        (
            "another specversion",
            with("ce_specversion", "0.3"),
            CameOf::DeadLetter,
        ),
        (
            "data that is no JSON",
            with("content-type", "text/plain"),
            CameOf::DeadLetter,
        ),
        ("2 MB of data", large, CameOf::DeadLetter),
        ("no data", empty, CameOf::DeadLetter),
        ("no source", sourceless, CameOf::DeadLetter),
        (
            "an unknown version",
            with("ce_type", "errand.task.completed.v99"),
            CameOf::LateLetter,
        ),
        (
            "a header that HTTP does not have",
            with("ce_odd name", "x"),
            CameOf::LateLetter,
        ),
    ]
}

#[tokio::test]
async fn r_5_2_records_that_are_not_ours_do_no_harm_and_none_is_lost_without_a_word() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let store = installation.deps().await.store;
    let me = kit::person(&store).await;
    let (recur, nobody) = (free(), free());
    let _clock = installation.serve("clock", &free()).await;
    let _recur = installation.serve("recur", &recur).await;
    let to = format!("recur=http://{recur},remind=http://{nobody},audit=http://{nobody}");
    let words = ["dispatch", "--to", &to, "--retries", "2", "--pause", "50"];
    let _dispatch = installation.start(&words, "127.0.0.1:0");
    let settings = &installation.settings;
    complete_a_weekly_task(&store, &me).await;
    until("the next occurrence", async || {
        open_tasks(&store, &me).await.len() == 1
    })
    .await;

    // What was done comes again, as if from elsewhere.
    let ours = published(settings).await;
    let done = ours
        .into_iter()
        .find(|found| found.record.get("ce_type") == Some("errand.task.completed.v1"));
    let mut forged = done.unwrap().record;
    forged.set("ce_source", "urn:errand:another");
    put(settings, Topic::TaskEvents, &forged).await;
    let aliens = aliens(&me);
    for (_, record, _) in &aliens {
        put(settings, Topic::TaskEvents, record).await;
    }
    let dead = |comes: CameOf| aliens.iter().filter(move |(_, _, it)| *it == comes).count();
    let expected = dead(CameOf::DeadLetter) + dead(CameOf::LateLetter);
    let letters = DeadLetters::new(settings.clone());
    let of_recur = async || {
        let mut all = letters.all().await.unwrap();
        all.retain(|letter| letter.to() == "recur");
        all
    };
    until("all dead letters", async || {
        of_recur().await.len() >= expected
    })
    .await;

    // Everybody goes on, on the same key and on none.
    complete_a_weekly_task(&store, &me).await;
    until("the other's next occurrence", async || {
        open_tasks(&store, &me).await.len() == 2
    })
    .await;
    let all = of_recur().await;
    let why: Vec<_> = all.iter().map(bus::kafka::DeadLetter::why).collect();
    assert_eq!(all.len(), expected, "{why:#?}");
    for (what, record, comes) in &aliens {
        let same = |letter: &&bus::kafka::DeadLetter| {
            let dead = letter.record();
            let kept = |(name, value): &(String, Vec<u8>)| {
                dead.get(name).map(str::as_bytes) == Some(value.as_slice())
            };
            (&dead.key, &dead.payload) == (&record.key, &record.payload)
                && record.headers.iter().all(kept)
        };
        let code = all
            .iter()
            .find(same)
            .map(|letter| letter.why()[..3].to_owned());
        match comes {
            CameOf::Nothing => {}
            CameOf::DeadLetter => assert!(
                matches!(code.as_deref(), Some("400" | "415" | "422")),
                "{what}: {code:?}"
            ),
            CameOf::LateLetter => assert_eq!(code.as_deref(), Some("503"), "{what}"),
        }
    }
}

#[tokio::test]
async fn r_5_3_where_a_topic_is_missing_it_is_said_and_events_wait_until_it_is_there() {
    let Some(mut installation) = Installation::new().await else {
        return;
    };
    installation.settings.prefix = format!("t{}.", Uuid::now_v7().simple());
    let store = installation.deps().await.store;
    let me = kit::person(&store).await;
    complete_a_weekly_task(&store, &me).await;
    let (listen, recur, nobody) = (free(), free(), free());
    let clock = installation.serve("clock", &listen).await;
    let _recur = installation.serve("recur", &recur).await;
    let to = format!("recur=http://{recur},remind=http://{nobody},audit=http://{nobody}");
    let dispatch = installation.start(&["dispatch", "--to", &to], "127.0.0.1:0");
    let topic = installation.settings.topic(Topic::TaskEvents);
    let words = not_ready(&listen).await;
    assert!(
        words.contains(&topic) && words.contains("errand topics"),
        "{words}"
    );
    until("it is logged", async || {
        let log = read_to_string(installation.log()).unwrap();
        log.lines()
            .filter(|line| line.contains("there is no topic"))
            .count()
            >= 2
    })
    .await;
    installation.set("ERRAND_KAFKA_PARTITIONS", "3");
    installation.run(&["topics"]);
    until("it is ready", async || {
        answers(&format!("http://{listen}/ready")).await
    })
    .await;
    until("the next occurrence", async || {
        open_tasks(&store, &me).await.len() == 1
    })
    .await;
    dispatch.end();
    clock.end();
    store.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r_5_3_a_broker_that_never_says_anything_is_said_and_holds_up_nobody() {
    let Some(mut installation) = Installation::new().await else {
        return;
    };
    let hole = BlackHole::open();
    installation.settings.brokers.clone_from(&hole.address);
    let (listen, nobody) = (free(), free());
    let clock = installation.serve("clock", &listen).await;
    let to = format!("recur=http://{nobody},remind=http://{nobody},audit=http://{nobody}");
    let dispatch = installation.start(&["dispatch", "--to", &to], "127.0.0.1:0");
    let words = not_ready(&listen).await;
    assert!(
        words.contains(&hole.address) && words.contains("does not answer"),
        "{words}"
    );
    until("both log it", async || {
        let log = read_to_string(installation.log()).unwrap();
        log.lines()
            .filter(|line| line.contains("does not answer"))
            .count()
            >= 2
    })
    .await;
    thread::scope(|scope| {
        for words in [&["topics"][..], &["dead-letters", "list"]] {
            let installation = &installation;
            scope.spawn(move || {
                let began = Instant::now();
                let (good, said) = installation.said(words, "127.0.0.1:0");
                assert!(!good && said.contains("Kafka: "), "{words:?}: {said}");
                let took = began.elapsed();
                assert!(took < GIVES_UP, "{words:?} gave up after {took:?}");
            });
        }
    });
    ends_soon(dispatch);
    ends_soon(clock);
}

fn ends_soon(process: Process) {
    let began = Instant::now();
    process.end();
    assert!(began.elapsed() < ENDS, "ended after {:?}", began.elapsed());
}

/// What a process says that is up and not ready.
async fn not_ready(listen: &str) -> String {
    assert!(answers(&format!("http://{listen}/health")).await);
    let asked = Client::new().get(format!("http://{listen}/ready")).send();
    let answer = asked.await.unwrap();
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    answer.text().await.unwrap()
}

/// Takes every connection, reads what comes, and says nothing.
struct BlackHole {
    address: String,
}

impl BlackHole {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Its threads end with the test program.
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut bytes = [0; 4_096];
                    while matches!(stream.read(&mut bytes), Ok(1..)) {}
                });
            }
        });
        Self { address }
    }
}

//! What a create and a listing cost in CPU time, on a file of its own: `cargo run --release --workspace --example creates`.

use domain::{command::Command, id::*, task::change::Expect};
use jiff::Timestamp;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime},
};
use store::{Answer, ClientKind, Decide, Idempotency, Options, Reader, Store, TaskQuery, Writer};

static IDS: AtomicU64 = AtomicU64::new(1);

fn fresh() -> uuid::Uuid {
    derived(&["bench", &IDS.fetch_add(1, Ordering::Relaxed).to_string()])
}

#[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
fn now() -> Timestamp {
    SystemTime::now().try_into().unwrap_or_default()
}

/// CPU time of this process so far: user and system, of all threads.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let whole = std::fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten();
    let threads =
        whole.filter_map(|task| std::fs::read_to_string(task.path().join("schedstat")).ok());
    let nanos = threads
        .chain(stat.is_empty().then_some(stat))
        .filter_map(|line| line.split(' ').next()?.parse::<u64>().ok());
    Duration::from_nanos(nanos.sum())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(".")?;
    let salt = Arc::new(|| u128::from(IDS.fetch_add(1, Ordering::Relaxed)) << 64);
    let url = format!("sqlite:{}", folder.path().join("bench.db").display());
    let store = store::open(&url, Options::new(Arc::new(now), salt)).await?;
    let me = store
        .person(UserId(fresh()), "bench", "Europe/Berlin")
        .await?;
    for (clients, each) in [(1, 500), (64, 50), (64, 100), (1, 500)] {
        creates(&store, &me, clients, each).await?;
    }
    while store
        .counts(&me, now())
        .await?
        .iter()
        .find(|(_, name, _)| name == "all")
        .is_some_and(|count| count.2 < 10_000)
    {
        creates(&store, &me, 64, 20).await?;
    }
    for (name, filter) in [
        ("list 50 of 10,000", "status=open"),
        ("with words", "status=open and q=\"call mom\""),
        ("today", "status=open and due<=today"),
    ] {
        listings(&store, &me, name, filter).await?;
    }
    store.close().await;
    Ok(())
}

async fn creates(
    store: &Arc<dyn Store>,
    me: &Reader,
    clients: usize,
    each: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let (cpu_before, at) = (cpu(), now());
    let mut jobs = Vec::new();
    for _ in 0..clients {
        let (store, me) = (store.clone(), me.clone());
        jobs.push(tokio::spawn(async move {
            for _ in 0..each {
                let (who, need, decide) = create(&me);
                store.commit(&who, need, decide).await?;
            }
            Ok::<_, store::StoreError>(())
        }));
    }
    for job in jobs {
        job.await??;
    }
    let count = (clients * each) as u32;
    let wall = Duration::try_from(now() - at)?;
    let used = cpu().saturating_sub(cpu_before);
    println!(
        "{clients:>3} clients: {:>4} CPU-us a create, {:>6.0} a second",
        (used / count).as_micros(),
        f64::from(count) / wall.as_secs_f64()
    );
    Ok(())
}

fn create(me: &Reader) -> (Writer, domain::need::Need, Decide) {
    let id = TaskId(fresh());
    let draft = serde_json::json!({
        "title": "call mom about the party", "notes": "ask what she would like to eat", "tags": ["family"], "priority": "high",
        "due": {"at": "2036-11-29T15:00:00", "time_zone": "Europe/Berlin"},
        "reminders": [{"id": fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}],
    });
    let draft = serde_json::from_value(draft).unwrap_or_default();
    let command = Command::CreateTask {
        id,
        draft,
        repeat: None,
    };
    let need = command.need(Expect::Any);
    let decide: Decide = Arc::new(move |state, now| {
        command.decide(state, Expect::Any, now)?;
        let settings = state.my_settings();
        let row = state.row::<domain::task::Task>(id.0)?;
        Ok(Answer {
            status: 201,
            body: contract::doc::whole_task(id, row, &settings, state.viewer),
            version: Some(1),
        })
    });
    let who = Writer {
        reader: me.clone(),
        client: "bench".into(),
        kind: ClientKind::Person,
        run: RunId(fresh()),
        correlation: "bench".into(),
        causation: None,
        idempotency: Some(Idempotency {
            route: "POST /tasks".into(),
            key: fresh().to_string(),
            body: "hash".into(),
        }),
        once: None,
    };
    (who, need, decide)
}

async fn listings(
    store: &Arc<dyn Store>,
    me: &Reader,
    name: &str,
    filter: &str,
) -> Result<(), Box<dyn std::error::Error>> {
    let query = TaskQuery {
        filters: vec![domain::filter::Filter::parse(filter)?],
        limit: 50,
        now: Some(now()),
        ..TaskQuery::default()
    };
    let rounds = 500;
    store.tasks(me, &query).await?;
    let (cpu_before, at) = (cpu(), now());
    let mut found = 0;
    for _ in 0..rounds {
        found = store.tasks(me, &query).await?.items.len();
    }
    let wall = Duration::try_from(now() - at)?;
    println!(
        "{name}: {found} found, {:>4} CPU-us, {:>4} us wall",
        ((cpu().saturating_sub(cpu_before)) / rounds).as_micros(),
        (wall / rounds).as_micros()
    );
    Ok(())
}

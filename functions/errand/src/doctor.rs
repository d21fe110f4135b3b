//! `errand doctor`: looks at an installation, and says what is wrong and what to do about it. It mends nothing.

mod others;
mod readers;

use crate::{app, dispatch::targets, kafka::brokers, lock::Lock, say::say};
use bus::kafka::DeadLetters;
use host::{Clock, Config, SystemClock};
use jiff::SignedDuration;
use others::Others;
use std::{fmt::Display, process::ExitCode, sync::Arc, time::Duration};
use store::{Store, StoreError, Tables};

/// How long anything may take that is asked. A function may have to be woken.
const PATIENCE: Duration = Duration::from_secs(30);
/// How far two clocks may be apart, in seconds: a lease lasts five.
const APART: i64 = 2;
/// How old an event may be that is not published, in seconds.
const LATE: i64 = 60;
/// How late a reminder is when nobody can be there who fires it.
const MINUTE: SignedDuration = SignedDuration::from_mins(1);
/// Dead letters that are counted.
const MOST: u32 = 1_000;

/// What there is to look at beside the settings.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where a function is, as tasks=http://tasks.example; each is asked whether it is ready and takes events
    #[arg(
        long = "to",
        value_name = "NAME=URL",
        value_delimiter = ',',
        env = "ERRAND_DOCTOR_TO"
    )]
    to: Vec<String>,
    /// What wakes a function where it is installed, as recur=task.completed+task.dropped; compared with what this release asks for
    #[arg(
        long,
        value_name = "NAME=EVENTS",
        value_delimiter = ',',
        env = "ERRAND_DOCTOR_SUBSCRIPTIONS"
    )]
    subscriptions: Vec<String>,
    /// Who reads Kafka for the functions, as errand.recur=task-events, in the names of the cluster; `none` where nobody does.
    /// Without it: the groups of `errand dispatch`
    #[arg(
        long,
        value_name = "GROUP=TOPIC",
        value_delimiter = ',',
        env = "ERRAND_DOCTOR_READERS"
    )]
    readers: Vec<String>,
    /// The port of Dapr's sidecar
    #[arg(long, value_name = "PORT", env = "DAPR_HTTP_PORT")]
    sidecar: Option<u16>,
}

/// What was seen of one thing.
enum Seen {
    /// It is as it should be.
    Well(String),
    /// It is not; the words say what to do.
    Wrong(String),
    /// It is not set up, which may be meant so.
    Absent(String),
}

use Seen::{Absent, Well, Wrong};

/// Says what is seen as it is seen.
#[derive(Default)]
struct Report {
    wrong: usize,
}

impl Report {
    fn tell(&mut self, what: &str, seen: Seen) -> anyhow::Result<()> {
        let (mark, words) = match seen {
            Well(words) => ("ok", words),
            Absent(words) => ("-", words),
            Wrong(words) => {
                self.wrong += 1;
                ("wrong", words)
            }
        };
        say(format_args!("{mark:<6}{what:<14}{words}"))
    }
}

/// Looks at everything.
pub(crate) async fn doctor(config: &Config, options: Options) -> anyhow::Result<ExitCode> {
    let addresses = targets(&options.to)?;
    let mut report = Report::default();
    report.tell("program", Well(env!("CARGO_PKG_VERSION").to_owned()))?;
    let (seen, store) = database(config).await;
    report.tell("database", seen)?;
    if let Some(store) = store {
        report.tell("clock", clock(&*store).await)?;
        report.tell("outbox", outbox(&*store).await)?;
        report.tell("relay", relay(config, &*store).await?)?;
        report.tell("dead letters", dead(config, &*store).await)?;
        store.close().await;
    }
    let seen = kafka(config).await;
    let has_kafka = matches!(seen, Well(_));
    report.tell("Kafka", seen)?;
    if let Some(kafka) = config.kafka.as_ref().filter(|_| has_kafka) {
        let seen = readers::look(&kafka.settings, &options.readers).await;
        report.tell("readers", seen)?;
    }
    report.tell("mail", others::mail(config).await)?;
    let others = Others::new()?;
    report.tell("sidecar", others.sidecar(options.sidecar).await)?;
    for (name, address) in &addresses {
        report.tell(name, others.function(name, address).await)?;
    }
    if !options.subscriptions.is_empty() {
        report.tell(
            "subscriptions",
            others::subscriptions(&options.subscriptions),
        )?;
    }
    match report.wrong {
        0 => say("All is well.")?,
        1 => say("1 thing is wrong.")?,
        n => say(format_args!("{n} things are wrong."))?,
    }
    Ok(ExitCode::from(u8::from(report.wrong > 0)))
}

/// The database, opened where its tables are there.
async fn database(config: &Config) -> (Seen, Option<Arc<dyn Store>>) {
    let url = config.database_url();
    let file = store::file(&url);
    if let Some(path) = file.as_ref().filter(|path| !path.exists()) {
        let words = format!(
            "there is none at {}: start errand once, or name the right folder with --data",
            path.display()
        );
        return (Wrong(words), None);
    }
    let kind = file.map_or("PostgreSQL".to_owned(), |path| path.display().to_string());
    let wrong = |words: String| (Wrong(words), None);
    match store::tables(&url).await {
        Err(error) => return wrong(whole(&error)),
        Ok(Tables::Missing) => return wrong(format!("{kind} has no tables: errand migrate")),
        Ok(Tables::Behind(steps)) => {
            return wrong(format!(
                "{kind} is behind this release (steps: {steps}): errand migrate"
            ));
        }
        Ok(Tables::Current) => {}
    }
    match store::open(&url, app::options()).await {
        Err(error) => wrong(whole(&error)),
        Ok(store) => (
            Well(format!("{kind}, its tables are up to date")),
            Some(store),
        ),
    }
}

async fn clock(store: &dyn Store) -> Seen {
    let now = SystemClock.now();
    let theirs = match store.now().await {
        Ok(theirs) => theirs,
        Err(error) => return Wrong(whole(&error)),
    };
    let apart = theirs.duration_since(now).as_secs();
    if apart.abs() <= APART {
        return Well("as the database's".to_owned());
    }
    let where_to = if apart > 0 { "behind" } else { "ahead of" };
    Wrong(format!(
        "{} s {where_to} the database's: let both machines follow a time server",
        apart.abs()
    ))
}

/// Both times are the database's.
async fn outbox(store: &dyn Store) -> Seen {
    let asked = async {
        let now = store.now().await?;
        let oldest = store.outgoing(now, 1).await?;
        Ok::<_, StoreError>(
            oldest
                .first()
                .map(|row| now.duration_since(row.at).as_secs()),
        )
    };
    match asked.await {
        Err(error) => Wrong(whole(&error)),
        Ok(None) => Well("empty".to_owned()),
        Ok(Some(age)) if age <= LATE => Well(format!("its oldest event is {} s old", age.max(0))),
        Ok(Some(age)) => Wrong(format!(
            "its oldest event waits since {age} s: the line of the relay says why; whoever serves logs it"
        )),
    }
}

async fn relay(config: &Config, store: &dyn Store) -> anyhow::Result<Seen> {
    let alone = config.kafka.is_some();
    if !alone && Lock::try_take(config)?.is_some() {
        return Ok(Absent("nobody serves this folder now".to_owned()));
    }
    // Of several that run alone none leads while nothing waits.
    let quiet =
        async || Ok::<_, StoreError>(store.outgoing(store.now().await?, 1).await?.is_empty());
    Ok(match store.leader("relay").await {
        Err(error) => Wrong(whole(&error)),
        Ok(Some(_)) => Well("somebody publishes".to_owned()),
        Ok(None) if alone && overdue(store).await? => Wrong(
            "nobody publishes, and a reminder is a minute overdue: errand serve clock does both, one at least must run".to_owned(),
        ),
        Ok(None) if alone && quiet().await.unwrap_or_default() => {
            Well("nothing waits to be published".to_owned())
        }
        Ok(None) if alone => {
            Wrong("nobody publishes: errand serve clock does, one at least must run".to_owned())
        }
        Ok(None) => {
            Wrong("errand serves this folder, and publishes nothing: what does it log?".to_owned())
        }
    })
}

/// Whether a reminder is due for a minute and nobody fired it.
async fn overdue(store: &dyn Store) -> Result<bool, StoreError> {
    let until = store.now().await? - MINUTE;
    Ok(!store.due(until, 1).await?.is_empty())
}

async fn dead(config: &Config, store: &dyn Store) -> Seen {
    let mut count = match store.dead(MOST).await {
        Ok(dead) => dead.len(),
        Err(error) => return Wrong(whole(&error)),
    };
    if let Some(kafka) = &config.kafka {
        match DeadLetters::new(kafka.settings.clone()).all().await {
            Ok(dead) => count += dead.len(),
            Err(error) => return Wrong(error.to_string()),
        }
    }
    match count {
        0 => Well("none".to_owned()),
        n => Wrong(format!(
            "{n}: errand dead-letters list says why, and replay delivers them again"
        )),
    }
}

async fn kafka(config: &Config) -> Seen {
    if config.kafka.is_none() {
        return Absent("not set up: events stay in one process".to_owned());
    }
    let brokers = match brokers(config) {
        Ok(brokers) => brokers,
        Err(error) => return Wrong(error.to_string()),
    };
    match brokers.answer().await {
        Ok(()) => Well("all topics are there".to_owned()),
        Err(error) => Wrong(error.to_string()),
    }
}

/// An error with what caused it.
fn whole(error: &(dyn std::error::Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words = format!("{words}: {source}");
        cause = source.source();
    }
    words
}

/// In words what was late.
fn late(what: impl Display) -> Seen {
    Wrong(format!(
        "{what} does not answer within {} s",
        PATIENCE.as_secs()
    ))
}

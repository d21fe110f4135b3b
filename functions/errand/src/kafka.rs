//! `errand topics` and `errand dead-letters`.

use crate::{app::App, say::say};
use anyhow::{Context, bail};
use bus::kafka::{Brokers, DeadLetter, DeadLetters, Settings, make_topics};
use clap::Subcommand;
use host::Config;
use std::sync::Arc;
use store::Dead;

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub(crate) enum Act {
    /// One line for each: its name, when, what, to whom, why
    List,
    /// The whole of one
    Show {
        /// As `list` names it
        name: String,
    },
    /// Deliver them again; functions that have done it already ignore it
    Replay {
        /// As `list` names them
        #[arg(required_unless_present = "all")]
        names: Vec<String>,
        /// All of them
        #[arg(long, conflicts_with = "names")]
        all: bool,
    },
}

/// Makes the topics that are not there.
pub(crate) async fn topics(config: Config) -> anyhow::Result<()> {
    for made in make_topics(&settings(&config)?).await? {
        let known = if made.is_new { "" } else { " is there already" };
        say(format_args!("{}{known}", made.topic))?;
    }
    Ok(())
}

/// Where Kafka is.
pub(crate) fn settings(config: &Config) -> anyhow::Result<Settings> {
    let kafka = config.kafka.as_ref();
    let kafka = kafka.context("ERRAND_KAFKA_BROKERS: is missing: where is Kafka?")?;
    Ok(kafka.settings.clone())
}

/// The brokers, for probes.
pub(crate) fn brokers(config: &Config) -> anyhow::Result<Arc<Brokers>> {
    Ok(Arc::new(Brokers::new(settings(config)?)?))
}

/// Says at the start when Kafka cannot be used. That is no reason to end: it may come.
pub(crate) async fn look(brokers: Arc<Brokers>) {
    if let Err(why) = brokers.answer().await {
        tracing::error!("{why}; until then events wait");
    }
}

/// Those in Kafka, where there is one, and those of the outbox.
pub(crate) async fn dead_letters(config: Config, act: Act) -> anyhow::Result<()> {
    let kafka = config.kafka.as_ref();
    let kafka = kafka.map(|kafka| DeadLetters::new(kafka.settings.clone()));
    let app = App::open(config).await?;
    let in_kafka = match &kafka {
        Some(kafka) => kafka.all().await?,
        None => Vec::new(),
    };
    let in_outbox = app.deps.store.dead(1_000).await?;
    match act {
        Act::List => list(&in_kafka, &in_outbox)?,
        Act::Show { name } => show(&name, &in_kafka, &in_outbox)?,
        Act::Replay { names, all } => {
            let chosen = |name: &String| all || names.contains(name);
            let mut count = 0;
            if let Some(kafka) = &kafka {
                for letter in in_kafka.iter().filter(|letter| chosen(&letter.name())) {
                    kafka.replay(letter).await?;
                    count += 1;
                }
            }
            let ids = in_outbox.iter().filter(|dead| chosen(&name_of(dead)));
            let ids: Vec<_> = ids.map(|dead| dead.event.id).collect();
            app.deps.store.revive(&ids, app.deps.clock.now()).await?;
            count += ids.len();
            if count < names.len() {
                bail!(
                    "only {count} of {} are there; `errand dead-letters list` names them",
                    names.len()
                );
            }
            say(format_args!("{count} delivered again."))?;
        }
    }
    app.deps.store.close().await;
    Ok(())
}

fn list(in_kafka: &[DeadLetter], in_outbox: &[Dead]) -> anyhow::Result<()> {
    for letter in in_kafka {
        say(format_args!("{letter}"))?;
    }
    for dead in in_outbox {
        let to = dead.event.retry.as_ref().map_or("-", |(to, _)| to);
        let (at, kind) = (dead.event.at, dead.event.kind.type_name());
        say(format_args!(
            "{}  {at}  {kind}  to {to}: {}",
            name_of(dead),
            dead.why
        ))?;
    }
    if in_kafka.is_empty() && in_outbox.is_empty() {
        say("There are no dead letters.")?;
    }
    Ok(())
}

fn show(name: &str, in_kafka: &[DeadLetter], in_outbox: &[Dead]) -> anyhow::Result<()> {
    if let Some(letter) = in_kafka.iter().find(|letter| letter.name() == name) {
        say(format_args!("{letter}"))?;
        for (header, value) in &letter.record().headers {
            say(format_args!("{header}: {}", String::from_utf8_lossy(value)))?;
        }
        let data = letter.record().payload.as_deref().unwrap_or_default();
        say(format_args!("\n{}", String::from_utf8_lossy(data)))?;
        return Ok(());
    }
    let dead = in_outbox.iter().find(|dead| name_of(dead) == name);
    let dead = dead.with_context(|| format!("there is no dead letter {name:?}"))?;
    list(&[], std::slice::from_ref(dead))?;
    let data = dead.event.row.as_ref().and_then(|row| row.payload.clone());
    say(format_args!("\n{}", data.unwrap_or_default()))
}

/// How one in the outbox is called.
fn name_of(dead: &Dead) -> String {
    format!("outbox/{}", -dead.event.id)
}

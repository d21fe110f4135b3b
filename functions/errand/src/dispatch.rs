//! `errand dispatch`: events from Kafka to the functions, where there is no Knative to do it; with `--scale-to-zero` also
//! requests, over function processes that are started when something comes for them and stopped when nothing does.

mod deliver;
mod front;
mod processes;

use crate::{app, kafka, say::say, serve::in_common};
use anyhow::{Context, bail};
use bus::kafka::{Dispatcher, Patience, Subscription};
use deliver::Http;
use errand::FUNCTIONS;
use front::Places;
pub(crate) use front::{Options as FrontOptions, front};
use host::{Config, SystemClock, serve, telemetry};
use jiff::SignedDuration;
use processes::Processes;
use std::{collections::BTreeMap, str::FromStr, sync::Arc, time::Duration};
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

/// How it is to be done.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Where a function is, as recur=http://127.0.0.1:8711; each that events wake must be named, or --scale-to-zero given
    #[arg(
        long = "to",
        value_name = "NAME=URL",
        value_delimiter = ',',
        env = "ERRAND_DISPATCH_TO"
    )]
    to: Vec<String>,
    /// Start a function's process when an event or a request comes for it, and stop it when nothing does; listen for requests, too
    #[arg(long)]
    scale_to_zero: bool,
    /// How long a process may idle before it is stopped
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 60,
        env = "ERRAND_DISPATCH_IDLE",
        value_parser = |text: &str| whole::<u64>("ERRAND_DISPATCH_IDLE", text)
    )]
    idle: u64,
    /// Tries after the first, before an event is a dead letter
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        env = "ERRAND_DISPATCH_RETRIES",
        value_parser = |text: &str| whole::<u32>("ERRAND_DISPATCH_RETRIES", text)
    )]
    retries: u32,
    /// The pause before the first of them; each further one is twice as long
    #[arg(
        long,
        value_name = "MILLISECONDS",
        default_value_t = 300,
        env = "ERRAND_DISPATCH_PAUSE",
        value_parser = |text: &str| whole::<u32>("ERRAND_DISPATCH_PAUSE", text)
    )]
    pause: u32,
}

/// Dispatches until it is asked to stop.
pub(crate) async fn dispatch(config: Config, options: Options) -> anyhow::Result<()> {
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    let Some(from) = &config.kafka else {
        bail!("ERRAND_KAFKA_BROKERS: is missing: where do the events come from?");
    };
    let targets = targets(&options.to)?;
    if options.scale_to_zero {
        in_common(&config)?;
        drop(app::channels(&config)?);
    }
    let front = if options.scale_to_zero {
        Some(
            serve::bind(config.listen)
                .await
                .map_err(anyhow::Error::msg)?,
        )
    } else {
        None
    };
    let processes = front
        .as_ref()
        .map(|front| Processes::new(&config, front, Duration::from_secs(options.idle)))
        .transpose()?;
    let stop = serve::shutdown_on_signals()?;
    let http = Arc::new(Http::new(targets, processes.clone())?);
    let patience = Patience {
        retries: options.retries,
        pause: SignedDuration::from_millis(options.pause.into()),
    };
    // Whoever is not named is missed before the first word with Kafka.
    let woken = || FUNCTIONS.iter().filter(|it| !it.subscribes.is_empty());
    if let Some(lost) = woken().find(|it| !http.knows(it.name)) {
        bail!(
            "--to (ERRAND_DISPATCH_TO): where is {}? Say {0}=URL, or --scale-to-zero",
            lost.name
        );
    }
    let mut running = JoinSet::new();
    running.spawn(kafka::look(kafka::brokers(&config)?));
    for function in woken() {
        let subscription = Subscription {
            name: function.name,
            kinds: function.subscribes,
        };
        let (clock, stop) = (Arc::new(SystemClock), stop.clone());
        let (settings, deliver) = (&from.settings, http.clone());
        let dispatcher = Dispatcher::new(settings, subscription, deliver, patience, clock, stop)?;
        running.spawn(dispatcher.run());
    }
    match front.zip(processes) {
        None => stop.cancelled().await,
        Some((listener, processes)) => {
            running.spawn(processes.clone().reap(stop.clone()));
            face(listener, &processes, &stop).await?;
            stop.cancel();
            while running.join_next().await.is_some() {}
            processes.stop_all().await;
        }
    }
    while running.join_next().await.is_some() {}
    Ok(())
}

/// Answers requests at one address, by processes that are started for them, until it is asked to stop.
async fn face(
    listener: TcpListener,
    processes: &Arc<Processes>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    processes.start_always_on().await?;
    // Whoever started it may not listen; it serves all the same.
    let _ = say(format_args!(
        "Errand is at http://{}",
        listener.local_addr()?
    ))
    .and_then(|()| say("`errand token --link` prints a link that signs a browser in."));
    let router = front::router(Places::Processes(processes.clone()))?;
    serve::serve(listener, router, stop.clone()).await?;
    Ok(())
}

/// The addresses by name.
pub(crate) fn targets(given: &[String]) -> anyhow::Result<BTreeMap<&'static str, String>> {
    let target = |text: &String| {
        let (name, url) = text
            .split_once('=')
            .with_context(|| format!("--to: {text:?} is not NAME=URL"))?;
        let function = FUNCTIONS.iter().find(|function| function.name == name);
        let function = function.with_context(|| format!("--to: there is no function {name:?}"))?;
        if !url.starts_with("http://") && !url.starts_with("https://") {
            bail!("--to: {url:?} is not like http://127.0.0.1:8711");
        }
        Ok((function.name, url.trim_end_matches('/').to_owned()))
    };
    given.iter().map(target).collect()
}

fn whole<T: FromStr>(variable: &str, text: &str) -> Result<T, String> {
    let read = text.parse();
    read.map_err(|_| format!("{variable} is a whole number"))
}

//! Serving: everything in one process, or one function alone.

use crate::{
    app::{self, App},
    kafka,
    lock::Lock,
    metrics,
    say::say,
    waiting::{self, Waiting},
};
use anyhow::bail;
use axum::Router;
use bus::{Bus, MemoryBus, Relay, Subscriber, dapr::DaprBus, kafka::KafkaBus};
use errand::{FUNCTIONS, Function, Part, relay};
use host::{Config, config::PubSub, serve, telemetry};
use std::sync::Arc;
use store::Reader;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Serves everything until it is asked to stop; nothing that was begun is lost.
pub(crate) async fn serve(config: Config) -> anyhow::Result<()> {
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    // Said before anything is made.
    drop(app::channels(&config)?);
    let out = [
        ("ERRAND_KAFKA_BROKERS", config.kafka.is_some()),
        ("ERRAND_PUBSUB", config.dapr.pub_sub.is_some()),
    ];
    if let Some((variable, _)) = out.iter().find(|(_, given)| *given) {
        bail!(
            "{variable}: is for functions that run alone (errand serve NAME); in one process events need no Kafka"
        );
    }
    let listener = serve::bind(config.listen)
        .await
        .map_err(anyhow::Error::msg)?;
    let mut config = config;
    config.listen = listener.local_addr()?;
    let _lock = Lock::wait(&config).await?;
    let app = App::open(config).await?;
    after_import(&app).await?;
    if app.is_alone() {
        clock::after_crash(&app.deps).await?;
    }
    let person = app.person().await?;
    let mut parts = parts(&app, &all()).await?;
    let stop = serve::shutdown_on_signals()?;
    let token = token_file(&app, &person).await?;
    let link = link(&app, &person).await?;

    let mut running = beside(&mut parts, &stop);
    running.spawn(relay_to(&app, subscribers(&parts)).run(stop.clone()));

    // Whoever started it may not listen; it serves all the same.
    let _ = greet(&app, &link, &token);
    serve::serve(listener, open_to_all(&app, &parts), stop.clone()).await?;
    end(&app, parts, running, &stop).await;
    Ok(())
}

/// Before anything goes out for the first time after everything was imported.
async fn after_import(app: &App) -> anyhow::Result<()> {
    let clock::Left { skipped, failed } = clock::after_import(&app.deps).await?;
    if skipped + failed > 0 {
        tracing::info!(
            skipped,
            failed,
            "reminders that were due before the import are skipped, messages on their way then are shown as failed"
        );
    }
    Ok(())
}

fn greet(app: &App, link: &str, token: &str) -> anyhow::Result<()> {
    say(format_args!("Errand is at {link}"))?;
    say(format_args!(
        "The link signs your browser in once. Programs use the token in {token}."
    ))?;
    if app.deps.config.mail.is_none() {
        say(
            "Reminders show on the open page; for e-mail set ERRAND_MAIL_URL, ERRAND_MAIL_FROM and ERRAND_MAIL_TO.",
        )?;
    }
    Ok(())
}

/// Serves one function until it is asked to stop: what it answers, and on `POST /` the events that wake it.
pub(crate) async fn alone(
    config: Config,
    function: &'static Function,
    attached: bool,
) -> anyhow::Result<()> {
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    in_common(&config)?;
    if function.always_on && config.dapr.pub_sub.is_none() {
        kafka::settings(&config)?;
    }
    let listener = serve::bind(config.listen)
        .await
        .map_err(anyhow::Error::msg)?;
    let mut config = config;
    config.listen = listener.local_addr()?;
    let _lock = Lock::share(&config).await?;
    let stop = serve::shutdown_on_signals()?;
    let waiting = Waiting::default();
    let serving = tokio::spawn(serve::serve(listener, waiting.router(), stop.clone()));
    // Whoever starts it for a request wants to know that it cannot.
    let opened = if attached {
        Some(App::open(config).await?)
    } else {
        waiting::open(&config, &stop).await?
    };
    let Some(mut app) = opened else {
        return Ok(());
    };
    if function.always_on {
        after_import(&app).await?;
    }
    let mut parts = parts(&app, &[function]).await?;
    if attached {
        stop_with_input(stop.clone());
    }
    let mut running = beside(&mut parts, &stop);
    let mut router = unguarded(&parts);
    if function.always_on {
        let relay = relay_out(&app)?;
        // A sidecar is not probed: while it is away the clock has its work all the same, and the relay says so.
        if app.deps.config.dapr.pub_sub.is_none() {
            let brokers = kafka::brokers(&app.deps.config)?;
            running.spawn(kafka::look(brokers.clone()));
            app.deps.needs = brokers;
        }
        router = router.merge(metrics::router(&app.deps, relay.meter()));
        running.spawn(relay.run(stop.clone()));
    }
    waiting.is_over(host::edge(router, &app.deps));
    tracing::info!(function = function.name, listen = %app.deps.config.listen, "serves");
    serving.await??;
    end(&app, parts, running, &stop).await;
    Ok(())
}

/// What functions that run alone must have in common, said before anything is made.
///
/// # Errors
/// When it is missing, by its name.
pub(crate) fn in_common(config: &Config) -> anyhow::Result<()> {
    if config.key.is_none() {
        bail!("ERRAND_KEY: is missing; functions that run alone share one");
    }
    // A file has one process that writes, which no other hears of.
    if config.database_url().starts_with("sqlite:") {
        bail!(
            "ERRAND_DATABASE_URL: functions that run alone share a PostgreSQL, like postgres://USER:PASSWORD@HOST/DATABASE"
        );
    }
    Ok(())
}

/// Functions, put together.
pub(crate) type Parts = Vec<(&'static Function, Part)>;

/// Puts these functions together.
pub(crate) async fn parts(app: &App, functions: &[&'static Function]) -> anyhow::Result<Parts> {
    let given = app.given(functions).await?;
    let parts = functions
        .iter()
        .map(|function| (*function, function.build(&given)));
    Ok(parts.collect())
}

/// Every function there is.
pub(crate) fn all() -> Vec<&'static Function> {
    FUNCTIONS.iter().collect()
}

/// Everything that is open to the outside, with the edge around it.
pub(crate) fn open_to_all(app: &App, parts: &Parts) -> Router {
    host::edge(public(parts), &app.deps)
}

/// The same without the edge, and on `POST /` the events that wake them.
pub(crate) fn unguarded(parts: &Parts) -> Router {
    let events = parts.iter().filter_map(|(_, part)| part.events.clone());
    events.fold(public(parts), Router::merge)
}

fn public(parts: &Parts) -> Router {
    let routers = parts.iter().map(|(_, part)| part.public.clone());
    routers.fold(Router::new(), Router::merge)
}

/// Starts what the functions do beside answering.
pub(crate) fn beside(parts: &mut Parts, stop: &CancellationToken) -> JoinSet<()> {
    let mut running = JoinSet::new();
    for beside in parts.iter_mut().filter_map(|(_, part)| part.beside.take()) {
        running.spawn(beside(stop.clone()));
    }
    running
}

/// Delivers what is in the outbox to those of whom nobody outside hears, for whoever has the lock: the next occurrence is made,
/// the witness copies. A reminder that is due is left to the clock, which finds it in the database.
pub(crate) async fn settle(app: &App, parts: &Parts) -> anyhow::Result<()> {
    let mut quiet = subscribers(parts);
    quiet.retain(|subscriber| subscriber.kinds != remind::SUBSCRIBES);
    let mut relay = relay_to(app, quiet);
    while relay.step(app.deps.clock.now()).await? > 0 {}
    Ok(())
}

fn subscribers(parts: &Parts) -> Vec<Subscriber> {
    let parts = parts.iter();
    let subscribers = parts.filter_map(|(function, part)| function.subscriber(part));
    subscribers.collect()
}

/// The relay of one process, for whoever has the lock: it delivers to the routers themselves.
fn relay_to(app: &App, subscribers: Vec<Subscriber>) -> Relay {
    let bus = MemoryBus::new(subscribers, app.deps.clock.clone());
    relay(&app.deps, Arc::new(bus), &app.holder())
}

/// The relay of functions that run alone, into Kafka: by our own client, or through Dapr's sidecar. It lives beside the clock, and
/// one of all clocks leads.
fn relay_out(app: &App) -> anyhow::Result<Relay> {
    let config = &app.deps.config;
    let bus: Arc<dyn Bus> = match &config.dapr.pub_sub {
        Some(PubSub { name, prefix }) => {
            Arc::new(DaprBus::new(config.dapr.sidecar()?, name, prefix))
        }
        None => Arc::new(KafkaBus::new(
            kafka::settings(config)?,
            app.deps.clock.clone(),
        )),
    };
    let holder = app.deps.ids.uuid().to_string();
    Ok(relay(&app.deps, bus, &holder))
}

/// Whoever started us holds the other end: when it dies, however it does, we end.
fn stop_with_input(stop: CancellationToken) {
    std::thread::spawn(move || {
        let _closed = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        stop.cancel();
    });
}

pub(crate) async fn end(
    app: &App,
    parts: Parts,
    mut running: JoinSet<()>,
    stop: &CancellationToken,
) {
    stop.cancel();
    while running.join_next().await.is_some() {}
    for last in parts.into_iter().filter_map(|(_, part)| part.last) {
        last.await;
    }
    app.close().await;
}

/// A new link that signs a browser in once.
pub(crate) async fn link(app: &App, person: &Reader) -> anyhow::Result<String> {
    let (credential, path) = accounts::new_link(&app.deps, person);
    app.deps.store.add_credential(&credential).await?;
    Ok(format!("{}{path}", app.deps.config.link()))
}

/// The token for programs of this machine, in a file that only its owner may read; made where there is none that works.
pub(crate) async fn token_file(app: &App, person: &Reader) -> anyhow::Result<String> {
    let path = app.deps.config.data.join("token");
    let shown = path.display().to_string();
    if let Ok(secret) = std::fs::read_to_string(&path) {
        let hash = app.deps.key.hash("token", secret.trim());
        if app
            .deps
            .store
            .credential(&hash, app.deps.clock.now())
            .await?
            .is_some()
        {
            return Ok(shown);
        }
    }
    let scopes = host::who::scope::ALL.join(" ");
    let (credential, secret) = accounts::new_token(&app.deps, person, "cli", &scopes, None);
    app.deps.store.add_credential(&credential).await?;
    host::secret::write_private(&path, &secret)?;
    Ok(shown)
}

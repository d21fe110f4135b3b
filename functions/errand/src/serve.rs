//! Serving everything in one process.

use crate::{
    app::{self, App},
    lock::Lock,
    say::say,
};
use clock::Clockwork;
use host::{Config, serve, telemetry};
use store::Reader;
use tokio::task::JoinSet;

/// Serves until it is asked to stop; nothing that was begun is lost.
pub(crate) async fn serve(config: Config) -> anyhow::Result<()> {
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    // Said before anything is made.
    drop(app::channels(&config)?);
    let listener = serve::bind(config.listen)
        .await
        .map_err(anyhow::Error::msg)?;
    let mut config = config;
    config.listen = listener.local_addr()?;
    let _lock = Lock::wait(&config).await?;
    let app = App::open(config).await?;
    if app.is_alone() {
        clock::after_crash(&app.deps).await?;
    }
    let stop = serve::shutdown_on_signals()?;
    let token = token_file(&app).await?;
    let link = link(&app, &app.person).await?;

    let mut running = JoinSet::new();
    let feed = live::Feed::new(app.deps.clone());
    running.spawn(feed.clone().run(stop.clone()));
    running.spawn(app.relay().run(stop.clone()));
    running.spawn(Clockwork::new(app.deps.clone(), vec![app.person.clone()]).run(stop.clone()));
    running.spawn(
        app.functions
            .witness
            .clone()
            .run(app.deps.clone(), stop.clone()),
    );
    // The first reading of a date builds its tables; nobody should wait for that.
    tokio::task::spawn_blocking(language::warm);

    // Whoever started it may not listen; it serves all the same.
    let _ = greet(&app, &link, &token);
    serve::serve(listener, app.functions.router(&feed), stop.clone()).await?;
    stop.cancel();
    while running.join_next().await.is_some() {}
    app.functions.witness.finish(&app.deps).await;
    app.close().await;
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

/// A new link that signs a browser in once.
pub(crate) async fn link(app: &App, person: &Reader) -> anyhow::Result<String> {
    let (credential, path) = accounts::new_link(&app.deps, person);
    app.deps.store.add_credential(&credential).await?;
    Ok(format!("{}{path}", app.deps.config.link()))
}

/// The token for programs of this machine, in a file that only its owner may read; made where there is none that works.
pub(crate) async fn token_file(app: &App) -> anyhow::Result<String> {
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
    let (credential, secret) = accounts::new_token(&app.deps, &app.person, "cli", &scopes, None);
    app.deps.store.add_credential(&credential).await?;
    host::secret::write_private(&path, &secret)?;
    Ok(shown)
}

//! One function as an AWS Lambda: the same router, asked by invocations.

use crate::{
    app::App,
    lock::Lock,
    serve::{beside, end, in_common, parts, unguarded},
};
use anyhow::{anyhow, bail};
use errand::Function;
use host::{Config, config::Lambda, telemetry};
use tokio_util::sync::CancellationToken;

/// Answers invocations until the instance is ended.
pub(crate) async fn serve(
    config: Config,
    function: &'static Function,
    how: Lambda,
) -> anyhow::Result<()> {
    telemetry::init(&config.log).map_err(anyhow::Error::msg)?;
    fits(function.name)?;
    in_common(&config)?;
    let _lock = Lock::share(&config).await?;
    let app = App::open(config).await?;
    let mut parts = parts(&app, &[function]).await?;
    let stop = CancellationToken::new();
    let running = beside(&mut parts, &stop);
    let router = host::edge(unguarded(&parts), &app.deps);
    tracing::info!(
        function = function.name,
        streams = how.streams,
        "answers as a Lambda"
    );
    let ended = host::lambda::serve(router, how.streams).await;
    end(&app, parts, running, &stop).await;
    ended.map_err(|error| anyhow!("Lambda does not answer: {error}"))
}

/// A Lambda stands still between invocations, and what it wrote goes with it.
fn fits(name: &str) -> anyhow::Result<()> {
    if let Some(why) = never_stands_still(name) {
        bail!(
            "{name} cannot be a Lambda, which stands still between requests: {why}. Run `errand serve {name}` where it stays"
        );
    }
    Ok(())
}

/// Why a function cannot stand still between requests, where it cannot.
fn never_stands_still(name: &str) -> Option<&'static str> {
    match name {
        "clock" => Some("it wakes the others"),
        "live" => Some("it holds the lines to open pages"),
        "audit" => Some("one process keeps its files, and signs every hour"),
        _ => None,
    }
}

//! `GET /metrics`: the relay, in Prometheus' text format, for whoever watches it.

use axum::{Router, routing::get};
use bus::{Meter, Waiting};
use host::{Deps, Problem};
use http::header::CONTENT_TYPE;
use std::sync::Arc;

/// As Prometheus wants it to be called.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Dead letters that are counted; so many are reason enough to look.
const MOST: u32 = 1_000;

/// Its one route.
pub(crate) fn router(deps: &Deps, meter: Arc<Meter>) -> Router {
    let deps = deps.clone();
    let answer = move || async move {
        let text = text(&deps, &meter).await?;
        Ok::<_, Problem>(([(CONTENT_TYPE, FORMAT)], text))
    };
    Router::new().route("/metrics", get(answer))
}

async fn text(deps: &Deps, meter: &Meter) -> Result<String, Problem> {
    let now = deps.clock.now();
    let outgoing = deps.store.outgoing(now, 1).await?;
    let waiting = Waiting {
        oldest: outgoing.iter().map(|row| row.at).min(),
        dead: deps.store.dead(MOST).await?.len(),
    };
    Ok(meter.text(waiting, now))
}

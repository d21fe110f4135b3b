//! The process whose relay leads is stopped, as a machine that hangs, and goes on later. `ERRAND_RELAY_STOPPED` says for how many
//! seconds (12).

use crate::{
    installation::{Installation, free, metric, number},
    kit::{all_in_order, until},
};
use serde_json::json;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use store::{Reader, Store, suite::kit};
use testkit::kafka::published;
use tokio_util::sync::CancellationToken;

/// Within how long another leads: the lease is five seconds.
const LEADS: Duration = Duration::from_secs(10);
/// What a relay has on its way at most: so much may come again from one that did not know that it leads no more.
const ON_ITS_WAY: f64 = 64.0;

#[tokio::test]
async fn r_5_3_a_relay_that_was_stopped_is_replaced_and_publishes_nothing_out_of_turn() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let store = installation.deps().await.store;
    let me = kit::person(&store).await;
    let (first, second) = (free(), free());
    let mut stopped = installation.serve("clock", &first).await;
    let stop = CancellationToken::new();
    let writer = tokio::spawn(write(store.clone(), me.clone(), stop.clone()));
    let published_by = async |listen: &str| metric(listen, "errand_relay_published_total").await;
    let leads = async |listen: &str| metric(listen, "errand_relay_leads").await > 0.0;
    until("the first leads", async || {
        published_by(&first).await > 20.0
    })
    .await;
    let other = installation.serve("clock", &second).await;
    assert!(leads(&first).await && !leads(&second).await);

    stopped.signal("-STOP");
    let began = Instant::now();
    until("the other leads", async || {
        published_by(&second).await > 0.0
    })
    .await;
    let took = began.elapsed();
    println!("another led after {took:.1?}");
    assert!(took < LEADS, "another led after {took:?}");
    assert!(leads(&second).await);

    let time = Duration::from_secs(number("ERRAND_RELAY_STOPPED", 12) as u64);
    tokio::time::sleep(time.saturating_sub(began.elapsed())).await;
    stopped.signal("-CONT");
    let awake = published_by(&first).await;
    let by_other = published_by(&second).await;
    until("more is published", async || {
        published_by(&second).await > by_other + 50.0
    })
    .await;
    assert!(stopped.runs() && leads(&second).await && !leads(&first).await);
    let late = published_by(&first).await - awake;
    assert!(
        late <= ON_ITS_WAY,
        "{late} events by one that does not lead"
    );

    // And back: the one that was stopped is as good as new.
    other.kill();
    until("the first leads again", async || leads(&first).await).await;
    stop.cancel();
    writer.await.unwrap();
    until("all is published", async || {
        metric(&first, "errand_outbox_age_seconds").await <= 0.0
    })
    .await;
    stopped.end();
    let found = published(&installation.settings).await;
    all_in_order(&found, &store, &[me]).await;
    store.close().await;
}

/// Something is always on its way.
async fn write(store: Arc<dyn Store>, me: Reader, stop: CancellationToken) {
    while !stop.is_cancelled() {
        kit::create(&store, &me, json!({ "title": "a task" })).await;
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

//! How much one person may ask.

use host::{Deps, config::Rate};
use house_tests::wiring;
use std::sync::Arc;
use testkit::{House, house::Ground};

/// A house where one may ask twice a minute.
async fn strict() -> House {
    House::at("2026-11-23T09:00 Europe/Berlin", async |ground| {
        let mut config = (*ground.deps.config).clone();
        config.rate = Rate {
            requests: 2,
            seconds: 60,
        };
        let deps = Deps {
            config: Arc::new(config),
            ..ground.deps.clone()
        };
        wiring(&Ground {
            deps,
            channels: ground.channels.clone(),
            people: ground.people.clone(),
        })
        .await
    })
    .await
}

#[tokio::test]
async fn whoever_asks_too_much_is_told_when_to_come_again() {
    let house = strict().await;
    let ask = async || house.ann.ask("GET /lists").await;
    let first = ask().await;
    assert_eq!(first.status, 200);
    assert_eq!(first.header("ratelimit"), "\"person\";r=1;t=30");
    assert_eq!(first.header("ratelimit-policy"), "\"person\";q=2;w=60");
    assert_eq!(ask().await.header("ratelimit"), "\"person\";r=0;t=60");

    let refused = ask().await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (429, "rate_limited")
    );
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(refused.header("retry-after"), "30");
    assert_eq!(refused.header("ratelimit"), "\"person\";r=0;t=60");

    assert_eq!(house.bob.ask("GET /lists").await.status, 200); // his own bucket
    assert_eq!(
        house
            .stranger()
            .raw("GET /health")
            .await
            .header("ratelimit"),
        ""
    ); // nobody's
    house.clock_to("2026-11-23T09:00:30").await;
    assert_eq!(ask().await.status, 200);
}

/// A handler may look twice at who asks.
#[tokio::test]
async fn a_request_counts_once() {
    let house = strict().await;
    let command =
        serde_json::json!({ "commands": [{ "type": "create_list", "set": { "name": "a" } }] });
    let got = house.ann.ask("POST /commands").json(&command).await;
    assert_eq!(
        (got.status, got.header("ratelimit")),
        (200, "\"person\";r=1;t=30")
    );
}

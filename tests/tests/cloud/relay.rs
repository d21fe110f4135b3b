//! From the outbox into Kafka.

use crate::kit::{Publishing, all_in_order};
use testkit::kafka::{Broker, kafka, published, topics_on};

#[tokio::test]
async fn r_5_1_every_event_is_in_kafka_in_order_within_its_stream() {
    let Some(settings) = kafka().await else {
        return;
    };
    let publishing = Publishing::to(settings).await;
    publishing.write(100).await;
    publishing.is_out().await;
    let found = published(&publishing.settings).await;
    all_in_order(&found, &publishing.store, &publishing.people).await;
    let created = found
        .iter()
        .find(|found| found.record.get("ce_type") == Some("errand.task.created.v1"));
    let record = &created.unwrap().record;
    assert_eq!(record.get("ce_source"), Some("urn:errand"));
    assert_eq!(record.get("content-type"), Some("application/json"));
    assert_eq!(record.get("ce_taskversion"), Some("1"));
    let lines = publishing
        .store
        .lines(publishing.people[0].home, 0, 300)
        .await;
    let lines = lines.unwrap();
    let line = lines
        .iter()
        .find(|line| Some(format!("{}:{}", line.stream, line.n).as_str()) == record.get("ce_id"));
    if let Some(line) = line {
        assert_eq!(
            record.payload.as_deref(),
            line.payload.as_deref().map(str::as_bytes)
        );
    }
}

#[tokio::test]
async fn r_5_2_the_broker_is_killed_and_comes_back_and_the_relay_catches_up() {
    let Some(mut broker) = Broker::start() else {
        return;
    };
    let settings = topics_on(broker.address()).await;
    let publishing = Publishing::to(settings).await;
    publishing.write(50).await;
    publishing.is_out().await;
    for _ in 0..2 {
        // Killed while events are on their way.
        let ((), ()) = tokio::join!(publishing.write(25), async { broker.kill() });
        publishing.write(25).await;
        broker.go_on();
        publishing.is_out().await;
    }
    assert_eq!(publishing.store.dead(10).await.unwrap().len(), 0);
    let found = published(&publishing.settings).await;
    all_in_order(&found, &publishing.store, &publishing.people).await;
}

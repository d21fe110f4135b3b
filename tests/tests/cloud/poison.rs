//! An event that a function cannot take: a dead letter with its reason, while others go on; and replayed.

use crate::{
    installation::{Installation, free},
    kit::{complete_a_weekly_task, open_tasks, until},
    surroundings::alien,
};
use bus::kafka::DeadLetters;
use domain::event::Topic;
use store::suite::kit;
use testkit::{kafka::put, port};

#[tokio::test]
async fn r_5_2_a_poison_event_stops_nobody_else_and_is_replayed_when_it_can_be_taken() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let store = installation.deps().await.store;
    let (ann, bob) = (kit::person(&store).await, kit::person(&store).await);
    let (recur, nobody) = (format!("127.0.0.1:{}", port::lasting(1)), free());
    let clock = installation.serve("clock", &free()).await;
    let serving = installation.serve("recur", &recur).await;
    let to = format!("recur=http://{recur},remind=http://{nobody},audit=http://{nobody}");
    let words = ["dispatch", "--to", &to, "--retries", "3", "--pause", "100"];
    let dispatch = installation.start(&words, "127.0.0.1:0");

    // Of a version that only a newer release can read, and behind it one that can be read, of the same key.
    let settings = &installation.settings;
    let mut newer = alien(&ann);
    newer.set("ce_type", "errand.task.completed.v99");
    put(settings, Topic::TaskEvents, &newer).await;
    complete_a_weekly_task(&store, &ann).await;
    complete_a_weekly_task(&store, &bob).await;
    for (who, name) in [(&bob, "bob"), (&ann, "ann")] {
        until(&format!("{name}'s next occurrence"), async || {
            open_tasks(&store, who).await.len() == 1
        })
        .await;
    }
    let letters = DeadLetters::new(settings.clone());
    let of_recur = async || {
        let mut all = letters.all().await.unwrap();
        all.retain(|letter| letter.to() == "recur");
        all
    };
    until("it is a dead letter", async || of_recur().await.len() == 1).await;
    let letter = of_recur().await.remove(0);
    let why = letter.why();
    assert!(
        why.starts_with("503 ") && why.contains("Version 99"),
        "{why}"
    );
    let address = format!("http://{recur}");
    let destination = letter.record().get("ce_knativeerrordest");
    assert_eq!(destination, Some(address.as_str()));
    let listed = installation.run(&["dead-letters", "list"]);
    assert!(
        listed.contains(&letter.name()) && listed.contains("Version 99"),
        "{listed}"
    );

    // Nobody is there to take it; later somebody is.
    serving.kill();
    complete_a_weekly_task(&store, &bob).await;
    until("another dead letter", async || of_recur().await.len() == 2).await;
    let letter = of_recur().await.remove(1);
    assert!(
        letter.why().contains("error sending request"),
        "{}",
        letter.why()
    );
    let _serving = installation.serve("recur", &recur).await;
    let said = installation.run(&["dead-letters", "replay", &letter.name()]);
    assert_eq!(said, "1 delivered again.\n");
    until("bob's next occurrence, late", async || {
        open_tasks(&store, &bob).await.len() == 2
    })
    .await;
    assert_eq!(of_recur().await.len(), 1, "the other still lies there");
    dispatch.end();
    clock.end();
    store.close().await;
}

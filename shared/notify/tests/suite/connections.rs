use crate::message;
use crate::smtp::{channel, hasty, reminder, server};
use futures::future::join_all;
use notify::{Channel, Message, SendError};
use testkit::smtp::Behaviour;

#[tokio::test]
async fn one_after_the_other_they_share_a_connection() {
    let server = server().await;
    let channel = channel(&server.url());
    for number in 0..50 {
        channel
            .send(&message(number, "ann@example.org", &["a"]))
            .await
            .expect("sent");
    }
    assert_eq!((server.mails().len(), server.connections()), (50, 1));
    channel
        .send(&message(50, "ann@example.org", &["a"]))
        .await
        .expect("sent");
    assert_eq!(
        server.connections(),
        2,
        "50 mails are enough for one connection"
    );
}

#[tokio::test]
async fn a_kept_connection_that_died_costs_no_try() {
    let server = server().await;
    let channel = channel(&server.url());
    server.set(Behaviour::DropAfterAccepting);
    for number in 0..5 {
        channel
            .send(&message(number, "ann@example.org", &["a"]))
            .await
            .expect("sent");
    }
    assert_eq!((server.mails().len(), server.connections()), (5, 5));
}

#[tokio::test]
async fn fifty_at_once_reach_fifty_people_each_with_their_own() {
    let server = server().await;
    let channel = channel(&server.url());
    let messages: Vec<Message> = (0..50)
        .map(|n| {
            message(
                n,
                &format!("person{n}@example.org"),
                &[&format!("secret of {n}.")],
            )
        })
        .collect();
    for outcome in join_all(messages.iter().map(|message| channel.send(message))).await {
        outcome.expect("sent");
    }
    let mails = server.wait_for(50).await;
    for n in 0..50 {
        let mine: Vec<_> = mails
            .iter()
            .filter(|mail| mail.to == [format!("person{n}@example.org")])
            .collect();
        assert_eq!(mine.len(), 1, "person {n}");
        assert_eq!(
            mine[0].data.matches("secret of ").count(),
            mine[0].data.matches(&format!("secret of {n}.")).count()
        );
        assert!(
            mine[0]
                .data
                .contains(&format!("To: person{n}@example.org\r\n"))
        );
    }
    assert!(
        server.connections() <= 8,
        "{} connections",
        server.connections()
    );
}

#[tokio::test]
async fn a_send_given_up_half_way_spoils_no_other() {
    let server = server().await;
    let channel = hasty(&server.url());
    channel
        .send(&message(0, "ann@example.org", &["warm"]))
        .await
        .expect("sent");
    server.next([Behaviour::StallAfterData]);
    channel
        .send(&message(1, "ann@example.org", &["a"]))
        .await
        .expect_err("too slow");
    // Were that connection kept, the late answer to mail 1 would pass for the one to mail 2.
    server.next([Behaviour::Refuse]);
    let refused = channel.send(&message(2, "bob@example.org", &["b"])).await;
    assert!(
        matches!(refused, Err(SendError::Stop { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_channel_outlives_no_runtime() {
    // Made before and dropped after any runtime, as in a process that starts and stops.
    let channel = channel("smtp://127.0.0.1:1");
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let outcome = runtime.block_on(channel.send(&reminder()));
    drop(runtime);
    assert!(matches!(outcome, Err(SendError::Retry { .. })));
}

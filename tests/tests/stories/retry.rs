//! What becomes of a delivery that fails.

use crate::{MONDAY, check};
use expect_test::expect;
use house_tests::{house, house_by_mail};
use notify::SendError;
use serde_json::json;
use testkit::{
    House,
    smtp::{Behaviour, SmtpServer},
};

/// Each delivery by mail: its state, how often it was tried, and what was answered.
async fn deliveries(house: &House) -> Vec<String> {
    let page = house.ann.get("/deliveries").await;
    let items = page["items"].as_array().unwrap().iter();
    let by_mail = items.filter(|item| item["channel"] == "email");
    by_mail
        .map(|item| {
            format!(
                "{} at try {}: {}",
                item["state"], item["attempt"], item["receipt"]
            )
        })
        .collect()
}

#[tokio::test]
async fn r_2_7_a_failed_delivery_is_tried_after_1_5_and_15_minutes_then_shown_and_retried_by_hand()
{
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 12:00, remind me at 12:00")
        .await;
    house.mailbox.defer(4);
    let mut told = Vec::new();
    for at in [
        "12:00", "12:01", "12:05", "12:06", "12:20", "12:21", "13:00",
    ] {
        house.clock_to(&format!("2026-11-23T{at}")).await;
        told.push(format!("{at} {}", deliveries(&house).await.join(" ")));
    }
    check(
        told,
        expect![[r#"
        12:00 "open" at try 1: "451 come back later"
        12:01 "open" at try 2: "451 come back later"
        12:05 "open" at try 2: "451 come back later"
        12:06 "open" at try 3: "451 come back later"
        12:20 "open" at try 3: "451 come back later"
        12:21 "failed" at try 4: "451 come back later"
        13:00 "failed" at try 4: "451 come back later""#]],
    );
    assert_eq!(house.mails(), [""; 0]);
    check(
        house.ann.history(call).await,
        expect![[r"
        created by page
        reminder sent by remind
        reminder failed because 451 come back later by remind"]],
    );

    let failed = house.ann.get("/deliveries").await;
    let failed = failed["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["state"] == "failed")
        .unwrap();
    let retry = format!("POST /deliveries/{}/retry", failed["id"].as_str().unwrap());
    assert_eq!(house.ann.ask(&retry).await.status, 202);
    house.settle().await;
    check(
        house.mails(),
        expect![[r"
        13:00 to ann@example.org: Reminder: call mom
        - call mom, due Monday 23 November 2026, 12:00"]],
    );
    check(
        deliveries(&house).await,
        expect![[r#""sent" at try 5: "250 queued as 1""#]],
    );
    let again = house.ann.ask(&retry).await;
    assert_eq!(
        (again.status, again.code().as_str()),
        (422, "field_invalid"),
        "{}",
        again.body
    );
}

#[tokio::test]
async fn r_2_7_what_is_refused_for_good_is_not_tried_again() {
    let house = house(MONDAY).await;
    house
        .ann
        .add("call mom today at 12:00, remind me at 12:00")
        .await;
    house.mailbox.fail([SendError::Stop {
        words: "550 nobody of that name here".to_owned(),
    }]);
    house.clock_to("2026-11-23T14:00").await;
    assert_eq!(house.mails(), [""; 0]);
    check(
        deliveries(&house).await,
        expect![[r#""failed" at try 1: "550 nobody of that name here""#]],
    );
}

#[tokio::test]
async fn r_2_5_what_is_completed_between_two_tries_is_not_sent() {
    let house = house(MONDAY).await;
    let call = house
        .ann
        .add("call mom today at 12:00, remind me at 12:00")
        .await;
    house.mailbox.defer(1);
    house.clock_to("2026-11-23T12:00").await;
    house.ann.complete(call).await;
    house.clock_to("2026-11-23T14:00").await;
    assert_eq!(house.mails(), [""; 0]);
    check(
        deliveries(&house).await,
        expect![[r#""cancelled" at try 1: "451 come back later""#]],
    );
}

#[tokio::test]
async fn r_2_9_an_event_delivered_twice_sends_one_mail() {
    let house = house(MONDAY).await;
    house
        .ann
        .add("call mom today at 12:00, remind me at 12:00")
        .await;
    house.clock_to("2026-11-23T12:00").await;
    let delivery = house.ann.get("/deliveries").await["items"][0].clone();
    for item in house.ann.get("/deliveries").await["items"]
        .as_array()
        .unwrap()
    {
        let event = json!({
            "specversion": "1.0", "id": "again", "source": house.deps.key.installation(), "type": "errand.reminder.due.v1",
            "subject": item["id"], "time": "2026-11-23T11:00:00Z", "datacontenttype": "application/json",
            "partitionkey": house.ann.reader.home, "data": {"id": item["id"]}
        });
        house.deliver("remind", &event).await;
    }
    house.clock_to("2026-11-23T14:00").await;
    assert_eq!(house.mails().len(), 1, "{delivery}");
}

#[tokio::test]
async fn r_2_7_over_a_mail_server_that_is_away_and_comes_back() {
    let server = SmtpServer::start().await.unwrap();
    let house = house_by_mail(MONDAY, &server).await;
    house
        .ann
        .add("call mom today at 12:00, remind me at 12:00")
        .await;
    server.next([Behaviour::Defer, Behaviour::DropAtRecipient]);
    house.clock_to("2026-11-23T12:30").await;
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, ["ann@example.org"]);
    assert!(mails[0].data.contains("call mom"), "{}", mails[0].data);
    check(
        deliveries(&house).await,
        expect![[r#""sent" at try 3: "250 2.0.0 queued as 1""#]],
    );
}

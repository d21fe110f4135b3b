//! Mail by Dapr's bindings for SMTP and for SES.

use super::unfolded;
use futures::future::join_all;
use host::Clock;
use house_tests::wiring;
use jiff::{SignedDuration, Timestamp};
use notify::{Channel, DaprMail, Item, Message, SendError};
use serde_json::{Value, json};
use sidecar::Sidecar;
use std::sync::Arc;
use testkit::{
    House,
    daprd::Daprd,
    house::Ground,
    smtp::{Behaviour, SmtpServer},
};
use uuid::Uuid;

fn by(sidecar: &Daprd) -> DaprMail {
    let sidecar = Sidecar::at(sidecar.grpc, None).unwrap();
    DaprMail::new(sidecar, "mail", "Errand <errand@example.org>").unwrap()
}

fn message(n: usize) -> Message {
    let item = Item {
        title: format!("task {n} <b>&</b>"),
        due: None,
        link: String::new(),
    };
    let to = format!("person{n}@example.org");
    Message::reminders(
        Uuid::from_u128(n as u128),
        to,
        Timestamp::UNIX_EPOCH,
        vec![item],
        "",
    )
}

async fn started() -> Option<(SmtpServer, Daprd)> {
    let server = SmtpServer::start().await.unwrap();
    let mut sidecar = Daprd::of("remind", None)?.mailing_to(&server);
    sidecar.start().await;
    Some((server, sidecar))
}

#[tokio::test]
async fn r_7_2_mails_at_once_by_dapr_do_not_mix() {
    let Some((server, sidecar)) = started().await else {
        return;
    };
    let channel = by(&sidecar);
    let messages: Vec<_> = (0..20).map(message).collect();
    let sent = join_all(messages.iter().map(|message| channel.send(message))).await;
    assert!(sent.iter().all(Result::is_ok), "{sent:?}");
    let mut mails = server.mails();
    mails.sort_by_key(|mail| mail.to.clone());
    assert_eq!(mails.len(), messages.len());
    for message in &messages {
        let to = vec![message.to.clone()];
        let mail: Vec<_> = mails.iter().filter(|mail| mail.to == to).collect();
        assert_eq!(mail.len(), 1, "{to:?}");
        let data = &unfolded(&mail[0].data);
        assert!(
            data.contains(&format!("Subject: {}", message.subject)),
            "{data}"
        );
        assert!(data.contains("From: Errand <errand@example.org>"), "{data}");
        assert!(data.contains("&lt;b&gt;"), "{data}");
        assert!(!data.contains("Cc:"), "{data}");
    }
}

#[tokio::test]
async fn r_7_2_what_the_mail_server_says_decides_whether_it_is_tried_again() {
    let Some((server, mut sidecar)) = started().await else {
        return;
    };
    let channel = by(&sidecar);
    let check = async |behaviour: Behaviour, stops: bool, words: &str| {
        server.next([behaviour]);
        let error = channel.send(&message(1)).await.unwrap_err();
        assert_eq!(matches!(error, SendError::Stop { .. }), stops, "{error:?}");
        assert!(error.words().contains(words), "{error:?}");
    };
    check(Behaviour::Refuse, true, "550").await;
    check(Behaviour::RefuseData, true, "554").await;
    check(Behaviour::Defer, false, "451").await;
    check(Behaviour::DropAtRecipient, false, "EOF").await;
    sidecar.kill();
    let error = channel.send(&message(1)).await.unwrap_err();
    assert!(matches!(error, SendError::Retry { .. }), "{error:?}");
    sidecar.start().await;
    channel.send(&message(2)).await.unwrap();
    assert_eq!(server.mails().len(), 1);
}

/// A house whose mail goes through that sidecar.
async fn house(sidecar: &Daprd) -> House {
    let channels: Vec<Arc<dyn Channel>> = vec![Arc::new(by(sidecar))];
    let by_dapr = async |ground: &Ground| {
        let (deps, people) = (ground.deps.clone(), ground.people.clone());
        wiring(&Ground {
            deps,
            channels,
            people,
        })
        .await
    };
    House::at("2026-11-23T09:00 Europe/Berlin", by_dapr).await
}

#[tokio::test]
async fn r_7_2_without_the_sidecar_the_house_goes_on_and_the_mail_comes_once_it_is_back() {
    let server = SmtpServer::start().await.unwrap();
    let Some(sidecar) = Daprd::of("remind", None) else {
        return;
    };
    let mut sidecar = sidecar.mailing_to(&server);
    let house = house(&sidecar).await;
    let task =
        json!({ "title": "water the plants", "reminders": [{ "at": "2026-11-23T08:30:00Z" }] });
    house.ann.post("/tasks", task).await;
    house.clock_to("2026-11-23T09:30").await;
    let open = |deliveries: &Value| {
        let mails = deliveries["items"].as_array().unwrap().clone();
        let mail = mails
            .into_iter()
            .find(|one| one["channel"] == "email")
            .unwrap();
        (
            mail["state"].clone(),
            mail["attempt"].clone(),
            mail["receipt"].to_string(),
        )
    };
    let deliveries = house.ann.get("/deliveries").await;
    let (state, attempt, why) = open(&deliveries);
    assert_eq!((state, attempt), (json!("open"), json!(1)));
    assert!(why.contains("Dapr"), "{why}");
    house.ann.add("buy milk tomorrow").await;
    sidecar.start().await;
    house
        .clock
        .set(house.clock.now() + SignedDuration::from_mins(1));
    house.settle().await;
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert!(unfolded(&mails[0].data).contains("water the plants"));
    let (state, attempt, _) = open(&house.ann.get("/deliveries").await);
    assert_eq!((state, attempt), (json!("sent"), json!(2)));
}

/// SES as moto plays it: it knows an address that may send, and keeps what was sent.
#[tokio::test]
async fn r_7_2_a_mail_goes_out_by_daprs_binding_for_ses() {
    let Some(moto) = testkit::skip::unless("ERRAND_TEST_MOTO_URL", "no moto") else {
        return;
    };
    let Some(sidecar) = Daprd::of("remind", None) else {
        return;
    };
    let mut sidecar = sidecar
        .with("AWS_ENDPOINT_URL", moto.as_str())
        .with("AWS_ACCESS_KEY_ID", "test")
        .with("AWS_SECRET_ACCESS_KEY", "test");
    sidecar.start().await;
    let address = format!("{}@example.org", Uuid::now_v7().simple());
    let from = format!("Errand <{address}>");
    let channel = |sidecar: &Daprd| {
        let sidecar = Sidecar::at(sidecar.grpc, None).unwrap();
        DaprMail::new(sidecar, "mail-ses", &from).unwrap()
    };
    let unknown = channel(&sidecar).send(&message(1)).await.unwrap_err();
    assert!(matches!(unknown, SendError::Retry { .. }), "{unknown:?}");
    assert!(unknown.words().contains("not verified"), "{unknown:?}");

    let signed = "AWS4-HMAC-SHA256 Credential=test/20261126/eu-central-1/ses/aws4_request, SignedHeaders=host, Signature=0";
    let verified = reqwest::Client::new()
        .post(format!("{moto}/v2/email/identities"))
        .header("authorization", signed)
        .json(&json!({ "EmailIdentity": address }));
    assert_eq!(verified.send().await.unwrap().status(), 200);
    let receipt = channel(&sidecar).send(&message(2)).await.unwrap();
    assert_eq!(receipt.words, "taken by the Dapr binding mail-ses");
    let kept = reqwest::get(format!("{moto}/moto-api/data.json")).await;
    let kept: Value = kept.unwrap().json().await.unwrap();
    let kept = kept["ses"]["Message"].to_string();
    for part in [
        address.as_str(),
        "person2@example.org",
        "Reminder: task 2 <b>&</b>",
        "&lt;b&gt;",
    ] {
        assert!(kept.contains(part), "{part} is missing: {kept}");
    }
}

//! A mail server that is not there, or that refuses.

use crate::home::{Api, Home, PATIENCE};
use expect_test::expect;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::smtp::{Behaviour, SmtpServer};

/// Makes a task whose reminder is due, and answers its mail's delivery after the first try.
async fn tried(api: &Api) -> Value {
    let at = jiff::Timestamp::now();
    let task = json!({ "title": "call mom", "reminders": [{ "at": at }] });
    let made = api.request(Method::POST, "/tasks").json(&task).send().await;
    assert_eq!(made.expect("an answer").status(), 201);
    let tried = async {
        loop {
            let cursor = api.get("/changes?after=now").await["cursor"].clone();
            let all = api.all("/deliveries?").await;
            let mail = all.into_iter().find(|it| it["channel"] == "email");
            if let Some(mail) = mail.filter(|it| it["receipt"] != "") {
                return mail;
            }
            // The page's delivery is recorded in the log; the mail's first failure is not, so it may be there by then or a bit later.
            let cursor = cursor.as_str().expect("a cursor");
            let path = format!("/changes?after={cursor}");
            let wait = std::time::Duration::from_millis(100);
            drop(tokio::time::timeout(wait, api.get(&path)).await);
        }
    };
    tokio::time::timeout(PATIENCE, tried).await.expect("a try")
}

fn words(delivery: &Value) -> String {
    let Value::String(receipt) = &delivery["receipt"] else {
        panic!("{delivery}")
    };
    format!(
        "{} after try {}: {receipt}\n",
        delivery["state"].as_str().unwrap(),
        delivery["attempt"]
    )
}

fn home(url: String) -> Option<Home> {
    let mut home = Home::new()?;
    home.set("ERRAND_MAIL_URL", url);
    home.set("ERRAND_MAIL_TO", "ann@example.org");
    Some(home)
}

#[tokio::test]
async fn r_2_7_a_mail_server_that_nobody_knows_is_said_with_the_reminder() {
    let Some(home) = home("smtp://mail.invalid:25".to_owned()) else {
        return;
    };
    let server = home.serve().await;
    let delivery = tried(&server.api).await;
    assert!(delivery["next_at"].is_string(), "it is tried again");
    expect![[r#"
        open after try 1: the mail server mail.invalid:25 cannot be used: failed to lookup address information: Name or service not known
    "#]].assert_eq(&words(&delivery));
    server.stop().await;
}

#[tokio::test]
async fn r_2_7_a_mail_that_is_refused_is_failed_and_can_be_sent_again_by_hand() {
    let mail = SmtpServer::start().await.expect("a port");
    let Some(home) = home(mail.url()) else {
        return;
    };
    mail.next([Behaviour::Refuse]);
    let server = home.serve().await;
    let delivery = tried(&server.api).await;
    expect![[r#"
        failed after try 1: the mail server refused the mail: 550 5.1.1 nobody of that name here
    "#]]
    .assert_eq(&words(&delivery));
    let again = format!("/deliveries/{}/retry", delivery["id"].as_str().unwrap());
    let again = server.api.request(Method::POST, &again).json(&json!({}));
    assert_eq!(again.send().await.unwrap().status(), 202);
    mail.wait_for(1).await;
    server.stop().await;
}

/// SES as moto plays it: it knows an address that may send, and keeps what was sent.
#[tokio::test]
async fn r_2_1_a_reminder_goes_out_by_amazon_ses() {
    let Some(moto) = testkit::skip::unless("ERRAND_TEST_MOTO_URL", "no moto") else {
        return;
    };
    let from = format!("{}@example.org", uuid::Uuid::now_v7().simple());
    let signed = "AWS4-HMAC-SHA256 Credential=test/20261126/us-east-1/ses/aws4_request, SignedHeaders=host, Signature=0";
    let verified = reqwest::Client::new()
        .post(format!("{moto}/v2/email/identities"))
        .header("authorization", signed)
        .json(&json!({ "EmailIdentity": from }));
    assert_eq!(verified.send().await.expect("an answer").status(), 200);
    let Some(mut home) = home("ses:us-east-1".to_owned()) else {
        return;
    };
    home.set("ERRAND_MAIL_FROM", format!("Errand <{from}>"));
    home.set("ERRAND_PUBLIC_URL", "https://errand.example.org");
    home.set("AWS_ENDPOINT_URL_SESV2", moto.as_str());
    home.set("AWS_ACCESS_KEY_ID", "test");
    home.set("AWS_SECRET_ACCESS_KEY", "test");
    let server = home.serve().await;
    let delivery = tried(&server.api).await;
    let said = words(&delivery);
    assert!(
        said.starts_with("sent after try 1: Amazon SES took it as "),
        "{said}"
    );
    let kept = reqwest::get(format!("{moto}/moto-api/data.json")).await;
    let kept: Value = kept.expect("an answer").json().await.expect("JSON");
    let mails = kept["ses"]["RawMessage"].as_array().expect("mails");
    let mail = mails.iter().find(|mail| mail["source"] == from);
    let raw = mail.expect("our mail")["raw_data"].as_str().expect("text");
    let id = delivery["id"].as_str().expect("an id");
    for line in [
        format!("Message-ID: <{id}@example.org>"),
        "To: ann@example.org".to_owned(),
        "Subject: Reminder: call mom".to_owned(),
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click".to_owned(),
    ] {
        assert!(
            raw.lines().any(|own| own == line),
            "{line} is missing: {raw}"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn r_2_7_without_aws_credentials_the_reminder_says_so() {
    let Some(mut home) = home("ses:us-east-1".to_owned()) else {
        return;
    };
    // A machine in AWS has its own; nobody is asked here.
    home.set("AWS_EC2_METADATA_DISABLED", "true");
    let server = home.serve().await;
    let delivery = tried(&server.api).await;
    expect![[r#"
        open after try 1: there are no AWS credentials to send by: see the AWS_… variables
    "#]]
    .assert_eq(&words(&delivery));
    server.stop().await;
}

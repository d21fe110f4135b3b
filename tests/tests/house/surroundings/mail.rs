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

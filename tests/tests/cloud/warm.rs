//! Warm, then fire: whoever sends a reminder sleeps, and is up when it is due.

use crate::{installation::Installation, kit::until};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Method};
use serde_json::{Value, json};

#[tokio::test]
async fn r_7_2_who_sends_reminders_is_started_before_they_are_due() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let token = installation.run(&["token", "--name", "test"]);
    let mut cloud = installation.start(&["dispatch", "--scale-to-zero"], "127.0.0.1:0");
    let base = cloud.address();
    let client = Client::new();
    let ask = async |method: Method, path: &str, body: Value| -> Value {
        let asked = client.request(method, format!("{base}/api/v1{path}"));
        let asked = asked.bearer_auth(token.trim()).json(&body).send();
        asked.await.unwrap().json().await.unwrap()
    };
    let at = Timestamp::now() + SignedDuration::from_secs(20);
    let task = json!({ "title": "stretch", "reminders": [{ "at": at }] });
    let made = ask(Method::POST, "/tasks", task).await;
    assert_eq!(made["title"], "stretch", "{made}");
    assert!(!cloud.names().contains(&"remind".to_owned()));
    until("it is started", async || {
        cloud.names().contains(&"remind".to_owned())
    })
    .await;
    assert!(Timestamp::now() < at, "not before it was due");
    let mut shown = Value::Null;
    until("it is sent", async || {
        let deliveries = ask(Method::GET, "/deliveries", Value::Null).await;
        shown = deliveries["items"][0]["closed_at"].clone();
        !shown.is_null()
    })
    .await;
    let shown: Timestamp = shown.as_str().unwrap().parse().unwrap();
    let late = shown.duration_since(at);
    assert!(late >= SignedDuration::ZERO, "{late:#}");
    assert!(late < SignedDuration::from_secs(10), "{late:#} late");
}

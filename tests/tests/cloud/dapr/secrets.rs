//! Settings that are kept in a secret store, and a whole house beside a sidecar.

use super::{Process, errand, free_port, unfolded};
use crate::kit::until;
use jiff::{SignedDuration, Timestamp};
use reqwest::Client;
use serde_json::json;
use std::fs;
use testkit::{daprd::Daprd, skip, smtp::SmtpServer};

const KEY: &str = "a key of these tests";

#[tokio::test]
async fn r_7_2_the_key_comes_out_of_the_secret_store_and_mail_goes_out_by_the_binding() {
    if skip::unless("ERRAND_TEST_BINARY", "no built errand").is_none() {
        return;
    }
    let server = SmtpServer::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.json");
    fs::write(
        &file,
        json!({ "errand": { "key": KEY }, "other": { "key": "b" } }).to_string(),
    )
    .unwrap();
    let Some(sidecar) = Daprd::of("errand", None) else {
        return;
    };
    let mut sidecar = sidecar
        .mailing_to(&server)
        .with("ERRAND_SECRETS_FILE", file.to_string_lossy());
    let grpc = sidecar.grpc.to_string();
    let data = folder.path().join("data");

    // A token is known only under the same key.
    let output = errand(&["token"], &data, &[("ERRAND_KEY", KEY)])
        .stdout(std::process::Stdio::piped())
        .output()
        .unwrap();
    let token = String::from_utf8(output.stdout).unwrap();
    let port = free_port();
    let _house = Process::start(
        &["serve"],
        &data,
        port,
        &[
            ("DAPR_GRPC_PORT", grpc.as_str()),
            ("ERRAND_KEY", "dapr-secret:secrets/errand/key"),
            ("ERRAND_MAIL_URL", "dapr:mail"),
            ("ERRAND_MAIL_FROM", "errand@example.org"),
            ("ERRAND_MAIL_TO", "ann@example.org"),
        ],
    );
    // It waits for the sidecar, which is started after it.
    sidecar.start().await;
    let client = Client::new();
    let base = format!("http://127.0.0.1:{port}");
    until("it answers", async || {
        client.get(format!("{base}/health")).send().await.is_ok()
    })
    .await;
    let at = Timestamp::now() + SignedDuration::from_secs(1);
    let made = client
        .post(format!("{base}/api/v1/tasks"))
        .bearer_auth(token.trim())
        .json(&json!({ "title": "stretch", "reminders": [{ "at": at }] }))
        .send();
    assert_eq!(made.await.unwrap().status(), 201);
    let mails = server.wait_for(1).await;
    assert_eq!(mails[0].to, ["ann@example.org"]);
    let data = unfolded(&mails[0].data);
    assert!(data.contains("stretch"), "{data}");

    refused(&sidecar, "dapr-secret:secrets/errand/other", "has no other");
    refused(&sidecar, "dapr-secret:secrets/other/key", "denied");
    refused(&sidecar, "dapr-secret:nowhere/errand/key", "nowhere");
}

/// What is not there, or not to be read, stops the start by the setting's name.
fn refused(sidecar: &Daprd, value: &str, words: &str) {
    let folder = tempfile::tempdir().unwrap();
    let grpc = sidecar.grpc.to_string();
    let variables = [("DAPR_GRPC_PORT", grpc.as_str()), ("ERRAND_KEY", value)];
    let output = errand(&["today"], folder.path(), &variables)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{value}");
    assert!(
        said.contains("ERRAND_KEY: ") && said.contains(words),
        "{value}: {said}"
    );
}

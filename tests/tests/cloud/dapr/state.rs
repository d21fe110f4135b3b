//! The state component, which nothing of Errand needs: it is what it says.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use testkit::{daprd::Daprd, postgres::database};

#[tokio::test]
async fn r_7_2_state_is_kept_in_postgresql_for_whoever_is_let_in() {
    let Some(database) = database().await else {
        return;
    };
    let Some(sidecar) = Daprd::of("nobody", None) else {
        return;
    };
    let url = database.url.clone();
    let mut sidecar = sidecar
        .where_says(
            "configuration.yaml",
            "name: metadata # only to look at",
            "name: state",
        )
        .with("ERRAND_DATABASE_URL", url);
    sidecar.start().await;
    let client = Client::new();
    let base = format!("http://127.0.0.1:{}/v1.0/state/state", sidecar.http);
    let kept = json!([{ "key": "a", "value": { "n": 1 } }]);
    let saved = client.post(&base).json(&kept).send().await.unwrap();
    assert_eq!(saved.status(), StatusCode::NO_CONTENT);
    let read = client.get(format!("{base}/a")).send().await.unwrap();
    assert_eq!(read.json::<Value>().await.unwrap(), json!({ "n": 1 }));

    // As it is delivered nobody may.
    drop(sidecar);
    let mut sidecar = Daprd::of("tasks", None).unwrap();
    sidecar.start().await;
    let base = format!("http://127.0.0.1:{}/v1.0/state/state/a", sidecar.http);
    let refused = client.get(base).send().await.unwrap();
    assert!(refused.status().is_client_error() || refused.status().is_server_error());
}

//! Functions as processes of their own, as `errand` starts them.

use crate::{
    installation::{Installation, free, runs},
    kit::until,
};
use reqwest::{Client, StatusCode};

#[tokio::test]
async fn a_function_alone_answers_probes_and_events_and_ends_when_it_is_asked() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let (listen, client) = (free(), Client::new());
    let recur = installation.serve("recur", &listen).await;
    let get = async |path: &str| client.get(format!("http://{listen}{path}")).send().await;
    for path in ["/health", "/ready", "/live"] {
        assert_eq!(get(path).await.unwrap().status(), StatusCode::OK, "{path}");
    }
    let nothing = get("/api/v1/tasks").await.unwrap();
    assert_eq!(
        nothing.status(),
        StatusCode::NOT_FOUND,
        "that is another function's"
    );
    let event = client
        .post(format!("http://{listen}/"))
        .header("ce-id", "1")
        .send();
    let answer = event.await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    recur.end();

    let (good, said) = installation.said(&["serve", "nobody"], &listen);
    assert!(!good && said.contains("recur"), "{said}");
    let mut keyless = installation.command(&["serve", "recur"], &listen);
    let output = keyless.env_remove("ERRAND_KEY").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("ERRAND_KEY: "),
        "{said}"
    );
}

#[tokio::test]
async fn functions_end_when_whoever_started_them_is_killed() {
    let Some(installation) = Installation::new().await else {
        return;
    };
    let mut cloud = installation.start(&["dispatch", "--scale-to-zero"], "127.0.0.1:0");
    cloud.address();
    let children = cloud.children();
    assert_eq!(children.len(), 1);
    cloud.kill();
    until("the clock ended", async || {
        children.iter().all(|(pid, _)| !runs(*pid))
    })
    .await;
}

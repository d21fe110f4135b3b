//! Installations that cannot be: each says why.

use super::{
    figures::figure,
    kit::{kubectl, objects, try_run, until},
    release::{fresh, helm, prepare, release},
};
use testkit::skip;

/// How long a doomed installation is waited for.
const WAIT: [&str; 3] = ["--wait", "--timeout", "40s"];

#[tokio::test]
async fn r_7_1_wrong_values_are_refused_by_their_path() {
    if skip::unless("ERRAND_TEST_BOX", "no cluster").is_none() {
        return;
    }
    for (set, words) in [
        ("eventing=rabbit", "'/eventing': value must be one of"),
        (
            "functions.live.timeoutSeconds=900",
            "'/functions/live/timeoutSeconds': maximum: got 900, want 600",
        ),
        (
            "functions.taks.minScale=1",
            "functions.taks: there is no such function",
        ),
    ] {
        let why = helm("install", "default", &[set.to_owned()], &[]).unwrap_err();
        assert!(why.contains(words), "{set}: {why}");
    }
}

#[tokio::test]
async fn r_7_1_without_its_secret_database_or_kafka_the_hook_says_what_is_missing() {
    if skip::unless("ERRAND_TEST_BOX", "no cluster").is_none() {
        return;
    }
    // The Secret.
    let space = fresh("no-secret");
    let sets = prepare(&space).unwrap();
    kubectl(&["delete", "secret", "errand", "--namespace", &space]);
    helm("install", &space, &sets, &WAIT).unwrap_err();
    let events = kubectl(&["get", "events", "--namespace", &space]);
    assert!(events.contains("secret \"errand\" not found"), "{events}");
    // Kafka.
    let space = fresh("no-kafka");
    let mut sets = prepare(&space).unwrap();
    sets.push("kafka.brokers={kafka.box:9999}".to_owned());
    helm("install", &space, &sets, &WAIT).unwrap_err();
    let said = logs(&space, "topics");
    assert!(said.contains("kafka.box:9999"), "{said}");
    // The database.
    let space = fresh("no-database");
    let sets = prepare(&space).unwrap();
    let patch =
        r#"{"stringData":{"database-url":"postgres://errand:errand@postgres.box:5433/errand"}}"#;
    kubectl(&[
        "patch",
        "secret",
        "errand",
        "--namespace",
        &space,
        "--patch",
        patch,
    ]);
    helm("install", &space, &sets, &WAIT).unwrap_err();
    let said = logs(&space, "errand");
    assert!(
        said.contains("nothing answers at postgres://errand@postgres.box:5433"),
        "{said}"
    );
    figure(
        "no Secret, no Kafka, no database",
        "the hook says which, nothing is installed",
        "so",
    );
}

/// What the hook's container said, each time.
fn logs(space: &str, container: &str) -> String {
    let words = [
        "logs",
        "--selector",
        "batch.kubernetes.io/job-name=errand-migrate",
        "--namespace",
        space,
        "--container",
        container,
        "--tail=-1",
    ];
    try_run("kubectl", &words, "").unwrap_or_else(|why| why)
}

#[tokio::test]
async fn r_7_1_a_function_without_its_database_is_not_ready_and_does_not_end() {
    let Some(release) = release() else {
        return;
    };
    let selector = "app.kubernetes.io/component=clock";
    let clock = || {
        objects(&[
            "get",
            "pods",
            "--namespace",
            &release.space,
            "--selector",
            selector,
        ])
    };
    let container = |pod: &serde_json::Value| pod["status"]["containerStatuses"][0].clone();
    let restarts = |pods: &[serde_json::Value]| {
        pods.iter()
            .filter_map(|pod| container(pod)["restartCount"].as_i64())
            .max()
    };
    let before = restarts(&clock());
    let url = |port: u16| {
        let url = format!(
            "postgres://errand:errand@postgres.box:{port}/{}",
            release.space
        );
        let patch = serde_json::json!({ "stringData": { "database-url": url } }).to_string();
        kubectl(&[
            "patch",
            "secret",
            "errand",
            "--namespace",
            &release.space,
            "--patch",
            &patch,
        ]);
    };
    // A pod that is started while nobody is at the database's address.
    url(5433);
    kubectl(&[
        "delete",
        "pod",
        "--namespace",
        &release.space,
        "--selector",
        selector,
    ]);
    let said = || {
        let words = [
            "logs",
            "deploy/errand-clock",
            "--namespace",
            &release.space,
            "--container",
            "errand",
        ];
        try_run("kubectl", &words, "").unwrap_or_default()
    };
    until("it says why", async || said().contains("it is tried again")).await;
    let pods = clock();
    assert_eq!(container(&pods[0])["ready"], false);
    assert!(restarts(&pods) <= before, "it was restarted");
    url(5432);
    kubectl(&[
        "delete",
        "pod",
        "--namespace",
        &release.space,
        "--selector",
        selector,
    ]);
    kubectl(&[
        "rollout",
        "status",
        "deploy/errand-clock",
        "--namespace",
        &release.space,
        "--timeout",
        "120s",
    ]);
    figure(
        "a function without its database",
        "not ready, says why, is not restarted",
        "so",
    );
}

//! It installs, and is healthy.

use super::{
    figures::figure,
    kit::{kubectl, objects, try_run},
    release::release,
};
use std::time::Duration;

/// How soon an empty cluster has it.
const SOON: Duration = Duration::from_mins(3);

#[tokio::test]
async fn r_7_1_the_chart_installs_and_is_healthy_within_three_minutes() {
    let Some(release) = release() else {
        return;
    };
    let took = release.took;
    figure(
        "install until all is healthy",
        format!("{:.0} s", took.as_secs_f64()),
        "180 s",
    );
    assert!(took < SOON, "healthy after {took:?}");
    let doctor = try_run(
        "helm",
        &[
            "test",
            "errand",
            "--namespace",
            &release.space,
            "--timeout",
            "3m",
        ],
        "",
    );
    // Its pod stays where something is wrong.
    let said = || {
        let words = ["logs", "errand-doctor", "--namespace", &release.space];
        try_run("kubectl", &words, "").unwrap_or_else(|why| why)
    };
    assert!(doctor.is_ok(), "{}\n{}", doctor.unwrap_err(), said());
    figure(
        "helm test, which is errand doctor inside",
        "all is well",
        "so",
    );
    let restarted: Vec<_> = objects(&["get", "pods", "--namespace", &release.space])
        .iter()
        .flat_map(|pod| {
            pod["status"]["containerStatuses"]
                .as_array()
                .cloned()
                .unwrap_or_default()
        })
        .filter(|container| container["restartCount"] != 0)
        .map(|container| container["name"].clone())
        .collect();
    assert!(restarted.is_empty(), "restarted: {restarted:?}");
}

#[tokio::test]
async fn r_7_1_only_the_front_answers_who_comes_from_outside() {
    let Some(release) = release() else {
        return;
    };
    let services = objects(&[
        "get",
        "ksvc",
        "--namespace",
        &release.space,
        "--selector",
        "app.kubernetes.io/name=errand",
    ]);
    assert_eq!(services.len(), 8, "seven functions and the front");
    for service in services {
        let name = service["metadata"]["name"].as_str().unwrap();
        let url = service["status"]["url"].as_str().unwrap();
        let outside = url.contains(".box.test");
        assert_eq!(outside, name == "errand-front", "{name} is at {url}");
    }
    // No pod is anybody, or knows a token of the API server's.
    for pod in objects(&[
        "get",
        "pods",
        "--namespace",
        &release.space,
        "--selector",
        "app.kubernetes.io/name=errand",
    ]) {
        let mounts = pod["spec"]["volumes"].to_string();
        assert!(!mounts.contains("kube-api-access"), "{mounts}");
    }
    let me = kubectl(&[
        "auth",
        "can-i",
        "--list",
        "--namespace",
        &release.space,
        "--as",
        &format!("system:serviceaccount:{}:default", release.space),
    ]);
    assert!(!me.contains("pods"), "{me}");
}

//! Dapr's sidecar as a second container beside the clock.

use super::{
    figures::figure,
    kit::{kubectl, objects, of_repository, try_run, until},
    release::{Release, release},
};
use std::{
    fs::{read_dir, read_to_string},
    io::Write,
};
use testkit::skip;

/// Often, so that nobody waits.
const OFTEN: [&str; 2] = ["@every 15s", "@every 2s"];

fn ticks(release: &Release) -> usize {
    let words = [
        "logs",
        "deploy/errand-clock",
        "--namespace",
        &release.space,
        "--container",
        "errand",
    ];
    try_run("kubectl", &words, "").map_or(0, |said| said.matches("\"a tick\"").count())
}

/// Its process, on this machine.
fn daprd() -> Vec<String> {
    let all = read_dir("/proc").unwrap().flatten();
    let names = all.filter_map(|entry| entry.file_name().into_string().ok());
    let is_it = |id: &String| {
        let words = read_to_string(format!("/proc/{id}/cmdline")).unwrap_or_default();
        words.starts_with("/daprd\0") && words.contains("--app-id=clock\0")
    };
    names.filter(is_it).collect()
}

#[tokio::test]
async fn r_7_2_a_sidecar_beside_the_clock_ticks_and_ticks_again_after_it_was_killed() {
    let Some(release) = release() else {
        return;
    };
    let Some(image) = skip::unless("ERRAND_TEST_DAPRD_IMAGE", "no image of daprd") else {
        return;
    };
    let tick = read_to_string(of_repository("dapr/cluster/components/tick.yaml")).unwrap();
    let mut file = tempfile::NamedTempFile::new().unwrap();
    assert!(tick.contains(OFTEN[0]));
    file.write_all(tick.replace(OFTEN[0], OFTEN[1]).as_bytes())
        .unwrap();
    let component = format!("dapr.components.tick\\.yaml={}", file.path().display());
    let sets = [
        "dapr.mode=container",
        "functions.clock.dapr=true",
        "dapr.cron=tick",
        &format!("dapr.image={image}"),
        "log=info\\,clock=debug",
    ];
    release.upgrade(&sets, &["--set-file", &component]).unwrap();
    until("ticks arrive", async || ticks(release) >= 2).await;
    let before = daprd();
    assert_eq!(before.len(), 1, "one sidecar: {before:?}");
    try_run("kill", &["-9", &before[0]], "").unwrap();
    until("it is started again", async || {
        daprd().iter().any(|id| *id != before[0])
    })
    .await;
    let so_far = ticks(release);
    until("ticks arrive again", async || ticks(release) > so_far + 1).await;
    let clocks = objects(&[
        "get",
        "pods",
        "--namespace",
        &release.space,
        "--selector",
        "app.kubernetes.io/component=clock",
    ]);
    let status = clocks.iter().find_map(|pod| {
        let all = pod["status"]["containerStatuses"].as_array()?;
        all.iter().find(|one| one["name"] == "errand").cloned()
    });
    assert_eq!(
        status.unwrap()["restartCount"],
        0,
        "the clock goes on while its sidecar is away"
    );
    release.upgrade(&[], &[]).unwrap();
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
        "daprd as a second container of the clock",
        "ticks arrive; killed, they arrive again; the clock goes on",
        "so",
    );
}

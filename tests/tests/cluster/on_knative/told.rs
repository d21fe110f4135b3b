//! The story in a browser, against the ingress.

use super::{figures::figure, kit::of_repository, release::another};
use std::{process::Command, time::Instant};
use testkit::skip;

#[tokio::test(flavor = "multi_thread")]
async fn r_7_2_the_story_in_a_browser_through_the_ingress() {
    let (Some(node), Some(chromium)) = (
        skip::unless("ERRAND_TEST_NODE", "no Node"),
        std::env::var("ERRAND_TEST_CHROMIUM").ok(),
    ) else {
        return;
    };
    // It begins with an empty house; lines to open windows are cut again and again by Knative, as they are in a longer day.
    let sets = [
        "eventing=dispatcher",
        "zone=Europe/Berlin",
        "front.timeoutSeconds=15",
        "functions.live.timeoutSeconds=15",
    ];
    let Some(release) = another("story", &sets) else {
        return;
    };
    let link = release.errand(&["token", "--link"]).unwrap();
    // The cluster's names are known to no name server here, and without TLS a page may do less.
    let flags = format!(
        "--host-resolver-rules=MAP *.box.test {}\n--unsafely-treat-insecure-origin-as-secure=http://errand-front.{}.box.test",
        release.outside(),
        release.space
    );
    let began = Instant::now();
    let mut story = Command::new(node);
    story
        .arg(of_repository("tests/browser/story.mjs"))
        .arg(link.trim())
        .arg(std::env::temp_dir().join("errand-story-cluster"))
        .env("CHROMIUM", chromium)
        .env("CHROMIUM_FLAGS", flags)
        .env("TZ", "Europe/Berlin");
    let output = tokio::task::block_in_place(|| story.output()).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{said}");
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Two windows, each of which comes back after every cut.
    let sockets = said
        .lines()
        .find_map(|line| line.strip_prefix("sockets opened: "));
    let sockets: u32 = sockets.unwrap().parse().unwrap();
    let cuts = began.elapsed().as_secs() / 15;
    assert!(
        u64::from(sockets) > cuts.max(2),
        "{sockets} sockets opened: none was cut"
    );
    let steps = said.lines().filter(|line| line.starts_with("ok ")).count();
    figure(
        "the story in a browser through the ingress",
        format!(
            "{steps} steps in {:.0} s, {sockets} sockets opened",
            began.elapsed().as_secs_f64()
        ),
        "all",
    );
    release.uninstall().unwrap();
}

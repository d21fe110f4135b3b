//! Functions sleep, and are woken by a request.

use super::{
    figures::{Times, figure},
    kit::{number, try_run},
    release::{HELLO, Release, release},
};
use house_tests::Api;
use reqwest::Method;
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// What each is asked, by its own name.
const ASKED: [(&str, &str); 8] = [
    ("errand-front", "/health"),
    ("errand-web", "/openapi.json"),
    ("errand-tasks", "/api/v1/tasks?limit=1"),
    ("errand-chat", "/api/v1/assistant/conversations"),
    ("errand-accounts", "/api/v1/me"),
    ("errand-live", "/api/v1/changes?after=now"),
    ("errand-remind", "/ready"),
    ("errand-recur", "/ready"),
];
/// Between two functions the yardstick is measured, but not so often as they are.
const BETWEEN: usize = 3;
/// What a function may take longer than a hello world to wake, in percent of it; twice that where few are measured.
const SLOWER: u32 = 130;
/// How many requests find a function awake.
const WARM: usize = 300;
const WARM_BUDGET: Duration = Duration::from_millis(20);

/// The box's own, as its own test has it.
const MANIFEST: &str = "
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello, labels: { networking.knative.dev/visibility: cluster-local } }
spec:
  template:
    spec:
      containers:
        - image: dev.local/hello:v1
          ports: [{ containerPort: 8080 }]
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: { drop: [ALL] }
            runAsNonRoot: true
            seccompProfile: { type: RuntimeDefault }
";

fn hello(release: &Release) -> Result<(), String> {
    try_run(
        "kubectl",
        &["apply", "--namespace", &release.space, "--filename", "-"],
        MANIFEST,
    )?;
    let wait = [
        "wait",
        "--namespace",
        &release.space,
        "--for",
        "condition=Ready",
        "ksvc/hello",
        "--timeout",
        "120s",
    ];
    try_run("kubectl", &wait, "").map(drop)
}

/// How long an answer takes. A refusal is an answer, but not "it is not there".
async fn answers(api: &Api, path: &str) -> Duration {
    let began = Instant::now();
    let request = api.http.request(Method::GET, format!("{}{path}", api.base));
    let response = request.bearer_auth(&api.token).send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    assert!(status.is_success(), "{}{path}: {status} {text}", api.base);
    began.elapsed()
}

#[tokio::test]
async fn r_7_2_every_function_is_woken_by_a_request_as_soon_as_a_hello_world() {
    let Some(release) = release() else {
        return;
    };
    hello(release).unwrap();
    let mut times = BTreeMap::<&str, Times>::new();
    for round in 0..number("ERRAND_CLUSTER_TIMES", 3) {
        release.sleeps().await;
        let mut order = ASKED.to_vec();
        order.rotate_left(round % ASKED.len());
        order.insert(round % BETWEEN, (HELLO, "/"));
        for (service, path) in order {
            let woken = answers(&release.inside(service), path).await;
            times.entry(service).or_default().add(woken);
        }
    }
    release.sleeps().await;
    let yardstick = times.remove(HELLO).unwrap();
    figure(
        "0 -> 1: hello world of the box",
        &yardstick,
        "the yardstick",
    );
    let budget = yardstick.budget(yardstick.median() * SLOWER / 100);
    for (service, times) in &times {
        figure(
            &format!("0 -> 1: {service}"),
            times,
            "median 1.3 of it at most",
        );
        let median = times.median();
        assert!(
            median <= budget,
            "{service}: {median:?}, hello {:?}",
            yardstick.median()
        );
    }
}

#[tokio::test]
async fn r_7_2_who_is_awake_answers_at_once() {
    let Some(release) = release() else {
        return;
    };
    hello(release).unwrap();
    let asked = [
        (HELLO, "/", "the yardstick"),
        ("errand-tasks", "/api/v1/tasks?limit=1", "p99 20 ms"),
    ];
    let doors = asked.map(|(service, ..)| release.inside(service));
    let mut times = asked.map(|_| Times::default());
    for round in 0..=WARM {
        for (((_, path, _), door), times) in asked.iter().zip(&doors).zip(&mut times) {
            let time = answers(door, path).await;
            // The first wakes it.
            if round > 0 {
                times.add(time);
            }
        }
    }
    for ((service, path, asked), times) in asked.iter().zip(&times) {
        let [middle, late] = [50, 99].map(|percent| times.percentile(percent).as_secs_f64() * 1e3);
        let measured = format!("p50 {middle:.1} ms, p99 {late:.1} ms (n = {WARM})");
        figure(&format!("warm: {service}{path}"), measured, asked);
    }
    // What else the machine does is in it.
    let [_, listing] = times;
    assert!(listing.median() < WARM_BUDGET, "{:?}", listing.median());
}

//! The chart's Triggers, on the class of brokers that keeps events in memory; and what is left of a release that was taken away.

use super::{
    figures::figure,
    kit::{kubectl, objects, try_run, until},
    release::{Release, another},
};
use domain::event::EventKind;
use errand::{FUNCTIONS, Function};
use reqwest::StatusCode;
use serde_json::json;
use std::{net::SocketAddr, time::Duration};
use uuid::Uuid;

/// How long a function that is not to be woken is watched.
const WATCHED: Duration = Duration::from_secs(4);
/// What `helm uninstall` must leave nothing of.
const KINDS: &str = "ksvc,revision,route,configuration,deployment,statefulset,replicaset,pod,job,service,configmap,\
    broker,trigger,networkpolicy,persistentvolumeclaim";

/// Gives an event to the broker of its topic; answered when every subscriber has answered.
async fn publish(release: &Release, kind: EventKind, door: SocketAddr) {
    let host = "broker-ingress.knative-eventing.svc.cluster.local";
    let client = reqwest::Client::builder()
        .no_proxy()
        .resolve(host, door)
        .build()
        .unwrap();
    let topic = kind.topic().name();
    let (stream, subject) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let data = json!({
        "task_id": subject, "id": subject, "version": 2, "before": {}, "after": {},
        "by": { "user_id": Uuid::now_v7(), "client": "page", "kind": "person" },
        "run_id": Uuid::now_v7(),
    });
    let sent = client
        .post(format!("http://{host}/{}/errand-{topic}", release.space))
        .header("ce-specversion", "1.0")
        .header("ce-id", format!("{stream}:1"))
        .header("ce-source", "urn:errand:another")
        .header("ce-type", kind.type_name())
        .header("ce-subject", &subject)
        .header("ce-time", "2026-11-26T09:00:00Z")
        .header("ce-partitionkey", &stream)
        .json(&data)
        .timeout(Duration::from_mins(1))
        .send()
        .await
        .unwrap();
    assert_eq!(sent.status(), StatusCode::ACCEPTED, "{}", kind.name());
}

fn woken() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS
        .iter()
        .filter(|it| !it.subscribes.is_empty() && !it.witnesses)
}

#[tokio::test]
async fn r_7_1_each_trigger_wakes_its_function_by_what_it_subscribes_to_and_uninstall_leaves_nothing()
 {
    let sets = ["eventing=kafka-broker", "broker.class=MTChannelBasedBroker"];
    let Some(release) = another("triggers", &sets) else {
        return;
    };
    for what in ["broker", "trigger"] {
        let wait = [
            "wait",
            "--namespace",
            &release.space,
            "--for",
            "condition=Ready",
            what,
            "--all",
            "--timeout",
            "120s",
        ];
        kubectl(&wait);
    }
    let ip = kubectl(&[
        "get",
        "service",
        "broker-ingress",
        "--namespace",
        "knative-eventing",
        "--output",
        "jsonpath={.spec.clusterIP}",
    ]);
    let door: SocketAddr = format!("{ip}:80").parse().unwrap();
    let (mut wakes, mut sleeps) = (0, 0);
    for function in woken() {
        let service = format!("errand-{}", function.name);
        for kind in function.subscribes {
            release.sleeps().await;
            // A Trigger is ready a moment before its broker knows of it; the event is taken once however often it comes.
            until(&format!("{} wakes {service}", kind.name()), async || {
                publish(&release, *kind, door).await;
                release.awake().contains(&service)
            })
            .await;
            wakes += 1;
            let others = |name: &String| {
                let whose = woken().find(|it| *name == format!("errand-{}", it.name));
                whose.is_none_or(|it| !it.subscribes.contains(kind))
            };
            let mut awake = release.awake();
            awake.retain(others);
            assert!(awake.is_empty(), "{} wakes {awake:?}", kind.name());
        }
    }
    release.sleeps().await;
    for kind in EventKind::ALL {
        if woken().any(|function| function.subscribes.contains(kind)) {
            continue;
        }
        publish(&release, *kind, door).await;
        sleeps += 1;
    }
    tokio::time::sleep(WATCHED).await;
    let awake = release.awake();
    assert!(
        awake.is_empty(),
        "woken by what they do not subscribe to: {awake:?}"
    );
    figure(
        "Triggers, on brokers in memory",
        format!("{wakes} types wake their function from zero, {sleeps} wake none"),
        "so",
    );
    uninstall(&release).await;
}

async fn uninstall(release: &Release) {
    release.uninstall().unwrap();
    let selector = "app.kubernetes.io/instance=errand";
    let left = || {
        let all = objects(&[
            "get",
            KINDS,
            "--namespace",
            &release.space,
            "--selector",
            selector,
        ]);
        let name = |it: &serde_json::Value| format!("{}/{}", it["kind"], it["metadata"]["name"]);
        all.iter().map(name).collect::<Vec<_>>()
    };
    let mut last = Vec::new();
    until("nothing is left", async || {
        last = left();
        last.is_empty()
    })
    .await;
    // The Secret is whoever made it's.
    let secret = try_run(
        "kubectl",
        &["get", "secret", "errand", "--namespace", &release.space],
        "",
    );
    assert!(secret.is_ok(), "{secret:?}");
    figure(
        "helm uninstall leaves",
        "nothing but the Secret, which is not its own",
        "nothing",
    );
}

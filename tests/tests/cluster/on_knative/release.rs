//! A release of the chart, in a namespace, a database and topics of its own.

use super::kit::{kubectl, objects, of_repository, try_run, until};
use bus::kafka::Settings;
use house_tests::Api;
use reqwest::Client;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
    sync::OnceLock,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use testkit::skip;

/// Where the box keeps Kafka, as everybody inside the cluster's network sees it.
const KAFKA: &str = "10.200.0.1:9092";
/// By its socket the server lets in its superuser.
const SOCKET: &str = "/run/errand-box/postgres";
/// How long a request may take: a function may have to be woken, on a machine that is busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// The hello world that is measured beside the functions.
pub(crate) const HELLO: &str = "hello";

pub(crate) struct Release {
    pub(crate) space: String,
    /// Its topics.
    pub(crate) topics: Settings,
    /// A token of its person.
    pub(crate) token: String,
    /// How long it took until it was healthy.
    pub(crate) took: Duration,
    sets: Vec<String>,
    doors: Doors,
}

/// The two doors of the ingress: for all, and for who is inside.
struct Doors {
    outside: IpAddr,
    inside: IpAddr,
}

/// The release that the proofs share, installed by the first of them; none after saying that there is no cluster.
pub(crate) fn release() -> Option<&'static Release> {
    static SHARED: OnceLock<Result<Release, String>> = OnceLock::new();
    skip::unless("ERRAND_TEST_BOX", "no cluster")?;
    let shared = SHARED.get_or_init(|| Release::install("shared", &["eventing=dispatcher"]));
    Some(
        shared
            .as_ref()
            .unwrap_or_else(|why| panic!("not installed: {why}")),
    )
}

/// A release of its own for one proof.
pub(crate) fn another(name: &str, sets: &[&str]) -> Option<Release> {
    skip::unless("ERRAND_TEST_BOX", "no cluster")?;
    let installed = Release::install(name, sets);
    Some(installed.unwrap_or_else(|why| panic!("not installed: {why}")))
}

/// A name that no run before had: what waits for a function of before would wake one of the same name.
pub(crate) fn fresh(name: &str) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    format!("{name}-{}", now.as_secs())
}

/// A namespace with a database and the Secret; answers the values that say where all is.
pub(crate) fn prepare(space: &str) -> Result<Vec<String>, String> {
    let url = format!("postgres://errand:errand@postgres.box:5432/{space}");
    // The first migration makes roles.
    sql("alter role errand createrole")?;
    sql(&format!("create database \"{space}\" owner errand"))?;
    try_run("kubectl", &["create", "namespace", space], "")?;
    let secret = [
        "create",
        "secret",
        "generic",
        "errand",
        "--namespace",
        space,
        &format!("--from-literal=database-url={url}"),
        "--from-literal=key=only for a proof",
        "--from-literal=token=only-for-a-proof",
    ];
    try_run("kubectl", &secret, "")?;
    let image = std::env::var("ERRAND_TEST_IMAGE").map_err(|_| "ERRAND_TEST_IMAGE: no image")?;
    let (name, tag) = image.rsplit_once(':').ok_or("ERRAND_TEST_IMAGE: no tag")?;
    Ok(vec![
        format!("image.repository={name}"),
        format!("image.tag={tag}"),
        format!("publicUrl=http://errand-front.{space}.box.test"),
        format!("kafka.prefix={space}."),
        "delivery.retries=3".to_owned(),
    ])
}

fn sql(text: &str) -> Result<String, String> {
    let words = [
        "--host",
        SOCKET,
        "--username",
        "postgres",
        "--command",
        text,
    ];
    try_run("psql", &words, "")
}

/// `helm install` or `helm upgrade` of the chart, with the box's values and these.
pub(crate) fn helm(
    act: &str,
    space: &str,
    sets: &[String],
    more: &[&str],
) -> Result<String, String> {
    let (chart, values) = (
        of_repository("knative").display().to_string(),
        of_repository("knative/environments/box.yaml")
            .display()
            .to_string(),
    );
    let mut words = vec![
        act,
        "errand",
        &chart,
        "--namespace",
        space,
        "--values",
        &values,
    ];
    for set in sets {
        words.extend(["--set", set]);
    }
    words.extend(more);
    try_run("helm", &words, "")
}

impl Release {
    fn install(name: &str, sets: &[&str]) -> Result<Self, String> {
        let space = fresh(name);
        let mut all = prepare(&space)?;
        all.extend(sets.iter().map(|set| (*set).to_owned()));
        let began = Instant::now();
        helm("install", &space, &all, &["--wait", "--timeout", "5m"])
            .map_err(|why| format!("{why}\n{}", look(&space)))?;
        ready(&space).map_err(|why| format!("{why}\n{}", look(&space)))?;
        let took = began.elapsed();
        let exec = [
            "exec",
            "--namespace",
            &space,
            "deploy/errand-clock",
            "--container",
            "errand",
            "--",
        ];
        let token = try_run("kubectl", &[&exec[..], &["/errand", "token"]].concat(), "")?;
        let mut topics = Settings::new(KAFKA);
        topics.prefix = format!("{space}.");
        Ok(Self {
            topics,
            token: token.trim().to_owned(),
            took,
            sets: all,
            doors: Doors {
                outside: door("ingress"),
                inside: door("ingress-internal"),
            },
            space,
        })
    }

    /// With these values beside its own; waits until it is healthy. What an upgrade before said is forgotten.
    pub(crate) fn upgrade(&self, sets: &[&str], more: &[&str]) -> Result<(), String> {
        let mut all = self.sets.clone();
        all.extend(sets.iter().map(|set| (*set).to_owned()));
        let more = [&["--wait", "--timeout", "5m"], more].concat();
        helm("upgrade", &self.space, &all, &more)
            .map_err(|why| format!("{why}\n{}", look(&self.space)))?;
        ready(&self.space)
    }

    /// A command of the program, inside.
    pub(crate) fn errand(&self, words: &[&str]) -> Result<String, String> {
        let exec = [
            "exec",
            "--namespace",
            &self.space,
            "deploy/errand-clock",
            "--container",
            "errand",
            "--",
            "/errand",
        ];
        try_run("kubectl", &[&exec[..], words].concat(), "")
    }

    /// The API as people reach it.
    pub(crate) fn api(&self) -> Api {
        let host = format!("errand-front.{}.box.test", self.space);
        let door = SocketAddr::new(self.doors.outside, 80);
        Api {
            base: format!("http://{host}"),
            token: self.token.clone(),
            http: client().resolve(&host, door).build().unwrap(),
        }
    }

    /// A function by its own name, as the others reach it.
    pub(crate) fn inside(&self, service: &str) -> Api {
        let host = format!("{service}.{}.svc.cluster.local", self.space);
        let door = SocketAddr::new(self.doors.inside, 80);
        Api {
            base: format!("http://{host}"),
            token: self.token.clone(),
            http: client().resolve(&host, door).build().unwrap(),
        }
    }

    /// Where the ingress takes people in.
    pub(crate) fn outside(&self) -> IpAddr {
        self.doors.outside
    }

    /// Knative Services that have a pod, or are about to; one for each pod.
    pub(crate) fn pods(&self) -> Vec<String> {
        let words = [
            "get",
            "pods",
            "--namespace",
            &self.space,
            "--selector",
            "serving.knative.dev/service",
        ];
        let mut pods = objects(&words);
        pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        let name = |pod: &Value| pod["metadata"]["labels"]["serving.knative.dev/service"].clone();
        pods.iter()
            .map(name)
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    }

    /// Those of them that do not sleep.
    pub(crate) fn awake(&self) -> BTreeSet<String> {
        self.pods().into_iter().collect()
    }

    /// Waits until everything sleeps that can.
    pub(crate) async fn sleeps(&self) {
        until("all that can sleep sleeps", async || {
            self.awake().is_empty()
        })
        .await;
    }

    /// Takes it away, all of it.
    pub(crate) fn uninstall(&self) -> Result<(), String> {
        let words = [
            "uninstall",
            "errand",
            "--namespace",
            &self.space,
            "--wait",
            "--timeout",
            "3m",
        ];
        try_run("helm", &words, "").map(drop)
    }
}

fn client() -> reqwest::ClientBuilder {
    Client::builder()
        .no_proxy()
        .timeout(PATIENCE)
        .pool_max_idle_per_host(0)
}

fn door(service: &str) -> IpAddr {
    let words = [
        "get",
        "service",
        service,
        "--namespace",
        "box-ingress",
        "--output",
        "jsonpath={.spec.clusterIP}",
    ];
    kubectl(&words).parse().unwrap()
}

/// Waits until all of it is healthy.
fn ready(space: &str) -> Result<(), String> {
    let wait = |words: &[&str]| {
        let all = [&["wait", "--namespace", space, "--timeout", "180s"], words].concat();
        try_run("kubectl", &all, "").map(drop)
    };
    wait(&["--for", "condition=Ready", "ksvc", "--all"])?;
    wait(&[
        "--for",
        "condition=Available",
        "deployment",
        "--selector",
        "app.kubernetes.io/name=errand",
    ])
}

/// What there is to see of what did not become healthy.
pub(crate) fn look(space: &str) -> String {
    let ask = |words: &[&str]| {
        let all = [words, &["--namespace", space]].concat();
        try_run("kubectl", &all, "").unwrap_or_else(|why| why)
    };
    let events = ask(&["get", "events", "--sort-by", "lastTimestamp"]);
    let lines: Vec<_> = events.lines().collect();
    let last = lines.len().saturating_sub(30);
    format!(
        "{}\n{}\n{}",
        ask(&["get", "ksvc,pods,jobs"]),
        lines[last..].join("\n"),
        ask(&[
            "logs",
            "--all-containers",
            "--prefix",
            "--tail",
            "20",
            "--selector",
            "app.kubernetes.io/name=errand"
        ]),
    )
}

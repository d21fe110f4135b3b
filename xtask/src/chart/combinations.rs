//! The values that the chart is rendered with.

/// What may be chosen and meets in a template: how events come, daprd, and all options at once or none.
const EVENTING: &[(&str, &str)] = &[
    ("broker", "eventing=kafka-broker"),
    ("source", "eventing=kafka-source"),
    ("dispatcher", "eventing=dispatcher"),
    (
        "memory",
        "eventing=kafka-broker,broker.class=MTChannelBasedBroker",
    ),
];
const DAPR: &[(&str, &str)] = &[
    ("alone", "dapr.mode=none"),
    (
        "injected",
        "dapr.mode=injector,functions.clock.dapr=true,functions.remind.dapr=true",
    ),
    (
        "beside",
        "dapr.mode=container,functions.clock.dapr=true,functions.remind.dapr=true,dapr.cron=tick,dapr.pubsub=events,\
        dapr.components.tick\\.yaml=kind: Component",
    ),
    (
        "secrets",
        "dapr.mode=container,secrets.dapr.store=vault,dapr.components.vault\\.yaml=kind: Component",
    ),
];
const OPTIONS: &[(&str, &str)] = &[
    ("bare", "migrate.topics=false"),
    (
        "all",
        "image.digest=sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08,image.pullSecrets={pull},\
        publicUrl=https://tasks.example.org,zone=Europe/Berlin,kafka.prefix=a.,kafka.security=true,kafka.knativeSecret=kafka-user,kafka.knativeTls=true,\
        mail.enabled=true,mail.to=ann@example.org,model.url=http://model/v1,model.name=small,model.key=true,\
        domain.host=tasks.example.org,domain.tls=cert-manager,domain.issuer.name=letsencrypt,domain.claim=true,\
        secrets.external.store.name=vault,secrets.keys.ownerDatabaseUrl=owner-database-url,\
        network.policies=true,network.monitoringNamespaces={monitoring},monitoring.enabled=true,monitoring.labels.release=prometheus,\
        functions.live.minScale=1,functions.audit.storageClass=fast,functions.clock.replicas=2,\
        kafka.caSecret=kafka-ca,serviceAccount.name=errand,dapr.configuration=errand,network.also[0].ports[0].port=443",
    ),
];

/// What a cluster may lack, and for each the values that need it.
pub(super) const APIS: &[&str] = &[
    "serving.knative.dev/v1",
    "eventing.knative.dev/v1",
    "eventing.knative.dev/v1alpha1/KafkaSink",
    "sources.knative.dev/v1/KafkaSource",
    "cert-manager.io/v1",
    "external-secrets.io/v1",
    "monitoring.coreos.com/v1",
];
pub(super) const NEEDED_BY: &[&str] = &[
    "eventing=dispatcher",
    "broker.class=MTChannelBasedBroker",
    "eventing=kafka-broker",
    "eventing=kafka-source",
    "publicUrl=https://a.example,domain.host=a.example,domain.tls=cert-manager,domain.issuer.name=letsencrypt",
    "secrets.from=external-secrets,secrets.external.store.name=vault",
    "monitoring.enabled=true",
];

/// Values that are refused, and words of the answer: the path, and what is allowed.
pub(super) const REFUSED: &[(&str, &str)] = &[
    ("zone=Europe/Berlin", "kafka.brokers: is empty"),
    (
        "kafka.brokers={kafka}",
        "at '/kafka/brokers/0': 'kafka' does not match pattern",
    ),
    (
        "eventing=rabbit",
        "at '/eventing': value must be one of 'kafka-broker', 'kafka-source', 'dispatcher'",
    ),
    (
        "functions.live.timeoutSeconds=900",
        "at '/functions/live/timeoutSeconds': maximum: got 900, want 600",
    ),
    (
        "kafka.brokers={k:1},functions.taks.minScale=1",
        "functions.taks: there is no such function; there are: tasks, ",
    ),
    (
        "kafka.brokers={k:1},functions.live.minScale=9",
        "functions.live.minScale: 9 is more than maxScale, 1",
    ),
    (
        "functions.clock.minScale=1",
        "at '/functions/clock': additional properties 'minScale' not allowed",
    ),
    (
        "mail.enabled=perhaps",
        "at '/mail/enabled': got string, want boolean",
    ),
    (
        "publicUrl=https://a.example/path",
        "at '/publicUrl': 'https://a.example/path' does not match",
    ),
    (
        "kafka.brokers={k:1},domain.host=a.example",
        "publicUrl: is missing, while domain.host is given",
    ),
    (
        "kafka.brokers={k:1},secrets.from=external-secrets",
        "secrets.external.store.name: is missing",
    ),
    (
        "kafka.brokers={k:1},secrets.from=dapr",
        "dapr.mode: secrets.from dapr needs a sidecar in every pod",
    ),
    (
        "kafka.brokers={k:1},dapr.cron=tick",
        "functions.clock.dapr: dapr.cron and dapr.pubsub go through a sidecar",
    ),
    (
        "kafka.brokers={k:1},functions.clock.dapr=true,dapr.mode=injector,dapr.cron=tick,secrets.keys.appApiToken=other",
        "secrets.keys.appApiToken: Dapr's injector knows one name",
    ),
    ("nonsense=1", "additional properties 'nonsense' not allowed"),
];

/// Each with its name.
pub(super) fn combinations() -> impl Iterator<Item = (String, String)> {
    let all = EVENTING.iter().flat_map(|eventing| {
        DAPR.iter()
            .flat_map(move |dapr| OPTIONS.iter().map(move |options| [eventing, dapr, options]))
    });
    all.map(|parts| {
        let names = parts.map(|(name, _)| *name).join("-");
        let sets = parts.map(|(_, set)| *set).join(",");
        let from = match (parts[1].0, parts[2].0) {
            ("secrets", _) => "dapr",
            (_, "all") => "external-secrets",
            _ => "kubernetes",
        };
        (
            names,
            format!("kafka.brokers={{kafka:9092}},secrets.from={from},{sets}"),
        )
    })
}

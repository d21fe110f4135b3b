//! Settings.

use super::*;
use std::collections::HashMap;

fn config(variables: &[(&str, &str)]) -> Result<Config, String> {
    let all: HashMap<_, _> = variables
        .iter()
        .copied()
        .chain([("HOME", "/home/ann")])
        .collect();
    Config::from_env(|name| all.get(name).map(|value| (*value).to_owned()))
        .map_err(|error| error.to_string())
}

#[test]
fn what_is_not_said_has_a_default() {
    let config = config(&[("ERRAND_MODEL_URL", " ")]).unwrap();
    assert_eq!(config.listen.to_string(), "127.0.0.1:8700");
    assert_eq!(
        config.database_url(),
        "sqlite:/home/ann/.local/share/errand/errand.db"
    );
    assert_eq!(config.link(), "http://127.0.0.1:8700");
    assert_eq!(config.zone, None, "the machine's");
    assert!(config.mail.is_none() && config.kafka.is_none() && config.model.is_none());
}

#[test]
fn what_goes_through_dapr_is_named() {
    let config = config(&[
        ("DAPR_GRPC_PORT", "50005"),
        ("ERRAND_MAIL_URL", "dapr:mail"),
        ("ERRAND_PUBSUB", "dapr:events"),
        ("ERRAND_KAFKA_PREFIX", "a."),
        ("ERRAND_DAPR_CRON", "tick"),
        ("APP_API_TOKEN", "hush"),
    ])
    .unwrap();
    assert_eq!(config.dapr.port, 50_005);
    assert_eq!(config.mail.unwrap().binding.as_deref(), Some("mail"));
    let pub_sub = config.dapr.pub_sub.unwrap();
    assert_eq!(
        (pub_sub.name.as_str(), pub_sub.prefix.as_str()),
        ("events", "a.")
    );
    assert_eq!(config.dapr.cron.unwrap().name, "tick");
}

#[test]
fn where_it_listens() {
    let check = |variables: &[(&str, &str)], expected: &str| {
        assert_eq!(
            config(variables).unwrap().listen.to_string(),
            expected,
            "{variables:?}"
        );
    };
    check(&[("PORT", "9000")], "127.0.0.1:9000");
    check(&[("ERRAND_LISTEN", "[::1]:1"), ("PORT", "2")], "[::1]:2");
    check(&[("K_SERVICE", "tasks"), ("PORT", "8080")], "[::]:8080");
}

#[test]
fn what_is_wrong_is_refused_by_its_variable() {
    let check = |name: &str, value: &str| {
        let error = config(&[(name, value)]).unwrap_err();
        assert!(error.starts_with(&format!("{name}: ")), "{error}");
    };
    check("ERRAND_LISTEN", "everywhere");
    check("ERRAND_LISTEN", "0.0.0.0:8700"); // open to the network, and nobody asks who it is
    check("PORT", "65536");
    check("ERRAND_DATABASE_URL", "mysql://x");
    check("ERRAND_PUBLIC_URL", "errand.example.org");
    check("ERRAND_PUBLIC_URL", "https://errand.example.org/below");
    check("ERRAND_ZONE", "Mars/Olympus");
    check("ERRAND_KEY", "fifteen letters");
    check("ERRAND_MAIL_URL", "pop3://x");
    for brokers in [
        "broker",
        "broker:",
        "broker:0",
        "broker:65536",
        ":9092",
        "a:1,b",
        "http://a:1",
        "::1:9092",
    ] {
        check("ERRAND_KAFKA_BROKERS", brokers);
    }
    check("ERRAND_KAFKA_SECURITY", "sasl.mechanism=PLAIN"); // of which brokers?
    check("ERRAND_KAFKA_PREFIX", "test.");
    check("ERRAND_KAFKA_PARTITIONS", "3");
    let kafka = |name: &str, value: &str| {
        let error = config(&[("ERRAND_KAFKA_BROKERS", "a:1"), (name, value)]).unwrap_err();
        assert!(error.starts_with(&format!("{name}: ")), "{error}");
    };
    kafka("ERRAND_KAFKA_SECURITY", "security.protocol=TLS");
    kafka("ERRAND_KAFKA_SECURITY", "security.protocol=SASL_SSL");
    kafka("ERRAND_KAFKA_PREFIX", "a/b");
    kafka("ERRAND_KAFKA_PARTITIONS", "0");
    kafka("ERRAND_KAFKA_REPLICATION", "many");
    kafka("ERRAND_KAFKA_RETENTION_HOURS", "673"); // longer than consumers remember
    check("ERRAND_MODEL_URL", "localhost");
    check("DAPR_GRPC_PORT", "grpc");
    check("DAPR_API_TOKEN", "two words");
    check("ERRAND_MAIL_URL", "dapr:");
    check("ERRAND_MAIL_URL", "dapr:a/b");
    check("ERRAND_PUBSUB", "kafka");
    check("ERRAND_PUBSUB", "dapr:");
    check("ERRAND_DAPR_CRON", "a/b");
    check("ERRAND_DAPR_CRON", "health");
    let nobody = config(&[("ERRAND_DAPR_CRON", "tick")]).unwrap_err();
    assert!(nobody.starts_with("APP_API_TOKEN: "), "{nobody}");
    check("ERRAND_RATE", "100");
    check("ERRAND_RATE", "0/60");
    check("ERRAND_RATE", "2000000/60");
    assert!(
        config(&[("ERRAND_MODEL_URL", "http://localhost/v1")])
            .unwrap_err()
            .starts_with("ERRAND_MODEL_NAME: ")
    );
    assert!(
        config(&[("ERRAND_MODEL_KEY", "x")])
            .unwrap_err()
            .starts_with("ERRAND_MODEL_URL: ")
    );
    let alone = config(&[("ERRAND_MAIL_TO", "ann@example.org")]);
    assert!(alone.unwrap_err().starts_with("ERRAND_MAIL_URL: "));
    let mail = [
        ("ERRAND_MAIL_URL", "smtp://localhost"),
        ("ERRAND_MAIL_TO", "ann"),
    ];
    assert!(config(&mail).unwrap_err().starts_with("ERRAND_MAIL_TO: "));
}

#[test]
fn r_6_3_secrets_do_not_show_themselves() {
    let secrets = [
        (
            "ERRAND_DATABASE_URL",
            "postgres://ann:hush@localhost/errand",
        ),
        ("ERRAND_MAIL_URL", "smtp://ann:hush@localhost"),
        ("ERRAND_MODEL_URL", "http://localhost"),
        ("ERRAND_MODEL_NAME", "m"),
        ("ERRAND_MODEL_KEY", "hush"),
        ("ERRAND_KEY", "hush, hush, hush!"),
        ("ERRAND_KAFKA_BROKERS", "a:1"),
        (
            "ERRAND_KAFKA_SECURITY",
            "security.protocol=SASL_SSL,sasl.mechanism=PLAIN,sasl.username=ann,sasl.password=hush",
        ),
        ("DAPR_API_TOKEN", "hush"),
        ("ERRAND_DAPR_CRON", "tick"),
        ("APP_API_TOKEN", "hush"),
    ];
    let config = config(&secrets).unwrap();
    assert!(!format!("{config:?}").contains("hush"));
    assert!(config.database_url().contains("hush"));
}

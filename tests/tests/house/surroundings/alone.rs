//! Settings of functions that run alone: what is missing, wrong, or against another is refused at start, by its name, before
//! anything is made.

use crate::home::Home;
use expect_test::{Expect, expect};

/// What is settled where nothing else is said.
const KEY: &str = "ERRAND_KEY=only_for_these_tests";
const DATABASE: &str = "ERRAND_DATABASE_URL=postgres://errand@127.0.0.1:1/errand";
const KAFKA: &str = "ERRAND_KAFKA_BROKERS=127.0.0.1:1";

/// Runs commands with settings, and shows each with what is said: the words and settings in a line, but for those above.
async fn check(all: &[(&str, &[&str])], expected: Expect) {
    let Some(home) = Home::new() else { return };
    let mut said = String::new();
    for (words, settings) in all {
        let mut command = home.errand(&words.split(' ').collect::<Vec<_>>());
        for setting in *settings {
            let (name, value) = setting.split_once('=').expect("a setting");
            command.env(name, value);
        }
        let answer = home.said(command).await;
        assert!(
            answer.code != Some(0) && answer.out.is_empty(),
            "{words}: {answer}"
        );
        let known = [KEY, DATABASE, KAFKA];
        said.push_str(words);
        for setting in settings.iter().filter(|setting| !known.contains(setting)) {
            said.extend([" ", setting]);
        }
        let first = answer.err.lines().next().unwrap_or_default();
        said.extend(["\n    ", first, "\n"]);
    }
    expected.assert_eq(&said);
    assert!(
        !home.data().exists(),
        "nothing is begun with a wrong setting"
    );
}

#[tokio::test]
async fn a_function_alone_needs_what_it_shares_with_the_others() {
    let all: &[(&str, &[&str])] = &[
        ("serve recur", &[]),
        ("serve recur", &[KEY]),
        (
            "serve recur",
            &[KEY, "ERRAND_DATABASE_URL=sqlite:errand.db"],
        ),
        ("serve recur", &[KEY, KAFKA]),
        ("serve recur", &[DATABASE, KAFKA]),
        ("serve recur", &[DATABASE, "ERRAND_KEY=short"]),
        ("serve recur", &[KEY, DATABASE, "PORT=70000"]),
        (
            "serve recur",
            &[KEY, DATABASE, "ERRAND_LISTEN=0.0.0.0:8700"],
        ),
        (
            "serve recur",
            &[KEY, DATABASE, "ERRAND_MAIL_TO=ann@example.org"],
        ),
        ("serve clock", &[KEY, DATABASE]),
        ("serve nobody", &[KEY, DATABASE, KAFKA]),
        ("serve", &["ERRAND_FUNCTION=nobody"]),
        ("serve", &["ERRAND_FUNCTION=recur"]),
        ("serve", &["ERRAND_FUNCTION=clock", KEY, DATABASE]),
        ("serve", &[DATABASE, KAFKA]),
    ];
    check(all, expect![[r#"
        serve recur
            errand: ERRAND_KEY: is missing; functions that run alone share one
        serve recur
            errand: ERRAND_DATABASE_URL: functions that run alone share a PostgreSQL, like postgres://USER:PASSWORD@HOST/DATABASE
        serve recur ERRAND_DATABASE_URL=sqlite:errand.db
            errand: ERRAND_DATABASE_URL: functions that run alone share a PostgreSQL, like postgres://USER:PASSWORD@HOST/DATABASE
        serve recur
            errand: ERRAND_DATABASE_URL: functions that run alone share a PostgreSQL, like postgres://USER:PASSWORD@HOST/DATABASE
        serve recur
            errand: ERRAND_KEY: is missing; functions that run alone share one
        serve recur ERRAND_KEY=short
            errand: ERRAND_KEY: has fewer than 16 characters: make one by `openssl rand -base64 32`
        serve recur PORT=70000
            errand: PORT: "70000" is no port (0 to 65535)
        serve recur ERRAND_LISTEN=0.0.0.0:8700
            errand: ERRAND_LISTEN: 0.0.0.0:PORT can be reached from other machines, and there are no accounts yet. Listen on 127.0.0.1 and put a proxy with a sign-in before it.
        serve recur ERRAND_MAIL_TO=ann@example.org
            errand: ERRAND_MAIL_URL: is missing, while ERRAND_MAIL_TO is given: by which server does mail go out?
        serve clock
            errand: ERRAND_KAFKA_BROKERS: is missing: where is Kafka?
        serve nobody
            error: invalid value 'nobody' for '[NAME]'
        serve ERRAND_FUNCTION=nobody
            errand: ERRAND_FUNCTION: there is no function "nobody"; `errand serve --help` names them
        serve ERRAND_FUNCTION=recur
            errand: ERRAND_KEY: is missing; functions that run alone share one
        serve ERRAND_FUNCTION=clock
            errand: ERRAND_KAFKA_BROKERS: is missing: where is Kafka?
        serve
            errand: ERRAND_KAFKA_BROKERS: is for functions that run alone (errand serve NAME); in one process events need no Kafka
    "#]]).await;
}

#[tokio::test]
async fn where_kafka_is() {
    let all: &[(&str, &[&str])] = &[
        ("topics", &[]),
        ("topics", &["ERRAND_KAFKA_BROKERS=kafka"]),
        ("topics", &["ERRAND_KAFKA_BROKERS=kafka:9092,other"]),
        ("topics", &["ERRAND_KAFKA_BROKERS=http://kafka:9092"]),
        ("topics", &["ERRAND_KAFKA_BROKERS=kafka:90920"]),
        ("topics", &["ERRAND_KAFKA_PREFIX=test."]),
        (
            "topics",
            &["ERRAND_KAFKA_SECURITY=security.protocol=SASL_PLAINTEXT"],
        ),
        ("topics", &[KAFKA, "ERRAND_KAFKA_PREFIX=a/b"]),
        ("topics", &[KAFKA, "ERRAND_KAFKA_PARTITIONS=0"]),
        ("topics", &[KAFKA, "ERRAND_KAFKA_REPLICATION=many"]),
        ("topics", &[KAFKA, "ERRAND_KAFKA_RETENTION_HOURS=673"]),
    ];
    check(
        all,
        expect![[r#"
        topics
            errand: ERRAND_KAFKA_BROKERS: is missing: where is Kafka?
        topics ERRAND_KAFKA_BROKERS=kafka
            errand: ERRAND_KAFKA_BROKERS: takes host:port, separated by commas
        topics ERRAND_KAFKA_BROKERS=kafka:9092,other
            errand: ERRAND_KAFKA_BROKERS: takes host:port, separated by commas
        topics ERRAND_KAFKA_BROKERS=http://kafka:9092
            errand: ERRAND_KAFKA_BROKERS: takes host:port, separated by commas
        topics ERRAND_KAFKA_BROKERS=kafka:90920
            errand: ERRAND_KAFKA_BROKERS: takes host:port, separated by commas
        topics ERRAND_KAFKA_PREFIX=test.
            errand: ERRAND_KAFKA_PREFIX: says nothing without ERRAND_KAFKA_BROKERS
        topics ERRAND_KAFKA_SECURITY=security.protocol=SASL_PLAINTEXT
            errand: ERRAND_KAFKA_SECURITY: says nothing without ERRAND_KAFKA_BROKERS
        topics ERRAND_KAFKA_PREFIX=a/b
            errand: ERRAND_KAFKA_PREFIX: "a/b" is not up to 100 letters, digits, dots and hyphens
        topics ERRAND_KAFKA_PARTITIONS=0
            errand: ERRAND_KAFKA_PARTITIONS: "0" is not from 1 to 1000
        topics ERRAND_KAFKA_REPLICATION=many
            errand: ERRAND_KAFKA_REPLICATION: "many" is not from 1 to 10
        topics ERRAND_KAFKA_RETENTION_HOURS=673
            errand: ERRAND_KAFKA_RETENTION_HOURS: "673" is not from 1 to 672
    "#]],
    )
    .await;
}

#[tokio::test]
async fn where_a_dispatcher_delivers() {
    let to = "dispatch --to";
    let all: &[(&str, &[&str])] = &[
        ("dispatch", &[]),
        ("dispatch", &[KAFKA]),
        ("dispatch", &[KAFKA, "ERRAND_DISPATCH_TO=recur=http://a:1"]),
        (&format!("{to} recur"), &[KAFKA]),
        (&format!("{to} recur=a:1"), &[KAFKA]),
        (&format!("{to} nobody=http://a:1"), &[KAFKA]),
        ("dispatch", &[KAFKA, "ERRAND_DISPATCH_RETRIES=many"]),
        ("dispatch", &[KAFKA, "ERRAND_DISPATCH_PAUSE=-1"]),
        ("dispatch", &[KAFKA, "ERRAND_DISPATCH_IDLE=1.5"]),
        ("dispatch --scale-to-zero", &[KAFKA]),
        ("dispatch --scale-to-zero", &[KAFKA, KEY]),
        ("dispatch --scale-to-zero", &[KEY, DATABASE]),
        (
            "dispatch --scale-to-zero",
            &[KAFKA, KEY, DATABASE, "ERRAND_MAIL_URL=smtp://"],
        ),
        (
            "dispatch --scale-to-zero",
            &[KAFKA, KEY, DATABASE, "PORT=70000"],
        ),
    ];
    check(all, expect![[r#"
        dispatch
            errand: ERRAND_KAFKA_BROKERS: is missing: where do the events come from?
        dispatch
            errand: --to (ERRAND_DISPATCH_TO): where is remind? Say remind=URL, or --scale-to-zero
        dispatch ERRAND_DISPATCH_TO=recur=http://a:1
            errand: --to (ERRAND_DISPATCH_TO): where is remind? Say remind=URL, or --scale-to-zero
        dispatch --to recur
            errand: --to: "recur" is not NAME=URL
        dispatch --to recur=a:1
            errand: --to: "a:1" is not like http://127.0.0.1:8711
        dispatch --to nobody=http://a:1
            errand: --to: there is no function "nobody"
        dispatch ERRAND_DISPATCH_RETRIES=many
            error: invalid value 'many' for '--retries <N>': ERRAND_DISPATCH_RETRIES is a whole number
        dispatch ERRAND_DISPATCH_PAUSE=-1
            error: invalid value '-1' for '--pause <MILLISECONDS>': ERRAND_DISPATCH_PAUSE is a whole number
        dispatch ERRAND_DISPATCH_IDLE=1.5
            error: invalid value '1.5' for '--idle <SECONDS>': ERRAND_DISPATCH_IDLE is a whole number
        dispatch --scale-to-zero
            errand: ERRAND_KEY: is missing; functions that run alone share one
        dispatch --scale-to-zero
            errand: ERRAND_DATABASE_URL: functions that run alone share a PostgreSQL, like postgres://USER:PASSWORD@HOST/DATABASE
        dispatch --scale-to-zero
            errand: ERRAND_KAFKA_BROKERS: is missing: where do the events come from?
        dispatch --scale-to-zero ERRAND_MAIL_URL=smtp://
            errand: ERRAND_MAIL_URL cannot be used: it names no host
        dispatch --scale-to-zero PORT=70000
            errand: PORT: "70000" is no port (0 to 65535)
    "#]]).await;
}

//! Brokers that ask who we are, and show who they are (tests/kafka/broker.sh: the third port asks for a password, the fourth does so
//! over TLS).

use crate::kit::{Publishing, all_in_order, until};
use async_trait::async_trait;
use axum::{Json, Router, http::HeaderMap, routing::post};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bus::{
    Bus, Verdict,
    kafka::{
        Deliver, Dispatcher, KafkaBus, Patience, Record, Security, Settings, Subscription, Tried,
        make_topics,
    },
};
use host::SystemClock;
use http::StatusCode;
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use testkit::{
    kafka::{kafka, published},
    skip,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// How soon something that is wrong must be said.
const SOON: Duration = Duration::from_secs(15);

/// Fresh topics, and the authority by which the brokers certify themselves; none where the brokers are not of ours.
async fn secured() -> Option<(Settings, String)> {
    let authority = skip::unless("ERRAND_TEST_KAFKA_CA", "no Kafka with TLS")?;
    Some((kafka().await?, authority))
}

/// The same brokers at another of their ports, by these words.
fn by(settings: &Settings, port: u16, words: &str) -> Settings {
    let (host, first) = settings.brokers.rsplit_once(':').unwrap();
    let port = first.parse::<u16>().unwrap() + port;
    Settings {
        brokers: format!("{host}:{port}"),
        security: Security::parse(words, None, Arc::new(SystemClock)).unwrap(),
        ..settings.clone()
    }
}

fn scram(authority: &str, password: &str) -> String {
    format!(
        "security.protocol=SASL_SSL,ssl.ca.location={authority},sasl.mechanism=SCRAM-SHA-512,\
         sasl.username=errand,sasl.password={password}"
    )
}

/// What is wrong, once it is said.
async fn refused(settings: &Settings) -> String {
    let began = Instant::now();
    let words = make_topics(settings).await.unwrap_err().to_string();
    assert!(began.elapsed() < SOON, "{:?}: {words}", began.elapsed());
    words
}

struct Counts(AtomicUsize);

#[async_trait]
impl Deliver for Counts {
    async fn deliver(&self, _: &str, _: &Record) -> Tried {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok((StatusCode::NO_CONTENT, String::new()))
    }

    fn address(&self, to: &str) -> String {
        to.to_owned()
    }
}

/// Publishes and dispatches by these settings.
async fn works(settings: Settings) {
    let publishing = Publishing::to(settings.clone()).await;
    publishing.write(5).await;
    publishing.is_out().await;
    let found = published(&settings).await;
    all_in_order(&found, &publishing.store, &publishing.people).await;
    let counts = Arc::new(Counts(AtomicUsize::new(0)));
    let subscription = Subscription {
        name: "audit",
        kinds: audit::SUBSCRIBES,
    };
    let (clock, stop) = (Arc::new(SystemClock), CancellationToken::new());
    let dispatcher = Dispatcher::new(
        &settings,
        subscription,
        counts.clone(),
        Patience::default(),
        clock,
        stop.clone(),
    );
    let running = tokio::spawn(dispatcher.unwrap().run());
    until("all is delivered", async || {
        counts.0.load(Ordering::Relaxed) >= found.len()
    })
    .await;
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn passwords_in_the_clear_and_over_tls() {
    let Some((settings, authority)) = secured().await else {
        return;
    };
    let plain = "sasl.mechanism=PLAIN,sasl.username=errand,sasl.password=a word";
    let all = [
        (2, format!("security.protocol=SASL_PLAINTEXT,{plain}")),
        (
            3,
            format!("security.protocol=SASL_SSL,ssl.ca.location={authority},{plain}"),
        ),
        (3, scram(&authority, "a word").replace("512", "256")),
        (3, scram(&authority, "a word")),
    ];
    for (port, words) in all {
        let made = make_topics(&by(&settings, port, &words)).await.unwrap();
        assert!(made.iter().all(|made| !made.is_new), "{made:?}");
    }
}

#[tokio::test]
async fn r_5_1_events_go_and_come_by_scram_over_tls() {
    let Some((settings, authority)) = secured().await else {
        return;
    };
    works(by(&settings, 3, &scram(&authority, "a word"))).await;
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_authority_are_said_soon() {
    let Some((settings, authority)) = secured().await else {
        return;
    };
    let words = refused(&by(&settings, 3, &scram(&authority, "another"))).await;
    assert!(words.contains("invalid credentials"), "{words}");
    assert!(!words.contains("another"), "{words}");
    let strange = Path::new(env!("CARGO_MANIFEST_DIR")).join("kafka/strange.pem");
    let strange = scram(strange.to_str().unwrap(), "a word");
    let words = refused(&by(&settings, 3, &strange)).await;
    assert!(words.contains("certificate verify failed"), "{words}");
}

#[tokio::test]
async fn r_5_2_the_relay_hears_why_its_events_are_not_taken() {
    let Some((settings, authority)) = secured().await else {
        return;
    };
    let publishing = Publishing::to(by(&settings, 3, &scram(&authority, "another"))).await;
    publishing.write(1).await;
    let rows = publishing.store.outgoing(jiff::Timestamp::MAX, 10).await;
    let events = rows.unwrap().into_iter();
    let events: Vec<_> = events
        .filter_map(|row| bus::cloud::event(&row, "urn:errand"))
        .collect();
    assert!(!events.is_empty());
    let wrong = by(&settings, 3, &scram(&authority, "another"));
    let bus = KafkaBus::new(wrong, Arc::new(SystemClock));
    let began = Instant::now();
    let verdicts = bus.deliver("kafka", &events).await;
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    for verdict in verdicts {
        let Verdict::Broken(words) = verdict else {
            panic!("{verdict:?}");
        };
        assert!(words.contains("invalid credentials"), "{words}");
    }
}

/// A token endpoint: whoever knows the secret is given a token, which our brokers take as it is.
async fn endpoint() -> String {
    async fn token(headers: HeaderMap, body: String) -> (StatusCode, Json<Value>) {
        let basic = "Basic ZXJyYW5kOmEgd29yZA=="; // errand:a word
        if headers.get("authorization").is_none_or(|own| own != basic) {
            let wrong = json!({ "error": "invalid_client" });
            return (StatusCode::UNAUTHORIZED, Json(wrong));
        }
        assert_eq!(body, "grant_type=client_credentials&scope=kafka");
        let now = jiff::Timestamp::now().as_second();
        let claims = json!({ "sub": "errand", "iat": now, "exp": now + 600 });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims));
        let answer = json!({ "access_token": text, "expires_in": 600 });
        (StatusCode::OK, Json(answer))
    }
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/token", post(token));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/token")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn r_5_1_events_go_and_come_by_a_token() {
    let Some((settings, authority)) = secured().await else {
        return;
    };
    let url = endpoint().await;
    let token = format!(
        "security.protocol=SASL_SSL,ssl.ca.location={authority},sasl.mechanism=OAUTHBEARER,sasl.oauthbearer.scope=kafka,\
         sasl.oauthbearer.token.endpoint.url={url},sasl.oauthbearer.client.id=errand,sasl.oauthbearer.client.secret=a word"
    );
    let own = by(&settings, 3, &token);
    let made = make_topics(&own).await.unwrap();
    assert!(made.iter().all(|made| !made.is_new), "{made:?}");
    works(own).await;
    let words = refused(&by(&settings, 3, &token.replace("a word", "another"))).await;
    assert!(words.contains("the token endpoint answered 401"), "{words}");
    // Topics are not made by whoever signs in so, and it is said which.
    let mut none = by(&settings, 3, &token);
    none.prefix = "none.".to_owned();
    let words = refused(&none).await;
    assert!(
        words.contains("by the cluster's own tools: none."),
        "{words}"
    );
}

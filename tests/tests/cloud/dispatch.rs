//! From Kafka to functions.

use crate::kit::{Publishing, until};
use async_trait::async_trait;
use bus::kafka::{
    DeadLetters, Deliver, Dispatcher, Patience, Record, Settings, Subscription, Tried,
};
use domain::event::EventKind;
use host::SystemClock;
use http::StatusCode;
use jiff::SignedDuration;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use testkit::kafka::kafka;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const SUBSCRIPTION: Subscription = Subscription {
    name: "tried",
    kinds: &[EventKind::TaskCreated],
};
const PATIENCE: Patience = Patience {
    retries: 2,
    pause: SignedDuration::from_millis(50),
};

/// A function that answers as it is told for a stream, and keeps what it got.
#[derive(Default)]
pub(crate) struct Function {
    answers: Mutex<BTreeMap<Vec<u8>, Tried>>,
    got: Mutex<Vec<Record>>,
    /// Takes an event and does not answer any more.
    hangs: bool,
}

impl Function {
    fn answer(&self, key: &str, answer: Tried) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(key.as_bytes().to_vec(), answer);
    }

    /// The numbers of what it got of a stream.
    pub(crate) fn got(&self, key: &str) -> Vec<u64> {
        let got = self.got.lock().unwrap();
        let of_key = got
            .iter()
            .filter(|record| record.key.as_deref() == Some(key.as_bytes()));
        of_key.map(n).collect()
    }
}

fn n(record: &Record) -> u64 {
    let id = record.get("ce_id").unwrap();
    id.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[async_trait]
impl Deliver for Function {
    async fn deliver(&self, _: &str, event: &Record) -> Tried {
        self.got.lock().unwrap().push(event.clone());
        if self.hangs {
            std::future::pending::<()>().await;
        }
        let answers = self.answers.lock().unwrap();
        let told = event.key.as_ref().and_then(|key| answers.get(key)).cloned();
        told.unwrap_or(Ok((StatusCode::NO_CONTENT, String::new())))
    }

    fn address(&self, _: &str) -> String {
        "http://tried".to_owned()
    }
}

pub(crate) struct Running {
    pub(crate) function: Arc<Function>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) fn start(settings: &Settings, function: Function) -> Self {
        let (function, stop) = (Arc::new(function), CancellationToken::new());
        let deliver: Arc<Function> = function.clone();
        let clock = Arc::new(SystemClock);
        let dispatcher = Dispatcher::new(
            settings,
            SUBSCRIPTION,
            deliver,
            PATIENCE,
            clock,
            stop.clone(),
        );
        Self {
            function,
            stop,
            task: tokio::spawn(dispatcher.unwrap().run()),
        }
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

async fn published(settings: Settings, count: usize) -> (Publishing, String, String) {
    let publishing = Publishing::to(settings).await;
    publishing.write(count).await;
    publishing.is_out().await;
    let key = |at: usize| publishing.people[at].home.to_string();
    let (ann, bob) = (key(0), key(1));
    (publishing, ann, bob)
}

#[tokio::test]
async fn r_5_2_events_come_in_order_within_a_stream_and_are_not_forgotten_unanswered() {
    let Some(settings) = kafka().await else {
        return;
    };
    let (publishing, ann, bob) = published(settings.clone(), 5).await;
    // Line 1 is the person's; a dispatcher that dies while a function thinks has not done it.
    let first = Running::start(
        &settings,
        Function {
            hangs: true,
            ..Function::default()
        },
    );
    let thinks =
        async || !first.function.got(&ann).is_empty() && !first.function.got(&bob).is_empty();
    until("the function thinks", thinks).await;
    first.task.abort();
    let _aborted = first.task.await;
    let second = Running::start(&settings, Function::default());
    let all: Vec<u64> = (2..7).collect();
    let came = async || second.function.got(&ann) == all && second.function.got(&bob) == all;
    until("all of it comes", came).await;
    second.stop().await;
    // What was answered does not come again.
    publishing.write(1).await;
    publishing.is_out().await;
    let third = Running::start(&settings, Function::default());
    let came =
        async || !third.function.got(&ann).is_empty() && !third.function.got(&bob).is_empty();
    until("the next comes", came).await;
    assert_eq!(
        (third.function.got(&ann), third.function.got(&bob)),
        (vec![7], vec![7])
    );
    third.stop().await;
}

#[tokio::test]
async fn r_5_2_a_poison_event_is_a_dead_letter_with_its_reason_and_can_be_replayed() {
    let Some(settings) = kafka().await else {
        return;
    };
    let (_publishing, ann, bob) = published(settings.clone(), 2).await;
    let running = Running::start(&settings, Function::default());
    running.function.answer(
        &ann,
        Ok((StatusCode::SERVICE_UNAVAILABLE, "not \"now\"".to_owned())),
    );
    let letters = DeadLetters::new(settings.clone());
    until("both are dead letters", async || {
        letters.all().await.unwrap().len() == 2
    })
    .await;
    assert_eq!(running.function.got(&bob), [2, 3], "others pass meanwhile");
    assert_eq!(
        running.function.got(&ann),
        [2, 2, 2, 3, 3, 3],
        "each is tried three times"
    );
    let all = letters.all().await.unwrap();
    let letter = &all[0];
    assert_eq!(
        letter.record().get("ce_knativeerrordest"),
        Some("http://tried")
    );
    assert_eq!(letter.record().get("ce_knativeerrorcode"), Some("503"));
    assert_eq!(
        letter.record().get("ce_knativeerrordata"),
        Some("bm90ICJub3ci")
    );
    assert_eq!(
        (letter.to(), letter.why().as_str()),
        ("tried", "503 not \"now\"")
    );
    // What it said was never: at once, without another try.
    running
        .function
        .answer(&ann, Ok((StatusCode::UNPROCESSABLE_ENTITY, String::new())));
    letters.replay(letter).await.unwrap();
    until("it is tried once more", async || {
        running.function.got(&ann).len() == 7
    })
    .await;
    until("it is dead again", async || {
        letters.all().await.unwrap().len() == 2
    })
    .await;
    running
        .function
        .answer(&ann, Ok((StatusCode::NO_CONTENT, String::new())));
    for letter in letters.all().await.unwrap() {
        letters.replay(&letter).await.unwrap();
    }
    until("both are taken", async || {
        running.function.got(&ann).len() == 9
    })
    .await;
    let last = running
        .function
        .got
        .lock()
        .unwrap()
        .last()
        .cloned()
        .unwrap();
    assert_eq!(
        last.get("ce_knativeerrorcode"),
        None,
        "as it was before it failed"
    );
    assert_eq!(letters.all().await.unwrap().len(), 0);
    running.stop().await;
}

#[tokio::test]
async fn r_5_2_two_dispatchers_share_the_work_and_one_goes_on_alone() {
    let Some(settings) = kafka().await else {
        return;
    };
    let (publishing, ann, bob) = published(settings.clone(), 5).await;
    let first = Running::start(&settings, Function::default());
    until("one works", async || first.function.got(&ann).len() == 5).await;
    let second = Running::start(&settings, Function::default());
    let both = [first.function.clone(), second.function.clone()];
    let came = |key: String, until: u64| {
        let both = both.clone();
        move || {
            both.iter()
                .any(|function| function.got(&key).contains(&until))
        }
    };
    publishing.write(5).await;
    let (of_ann, of_bob) = (came(ann.clone(), 11), came(bob.clone(), 11));
    until("two work", async || of_ann() && of_bob()).await;
    first.stop().await;
    publishing.write(5).await;
    let (of_ann, of_bob) = (came(ann, 16), came(bob, 16));
    until("the other goes on", async || of_ann() && of_bob()).await;
    second.stop().await;
}

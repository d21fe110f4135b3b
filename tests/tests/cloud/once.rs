//! The same event many times at once, and events that come backwards: one effect, and the right end. Over each database, as two
//! processes where several may write.

use crate::{
    installation::person_with_mail,
    kit::{complete_a_weekly_task, does, open_tasks, until},
};
use audit::Witness;
use axum::body::Body;
use bus::Subscriber;
use contract::cloud::CloudEvent;
use domain::event::EventKind;
use errand::Functions;
use futures::future::join_all;
use host::{Config, Deps, Key, SystemClock, SystemIds};
use http::{Request, StatusCode};
use jiff::{SignedDuration, Timestamp};
use notify::Channel;
use serde_json::json;
use std::sync::Arc;
use store::{Reader, Store};
use tempfile::TempDir;
use testkit::{
    mailbox::Mailbox,
    postgres::{TestDatabase, database},
};
use tower::ServiceExt;
use uuid::Uuid;

/// The processes of one installation.
struct Processes {
    functions: Vec<Functions>,
    mails: Arc<Mailbox>,
    witness: Arc<Witness>,
    me: Reader,
    folder: TempDir,
    _postgres: Option<TestDatabase>,
}

impl Processes {
    /// One over SQLite; two over PostgreSQL, where there is one.
    async fn all() -> Vec<Self> {
        let mut all = vec![Self::over(None, 1).await];
        if let Some(postgres) = database().await {
            all.push(Self::over(Some(postgres), 2).await);
        }
        all
    }

    async fn over(postgres: Option<TestDatabase>, count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = format!("sqlite:{}", folder.path().join("errand.db").display());
        let url = postgres.as_ref().map_or(&file, |postgres| &postgres.url);
        let copy = folder.path().join("witness.db");
        let witness = Witness::open(&copy, folder.path(), || [7; 32]).await;
        let (witness, mails) = (Arc::new(witness.unwrap()), Arc::new(Mailbox::default()));
        let mut functions = Vec::new();
        for _ in 0..count {
            let options = host::deps::options(Arc::new(SystemClock), Arc::new(SystemIds));
            let store = store::open(url, options).await.unwrap();
            let config = Arc::new(Config::in_folder(folder.path()));
            let channel: Arc<dyn Channel> = mails.clone();
            functions.push(Functions {
                deps: Deps::new(store, config, Arc::new(Key::new([7; 32]))),
                channels: vec![channel],
                witness: witness.clone(),
            });
        }
        let me = person_with_mail(&functions[0].deps.store, "ann@example.org").await;
        Self {
            functions,
            mails,
            witness,
            me,
            folder,
            _postgres: postgres,
        }
    }

    fn store(&self) -> &Arc<dyn Store> {
        &self.functions[0].deps.store
    }

    /// Has the clock fire what is due, until there are that many wakes.
    async fn fire(&self, wakes: usize) {
        until("the clock fires", async || {
            let deps = &self.functions[0].deps;
            clock::tick(deps, deps.clock.now()).await.unwrap();
            let is_wake = |event: &&CloudEvent| event.kind.contains("reminder.due");
            self.events().await.iter().filter(is_wake).count() >= wakes
        })
        .await;
    }

    /// What waits to be published, oldest first.
    async fn events(&self) -> Vec<CloudEvent> {
        let rows = self.store().outgoing(Timestamp::MAX, 1_000).await.unwrap();
        let event = |row| bus::cloud::event(row, "urn:errand");
        rows.iter().filter_map(event).collect()
    }

    /// Each function that an event wakes, as each process has it.
    fn woken_by(&self, event: &CloudEvent) -> Vec<Vec<Subscriber>> {
        let kind = EventKind::of_type(&event.kind).unwrap();
        let of_each: Vec<_> = self.functions.iter().map(Functions::subscribers).collect();
        let names = of_each[0].iter().filter(|it| it.kinds.contains(&kind));
        names
            .map(|own| {
                let same =
                    |all: &Vec<Subscriber>| all.iter().find(|it| it.name == own.name).cloned();
                of_each.iter().filter_map(same).collect()
            })
            .collect()
    }

    /// Delivers it so often at once, to the processes in turn; again to whoever says that it should come later.
    async fn deliver(&self, event: &CloudEvent, times: usize) {
        for subscribers in self.woken_by(event) {
            let each = (0..times).map(|n| post(&subscribers[n % subscribers.len()], event));
            join_all(each).await;
        }
    }

    /// The chain is whole, and the witness has copied all of it.
    async fn is_witnessed(&self) {
        let store = self.store().as_ref();
        let report = audit::verify_all(store, &self.witness).await.unwrap();
        assert!(report.intact(), "{report}");
        let copy = self.folder.path().join("witness.db");
        let copy = store::witness::Witness::open(&copy).await.unwrap();
        let copied = copy.streams().await.unwrap();
        for (stream, n, _) in store.heads().await.unwrap() {
            assert!(copied.contains(&(stream, n)), "{stream} {n}: {copied:?}");
        }
        copy.close().await;
    }
}

async fn post(to: &Subscriber, event: &CloudEvent) {
    let body = serde_json::to_vec(event).unwrap();
    for _ in 0..20 {
        let request = Request::post("/").header("content-type", "application/cloudevents+json");
        let request = request.body(Body::from(body.clone())).unwrap();
        let answer = to.router.clone().oneshot(request).await.unwrap();
        if answer.status() == StatusCode::NO_CONTENT {
            return;
        }
        let (name, status) = (to.name, answer.status());
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{name}");
    }
    panic!("{} does not take {}", to.name, event.id);
}

#[tokio::test]
async fn r_5_2_the_same_event_fifty_times_at_once_has_one_effect() {
    for processes in Processes::all().await {
        let (store, me) = (processes.store(), &processes.me);
        complete_a_weekly_task(store, me).await;
        remind_now(store, me).await;
        processes.fire(2).await;
        for event in processes.events().await {
            processes.deliver(&event, 50).await;
        }
        assert_eq!(open_tasks(store, me).await.len(), 2, "one next occurrence");
        assert_eq!(processes.mails.mails().len(), 1);
        let sent = store.lines(me.home, 0, 1_000).await.unwrap();
        let sent = sent
            .iter()
            .filter(|line| line.kind == EventKind::ReminderSent);
        assert_eq!(sent.count(), 2, "on the page, and by mail");
        // What came of it is an event, too.
        for event in processes.events().await {
            processes.deliver(&event, 1).await;
        }
        processes.is_witnessed().await;
    }
}

#[tokio::test]
async fn r_5_2_events_that_come_backwards_end_in_the_same_state() {
    for processes in Processes::all().await {
        let (store, me) = (processes.store(), &processes.me);
        let twice = complete_a_weekly_task(store, me).await;
        does(store, me, json!({ "type": "reopen_task", "id": twice })).await;
        does(store, me, json!({ "type": "complete_task", "id": twice })).await;
        let reopened = complete_a_weekly_task(store, me).await;
        does(store, me, json!({ "type": "reopen_task", "id": reopened })).await;
        let reminded = remind_now(store, me).await;
        processes.fire(2).await;
        let until = Timestamp::now() + SignedDuration::from_millis(300);
        let snooze =
            json!({ "type": "snooze_reminder", "id": reminded, "set": { "until": until } });
        does(store, me, snooze).await;
        processes.fire(4).await;
        let mut events = processes.events().await;
        events.reverse();
        for event in &events {
            processes.deliver(event, 1).await;
        }
        events.reverse();
        for event in &events {
            processes.deliver(event, 1).await;
        }
        let mut open = open_tasks(store, me).await;
        open.sort();
        let plants = "water the plants";
        assert_eq!(
            open,
            ["call mom", plants, plants],
            "the next, and the reopened"
        );
        assert_eq!(
            processes.mails.mails().len(),
            1,
            "what was put off came once"
        );
        for event in processes.events().await {
            processes.deliver(&event, 1).await;
        }
        processes.is_witnessed().await;
    }
}

/// Makes a task with a reminder that is due.
async fn remind_now(store: &Arc<dyn Store>, me: &Reader) -> Uuid {
    let id = Uuid::now_v7();
    let reminders = json!([{ "id": Uuid::now_v7(), "at": Timestamp::now() }]);
    let set = json!({ "title": "call mom", "reminders": reminders });
    does(
        store,
        me,
        json!({ "type": "create_task", "id": id, "set": set }),
    )
    .await;
    id
}

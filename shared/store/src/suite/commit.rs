//! Writing.

use super::kit::*;
use crate::*;
use domain::{id::*, need::Need, refusal::Refusal};
use serde_json::json;

pub async fn what_is_written_is_read_back(store: Checked) {
    let me = person(&store).await;
    let fields = json!({
        "title": "call mom", "notes": "ask about\u{0} *Sunday*", "due": {"at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin"},
        "start": {"date": "2026-11-28"}, "deadline": "2026-12-01", "priority": "high", "tags": ["home", "Familie"],
        "estimate": "PT30M", "links": [{"url": "https://example.org"}], "source": {"system": "todoist", "id": "7"},
        "reminders": [{"id": fresh(), "person": me.person, "offset": "-PT15M", "of": "due"}],
    });
    let id = create(&store, &me, fields.clone()).await;
    let task = read(&store, &me, id).await.unwrap();
    for field in [
        "title", "notes", "deadline", "priority", "tags", "estimate", "links", "source", "start",
    ] {
        assert_eq!(task[field], fields[field], "{field}");
    }
    assert_eq!(task["due"]["instant"], "2026-11-29T14:00:00Z");
    assert_eq!(task["version"], 1);
    assert_eq!(task["reminders"][0]["offset"], "-PT15M");
    assert_eq!(task["created_at"], task["updated_at"]);
}

/// 64 clients at once: later commands of a batch see what earlier ones wrote, and each answer is there when it is given.
pub async fn many_at_once_see_each_other(store: Checked) {
    let me = person(&store).await;
    let shared = create(&store, &me, json!({"title": "0"})).await;
    let jobs = (0..64).map(|_| {
        let (store, me) = (store.clone(), me.clone());
        tokio::spawn(async move {
            let count = decide(move |state, now| {
                let edit = |task: &mut domain::task::Task| {
                    task.title = (task.title.parse::<u32>().unwrap_or_default() + 1).to_string();
                };
                state
                    .change(
                        domain::event::EventKind::TaskChanged,
                        shared.0,
                        now,
                        domain::event::Detail::default(),
                        edit,
                    )
                    .map(drop)
            });
            store
                .commit(&writer(&me), Need::task(shared), count)
                .await
                .unwrap();
            let own = TaskId(fresh());
            let (need, make) = plain_create(own, "mine");
            store.commit(&writer(&me), need, make).await.unwrap();
            assert!(
                read(&store, &me, own).await.is_some(),
                "acknowledged but not there"
            );
        })
    });
    for job in jobs.collect::<Vec<_>>() {
        job.await.unwrap();
    }
    let task = read(&store, &me, shared).await.unwrap();
    assert_eq!(
        (task["title"].as_str(), task["version"].as_u64()),
        (Some("64"), Some(65))
    );
    verified(&store, &me).await;
}

pub async fn n_has_no_gaps(store: Checked) {
    let me = person(&store).await;
    let jobs: Vec<_> = (0..40)
        .map(|at| {
            let (store, me) = (store.clone(), me.clone());
            tokio::spawn(async move {
                let (need, make) = plain_create(TaskId(fresh()), "x");
                // Every third refuses after it has written to its state.
                let refuse = at % 3 == 0;
                let make: Decide = std::sync::Arc::new(move |state, now| {
                    let answer = make(state, now)?;
                    if refuse {
                        Err(Refusal::Cycle)
                    } else {
                        Ok(answer)
                    }
                });
                let outcome = store.commit(&writer(&me), need, make).await;
                assert_eq!(outcome.is_err(), refuse);
                outcome
                    .map(|committed| committed.events)
                    .unwrap_or_default()
            })
        })
        .collect();
    let mut said = Vec::new();
    for job in jobs {
        said.extend(job.await.unwrap());
    }
    let mut lines: Vec<_> = verified(&store, &me)
        .await
        .iter()
        .map(|line| format!("{}:{}", line.stream, line.n))
        .collect();
    // The first is the settings that a person begins with.
    lines.remove(0);
    said.sort();
    lines.sort();
    assert_eq!(said, lines, "the answers name exactly the lines");
}

pub async fn a_refusal_writes_nothing(store: Checked) {
    let me = person(&store).await;
    let before = (
        store.heads().await.unwrap(),
        store
            .outgoing(jiff::Timestamp::MAX, 100)
            .await
            .unwrap()
            .len(),
    );
    let id = TaskId(fresh());
    let (need, make) = plain_create(id, "never");
    let refuse: Decide =
        std::sync::Arc::new(move |state, now| make(state, now).and(Err(Refusal::Depth(6))));
    let mut who = writer(&me);
    who.idempotency = Some(Idempotency {
        route: "POST /tasks".into(),
        key: "k".into(),
        body: "b".into(),
    });
    who.once = Some(("test".into(), "1".into()));
    let outcome = store.commit(&who, need.clone(), refuse).await;
    assert!(
        matches!(outcome, Err(StoreError::Refused(Refusal::Depth(6)))),
        "{outcome:?}"
    );
    assert!(read(&store, &me, id).await.is_none());
    assert_eq!(
        before,
        (
            store.heads().await.unwrap(),
            store
                .outgoing(jiff::Timestamp::MAX, 100)
                .await
                .unwrap()
                .len()
        )
    );
    // Neither key nor event was used up.
    let (need, make) = plain_create(id, "now");
    let outcome = store.commit(&who, need, make).await.unwrap();
    assert!(!outcome.replayed && outcome.events.len() == 1);
}

pub async fn a_panic_writes_nothing(store: Checked) {
    let me = person(&store).await;
    let id = TaskId(fresh());
    let (need, make) = plain_create(id, "x");
    let panic: Decide = std::sync::Arc::new(move |state, now| {
        make(state, now)?;
        // As a fault of ours would.
        let empty: [u8; 0] = [];
        Ok(Answer {
            status: u16::from(empty[state.heads.len() + 1]),
            ..done()
        })
    });
    assert!(matches!(
        store.commit(&writer(&me), need, panic).await,
        Err(StoreError::Corrupt(_))
    ));
    assert!(read(&store, &me, id).await.is_none());
    create(&store, &me, json!({"title": "it goes on"})).await;
}

fn keyed(who: &Reader, key: &str, body: &str) -> Writer {
    let idempotency = Idempotency {
        route: "POST /tasks".into(),
        key: key.into(),
        body: body.into(),
    };
    Writer {
        idempotency: Some(idempotency),
        ..writer(who)
    }
}

pub async fn a_repeated_request_has_one_effect(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let answering = |id: TaskId, body: &str| -> (Need, Decide) {
        let (need, make) = plain_create(id, "once");
        let answer = Answer {
            status: 201,
            body: format!("{{\"is\":\"{body}\"}}"),
            version: Some(1),
        };
        (
            need,
            std::sync::Arc::new(move |state, now| make(state, now).map(|_| answer.clone())),
        )
    };
    let (need, make) = answering(TaskId(fresh()), "first");
    let first = store
        .commit(&keyed(&me, "k", "b"), need, make)
        .await
        .unwrap();
    let (need, make) = answering(TaskId(fresh()), "second");
    let second = store
        .commit(&keyed(&me, "k", "b"), need, make)
        .await
        .unwrap();
    assert_eq!(first.answer, second.answer);
    assert!(!first.replayed && second.replayed && second.events.is_empty());
    // Another person's key of the same name is another key.
    let (need, make) = answering(TaskId(fresh()), "yours");
    assert!(
        !store
            .commit(&keyed(&you, "k", "b"), need, make)
            .await
            .unwrap()
            .replayed
    );
    assert_eq!(verified(&store, &me).await.len(), 2);
}

pub async fn a_key_is_bound_to_its_body(store: Checked) {
    let me = person(&store).await;
    let (need, make) = plain_create(TaskId(fresh()), "x");
    store
        .commit(&keyed(&me, "k", "b"), need, make)
        .await
        .unwrap();
    let (need, make) = plain_create(TaskId(fresh()), "y");
    let reused = store.commit(&keyed(&me, "k", "another"), need, make).await;
    assert!(matches!(reused, Err(StoreError::KeyReused)), "{reused:?}");
}

pub async fn the_same_key_at_once_has_one_effect(store: Checked) {
    let me = person(&store).await;
    let jobs: Vec<_> = (0..16)
        .map(|_| {
            let (store, who) = (store.clone(), keyed(&me, "k", "b"));
            tokio::spawn(async move {
                let (need, make) = plain_create(TaskId(fresh()), "x");
                store.commit(&who, need, make).await
            })
        })
        .collect();
    let mut effects = 0;
    for job in jobs {
        match job.await.unwrap() {
            Ok(committed) => effects += usize::from(!committed.replayed),
            Err(StoreError::InFlight) => {}
            Err(why) => panic!("{why}"),
        }
    }
    assert_eq!((effects, verified(&store, &me).await.len()), (1, 2));
}

pub async fn an_events_effect_is_made_once(store: Checked) {
    let me = person(&store).await;
    let who = Writer {
        once: Some(("errand".into(), "stream:7".into())),
        ..writer(&me)
    };
    for round in 0..3 {
        let (need, make) = plain_create(TaskId(fresh()), "x");
        let outcome = store.commit(&who, need, make).await.unwrap();
        assert_eq!(outcome.replayed, round > 0);
    }
    assert_eq!(verified(&store, &me).await.len(), 2);
}

pub async fn an_id_of_somebody_elses_is_taken(store: Checked) {
    let (me, you) = (person(&store).await, person(&store).await);
    let id = create(&store, &me, json!({"title": "mine"})).await;
    for need in [Need::task(id), Need::default()] {
        let (_, make) = plain_create(id, "yours");
        let outcome = store.commit(&writer(&you), need, make).await;
        assert!(
            matches!(outcome, Err(StoreError::Refused(Refusal::IdTaken(_)))),
            "{outcome:?}"
        );
    }
    assert_eq!(read(&store, &me, id).await.unwrap()["title"], "mine");
    assert!(read(&store, &you, id).await.is_none());
    // Both at once for a new id: one has it, whoever came first.
    let id = TaskId(fresh());
    let ((need, make), (_, other)) = (plain_create(id, "a"), plain_create(id, "b"));
    let (mine, yours) = (writer(&me), writer(&you));
    let (a, b) = futures::join!(
        store.commit(&mine, need.clone(), make),
        store.commit(&yours, need, other)
    );
    assert_eq!(
        usize::from(a.is_ok()) + usize::from(b.is_ok()),
        1,
        "{a:?} {b:?}"
    );
}

pub async fn versions_rise_by_one(store: Checked) {
    let me = person(&store).await;
    let id = create(&store, &me, json!({"title": "0"})).await;
    for round in 1..=5 {
        let (need, edit) = retitle(id, &round.to_string());
        store.commit(&writer(&me), need, edit).await.unwrap();
        assert_eq!(read(&store, &me, id).await.unwrap()["version"], round + 1);
    }
    // A change to what it is already is none.
    let (need, edit) = retitle(id, "5");
    assert!(
        store
            .commit(&writer(&me), need, edit)
            .await
            .unwrap()
            .events
            .is_empty()
    );
    assert_eq!(read(&store, &me, id).await.unwrap()["version"], 6);
}

pub async fn people_write_at_once(store: Checked) {
    let mut jobs = Vec::new();
    for _ in 0..8 {
        let me = person(&store).await;
        let store = store.clone();
        jobs.push(tokio::spawn(async move {
            let id = create(&store, &me, json!({"title": "a", "tags": ["x"]})).await;
            for round in 0..8 {
                let (need, edit) = retitle(id, &round.to_string());
                store.commit(&writer(&me), need, edit).await.unwrap();
            }
            assert_eq!(verified(&store, &me).await.len(), 10);
        }));
    }
    for job in jobs {
        job.await.unwrap();
    }
}

//! Two processes over one PostgreSQL, stepped through what may happen between them.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

mod kit;
mod scene;

use domain::{
    event::EventKind,
    id::{DeliveryId, StreamId, TaskId},
    ledger::{Delivery, DeliveryState},
    need::Need,
    refusal::Refusal,
    task::Task,
};
use scene::{Scene, Verdict};
use std::sync::atomic::Ordering;
use store::{
    Decide, Idempotency, Reader, StoreError, Writer,
    suite::kit::{decide, fresh, plain_create, verified, writer},
};

fn rolled_back() -> Verdict {
    Err(StoreError::Corrupt("made to roll back".to_owned()))
}

fn keyed(who: &Reader) -> Writer {
    let idempotency = Idempotency {
        route: "POST /tasks".into(),
        key: "k".into(),
        body: "b".into(),
    };
    Writer {
        idempotency: Some(idempotency),
        ..writer(who)
    }
}

fn new_task() -> (Need, Decide) {
    plain_create(TaskId(fresh()), "x")
}

/// A has written, B waits for the head: when A commits, B decides once more on what is there now; when A rolls back, B's write
/// stands as it was decided. Neither leaves a gap.
#[tokio::test]
async fn the_second_decides_again_only_when_the_first_commits() {
    let Some(mut scene) = Scene::set().await else {
        return;
    };
    let mut lines = 1;
    for (verdict, tries) in [(Ok(()), 2), (rolled_back(), 1)] {
        let commits = verdict.is_ok();
        let (first, go) = scene.a.write(writer(&scene.me), new_task()).await;
        let (second, decided) = scene.b.commit(writer(&scene.me), new_task());
        scene.somebody_waits().await;
        go.send(verdict).unwrap();
        assert_eq!(first.await.unwrap().is_ok(), commits);
        let second = second.await.unwrap().unwrap();
        lines += 1 + usize::from(commits);
        assert_eq!(second.events, [format!("{}:{lines}", scene.me.home)]);
        assert_eq!(decided.load(Ordering::Relaxed), tries);
        assert_eq!(verified(&scene.b.store, &scene.me).await.len(), lines);
    }
}

/// What has no event guards its stream too: B claims what A left of a delivery, not what was there before.
#[tokio::test]
async fn a_write_without_an_event_is_seen_as_well() {
    let Some(mut scene) = Scene::set().await else {
        return;
    };
    let id = DeliveryId(fresh());
    let claim = move || {
        let need = Need {
            deliveries: vec![id],
            ..Need::default()
        };
        let claim = decide(move |state, now| {
            let attempt = state.deliveries.get(&id).map_or(0, |it| it.attempt + 1);
            state.deliver(Delivery {
                id,
                person: state.viewer,
                stream: state.home,
                channel: "email".into(),
                state: DeliveryState::Open,
                attempt,
                next_at: now,
                token: String::new(),
                digest: None,
                items: vec![],
                receipt: String::new(),
                created_at: now,
                closed_at: None,
            });
            Ok(())
        });
        (need, claim)
    };
    let (made, _) = scene.a.commit(writer(&scene.me), claim());
    made.await.unwrap().unwrap();
    let (first, go) = scene.a.write(writer(&scene.me), claim()).await;
    let (second, decided) = scene.b.commit(writer(&scene.me), claim());
    scene.somebody_waits().await;
    go.send(Ok(())).unwrap();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(decided.load(Ordering::Relaxed), 2);
    let delivery = scene.b.store.delivery(id).await.unwrap().unwrap().delivery;
    assert_eq!(delivery.attempt, 2);
    assert_eq!(verified(&scene.b.store, &scene.me).await.len(), 1);
}

/// The same request twice at once has one effect and one answer.
#[tokio::test]
async fn the_same_key_in_the_same_stream_is_answered_once() {
    let Some(mut scene) = Scene::set().await else {
        return;
    };
    let (first, go) = scene.a.write(keyed(&scene.me), new_task()).await;
    let (second, _) = scene.b.commit(keyed(&scene.me), new_task());
    scene.somebody_waits().await;
    go.send(Ok(())).unwrap();
    let (first, second) = (
        first.await.unwrap().unwrap(),
        second.await.unwrap().unwrap(),
    );
    assert!(!first.replayed && second.replayed && second.events.is_empty());
    assert_eq!(first.answer, second.answer);
    assert_eq!(verified(&scene.b.store, &scene.me).await.len(), 2);
}

/// The same event's effect in another stream: no head is in the way, the key is.
#[tokio::test]
async fn the_same_event_in_another_stream_has_one_effect() {
    for (verdict, effects) in [(Ok(()), (2, 1)), (rolled_back(), (1, 2))] {
        let Some(mut scene) = Scene::set().await else {
            return;
        };
        let once = |who: &Reader| Writer {
            once: Some(("errand".into(), "stream:7".into())),
            ..writer(who)
        };
        let commits = verdict.is_ok();
        let (first, go) = scene.a.write(once(&scene.me), new_task()).await;
        let (second, _) = scene.b.commit(once(&scene.you), new_task());
        scene.somebody_waits().await;
        go.send(verdict).unwrap();
        assert_eq!(first.await.unwrap().is_ok(), commits);
        assert_eq!(second.await.unwrap().unwrap().replayed, commits);
        let lines = (
            verified(&scene.a.store, &scene.me).await.len(),
            verified(&scene.a.store, &scene.you).await.len(),
        );
        assert_eq!(lines, effects);
    }
}

/// Somebody else's new id, not yet there to be seen: taken when they commit, free when they roll back.
#[tokio::test]
async fn an_id_is_whose_commits_first() {
    for verdict in [Ok(()), rolled_back()] {
        let Some(mut scene) = Scene::set().await else {
            return;
        };
        let id = TaskId(fresh());
        let commits = verdict.is_ok();
        let (first, go) = scene
            .a
            .write(writer(&scene.me), plain_create(id, "mine"))
            .await;
        let (second, _) = scene
            .b
            .commit(writer(&scene.you), plain_create(id, "yours"));
        scene.somebody_waits().await;
        go.send(verdict).unwrap();
        assert_eq!(first.await.unwrap().is_ok(), commits);
        let second = second.await.unwrap();
        let is_taken = matches!(second, Err(StoreError::Refused(Refusal::IdTaken(_))));
        assert_eq!(
            (is_taken, second.is_ok()),
            (commits, !commits),
            "{second:?}"
        );
        let yours = verified(&scene.a.store, &scene.you).await;
        assert_eq!(yours.len(), if commits { 1 } else { 2 });
    }
}

/// A task in each of these streams, in this order.
fn in_both(streams: [StreamId; 2]) -> (Need, Decide) {
    let ids = [fresh(), fresh()];
    let make = decide(move |state, now| {
        for (stream, id) in streams.into_iter().zip(ids) {
            let task = Task {
                title: "x".into(),
                position: "a".into(),
                created_at: now,
                ..Task::default()
            };
            state.create(EventKind::TaskCreated, stream, id, now, &task);
        }
        Ok(())
    });
    (Need::default(), make)
}

/// Two people who each write to both streams, in opposed order: heads are locked by id, so that nobody waits in a circle. One
/// head that moved stops the write to the other too.
#[tokio::test]
async fn several_heads_are_locked_in_order() {
    let Some(mut scene) = Scene::set().await else {
        return;
    };
    let shared =
        "insert into member select a.id, b.home from person a, person b where a.id <> b.id";
    scene.house.by_hand(shared).await;
    let (one, other) = (scene.me.home, scene.you.home);
    let (first, go) = scene
        .a
        .write(writer(&scene.me), in_both([one, other]))
        .await;
    let (second, decided) = scene.b.commit(writer(&scene.you), in_both([other, one]));
    scene.somebody_waits().await;
    go.send(Ok(())).unwrap();
    first.await.unwrap().unwrap();
    assert_eq!(
        second.await.unwrap().unwrap().events,
        [format!("{other}:3"), format!("{one}:3")]
    );
    assert_eq!(decided.load(Ordering::Relaxed), 2);
    // Only one of two moved: neither is written on the first try.
    let (first, go) = scene.a.write(writer(&scene.you), new_task()).await;
    let (second, decided) = scene.b.commit(writer(&scene.me), in_both([one, other]));
    scene.somebody_waits().await;
    go.send(Ok(())).unwrap();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(decided.load(Ordering::Relaxed), 2);
    // And in any order that comes about.
    let mut all = Vec::new();
    for round in 0..24 {
        let (process, who) = if round % 2 == 0 {
            (&scene.a, &scene.me)
        } else {
            (&scene.b, &scene.you)
        };
        let streams = if round % 3 == 0 {
            [one, other]
        } else {
            [other, one]
        };
        all.push(process.commit(writer(who), in_both(streams)).0);
    }
    for written in all {
        written.await.unwrap().unwrap();
    }
    for who in [&scene.me, &scene.you] {
        verified(&scene.a.store, who).await;
    }
    let deadlocks = "select deadlocks from pg_stat_database where datname = current_database()";
    assert_eq!(scene.ask(deadlocks).await, 0);
}

/// Who would wait too long is told so, has written nothing, and may ask again.
#[tokio::test]
async fn a_wait_ends_after_two_seconds() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let (first, go) = scene.a.write(keyed(&scene.me), new_task()).await;
    let (same, _) = scene.b.commit(keyed(&scene.me), new_task());
    let waited = same.await.unwrap();
    assert!(matches!(waited, Err(StoreError::InFlight)), "{waited:?}");
    let (another, _) = scene.b.commit(writer(&scene.me), new_task());
    let waited = another.await.unwrap();
    assert!(
        matches!(waited, Err(StoreError::Unavailable(_))),
        "{waited:?}"
    );
    go.send(Ok(())).unwrap();
    first.await.unwrap().unwrap();
    let (same, _) = scene.b.commit(keyed(&scene.me), new_task());
    assert!(same.await.unwrap().unwrap().replayed);
    assert_eq!(verified(&scene.b.store, &scene.me).await.len(), 2);
}

/// However many write to one stream, nobody decides more than twice.
#[tokio::test]
async fn a_hot_stream_takes_two_tries_at_most() {
    let Some(scene) = Scene::set().await else {
        return;
    };
    let mut all = Vec::new();
    for round in 0..48 {
        let process = if round % 2 == 0 { &scene.a } else { &scene.b };
        all.push(process.commit(writer(&scene.me), new_task()));
    }
    for (written, decided) in all {
        written.await.unwrap().unwrap();
        assert!(decided.load(Ordering::Relaxed) <= 2);
    }
    assert_eq!(verified(&scene.a.store, &scene.me).await.len(), 49);
}

/// A process that ends between write and COMMIT has written nothing, and holds nobody up.
#[tokio::test]
async fn who_is_gone_before_commit_has_written_nothing() {
    let Some(mut scene) = Scene::set().await else {
        return;
    };
    let (first, go) = scene.a.write(writer(&scene.me), new_task()).await;
    let (second, _) = scene.b.commit(writer(&scene.me), new_task());
    scene.somebody_waits().await;
    first.abort();
    drop((first.await, go));
    second.await.unwrap().unwrap();
    assert_eq!(verified(&scene.b.store, &scene.me).await.len(), 2);
}

//! Publishing.

use super::kit::*;
use crate::*;
use domain::{event::EventKind, need::Need, state::Wake};
use futures::FutureExt;
use jiff::{Timestamp, ToSpan};
use serde_json::json;

async fn settled_clean(store: &Checked) {
    let all = store.outgoing(Timestamp::MAX, 1000).await.unwrap();
    store
        .settle(all.iter().map(|one| Settled::Done(one.id)).collect())
        .await
        .unwrap();
}

pub async fn everything_written_is_published_in_order(store: Checked) {
    let me = person(&store).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        ids.push(create(&store, &me, json!({"title": format!("{n}")})).await);
    }
    let all = store.outgoing(Timestamp::UNIX_EPOCH, 100).await.unwrap();
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted_by_key(|one| one.id));
    for (at, one) in all.iter().enumerate() {
        let row = one.row.as_ref().unwrap();
        assert_eq!(
            (row.n, one.stream, one.kind, one.subject, one.at),
            (at as u64 + 1, me.home, row.kind, row.subject, row.at)
        );
        assert_eq!(
            (one.event_id.clone(), &one.retry),
            (format!("{}:{}", me.home, row.n), &None)
        );
    }
    assert_eq!(
        store.outgoing(Timestamp::UNIX_EPOCH, 2).await.unwrap(),
        all[..2]
    );
    store
        .settle(vec![Settled::Done(all[0].id), Settled::Done(all[1].id)])
        .await
        .unwrap();
    assert_eq!(
        store.outgoing(Timestamp::UNIX_EPOCH, 100).await.unwrap(),
        all[2..]
    );
    settled_clean(&store).await;
    assert!(
        store
            .outgoing(Timestamp::MAX, 100)
            .await
            .unwrap()
            .is_empty()
    );
    // An id is never used again, so that settling late takes nothing else.
    create(&store, &me, json!({"title": "later"})).await;
    store
        .settle(all.iter().map(|one| Settled::Done(one.id)).collect())
        .await
        .unwrap();
    assert_eq!(store.outgoing(Timestamp::MAX, 100).await.unwrap().len(), 1);
}

pub async fn what_is_left_is_tried_again(store: Checked) {
    let me = person(&store).await;
    settled_clean(&store).await;
    create(&store, &me, json!({"title": "a"})).await;
    let now: Timestamp = "2036-01-01T00:00:00Z".parse().unwrap();
    let first = store.outgoing(now, 10).await.unwrap().remove(0);
    let left = |id, attempt, next_at| {
        let one = Undelivered {
            subscriber: "recur".into(),
            attempt,
            next_at,
            why: "no answer".into(),
        };
        vec![Settled::Left(id, vec![one])]
    };
    store
        .settle(left(first.id, 1, Some(now + 1.minute())))
        .await
        .unwrap();
    assert!(store.outgoing(now, 10).await.unwrap().is_empty());
    assert_eq!(
        store.next_moment(Timestamp::MIN).await.unwrap(),
        Some(now + 1.minute())
    );
    let again = store
        .outgoing(now + 1.minute(), 10)
        .await
        .unwrap()
        .remove(0);
    assert!(again.id < 0);
    assert_eq!(
        (&again.retry, &again.row),
        (&Some(("recur".to_owned(), 1)), &first.row)
    );
    store.settle(left(again.id, 2, None)).await.unwrap();
    assert!(store.outgoing(Timestamp::MAX, 10).await.unwrap().is_empty());
    let dead = store.dead(10).await.unwrap();
    assert_eq!(
        (dead.len(), dead[0].why.as_str(), &dead[0].event.row),
        (1, "no answer", &first.row)
    );
    store.revive(&[dead[0].event.id], now).await.unwrap();
    assert!(store.dead(10).await.unwrap().is_empty());
    let revived = store.outgoing(now, 10).await.unwrap();
    assert_eq!(revived[0].retry, Some(("recur".to_owned(), 0)));
    store
        .settle(vec![Settled::Done(revived[0].id)])
        .await
        .unwrap();
    assert!(store.outgoing(Timestamp::MAX, 10).await.unwrap().is_empty());
}

pub async fn wakes_are_not_doubled(store: Checked) {
    let me = person(&store).await;
    settled_clean(&store).await;
    let subject = fresh();
    let wake = |cause: &'static str| {
        decide(move |state, _| {
            let stream = state.home;
            state.wake(Wake {
                stream,
                kind: EventKind::ReminderDue,
                subject,
                cause: cause.into(),
            });
            Ok(())
        })
    };
    for cause in ["1", "1", "2"] {
        let committed = store
            .commit(&writer(&me), Need::default(), wake(cause))
            .await
            .unwrap();
        assert!(committed.events.is_empty(), "a wake is not history");
    }
    let all = store.outgoing(Timestamp::MAX, 10).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|one| one.row.is_none()
        && one.kind == EventKind::ReminderDue
        && one.subject == subject));
    assert_ne!(all[0].event_id, all[1].event_id);
    assert_eq!(store.lines(me.home, 0, 10).await.unwrap().len(), 1);
}

pub async fn a_lease_has_one_holder(store: Checked) {
    assert_eq!(store.leader("relay").await.unwrap(), None);
    assert_eq!(store.lease("relay", "a", 60_000).await.unwrap(), Some(1));
    assert_eq!(store.lease("relay", "b", 60_000).await.unwrap(), None);
    let until = store.leader("relay").await.unwrap().unwrap();
    let left = until.duration_since(store.now().await.unwrap());
    assert!(left.as_secs() > 50 && left.as_secs() <= 60, "{left:#}");
    assert_eq!(
        store.lease("clock", "b", 60_000).await.unwrap(),
        Some(1),
        "each name is a lease of its own"
    );
    assert_eq!(
        store.lease("relay", "a", 60_000).await.unwrap(),
        Some(1),
        "renewed"
    );
    // Given back: until now.
    assert_eq!(store.lease("relay", "a", -1).await.unwrap(), Some(1));
    assert_eq!(store.leader("relay").await.unwrap(), None, "it has ended");
    assert_eq!(
        store.lease("relay", "b", 60_000).await.unwrap(),
        Some(2),
        "a new holder is a new epoch"
    );
    assert_eq!(store.lease("relay", "a", 60_000).await.unwrap(), None);
    // One that ends much later than one given now was given before the clock was set back.
    assert_eq!(store.lease("relay", "a", 5_000).await.unwrap(), Some(3));
    assert_eq!(store.lease("relay", "b", 5_000).await.unwrap(), None);
    // Both at once for a free one: one has it.
    let (a, b) = futures::join!(
        store.lease("new", "a", 60_000),
        store.lease("new", "b", 60_000)
    );
    assert_eq!(
        usize::from(a.unwrap().is_some()) + usize::from(b.unwrap().is_some()),
        1
    );
}

/// A commit between asking for the hint and waiting for it is heard of.
pub async fn a_hint_counts_from_when_it_is_heeded(store: Checked) {
    let me = person(&store).await;
    let hint = heed(&*store);
    create(&store, &me, json!({"title": "meanwhile"})).await;
    assert_eq!(hint.now_or_never(), Some(()));
}

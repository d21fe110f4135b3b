//! What stays true when the store is made to fail at its seams.
#![expect(clippy::unwrap_used, reason = "a test's panic is its message")]

use async_trait::async_trait;
use jiff::Timestamp;
use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};
use store::{Options, Seam, StoreError, suite::kit};

/// Fails at the named seam, as often as it was told to, and writes down every seam reached.
#[derive(Default)]
struct Failing {
    at: Mutex<Vec<&'static str>>,
    reached: Mutex<Vec<&'static str>>,
}

impl Failing {
    fn fail(&self, at: &[&'static str]) {
        *self.at.lock().unwrap() = at.to_vec();
        self.reached.lock().unwrap().clear();
    }

    fn reached(&self) -> Vec<&'static str> {
        self.reached.lock().unwrap().clone()
    }
}

#[async_trait]
impl Seam for Failing {
    async fn at(&self, name: &'static str) -> Result<(), StoreError> {
        self.reached.lock().unwrap().push(name);
        let mut at = self.at.lock().unwrap();
        match at.iter().position(|it| *it == name) {
            Some(found) => {
                at.remove(found);
                Err(StoreError::Corrupt(format!("made to fail at {name}")))
            }
            None => Ok(()),
        }
    }
}

async fn open(path: &Path) -> (kit::Checked, Arc<Failing>) {
    let (clock, salt) = (AtomicU64::new(1_780_000_000_000), AtomicU64::new(1));
    let now =
        move || Timestamp::from_millisecond(clock.fetch_add(1, Ordering::Relaxed) as i64).unwrap();
    let mut options = Options::new(
        Arc::new(now),
        Arc::new(move || u128::from(salt.fetch_add(1, Ordering::Relaxed)) << 64),
    );
    let seam = Arc::new(Failing::default());
    options.seam = seam.clone();
    (
        store::open(&format!("sqlite:{}", path.display()), options)
            .await
            .unwrap(),
        seam,
    )
}

#[tokio::test]
async fn a_commit_that_fails_has_written_nothing_and_one_after_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (store, seam) = open(&folder.path().join("errand.db")).await;
    let me = kit::person(&store).await;
    let before = store.heads().await.unwrap();
    for at in ["begin", "commit"] {
        seam.fail(&[at]);
        let (need, make) = kit::plain_create(domain::id::TaskId(kit::fresh()), "x");
        assert!(store.commit(&kit::writer(&me), need, make).await.is_err());
        assert_eq!(store.heads().await.unwrap(), before, "{at}");
    }
    // After COMMIT nothing can be taken back: who was not told asks again, with the same key.
    seam.fail(&["answer"]);
    let (need, make) = kit::plain_create(domain::id::TaskId(kit::fresh()), "x");
    let idempotency = store::Idempotency {
        route: "POST /tasks".into(),
        key: "k".into(),
        body: "b".into(),
    };
    let who = store::Writer {
        idempotency: Some(idempotency),
        ..kit::writer(&me)
    };
    assert!(
        store
            .commit(&who, need.clone(), make.clone())
            .await
            .is_err()
    );
    assert!(store.commit(&who, need, make).await.unwrap().replayed);
    assert_eq!(
        seam.reached(),
        ["begin", "commit", "answer", "begin", "answer"]
    );
    assert_eq!(kit::verified(&store, &me).await.len(), 2);
}

/// One command that cannot be written does not take the rest of its batch with it.
#[tokio::test]
async fn a_batch_that_fails_is_done_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    let (store, seam) = open(&folder.path().join("errand.db")).await;
    let (me, you) = (kit::person(&store).await, kit::person(&store).await);
    let taken = kit::create(&store, &you, serde_json::json!({"title": "yours"})).await;
    for failing in [&["commit"][..], &["begin"], &[]] {
        let before = kit::verified(&store, &me).await.len();
        seam.fail(failing);
        let mut all = Vec::new();
        for at in 0..16 {
            // The ninth takes an id that is somebody else's, and does not say that it needs it.
            let id = if at == 8 {
                taken
            } else {
                domain::id::TaskId(kit::fresh())
            };
            let (_, make) = kit::plain_create(id, "x");
            let (store, who) = (store.clone(), kit::writer(&me));
            all.push(async move {
                store
                    .commit(&who, domain::need::Need::default(), make)
                    .await
                    .is_ok()
            });
        }
        let done = futures::future::join_all(all).await;
        assert_eq!(done.iter().filter(|ok| **ok).count(), 15, "{failing:?}");
        assert!(!done[8]);
        // The batch once, each of its sixteen once more, and then all are told.
        let reached = seam.reached();
        let times = |name: &str| reached.iter().filter(|it| **it == name).count();
        assert_eq!((times("begin"), times("answer")), (17, 1), "{reached:?}");
        assert_eq!(kit::verified(&store, &me).await.len(), before + 15);
    }
    assert_eq!(store.rebuild(false).await.unwrap(), Vec::<String>::new());
}

//! A house with an intruder.

mod read;
mod verify;

use crate::{Witness, verify_all};
use domain::id::UserId;
use host::{Clock, Config, Deps, Key, SystemClock, secret};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use store::{Options, Reader, suite::kit};

/// A person with five lines in the log, all witnessed.
struct Scene {
    folder: tempfile::TempDir,
    deps: Deps,
    witness: Arc<Witness>,
    me: Reader,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let deps = Self::deps(&folder).await;
        let me = deps
            .store
            .person(UserId(kit::fresh()), "me", "Europe/Berlin")
            .await
            .unwrap();
        for title in ["milk", "bread", "eggs", "jam"] {
            kit::create(&deps.store, &me, json!({ "title": title })).await;
        }
        let witness = witness(&folder, 1).await;
        witness.catch_up(&deps).await.unwrap();
        Self {
            folder,
            deps,
            witness,
            me,
        }
    }

    async fn deps(folder: &tempfile::TempDir) -> Deps {
        let random = AtomicU64::new(1);
        let random = move || u128::from(random.fetch_add(1, Ordering::Relaxed));
        let options = Options::new(Arc::new(|| SystemClock.now()), Arc::new(random));
        let url = format!("sqlite:{}", folder.path().join("errand.db").display());
        let store = store::open(&url, options).await.unwrap();
        let config = Config::in_folder(folder.path());
        Deps::new(store, Arc::new(config), Arc::new(Key::new([7; 32])))
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("errand.db")
    }

    fn copy(&self) -> PathBuf {
        self.folder.path().join("witness.db")
    }

    /// What verify says: nothing, or the one place where it breaks.
    async fn broken(&self) -> Option<(u64, String)> {
        let report = verify_all(self.deps.store.as_ref(), &self.witness)
            .await
            .unwrap();
        assert_eq!(report.intact(), report.breaks.is_empty());
        assert!(report.breaks.len() < 2, "{report}");
        report
            .breaks
            .into_iter()
            .next()
            .map(|broken| (broken.n, broken.why))
    }

    async fn signs(&self) {
        self.witness.catch_up(&self.deps).await.unwrap();
        self.witness.sign(&self.deps).await.unwrap();
    }

    /// A token of a person's with these scopes.
    async fn token(&self, who: &Reader, scopes: &str) -> String {
        let text = secret::token(self.deps.ids.secret());
        let credential = store::Credential {
            id: kit::fresh(),
            reader: who.clone(),
            hash: self.deps.key.hash("token", &text),
            kind: "token".to_owned(),
            name: "script".to_owned(),
            scopes: scopes.to_owned(),
            created_at: self.deps.clock.now(),
            expires_at: None,
        };
        self.deps.store.add_credential(&credential).await.unwrap();
        text
    }
}

async fn witness(folder: &tempfile::TempDir, seed: u8) -> Arc<Witness> {
    let file = folder.path().join("witness.db");
    Arc::new(
        Witness::open(&file, folder.path(), || [seed; 32])
            .await
            .unwrap(),
    )
}

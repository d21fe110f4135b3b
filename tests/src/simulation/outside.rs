//! The database files of a world: made once, copied for each, and looked into from outside of all processes.

use super::{dice::Dice, executor::block_on, process::WITNESS, weakness::Weakness};
use accounts::new_token;
use domain::id::UserId;
use futures::future::BoxFuture;
use host::{Config, Deps, Key};
use jiff::Timestamp;
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
};
use store::{Options, Reader, Store};
use tempfile::TempDir;
use uuid::Uuid;

/// A store that belongs to no process; its writer runs only while something is asked.
pub(crate) struct Outside {
    pub(crate) store: Arc<dyn Store>,
    writer: Mutex<Option<BoxFuture<'static, ()>>>,
}

impl Outside {
    pub(crate) fn open(folder: &Path) -> Self {
        let spawned: Arc<Mutex<Option<BoxFuture<'static, ()>>>> = Arc::default();
        let (slot, dice) = (spawned.clone(), Mutex::new(Dice::new(0)));
        let options = Options {
            now: Arc::new(|| super::START),
            by_hand: true,
            random: Arc::new(move || dice.lock().unwrap_or_else(PoisonError::into_inner).wide()),
            seam: Arc::new(store::NoSeam),
            spawn: Arc::new(move |writer| {
                *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer);
            }),
            readers: 1,
        };
        let url = format!("sqlite:{}", folder.join("errand.db").display());
        let store = block_on(store::open(&url, options), &mut None).expect("the database opens");
        let writer = spawned
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        Self {
            store,
            writer: Mutex::new(writer),
        }
    }

    /// Asks something.
    pub(crate) fn ask<T>(&self, question: impl Future<Output = T>) -> T {
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        block_on(question, &mut writer)
    }
}

/// Who lives in every world, and what their programs sign in with.
pub(crate) struct Template {
    folder: TempDir,
    pub(crate) key: Arc<Key>,
    pub(crate) people: Vec<Reader>,
    /// Name and token of each client.
    pub(crate) clients: Vec<(String, String)>,
}

impl Template {
    /// The one of this process.
    pub(crate) fn get() -> &'static Self {
        static TEMPLATE: OnceLock<Template> = OnceLock::new();
        TEMPLATE.get_or_init(Self::make)
    }

    fn make() -> Self {
        let folder = fast_folder();
        let outside = Outside::open(folder.path());
        let ids = Arc::new(Counted(Mutex::new(Dice::new(1))));
        let key = Arc::new(Key::new([3; 32]));
        let deps = Deps::of(
            outside.store.clone(),
            Arc::new(Still),
            ids,
            Arc::new(Config::in_folder(folder.path())),
            key.clone(),
        );
        let (people, clients) = outside.ask(settle_in(&deps));
        outside.ask(async {
            let file = folder.path().join("witness.db");
            let witness = audit::Witness::open(&file, folder.path(), || WITNESS).await;
            witness.expect("the witness opens").close().await;
        });
        outside.ask(deps.store.close());
        Self {
            folder,
            key,
            people,
            clients,
        }
    }

    /// The files of a new world.
    pub(crate) fn copy(&self, weakness: Weakness) -> TempDir {
        let folder = fast_folder();
        let files = std::fs::read_dir(self.folder.path()).expect("the folder is there");
        for file in files.flatten() {
            // What is not in the database yet is in its log beside it; the index of that log is made anew.
            let name = file.file_name();
            if !name.to_string_lossy().ends_with("-shm") {
                std::fs::copy(file.path(), folder.path().join(name)).expect("it can be copied");
            }
        }
        block_on(weakness.apply(&folder.path().join("errand.db")), &mut None);
        folder
    }
}

/// In memory where the system offers it: then a sync costs nothing.
fn fast_folder() -> TempDir {
    let memory = PathBuf::from("/dev/shm");
    let made = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    made.expect("a folder for the database")
}

/// Two people with mail, one of them with two programs.
async fn settle_in(deps: &Deps) -> (Vec<Reader>, Vec<(String, String)>) {
    let (mut people, mut clients) = (Vec::new(), Vec::new());
    for (n, name, programs) in [(1, "ann", &["ann1", "ann2"][..]), (2, "bob", &["bob"])] {
        let id = UserId(Uuid::from_u128(n));
        let mail = format!("{name}@mail.example");
        let person = testkit::house::person(deps, id, name, mail, "Europe/Berlin").await;
        for program in programs {
            let scopes = host::who::scope::ALL.join(" ");
            let (credential, token) = new_token(deps, &person, program, &scopes, None);
            let kept = deps.store.add_credential(&credential).await;
            kept.expect("a token is kept");
            clients.push(((*program).to_owned(), token));
        }
        people.push(person);
    }
    (people, clients)
}

/// A clock for what is done before the world begins.
struct Still;

#[async_trait::async_trait]
impl host::Clock for Still {
    fn now(&self) -> Timestamp {
        super::START
    }

    async fn sleep_until(&self, _: Timestamp) {
        futures::future::pending::<()>().await;
    }
}

struct Counted(Mutex<Dice>);

impl host::Ids for Counted {
    fn uuid(&self) -> Uuid {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        uuid::Builder::from_custom_bytes(dice.wide().to_be_bytes()).into_uuid()
    }

    fn secret(&self) -> [u8; 32] {
        let mut dice = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut secret = [0; 32];
        secret[..16].copy_from_slice(&dice.wide().to_be_bytes());
        secret[16..].copy_from_slice(&dice.wide().to_be_bytes());
        secret
    }
}

//! A house: functions over one store, and two people in it. Time, the clock function and the relay are stepped by hand, so that a
//! story says when what happens. Which functions there are is an argument: `testkit` knows none.

mod ask;
mod person;

pub use ask::{Ask, Got, Pages};
pub use person::Person;

use crate::{
    clock::HandClock,
    ids::Counted,
    mailbox::Mailbox,
    postgres::{self, TestDatabase},
};
use axum::Router;
use bus::{MemoryBus, Relay, Subscriber};
use domain::{
    command::Command,
    id::{UserId, derived},
    settings::SettingsPatch,
    state::State,
    task::change::Expect,
};
use futures::future::BoxFuture;
use host::{Clock, Config, Deps, Key};
use jiff::{Timestamp, Zoned, civil::DateTime, tz::TimeZone};
use notify::Channel;
use serde_json::Value;
use std::{any::Any, net::SocketAddr, sync::Arc};
use store::{Reader, StoreError};
use tokio::{net::TcpListener, sync::Mutex};

/// Where the house stands, and who lives in it: what wiring is given.
pub struct Ground {
    /// Store, clock, ids, configuration.
    pub deps: Deps,
    /// The ways to reach people.
    pub channels: Vec<Arc<dyn Channel>>,
    /// Ann and Bob.
    pub people: Vec<Reader>,
}

/// The functions of a house.
pub struct Wiring {
    /// What is open to the outside, with the edge around it.
    pub router: Router,
    /// Whom events are delivered to.
    pub subscribers: Vec<Subscriber>,
    /// One turn of the clock function.
    pub turn: Turn,
    /// What must live as long as the house.
    pub kept: Box<dyn Any + Send + Sync>,
}

/// One turn of the clock function.
pub type Turn = Box<dyn FnMut() -> BoxFuture<'static, Result<(), StoreError>> + Send>;

impl Wiring {
    /// A router alone.
    pub fn of(router: Router) -> Self {
        Self {
            router,
            subscribers: Vec::new(),
            turn: Box::new(|| Box::pin(async { Ok(()) })),
            kept: Box::new(()),
        }
    }
}

/// A house with Ann and Bob in it. All methods panic, with words, where the store or the house fails.
pub struct House {
    /// Store, clock, ids, configuration.
    pub deps: Deps,
    /// The time, set by hand.
    pub clock: Arc<HandClock>,
    /// The mail that was sent.
    pub mailbox: Arc<Mailbox>,
    /// Has the address ann@example.org, and is signed in at the page.
    pub ann: Person,
    /// bob@example.org, signed in at a page of his own; has no business with Ann's things.
    pub bob: Person,
    router: Router,
    subscribers: Vec<Subscriber>,
    zone: TimeZone,
    steps: Mutex<Steps>,
    #[expect(dead_code, reason = "it is there to be dropped with the house")]
    kept: Box<dyn Any + Send + Sync>,
    /// Goes last, where there is one.
    database: Option<TestDatabase>,
}

struct Steps {
    turn: Turn,
    relay: Relay,
}

impl House {
    /// At a moment of a zone, `2026-11-23T09:00 Europe/Berlin`, which is both people's; over SQLite in memory, or over a PostgreSQL
    /// database of its own where `ERRAND_TEST_STORIES_OVER` is `postgres`.
    pub async fn at(moment: &str, wire: impl AsyncFnOnce(&Ground) -> Wiring) -> Self {
        let over = std::env::var("ERRAND_TEST_STORIES_OVER");
        let database = match over.as_deref() {
            Err(_) => None,
            Ok("postgres") => Some(
                postgres::with_tables()
                    .await
                    .expect("a server to tell it over"),
            ),
            Ok(other) => panic!("ERRAND_TEST_STORIES_OVER: {other:?} is not postgres"),
        };
        let url = database.as_ref().map_or("sqlite::memory:", |it| &it.url);
        let mut house = Self::over(url, moment, wire).await;
        house.database = database;
        house
    }

    /// Over the store of that address.
    pub async fn over(url: &str, moment: &str, wire: impl AsyncFnOnce(&Ground) -> Wiring) -> Self {
        let zone = zoned(moment).time_zone().clone();
        let clock = Arc::new(HandClock::at(zoned(moment).timestamp()));
        let ids = Arc::new(Counted::new(clock.clone()));
        let mut options = host::deps::options(clock.clone(), ids.clone());
        options.by_hand = true;
        let store = store::open(url, options).await.expect("the store opens");
        let config = Arc::new(Config::in_folder("/nowhere"));
        let key = Arc::new(Key::new([1; 32]));
        let deps = Deps::of(store, clock.clone(), ids, config, key);
        let (ann, bob) = (
            lives_here(&deps, "ann", &zone).await,
            lives_here(&deps, "bob", &zone).await,
        );
        let mailbox = Arc::new(Mailbox::default());
        let ground = Ground {
            deps,
            channels: vec![mailbox.clone()],
            people: vec![ann.clone(), bob.clone()],
        };
        let wiring = wire(&ground).await;
        let deps = ground.deps;
        let bus = Arc::new(MemoryBus::new(wiring.subscribers.clone(), clock.clone()));
        let source = deps.key.installation();
        let relay = Relay::new(deps.store.clone(), bus, clock.clone(), source, "house");
        let lives = |name, reader| Person::moves_in(name, reader, &deps, &wiring.router);
        let (ann, bob) = (lives("ann", ann).await, lives("bob", bob).await);
        let house = Self {
            ann,
            bob,
            clock,
            mailbox,
            router: wiring.router,
            subscribers: wiring.subscribers,
            zone,
            steps: Mutex::new(Steps {
                turn: wiring.turn,
                relay,
            }),
            kept: wiring.kept,
            database: None,
            deps,
        };
        house.settle().await;
        house
    }

    /// Somebody of whom the house knows nothing.
    pub fn stranger(&self) -> Person {
        self.ann.as_stranger()
    }

    /// Everything that is open to the outside.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    /// Delivers an event to a function once more; answers the status.
    pub async fn deliver(&self, function: &str, event: &Value) -> u16 {
        let to = self.subscribers.iter().find(|to| to.name == function);
        let router = &to.expect("a function that takes events").router;
        let ask = Ask::new(router, "POST /").header("content-type", "application/cloudevents+json");
        ask.body(event.to_string()).await.status
    }

    /// Serves the house on a free port of this machine, as long as the test runs.
    pub async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let router = self.router.clone();
        tokio::spawn(async move { axum::serve(listener, router).await });
        address
    }

    /// Has the clock function and the relay do what is due now, until nothing is left to do.
    pub async fn settle(&self) {
        let mut steps = self.steps.lock().await;
        loop {
            (steps.turn)().await.expect("the clock function turns");
            let now = self.clock.now();
            if steps.relay.step(now).await.expect("the relay steps") == 0 {
                return;
            }
        }
    }

    /// Lets time pass, with everything that comes due on the way, until a wall time in the house's zone: `2026-11-23T16:00`.
    pub async fn clock_to(&self, moment: &str) {
        let wall: DateTime = moment
            .parse()
            .expect("a wall time such as 2026-11-23T16:00");
        let until = wall
            .to_zoned(self.zone.clone())
            .expect("a time that exists");
        let until = until.timestamp();
        assert!(
            until >= self.clock.now(),
            "time does not go back to {moment}"
        );
        self.settle().await;
        let mut at = self.clock.now();
        while let Some(next) = self.next_moment().await.filter(|next| *next < until) {
            assert!(next > at, "what is due at {next} was not done at {at}");
            at = next;
            self.clock.set(at);
            self.settle().await;
        }
        self.clock.set(until);
        self.settle().await;
    }

    /// Now, as the wall clock of the house says: `09:00`.
    pub fn time(&self) -> String {
        self.wall(self.clock.now())
    }

    /// The mails so far: when, to whom, the subject, and a line for each reminder.
    pub fn mails(&self) -> Vec<String> {
        let shown = |mail: &notify::Message| {
            let line = |item: &notify::Item| match &item.due {
                Some(due) => format!("\n- {}, due {due}", item.title),
                None => format!("\n- {}", item.title),
            };
            let lines: String = mail.lines.iter().map(line).collect();
            let more = match mail.more {
                0 => String::new(),
                more => format!("\nand {more} more"),
            };
            format!(
                "{} to {}: {}{lines}{more}",
                self.wall(mail.at),
                mail.to,
                mail.subject
            )
        };
        self.mailbox.mails().iter().map(shown).collect()
    }

    /// How much each person's log holds, by which a test sees that nothing was written.
    pub async fn heads(&self) -> Vec<(domain::id::StreamId, u64, String)> {
        self.deps.store.heads().await.expect("the store answers")
    }

    pub(crate) fn wall(&self, moment: Timestamp) -> String {
        moment
            .to_zoned(self.zone.clone())
            .strftime("%H:%M")
            .to_string()
    }

    async fn next_moment(&self) -> Option<Timestamp> {
        self.deps
            .store
            .next_moment(Timestamp::MIN)
            .await
            .expect("the store answers")
    }
}

fn zoned(moment: &str) -> Zoned {
    let (wall, zone) = moment
        .split_once(' ')
        .expect("a wall time, a space, and a zone");
    let wall: DateTime = wall.parse().expect("a wall time such as 2026-11-23T09:00");
    wall.in_tz(zone).expect("a zone such as Europe/Berlin")
}

async fn lives_here(deps: &Deps, name: &str, zone: &TimeZone) -> Reader {
    let id = UserId(derived(&["house", name]));
    let zone = zone.iana_name().unwrap_or("UTC");
    person(deps, id, name, format!("{name}@example.org"), zone).await
}

/// Makes a person with an address for mail.
pub async fn person(deps: &Deps, id: UserId, name: &str, email: String, zone: &str) -> Reader {
    let made = deps.store.person(id, name, zone).await;
    let reader = made.expect("the store makes a person");
    let set = SettingsPatch {
        email: Some(Some(email)),
        ..SettingsPatch::default()
    };
    let command = Command::UpdateSettings { set: Box::new(set) };
    let need = command.need(Expect::Any);
    let decide = Arc::new(move |state: &mut State, now| {
        command.decide(state, Expect::Any, now)?;
        Ok(store::Answer {
            status: 204,
            body: String::new(),
            version: None,
        })
    });
    let who = host::system(deps, reader.clone(), "house");
    let said = deps.store.commit(&who, need, decide).await;
    said.expect("the store keeps an address");
    reader
}

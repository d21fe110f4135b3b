//! The one list of functions: what each is called, what wakes it, what it answers, and how it is put together.
//!
//! The whole in one process, one function alone, the dispatcher and the front all read it.

use crate::published;
use audit::Witness;
use axum::{Router, extract::Request, middleware};
use bus::{Bus, Relay, Subscriber};
use domain::event::EventKind;
use futures::future::BoxFuture;
use host::Deps;
use notify::Channel;
use std::sync::Arc;
use store::Reader;
use tokio_util::sync::CancellationToken;

/// A function of the house.
pub struct Function {
    /// Its name, as in `errand serve NAME`.
    pub name: &'static str,
    /// The events that wake it.
    pub subscribes: &'static [EventKind],
    /// The events that come of it.
    pub emits: &'static [EventKind],
    /// What it answers: paths and all below them; the longest that fits decides.
    pub paths: &'static [&'static str],
    /// Whether it never sleeps, because it wakes the others: the relay lives beside it.
    pub always_on: bool,
    /// Whether it is given the witness, which keeps files of its own.
    pub witnesses: bool,
    build: fn(&Given) -> Part,
}

/// What functions are given.
pub struct Given {
    /// Store, clock, ids, configuration.
    pub deps: Deps,
    /// The ways to reach people that the installation has.
    pub channels: Vec<Arc<dyn Channel>>,
    /// Whose trash the clock empties.
    pub people: Vec<Reader>,
    /// The witness of the log, where a function asks for it.
    pub witness: Option<Arc<Witness>>,
    /// What wakes open windows.
    pub feed: live::Feed,
}

/// A function put together over the house's store.
#[derive(Default)]
pub struct Part {
    /// What is open to the outside.
    pub public: Router,
    /// `POST /` takes a CloudEvent.
    pub events: Option<Router>,
    /// What it does beside answering, until it is asked to stop.
    pub beside: Option<Beside>,
    /// What it does last, while the store is still open.
    pub last: Option<BoxFuture<'static, ()>>,
}

type Beside = Box<dyn FnOnce(CancellationToken) -> BoxFuture<'static, ()> + Send>;

/// All of them.
pub static FUNCTIONS: &[Function] = &[
    Function {
        name: "tasks",
        subscribes: tasks::SUBSCRIBES,
        emits: tasks::EMITS,
        paths: &["/api/v1"],
        always_on: false,
        witnesses: false,
        build: |given| talking(tasks::router(given.deps.clone())),
    },
    Function {
        name: "chat",
        subscribes: chat::SUBSCRIBES,
        emits: chat::EMITS,
        paths: &["/api/v1/assistant"],
        always_on: false,
        witnesses: false,
        build: |given| talking(chat::router(given.deps.clone())),
    },
    Function {
        name: "accounts",
        subscribes: accounts::SUBSCRIBES,
        emits: accounts::EMITS,
        paths: &["/api/v1/me", "/sign-in", "/unsubscribe"],
        always_on: false,
        witnesses: false,
        build: |given| answering(accounts::router(given.deps.clone())),
    },
    Function {
        name: "clock",
        subscribes: clock::SUBSCRIBES,
        emits: clock::EMITS,
        paths: &[],
        always_on: true,
        witnesses: false,
        build: clockwork,
    },
    Function {
        name: "remind",
        subscribes: remind::SUBSCRIBES,
        emits: remind::EMITS,
        paths: &[],
        always_on: false,
        witnesses: false,
        build: |given| woken(remind::router(given.deps.clone(), given.channels.clone())),
    },
    Function {
        name: "recur",
        subscribes: recur::SUBSCRIBES,
        emits: recur::EMITS,
        paths: &[],
        always_on: false,
        witnesses: false,
        build: |given| woken(recur::router(given.deps.clone())),
    },
    Function {
        name: "audit",
        subscribes: audit::SUBSCRIBES,
        emits: audit::EMITS,
        paths: &["/api/v1/audit"],
        always_on: false,
        witnesses: true,
        build: witnessing,
    },
    Function {
        name: "live",
        subscribes: live::SUBSCRIBES,
        emits: live::EMITS,
        paths: &["/api/v1/changes"],
        always_on: false,
        witnesses: false,
        build: feeding,
    },
    Function {
        name: "web",
        subscribes: &[],
        emits: &[],
        paths: &["/"],
        always_on: false,
        witnesses: false,
        build: |_| answering(web::router().merge(published::routes().router(()))),
    },
];

impl Function {
    /// The function that answers a path.
    pub fn answering(path: &str) -> Option<&'static Self> {
        let fits = |own: &&&str| {
            let rest = path.strip_prefix(own.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let length = |function: &Self| {
            function
                .paths
                .iter()
                .filter(fits)
                .map(|own| own.len())
                .max()
        };
        FUNCTIONS
            .iter()
            .filter_map(|function| Some((length(function)?, function)))
            .max_by_key(|(length, _)| *length)
            .map(|(_, function)| function)
    }

    /// Puts it together.
    pub fn build(&self, given: &Given) -> Part {
        (self.build)(given)
    }

    /// As the bus of one process knows it; none for one that no event wakes.
    pub fn subscriber(&self, part: &Part) -> Option<Subscriber> {
        Some(Subscriber {
            name: self.name,
            kinds: self.subscribes,
            router: part.events.clone()?,
        })
    }
}

/// All functions over one store, with what they are given; time and the relay are the caller's.
#[derive(Clone)]
pub struct Functions {
    /// Store, clock, ids, configuration.
    pub deps: Deps,
    /// The ways to reach people that the installation has.
    pub channels: Vec<Arc<dyn Channel>>,
    /// The witness of the log.
    pub witness: Arc<Witness>,
}

impl Functions {
    /// Everything that is open to the outside, with the edge around it.
    pub fn router(&self, feed: &live::Feed) -> Router {
        let public = self.parts(feed).map(|(_, part)| part.public);
        host::edge(public.fold(Router::new(), Router::merge), &self.deps)
    }

    /// Whom events are delivered to.
    pub fn subscribers(&self) -> Vec<Subscriber> {
        self.parts(&live::Feed::new(self.deps.clone()))
            .filter_map(|(function, part)| function.subscriber(&part))
            .collect()
    }

    fn parts(&self, feed: &live::Feed) -> impl Iterator<Item = (&'static Function, Part)> {
        let given = Given {
            deps: self.deps.clone(),
            channels: self.channels.clone(),
            people: Vec::new(),
            witness: Some(self.witness.clone()),
            feed: feed.clone(),
        };
        FUNCTIONS
            .iter()
            .map(move |function| (function, function.build(&given)))
    }
}

/// The relay of an installation onto that bus; it leads under that name.
pub fn relay(deps: &Deps, bus: Arc<dyn Bus>, holder: &str) -> Relay {
    let source = deps.key.installation();
    Relay::new(deps.store.clone(), bus, deps.clock.clone(), source, holder)
}

fn answering(public: Router) -> Part {
    Part {
        public,
        ..Part::default()
    }
}

fn woken(events: Router) -> Part {
    Part {
        events: Some(events),
        ..Part::default()
    }
}

/// Reads dates out of words. Its tables take 20 MiB and a fifth of a second: not before somebody comes, and then before they have
/// written a line.
fn talking(public: Router) -> Part {
    answering(
        public.layer(middleware::map_request(|request: Request| async {
            host::interpreter::warm();
            request
        })),
    )
}

fn beside<F>(run: impl FnOnce(CancellationToken) -> F + Send + 'static) -> Beside
where
    F: Future<Output = ()> + Send + 'static,
{
    Box::new(move |stop| Box::pin(run(stop)))
}

/// Where events leave the process, who sends reminders may be asleep; and Dapr's cron binding may tick.
fn clockwork(given: &Given) -> Part {
    let (deps, config) = (given.deps.clone(), &given.deps.config);
    let bell = clock::Bell::default();
    let clockwork = clock::Clockwork::new(deps.clone(), given.people.clone());
    let mut clockwork = clockwork.rung_by(bell.clone());
    if config.publishes() {
        clockwork = clockwork.warming();
    }
    let cron = config.dapr.cron.as_ref();
    Part {
        public: cron.map_or_else(Router::new, |cron| clock::ticks(deps, cron, bell)),
        beside: Some(beside(|stop| clockwork.run(stop))),
        ..Part::default()
    }
}

/// Without a witness it answers nothing.
fn witnessing(given: &Given) -> Part {
    let Some(witness) = given.witness.clone() else {
        return Part::default();
    };
    let deps = given.deps.clone();
    let public = audit::router(deps.clone(), witness.clone());
    let events = audit::events_router(deps.clone(), witness.clone());
    let (last, of_last) = (witness.clone(), deps.clone());
    Part {
        public,
        events: Some(events),
        beside: Some(beside(|stop| witness.run(deps, stop))),
        last: Some(Box::pin(async move { last.finish(&of_last).await })),
    }
}

fn feeding(given: &Given) -> Part {
    let feed = given.feed.clone();
    Part {
        public: live::router(given.deps.clone(), &feed),
        beside: Some(beside(|stop| feed.run(stop))),
        ..Part::default()
    }
}

#[cfg(test)]
mod tests;

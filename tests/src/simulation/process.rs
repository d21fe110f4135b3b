//! One process: its store, its relay, its clock, its functions, put together as `errand` puts them.

use super::{
    bus::SeamBus,
    clock::{Clock, Ids},
    executor::block_on,
    mail::Mailer,
    store::{SeamStore, unavailable},
    weakness::Weakness,
    world::{Grant, Mode, ProcessId, Seam, Sleep, Verdict, World},
};
use async_trait::async_trait;
use axum::Router;
use bus::{MemoryBus, Relay};
use clock::Clockwork;
use errand::Functions;
use futures::FutureExt;
use host::{Config, Deps, Key};
use jiff::Timestamp;
use std::{path::PathBuf, sync::Arc};
use store::{Options, Reader, Store, StoreError};
use tokio_util::sync::CancellationToken;

/// What the witness signs with.
pub(crate) const WITNESS: [u8; 32] = [7; 32];
/// Whose events an actor takes that does one thing after the other.
pub(crate) const AUDIT: &str = "audit";

/// What others can see of a process.
pub(crate) struct Process {
    /// Answers HTTP.
    pub(crate) router: Router,
    /// Takes events.
    pub(crate) bus: Arc<MemoryBus>,
}

/// What every process is started with.
#[derive(Clone)]
pub(crate) struct House {
    pub(crate) folder: PathBuf,
    pub(crate) key: Arc<Key>,
    pub(crate) people: Vec<Reader>,
    pub(crate) weakness: Weakness,
}

impl House {
    /// Starts a process: it opens the files as the one before left them. Nobody else moves meanwhile.
    ///
    /// # Errors
    /// When it cannot.
    pub(crate) fn boot(&self, world: &World, process: ProcessId) -> Result<(), String> {
        let url = format!("sqlite:{}", self.folder.join("errand.db").display());
        let inner = block_on(store::open(&url, options(world, process)), &mut None);
        let inner = inner.map_err(|why| format!("a process starts: {why}"))?;
        let copy = self.folder.join("witness.db");
        let witness = audit::Witness::open(&copy, &self.folder, || WITNESS);
        let witness = block_on(witness, &mut None);
        let witness = Arc::new(witness.map_err(|why| format!("a process starts: {why}"))?);
        self.wire(world, process, &inner, witness);
        Ok(())
    }

    /// Puts the functions together, and starts the loops.
    fn wire(
        &self,
        world: &World,
        process: ProcessId,
        inner: &Arc<dyn Store>,
        witness: Arc<audit::Witness>,
    ) {
        let deps = |direct, sleep| self.deps(world, process, inner.clone(), direct, sleep);
        let mailer = Mailer {
            world: world.clone(),
            process,
            store: inner.clone(),
        };
        let functions = Functions {
            deps: deps(false, Sleep::Deadline),
            channels: vec![Arc::new(mailer)],
            witness: witness.clone(),
        };
        let watching = Functions {
            deps: deps(true, Sleep::Deadline),
            ..functions.clone()
        };
        let mut subscribers = functions.subscribers();
        subscribers.retain(|subscriber| subscriber.name != AUDIT);
        let all = watching.subscribers().into_iter();
        subscribers.extend(all.filter(|subscriber| subscriber.name == AUDIT));
        let clock = functions.deps.clock.clone();
        let bus = Arc::new(MemoryBus::new(subscribers, clock));
        let router = functions.router(&live::Feed::new(functions.deps.clone()));

        let looking = deps(false, Sleep::Look);
        let published = SeamBus {
            inner: bus.clone(),
            world: world.clone(),
            process,
            weakness: self.weakness,
        };
        let relay = Relay::new(
            looking.store.clone(),
            Arc::new(published),
            looking.clock.clone(),
            looking.key.installation(),
            looking.ids.uuid().to_string(),
        );
        let never = CancellationToken::new();
        let clockwork = Clockwork::new(looking, self.people.clone());
        let witnessing = witness.run(deps(true, Sleep::Exact), never.clone());
        let run = |mode, name, future| world.spawn(process, mode, name, future);
        run(Mode::Says, "relay", relay.run(never.clone()).boxed());
        run(Mode::Says, "clock", clockwork.run(never).boxed());
        run(Mode::OneByOne, "witness", witnessing.boxed());
        if world.state().kafka.is_some() {
            let keys: Vec<_> = self.people.iter().map(|who| who.home).collect();
            world.dispatches(process, &bus, &keys);
        }
        let seen = Process { router, bus };
        world.state().alive.insert(process, seen);
    }

    fn deps(
        &self,
        world: &World,
        process: ProcessId,
        inner: Arc<dyn Store>,
        direct: bool,
        sleep: Sleep,
    ) -> Deps {
        let store = SeamStore {
            inner,
            world: world.clone(),
            process,
            direct,
            weakness: self.weakness,
        };
        let clock = Clock {
            world: world.clone(),
            sleep,
        };
        Deps::of(
            Arc::new(store),
            Arc::new(clock),
            Arc::new(Ids(world.clone())),
            Arc::new(Config::in_folder(&self.folder)),
            self.key.clone(),
        )
    }
}

fn options(world: &World, process: ProcessId) -> Options {
    let (clock, dice, writer) = (world.clone(), world.clone(), world.clone());
    Options {
        now: Arc::new(move || clock.wall()),
        by_hand: true,
        random: Arc::new(move || dice.state().dice.wide()),
        seam: Arc::new(WriterSeam {
            world: world.clone(),
            process,
        }),
        spawn: Arc::new(move |future| {
            writer.spawn(process, Mode::Writer, "writer", future);
        }),
        readers: 1,
    }
}

/// Where the writer of a process stands.
struct WriterSeam {
    world: World,
    process: ProcessId,
}

#[async_trait]
impl store::Seam for WriterSeam {
    async fn at(&self, name: &'static str) -> Result<(), StoreError> {
        let seam = match name {
            "begin" => Seam::Begin,
            "commit" => Seam::Commit,
            _ => Seam::Answer,
        };
        self.world.busy(self.process);
        if seam != Seam::Commit {
            self.world.unlocks(self.process);
        }
        if self.world.is_dead(self.process) {
            return Err(unavailable());
        }
        match self.world.stand(seam, name).await {
            Verdict::Go => Ok(()),
            _ => Err(unavailable()),
        }
    }

    fn waits(&self, on: &'static str) {
        if on != "jobs" {
            return;
        }
        self.world.unlocks(self.process);
        let mut state = self.world.state();
        let current = state.current;
        if let Some(writer) = state.actors.get_mut(&current) {
            writer.idle = true;
        }
    }
}

impl World {
    fn unlocks(&self, process: ProcessId) {
        let mut state = self.state();
        if state.lock == Some(process) {
            state.lock = None;
            state.commits += 1;
        }
    }

    fn is_dead(&self, process: ProcessId) -> bool {
        self.state().dead.contains(&process)
    }

    /// Whether the hint that a process waits for gets lost.
    pub(crate) fn loses_a_hint(&self) -> bool {
        let mut state = self.state();
        let often = state.weather.losing;
        state.dice.chance(often)
    }

    /// Notes who leads until when. A lease that was over by the clock when another was given stays over, though the clock goes back.
    pub(crate) fn granted(&self, process: ProcessId, given: Option<u64>, until: Timestamp) {
        let mut state = self.state();
        let wall = state.wall();
        let (order, left) = (state.fresh(), until.duration_since(wall));
        if given.is_some() {
            state.grants.retain(|_, grant| grant.until > wall);
        }
        let grant = Grant {
            order,
            until,
            ends: state.now + left.as_micros() as i64,
        };
        if given.is_some() {
            state.grants.insert(process, grant);
        }
    }

    /// A relay publishes. One whose lease ran out while it was held up does no harm (everything it publishes may come twice);
    /// two that hold it at once would mean that there is none.
    pub(crate) fn publishes(&self, process: ProcessId) {
        let state = self.state();
        let (wall, now) = (state.wall(), state.now);
        let leads = |grant: &Grant| grant.until > wall && grant.ends > now;
        let own = state.grants.get(&process).copied().filter(leads);
        let later = |grant: &Grant| leads(grant) && own.is_some_and(|own| grant.order > own.order);
        let other = state.grants.iter().find(|(_, grant)| later(grant));
        let other = other.map(|(id, grant)| (*id, grant.until));
        drop(state);
        if let Some((other, until)) = other {
            self.broken(format!(
                "one relay leads: process {process} publishes while {other} leads until {until}"
            ));
        }
    }
}

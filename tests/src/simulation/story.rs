//! The seed's turn: who goes next, what happens to them, how time passes, who dies.

use super::{
    Counts, Outcome,
    check::Log,
    client::{self, Client},
    dice::Dice,
    executor::Executor,
    finish,
    kafka::Kafka,
    outside::{Outside, Template},
    process::House,
    weakness::Weakness,
    weather::Weather,
    world::{MILLI, Moment, ProcessId, SECOND, Seam, Sleep, State, Verdict, World},
};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// Steps after which a world that does not come to rest is broken.
const MOST: u64 = 30_000;
/// When everything is calm and nothing is due for so long, it is over.
const QUIET: SignedDuration = SignedDuration::from_hours(2);
/// What the clock may be set by, in seconds.
const JUMPS: [i64; 8] = [-3_600, -600, -61, -5, 5, 61, 600, 3_600];
/// As long as a writer waits for another's transaction.
const BUSY: Moment = 5 * SECOND;

/// One world, being lived through.
pub(crate) struct Story {
    seed: u64,
    world: World,
    executor: Executor,
    house: House,
    outside: Outside,
    log: Log,
    /// Where each of the two processes is, or when it comes back.
    slots: [Slot; 2],
    processes: ProcessId,
    /// What is to be done, as of so many transactions.
    known: Option<(u64, Work)>,
    read: u64,
    counts: Counts,
    calm: bool,
    /// The files; they go last.
    _folder: TempDir,
}

#[derive(Clone, Copy)]
enum Slot {
    Runs(ProcessId),
    Returns(Moment),
}

/// What waits in the database.
#[derive(Clone, Copy)]
struct Work {
    outbox: bool,
    next: Option<Timestamp>,
}

impl Story {
    pub(crate) fn new(seed: u64, weakness: Weakness) -> Self {
        let template = Template::get();
        let folder = template.copy(weakness);
        let mut dice = Dice::new(seed);
        let (weather, acts) = if weakness == Weakness::None {
            (Weather::of(&mut dice), 3)
        } else {
            (Weather::rough(), 9)
        };
        let kafka = dice.chance(500) || weakness == Weakness::RelayGoesOn;
        let world = World::new(weather, dice);
        world.state().kafka = kafka.then(Kafka::default);
        let executor = Executor::new(&world);
        let house = House {
            folder: folder.path().to_owned(),
            key: template.key.clone(),
            people: template.people.clone(),
            weakness,
        };
        for (name, token) in &template.clients {
            let acts = world.state().dice.between(1, acts) as u64;
            let client = Client {
                name: name.clone(),
                token: token.clone(),
                world: world.clone(),
            };
            client::begin(client, acts);
        }
        Self {
            seed,
            world,
            executor,
            house,
            outside: Outside::open(folder.path()),
            log: Log::default(),
            slots: [Slot::Returns(0), Slot::Returns(0)],
            processes: 0,
            known: None,
            read: u64::MAX,
            counts: Counts {
                worlds: 1,
                ..Counts::default()
            },
            calm: false,
            _folder: folder,
        }
    }

    /// Lives through it.
    pub(crate) fn tell(mut self) -> Outcome {
        while self.world.state().broken.is_none() {
            if self.counts.steps > MOST {
                self.world
                    .broken(format!("the world comes to rest: not within {MOST} steps"));
            } else if !self.step() {
                break;
            }
        }
        if self.world.state().broken.is_none() {
            self.finish();
        }
        self.end()
    }

    /// One step; answers whether there are more.
    fn step(&mut self) -> bool {
        self.counts.steps += 1;
        self.executor.settle();
        if let Err(words) = self.restart().and_then(|()| self.look()) {
            self.world.broken(words);
            return false;
        }
        if !self.calm && self.world.state().clients == 0 {
            self.calm = true;
            self.world.state().weather = Weather::calm();
        }
        if self.strikes() {
            return true;
        }
        let ready = self.ready();
        let chosen = self.world.state().dice.pick(&ready).copied();
        match chosen {
            Some(ticket) => self.decide(ticket),
            None => return self.wait(),
        }
        true
    }

    /// Starts what is to run again, when the database is free.
    fn restart(&mut self) -> Result<(), String> {
        for at in 0..self.slots.len() {
            let mut state = self.world.state();
            let due = |when: Moment| when <= state.now || self.calm;
            let returns = matches!(self.slots[at], Slot::Returns(when) if due(when));
            if !returns || state.lock.is_some() {
                continue;
            }
            self.processes += 1;
            let line = format!("{} process {} starts", time(&state), self.processes);
            state.trace.line(line);
            drop(state);
            self.slots[at] = Slot::Runs(self.processes);
            self.house.boot(&self.world, self.processes)?;
        }
        Ok(())
    }

    /// Reads what was written since the last look, and checks it.
    fn look(&mut self) -> Result<(), String> {
        let commits = self.world.state().commits;
        if self.read != commits {
            self.read = commits;
            self.counts.transactions += 1;
            let asked = |why: store::StoreError| format!("the database answers: {why}");
            let store = self.outside.store.clone();
            for (stream, n, hash) in self.outside.ask(store.heads()).map_err(asked)? {
                if self.log.is_at(stream, n, &hash) {
                    continue;
                }
                let end = self.log.end(stream);
                let lines = self.outside.ask(store.lines(stream, end, 10_000));
                self.log.read(stream, &lines.map_err(asked)?, (n, &hash))?;
            }
            let mut state = self.world.state();
            for delivery in self.log.mailed.drain(..) {
                if !state.mails.deliveries.contains(&delivery) {
                    return Err(format!("sent means that the provider said yes: {delivery}"));
                }
                state.mails.recorded.insert(delivery);
            }
        }
        let accepted = std::mem::take(&mut self.world.state().accepted);
        accepted.iter().try_for_each(|it| self.log.has(it))
    }

    /// Whether disaster strikes.
    fn strikes(&mut self) -> bool {
        let mut state = self.world.state();
        let (kills, killing) = (state.weather.kills, state.weather.killing);
        if kills > 0 && state.dice.chance(killing) {
            let alive: Vec<_> = state.alive.keys().copied().collect();
            if let Some(victim) = state.dice.pick(&alive).copied() {
                drop(state);
                self.kill(victim);
                return true;
            }
        }
        let (jumps, jumping) = (state.weather.jumps, state.weather.jumping);
        if jumps > 0 && state.dice.chance(jumping) {
            state.weather.jumps -= 1;
            let by = *state.dice.pick(&JUMPS).unwrap_or(&0);
            state.wall += SignedDuration::from_secs(by);
            let wall = state.wall();
            state
                .trace
                .line(format!("the clock is set by {by} s to {wall}"));
            return true;
        }
        false
    }

    fn kill(&mut self, victim: ProcessId) {
        let mut state = self.world.state();
        state.weather.kills -= 1;
        let line = format!("{} process {victim} dies", time(&state));
        state.trace.line(line);
        let back = state.now + state.dice.between(0, 40) * SECOND;
        drop(state);
        self.executor.kill(victim);
        self.counts.kills += 1;
        for slot in &mut self.slots {
            if matches!(slot, Slot::Runs(process) if *process == victim) {
                *slot = Slot::Returns(back);
            }
        }
    }

    /// Those who stand at a seam and can go on.
    fn ready(&self) -> Vec<u64> {
        let state = self.world.state();
        let free = state.lock.is_none();
        let can = |ticket: &super::world::Ticket| {
            let waits = ticket.seam == Seam::Begin && !free && state.now < ticket.since + BUSY;
            ticket.is_open() && ticket.not_before <= state.now && !waits
        };
        let ready = state.tickets.iter().filter(|(_, ticket)| can(ticket));
        ready.map(|(id, _)| *id).collect()
    }

    /// What happens to the one who stands there.
    fn decide(&mut self, id: u64) {
        let mut state = self.world.state();
        let Some(ticket) = state.tickets.get(&id) else {
            return;
        };
        let (seam, process) = (ticket.seam, ticket.process);
        let what = format!("{process} {seam:?} {}", ticket.what);
        let stalling = state.weather.stalling;
        if state.dice.chance(stalling) {
            // Nobody holds the database's lock for longer than others wait for it.
            let most = if seam == Seam::Commit { 4 } else { 90 };
            let until = state.now + state.dice.some_or_many(SECOND / 10, most * SECOND);
            if let Some(ticket) = state.tickets.get_mut(&id) {
                ticket.not_before = until;
            }
            let line = format!("{} {what}: stalls", time(&state));
            state.trace.line(line);
            return;
        }
        let verdict = state.verdict(seam);
        if seam == Seam::Begin && verdict == Verdict::Go {
            state.lock = Some(process);
        }
        let line = format!("{} {what}: {verdict:?}", time(&state));
        state.trace.line(line);
        state.now += state.dice.between(0, 2_000);
        state.release(id, verdict);
        drop(state);
        self.pass();
    }

    /// Time has passed: some wake up.
    fn pass(&mut self) {
        let work = self.world.state().somebody_looks() && self.is_work();
        self.world.state().ring(work);
    }

    /// Nobody can move: time passes until somebody can. Answers whether anybody will.
    fn wait(&mut self) -> bool {
        let (work, known) = (self.is_work(), self.work());
        let mut state = self.world.state();
        let wall = state.wall();
        let far = known.next.is_none_or(|next| next > wall + QUIET);
        if self.calm && !work && far && state.tickets.is_empty() {
            return false;
        }
        let in_database = known.next.filter(|_| !work);
        let in_database = in_database
            .map(|next| state.now + (next.as_microsecond() - wall.as_microsecond()).max(0));
        let sleeping = state
            .timers
            .values()
            .filter(|timer| timer.is_set() && (work || timer.sleep != Sleep::Look))
            .map(|timer| timer.at);
        let stalled = state.tickets.values().map(|ticket| ticket.not_before);
        let returning = self.slots.iter().filter_map(|slot| match slot {
            Slot::Returns(when) => Some(*when),
            Slot::Runs(_) => None,
        });
        let now = state.now;
        // What could have gone on already waits for the database.
        let next = sleeping
            .chain(stalled.chain(returning).filter(|at| *at > now))
            .chain(in_database)
            .min();
        let Some(next) = next else {
            drop(state);
            self.world
                .broken("the world goes on: nobody will ever move");
            return false;
        };
        state.now = next.max(now);
        let line = format!("{} it is {}", time(&state), state.wall());
        state.trace.line(line);
        drop(state);
        self.pass();
        true
    }

    /// Whether those who look now and then would find something.
    fn is_work(&mut self) -> bool {
        let work = self.work();
        let wall = self.world.wall();
        let kafka = |state: &State| state.kafka.as_ref().is_some_and(Kafka::is_behind);
        let behind = kafka(&self.world.state());
        work.outbox || behind || work.next.is_some_and(|next| next <= wall)
    }

    fn work(&mut self) -> Work {
        let commits = self.world.state().commits;
        if let Some((at, work)) = self.known
            && at == commits
        {
            return work;
        }
        let store = self.outside.store.clone();
        let work = self.outside.ask(async {
            let outbox = store.outgoing(Timestamp::MIN, 1).await;
            Work {
                outbox: outbox.is_ok_and(|rows| !rows.is_empty()),
                next: store.next_moment(Timestamp::MIN).await.unwrap_or_default(),
            }
        });
        self.known = Some((commits, work));
        work
    }

    fn finish(&mut self) {
        let (world, outside) = (&self.world, &self.outside);
        let checked = finish::check(
            world,
            outside,
            &self.log,
            &self.house.people,
            &self.house.folder,
        );
        if let Err(words) = outside.ask(checked) {
            world.broken(words);
        }
    }

    fn end(mut self) -> Outcome {
        let running = self.slots;
        for slot in running {
            if let Slot::Runs(process) = slot {
                self.executor.kill(process);
            }
        }
        let heads = self.log.ends();
        let mut state = self.world.state();
        state.trace.line(heads);
        self.counts.mails = state.mails.count;
        self.counts.doubles = state.mails.doubles;
        Outcome {
            seed: self.seed,
            broken: state.broken.take(),
            trace: state.trace.take(),
            counts: self.counts,
        }
    }
}

/// How far the world has come, for the trace.
fn time(state: &State) -> String {
    let millis = state.now / MILLI;
    format!("{:>5}.{:03}", millis / 1_000, millis % 1_000)
}

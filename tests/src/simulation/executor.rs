//! Polls one actor at a time. While one waits for the database nobody else moves, so that it does not matter how long that takes.

use super::world::{Mode, ProcessId, World};
use futures::future::BoxFuture;
use std::{
    collections::{BTreeMap, VecDeque},
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
    time::{Duration, Instant},
};

/// Longer than any one answer of the database takes; whoever waits longer waits for something that the world does not know.
const PATIENCE: Duration = Duration::from_secs(30);

/// The actors of one world.
pub(crate) struct Executor {
    world: World,
    tasks: BTreeMap<usize, Task>,
    queue: Arc<Queue>,
}

struct Task {
    future: BoxFuture<'static, ()>,
    alarm: Arc<Alarm>,
}

struct Queue {
    ready: Mutex<VecDeque<usize>>,
    thread: Thread,
}

/// Wakes one actor.
struct Alarm {
    actor: usize,
    /// In the queue, woken by another actor or by the seed.
    queued: AtomicBool,
    /// Woken by the database.
    answered: AtomicBool,
    queue: Arc<Queue>,
}

/// What the database's threads wake takes no place in the queue: whoever asked it something is waited for, and anybody else it
/// wakes late for what is long over. So the order in which actors move is never a matter of how fast those threads are.
impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        if thread::current().id() != self.queue.thread.id() {
            self.answered.store(true, Ordering::Release);
            self.queue.thread.unpark();
        } else if !self.queued.swap(true, Ordering::AcqRel) {
            self.queue.push(self.actor);
        }
    }
}

impl Alarm {
    fn rang(&self) -> bool {
        self.queued.load(Ordering::Acquire) || self.answered.load(Ordering::Acquire)
    }

    fn set(&self) {
        self.queued.store(false, Ordering::Release);
        self.answered.store(false, Ordering::Release);
    }
}

impl Queue {
    fn push(&self, actor: usize) {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.push_back(actor);
    }

    fn pop(&self) -> Option<usize> {
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        ready.pop_front()
    }
}

impl Executor {
    pub(crate) fn new(world: &World) -> Self {
        let queue = Queue {
            ready: Mutex::default(),
            thread: thread::current(),
        };
        Self {
            world: world.clone(),
            tasks: BTreeMap::new(),
            queue: Arc::new(queue),
        }
    }

    /// Lets everybody move until all stand at seams, sleep, or wait for one another.
    pub(crate) fn settle(&mut self) {
        loop {
            self.adopt();
            let Some(actor) = self.queue.pop() else {
                return;
            };
            self.advance(actor);
        }
    }

    /// Kills a process: its futures are dropped where they stand. Its writer, in whose hands a transaction may be, finds every
    /// seam closed and so rolls back; it ends when its connection is closed.
    pub(crate) fn kill(&mut self, process: ProcessId) {
        self.adopt(); // those who were begun and have not moved yet die with it
        let (mut victims, mut writers) = (Vec::new(), Vec::new());
        let gone = {
            let mut state = self.world.state();
            state.dead.insert(process);
            for (id, actor) in &mut state.actors {
                if actor.process == process {
                    actor.idle = false;
                    let of_its_kind = if actor.mode == Mode::Writer {
                        &mut writers
                    } else {
                        &mut victims
                    };
                    of_its_kind.push(*id);
                }
            }
            state.alive.remove(&process)
        };
        for victim in victims {
            drop(self.tasks.remove(&victim));
            self.world.state().actors.remove(&victim);
        }
        drop(gone);
        for writer in writers {
            self.world.fail_all_of(writer);
            while self.tasks.contains_key(&writer) {
                self.wait_for(writer);
                self.poll(writer);
            }
        }
        let mut state = self.world.state();
        if state.lock == Some(process) {
            state.lock = None;
        }
        state.commits += 1;
    }

    fn adopt(&mut self) {
        let newborn = std::mem::take(&mut self.world.state().newborn);
        for (actor, future) in newborn {
            let alarm = Arc::new(Alarm {
                actor,
                queued: AtomicBool::new(true),
                answered: AtomicBool::new(false),
                queue: self.queue.clone(),
            });
            self.tasks.insert(actor, Task { future, alarm });
            self.queue.push(actor);
        }
    }

    /// Polls an actor until it waits for something other than the database.
    fn advance(&mut self, actor: usize) {
        let queued = |task: &Task| task.alarm.queued.load(Ordering::Acquire);
        if !self.tasks.get(&actor).is_some_and(queued) {
            return;
        }
        self.poll(actor);
        while self.tasks.contains_key(&actor) && self.works(actor) {
            self.wait_for(actor);
            self.poll(actor);
        }
    }

    fn works(&self, actor: usize) -> bool {
        let state = self.world.state();
        let actor = state.actors.get(&actor);
        actor.is_some_and(super::world::Actor::waits_for_database)
    }

    fn wait_for(&self, actor: usize) {
        let Some(task) = self.tasks.get(&actor) else {
            return;
        };
        let began = Instant::now();
        while !task.alarm.rang() {
            thread::park_timeout(PATIENCE);
            if began.elapsed() > PATIENCE {
                let name = self.world.name_of(actor);
                panic!("{name} waits for something that is neither a seam nor the database");
            }
        }
    }

    fn poll(&mut self, actor: usize) {
        let Some(task) = self.tasks.get_mut(&actor) else {
            return;
        };
        task.alarm.set();
        self.world.state().current = actor;
        let waker = Waker::from(task.alarm.clone());
        if task
            .future
            .as_mut()
            .poll(&mut Context::from_waker(&waker))
            .is_ready()
        {
            drop(self.tasks.remove(&actor));
            self.world.state().actors.remove(&actor);
        }
    }
}

/// Runs a future of the world's own to its end, beside another that it may need.
pub(crate) fn block_on<T>(
    future: impl Future<Output = T>,
    beside: &mut Option<BoxFuture<'static, ()>>,
) -> T {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
        let moved = beside.as_mut().map(|it| it.as_mut().poll(&mut context));
        match moved {
            Some(Poll::Ready(())) => *beside = None,
            // What it was woken for may be done: asked again before sleeping.
            _ => thread::park(),
        }
    }
}

impl World {
    fn name_of(&self, actor: usize) -> String {
        let state = self.state();
        let name = state
            .actors
            .get(&actor)
            .map(|it| format!("{} of process {}", it.name, it.process));
        name.unwrap_or_else(|| "nobody".to_owned())
    }

    /// Whatever an actor stands at does not happen.
    fn fail_all_of(&self, actor: usize) {
        let mut state = self.state();
        let of_it: Vec<u64> = state
            .tickets
            .iter()
            .filter(|(_, ticket)| ticket.actor == actor)
            .map(|(id, _)| *id)
            .collect();
        for ticket in of_it {
            state.release(ticket, super::world::Verdict::Fail);
        }
    }
}

//! A small world for tests: rows, log and ledger in memory, and a clock that goes on by a second with each write.

mod commands;
mod holds;
mod properties;

use crate::{
    command::Command,
    event::{Change, Event, EventKind, Logged},
    id::*,
    ledger::{DeliveryState, ScheduleState, Scheduled},
    recurrence::{CountedFrom, Missed},
    refusal::Refusal,
    reminder::{self, Tried},
    repeat::Repeat,
    series,
    state::{LedgerRow, State, Wake, Warning},
    task::{
        Task, TaskPatch,
        change::{Edit, Expect},
    },
    undo::{self, Undone},
};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;
use std::collections::BTreeSet;
use uuid::Uuid;

/// The person of most tests, in Berlin.
pub(crate) const ANN: UserId = UserId(Uuid::from_u128(0xa));
pub(crate) const HOME: StreamId = StreamId(Uuid::from_u128(0xa0));

/// A counted id.
pub(crate) fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(0x1000 + n).into()
}

pub(crate) struct World {
    pub now: Timestamp,
    pub state: State,
    pub log: Vec<Logged>,
    pub ledger: Vec<Scheduled>,
    pub claims: BTreeSet<(TaskId, ReminderId, u64, String)>,
    pub wakes: Vec<Wake>,
    pub warnings: Vec<Warning>,
    pub runs: u128,
    made: u128,
}

impl World {
    /// A world at a wall time in Berlin, where Ann is.
    pub(crate) fn at(wall: &str) -> Self {
        let mut world = Self {
            now: Timestamp::UNIX_EPOCH,
            state: State::new(ANN, HOME),
            log: Vec::new(),
            ledger: Vec::new(),
            claims: BTreeSet::new(),
            wakes: Vec::new(),
            warnings: Vec::new(),
            runs: 0,
            made: 0,
        };
        world.clock(wall);
        let set = serde_json::json!({"time_zone": "Europe/Berlin", "email": "ann@example.org"});
        world.settings(set);
        world
    }

    /// Puts the clock to a wall time in Berlin.
    pub(crate) fn clock(&mut self, wall: &str) {
        let wall: jiff::civil::DateTime = wall.parse().expect("a wall time");
        let berlin = TimeZone::get("Europe/Berlin").expect("known");
        self.now = wall.to_zoned(berlin).expect("in range").timestamp();
    }

    /// Decides as one run, and keeps what was written, as a store does.
    pub(crate) fn commit<T>(
        &mut self,
        decide: impl FnOnce(&mut State, Timestamp) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut state = self.state.clone();
        state.past.clone_from(&self.log);
        let answer = decide(&mut state, self.now)?;
        let written = state.take_written();
        self.runs += 1;
        for event in written.events {
            holds::event(&self.log, &event);
            let head = state.heads.entry(event.stream).or_default();
            head.n += 1;
            self.log.push(Logged {
                event,
                n: head.n,
                at: self.now,
                actor: ANN,
                client: "page".to_owned(),
                run: RunId(Uuid::from_u128(self.runs)),
            });
        }
        let gone = |event: &Event| {
            let about = event.detail.task.unwrap_or(event.subject);
            written.purged.contains(&TaskId(about)) && event.kind != EventKind::TaskPurged
        };
        self.log.retain(|logged| !gone(&logged.event));
        for row in written.schedule {
            let same = |old: &&mut Scheduled| {
                (old.task, old.reminder, old.generation) == (row.task, row.reminder, row.generation)
            };
            match self.ledger.iter_mut().find(same) {
                Some(old) => *old = row,
                None => self.ledger.push(row),
            }
        }
        for LedgerRow {
            task,
            reminder,
            generation,
            channel,
            ..
        } in written.ledger
        {
            let first = self.claims.insert((task, reminder, generation, channel));
            assert!(first, "a reminder was handed on twice");
        }
        self.wakes.extend(written.wakes);
        self.warnings = written.warnings;
        self.state = state;
        self.now += SignedDuration::from_secs(1);
        Ok(answer)
    }

    pub(crate) fn attempt(&mut self, command: Command) -> Result<(), Refusal> {
        self.commit(|state, now| command.decide(state, Expect::Any, now))
    }

    pub(crate) fn run(&mut self, command: Command) {
        let words = format!("{command:?}");
        self.attempt(command)
            .unwrap_or_else(|why| panic!("{words}: {why}"));
    }

    /// Makes a task of the fields given as JSON.
    pub(crate) fn add(&mut self, draft: Value) -> TaskId {
        self.create(draft, None)
    }

    /// Makes a task that comes back by a rule.
    pub(crate) fn add_every(&mut self, rule: &str, draft: Value) -> TaskId {
        self.create(draft, Some(every(rule)))
    }

    pub(crate) fn create(&mut self, draft: Value, repeat: Option<Repeat>) -> TaskId {
        self.made += 1;
        let id = id(self.made);
        let draft = patch(draft);
        self.run(Command::CreateTask { id, draft, repeat });
        id
    }

    pub(crate) fn set(&mut self, id: TaskId, set: Value) {
        self.edit(id, set, |_| {});
    }

    /// The same for this and the following.
    pub(crate) fn set_following(&mut self, id: TaskId, set: Value) {
        self.edit(id, set, |edit| edit.following = true);
    }

    pub(crate) fn edit(&mut self, id: TaskId, set: Value, more: impl FnOnce(&mut Edit)) {
        let mut edit = Edit {
            set: patch(set),
            ..Edit::default()
        };
        more(&mut edit);
        self.run(Command::UpdateTask {
            id,
            edit: Box::new(edit),
        });
    }

    pub(crate) fn settings(&mut self, set: Value) {
        let set = serde_json::from_value(set).expect("settings");
        self.run(Command::UpdateSettings { set: Box::new(set) });
    }

    pub(crate) fn complete(&mut self, id: TaskId) {
        self.run(Command::CompleteTask { id });
    }

    /// What `recur` does about every completion that is in the log, as often as it is called.
    pub(crate) fn recur(&mut self) {
        let completed = |logged: &&Logged| logged.event.kind == EventKind::TaskCompleted;
        let events: Vec<_> = self.log.iter().filter(completed).cloned().collect();
        for logged in events {
            let Change::Task(fields) = &logged.event.change else {
                continue;
            };
            if let Some(Some(closed_at)) = fields.after.closed_at {
                let id = TaskId(logged.event.subject);
                let _ = self.commit(|state, now| series::spawn(state, id, closed_at, now));
            }
        }
    }

    /// Completes a task and answers the next occurrence, where one came.
    pub(crate) fn next(&mut self, id: TaskId) -> Option<TaskId> {
        self.complete(id);
        self.recur();
        let series = self.task(id).series_id?;
        let next = series::successor(series, id);
        self.state.row::<Task>(next.0).is_ok().then_some(next)
    }

    /// What the clock does about reminders whose moment has come.
    pub(crate) fn fire(&mut self) {
        let due = |row: &&Scheduled| row.state == ScheduleState::Open && row.moment <= self.now;
        let due = self.ledger.iter().filter(due);
        let due: Vec<_> = due
            .map(|row| (row.task, row.reminder, row.generation))
            .collect();
        let waits = reminder::held(&self.state.my_settings(), self.state.viewer, self.now);
        let fired = self.commit(|state, now| {
            reminder::fire(state, &due, waits, now);
            Ok(())
        });
        fired.expect("firing is never refused");
    }

    pub(crate) fn undo_run(&mut self, run: u128, partly: bool) -> Result<Undone, Refusal> {
        let run = RunId(Uuid::from_u128(run));
        self.commit(|state, now| undo::undo(state, |logged| logged.run == run, partly, now))
    }

    /// Takes the last run back.
    pub(crate) fn undo(&mut self) -> Undone {
        self.undo_run(self.runs, false).expect("it can be undone")
    }

    pub(crate) fn task(&self, id: TaskId) -> &Task {
        &self
            .state
            .row::<Task>(id.0)
            .expect("the task is there")
            .value
    }

    /// The open tasks: title, due, tags; by title.
    pub(crate) fn open(&self) -> String {
        let rows = self
            .state
            .rows::<Task>()
            .filter(|(_, row)| row.value.is_live());
        let mut lines: Vec<_> = rows.map(|(_, row)| line(&row.value)).collect();
        lines.sort();
        lines.join("\n")
    }

    /// Every generation of a task's reminders: when in UTC, and what became of it.
    pub(crate) fn reminders(&self, id: TaskId) -> String {
        let mut rows: Vec<_> = self.ledger.iter().filter(|row| row.task == id).collect();
        rows.sort_by_key(|row| (row.reminder, row.generation));
        let lines = rows
            .iter()
            .map(|row| format!("{} {}", row.moment, row.state.name()));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// What the log says of a task, with notes.
    pub(crate) fn history(&self, id: TaskId) -> String {
        let about =
            |logged: &&Logged| logged.event.detail.task.unwrap_or(logged.event.subject) == id.0;
        let lines = self.log.iter().filter(about).map(|logged| {
            let note = logged.event.detail.note.as_ref();
            format!(
                "{}{}",
                logged.event.kind,
                note.map_or_else(String::new, |note| format!(" ({note})"))
            )
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The deliveries: channel, state, attempts, titles.
    pub(crate) fn deliveries(&self) -> String {
        let mut lines: Vec<_> = self
            .state
            .deliveries
            .values()
            .map(|it| {
                let titles: Vec<_> = it.items.iter().map(|item| item.title.as_str()).collect();
                format!(
                    "{} {} {} [{}]",
                    it.channel,
                    it.state.name(),
                    it.attempt,
                    titles.join(", ")
                )
            })
            .collect();
        lines.sort();
        lines.join("\n")
    }

    /// The delivery on a channel that was made last.
    pub(crate) fn delivery(&self, channel: &str) -> DeliveryId {
        let on = self
            .state
            .deliveries
            .values()
            .filter(|it| it.channel == channel);
        on.max_by_key(|it| it.created_at).expect("a delivery").id
    }

    pub(crate) fn claim(&mut self, id: DeliveryId, token: &str) -> bool {
        let claimed = self.commit(|state, now| Ok(reminder::claim(state, id, token, now)));
        claimed.expect("never refused").is_some()
    }

    pub(crate) fn tried(&mut self, id: DeliveryId, token: &str, tried: &Tried) -> DeliveryState {
        let recorded = self.commit(|state, now| {
            reminder::record(state, id, token, tried, now);
            Ok(())
        });
        recorded.expect("never refused");
        self.state.deliveries[&id].state
    }
}

/// A task in a line.
fn line(task: &Task) -> String {
    let due = task.due.as_ref().map(|due| match due {
        crate::when::When::Date(date) => format!(" {date}"),
        crate::when::When::At { at, .. } => format!(" {at}"),
    });
    let tags = task.tags.iter().map(|tag| format!(" #{tag}"));
    format!(
        "{}{}{}",
        task.title,
        due.unwrap_or_default(),
        tags.collect::<String>()
    )
}

/// Fields of a task out of JSON.
pub(crate) fn patch(fields: Value) -> TaskPatch {
    let words = fields.to_string();
    serde_json::from_value(fields).unwrap_or_else(|why| panic!("{words}: {why}"))
}

/// A rule with nothing else said.
pub(crate) fn every(rule: &str) -> Repeat {
    Repeat::rule(rule.parse().unwrap_or_else(|why| panic!("{rule}: {why}")))
}

pub(crate) fn every_from(rule: &str, from: CountedFrom, missed: Missed) -> Repeat {
    Repeat {
        from,
        missed,
        ..every(rule)
    }
}

/// A lead time of Ann's.
pub(crate) fn lead(n: u128, offset: &str) -> Value {
    serde_json::json!({"id": id::<ReminderId>(n), "person": ANN, "offset": offset})
}

/// A moment of Ann's.
pub(crate) fn moment(n: u128, at: &str) -> Value {
    serde_json::json!({"id": id::<ReminderId>(n), "person": ANN, "at": at})
}

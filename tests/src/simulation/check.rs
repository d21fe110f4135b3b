//! What must hold after every transaction, told by the log alone, and so not by what it checks.

use super::client::Accepted;
use contract::data;
use domain::{
    event::{Change, Event, EventKind},
    id::{DeliveryId, StreamId, TaskId},
    record::Record,
    series::Series,
    settings::Settings,
    task::{Status, Task},
};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use store::{LogRow, chain};
use uuid::Uuid;

/// The log as far as it was read, and what follows from it.
#[derive(Default)]
pub(crate) struct Log {
    ends: BTreeMap<StreamId, (u64, String)>,
    pub(crate) tasks: BTreeMap<TaskId, Seen>,
    pub(crate) series: BTreeMap<Uuid, Series>,
    pub(crate) settings: BTreeMap<StreamId, Settings>,
    versions: BTreeMap<Uuid, u64>,
    undone: BTreeSet<Uuid>,
    /// Titles of tasks that clients made: each stands for one request.
    titles: BTreeSet<String>,
    /// Events by which a task was closed.
    closings: BTreeMap<String, TaskId>,
    /// The occurrence after an occurrence.
    pub(crate) next: BTreeMap<TaskId, TaskId>,
    /// Deliveries said to be sent by mail, since they were last asked for.
    pub(crate) mailed: Vec<DeliveryId>,
}

/// A task, and what befell it.
#[derive(Default)]
pub(crate) struct Seen {
    pub(crate) task: Task,
    pub(crate) stream: StreamId,
    /// When what its reminders depend on last changed.
    pub(crate) moved_at: Timestamp,
    /// Whether its last change of status was an undo.
    undone: bool,
    /// Whether somebody changed it after it was made.
    touched: bool,
    deleted: bool,
}

impl Log {
    /// How far a stream was read.
    pub(crate) fn end(&self, stream: StreamId) -> u64 {
        self.ends.get(&stream).map_or(0, |(n, _)| *n)
    }

    /// Whether a stream was read up to that head.
    pub(crate) fn is_at(&self, stream: StreamId, n: u64, hash: &str) -> bool {
        let end = self.ends.get(&stream);
        end.is_some_and(|(known, last)| *known == n && last == hash)
    }

    /// The last line of each stream: what two worlds have in common when all of their logs are the same.
    pub(crate) fn ends(&self) -> String {
        let end = |(stream, (n, hash)): (&StreamId, &(u64, String))| format!("{stream}:{n} {hash}");
        self.ends.iter().map(end).collect::<Vec<_>>().join(", ")
    }

    /// Takes a stream's next lines, up to where its head says that it ends.
    pub(crate) fn read(
        &mut self,
        stream: StreamId,
        lines: &[LogRow],
        head: (u64, &str),
    ) -> Result<(), String> {
        for line in lines {
            self.line(stream, line)?;
        }
        let start = (0, chain::START.to_owned());
        let (n, hash) = self.ends.get(&stream).unwrap_or(&start);
        if (*n, hash.as_str()) != head {
            return Err(format!(
                "n without gaps: the head of stream {stream} says {}, and its last line is {n}",
                head.0
            ));
        }
        self.occurrences()
    }

    fn line(&mut self, stream: StreamId, line: &LogRow) -> Result<(), String> {
        let end = self.ends.entry(stream);
        let (n, hash) = end.or_insert_with(|| (0, chain::START.to_owned()));
        chain::follows(stream, *n, hash, line).map_err(|why| format!("n without gaps: {why}"))?;
        (*n, *hash) = (line.n, line.hash.clone());
        let payload = line.payload.as_deref();
        let payload =
            payload.ok_or_else(|| format!("the log keeps what it has: line {}", line.n))?;
        let event = data::read(line.kind, stream, payload);
        let event = event.map_err(|why| format!("the log can be read: {why}"))?;
        self.version(&event)?;
        match &event.change {
            Change::Task(fields) => {
                let id = TaskId(event.subject);
                let seen = self.tasks.entry(id).or_default();
                seen.stream = stream;
                seen.task.apply(&fields.after);
                self.task(id, line, &event)?;
            }
            Change::Series(fields) => {
                let series = self.series.entry(event.subject).or_default();
                series.apply(&fields.after);
            }
            Change::Settings(fields) => {
                let settings = self.settings.entry(stream).or_default();
                settings.apply(&fields.after);
            }
            _ => self.said(line, &event),
        }
        Ok(())
    }

    /// Each decision stands on the one before: nobody decided on what was not so any more.
    fn version(&mut self, event: &Event) -> Result<(), String> {
        if event.version == 0 {
            return Ok(());
        }
        let before = self.versions.insert(event.subject, event.version);
        let before = before.unwrap_or_default();
        if event.version == before + 1 {
            return Ok(());
        }
        Err(format!(
            "a decision stands on the state before it: after version {before} of {} comes {} ({})",
            event.subject, event.version, event.kind
        ))
    }

    fn said(&mut self, line: &LogRow, event: &Event) {
        match event.kind {
            EventKind::RunUndone => drop(self.undone.insert(line.run.0)),
            EventKind::ReminderSent if event.detail.channel.as_deref() == Some("email") => {
                self.mailed.extend(event.detail.delivery.map(DeliveryId));
            }
            _ => {}
        }
    }

    fn task(&mut self, id: TaskId, line: &LogRow, event: &Event) -> Result<(), String> {
        let by_recur = line.client == "recur";
        if event.kind == EventKind::TaskCreated
            && line.client_kind == "agent"
            && let Some(seen) = self.tasks.get(&id)
            && !self.titles.insert(seen.task.title.clone())
        {
            return Err(format!(
                "one effect for an Idempotency-Key: {:?} was made twice",
                seen.task.title
            ));
        }
        if by_recur && matches!(event.kind, EventKind::TaskCreated | EventKind::TaskRestored) {
            self.follows(id, line)?;
        }
        if matches!(
            event.kind,
            EventKind::TaskCompleted | EventKind::TaskDropped
        ) {
            let event_id = format!("{}:{}", line.stream, line.n);
            self.closings.insert(event_id, id);
        }
        let undone = event.detail.note.as_deref() == Some("undone");
        if let Some(seen) = self.tasks.get_mut(&id) {
            let Change::Task(fields) = &event.change else {
                return Ok(());
            };
            if fields.after.status.is_some() {
                seen.undone = undone;
            }
            seen.deleted |= event.kind == EventKind::TaskDeleted;
            seen.touched |= event.version > 1 && !by_recur;
            seen.moved_at = line.at;
        }
        Ok(())
    }

    /// An occurrence was made or brought back because of a closing, which must still hold.
    fn follows(&mut self, id: TaskId, line: &LogRow) -> Result<(), String> {
        let cause = line.causation.as_deref().unwrap_or_default();
        let Some(before) = self.closings.get(cause).copied() else {
            return Err(format!(
                "one next occurrence: {id} came of nothing ({cause})"
            ));
        };
        if before == id {
            return Ok(());
        }
        let other = self.next.insert(before, id);
        if other.is_some_and(|other| other != id) {
            return Err(format!("one next occurrence: {before} has two"));
        }
        match self.tasks.get(&before) {
            Some(seen) if seen.task.status == Status::Open => Err(format!(
                "one next occurrence: {before} is open, because its completion was undone, and got one all the same"
            )),
            _ => Ok(()),
        }
    }

    /// Of an occurrence whose completion was undone nothing may be left, unless somebody changed it.
    fn occurrences(&self) -> Result<(), String> {
        for (before, next) in &self.next {
            let (Some(before_seen), Some(next_seen)) =
                (self.tasks.get(before), self.tasks.get(next))
            else {
                continue;
            };
            let stands = next_seen.task.deleted_at.is_none() && !next_seen.touched;
            if before_seen.task.is_live() && before_seen.undone && stands {
                return Err(format!(
                    "one next occurrence: the completion of {before} was undone, and {next} stands"
                ));
            }
        }
        Ok(())
    }

    /// Whether what a client was promised is there.
    pub(crate) fn has(&self, accepted: &Accepted) -> Result<(), String> {
        let there = match accepted {
            Accepted::Version(id, version) => {
                self.versions.get(id).is_some_and(|last| last >= version)
            }
            Accepted::Undone(run) => self.undone.contains(run),
            Accepted::Deleted(id) => self.tasks.get(&TaskId(*id)).is_some_and(|it| it.deleted),
        };
        if there {
            return Ok(());
        }
        Err(format!(
            "no accepted write is lost: {accepted:?} is not in the log"
        ))
    }

    /// Closed occurrences that have no next one, though their series goes on.
    pub(crate) fn without_next(&self) -> Vec<TaskId> {
        let goes_on = |task: &Task| {
            let series = task.series_id.and_then(|id| self.series.get(&id.0));
            series.is_some_and(|series| series.ended_at.is_none() && series.paused_at.is_none())
        };
        let lacks = |(id, seen): &(&TaskId, &Seen)| {
            let closed = seen.task.status != Status::Open && seen.task.deleted_at.is_none();
            let next = self.next.get(id).and_then(|next| self.tasks.get(next));
            closed && goes_on(&seen.task) && next.is_none_or(|next| next.task.deleted_at.is_some())
        };
        self.tasks.iter().filter(lacks).map(|(id, _)| *id).collect()
    }
}

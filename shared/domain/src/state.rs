//! What a decision is made from, and what it changes: the rows that were loaded, and what is written to them.
//!
//! Writing a row and folding its event are the same step, so that the log and the rows cannot differ.

mod written;

pub use written::{LedgerRow, Wake, Warning, Written};

use crate::{
    event::{Change, Detail, Event, EventKind, Fields, Logged},
    id::*,
    ledger::{Delivery, Scheduled},
    list::{Comment, List, Section, Tag, View},
    record::{Patch, Record},
    refusal::Refusal,
    series::Series,
    settings::Settings,
    task::Task,
};
use jiff::Timestamp;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

/// A record with its identity and version.
#[derive(Clone, Debug, PartialEq)]
pub struct Row<R> {
    /// Where it stands.
    pub stream: StreamId,
    /// From 1, raised by each event about it.
    pub version: u64,
    /// When that was.
    pub updated_at: Timestamp,
    /// The record.
    pub value: R,
}

/// The rows of one kind.
pub type Table<R> = BTreeMap<Uuid, Arc<Row<R>>>;

/// A record that is kept as rows of its own.
pub trait Kept: Record {
    /// What it is called in a refusal.
    const WHAT: &'static str;
    /// Its rows.
    fn table(state: &State) -> &Table<Self>;
    /// Its rows, to be written.
    fn table_mut(state: &mut State) -> &mut Table<Self>;
    /// Its fields as an event's change.
    fn wrap(fields: Fields<Self::Patch>) -> Change;
    /// Its fields out of an event's change.
    fn unwrap(change: &Change) -> Option<&Fields<Self::Patch>>;
}

macro_rules! kept {
    ($($record:ident $table:ident $what:literal $(($box:ident))?;)*) => {$(
        impl Kept for $record {
            const WHAT: &'static str = $what;
            fn table(state: &State) -> &Table<Self> { &state.$table }
            fn table_mut(state: &mut State) -> &mut Table<Self> { &mut state.$table }
            fn wrap(fields: Fields<Self::Patch>) -> Change { Change::$record($($box::new)?(fields)) }
            fn unwrap(change: &Change) -> Option<&Fields<Self::Patch>> {
                match change { Change::$record(fields) => Some(fields), _ => None }
            }
        }
    )*};
}

kept! {
    Task tasks "task" (Box);
    Series series "series" (Box);
    List lists "list";
    Section sections "section";
    Tag tags "tag";
    View views "view";
    Comment comments "comment";
    Settings settings "settings" (Box);
}

/// The head of a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Head {
    /// The number of its last event.
    pub n: u64,
    /// How many tasks in it are live: open and not in the trash.
    pub open_tasks: u64,
    /// How many lists in it are not in the trash.
    pub lists: u64,
}

/// What was loaded, and what is being written.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// For whom.
    pub viewer: UserId,
    /// The viewer's own stream, where new things go.
    pub home: StreamId,
    /// The heads of the streams that may be written.
    pub heads: BTreeMap<StreamId, Head>,
    pub(crate) tasks: Table<Task>,
    pub(crate) series: Table<Series>,
    pub(crate) lists: Table<List>,
    pub(crate) sections: Table<Section>,
    pub(crate) tags: Table<Tag>,
    pub(crate) views: Table<View>,
    pub(crate) comments: Table<Comment>,
    pub(crate) settings: Table<Settings>,
    /// The latest generation of each reminder of the tasks loaded.
    pub schedule: BTreeMap<(TaskId, ReminderId), Scheduled>,
    /// The deliveries loaded.
    pub deliveries: BTreeMap<DeliveryId, Delivery>,
    /// Events loaded to be taken back or merged with, oldest first.
    pub past: Vec<Logged>,
    /// The run that an undo of "the last" was found to mean.
    pub undoing: Option<RunId>,
    /// Ids of tasks whose content was removed for good.
    pub purged: BTreeSet<TaskId>,
    written: Written,
    writes: u64,
}

impl State {
    /// An empty state for a person.
    pub fn new(viewer: UserId, home: StreamId) -> Self {
        Self {
            viewer,
            home,
            heads: BTreeMap::from([(home, Head::default())]),
            ..Self::default()
        }
    }

    /// Puts a loaded row in.
    pub fn load<R: Kept>(&mut self, id: Uuid, row: Arc<Row<R>>) {
        R::table_mut(self).insert(id, row);
    }

    /// The row of that id, where it is in a stream of the viewer's.
    pub fn row<R: Kept>(&self, id: impl Into<Uuid>) -> Result<&Row<R>, Refusal> {
        R::table(self)
            .get(&id.into())
            .map(Arc::as_ref)
            .ok_or(Refusal::NotFound(R::WHAT))
    }

    /// The rows of a kind, by id.
    pub fn rows<R: Kept>(&self) -> impl Iterator<Item = (Uuid, &Row<R>)> {
        R::table(self).iter().map(|(id, row)| (*id, row.as_ref()))
    }

    /// The viewer's settings; the defaults before any were made.
    pub fn my_settings(&self) -> Settings {
        self.settings
            .get(&self.viewer.0)
            .map(|row| row.value.clone())
            .unwrap_or_default()
    }

    /// Changes a record and says so, when anything differs. Answers whether it did.
    pub fn change<R: Kept>(
        &mut self,
        kind: EventKind,
        id: impl Into<Uuid>,
        now: Timestamp,
        detail: Detail,
        edit: impl FnOnce(&mut R),
    ) -> Result<bool, Refusal> {
        let id = id.into();
        let row = R::table(self).get(&id).ok_or(Refusal::NotFound(R::WHAT))?;
        let mut next = row.value.clone();
        edit(&mut next);
        let (before, after) = row.value.diff(&next);
        if before.is_empty() {
            return Ok(false);
        }
        let event = Event {
            stream: row.stream,
            kind,
            subject: id,
            version: row.version + 1,
            change: R::wrap(Fields { before, after }),
            detail,
        };
        self.emit(event, now);
        Ok(true)
    }

    /// Makes a record in a stream.
    pub fn create<R: Kept>(
        &mut self,
        kind: EventKind,
        stream: StreamId,
        id: impl Into<Uuid>,
        now: Timestamp,
        value: &R,
    ) {
        self.create_with(kind, stream, id, now, value, Detail::default());
    }

    /// Makes a record in a stream, with something to say about it.
    pub fn create_with<R: Kept>(
        &mut self,
        kind: EventKind,
        stream: StreamId,
        id: impl Into<Uuid>,
        now: Timestamp,
        value: &R,
        detail: Detail,
    ) {
        let change = R::wrap(Fields {
            before: R::Patch::default(),
            after: value.whole(),
        });
        self.emit(
            Event {
                stream,
                kind,
                subject: id.into(),
                version: 1,
                change,
                detail,
            },
            now,
        );
    }

    /// Says what has no row.
    pub fn say(
        &mut self,
        stream: StreamId,
        kind: EventKind,
        subject: Uuid,
        now: Timestamp,
        detail: Detail,
    ) {
        self.emit(
            Event {
                stream,
                kind,
                subject,
                version: 0,
                change: Change::None,
                detail,
            },
            now,
        );
    }

    fn emit(&mut self, event: Event, now: Timestamp) {
        let before = self.counted(&event);
        self.fold(&event, now);
        let after = self.counted(&event);
        let head = self.heads.entry(event.stream).or_default();
        let count =
            |had: u64, was: bool, is: bool| (had + u64::from(is)).saturating_sub(u64::from(was));
        head.open_tasks = count(head.open_tasks, before.0, after.0);
        head.lists = count(head.lists, before.1, after.1);
        self.written.events.push(event);
        self.writes += 1;
    }

    /// Whether the event's subject counts as an open task, and as a list.
    fn counted(&self, event: &Event) -> (bool, bool) {
        let task = self.tasks.get(&event.subject);
        let list = self.lists.get(&event.subject);
        (
            task.is_some_and(|row| row.value.is_live()),
            list.is_some_and(|row| row.value.deleted_at.is_none()),
        )
    }

    /// Applies an event: the one place where rows change, used by decisions and by `errand rebuild` alike.
    pub fn fold(&mut self, event: &Event, at: Timestamp) {
        if event.kind == EventKind::TaskPurged {
            self.tasks.remove(&event.subject);
            let about = TaskId(event.subject);
            self.comments.retain(|_, row| row.value.task_id != about);
            self.purged.insert(TaskId(event.subject));
            return;
        }
        match &event.change {
            Change::Task(_) => self.fold_into::<Task>(event, at),
            Change::Series(_) => self.fold_into::<Series>(event, at),
            Change::List(_) => self.fold_into::<List>(event, at),
            Change::Section(_) => self.fold_into::<Section>(event, at),
            Change::Tag(_) => self.fold_into::<Tag>(event, at),
            Change::View(_) => self.fold_into::<View>(event, at),
            Change::Comment(_) => self.fold_into::<Comment>(event, at),
            Change::Settings(_) => self.fold_into::<Settings>(event, at),
            Change::None => {}
        }
    }

    fn fold_into<R: Kept>(&mut self, event: &Event, at: Timestamp) {
        let Some(fields) = R::unwrap(&event.change) else {
            return;
        };
        let table = R::table_mut(self);
        let fresh = || Row {
            stream: event.stream,
            version: 0,
            updated_at: at,
            value: R::default(),
        };
        let row = Arc::make_mut(
            table
                .entry(event.subject)
                .or_insert_with(|| Arc::new(fresh())),
        );
        row.value.apply(&fields.after);
        row.version = event.version;
        row.updated_at = at;
    }

    /// The steps of a task that were loaded, in the trash or not.
    pub fn children(&self, parent: TaskId) -> Vec<TaskId> {
        let is_child = |row: &Row<Task>| row.value.parent_id == Some(parent);
        self.rows::<Task>()
            .filter(|(_, row)| is_child(row))
            .map(|(id, _)| TaskId(id))
            .collect()
    }

    /// Removes a task's content for good.
    pub fn purge(&mut self, id: TaskId, now: Timestamp) {
        let Some(row) = self.tasks.get(&id.0) else {
            return;
        };
        let (stream, version) = (row.stream, row.version + 1);
        let event = Event {
            stream,
            kind: EventKind::TaskPurged,
            subject: id.0,
            version,
            change: Change::None,
            detail: Detail::default(),
        };
        self.schedule.retain(|(task, _), _| *task != id);
        self.emit(event, now);
        self.written.purged.insert(id);
    }

    /// What this decision wrote.
    pub fn written(&self) -> &Written {
        &self.written
    }

    /// How often it wrote: the same number twice means that nothing was written in between.
    pub fn writes(&self) -> u64 {
        self.writes
    }

    /// What this decision wrote, as a store takes it.
    #[cfg(test)]
    pub(crate) fn take_written(&mut self) -> Written {
        std::mem::take(&mut self.written)
    }

    /// The ids of the records of a kind that this decision wrote.
    pub fn touched<R: Kept>(&self) -> BTreeSet<Uuid> {
        let of_kind = |event: &&Event| R::unwrap(&event.change).is_some();
        self.written
            .events
            .iter()
            .filter(of_kind)
            .map(|event| event.subject)
            .collect()
    }
}

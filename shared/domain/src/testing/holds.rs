//! What holds after every write, whatever was done.

use super::World;
use crate::{
    event::{Change, Event, Fields, Logged},
    id::TaskId,
    ledger::{ScheduleState, Scheduled},
    list::{Comment, List, Section, Tag, View},
    record::Patch,
    reminder,
    series::Series,
    settings::Settings,
    state::{Kept, State},
    task::Task,
};
use std::collections::BTreeSet;

/// An event says what changed, and counts its record's version.
pub(super) fn event(log: &[Logged], event: &Event) {
    fn differs<P: Patch>(fields: &Fields<P>) -> bool {
        let creation = fields.before.is_empty() && !fields.after.is_empty();
        creation || (fields.before.names() == fields.after.names() && fields.before != fields.after)
    }
    let differs = match &event.change {
        Change::Task(fields) => differs(fields),
        Change::Series(fields) => differs(fields),
        Change::List(fields) => differs(fields),
        Change::Section(fields) => differs(fields),
        Change::Tag(fields) => differs(fields),
        Change::View(fields) => differs(fields),
        Change::Comment(fields) => differs(fields),
        Change::Settings(fields) => differs(fields),
        Change::None => return,
    };
    assert!(differs, "nothing changed: {event:?}");
    let of_record = |logged: &&Logged| {
        logged.event.subject == event.subject
            && std::mem::discriminant(&logged.event.change) == std::mem::discriminant(&event.change)
    };
    let last = log
        .iter()
        .rev()
        .find(of_record)
        .map_or(0, |logged| logged.event.version);
    assert_eq!(event.version, last + 1, "{event:?}");
}

pub(super) fn all(world: &World) {
    rows_are_the_folded_log(world);
    heads_count_what_is_there(world);
    schedule_follows_the_tasks(world);
    tasks_stand_in_order(world);
}

fn rows_are_the_folded_log(world: &World) {
    let mut folded = State::new(world.state.viewer, world.state.home);
    for logged in &world.log {
        folded.fold(&logged.event, logged.at);
    }
    fn same<R: Kept>(world: &World, folded: &State) {
        assert_eq!(R::table(&world.state), R::table(folded), "{}", R::WHAT);
    }
    same::<Task>(world, &folded);
    same::<Series>(world, &folded);
    same::<List>(world, &folded);
    same::<Section>(world, &folded);
    same::<Tag>(world, &folded);
    same::<View>(world, &folded);
    same::<Comment>(world, &folded);
    same::<Settings>(world, &folded);
    assert_eq!(world.state.purged, folded.purged);
}

fn heads_count_what_is_there(world: &World) {
    let head = world.state.heads[&world.state.home];
    let live = world
        .state
        .rows::<Task>()
        .filter(|(_, row)| row.value.is_live())
        .count();
    let lists = world
        .state
        .rows::<List>()
        .filter(|(_, row)| row.value.deleted_at.is_none())
        .count();
    assert_eq!((head.open_tasks, head.lists), (live as u64, lists as u64));
}

/// Every open task's reminder that lies ahead is open at its moment, once; a closed task has none.
fn schedule_follows_the_tasks(world: &World) {
    let settings = world.state.my_settings();
    let open: Vec<&Scheduled> = world
        .ledger
        .iter()
        .filter(|row| row.state == ScheduleState::Open)
        .collect();
    for row in &open {
        let task = world
            .state
            .row::<Task>(row.task.0)
            .expect("an open reminder has its task");
        let reminder = task.value.reminders.iter().find(|it| it.id == row.reminder);
        let moment = reminder.and_then(|it| reminder::moment(&task.value, it, &settings));
        assert!(task.value.is_live(), "{row:?}");
        assert_eq!(moment, Some(row.moment), "{row:?}");
        let latest = &world.state.schedule[&(row.task, row.reminder)];
        assert_eq!(latest, *row, "an older generation is open");
    }
    for (id, row) in world
        .state
        .rows::<Task>()
        .filter(|(_, row)| row.value.is_live())
    {
        for reminder in &row.value.reminders {
            let ahead = reminder::moment(&row.value, reminder, &settings)
                .filter(|moment| *moment > world.now);
            let of = |row: &&&Scheduled| row.task == TaskId(id) && row.reminder == reminder.id;
            let found: Vec<_> = open.iter().filter(of).map(|row| row.moment).collect();
            let ahead: Vec<_> = ahead.into_iter().collect();
            assert!(
                ahead.is_empty() || found == ahead,
                "{found:?} {ahead:?} {:?}",
                row.value
            );
        }
    }
}

/// Nothing outside the trash stands below what is in it, and nobody is above or before themselves.
fn tasks_stand_in_order(world: &World) {
    let row = |id: TaskId| world.state.row::<Task>(id.0).ok().map(|row| &row.value);
    for (id, task) in world.state.rows::<Task>() {
        let (id, task) = (TaskId(id), &task.value);
        assert!(!task.title.is_empty() && !task.position.is_empty());
        let mut above = BTreeSet::from([id]);
        let mut at = task.parent_id;
        while let Some(parent) = at {
            assert!(above.insert(parent), "a circle of steps at {id}");
            let over = row(parent);
            if task.deleted_at.is_none() {
                assert!(
                    over.is_some_and(|over| over.deleted_at.is_none()),
                    "{id} stands below the trash"
                );
            }
            at = over.and_then(|over| over.parent_id);
        }
        let mut waiting = task.blocked_by.clone();
        let mut seen = BTreeSet::new();
        while let Some(blocker) = waiting.pop() {
            assert_ne!(blocker, id, "a circle of blockers");
            if seen.insert(blocker) {
                waiting.extend(row(blocker).into_iter().flat_map(|task| &task.blocked_by));
            }
        }
    }
}

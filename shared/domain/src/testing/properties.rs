//! What holds for any commands in any order.

use super::{
    World,
    commands::{self, Step},
    holds, id,
};
use crate::{
    command::Command,
    id::*,
    ledger::ScheduleState,
    list::{Comment, List, Section, Tag, View},
    record::{Patch, Record},
    refusal::Refusal,
    series::Series,
    state::{Kept, State},
    task::{
        Task,
        change::{Edit, Expect},
    },
};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use std::collections::BTreeMap;
use uuid::Uuid;

/// The commands with each series named by its task replaced by that task's own.
fn found(state: &State, command: &Command) -> Command {
    let series = |id: &SeriesId| {
        let row = state.row::<Task>(id.0).ok();
        row.and_then(|row| row.value.series_id).unwrap_or(*id)
    };
    match command {
        Command::EndSeries { id } => Command::EndSeries { id: series(id) },
        Command::PauseSeries { id } => Command::PauseSeries { id: series(id) },
        Command::ResumeSeries { id } => Command::ResumeSeries { id: series(id) },
        other => other.clone(),
    }
}

fn play(world: &mut World, step: &Step) {
    match step {
        Step::Do(all) => {
            let _ = world.commit(|state, now| {
                all.iter()
                    .try_for_each(|command| found(state, command).decide(state, Expect::Any, now))
            });
        }
        Step::Wait(minutes) => world.now += SignedDuration::from_mins(*minutes),
        Step::Recur => world.recur(),
        Step::Fire => world.fire(),
        Step::Undo(back, partly) => {
            let _ = world.undo_run(world.runs.saturating_sub(*back as u128), *partly);
        }
        Step::UndoEvent(back) => {
            let n = world.log.iter().rev().nth(*back).map(|logged| logged.n);
            let _ = world.commit(|state, now| {
                crate::undo::undo(state, |logged| Some(logged.n) == n, false, now)
            });
        }
    }
}

fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    proptest::collection::vec(commands::step(), 0..most)
}

fn played(steps: &[Step]) -> World {
    let mut world = World::at("2026-11-23T09:00");
    for step in steps {
        play(&mut world, step);
    }
    world
}

/// What undo gives back: every record that is not in the trash or over, and the reminders that lie ahead.
#[derive(Debug, PartialEq)]
struct Seen {
    tasks: BTreeMap<Uuid, Task>,
    series: BTreeMap<Uuid, Series>,
    lists: BTreeMap<Uuid, List>,
    sections: BTreeMap<Uuid, Section>,
    tags: BTreeMap<Uuid, Tag>,
    views: BTreeMap<Uuid, View>,
    comments: BTreeMap<Uuid, Comment>,
    reminders: BTreeMap<(TaskId, ReminderId), Timestamp>,
    settings: crate::settings::Settings,
}

fn seen(world: &World, had: &State, at: Timestamp) -> Seen {
    fn rows<R: Kept>(world: &World, had: &State, gone: fn(&R) -> bool) -> BTreeMap<Uuid, R> {
        let rows = world.state.rows::<R>();
        let stays = rows.filter(|(id, row)| R::table(had).contains_key(id) || !gone(&row.value));
        stays.map(|(id, row)| (id, row.value.clone())).collect()
    }
    let ahead = world
        .ledger
        .iter()
        .filter(|row| row.state == ScheduleState::Open && row.moment > at);
    Seen {
        tasks: rows(world, had, |task| task.deleted_at.is_some()),
        series: rows(world, had, |series| series.ended_at.is_some()),
        lists: rows(world, had, |list| list.deleted_at.is_some()),
        sections: rows(world, had, |section| section.deleted_at.is_some()),
        tags: rows(world, had, |tag| tag.deleted_at.is_some()),
        views: rows(world, had, |view| view.deleted_at.is_some()),
        comments: rows(world, had, |comment| comment.deleted_at.is_some()),
        reminders: ahead
            .map(|row| ((row.task, row.reminder), row.moment))
            .collect(),
        settings: world.state.my_settings(),
    }
}

proptest! {
    #[test]
    fn whatever_is_done_rows_log_heads_and_reminders_agree(steps in steps(40), purge in proptest::collection::vec((0_usize..40, commands::purge()), 0..3)) {
        let mut world = World::at("2026-11-23T09:00");
        for (at, step) in steps.iter().enumerate() {
            play(&mut world, step);
            for (_, command) in purge.iter().filter(|(when, _)| *when == at) {
                let _ = world.attempt(command.clone());
            }
            holds::all(&world);
        }
    }

    #[test]
    fn r_1_11_what_was_done_and_undone_is_as_before(steps in steps(25), command in commands::command()) {
        let mut world = played(&steps);
        let (had, at) = (world.state.clone(), world.now);
        let before = seen(&world, &had, at + SignedDuration::from_mins(1));
        let command = found(&world.state, &command);
        let (runs, lines) = (world.runs, world.log.len());
        if world.attempt(command).is_err() || world.log.len() == lines {
            return Ok(());
        }
        world.undo();
        prop_assert_eq!(&seen(&world, &had, at + SignedDuration::from_mins(1)), &before);
        holds::all(&world);
        // And what was undone can be done again.
        let undone = seen(&world, &had, at + SignedDuration::from_mins(1));
        world.undo();
        world.undo();
        prop_assert_eq!(&seen(&world, &had, at + SignedDuration::from_mins(1)), &undone);
        prop_assert_eq!(world.runs, runs + 4);
        holds::all(&world);
    }

    #[test]
    fn r_1_9_changes_of_different_groups_give_the_same_in_any_order(
        steps in steps(12),
        task in commands::task(),
        one in commands::fields(),
        other in commands::fields(),
    ) {
        let world = played(&steps);
        let Ok(row) = world.state.row::<Task>(task.0) else { return Ok(()) };
        let base = row.version;
        let groups = |patch: &crate::task::TaskPatch| patch.names().into_iter().map(crate::merge::group).collect::<Vec<_>>();
        let (mine, yours) = (groups(&one), groups(&other));
        let is_set = |group: &str| matches!(group, "tags" | "blocked_by");
        prop_assume!(!mine.iter().any(|group| yours.contains(group) && !is_set(group)));
        let run = |first: &crate::task::TaskPatch, second: &crate::task::TaskPatch| {
            let mut world = played(&steps);
            for set in [first, second] {
                let edit = Edit { set: set.clone(), ..Edit::default() };
                let command = Command::UpdateTask { id: task, edit: Box::new(edit) };
                if let Err(why) = world.commit(|state, now| command.decide(state, Expect::Base(base), now)) {
                    let collides = matches!(why, Refusal::Conflict { .. });
                    return Err(if collides { "collides" } else { "unfit" });
                }
            }
            let mut merged = world.task(task).clone();
            // Of two spellings the first stays.
            merged.tags = merged.tags.iter().map(|tag| tag.to_lowercase()).collect();
            merged.tags.sort();
            merged.blocked_by.sort();
            Ok(merged)
        };
        let (there, back) = (run(&one, &other), run(&other, &one));
        prop_assert_ne!(&there, &Err("collides"));
        if there.is_ok() && back.is_ok() {
            prop_assert_eq!(there, back);
        }
    }

    #[test]
    fn no_command_needs_more_than_it_says(command in commands::command()) {
        // What is needed is found without panic for each.
        let need = command.need(Expect::Base(1));
        prop_assert!(need.tasks.len() + need.lists.len() < 100);
        let mut empty = State::new(super::ANN, super::HOME);
        let _ = command.decide(&mut empty, Expect::Version(1), Timestamp::UNIX_EPOCH);
        let nothing: TaskId = id(99);
        prop_assert!(empty.row::<Task>(nothing.0).is_err());
        let (before, after) = Task::default().diff(&Task::default());
        prop_assert!(before.is_empty() && after.is_empty());
    }
}

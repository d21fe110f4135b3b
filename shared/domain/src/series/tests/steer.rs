//! Skipped, ended, paused, and what becomes of the rhythm.

use super::{SUNDAYS, call, series, world};
use crate::{
    command::Command,
    refusal::Refusal,
    series::{Series, successor},
    task::{
        Status, Task,
        change::{Edit, Expect},
    },
    testing::{every, id, patch},
};
use serde_json::json;

#[test]
fn r_3_3_skipping_moves_the_task_on_and_its_open_steps() {
    let mut world = world();
    let task = call(&mut world);
    world.set(task, json!({"start": {"date": "2026-11-28"}}));
    let open =
        world.add(json!({"title": "flowers", "parent_id": task, "due": {"date": "2026-11-28"}}));
    let done =
        world.add(json!({"title": "card", "parent_id": task, "due": {"date": "2026-11-28"}}));
    world.complete(done);
    world.run(Command::Skip { id: task });
    assert_eq!(
        world.open(),
        "call mom 2026-12-06T15:00:00 #home\nflowers 2026-12-05"
    );
    assert_eq!(
        world
            .task(task)
            .start
            .as_ref()
            .map(|start| start.date().to_string())
            .as_deref(),
        Some("2026-12-05")
    );
    assert_eq!(
        world.reminders(task),
        "2026-11-29T13:45:00Z cancelled\n2026-12-06T13:45:00Z open"
    );
    assert_eq!(world.task(open).status, Status::Open);
    let plain = world.add(json!({"title": "plain"}));
    assert!(matches!(
        world.attempt(Command::Skip { id: plain }),
        Err(Refusal::Unfit(_))
    ));
    let last = world.add_every(
        "FREQ=DAILY;COUNT=1",
        json!({"title": "last", "due": {"date": "2026-11-23"}}),
    );
    world.run(Command::Skip { id: last });
    assert_eq!(world.task(last).status, Status::Dropped);
}

#[test]
fn r_3_3_an_ended_series_leaves_its_open_task_as_the_last() {
    let mut world = world();
    let task = call(&mut world);
    let id = series(&world, task);
    world.run(Command::EndSeries { id });
    world.run(Command::EndSeries { id });
    assert_eq!(world.task(task).recurrence, None);
    assert_eq!(world.next(task), None);
    // The same by taking the rule away, and another series after it.
    let task = call(&mut world);
    let first = series(&world, task);
    world.edit(task, json!({}), |edit| edit.repeat = Some(None));
    world.edit(task, json!({}), |edit| {
        edit.repeat = Some(Some(every("FREQ=DAILY")));
    });
    assert_ne!(series(&world, task), first);
    assert!(world.next(task).is_some());
}

#[test]
fn a_series_ended_and_begun_in_one_request_are_two() {
    let mut world = world();
    let task = call(&mut world);
    let edit = |repeat| Command::UpdateTask {
        id: task,
        edit: Box::new(Edit {
            repeat: Some(repeat),
            ..Edit::default()
        }),
    };
    let all = [
        edit(None),
        edit(Some(every("FREQ=DAILY"))),
        edit(None),
        edit(Some(every("FREQ=WEEKLY"))),
    ];
    let done = world.commit(|state, now| {
        all.iter()
            .try_for_each(|command| command.decide(state, Expect::Any, now))
    });
    assert_eq!(done, Ok(()));
    assert_eq!(world.state.rows::<Series>().count(), 3);
    world.next(task).expect("a next one");
    assert_eq!(world.open(), "call mom 2026-12-06T15:00:00 #home");
}

#[test]
fn r_3_3_a_paused_series_waits_and_goes_on_from_now() {
    let mut world = world();
    let task = call(&mut world);
    let id = series(&world, task);
    world.run(Command::PauseSeries { id });
    assert_eq!(world.next(task), None);
    world.clock("2027-01-20T09:00");
    world.run(Command::ResumeSeries { id });
    assert_eq!(world.open(), "call mom 2027-01-24T15:00:00 #home");
    let lines = world.log.len();
    world.run(Command::ResumeSeries { id });
    world.recur();
    assert_eq!(world.log.len(), lines);
    // Resumed while its task is still open it makes nothing.
    world.run(Command::PauseSeries { id });
    world.run(Command::ResumeSeries { id });
    assert_eq!(world.open(), "call mom 2027-01-24T15:00:00 #home");
}

#[test]
fn a_recurring_step_of_a_closed_task_does_not_come_back() {
    let mut world = world();
    let above = world.add(json!({"title": "project"}));
    let step = world.add_every(
        "FREQ=DAILY",
        json!({"title": "stand-up", "parent_id": above, "due": {"date": "2026-11-23"}}),
    );
    let step = world.next(step).expect("a next one");
    assert_eq!(world.task(step).parent_id, Some(above));
    world.complete(above);
    world.recur();
    assert_eq!(world.open(), "");
}

#[test]
fn r_3_4_a_series_goes_on_however_early_it_is_closed() {
    let mut world = world();
    let mut task = world.add_every(
        "FREQ=MONTHLY",
        json!({"title": "x", "due": {"date": "2026-11-23"}}),
    );
    for _ in 0..20 {
        task = world.next(task).expect("it goes on");
    }
    assert_eq!(world.open(), "x 2028-07-23", "one is open");
    let going = world
        .state
        .row::<Series>(series(&world, task).0)
        .expect("there");
    assert_eq!(going.value.ended_at, None);
}

#[test]
fn a_due_date_taken_away_leaves_the_rhythm() {
    let mut world = world();
    let task = call(&mut world);
    world.set(task, json!({"due": null}));
    world.next(task).expect("a next one");
    assert_eq!(world.open(), "call mom 2026-12-06T15:00:00 #home");
    let plain = world.add(json!({"title": "plain"}));
    world.edit(plain, json!({}), |edit| {
        edit.repeat = Some(Some(every(SUNDAYS)));
    });
    assert_eq!(
        world
            .task(plain)
            .due
            .as_ref()
            .map(|due| due.date().to_string())
            .as_deref(),
        Some("2026-11-29")
    );
    let next = successor(series(&world, plain), plain);
    world.complete(plain);
    world.recur();
    assert!(world.state.row::<Task>(next.0).is_ok());
    let draft = patch(json!({"title": "x", "due": {"date": "2026-11-23"}}));
    let timed = Command::CreateTask {
        id: id(70),
        draft,
        repeat: Some(every("FREQ=DAILY;BYHOUR=8")),
    };
    assert!(matches!(world.attempt(timed), Err(Refusal::Rule(_))));
}

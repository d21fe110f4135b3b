//! How tasks come back.

mod steer;

use crate::{
    command::Command,
    event::EventKind,
    id::{SeriesId, TaskId},
    recurrence::{CountedFrom, Missed},
    series::{Series, spawn},
    testing::{World, every, every_from, id, lead, moment},
};
use expect_test::{Expect, expect};
use serde_json::json;

const SUNDAYS: &str = "FREQ=WEEKLY;BYDAY=SU";

fn world() -> World {
    World::at("2026-11-23T09:00")
}

fn due(date_time: &str) -> serde_json::Value {
    json!({"at": date_time, "time_zone": "Europe/Berlin"})
}

fn call(world: &mut World) -> TaskId {
    let draft = json!({"title": "call mom", "due": due("2026-11-29T15:00:00"), "tags": ["home"], "reminders": [lead(1, "-PT15M")]});
    world.add_every(SUNDAYS, draft)
}

fn series(world: &World, task: TaskId) -> SeriesId {
    world.task(task).series_id.expect("it recurs")
}

#[test]
fn r_3_2_completing_makes_the_next_once_however_often_it_is_asked() {
    let mut world = world();
    let task = call(&mut world);
    let next = world.next(task).expect("a next one");
    assert_eq!(world.open(), "call mom 2026-12-06T15:00:00 #home");
    let lines = world.log.len();
    world.recur();
    world.recur();
    assert_eq!(world.log.len(), lines);
    let made = world.task(next);
    assert_eq!(
        made.occurrence.map(|at| at.to_string()).as_deref(),
        Some("2026-12-06T15:00:00")
    );
    assert_eq!(made.series_id, world.task(task).series_id);
    assert_eq!(next.0.get_version_num(), 8);
    world.next(next).expect("and the one after");
    assert_eq!(world.open(), "call mom 2026-12-13T15:00:00 #home");
}

#[test]
fn r_3_2_closed_and_opened_again_makes_nothing() {
    let mut world = world();
    let task = call(&mut world);
    world.complete(task);
    world.run(Command::ReopenTask { id: task });
    world.recur();
    assert_eq!(world.open(), "call mom 2026-11-29T15:00:00 #home");
    // An older completion is not the last change of status.
    let older = world.task(task).closed_at;
    world.complete(task);
    let stale = world.now - jiff::SignedDuration::from_hours(1);
    assert_eq!(older, None);
    world
        .commit(|state, now| spawn(state, task, stale, now))
        .expect("nothing to do");
    assert_eq!(world.open(), "");
    world.recur();
    assert_eq!(world.open(), "call mom 2026-12-06T15:00:00 #home");
}

#[test]
fn r_3_2_what_undo_took_back_comes_back_and_what_a_person_deleted_does_not() {
    let mut world = world();
    let task = call(&mut world);
    let next = world.next(task).expect("a next one");
    let completion = world
        .log
        .iter()
        .find(|it| it.event.kind == EventKind::TaskCompleted)
        .map(|it| it.run);
    let run = completion.expect("it was completed").0.as_u128();
    world.undo_run(run, false).expect("it can be undone");
    assert_eq!(world.open(), "call mom 2026-11-29T15:00:00 #home");
    world.complete(task);
    world.recur();
    assert_eq!(world.open(), "call mom 2026-12-06T15:00:00 #home");
    assert_eq!(world.task(next).deleted_at, None);
    world.run(Command::DeleteTask { id: next });
    world.recur();
    assert_eq!(world.open(), "");
    world.run(Command::PurgeTask { id: next });
    world.recur();
    assert_eq!(world.open(), "");
}

/// Found by the simulation (seed 54): the clock had been set back by ten minutes.
#[test]
fn r_3_2_what_undo_took_back_comes_back_though_no_time_passed() {
    let mut world = world();
    let task = call(&mut world);
    let then = world.now;
    world.complete(task);
    let run = world.log.last().expect("it was completed").run;
    world.now = then;
    world.recur();
    world.now = then;
    world
        .undo_run(run.0.as_u128(), false)
        .expect("it can be undone");
    world.now = then;
    world.complete(task);
    world.recur();
    assert_eq!(world.open(), "call mom 2026-12-06T15:00:00 #home");
}

#[test]
fn r_3_2_the_next_has_the_steps_open_again_in_order_and_at_their_distance() {
    let mut world = world();
    let task = call(&mut world);
    let one = world.add(json!({"title": "flowers", "parent_id": task, "due": {"date": "2026-11-28"}, "deadline": "2026-11-28",
        "reminders": [moment(7, "2026-11-28T09:00:00Z")]}));
    let two = world.add(json!({"title": "ring", "parent_id": task, "blocked_by": [one]}));
    let three = world.add(json!({"title": "number", "parent_id": two}));
    world.complete(one);
    let gone = world.add(json!({"title": "gone", "parent_id": task}));
    world.run(Command::DeleteTask { id: gone });
    let next = world.next(task).expect("a next one");
    assert_eq!(
        world.open(),
        "call mom 2026-12-06T15:00:00 #home\nflowers 2026-12-05\nnumber\nring"
    );
    let step = |of: TaskId| {
        TaskId(crate::id::derived(&[
            "step",
            &next.to_string(),
            &of.to_string(),
        ]))
    };
    assert_eq!(world.task(step(two)).blocked_by, [step(one)]);
    assert!(world.task(step(one)).position < world.task(step(two)).position);
    assert_eq!(
        world.task(step(one)).deadline,
        None,
        "a deadline is moved by hand only"
    );
    assert_eq!(world.reminders(step(one)), "2026-12-05T09:00:00Z open");
    let below = world.state.children(step(two));
    assert_eq!(below.len(), 1);
    assert_ne!(below[0], three);
}

#[test]
fn r_2_2_the_next_carries_the_reminders_on() {
    let mut world = world();
    let task = call(&mut world);
    world.run(Command::SnoozeReminder {
        id: task,
        reminder: None,
        until: "2026-11-29T20:00:00Z".parse().expect("a moment"),
    });
    let next = world.next(task).expect("a next one");
    assert_eq!(world.reminders(next), "2026-12-06T13:45:00Z open");
    assert_eq!(world.task(next).reminders[0].snoozed_until, None);
}

#[test]
fn a_reminder_with_its_own_moment_shifts_with_its_occurrence() {
    let mut world = world();
    // The clocks in Berlin go forward on 28 March 2027: 18:00 stays 18:00.
    let draft = json!({"title": "bins", "due": due("2027-03-26T20:00:00"), "reminders": [moment(1, "2027-03-26T17:00:00Z")]});
    let task = world.add_every("FREQ=DAILY;INTERVAL=3", draft);
    let next = world.next(task).expect("a next one");
    assert_eq!(world.reminders(next), "2027-03-29T16:00:00Z open");
    world.set_following(
        next,
        json!({"reminders": [moment(2, "2027-03-29T15:00:00Z")]}),
    );
    let after = world.next(next).expect("a next one");
    assert_eq!(world.reminders(after), "2027-04-01T15:00:00Z open");
    world.run(Command::Skip { id: after });
    assert!(
        world
            .reminders(after)
            .ends_with("2027-04-04T15:00:00Z open"),
        "{}",
        world.reminders(after)
    );
}

#[test]
fn r_3_5_nine_stays_nine_across_a_clock_change() {
    let mut world = World::at("2027-03-26T09:00");
    let draft =
        json!({"title": "pill", "due": due("2027-03-27T09:00:00"), "reminders": [lead(1, "PT0S")]});
    let mut task = world.add_every("FREQ=DAILY", draft);
    let mut moments = Vec::new();
    for _ in 0..3 {
        moments.push(world.reminders(task));
        task = world.next(task).expect("a next one");
    }
    assert_eq!(
        moments,
        [
            "2027-03-27T08:00:00Z open",
            "2027-03-28T07:00:00Z open",
            "2027-03-29T07:00:00Z open"
        ]
    );
}

#[test]
fn r_3_3_editing_one_leaves_the_series_and_following_changes_it() {
    let mut world = world();
    let task = call(&mut world);
    world.set(
        task,
        json!({"title": "call mom and dad", "due": due("2026-11-30T18:00:00"), "priority": "high"}),
    );
    let task = world.next(task).expect("a next one");
    assert_eq!(
        world.open(),
        "call mom 2026-12-06T15:00:00 #home",
        "the occurrence counts, not the due date"
    );
    world.set_following(task, json!({"title": "call granny", "tags": []}));
    let task = world.next(task).expect("a next one");
    assert_eq!(world.open(), "call granny 2026-12-13T15:00:00");
    world.set_following(task, json!({"due": due("2026-12-15T10:00:00")}));
    let task = world.next(task).expect("a next one");
    assert_eq!(
        world.open(),
        "call granny 2026-12-22T10:00:00",
        "the weekday moved with the date"
    );
    // A change of the rule always concerns the series.
    world.edit(task, json!({"title": "once"}), |edit| {
        edit.repeat = Some(Some(every("FREQ=DAILY")));
    });
    world.next(task).expect("a next one");
    assert_eq!(world.open(), "call granny 2026-12-23T10:00:00");
}

#[test]
fn a_task_that_was_moved_stays_moved_when_it_comes_back() {
    let mut world = world();
    let set = serde_json::from_value(json!({"name": "Family"})).expect("a list");
    world.run(Command::CreateList { id: id(101), set });
    let task = call(&mut world);
    world.set(task, json!({"list_id": id::<TaskId>(101)}));
    let next = world.next(task).expect("a next one");
    assert_eq!(world.task(next).list_id, Some(id(101)));
}

#[test]
fn this_and_following_keeps_what_is_left_of_a_count() {
    let mut world = world();
    let draft = json!({"title": "x", "due": {"date": "2026-11-23"}});
    let task = world.add_every("FREQ=DAILY;COUNT=3", draft);
    let task = world.next(task).expect("the second");
    world.set_following(task, json!({"due": {"date": "2026-11-27"}}));
    let task = world.next(task).expect("the third");
    assert_eq!(world.open(), "x 2026-11-28");
    assert_eq!(world.next(task), None);
}

#[test]
fn r_3_1_count_and_until_end_the_series() {
    let check = |rule: &str, expected: &[&str]| {
        let mut world = world();
        let mut task = world.add_every(rule, json!({"title": "x", "due": {"date": "2026-11-23"}}));
        let mut seen = vec![world.open()];
        while let Some(next) = world.next(task) {
            seen.push(world.open());
            task = next;
        }
        assert_eq!(seen, expected, "{rule}");
        let series = world
            .state
            .row::<Series>(series(&world, task).0)
            .expect("there");
        assert!(series.value.ended_at.is_some(), "{rule}");
    };
    check(
        "FREQ=DAILY;COUNT=3",
        &["x 2026-11-23", "x 2026-11-24", "x 2026-11-25"],
    );
    check(
        "FREQ=WEEKLY;UNTIL=20261208",
        &["x 2026-11-23", "x 2026-11-30", "x 2026-12-07"],
    );
    check("FREQ=DAILY;COUNT=1", &["x 2026-11-23"]);
}

#[test]
fn r_3_1_the_last_day_of_a_short_month_is_said() {
    let mut world = world();
    let rule = "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD";
    let task = world.add_every(
        rule,
        json!({"title": "rent", "due": {"date": "2026-12-31"}}),
    );
    let january = world.next(task).expect("January");
    let february = world.next(january).expect("February");
    let note = "task.created (the month has no such day, so the nearest one is taken)";
    assert_eq!(
        (world.history(february).as_str(), world.open().as_str()),
        (note, "rent 2027-02-28")
    );
    world.run(Command::Skip { id: february });
    world.run(Command::Skip { id: february });
    assert!(
        world
            .history(february)
            .ends_with("task.skipped (the month has no such day, so the nearest one is taken)")
    );
}

#[test]
fn r_3_4_what_was_missed_is_skipped_caught_up_or_listed() {
    let check = |missed: Missed, expected: Expect| {
        let mut world = world();
        let draft = json!({"title": "water", "due": {"date": "2026-11-23"}});
        let repeat = every_from("FREQ=DAILY", CountedFrom::Schedule, missed);
        let task = world.create(draft, Some(repeat));
        world.clock("2026-11-26T20:00");
        let next = world.next(task).expect("a next one");
        expected.assert_eq(&format!("{}\n{}", world.open(), world.history(next)));
    };
    check(
        Missed::Skip,
        expect![[r"
        water 2026-11-26
        task.created"]],
    );
    check(
        Missed::Each,
        expect![[r"
        water 2026-11-24
        task.created"]],
    );
    check(
        Missed::List,
        expect![[r"
        water 2026-11-26
        task.created (missed: 2026-11-24, 2026-11-25)"]],
    );
}

#[test]
fn r_3_1_days_after_completion() {
    let mut world = world();
    let draft = json!({"title": "water", "due": {"date": "2026-11-23"}});
    let repeat = every_from(
        "FREQ=DAILY;INTERVAL=3",
        CountedFrom::Completion,
        Missed::Skip,
    );
    let task = world.create(draft, Some(repeat));
    world.clock("2026-11-28T23:30");
    world.next(task).expect("a next one");
    assert_eq!(world.open(), "water 2026-12-01");
}

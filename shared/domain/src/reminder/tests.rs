//! When reminders come, and what becomes of them.

mod after;
mod deliver;
mod digest;

use crate::{
    command::Command,
    id::TaskId,
    refusal::Refusal,
    testing::{World, id, lead, moment},
};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

fn world() -> World {
    World::at("2026-11-23T09:00")
}

/// At 15:00 today, a reminder 15 minutes before.
fn call(world: &mut World) -> TaskId {
    world.add(json!({"title": "call mom", "due": {"at": "2026-11-23T15:00:00"}, "reminders": [lead(1, "-PT15M")]}))
}

#[test]
fn r_2_1_when_a_reminder_comes() {
    let check = |task: Value, expected: &str| {
        let mut world = World::at("2026-10-01T09:00");
        let words = task.to_string();
        let task = world.add(task);
        assert_eq!(world.reminders(task), expected, "{words}");
    };
    let at = |at: &str, offset: &str| json!({"title": "x", "due": {"at": at, "time_zone": "Europe/Berlin"}, "reminders": [lead(1, offset)]});
    check(
        at("2026-11-29T15:00:00", "-PT15M"),
        "2026-11-29T13:45:00Z open",
    );
    check(
        at("2026-11-29T15:00:00", "PT0S"),
        "2026-11-29T14:00:00Z open",
    );
    check(
        at("2026-11-29T15:00:00", "PT1H"),
        "2026-11-29T15:00:00Z open",
    );
    // The clocks go back on 25 October: a calendar day before is 15:00 too, 24 hours before is 16:00 in summer time.
    check(
        at("2026-10-25T15:00:00", "-P1D"),
        "2026-10-24T13:00:00Z open",
    );
    check(
        at("2026-10-25T15:00:00", "-PT24H"),
        "2026-10-24T14:00:00Z open",
    );
    check(
        at("2026-10-25T15:00:00", "-P1DT1H"),
        "2026-10-24T12:00:00Z open",
    );
    let of = |fields: Value, of: &str, offset: &str| {
        let mut task = json!({"title": "x", "reminders": [lead(1, offset)]});
        task["reminders"][0]["of"] = json!(of);
        for (name, value) in fields.as_object().expect("fields") {
            task[name] = value.clone();
        }
        task
    };
    // From a day without a time it counts from nine.
    check(
        of(json!({"due": {"date": "2026-11-29"}}), "due", "PT0S"),
        "2026-11-29T08:00:00Z open",
    );
    check(
        of(json!({"due": {"date": "2026-11-29"}}), "due", "-P1D"),
        "2026-11-28T08:00:00Z open",
    );
    check(
        of(json!({"deadline": "2026-12-01"}), "deadline", "-PT1H"),
        "2026-12-01T07:00:00Z open",
    );
    check(
        of(
            json!({"start": {"at": "2026-11-29T10:00:00"}}),
            "start",
            "PT0S",
        ),
        "2026-11-29T09:00:00Z open",
    );
    check(
        of(
            json!({"due": {"at": "2026-11-29T10:00:00", "time_zone": "Asia/Tokyo"}}),
            "due",
            "PT0S",
        ),
        "2026-11-29T01:00:00Z open",
    );
    // Nothing to count from, a moment of its own, and one that has passed.
    check(of(json!({}), "due", "-PT15M"), "");
    check(
        json!({"title": "x", "reminders": [moment(1, "2026-11-29T10:00:00Z")]}),
        "2026-11-29T10:00:00Z open",
    );
    check(
        json!({"title": "x", "reminders": [moment(1, "2026-09-29T10:00:00Z")]}),
        "2026-09-29T10:00:00Z skipped",
    );
    check(
        json!({"title": "x", "reminders": [moment(1, "2026-10-01T06:59:30Z")]}),
        "2026-10-01T06:59:30Z open",
    );
    let two = json!({"title": "x", "due": {"date": "2026-11-29"}, "reminders": [lead(1, "PT0S"), lead(2, "-P1D")]});
    check(two, "2026-11-29T08:00:00Z open\n2026-11-28T08:00:00Z open");
}

#[test]
fn r_2_4_due_date_edit_moves_the_reminder() {
    let mut world = world();
    let task = call(&mut world);
    world.set(task, json!({"due": {"at": "2026-11-23T16:00:00"}}));
    world.set(task, json!({"title": "call dad"}));
    assert_eq!(
        world.reminders(task),
        "2026-11-23T13:45:00Z cancelled\n2026-11-23T14:45:00Z open"
    );
    world.clock("2026-11-23T16:00");
    world.fire();
    world.set(task, json!({"due": {"at": "2026-11-24T16:00:00"}}));
    assert_eq!(
        world.reminders(task),
        "2026-11-23T13:45:00Z cancelled\n2026-11-23T14:45:00Z fired\n2026-11-24T14:45:00Z open"
    );
    world.set(task, json!({"due": null}));
    assert!(
        world
            .history(task)
            .ends_with("reminder.cancelled (it has no date any more)"),
        "{}",
        world.history(task)
    );
}

#[test]
fn r_2_5_completing_deleting_or_dropping_cancels_and_says_why() {
    let check = |does: fn(TaskId) -> Command, undoes: fn(TaskId) -> Command, expected: Expect| {
        let mut world = world();
        let task = call(&mut world);
        world.run(does(task));
        world.run(does(task));
        let history = world.history(task);
        world.run(undoes(task));
        expected.assert_eq(&format!("{history}\n{}", world.reminders(task)));
        world.run(does(task));
        world.clock("2026-11-23T18:00");
        world.run(undoes(task));
        assert!(
            world
                .reminders(task)
                .ends_with("2026-11-23T13:45:00Z skipped"),
            "what passed does not come"
        );
    };
    let reopen = |id| Command::ReopenTask { id };
    check(
        |id| Command::CompleteTask { id },
        reopen,
        expect![[r"
        task.created
        task.completed
        reminder.cancelled (completed)
        2026-11-23T13:45:00Z cancelled
        2026-11-23T13:45:00Z open"]],
    );
    check(
        |id| Command::DropTask { id },
        reopen,
        expect![[r"
        task.created
        task.dropped
        reminder.cancelled (dropped)
        2026-11-23T13:45:00Z cancelled
        2026-11-23T13:45:00Z open"]],
    );
    check(
        |id| Command::DeleteTask { id },
        |id| Command::RestoreTask { id },
        expect![[r"
            task.created
            task.deleted
            reminder.cancelled (deleted)
            2026-11-23T13:45:00Z cancelled
            2026-11-23T13:45:00Z open"]],
    );
}

#[test]
fn a_reminder_taken_away_does_not_come() {
    let mut world = world();
    let task = call(&mut world);
    world.set(task, json!({"reminders": [lead(2, "-PT5M")]}));
    assert_eq!(
        world.reminders(task),
        "2026-11-23T13:45:00Z cancelled\n2026-11-23T13:55:00Z open"
    );
    assert!(
        world
            .history(task)
            .ends_with("reminder.cancelled (the reminder was taken away)")
    );
    world.set(task, json!({"reminders": []}));
    assert!(world.task(task).reminders.is_empty());
}

#[test]
fn r_2_6_snoozed_it_comes_again_later() {
    let mut world = world();
    let task = call(&mut world);
    let snooze = |until: &str, which: Option<u128>| Command::SnoozeReminder {
        id: task,
        reminder: which.map(id),
        until: until.parse().expect("a moment"),
    };
    world.clock("2026-11-23T14:46");
    world.fire();
    world.run(snooze("2026-11-23T14:00:00Z", None));
    assert_eq!(
        world.reminders(task),
        "2026-11-23T13:45:00Z fired\n2026-11-23T14:00:00Z open"
    );
    // Sending the reminders again as they are keeps the snooze, moving the date ends it.
    world.set(
        task,
        json!({"reminders": [lead(1, "-PT15M"), lead(2, "PT1H")]}),
    );
    assert!(
        world.reminders(task).contains("2026-11-23T14:00:00Z open"),
        "{}",
        world.reminders(task)
    );
    world.set(task, json!({"due": {"at": "2026-11-24T15:00:00"}}));
    assert!(
        world.reminders(task).contains("2026-11-24T13:45:00Z open"),
        "{}",
        world.reminders(task)
    );
    world.run(snooze("2026-11-25T12:00:00Z", Some(1)));
    assert!(
        world.reminders(task).contains("2026-11-25T12:00:00Z open"),
        "{}",
        world.reminders(task)
    );
    let past = world.attempt(snooze("2026-11-23T12:00:00Z", None));
    assert!(matches!(past, Err(Refusal::Field { pointer, .. }) if pointer == "/until"));
    assert_eq!(
        world.attempt(snooze("2026-11-25T12:00:00Z", Some(9))),
        Err(Refusal::NotFound("reminder"))
    );
    let plain = world.add(json!({"title": "plain"}));
    let until = "2026-11-25T12:00:00Z".parse().expect("a moment");
    world.run(Command::SnoozeReminder {
        id: plain,
        reminder: None,
        until,
    });
    assert_eq!(world.reminders(plain), "2026-11-25T12:00:00Z open");
    world.complete(plain);
    let closed = world.attempt(Command::SnoozeReminder {
        id: plain,
        reminder: None,
        until,
    });
    assert!(matches!(closed, Err(Refusal::Unfit(_))));
}

#[test]
fn floating_reminders_travel_with_the_person_and_all_day_ones_with_their_hour() {
    let mut world = world();
    let floating = call(&mut world);
    let zoned = world.add(json!({"title": "flight", "due": {"at": "2026-11-23T15:00:00", "time_zone": "Europe/Berlin"}, "reminders": [lead(1, "-PT15M")]}));
    let day = world.add(
        json!({"title": "day", "due": {"date": "2026-11-24"}, "reminders": [lead(1, "PT0S")]}),
    );
    world.settings(json!({"time_zone": "America/New_York", "all_day_time": "08:30"}));
    assert_eq!(
        world.reminders(floating),
        "2026-11-23T13:45:00Z cancelled\n2026-11-23T19:45:00Z open"
    );
    assert_eq!(world.reminders(zoned), "2026-11-23T13:45:00Z open");
    assert_eq!(
        world.reminders(day),
        "2026-11-24T08:00:00Z cancelled\n2026-11-24T13:30:00Z open"
    );
    world.undo();
    assert!(
        world
            .reminders(floating)
            .ends_with("2026-11-23T13:45:00Z open"),
        "{}",
        world.reminders(floating)
    );
}

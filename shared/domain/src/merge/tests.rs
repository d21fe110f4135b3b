//! Two writers, one task.

use crate::{
    command::Command,
    id::TaskId,
    refusal::Refusal,
    task::change::{Edit, Expect},
    testing::{ANN, World, every, id, lead, patch},
};
use serde_json::{Value, json};

/// A task at version 1 that somebody else changes by `theirs`; then an edit of version 1 comes.
fn merged(theirs: Value, yours: Value) -> (World, TaskId, Result<(), Refusal>) {
    merged_edit(
        theirs,
        Edit {
            set: patch(yours),
            ..Edit::default()
        },
    )
}

fn merged_edit(theirs: Value, edit: Edit) -> (World, TaskId, Result<(), Refusal>) {
    let mut world = World::at("2026-11-23T09:00");
    let task = world.add(json!({
        "title": "call mom", "tags": ["home", "phone"], "due": {"date": "2026-11-29"}, "start": {"date": "2026-11-28"},
        "reminders": [lead(1, "-PT15M"), lead(2, "-P1D")],
    }));
    world.set(task, theirs);
    let command = Command::UpdateTask {
        id: task,
        edit: Box::new(edit),
    };
    let result = world.commit(|state, now| command.decide(state, Expect::Base(1), now));
    (world, task, result)
}

/// The fields that collide.
fn collides(theirs: Value, yours: Value) -> String {
    match merged(theirs, yours).2 {
        Ok(()) => "merged".to_owned(),
        Err(Refusal::Conflict { conflicts, .. }) => conflicts
            .iter()
            .map(|conflict| conflict.field)
            .collect::<Vec<_>>()
            .join(" "),
        Err(other) => other.to_string(),
    }
}

#[test]
fn r_1_9_what_merges_and_what_collides() {
    let check = |theirs: Value, yours: Value, expected: &str| {
        let words = format!("{theirs} {yours}");
        assert_eq!(collides(theirs, yours), expected, "{words}");
    };
    check(json!({"title": "a"}), json!({"notes": "b"}), "merged");
    check(json!({"title": "a"}), json!({"title": "b"}), "title");
    check(json!({"title": "a"}), json!({"title": "a"}), "merged");
    // What is sent as it was is not changed.
    check(
        json!({"title": "a"}),
        json!({"title": "call mom", "notes": "b"}),
        "merged",
    );
    check(
        json!({"due": {"date": "2026-12-01"}}),
        json!({"start": {"date": "2026-11-27"}}),
        "start",
    );
    check(
        json!({"due": {"date": "2026-12-01"}}),
        json!({"deadline": "2026-12-24"}),
        "deadline",
    );
    check(
        json!({"due": {"date": "2026-12-01"}}),
        json!({"title": "b", "priority": "high"}),
        "merged",
    );
    check(
        json!({"title": "a", "priority": "low"}),
        json!({"title": "b", "priority": "high"}),
        "title priority",
    );
    check(
        json!({"tags": ["home"]}),
        json!({"tags": ["phone", "mom"]}),
        "merged",
    );
    let (both, other, none) = (
        json!([lead(1, "-PT5M"), lead(2, "-P1D")]),
        json!([lead(1, "-PT15M"), lead(3, "PT0S")]),
        json!([]),
    );
    check(
        json!({"reminders": both}),
        json!({"reminders": other}),
        "merged",
    );
    check(
        json!({"reminders": both}),
        json!({"reminders": none}),
        "reminders",
    );
    check(
        json!({"reminders": both}),
        json!({"due": {"date": "2026-12-01"}}),
        "due",
    );
    // Changed and changed back is not changed.
    let mut world = World::at("2026-11-23T09:00");
    let task = world.add(json!({"title": "call mom"}));
    world.set(task, json!({"title": "a"}));
    world.set(task, json!({"title": "call mom"}));
    let edit = Edit {
        set: patch(json!({"title": "b"})),
        ..Edit::default()
    };
    let command = Command::UpdateTask {
        id: task,
        edit: Box::new(edit),
    };
    assert_eq!(
        world.commit(|state, now| command.decide(state, Expect::Base(1), now)),
        Ok(())
    );
}

#[test]
fn r_1_9_a_conflict_says_who_changed_what_to_what_when() {
    let (world, _, result) = merged(
        json!({"title": "call dad"}),
        json!({"title": "call granny"}),
    );
    let Err(Refusal::Conflict { version, conflicts }) = result else {
        panic!("{result:?}")
    };
    let title = |title: &str| patch(json!({ "title": title }));
    assert_eq!((version, conflicts.len()), (2, 1));
    assert_eq!(conflicts[0].base, title("call mom"));
    assert_eq!(conflicts[0].yours, title("call granny"));
    assert_eq!(conflicts[0].theirs, title("call dad"));
    assert_eq!(conflicts[0].by, Some(ANN));
    assert_eq!(conflicts[0].at, world.log.last().map(|logged| logged.at));
}

#[test]
fn r_1_9_sets_and_reminders_merge_one_by_one() {
    let (world, task, result) = merged(
        json!({"tags": ["home", "family"]}),
        json!({"tags": ["phone", "mom", "home"]}),
    );
    assert_eq!(result, Ok(()));
    assert_eq!(
        world.task(task).tags,
        ["home", "family", "mom"],
        "phone was taken off, the others were added"
    );
    let (world, task, result) = merged(
        json!({"reminders": [lead(1, "-PT5M"), lead(2, "-P1D"), lead(4, "PT0S")]}),
        json!({"reminders": [lead(1, "-PT15M"), lead(3, "-PT1H")]}),
    );
    assert_eq!(result, Ok(()));
    let specs: Vec<_> = world
        .task(task)
        .reminders
        .iter()
        .map(|it| {
            (
                it.id,
                serde_json::to_value(&it.spec).expect("JSON")["offset"].clone(),
            )
        })
        .collect();
    assert_eq!(
        specs,
        [
            (id(1), json!("-PT5M")),
            (id(4), json!("PT0S")),
            (id(3), json!("-PT1H"))
        ]
    );
}

#[test]
fn r_1_9_a_rule_is_one_of_the_dates() {
    let edit = || Edit {
        repeat: Some(Some(every("FREQ=DAILY"))),
        ..Edit::default()
    };
    let (_, _, result) = merged_edit(json!({"due": {"date": "2026-12-01"}}), edit());
    assert!(
        matches!(result, Err(Refusal::Conflict { conflicts, .. }) if conflicts[0].field == "recurrence")
    );
    let (world, task, result) = merged_edit(json!({"title": "call dad"}), edit());
    assert_eq!(result, Ok(()));
    assert!(world.task(task).recurrence.is_some());
}

#[test]
fn r_1_9_the_whole_is_checked_again_after_the_merge() {
    let (world, task, result) = merged(
        json!({"tags": (0..30).map(|n| format!("a{n}")).collect::<Vec<_>>()}),
        json!({"tags": (0..30).map(|n| format!("b{n}")).collect::<Vec<_>>()}),
    );
    assert!(matches!(result, Err(Refusal::Limit { limit: 50, .. })));
    assert_eq!(
        world.task(task).tags.len(),
        30,
        "a refused write leaves everything as it was"
    );
}

#[test]
fn r_1_9_another_date_or_place_is_merged_as_any_change_is() {
    let after = |theirs: Value, command: fn(TaskId) -> Command| {
        let mut world = World::at("2026-11-23T09:00");
        let task = world.add(json!({"title": "call mom", "due": {"date": "2026-11-29"}}));
        world.set(task, theirs);
        let command = command(task);
        world.commit(|state, now| command.decide(state, Expect::Base(1), now))
    };
    let later = |id| Command::Reschedule {
        id,
        due: Some(serde_json::from_value(json!({"date": "2026-12-01"})).expect("a date")),
        following: false,
    };
    let to_the_top = |id| Command::MoveTask {
        id,
        to: crate::task::place::Place {
            after: Some(None),
            ..Default::default()
        },
    };
    let other = json!({"title": "call dad"});
    assert_eq!(after(other.clone(), later), Ok(()));
    assert_eq!(after(other, to_the_top), Ok(()));
    let elsewhere = after(json!({"position": "zz"}), to_the_top);
    assert!(
        matches!(elsewhere, Err(Refusal::Conflict { .. })),
        "{elsewhere:?}"
    );
    let refused = after(json!({"due": {"date": "2026-11-30"}}), later);
    assert!(
        matches!(refused, Err(Refusal::Conflict { .. })),
        "{refused:?}"
    );
}

use crate::{
    command::Command,
    id::{SeriesId, TaskId},
    refusal::Refusal,
    state::Warning,
    task::{
        Status, Task,
        change::{Edit, Expect as Expected},
    },
    testing::{World, id, lead},
};
use expect_test::expect;
use serde_json::json;

fn world() -> World {
    World::at("2026-11-23T09:00")
}

/// A task with a step, which has a step of its own.
fn family(world: &mut World) -> [TaskId; 3] {
    let above = world.add(json!({"title": "move house"}));
    let step = world.add(json!({"title": "pack", "parent_id": above}));
    let below = world.add(json!({"title": "books", "parent_id": step}));
    [above, step, below]
}

#[test]
fn r_1_7_completing_keeps_the_time_and_closes_the_open_steps() {
    let mut world = world();
    let [above, step, below] = family(&mut world);
    world.complete(below);
    let earlier = world.task(below).closed_at;
    let now = world.now;
    world.complete(above);
    assert_eq!(world.task(above).closed_at, Some(now));
    assert_eq!(world.task(step).status, Status::Done);
    assert_eq!(world.task(below).closed_at, earlier);
    let lines = world.log.len();
    world.complete(above);
    assert_eq!(world.log.len(), lines, "said twice it is nothing");
    world.run(Command::ReopenTask { id: above });
    assert_eq!(world.open(), "move house");
    assert_eq!(world.task(above).closed_at, None);
}

#[test]
fn a_blocked_task_may_be_completed_with_a_warning() {
    let mut world = world();
    let first = world.add(json!({"title": "buy paint"}));
    let then = world.add(json!({"title": "paint", "blocked_by": [first]}));
    world.complete(then);
    assert_eq!(world.warnings, [Warning::Blocked]);
    world.run(Command::ReopenTask { id: then });
    world.complete(first);
    world.complete(then);
    assert_eq!(world.warnings, []);
}

#[test]
fn dropping_is_not_doing() {
    let mut world = world();
    let [above, step, _] = family(&mut world);
    world.run(Command::DropTask { id: above });
    assert_eq!(world.task(step).status, Status::Dropped);
    world.complete(step);
    assert_eq!(world.task(step).status, Status::Done);
}

#[test]
fn r_1_7_the_trash_takes_and_gives_back_a_family() {
    let mut world = world();
    let [above, step, below] = family(&mut world);
    world.run(Command::DeleteTask { id: below });
    world.run(Command::DeleteTask { id: above });
    assert_eq!(world.open(), "");
    world.run(Command::RestoreTask { id: above });
    assert_eq!(
        world.open(),
        "move house\npack",
        "what was deleted before stays there"
    );
    world.run(Command::RestoreTask { id: below });
    assert_eq!(world.task(below).parent_id, Some(step));
    world.run(Command::DeleteTask { id: above });
    world.run(Command::RestoreTask { id: step });
    assert_eq!(
        world.task(step).parent_id,
        None,
        "its parent stays in the trash"
    );
    assert_eq!(world.open(), "books\npack");
}

#[test]
fn what_is_in_the_trash_is_restored_first() {
    let mut world = world();
    let task = world.add(json!({"title": "x"}));
    world.run(Command::DeleteTask { id: task });
    let check = |world: &mut World, command: Command| {
        assert!(matches!(world.attempt(command), Err(Refusal::Unfit(_))));
    };
    check(&mut world, Command::CompleteTask { id: task });
    check(&mut world, Command::ReopenTask { id: task });
    check(
        &mut world,
        Command::DuplicateTask {
            id: task,
            copy: id(50),
        },
    );
    check(
        &mut world,
        Command::UpdateTask {
            id: task,
            edit: Box::default(),
        },
    );
    check(
        &mut world,
        Command::Comment {
            id: id(401),
            task,
            text: "hm".into(),
        },
    );
    world.run(Command::DeleteTask { id: task });
    world.run(Command::RestoreTask { id: task });
    check(&mut world, Command::PurgeTask { id: task });
}

#[test]
fn r_6_3_purging_is_for_good_and_takes_steps_and_comments() {
    let mut world = world();
    let [above, step, below] = family(&mut world);
    let other = world.add(json!({"title": "waits", "blocked_by": [step]}));
    world.run(Command::Comment {
        id: id(401),
        task: step,
        text: "secret".into(),
    });
    world.run(Command::DeleteTask { id: above });
    world.run(Command::PurgeTask { id: above });
    for gone in [above, step, below] {
        assert_eq!(
            world.attempt(Command::RestoreTask { id: gone }),
            Err(Refusal::Purged)
        );
        assert_eq!(world.history(gone), "task.purged");
    }
    assert_eq!(world.state.rows::<crate::list::Comment>().count(), 0);
    // What waited for it waits no more, and can be changed.
    world.complete(other);
    assert_eq!(world.warnings, []);
    let blocker = world.add(json!({"title": "another"}));
    world.edit(other, json!({}), |edit| edit.add_blockers = vec![blocker]);
}

#[test]
fn emptying_the_trash_takes_what_is_old() {
    let mut world = world();
    let old = world.add(json!({"title": "old"}));
    let new = world.add(json!({"title": "new"}));
    world.run(Command::DeleteTask { id: old });
    let between = world.now;
    world.run(Command::DeleteTask { id: new });
    world.run(Command::EmptyTrash { before: between });
    assert_eq!(world.state.rows::<Task>().count(), 1);
    assert!(world.state.purged.contains(&old));
}

#[test]
fn a_copy_is_open_free_and_complete() {
    let mut world = world();
    let above = world.add_every(
        "FREQ=DAILY",
        json!({"title": "clean", "due": {"date": "2026-11-23"}, "tags": ["home"]}),
    );
    let floor = world.add(json!({"title": "floor", "parent_id": above}));
    let dry = world.add(json!({"title": "dry", "parent_id": above, "blocked_by": [floor]}));
    world.complete(floor);
    world.run(Command::DuplicateTask {
        id: above,
        copy: id(50),
    });
    assert_eq!(
        world.open(),
        "clean 2026-11-23 #home\nclean 2026-11-23 #home\ndry\ndry\nfloor"
    );
    let copy = world.task(id(50));
    assert_eq!(
        (&copy.recurrence, copy.series_id, copy.occurrence),
        (&None, None, None)
    );
    let steps = world.state.children(id(50));
    let of = |title: &str| {
        steps
            .iter()
            .copied()
            .find(|step| world.task(*step).title == title)
            .expect("a step")
    };
    assert_eq!(world.task(of("dry")).blocked_by, [of("floor")]);
    assert_ne!(of("dry"), dry);
    let taken = world.attempt(Command::DuplicateTask {
        id: above,
        copy: floor,
    });
    assert_eq!(taken, Err(Refusal::IdTaken(floor.to_string())));
}

#[test]
fn r_1_9_a_write_is_held_to_the_version_it_names() {
    let mut world = world();
    let task = world.add(json!({"title": "x"}));
    let write = |world: &mut World, expect: Expected| {
        world.commit(|state, now| Command::CompleteTask { id: task }.decide(state, expect, now))
    };
    let stale = |asked| {
        Err(Refusal::VersionMismatch {
            what: "task",
            current: 1,
            asked,
        })
    };
    assert_eq!(write(&mut world, Expected::Version(2)), stale(2));
    assert_eq!(write(&mut world, Expected::Base(7)), stale(7));
    assert_eq!(write(&mut world, Expected::Version(1)), Ok(()));
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut world = world();
    let (task, series) = (id(99), SeriesId(id::<TaskId>(99).0));
    for command in [
        Command::CompleteTask { id: task },
        Command::UpdateTask {
            id: task,
            edit: Box::default(),
        },
        Command::DeleteTask { id: task },
        Command::RestoreTask { id: task },
        Command::DuplicateTask {
            id: task,
            copy: id(98),
        },
        Command::Skip { id: task },
        Command::EndSeries { id: series },
        Command::PauseSeries { id: series },
        Command::ResumeSeries { id: series },
        Command::DeleteList { id: id(99) },
        Command::RestoreList { id: id(99) },
        Command::DeleteSection { id: id(99) },
        Command::DeleteView { id: id(99) },
        Command::UpdateComment {
            id: id(99),
            text: None,
        },
    ] {
        let words = format!("{command:?}");
        assert!(
            matches!(world.attempt(command), Err(Refusal::NotFound(_))),
            "{words}"
        );
    }
}

#[test]
fn r_1_7_every_field_can_be_changed() {
    let mut world = world();
    let blocker = world.add(json!({"title": "first"}));
    let task = world.add(json!({"title": "x"}));
    let set = json!({
        "title": " call mom ", "notes": "*now*", "due": {"at": "2026-11-29T15:00:00"}, "start": {"date": "2026-11-28"},
        "deadline": "2026-12-01", "priority": "high", "tags": ["home", "Home ", "work"], "blocked_by": [blocker, blocker],
        "estimate": "PT30M", "links": [{"url": "https://example.org"}], "source": {"system": "s", "id": "1"},
        "reminders": [lead(1, "-PT15M")],
    });
    world.set(task, set);
    let doc = serde_json::to_string_pretty(
        &crate::record::Record::diff(&Task::default(), world.task(task)).1,
    );
    expect![[r#"
        {
          "title": "call mom",
          "notes": "*now*",
          "due": {
            "at": "2026-11-29T15:00:00",
            "time_zone": null
          },
          "start": {
            "date": "2026-11-28"
          },
          "deadline": "2026-12-01",
          "priority": "high",
          "tags": [
            "home",
            "work"
          ],
          "blocked_by": [
            "00000000-0000-0000-0000-000000001001"
          ],
          "estimate": "PT30M",
          "links": [
            {
              "url": "https://example.org"
            }
          ],
          "source": {
            "system": "s",
            "id": "1"
          },
          "reminders": [
            {
              "id": "00000000-0000-0000-0000-000000001001",
              "person": "00000000-0000-0000-0000-00000000000a",
              "offset": "-PT15M",
              "of": "due"
            }
          ],
          "position": "i8DpOBNuE4002V",
          "created_at": "2026-11-23T08:00:02Z"
        }"#]]
    .assert_eq(&doc.expect("JSON"));
    world.edit(task, json!({}), |edit| {
        edit.add_tags = vec!["later".into()];
        edit.remove_tags = vec!["HOME".into()];
        edit.remove_blockers = vec![blocker];
    });
    assert_eq!(world.task(task).tags, ["work", "later"]);
    assert!(world.task(task).blocked_by.is_empty());
    let lines = world.log.len();
    world.edit(task, json!({"title": "call mom"}), |_| {});
    assert_eq!(world.log.len(), lines, "nothing differs, nothing happened");
}

#[test]
fn nobody_waits_for_themselves_or_stands_below_themselves() {
    let mut world = world();
    let [above, step, below] = family(&mut world);
    let attempt = |world: &mut World, id: TaskId, set| {
        let edit = Edit {
            set: crate::testing::patch(set),
            ..Edit::default()
        };
        world.attempt(Command::UpdateTask {
            id,
            edit: Box::new(edit),
        })
    };
    assert_eq!(
        attempt(&mut world, above, json!({"parent_id": below})),
        Err(Refusal::Depth(6))
    );
    assert_eq!(
        attempt(&mut world, above, json!({"parent_id": above})),
        Err(Refusal::Depth(6))
    );
    world.set(below, json!({"blocked_by": [step]}));
    world.set(step, json!({"blocked_by": [above]}));
    assert_eq!(
        attempt(&mut world, above, json!({"blocked_by": [below]})),
        Err(Refusal::Cycle)
    );
    assert_eq!(
        attempt(&mut world, above, json!({"blocked_by": [above]})),
        Err(Refusal::Cycle)
    );
    let mut deep = below;
    for title in ["3", "4", "5", "6"] {
        deep = world.add(json!({"title": title, "parent_id": deep}));
    }
    let draft = crate::testing::patch(json!({"title": "7", "parent_id": deep}));
    let seventh = world.attempt(Command::CreateTask {
        id: id(50),
        draft,
        repeat: None,
    });
    assert_eq!(seventh, Err(Refusal::Depth(6)));
}

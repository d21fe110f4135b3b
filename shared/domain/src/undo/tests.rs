//! What undo takes back, and what stands in its way.

use crate::{
    command::Command,
    event::EventKind,
    id::{ListId, TaskId},
    refusal::Refusal,
    series::successor,
    settings::Settings,
    task::{Status, Task, change::Expect as Expected, place::Place},
    testing::{World, id, lead},
    undo::{self, event_id},
};
use serde_json::json;

fn world() -> World {
    World::at("2026-11-23T09:00")
}

fn weekly(world: &mut World) -> (TaskId, TaskId) {
    let draft = json!({"title": "call mom", "due": {"date": "2026-11-29"}});
    let task = world.add_every("FREQ=WEEKLY;BYDAY=SU", draft);
    let series = world.task(task).series_id.expect("it recurs");
    (task, successor(series, task))
}

/// Completes, lets the next come, and answers the run to undo.
fn complete(world: &mut World, task: TaskId) -> u128 {
    world.complete(task);
    let run = world.runs;
    world.recur();
    run
}

#[test]
fn r_1_11_the_last_change_is_taken_back_one_after_the_other() {
    let mut world = world();
    let task = world.add(json!({"title": "a"}));
    let made = world.runs;
    world.set(task, json!({"title": "b"}));
    world.set(task, json!({"title": "c"}));
    for (run, title) in [(made + 2, "b"), (made + 1, "a")] {
        world
            .undo_run(run, false)
            .expect("what was undone blocks nothing");
        assert_eq!(world.task(task).title, title);
    }
    world.undo_run(made, false).expect("back to nothing");
    assert_eq!(world.open(), "");
    // Undo is itself a change, and can be undone.
    world.undo();
    assert_eq!(world.open(), "a");
}

#[test]
fn r_1_11_a_later_change_of_the_same_blocks_and_says_so() {
    let mut world = world();
    let task = world.add(json!({"title": "a"}));
    world.set(task, json!({"title": "b", "notes": "n"}));
    let run = world.runs;
    world.set(task, json!({"priority": "high"}));
    world.set(task, json!({"title": "c"}));
    let by = world.log.last().map(event_id).expect("a line");
    let Err(Refusal::UndoBlocked(left)) = world.undo_run(run, false) else {
        panic!("it is blocked")
    };
    assert_eq!(left.len(), 1);
    assert!(
        left[0].because.starts_with(&format!(
            "title changed again later ({by} at 2026-11-23T08:00:0"
        )),
        "{}",
        left[0].because
    );
    assert_eq!(world.task(task).notes, "n");
    world.set(task, json!({"title": "b"}));
    world.undo_run(run, false).expect("it is as it was");
    assert_eq!(
        (
            world.task(task).title.as_str(),
            world.task(task).notes.as_str()
        ),
        ("a", "")
    );
}

#[test]
fn r_1_11_partly_takes_back_what_nothing_blocks() {
    let mut world = world();
    let one = world.add(json!({"title": "one"}));
    let two = world.add(json!({"title": "two"}));
    let rename = |id: TaskId| Command::UpdateTask {
        id,
        edit: Box::new(crate::task::change::Edit {
            set: crate::testing::patch(json!({"title": "x"})),
            ..Default::default()
        }),
    };
    let all = [rename(one), rename(two)];
    world
        .commit(|state, now| {
            all.iter()
                .try_for_each(|it| it.decide(state, Expected::Any, now))
        })
        .expect("done");
    let run = world.runs;
    world.set(two, json!({"title": "y"}));
    assert!(matches!(
        world.undo_run(run, false),
        Err(Refusal::UndoBlocked(_))
    ));
    let done = world.undo_run(run, true).expect("partly");
    assert_eq!((done.undone.len(), done.left.len()), (1, 1));
    assert_eq!(world.open(), "one\ny");
    assert!(
        matches!(world.undo_run(run, true), Err(Refusal::UndoBlocked(_)))
            || world.open() == "one\ny"
    );
}

#[test]
fn r_1_11_one_event_of_a_run() {
    let mut world = world();
    let above = world.add(json!({"title": "above"}));
    let step = world.add(json!({"title": "step", "parent_id": above}));
    world.complete(above);
    let n = world
        .log
        .iter()
        .find(|it| it.event.subject == step.0 && it.event.kind == EventKind::TaskCompleted)
        .map(|it| it.n);
    let done = world
        .commit(|state, now| undo::undo(state, |logged| Some(logged.n) == n, false, now))
        .expect("done");
    assert_eq!(world.open(), "step");
    let said = world
        .log
        .last()
        .map(|it| it.event.detail.clone())
        .expect("a line");
    assert_eq!(
        (said.note.as_deref(), said.undoes),
        (Some(done.undone[0].as_str()), done.run)
    );
    assert_eq!(
        world.commit(|state, now| undo::undo(state, |logged| logged.n == 999, false, now)),
        Err(Refusal::NothingToUndo)
    );
}

#[test]
fn r_1_11_every_kind_of_change_is_taken_back() {
    let check = |does: &dyn Fn(&mut World, TaskId)| {
        let mut world = world();
        let set = serde_json::from_value(json!({"name": "Work"})).expect("a list");
        world.run(Command::CreateList { id: id(101), set });
        let set = serde_json::from_value(json!({"name": "Soon", "list_id": id::<ListId>(101)}))
            .expect("a section");
        world.run(Command::CreateSection { id: id(201), set });
        let draft = json!({"title": "x", "due": {"at": "2026-11-29T15:00:00"}, "tags": ["home"], "reminders": [lead(1, "-PT15M")]});
        let task = world.add_every("FREQ=WEEKLY", draft);
        world.run(Command::MoveTask {
            id: task,
            to: Place {
                section: Some(Some(id(201))),
                ..Place::default()
            },
        });
        let step = world.add(json!({"title": "step", "parent_id": task}));
        let (before, steps) = (world.task(task).clone(), world.task(step).clone());
        let settings = world.state.my_settings();
        does(&mut world, task);
        let changed = world.task(task) != &before
            || world.task(step) != &steps
            || world.state.my_settings() != settings;
        assert!(changed, "it did something");
        world.undo();
        assert_eq!(world.task(task), &before);
        assert_eq!(world.task(step), &steps);
        assert_eq!(world.state.my_settings(), settings);
        let open: Vec<_> = world
            .ledger
            .iter()
            .filter(|row| row.state.name() == "open")
            .map(|row| row.moment.to_string())
            .collect();
        assert_eq!(open, ["2026-11-29T13:45:00Z"]);
    };
    check(&|world, task| world.complete(task));
    check(&|world, id| world.run(Command::DropTask { id }));
    check(&|world, id| world.run(Command::DeleteTask { id }));
    check(&|world, id| world.run(Command::Skip { id }));
    check(&|world, task| world.set(task, json!({"due": null, "title": "y", "reminders": []})));
    check(&|world, task| world.set_following(task, json!({"due": {"date": "2026-11-30"}})));
    check(&|world, task| world.edit(task, json!({}), |edit| edit.repeat = Some(None)));
    check(&|world, id| {
        world.run(Command::SnoozeReminder {
            id,
            reminder: None,
            until: "2026-12-24T12:00:00Z".parse().expect("a moment"),
        });
    });
    check(&|world, id| {
        world.run(Command::MoveTask {
            id,
            to: Place {
                list: Some(None),
                after: Some(None),
                ..Place::default()
            },
        });
    });
    check(&|world, _| world.run(Command::DeleteList { id: id(101) }));
    check(&|world, _| world.run(Command::DeleteSection { id: id(201) }));
    check(&|world, _| {
        world.run(Command::DeleteTag {
            name: "home".into(),
        });
    });
    check(&|world, _| world.settings(json!({"time_zone": "Asia/Tokyo"})));
    check(&|world, task| {
        let id = world.task(task).series_id.expect("it recurs");
        world.run(Command::EndSeries { id });
    });
}

#[test]
fn the_first_settings_are_taken_back_to_the_defaults() {
    let mut world = world();
    world.undo_run(1, false).expect("it can be undone");
    assert_eq!(world.state.my_settings(), Settings::default());
}

#[test]
fn r_3_2_an_untouched_successor_is_taken_back_and_an_edited_one_stays() {
    let mut world = world();
    let (task, next) = weekly(&mut world);
    world.add(json!({"title": "flowers", "parent_id": task, "due": {"date": "2026-11-28"}}));
    for _ in 0..3 {
        let run = complete(&mut world, task);
        assert_eq!(world.open(), "call mom 2026-12-06\nflowers 2026-12-05");
        let done = world.undo_run(run, false).expect("it can be undone");
        assert_eq!(done.left, []);
        assert_eq!(
            world.open(),
            "call mom 2026-11-29\nflowers 2026-11-28",
            "as often as one likes"
        );
    }
    let run = complete(&mut world, task);
    let step = world.state.children(next)[0];
    world.complete(step);
    let done = world.undo_run(run, false).expect("it can be undone");
    assert_eq!(done.left.len(), 1);
    assert!(
        done.left[0].because.contains("was edited and stays"),
        "{}",
        done.left[0].because
    );
    assert_eq!(
        world.open(),
        "call mom 2026-11-29\ncall mom 2026-12-06\nflowers 2026-11-28"
    );
    assert_eq!(world.task(task).status, Status::Open);
}

#[test]
fn a_mail_that_was_sent_is_named() {
    let mut world = world();
    let task = world.add(json!({"title": "x", "due": {"at": "2026-11-23T15:00:00"}}));
    world.set(task, json!({"reminders": [lead(1, "-PT15M")]}));
    let run = world.runs;
    world.clock("2026-11-23T14:45");
    world.fire();
    let mail = world.delivery("email");
    assert!(world.claim(mail, "t"));
    world.tried(mail, "t", &crate::reminder::Tried::Sent("250 ok".into()));
    let done = world.undo_run(run, false).expect("it can be undone");
    assert_eq!(done.left.len(), 1);
    assert_eq!(
        done.left[0].because,
        "a mail was sent, which cannot be taken back"
    );
}

#[test]
fn what_was_removed_for_good_stays_removed() {
    let mut world = world();
    let task = world.add(json!({"title": "x"}));
    world.run(Command::DeleteTask { id: task });
    let run = world.runs;
    world.run(Command::PurgeTask { id: task });
    assert!(matches!(
        world.undo_run(run, false),
        Err(Refusal::NothingToUndo | Refusal::UndoBlocked(_))
    ));
    assert!(matches!(
        world.undo_run(run + 1, false),
        Err(Refusal::UndoBlocked(_))
    ));
}

#[test]
fn undo_makes_no_circle_and_leaves_nothing_below_the_trash() {
    let mut world = world();
    let a = world.add(json!({"title": "a"}));
    let b = world.add(json!({"title": "b", "parent_id": a}));
    world.set(b, json!({"parent_id": null}));
    let run = world.runs;
    world.set(a, json!({"parent_id": b}));
    assert!(matches!(
        world.undo_run(run, false),
        Err(Refusal::UndoBlocked(_))
    ));
    world.set(b, json!({"blocked_by": [a]}));
    world.set(b, json!({"blocked_by": []}));
    let run = world.runs;
    world.set(a, json!({"blocked_by": [b]}));
    assert!(matches!(
        world.undo_run(run, false),
        Err(Refusal::UndoBlocked(_))
    ));
    // A step whose deletion is taken back while the task above stays in the trash stands free.
    world.run(Command::DeleteTask { id: a });
    let run = world.runs;
    world.run(Command::DeleteTask { id: b });
    world.undo_run(run, false).expect("it can be undone");
    assert_eq!(world.open(), "a");
    assert_eq!(world.task(a).parent_id, None);
    // And one that was restored and got a step takes it back into the trash.
    world.run(Command::RestoreTask { id: b });
    let run = world.runs;
    let c = world.add(json!({"title": "c", "parent_id": b}));
    world.undo_run(run, false).expect("it can be undone");
    assert!(world.task(c).deleted_at.is_some());
    assert_eq!(world.state.rows::<Task>().count(), 3);
}

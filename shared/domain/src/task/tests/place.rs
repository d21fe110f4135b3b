use crate::{
    command::Command,
    id::{ListId, TaskId},
    refusal::Refusal,
    task::{Task, change::Expect as Expected, place::Place},
    testing::{World, id, patch},
};
use serde_json::json;

fn world() -> World {
    let mut world = World::at("2026-11-23T09:00");
    for (n, name) in [(101, "Work"), (102, "Home")] {
        let set = serde_json::from_value(json!({ "name": name })).expect("a list");
        world.run(Command::CreateList { id: id(n), set });
    }
    let set = serde_json::from_value(json!({"name": "Soon", "list_id": id::<ListId>(101)}))
        .expect("a section");
    world.run(Command::CreateSection { id: id(201), set });
    world
}

fn to(world: &mut World, id: TaskId, to: Place) {
    world.run(Command::MoveTask { id, to });
}

/// The titles in their order.
fn order(world: &World) -> String {
    let mut tasks: Vec<&Task> = world
        .state
        .rows::<Task>()
        .map(|(_, row)| &row.value)
        .collect();
    tasks.sort_by(|one, other| one.position.cmp(&other.position));
    tasks
        .iter()
        .map(|task| task.title.as_str())
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_task_moves_between_its_siblings() {
    let mut world = world();
    let [a, b, c] = ["a", "b", "c"].map(|title| world.add(json!({ "title": title })));
    assert_eq!(order(&world), "a b c");
    let after = |after: Option<TaskId>| Place {
        after: Some(after),
        ..Place::default()
    };
    for (task, behind, expected) in [
        (c, Some(a), "a c b"),
        (a, Some(b), "c b a"),
        (a, None, "a c b"),
        (b, None, "b a c"),
        (b, Some(a), "a b c"),
        (b, Some(c), "a c b"),
        (c, None, "c a b"),
    ] {
        to(&mut world, task, after(behind));
        assert_eq!(order(&world), expected);
    }
    // Without end, between the same two.
    for _ in 0..200 {
        to(&mut world, b, after(Some(c)));
        assert_eq!(order(&world), "c b a");
        to(&mut world, a, after(Some(c)));
        assert_eq!(order(&world), "c a b");
    }
    let missing = world.attempt(Command::MoveTask {
        id: a,
        to: after(Some(id(99))),
    });
    assert!(matches!(missing, Err(Refusal::Reference { pointer, .. }) if pointer == "/after"));
}

#[test]
fn r_1_11_what_one_request_makes_stands_in_its_order() {
    let mut world = world();
    let make = |n: u128| Command::CreateTask {
        id: id(900 - n),
        draft: patch(json!({"title": n.to_string()})),
        repeat: None,
    };
    let made = world
        .commit(|state, now| (1..=9).try_for_each(|n| make(n).decide(state, Expected::Any, now)));
    assert_eq!(made, Ok(()));
    assert_eq!(order(&world), "1 2 3 4 5 6 7 8 9");
}

#[test]
fn a_task_moves_to_a_list_a_section_a_parent_and_its_steps_follow() {
    let mut world = world();
    let above = world.add(json!({"title": "above"}));
    let step = world.add(json!({"title": "step", "parent_id": above}));
    let (work, home) = (id(101), id(102));
    let place = |world: &World, id: TaskId| {
        let task = world.task(id);
        (task.list_id, task.section_id, task.parent_id)
    };
    to(
        &mut world,
        above,
        Place {
            section: Some(Some(id(201))),
            ..Place::default()
        },
    );
    assert_eq!(
        place(&world, above),
        (Some(work), Some(id(201)), None),
        "a section brings its list"
    );
    assert_eq!(
        place(&world, step),
        (Some(work), Some(id(201)), Some(above))
    );
    to(
        &mut world,
        above,
        Place {
            list: Some(Some(home)),
            ..Place::default()
        },
    );
    assert_eq!(
        place(&world, step),
        (Some(home), None, Some(above)),
        "another list has not that section"
    );
    to(
        &mut world,
        step,
        Place {
            list: Some(Some(work)),
            ..Place::default()
        },
    );
    assert_eq!(
        place(&world, step),
        (Some(work), None, None),
        "moved alone it leaves its parent"
    );
    to(
        &mut world,
        step,
        Place {
            parent: Some(Some(above)),
            ..Place::default()
        },
    );
    assert_eq!(place(&world, step), (Some(home), None, Some(above)));
    to(
        &mut world,
        step,
        Place {
            parent: Some(None),
            ..Place::default()
        },
    );
    assert_eq!(place(&world, step), (Some(home), None, None));
    to(
        &mut world,
        above,
        Place {
            list: Some(None),
            ..Place::default()
        },
    );
    assert_eq!(place(&world, above), (None, None, None));
}

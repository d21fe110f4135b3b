//! Lists, sections, tags, views, comments, settings.

use crate::{
    command::Command,
    id::{ListId, TaskId},
    list::{Comment, List, Section, Tag, View},
    refusal::Refusal,
    series::Series,
    task::change::Expect,
    testing::{World, id},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

fn world() -> World {
    let mut world = World::at("2026-11-23T09:00");
    world.run(Command::CreateList {
        id: id(101),
        set: of(json!({"name": " Work "})),
    });
    world
}

fn of<T: DeserializeOwned>(fields: Value) -> T {
    serde_json::from_value(fields).expect("fields")
}

fn in_list(world: &mut World, title: &str) -> TaskId {
    world.add(json!({"title": title, "list_id": id::<ListId>(101)}))
}

fn words(result: Result<(), Refusal>) -> String {
    match result {
        Ok(()) => "done".to_owned(),
        Err(Refusal::Field { pointer, .. }) => format!("field {pointer}"),
        Err(Refusal::Limit { limit, .. }) => format!("limit {limit}"),
        Err(Refusal::NotFound(what)) => format!("no {what}"),
        Err(Refusal::IdTaken(_)) => "id taken".to_owned(),
        Err(Refusal::Reference { what, .. }) => format!("names no {what}"),
        Err(Refusal::Filter(_)) => "filter".to_owned(),
        Err(Refusal::VersionMismatch { .. }) => "version".to_owned(),
        Err(other) => other.to_string(),
    }
}

#[test]
fn lists_are_made_named_and_counted() {
    let mut world = world();
    let mut check =
        |command: Command, expected: &str| assert_eq!(words(world.attempt(command)), expected);
    let create = |set: Value| Command::CreateList {
        id: id(101),
        set: of(set),
    };
    check(create(json!({"name": "Work"})), "done");
    check(create(json!({"name": "Play"})), "id taken");
    check(create(json!({"name": ""})), "field /name");
    let other = |set: Value| Command::CreateList {
        id: id(102),
        set: of(set),
    };
    check(other(json!({"name": "x", "color": "red"})), "field /color");
    check(
        other(json!({"name": "x", "color": "#12345g"})),
        "field /color",
    );
    check(other(json!({"name": "x", "color": "#ff00FF"})), "done");
    check(
        Command::UpdateList {
            id: id(101),
            set: of(json!({"name": "Job", "archived": true})),
        },
        "done",
    );
    check(Command::DeleteList { id: id(102) }, "done");
    check(
        Command::UpdateList {
            id: id(102),
            set: of(json!({"name": "y"})),
        },
        "no list",
    );
    let home = world.state.home;
    assert_eq!(world.state.heads[&home].lists, 1);
    let row = world.state.row::<List>(id::<ListId>(101).0).expect("there");
    assert_eq!(
        (row.value.name.as_str(), row.value.archived, row.version),
        ("Job", true, 2)
    );
    let stale = Command::UpdateList {
        id: id(101),
        set: of(json!({"name": "z"})),
    };
    let stale = world.commit(|state, now| stale.decide(state, Expect::Version(1), now));
    assert_eq!(words(stale), "version");
    world.state.heads.get_mut(&home).expect("there").lists = 1_000;
    assert_eq!(
        words(world.attempt(Command::CreateList {
            id: id(103),
            set: of(json!({"name": "x"}))
        })),
        "limit 1000"
    );
}

#[test]
fn r_1_7_a_list_goes_and_comes_back_with_its_tasks() {
    let mut world = world();
    let above = in_list(&mut world, "above");
    let step = world.add(json!({"title": "step", "parent_id": above}));
    let early = in_list(&mut world, "early");
    let lone = in_list(&mut world, "lone");
    world.run(Command::DeleteTask { id: early });
    world.run(Command::DeleteList { id: id(101) });
    assert_eq!(world.open(), "");
    let draft = crate::testing::patch(json!({"title": "x", "list_id": id::<ListId>(101)}));
    let create = Command::CreateTask {
        id: id(50),
        draft,
        repeat: None,
    };
    assert_eq!(words(world.attempt(create)), "names no list");
    world.run(Command::RestoreTask { id: lone });
    assert_eq!(world.task(lone).list_id, None, "alone it goes to the inbox");
    world.run(Command::RestoreList { id: id(101) });
    world.run(Command::RestoreList { id: id(101) });
    assert_eq!(world.open(), "above\nlone\nstep");
    assert_eq!(world.task(step).parent_id, Some(above));
    assert!(
        world.task(early).deleted_at.is_some(),
        "what was deleted before stays in the trash"
    );
}

#[test]
fn a_section_goes_and_its_tasks_stay() {
    let mut world = world();
    let create = |n: u128, list: u128, name: &str| Command::CreateSection {
        id: id(n),
        set: of(json!({"name": name, "list_id": id::<ListId>(list)})),
    };
    assert_eq!(words(world.attempt(create(201, 109, "x"))), "names no list");
    world.run(create(201, 101, "Soon"));
    world.run(create(201, 101, "Soon"));
    assert_eq!(words(world.attempt(create(201, 101, "Later"))), "id taken");
    world.run(Command::CreateList {
        id: id(102),
        set: of(json!({"name": "Home"})),
    });
    world.run(Command::UpdateSection {
        id: id(201),
        set: of(json!({"name": "Later", "list_id": id::<ListId>(102)})),
    });
    let row = world
        .state
        .row::<Section>(id::<ListId>(201).0)
        .expect("there");
    assert_eq!(
        (row.value.name.as_str(), row.value.list_id),
        ("Later", id(101))
    );
    let task = world
        .add(json!({"title": "x", "list_id": id::<ListId>(101), "section_id": id::<ListId>(201)}));
    world.run(Command::DeleteSection { id: id(201) });
    assert_eq!(
        (world.task(task).list_id, world.task(task).section_id),
        (Some(id(101)), None)
    );
    assert_eq!(
        words(world.attempt(Command::UpdateSection {
            id: id(201),
            set: of(json!({"name": "x"}))
        })),
        "no section"
    );
}

#[test]
fn a_tag_is_renamed_and_deleted_on_every_task_and_in_every_series() {
    let mut world = world();
    let task = world.add(json!({"title": "x", "tags": ["a", "Home", "b"]}));
    let both = world.add(json!({"title": "y", "tags": ["home", "house"]}));
    let weekly = world.add_every(
        "FREQ=WEEKLY",
        json!({"title": "z", "due": {"date": "2026-11-29"}, "tags": ["home"]}),
    );
    let update = |name: &str, set: Value| Command::UpdateTag {
        name: name.into(),
        set: of(set),
    };
    world.run(update("home", json!({"color": "#ff0000"})));
    world.run(update("home", json!({"name": "house"})));
    assert_eq!(world.task(task).tags, ["a", "house", "b"]);
    assert_eq!(world.task(both).tags, ["house"]);
    let tags: Vec<_> = world
        .state
        .rows::<Tag>()
        .map(|(_, row)| {
            (
                row.value.name.clone(),
                row.value.color.clone(),
                row.value.deleted_at.is_some(),
            )
        })
        .collect();
    let red = Some("#ff0000".to_owned());
    assert!(
        tags.contains(&("house".into(), red.clone(), false))
            && tags.contains(&("home".into(), red, true)),
        "{tags:?}"
    );
    let next = world.next(weekly).expect("a next one");
    assert_eq!(world.task(next).tags, ["house"]);
    world.run(update("House", json!({"name": "HOUSE"})));
    assert_eq!(world.task(both).tags, ["HOUSE"], "only the case");
    world.run(Command::DeleteTag {
        name: "house".into(),
    });
    world.run(Command::DeleteTag {
        name: "nothing".into(),
    });
    assert_eq!(world.task(task).tags, ["a", "b"]);
    assert!(
        world
            .state
            .rows::<Series>()
            .all(|(_, row)| row.value.tags.is_empty())
    );
    assert_eq!(
        words(world.attempt(update("a", json!({"name": " "})))),
        "field /name"
    );
    assert_eq!(
        words(world.attempt(update("a", json!({"color": "blue"})))),
        "field /color"
    );
    assert_eq!(
        words(world.attempt(update("a", json!({"name": "x".repeat(61)})))),
        "limit 60"
    );
}

#[test]
fn r_1_8_views_hold_filters_that_can_be_read() {
    let mut world = world();
    let create = |filter: &str| Command::CreateView {
        id: id(301),
        set: of(json!({"name": "Hot", "filter": filter})),
    };
    assert_eq!(words(world.attempt(create("due<"))), "filter");
    world.run(create("priority>=medium"));
    world.run(create("priority>=medium"));
    world.run(Command::UpdateView {
        id: id(301),
        set: of(json!({"sort": "due"})),
    });
    assert_eq!(
        words(world.attempt(Command::UpdateView {
            id: id(301),
            set: of(json!({"filter": ")"}))
        })),
        "filter"
    );
    world.run(Command::DeleteView { id: id(301) });
    assert_eq!(
        words(world.attempt(Command::UpdateView {
            id: id(301),
            set: of(json!({"name": "x"}))
        })),
        "no view"
    );
    let row = world.state.row::<View>(id::<ListId>(301).0).expect("there");
    assert_eq!(row.version, 3);
}

#[test]
fn comments_are_the_authors() {
    let mut world = world();
    let task = world.add(json!({"title": "x"}));
    let comment = |text: &str| Command::Comment {
        id: id(401),
        task,
        text: text.into(),
    };
    assert_eq!(words(world.attempt(comment(" "))), "field /text");
    assert_eq!(
        words(world.attempt(comment(&"x".repeat(10_001)))),
        "limit 10000"
    );
    world.run(comment("first"));
    world.run(comment("first"));
    assert_eq!(words(world.attempt(comment("second"))), "id taken");
    let update = |text: Option<&str>| Command::UpdateComment {
        id: id(401),
        text: text.map(str::to_owned),
    };
    world.run(update(Some("better")));
    world.state.viewer = id(66);
    assert_eq!(words(world.attempt(update(Some("forged")))), "no comment");
    world.state.viewer = crate::testing::ANN;
    world.run(update(None));
    world.run(update(None));
    assert_eq!(words(world.attempt(update(Some("again")))), "no comment");
    let row = world
        .state
        .row::<Comment>(id::<ListId>(401).0)
        .expect("there");
    assert_eq!((row.value.text.as_str(), row.version), ("better", 3));
    assert_eq!(
        world.history(task),
        "task.created\ncomment.created\ncomment.changed\ncomment.deleted"
    );
}

#[test]
fn settings_take_what_can_be() {
    let mut world = world();
    let email = |world: &mut World, email: &str| {
        words(world.attempt(Command::UpdateSettings {
            set: Box::new(of(json!({ "email": email }))),
        }))
    };
    assert_eq!(email(&mut world, "bob@example.org"), "done");
    assert_eq!(email(&mut world, "bob"), "field /email");
    assert_eq!(
        email(&mut world, "bob@example.org\r\nBcc: x@example.org"),
        "field /email"
    );
    assert_eq!(
        email(&mut world, &format!("{}@example.org", "x".repeat(250))),
        "field /email"
    );
    world.settings(json!({"email": null}));
    assert_eq!(world.state.my_settings().email, None);
    assert_eq!(
        world.state.my_settings().time_zone.as_str(),
        "Europe/Berlin"
    );
}

//! R 6.4: what is imported is as it was.

use super::*;
use crate::{
    command::Command,
    testing::{ANN, World, id, lead, moment, patch},
};
use serde_json::{Value, json};

fn bring(world: &mut World, n: u128, set: Value) -> Result<TaskId, Refusal> {
    let (id, set) = (id(n), Box::new(patch(set)));
    let import = Import::Task { id, set };
    world.attempt(Command::Import(Box::new(import)))?;
    Ok(id)
}

fn world() -> World {
    World::at("2026-11-23T09:00")
}

#[test]
fn r_6_4_a_closed_task_comes_in_with_its_times_and_its_place() {
    let mut world = world();
    let there = json!({
        "title": "pay rent", "status": "done", "position": "a5", "tags": ["home"],
        "created_at": "2025-03-01T08:00:00Z", "closed_at": "2025-03-03T17:30:00Z",
        "due": {"date": "2025-03-02"}, "reminders": [lead(1, "PT0S")],
    });
    let rent = bring(&mut world, 1, there.clone()).unwrap();
    let task = world.task(rent).clone();
    assert_eq!(task.status, Status::Done);
    assert_eq!(task.created_at.to_string(), "2025-03-01T08:00:00Z");
    assert_eq!(task.closed_at.unwrap().to_string(), "2025-03-03T17:30:00Z");
    assert_eq!(task.position, "a5");
    assert_eq!(world.reminders(rent), "");
    let story =
        "task.created (imported; made at 2025-03-01T08:00:00Z, done at 2025-03-03T17:30:00Z)";
    assert_eq!(world.history(rent), story);
    // Whoever was changed here stays as they are, and a second import says nothing.
    world.run(Command::ReopenTask { id: rent });
    let lines = world.log.len();
    bring(&mut world, 1, there).unwrap();
    assert_eq!(
        (world.log.len(), world.task(rent).status),
        (lines, Status::Open)
    );
}

#[test]
fn r_6_4_a_series_goes_on_where_it_was() {
    let mut there = world();
    let draft = json!({"title": "call mom", "due": {"at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin"}});
    let first = there.add_every("FREQ=WEEKLY;BYDAY=SU", draft);
    let second = there.next(first).unwrap();
    let series = there.task(second).series_id.unwrap();
    let mut here = world();
    let set = Box::new(there.state.row::<Series>(series.0).unwrap().value.whole());
    let import = Import::Series { id: series, set };
    here.run(Command::Import(Box::new(import)));
    for id in [first, second] {
        let set = Box::new(there.task(id).whole());
        let import = Import::Task { id, set };
        here.run(Command::Import(Box::new(import)));
        assert_eq!(here.task(id), there.task(id));
    }
    // What was completed there makes nothing here, what is completed here does.
    here.recur();
    assert_eq!(here.open(), "call mom 2026-12-06T15:00:00");
    let third = here.next(second).unwrap();
    assert_eq!(here.open(), "call mom 2026-12-13T15:00:00");
    assert_eq!(here.task(third).series_id, Some(series));
}

#[test]
fn what_a_task_names_and_was_not_brought_along_is_left_out() {
    let mut world = world();
    let lost = json!({
        "title": "water plants", "list_id": id::<ListId>(101), "section_id": id::<SectionId>(201),
        "parent_id": id::<TaskId>(8), "blocked_by": [id::<TaskId>(9)], "series_id": id::<SeriesId>(301),
        "occurrence": "2026-11-24", "due": {"date": "2026-11-24"}, "position": "no position",
        "recurrence": {"rrule": "FREQ=DAILY", "from": "schedule", "start": "2026-11-24", "time_zone": null,
            "include": [], "exclude": [], "missed": "skip"},
        "created_at": "2037-01-01T00:00:00Z", "closed_at": "2025-01-01T00:00:00Z",
    });
    let plants = bring(&mut world, 1, lost.clone()).unwrap();
    let task = world.task(plants).clone();
    assert_eq!(
        (task.list_id, task.section_id, task.parent_id),
        (None, None, None)
    );
    assert!(task.blocked_by.is_empty() && is_position(&task.position));
    // No clock elsewhere is believed that is ahead, and what is open was not closed.
    assert!(task.created_at <= world.now && task.closed_at.is_none());
    assert!(
        world.next(plants).is_some(),
        "it comes back in a series of its own"
    );
    // Closed, it does not.
    let mut closed = lost;
    closed["status"] = json!("done");
    let closed = bring(&mut world, 2, closed).unwrap();
    assert_eq!(world.task(closed).recurrence, None);
    assert_eq!(world.task(closed).series_id, None);
}

#[test]
fn r_2_5_reminders_that_came_elsewhere_do_not_come_again() {
    let mut world = world();
    let there = json!({
        "title": "call mom", "due": {"date": "2026-11-24"}, "created_at": "2026-11-01T00:00:00Z",
        "reminders": [lead(1, "PT0S"), moment(2, "2026-11-22T08:00:00Z")],
    });
    let mom = bring(&mut world, 1, there).unwrap();
    assert_eq!(
        world.reminders(mom),
        "2026-11-24T08:00:00Z open\n2026-11-22T08:00:00Z skipped"
    );
}

#[test]
fn what_was_thrown_away_stays_in_the_trash_below_what_it_was_thrown_away_with() {
    let mut world = world();
    let gone = json!({"title": "paint", "deleted_at": "2026-11-20T08:00:00Z", "created_at": "2026-11-19T08:00:00Z"});
    let above = bring(&mut world, 1, gone.clone()).unwrap();
    let mut step = gone;
    step["parent_id"] = json!(above);
    let below = bring(&mut world, 2, step.clone()).unwrap();
    assert_eq!(world.task(below).parent_id, Some(above));
    assert_eq!(world.open(), "");
    step["deleted_at"] = json!(null);
    let open = bring(&mut world, 3, step).unwrap();
    assert_eq!(world.task(open).parent_id, None);
    world.run(Command::RestoreTask { id: above });
    assert_eq!(world.open(), "paint\npaint\npaint");
    world.run(Command::DeleteTask { id: above });
    world.run(Command::PurgeTask { id: above });
    let again = bring(&mut world, 1, json!({"title": "paint"}));
    assert_eq!(again, Err(Refusal::Purged));
}

#[test]
fn r_6_4_lists_and_comments_keep_their_place_and_time() {
    let mut world = world();
    let mut run = |import: Import| world.run(Command::Import(Box::new(import)));
    let at = |text: &str| Some(text.parse::<Timestamp>().unwrap());
    let list = ListPatch {
        name: Some("Work".to_owned()),
        position: Some("a3".to_owned()),
        archived: Some(true),
        created_at: at("2025-01-02T03:04:05Z"),
        ..ListPatch::default()
    };
    run(Import::List {
        id: id(101),
        set: list.clone(),
    });
    let task = Box::new(patch(
        json!({"title": "report", "list_id": id::<ListId>(101)}),
    ));
    run(Import::Task {
        id: id(1),
        set: task,
    });
    let said = CommentPatch {
        task_id: Some(id(1)),
        author: Some(UserId(uuid::Uuid::from_u128(0xb))),
        text: Some("she was away".to_owned()),
        created_at: at("2025-02-03T04:05:06Z"),
        deleted_at: None,
    };
    run(Import::Comment {
        id: id(401),
        set: said.clone(),
    });
    let here = &world.state.row::<List>(id::<ListId>(101).0).unwrap().value;
    assert_eq!((&here.position, here.archived), (&"a3".to_owned(), true));
    assert_eq!(Some(here.created_at), list.created_at);
    let here = &world
        .state
        .row::<Comment>(id::<CommentId>(401).0)
        .unwrap()
        .value;
    assert_eq!(Some(here.created_at), said.created_at);
    assert_eq!(
        here.author, ANN,
        "what came from elsewhere is the importer's"
    );
    assert_eq!(world.task(id(1)).list_id, Some(id(101)));
    let nowhere = CommentPatch {
        task_id: Some(id(7)),
        ..said
    };
    let set = nowhere;
    let refused = world.attempt(Command::Import(Box::new(Import::Comment {
        id: id(402),
        set,
    })));
    assert_eq!(refused, Err(Refusal::NotFound("task")));
}

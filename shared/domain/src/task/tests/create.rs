use crate::{
    command::Command,
    id::TaskId,
    refusal::Refusal,
    task::{Task, change::Edit, check},
    testing::{World, every, id, lead, patch},
};
use expect_test::{Expect, expect};
use serde_json::{Value, json};

fn world() -> World {
    World::at("2026-11-23T09:00")
}

fn refusal(draft: Value) -> String {
    let command = Command::CreateTask {
        id: id(1),
        draft: patch(draft),
        repeat: None,
    };
    let words = |why: Refusal| match &why {
        Refusal::Field { pointer, code, .. } => format!("{code} {pointer}"),
        Refusal::Limit { pointer, limit, .. } => format!("limit {limit} {pointer}"),
        Refusal::Reference { pointer, what } => format!("no {what} {pointer}"),
        other => other.to_string(),
    };
    world()
        .attempt(command)
        .err()
        .map_or_else(|| "made".to_owned(), words)
}

#[test]
fn r_1_6_a_task_of_a_title_alone_is_open_in_the_inbox() {
    let mut world = world();
    let task = world.add(json!({"title": "  call mom \t"}));
    let made = world.task(task);
    let plain = Task {
        title: "call mom".to_owned(),
        position: made.position.clone(),
        created_at: made.created_at,
        ..Task::default()
    };
    assert_eq!(*made, plain);
    assert_eq!(made.created_at.to_string(), "2026-11-23T08:00:01Z");
}

#[test]
fn r_1_6_what_a_task_cannot_be() {
    let check = |draft: Value, expected: &str| {
        let words = draft.to_string();
        assert_eq!(
            refusal(draft),
            expected,
            "{}",
            &words[..words.len().min(100)]
        );
    };
    let long = |many: usize| "é".repeat(many);
    check(json!({"title": ""}), "field_invalid /title");
    check(json!({"title": " \u{a0}\n"}), "field_invalid /title");
    check(json!({"title": "two\nlines"}), "field_invalid /title");
    check(json!({"title": "nul\u{0}"}), "field_invalid /title");
    check(json!({"title": long(500)}), "made");
    check(json!({"title": long(501)}), "limit 500 /title");
    check(json!({"title": "x", "notes": long(100_000)}), "made");
    check(
        json!({"title": "x", "notes": long(100_001)}),
        "limit 100000 /notes",
    );
    check(json!({"title": "x", "tags": vec!["a"; 60]}), "made");
    let tags: Vec<_> = (0..51).map(|n| n.to_string()).collect();
    check(json!({"title": "x", "tags": tags}), "limit 50 /tags");
    check(
        json!({"title": "x", "tags": ["ok", long(61)]}),
        "limit 60 /tags/1",
    );
    check(
        json!({"title": "x", "tags": [" "]}),
        "field_invalid /tags/0",
    );
    check(
        json!({"title": "x", "due": {"date": "1899-12-31"}}),
        "date_impossible /due",
    );
    check(
        json!({"title": "x", "due": {"at": "9998-12-31T23:59:59"}}),
        "made",
    );
    check(
        json!({"title": "x", "start": {"at": "9999-01-01T00:00:00"}}),
        "date_impossible /start",
    );
    check(
        json!({"title": "x", "deadline": "0001-01-01"}),
        "date_impossible /deadline",
    );
    check(
        json!({"title": "x", "list_id": id::<TaskId>(9)}),
        "no list /list_id",
    );
    check(
        json!({"title": "x", "section_id": id::<TaskId>(9)}),
        "no section /section_id",
    );
    check(
        json!({"title": "x", "parent_id": id::<TaskId>(9)}),
        "no task /parent_id",
    );
    check(
        json!({"title": "x", "parent_id": id::<TaskId>(1)}),
        "no task /parent_id",
    );
    check(
        json!({"title": "x", "blocked_by": [id::<TaskId>(9)]}),
        "no task /blocked_by",
    );
    check(
        json!({"title": "x", "links": [{"url": "javascript:alert(1)"}]}),
        "field_invalid /links/0/url",
    );
    check(
        json!({"title": "x", "links": [{"url": "https://example.org"}]}),
        "made",
    );
    check(
        json!({"title": "x", "links": vec![json!({"url": "https://example.org"}); 51]}),
        "limit 50 /links",
    );
    check(
        json!({"title": "x", "reminders": [lead(1, "-PT15M"), lead(1, "-PT5M")]}),
        "field_invalid /reminders/1/id",
    );
    let many: Vec<_> = (0..21).map(|n| lead(n, "-PT15M")).collect();
    check(
        json!({"title": "x", "reminders": many}),
        "limit 20 /reminders",
    );
    for (offset, expected) in [
        ("-PT15M", "made"),
        ("PT0S", "made"),
        ("-P1W", "made"),
        ("-P366D", "made"),
        ("-P367D", "field_invalid /reminders/0/offset"),
        ("-P1M", "field_invalid /reminders/0/offset"),
        ("15 minutes", "field_invalid /reminders/0/offset"),
        ("", "field_invalid /reminders/0/offset"),
    ] {
        check(
            json!({"title": "x", "reminders": [lead(1, offset)]}),
            expected,
        );
    }
}

#[test]
fn the_same_id_again_is_no_error_and_another_content_is() {
    let mut world = world();
    let draft = json!({"title": "call mom", "tags": ["home"], "due": {"date": "2026-11-29"}});
    let task = world.add(draft.clone());
    let lines = world.log.len();
    let again = |world: &mut World, draft: Value| {
        world.attempt(Command::CreateTask {
            id: task,
            draft: patch(draft),
            repeat: None,
        })
    };
    assert_eq!(again(&mut world, draft), Ok(()));
    assert_eq!(again(&mut world, json!({"title": "call mom"})), Ok(()));
    assert_eq!(world.log.len(), lines);
    let taken = Err(Refusal::IdTaken(task.to_string()));
    assert_eq!(again(&mut world, json!({"title": "call dad"})), taken);
    world.run(Command::DeleteTask { id: task });
    world.run(Command::PurgeTask { id: task });
    assert_eq!(
        again(&mut world, json!({"title": "call mom"})),
        Err(Refusal::Purged)
    );
}

#[test]
fn a_second_import_makes_no_twin() {
    let mut world = world();
    let draft = json!({"title": "call mom", "source": {"system": "todoist", "id": "7"}});
    world.add(draft.clone());
    let twin = world.attempt(Command::CreateTask {
        id: id(50),
        draft: patch(draft),
        repeat: None,
    });
    assert!(matches!(twin, Err(Refusal::Field { pointer, .. }) if pointer == "/source"));
}

#[test]
fn a_stream_holds_so_many_open_tasks() {
    let mut world = world();
    let task = world.add(json!({"title": "one"}));
    let home = world.state.home;
    let full = |world: &mut World, open: u64| {
        world.state.heads.get_mut(&home).expect("there").open_tasks = open;
    };
    full(&mut world, check::OPEN_TASKS);
    let limit =
        |result: Result<(), Refusal>| matches!(result, Err(Refusal::Limit { limit: 100_000, .. }));
    let draft = patch(json!({"title": "two"}));
    assert!(limit(world.attempt(Command::CreateTask {
        id: id(60),
        draft,
        repeat: None
    })));
    assert!(limit(world.attempt(Command::DuplicateTask {
        id: task,
        copy: id(61)
    })));
    full(&mut world, check::OPEN_TASKS - 1);
    world.run(Command::DuplicateTask {
        id: task,
        copy: id(61),
    });
}

#[test]
fn a_step_stands_where_its_parent_stands() {
    let mut world = world();
    let set = serde_json::from_value(json!({"name": "Work"})).expect("a list");
    world.run(Command::CreateList { id: id(101), set });
    let above = world.add(json!({"title": "move house", "list_id": id::<TaskId>(101)}));
    let step = world.add(json!({"title": "pack", "parent_id": above}));
    assert_eq!(world.task(step).list_id, world.task(above).list_id);
}

#[test]
fn r_3_1_a_rule_gives_a_task_its_first_date_and_its_series() {
    let check = |rule: &str, draft: Value, expected: Expect| {
        let mut world = world();
        let task = world.create(draft, Some(every(rule)));
        let made = world.task(task);
        let recurrence = made.recurrence.as_ref().expect("it recurs");
        let said = format!(
            "due {}\noccurrence {}\nstart {} zone {:?}\n{}",
            serde_json::to_string(&made.due).expect("JSON"),
            made.occurrence.expect("an occurrence"),
            recurrence.start,
            recurrence.time_zone,
            world.history(task),
        );
        expected.assert_eq(&said);
    };
    check(
        "FREQ=WEEKLY;BYDAY=SU",
        json!({"title": "call mom"}),
        expect![[r#"
            due {"date":"2026-11-29"}
            occurrence 2026-11-29
            start 2026-11-23 zone None
            task.created"#]],
    );
    check(
        "FREQ=WEEKLY;BYDAY=SU",
        json!({"title": "call mom", "due": {"at": "2026-11-29T15:00:00", "time_zone": "Europe/Berlin"}}),
        expect![[r#"
            due {"at":"2026-11-29T15:00:00","time_zone":"Europe/Berlin"}
            occurrence 2026-11-29T15:00:00
            start 2026-11-29T15:00:00 zone Some(ZoneName(Europe/Berlin))
            task.created"#]],
    );
    check(
        "FREQ=DAILY;BYHOUR=8;BYMINUTE=0",
        json!({"title": "pill"}),
        expect![[r#"
            due {"at":"2026-11-24T08:00:00","time_zone":null}
            occurrence 2026-11-24T08:00:00
            start 2026-11-23T10:00:00 zone None
            task.created"#]],
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD",
        json!({"title": "rent"}),
        expect![[r#"
            due {"date":"2026-11-30"}
            occurrence 2026-11-30
            start 2026-11-23 zone None
            task.created (the month has no such day, so the nearest one is taken)"#]],
    );
}

#[test]
fn r_3_1_a_step_of_a_recurring_task_has_no_recurrence_of_its_own() {
    let mut world = world();
    let above = world.add_every("FREQ=DAILY", json!({"title": "clean"}));
    let step = world.add(json!({"title": "floor", "parent_id": above}));
    let below = world.add(json!({"title": "kitchen", "parent_id": step}));
    let plain = world.add(json!({"title": "plain"}));
    let inner = world.add_every("FREQ=DAILY", json!({"title": "inner", "parent_id": plain}));
    let refused = |result: Result<(), Refusal>| {
        assert!(matches!(result, Err(Refusal::Field { pointer, .. }) if pointer == "/recurrence"));
    };
    let draft = patch(json!({"title": "x", "parent_id": step}));
    refused(world.attempt(Command::CreateTask {
        id: id(70),
        draft,
        repeat: Some(every("FREQ=DAILY")),
    }));
    let again = |id: TaskId| {
        let edit = Edit {
            repeat: Some(Some(every("FREQ=DAILY"))),
            ..Edit::default()
        };
        Command::UpdateTask {
            id,
            edit: Box::new(edit),
        }
    };
    refused(world.attempt(again(below)));
    refused(world.attempt(again(plain)));
    let under = Edit {
        set: patch(json!({"parent_id": above})),
        ..Edit::default()
    };
    refused(world.attempt(Command::UpdateTask {
        id: inner,
        edit: Box::new(under.clone()),
    }));
    refused(world.attempt(Command::UpdateTask {
        id: plain,
        edit: Box::new(under),
    }));
}

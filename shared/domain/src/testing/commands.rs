//! Any command on a few tasks, lists and names, so that they meet.

use super::{ANN, every, id};
use crate::{
    command::Command,
    id::*,
    list::{ListPatch, SectionPatch, TagPatch, ViewPatch},
    task::{Anchor, Priority, Reminder, ReminderSpec, TaskPatch, change::Edit, place::Place},
    when::When,
};
use jiff::{Timestamp, ToSpan, civil::date};
use proptest::{option, prelude::*};

/// What may happen in a world.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// One request: its commands as one run.
    Do(Vec<Command>),
    /// Time passes, in minutes.
    Wait(i64),
    /// `recur` reads all completions, again.
    Recur,
    /// The clock ticks.
    Fire,
    /// The nth run from the end is taken back.
    Undo(usize, bool),
    /// The nth event from the end is taken back.
    UndoEvent(usize),
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        12 => command().prop_map(|command| Step::Do(vec![command])),
        1 => proptest::collection::vec(command(), 2..5).prop_map(Step::Do),
        1 => prop_oneof![Just(1_i64), Just(70), Just(60 * 24), Just(60 * 24 * 40)].prop_map(Step::Wait),
        2 => Just(Step::Recur),
        1 => Just(Step::Fire),
        2 => (0_usize..4, any::<bool>()).prop_map(|(run, partly)| Step::Undo(run, partly)),
        1 => (0_usize..6).prop_map(Step::UndoEvent),
    ]
}

pub(crate) fn task() -> impl Strategy<Value = TaskId> {
    (1_u128..6).prop_map(id)
}

fn list() -> impl Strategy<Value = ListId> {
    (101_u128..104).prop_map(id)
}

fn section() -> impl Strategy<Value = SectionId> {
    (201_u128..204).prop_map(id)
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![Just("home"), Just("Home"), Just("work"), Just("call mom")].prop_map(str::to_owned)
}

fn when() -> impl Strategy<Value = When> {
    (0_i64..20, option::of(0_i8..24)).prop_map(|(days, hour)| {
        let day = date(2026, 11, 23)
            .checked_add(days.days())
            .expect("in range");
        match hour {
            None => When::Date(day),
            Some(hour) => When::At {
                at: day.at(hour, 0, 0, 0),
                zone: (hour % 2 == 0).then(|| "America/New_York".parse().expect("known")),
            },
        }
    })
}

fn reminders() -> impl Strategy<Value = Vec<Reminder>> {
    let one = (
        1_u128..4,
        prop_oneof![
            (
                prop_oneof![Just("-PT15M"), Just("-P1D"), Just("PT24H")],
                any::<bool>()
            )
                .prop_map(|(offset, due)| {
                    let of = if due { Anchor::Due } else { Anchor::Start };
                    ReminderSpec::Lead {
                        offset: offset.to_owned(),
                        of,
                    }
                }),
            (0_i64..40).prop_map(|hours| ReminderSpec::At { at: moment(hours) }),
        ],
    );
    proptest::collection::vec(one, 0..3).prop_map(|all| {
        let of = |(n, spec)| Reminder {
            id: id(n),
            person: ANN,
            spec,
            snoozed_until: None,
        };
        all.into_iter().map(of).collect()
    })
}

fn moment(hours: i64) -> Timestamp {
    let start: Timestamp = "2026-11-23T12:00:00Z".parse().expect("a moment");
    start + jiff::SignedDuration::from_hours(hours)
}

/// Some fields that a person sets.
pub(crate) fn fields() -> impl Strategy<Value = TaskPatch> {
    let first = (
        option::weighted(0.3, word()),
        option::weighted(0.3, option::of(when())),
        option::weighted(0.2, option::of(when())),
        option::weighted(0.3, reminders()),
        option::weighted(0.2, proptest::collection::vec(word(), 0..3)),
        option::weighted(0.2, Just(Priority::High)),
    );
    let second = (
        option::weighted(0.15, option::of(list())),
        option::weighted(0.1, option::of(section())),
        option::weighted(0.2, option::of(task())),
        option::weighted(0.2, proptest::collection::vec(task(), 0..2)),
        option::weighted(0.1, Just(Some(date(2026, 12, 1)))),
    );
    (first, second).prop_map(|(first, second)| TaskPatch {
        title: first.0,
        due: first.1,
        start: first.2,
        reminders: first.3,
        tags: first.4,
        priority: first.5,
        list_id: second.0,
        section_id: second.1,
        parent_id: second.2,
        blocked_by: second.3,
        deadline: second.4,
        ..TaskPatch::default()
    })
}

fn rule() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("FREQ=DAILY"),
        Just("FREQ=WEEKLY;BYDAY=MO,TH"),
        Just("FREQ=DAILY;COUNT=3"),
        Just("FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD"),
        Just("FREQ=DAILY;UNTIL=20261128"),
    ]
}

pub(crate) fn edit() -> impl Strategy<Value = Edit> {
    let repeat = option::weighted(0.15, option::of(rule()));
    (fields(), repeat, any::<bool>()).prop_map(|(set, repeat, following)| Edit {
        set,
        repeat: repeat.map(|rule| rule.map(every)),
        following,
        ..Edit::default()
    })
}

pub(crate) fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        8 => on_tasks(),
        2 => on_series(),
        3 => on_others(),
    ]
}

fn on_tasks() -> impl Strategy<Value = Command> {
    let place = (
        option::of(option::of(list())),
        option::weighted(0.2, option::of(task())),
        option::of(option::of(task())),
    );
    prop_oneof![
        4 => (task(), word(), fields(), option::weighted(0.3, rule())).prop_map(|(id, title, draft, repeat)| {
            let draft = TaskPatch { title: Some(title), ..draft };
            Command::CreateTask { id, draft, repeat: repeat.map(every) }
        }),
        4 => (task(), edit()).prop_map(|(id, edit)| Command::UpdateTask { id, edit: Box::new(edit) }),
        3 => task().prop_map(|id| Command::CompleteTask { id }),
        1 => task().prop_map(|id| Command::ReopenTask { id }),
        1 => task().prop_map(|id| Command::DropTask { id }),
        2 => task().prop_map(|id| Command::DeleteTask { id }),
        1 => task().prop_map(|id| Command::RestoreTask { id }),
        1 => (task(), 20_u128..22).prop_map(|(of, copy)| Command::DuplicateTask { id: of, copy: id(copy) }),
        2 => (task(), place).prop_map(|(id, (list, parent, after))| {
            Command::MoveTask { id, to: Place { list, section: None, parent, after } }
        }),
        1 => (task(), option::of(when()), any::<bool>())
            .prop_map(|(id, due, following)| Command::Reschedule { id, due, following }),
        1 => (task(), 0_i64..60).prop_map(|(id, hours)| {
            Command::SnoozeReminder { id, reminder: None, until: moment(hours) }
        }),
    ]
}

/// A series is named by its task here; the world finds it.
fn on_series() -> impl Strategy<Value = Command> {
    let series = || task().prop_map(|id| SeriesId(id.0));
    prop_oneof![
        2 => task().prop_map(|id| Command::Skip { id }),
        1 => series().prop_map(|id| Command::EndSeries { id }),
        1 => series().prop_map(|id| Command::PauseSeries { id }),
        1 => series().prop_map(|id| Command::ResumeSeries { id }),
    ]
}

fn on_others() -> impl Strategy<Value = Command> {
    let zone = prop_oneof![Just("Europe/Berlin"), Just("Asia/Tokyo")];
    prop_oneof![
        (list(), word()).prop_map(|(id, name)| Command::CreateList {
            id,
            set: ListPatch {
                name: Some(name),
                ..ListPatch::default()
            }
        }),
        list().prop_map(|id| Command::DeleteList { id }),
        list().prop_map(|id| Command::RestoreList { id }),
        (section(), list(), word()).prop_map(|(id, list, name)| {
            let set = SectionPatch {
                name: Some(name),
                list_id: Some(list),
                ..SectionPatch::default()
            };
            Command::CreateSection { id, set }
        }),
        section().prop_map(|id| Command::DeleteSection { id }),
        (word(), word()).prop_map(|(name, new)| Command::UpdateTag {
            name,
            set: TagPatch {
                name: Some(new),
                ..TagPatch::default()
            }
        }),
        word().prop_map(|name| Command::DeleteTag { name }),
        ((301_u128..303).prop_map(id), word()).prop_map(|(id, name)| {
            let set = ViewPatch {
                name: Some(name),
                filter: Some("tag=home".to_owned()),
                ..ViewPatch::default()
            };
            Command::CreateView { id, set }
        }),
        (301_u128..303).prop_map(|n| Command::DeleteView { id: id(n) }),
        ((401_u128..403).prop_map(id), task(), word())
            .prop_map(|(id, task, text)| Command::Comment { id, task, text }),
        ((401_u128..403).prop_map(id), option::of(word()))
            .prop_map(|(id, text)| Command::UpdateComment { id, text }),
        zone.prop_map(|zone| {
            let set = serde_json::json!({ "time_zone": zone });
            Command::UpdateSettings {
                set: Box::new(serde_json::from_value(set).expect("settings")),
            }
        }),
    ]
}

/// What removes for good: no undo brings it back.
pub(crate) fn purge() -> impl Strategy<Value = Command> {
    prop_oneof![
        3 => task().prop_map(|id| Command::PurgeTask { id }),
        1 => (0_i64..60).prop_map(|hours| Command::EmptyTrash { before: moment(hours) }),
    ]
}

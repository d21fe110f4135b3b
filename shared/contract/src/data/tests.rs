//! Every shape of an event's data that was ever written can be read, for good.
//!
//! `goldens/` holds them: `task.created.v1.json`, and where one file does not show all fields, `task.created.v1.more.json`. A file
//! that was released is never changed.

use super::*;
use crate::{asyncapi, schema::event, upcast};
use domain::record::Patch;
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::Path};

struct Golden {
    name: String,
    kind: EventKind,
    version: u32,
    data: String,
}

fn goldens() -> Vec<Golden> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("goldens");
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|file| golden(&file.unwrap().path()))
        .collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

fn golden(path: &Path) -> Golden {
    let name = path.file_stem().unwrap().to_str().unwrap();
    let (kind, rest) = name
        .split_once(".v")
        .unwrap_or_else(|| panic!("{name} has no version"));
    let version = rest.split('.').next().unwrap().parse().unwrap();
    Golden {
        name: name.to_owned(),
        kind: EventKind::named(kind).unwrap_or_else(|| panic!("{name} is of no kind")),
        version,
        data: fs::read_to_string(path).unwrap(),
    }
}

/// The event, and by whom and with what it came about.
fn parts(kind: EventKind, data: &str) -> (Event, By, RunId) {
    #[derive(Deserialize)]
    struct Said {
        by: By,
        run_id: RunId,
    }
    let said: Said = serde_json::from_str(data).unwrap();
    let stream = StreamId(Uuid::from_u128(1));
    let event = read(kind, stream, data).unwrap_or_else(|error| panic!("{kind}: {error}"));
    (event, said.by, said.run_id)
}

#[test]
fn reading_every_golden_gives_todays_shape() {
    for golden in goldens() {
        let (event, by, run) = parts(golden.kind, &golden.data);
        let written: Value = serde_json::from_str(&write(&event, &by, run)).unwrap();
        let today = upcast::today(golden.kind, &golden.data).unwrap();
        let expected: Value = serde_json::from_str(&today).unwrap();
        assert_eq!(written, expected, "{}", golden.name);
        let (again, ..) = parts(golden.kind, &written.to_string());
        assert_eq!(again, event, "{}", golden.name);
    }
}

#[test]
fn every_kind_in_the_log_has_a_golden_of_each_version() {
    let goldens = goldens();
    for kind in EventKind::ALL.iter().filter(|kind| !kind.is_internal()) {
        for version in 1..=upcast::version(*kind) {
            let there = goldens
                .iter()
                .any(|golden| golden.kind == *kind && golden.version == version);
            assert!(there, "there is no golden {kind}.v{version}.json");
        }
    }
}

/// A new field is a new shape: a golden has to show it before it is released.
#[test]
fn every_field_is_in_a_golden() {
    let mut shown: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for golden in goldens() {
        let (event, ..) = parts(golden.kind, &golden.data);
        let (record, names) = after(&event.change);
        shown.entry(record).or_default().extend(names);
    }
    for (record, all) in whole() {
        for name in all {
            assert!(
                shown[record].contains(&name),
                "no golden shows {record}.{name}"
            );
        }
    }
}

fn after(change: &Change) -> (&'static str, Vec<&'static str>) {
    match change {
        Change::Task(fields) => ("task", fields.after.names()),
        Change::Series(fields) => ("series", fields.after.names()),
        Change::List(fields) => ("list", fields.after.names()),
        Change::Section(fields) => ("section", fields.after.names()),
        Change::Tag(fields) => ("tag", fields.after.names()),
        Change::View(fields) => ("view", fields.after.names()),
        Change::Comment(fields) => ("comment", fields.after.names()),
        Change::Settings(fields) => ("settings", fields.after.names()),
        Change::None => ("none", Vec::new()),
    }
}

fn whole() -> Vec<(&'static str, Vec<&'static str>)> {
    use domain::{list, record::Record, series, settings, task};
    vec![
        ("task", task::Task::default().whole().names()),
        ("series", series::Series::default().whole().names()),
        ("list", list::List::default().whole().names()),
        ("section", list::Section::default().whole().names()),
        ("tag", list::Tag::default().whole().names()),
        ("view", list::View::default().whole().names()),
        ("comment", list::Comment::default().whole().names()),
        ("settings", settings::Settings::default().whole().names()),
    ]
}

#[test]
fn r_5_1_every_golden_is_as_the_published_schema_says() {
    let document = asyncapi::document(&[]);
    for golden in goldens() {
        let schema =
            &document["components"]["schemas"][golden.kind.type_name()]["properties"]["data"];
        let data: Value = serde_json::from_str(&golden.data).unwrap();
        let faults = testkit::schema::faults(&document, schema, &data);
        assert_eq!(faults, Vec::<String>::new(), "{}", golden.name);
        let alone = event::document(golden.kind);
        let faults = testkit::schema::faults(&alone, &alone["properties"]["data"], &data);
        assert_eq!(
            faults,
            Vec::<String>::new(),
            "{} by its own document",
            golden.name
        );
    }
}

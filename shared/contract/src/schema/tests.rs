//! The description is held to what it describes.

use super::*;
use crate::{asyncapi, commands, input};
use domain::{
    event::{EventKind, Topic},
    list,
    record::{Patch, Record},
    series::Series,
    settings, task,
};
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::json;
use std::collections::BTreeSet;

type Names = BTreeSet<String>;

fn described<T: JsonSchema>() -> Names {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let schema = T::json_schema(&mut generator).to_value();
    schema["properties"]
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect()
}

fn names(all: &[&str]) -> Names {
    all.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn every_field_of_every_record_is_described() {
    fn check<F: JsonSchema, R: Record>() {
        assert_eq!(
            described::<F>(),
            names(&R::default().whole().names()),
            "{}",
            F::schema_name()
        );
    }
    check::<TaskFields, task::Task>();
    check::<SeriesFields, Series>();
    check::<ListFields, list::List>();
    check::<SectionFields, list::Section>();
    check::<TagFields, list::Tag>();
    check::<ViewFields, list::View>();
    check::<CommentFields, list::Comment>();
    check::<SettingsFields, settings::Settings>();
    check::<SettingsInput, settings::Settings>();
}

/// What serde says when it meets a field that it does not know: "unknown field `?`, expected one of `a`, `b`".
fn read<T: DeserializeOwned>() -> Names {
    let error = serde_json::from_value::<T>(json!({ "?": 1 }))
        .err()
        .unwrap()
        .to_string();
    error
        .split('`')
        .skip(3)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_field_of_a_request_is_described() {
    let read_only = names(&[
        "status",
        "version",
        "position",
        "series_id",
        "occurrence",
        "created_at",
        "updated_at",
        "closed_at",
        "deleted_at",
    ]);
    let writable: Names = read::<input::TaskInput>()
        .difference(&read_only)
        .cloned()
        .collect();
    assert_eq!(described::<TaskInput>(), writable);
    assert_eq!(described::<ReminderInput>(), read::<input::ReminderInput>());
    assert_eq!(described::<RepeatInput>(), read::<input::RepeatInput>());
    assert_eq!(
        described::<commands::CommandInput>(),
        read::<commands::CommandInput>()
    );
}

#[test]
fn the_writable_fields_of_what_tasks_are_kept_in_are_described() {
    fn check<F: JsonSchema, P>(
        read: impl Fn(Value) -> Result<P, domain::refusal::Refusal>,
        apart: &[&str],
    ) {
        for name in described::<F>().difference(&names(apart)) {
            let value = if name == "archived" {
                json!(true)
            } else {
                json!(null)
            };
            let said = read(json!({ name: value }))
                .err()
                .map(|refusal| refusal.to_string())
                .unwrap_or_default();
            assert!(
                !said.contains("unknown field") && !said.contains("read-only"),
                "{name}: {said}"
            );
        }
    }
    check::<ListInput, _>(commands::list, &["id"]);
    check::<SectionInput, _>(|set| commands::section(set, true), &["id"]);
    check::<TagInput, _>(commands::tag, &[]);
    check::<ViewInput, _>(commands::view, &["id"]);
    check::<Place, _>(commands::place, &[]);
}

#[test]
fn r_5_1_every_type_stands_on_one_topic_of_the_document() {
    let document = asyncapi::document(&[]);
    let mut found = Vec::new();
    for topic in Topic::ALL {
        let messages = document["channels"][topic.name()]["messages"]
            .as_object()
            .unwrap();
        found.extend(messages.keys().cloned());
    }
    found.sort();
    let mut all: Vec<_> = EventKind::ALL.iter().map(|kind| kind.type_name()).collect();
    all.sort();
    assert_eq!(found, all);
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    fn check(document: &Value, value: &Value) {
        match value {
            Value::Object(all) => {
                if let Some(reference) = all.get("$ref").and_then(Value::as_str) {
                    let found = document.pointer(reference.trim_start_matches('#'));
                    assert!(found.is_some(), "{reference} leads nowhere");
                }
                all.values().for_each(|value| check(document, value));
            }
            Value::Array(all) => all.iter().for_each(|value| check(document, value)),
            _ => {}
        }
    }
    let all = EventKind::ALL;
    let document = asyncapi::document(&[asyncapi::Function {
        name: "all",
        subscribes: all,
        emits: all,
    }]);
    check(&document, &document);
}

//! Events described: what the data of each type holds.

use super::{
    CommentFields, ListFields, Part, SectionFields, SeriesFields, SettingsFields, TagFields,
    TaskFields, ViewFields,
};
use crate::{cloud::CloudEvent, data::By};
use domain::event::EventKind;
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};
use serde_json::Value;
use uuid::Uuid;

/// The data of an event, with the fields of the record that it is about.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Data<F> {
    /// The task that it is about, where it is about one.
    #[schemars(skip_serializing_if = "Option::is_none")]
    task_id: Option<Uuid>,
    /// The record that it is about.
    id: Uuid,
    /// That record's version after it; 0 where there is no record.
    version: u64,
    /// What the changed fields were; empty for a creation.
    before: F,
    /// What they are; the whole for a creation.
    after: F,
    /// In words: why a date moved, which reminder, what was undone.
    #[schemars(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The channel of a delivery.
    #[schemars(skip_serializing_if = "Option::is_none")]
    channel: Option<String>,
    /// The task's title as it was sent.
    #[schemars(skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// When what was sent is due.
    #[schemars(skip_serializing_if = "Option::is_none")]
    due: Option<String>,
    /// The delivery.
    #[schemars(skip_serializing_if = "Option::is_none")]
    delivery: Option<Uuid>,
    /// The run that this one takes back.
    #[schemars(skip_serializing_if = "Option::is_none")]
    undoes: Option<Uuid>,
    /// By whom it came about.
    by: By,
    /// What was done together, and is undone together.
    run_id: Uuid,
}

/// Nothing that is kept as a record.
#[derive(JsonSchema)]
struct Nothing {}

/// A wake's data: it only says what to look at.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wake {
    /// What to look at.
    id: Uuid,
}

/// What the data of an event of that kind holds, as it is written today.
pub fn data(kind: EventKind, generator: &mut SchemaGenerator) -> Schema {
    use EventKind as K;
    let mut schema = match kind {
        K::TaskCreated
        | K::TaskChanged
        | K::TaskCompleted
        | K::TaskReopened
        | K::TaskDropped
        | K::TaskSkipped
        | K::TaskDeleted
        | K::TaskRestored
        | K::TaskLeft
        | K::TaskEntered
        | K::ReminderSnoozed => Data::<Part<TaskFields>>::json_schema(generator),
        K::SeriesChanged | K::SeriesPaused | K::SeriesResumed | K::SeriesEnded => {
            Data::<Part<SeriesFields>>::json_schema(generator)
        }
        K::ListCreated | K::ListChanged | K::ListDeleted | K::ListRestored => {
            Data::<Part<ListFields>>::json_schema(generator)
        }
        K::SectionCreated | K::SectionChanged | K::SectionDeleted => {
            Data::<Part<SectionFields>>::json_schema(generator)
        }
        K::TagChanged => Data::<Part<TagFields>>::json_schema(generator),
        K::ViewChanged => Data::<Part<ViewFields>>::json_schema(generator),
        K::CommentCreated | K::CommentChanged | K::CommentDeleted => {
            Data::<Part<CommentFields>>::json_schema(generator)
        }
        K::SettingsChanged => Data::<Part<SettingsFields>>::json_schema(generator),
        kind if kind.is_internal() => Wake::json_schema(generator),
        _ => Data::<Nothing>::json_schema(generator),
    };
    schema.insert("title".to_owned(), kind.name().into());
    schema.insert("description".to_owned(), kind.about().into());
    schema
}

/// The whole event of that kind: CloudEvents' JSON format around its data.
pub fn whole(kind: EventKind, generator: &mut SchemaGenerator) -> Schema {
    let mut schema = CloudEvent::json_schema(generator);
    let data = data(kind, generator);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(
            "type".to_owned(),
            json_schema!({ "const": kind.type_name() }).to_value(),
        );
        properties.insert("data".to_owned(), data.to_value());
    }
    schema.insert("title".to_owned(), kind.type_name().into());
    schema.insert("description".to_owned(), kind.about().into());
    schema
}

/// The schema of whole events of that kind, as a document of its own (JSON Schema 2020-12).
pub fn document(kind: EventKind) -> Value {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut schema = whole(kind, &mut generator);
    let own = [
        ("$schema", META.into()),
        (
            "$id",
            format!("urn:errand:schema:{}", kind.type_name()).into(),
        ),
        ("$defs", Value::Object(generator.take_definitions(true))),
    ];
    for (name, value) in own {
        schema.insert(name.to_owned(), value);
    }
    schema.to_value()
}

const META: &str = "https://json-schema.org/draft/2020-12/schema";

/// An event of any type, as the feed shows it.
pub struct Event;

impl JsonSchema for Event {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Event".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = CloudEvent::json_schema(generator);
        let words =
            "A CloudEvent 1.0 in its JSON format; /asyncapi.json has the data of each type.";
        schema.insert("description".to_owned(), words.into());
        schema
    }
}

/// A line of a history: an event with by whom and why.
#[derive(JsonSchema)]
pub struct HistoryLine {
    /// The event's id.
    pub id: String,
    /// The event's type.
    #[schemars(rename = "type")]
    pub kind: String,
    /// When.
    pub time: Timestamp,
    /// The record's version after it.
    pub version: u64,
    /// By whom.
    pub by: By,
    /// What was done together.
    pub run_id: Uuid,
    /// The request that everything came from.
    pub correlation_id: String,
    /// The event that caused it.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub causation_id: Option<String>,
    /// The event's data; null once its content was removed for good.
    pub data: Option<serde_json::Map<String, Value>>,
}

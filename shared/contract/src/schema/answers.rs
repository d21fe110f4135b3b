//! Answers that are no single record.

use super::{Task, event::Event};
use jiff::Timestamp;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;
use std::{borrow::Cow, collections::BTreeMap, marker::PhantomData};
use uuid::Uuid;

/// A page of a listing.
pub struct Page<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for Page<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("PageOf{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<Vec<T>>();
        json_schema!({
            "type": "object",
            "description": "A page of a listing.",
            "properties": {
                "items": items,
                "next": { "type": ["string", "null"], "description": "Where the next page begins, to be sent as `after`; null at the end." },
                "cursor": { "type": "string", "description": "Where to start following `/changes`, so that nothing is missed." },
            },
            "required": ["items", "next", "cursor"],
        })
    }
}

/// Records that are listed whole.
pub struct All<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for All<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("All{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let items = generator.subschema_for::<Vec<T>>();
        json_schema!({
            "type": "object",
            "description": "All there are.",
            "properties": { "items": items, "next": { "type": "null", "description": "There is no other page." } },
            "required": ["items", "next"],
        })
    }
}

/// Something, or an array of it: as it was asked.
pub struct OneOrMany<T>(PhantomData<T>);

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (one, many) = (
            generator.subschema_for::<T>(),
            generator.subschema_for::<Vec<T>>(),
        );
        json_schema!({ "anyOf": [one, many] })
    }
}

/// What went wrong (RFC 9457), in words that say what to do.
#[derive(JsonSchema)]
pub struct Problem {
    /// `urn:errand:problem:` and the code.
    #[schemars(rename = "type")]
    pub kind: String,
    /// The same few words each time.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What to do.
    pub detail: String,
    /// Stable: for programs.
    pub code: String,
    /// Each place that is wrong.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// With 412: the record as it is now.
    #[schemars(skip_serializing_if = "Value::is_null")]
    pub current: Value,
    /// With 412 `conflict`: the fields that both changed.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Collision>,
    /// With `undo_blocked`: what cannot be taken back.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Left>,
    /// With `confirmation_stale`: what is asked now.
    #[schemars(skip_serializing_if = "Value::is_null")]
    pub confirm: Value,
}

/// One place that is wrong.
#[derive(JsonSchema)]
pub struct Fault {
    /// A JSON pointer; empty for the whole.
    pub pointer: String,
    /// What is wrong there.
    pub code: String,
    /// What a program needs for words of its own: limits, names.
    #[schemars(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Value>,
    /// Of a refused command: its own key.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Of a refused command: what to do.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Of a refused command: the places in it.
    #[schemars(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// A field that both changed to different values.
#[derive(JsonSchema)]
pub struct Collision {
    /// Its name.
    pub field: String,
    /// As both read it.
    pub base: Value,
    /// As you would have it.
    pub yours: Value,
    /// As it is.
    pub theirs: Value,
    /// Who changed it.
    pub by: Option<Uuid>,
    /// When.
    pub at: Option<Timestamp>,
}

/// What an undo did not take back.
#[derive(JsonSchema)]
pub struct Left {
    /// The event.
    pub event_id: String,
    /// Why.
    pub because: String,
}

/// What many commands did.
#[derive(JsonSchema)]
pub struct CommandResults {
    /// What was done together; an undo takes it back together.
    pub run_id: Uuid,
    /// Whether nothing was done but said.
    pub dry_run: bool,
    /// One for each command, in their order.
    pub results: Vec<CommandResult>,
}

/// What one command did.
#[derive(JsonSchema)]
pub struct CommandResult {
    /// The client's own name for it.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `done` or `refused`.
    pub status: Outcome,
    /// The record that it was about.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub id: Option<Uuid>,
    /// That record's version now.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
    /// Why it was refused.
    #[schemars(skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// Whether a command was done.
#[derive(JsonSchema)]
#[schemars(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Outcome {
    Done,
    Refused,
}

/// What an undo did.
#[derive(JsonSchema)]
pub struct Undone {
    /// The undo's own run: it can be undone, too.
    pub run_id: Uuid,
    /// The events taken back.
    pub undone: Vec<String>,
    /// What stays, and why.
    pub left: Vec<Left>,
}

/// What became of an import.
#[derive(JsonSchema)]
pub struct Imported {
    /// What was done together.
    pub run_id: Uuid,
    /// How many commands were done.
    pub imported: usize,
    /// Those that were not, at most 100.
    pub problems: Vec<CommandResult>,
}

/// How many open tasks there are in each view, list, tag and so on.
pub type Counts = BTreeMap<String, BTreeMap<String, u64>>;

/// A page of the log.
#[derive(JsonSchema)]
pub struct Changes {
    /// Oldest first within a stream.
    pub events: Vec<Event>,
    /// To go on from.
    pub cursor: String,
    /// Whether there is more now.
    pub more: bool,
}

/// The occurrences that a rule gives.
#[derive(JsonSchema)]
pub struct Preview {
    /// The rule as it was read.
    pub rrule: super::Rule,
    /// In words.
    pub words: String,
    /// The next ones.
    pub items: Vec<Occurrence>,
}

/// One occurrence.
#[derive(JsonSchema)]
pub struct Occurrence {
    /// As the rule gives it.
    pub occurrence: super::DayOrTime,
    /// The moment that this is.
    pub instant: Option<Timestamp>,
    /// Why it is not where you would expect it: a clock change, a short month.
    pub note: Option<String>,
}

/// Everything a person has, as far as it can be made again.
#[derive(JsonSchema)]
pub struct Export {
    /// `errand`.
    pub format: String,
    /// Of the format.
    pub version: u64,
    /// When it was made.
    pub exported_at: Timestamp,
    /// The person's settings, once made.
    pub settings: Vec<Value>,
    /// Lists.
    pub lists: Vec<super::Stored<super::ListFields>>,
    /// Sections.
    pub sections: Vec<super::Stored<super::SectionFields>>,
    /// Tags.
    pub tags: Vec<super::Stored<super::TagFields>>,
    /// Saved filters.
    pub views: Vec<super::Stored<super::ViewFields>>,
    /// Recurring tasks as a whole.
    pub series: Vec<super::Stored<super::SeriesFields>>,
    /// Tasks, those in the trash too.
    pub tasks: Vec<Task>,
    /// Comments on them.
    pub comments: Vec<super::Stored<super::CommentFields>>,
}

/// That a retry was begun.
#[derive(JsonSchema)]
pub struct Retried {
    /// The delivery.
    pub id: Uuid,
    /// `open` again.
    pub state: String,
}

/// How many tasks were removed for good.
#[derive(JsonSchema)]
pub struct Purged {
    /// So many.
    pub purged: usize,
}

/// That a process is well.
#[derive(JsonSchema)]
pub struct Well {
    /// In a word.
    pub status: String,
}

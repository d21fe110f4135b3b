//! The wire described: JSON Schema of records, requests and events, out of which `/openapi.json` and `/asyncapi.json` are made.
//!
//! `domain` knows no JSON Schema, so its records stand here once more, each field with its words. Tests hold the names to
//! `domain`'s own, and check real answers and real events against what this gives.

pub mod answers;
pub mod event;
mod inputs;
mod ledger;
mod records;
#[cfg(test)]
mod tests;
mod values;

pub use inputs::*;
pub use ledger::*;
pub use records::*;
pub use values::*;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};
use std::{borrow::Cow, marker::PhantomData};

/// Some fields of a record, as events carry them: those that changed.
pub struct Part<F>(PhantomData<F>);

impl<F: JsonSchema> JsonSchema for Part<F> {
    fn schema_name() -> Cow<'static, str> {
        F::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = F::json_schema(generator);
        schema.remove("required");
        schema
    }
}

/// A record as the API shows it: its fields, its id, its version and when it changed last.
pub struct Stored<F>(PhantomData<F>);

impl<F: JsonSchema> JsonSchema for Stored<F> {
    fn schema_name() -> Cow<'static, str> {
        F::schema_name()
            .trim_end_matches("Fields")
            .to_owned()
            .into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = F::json_schema(generator);
        let kept = json_schema!({ "properties": {
            "id": { "type": "string", "format": "uuid", "description": "Opaque." },
            "version": { "type": "integer", "minimum": 1, "description": "Raised by each change; the ETag." },
            "updated_at": { "type": "string", "format": "date-time", "description": "When it changed last." },
        }, "required": ["id", "version", "updated_at"] });
        add(&mut schema, kept);
        schema
    }
}

/// Adds properties to an object's schema, and what of them is required.
pub(crate) fn add(schema: &mut Schema, more: Schema) {
    let more = more.to_value();
    let object = schema.ensure_object();
    let properties = object
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    if let (Some(properties), Some(more)) =
        (properties.as_object_mut(), more["properties"].as_object())
    {
        properties.extend(more.clone());
    }
    let required = object
        .entry("required")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let (Some(required), Some(more)) = (required.as_array_mut(), more["required"].as_array()) {
        required.extend(more.iter().cloned());
    }
}

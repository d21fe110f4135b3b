//! The schemas of requests and of answers. One type may have two: what may be left out of a request always stands in an answer.

use super::operation::Shape;
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};
use std::collections::BTreeSet;

const ANSWERS: &str = "#/components/schemas/";
/// Where references of requests lead until all is known.
const REQUESTS: &str = "#/components/requests/";

pub(super) struct Schemas {
    requests: SchemaGenerator,
    answers: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = |path: &'static str| {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = path.trim_start_matches('#').into();
                settings.meta_schema = None;
            })
        };
        Self {
            requests: settings(REQUESTS).for_deserialize().into_generator(),
            answers: settings(ANSWERS).for_serialize().into_generator(),
        }
    }

    pub(super) fn request(&mut self, shape: Shape) -> Value {
        shape(&mut self.requests).to_value()
    }

    pub(super) fn answer(&mut self, shape: Shape) -> Value {
        shape(&mut self.answers).to_value()
    }

    /// The document with all schemas in it. A request's schema that says something else than the answer's of its name is called
    /// `…Input`.
    pub(super) fn placed(mut self, mut document: Value) -> Value {
        let mut all = self.answers.take_definitions(true);
        let requests = self.requests.take_definitions(true);
        let other = others(&requests, &all);
        let name = |name: &str| {
            let end = if other.contains(name) { "Input" } else { "" };
            format!("{name}{end}")
        };
        all.extend(
            requests
                .into_iter()
                .map(|(own, schema)| (name(&own), schema)),
        );
        document["components"]["schemas"] = Value::Object(all);
        references(&mut document, &|reference| {
            let own = reference.strip_prefix(REQUESTS)?;
            Some(format!("{ANSWERS}{}", name(own)))
        });
        document
    }
}

/// Requests' schemas that say something else than the answers' of the same name, or refer to one that does.
fn others(requests: &Map<String, Value>, answers: &Map<String, Value>) -> BTreeSet<String> {
    let mut other = BTreeSet::new();
    loop {
        let before = other.len();
        for (name, schema) in requests {
            let mut schema = schema.clone();
            references(&mut schema, &|reference| {
                let own = reference.strip_prefix(REQUESTS)?;
                Some(if other.contains(own) {
                    reference.to_owned()
                } else {
                    format!("{ANSWERS}{own}")
                })
            });
            if answers.get(name).is_some_and(|answer| *answer != schema) {
                other.insert(name.clone());
            }
        }
        if other.len() == before {
            return other;
        }
    }
}

/// Changes every reference for which there is another.
fn references(value: &mut Value, other: &impl Fn(&str) -> Option<String>) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match value {
                    Value::String(text) if key == "$ref" => {
                        if let Some(other) = other(text) {
                            *text = other;
                        }
                    }
                    value => references(value, other),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| references(item, other)),
        _ => {}
    }
}

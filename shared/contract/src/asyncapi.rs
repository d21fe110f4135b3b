//! `/asyncapi.json` (AsyncAPI 3.0): which events there are, on which topic, what they hold, and which function waits for them.

use crate::schema::event;
use domain::event::{EventKind, Topic};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

/// A function with the events that wake it and those that come of it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// Its `SUBSCRIBES`.
    pub subscribes: &'static [EventKind],
    /// Its `EMITS`.
    pub emits: &'static [EventKind],
}

/// The document.
pub fn document(functions: &[Function]) -> Value {
    let (messages, schemas) = components();
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Errand's events",
            "version": "1",
            "description": "Every change is a CloudEvent 1.0. What is written here is its JSON format, as feeds and webhooks carry it; \
                on Kafka the attributes are headers (`ce_type`, `ce_id`, …), the value is `data`, and the key is `partitionkey`. Events \
                of one key keep their order. They come at least once: what has the same `source` and `id` is the same event.",
            "license": { "name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0" },
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": Topic::ALL.iter().map(|topic| (topic.name().to_owned(), channel(*topic))).collect::<Map<_, _>>(),
        "operations": operations(functions),
        "components": { "messages": messages, "schemas": schemas },
    })
}

fn kinds(topic: Topic) -> impl Iterator<Item = EventKind> {
    let all = EventKind::ALL.iter().copied();
    all.filter(move |kind| kind.topic() == topic)
}

fn channel(topic: Topic) -> Value {
    let message = |kind: EventKind| {
        let name = kind.type_name();
        let reference = json!({ "$ref": format!("#/components/messages/{name}") });
        (name, reference)
    };
    json!({
        "address": topic.name(),
        "description": about(topic),
        "messages": kinds(topic).map(message).collect::<Map<_, _>>(),
    })
}

const fn about(topic: Topic) -> &'static str {
    match topic {
        Topic::TaskEvents => "What happens to tasks and to the series that they come from.",
        Topic::Reminders => {
            "Reminders: put off, sent, failed, cancelled; and what wakes the functions that send them."
        }
        Topic::TaskUpdates => "What happens to what tasks are kept in, and around them.",
        Topic::AuditEvents => {
            "Who signed in, which tokens were made, and the signed heads of the log."
        }
    }
}

/// What each function waits for and emits, topic by topic.
fn operations(functions: &[Function]) -> Map<String, Value> {
    let mut all = Map::new();
    for function in functions {
        for topic in Topic::ALL {
            let sides = [("receive", function.subscribes), ("send", function.emits)];
            for (action, kinds) in sides {
                let of_topic: Vec<_> = kinds.iter().filter(|kind| kind.topic() == *topic).collect();
                if of_topic.is_empty() {
                    continue;
                }
                let channel = format!("#/channels/{}", topic.name());
                let message = |kind: &&EventKind| json!({ "$ref": format!("{channel}/messages/{}", kind.type_name()) });
                let operation = json!({
                    "action": action,
                    "channel": { "$ref": channel },
                    "messages": of_topic.iter().map(message).collect::<Vec<_>>(),
                });
                all.insert(
                    format!("{}.{action}.{}", function.name, topic.name()),
                    operation,
                );
            }
        }
    }
    all
}

/// A message for each type, and the schemas of whole events that they refer to.
fn components() -> (Map<String, Value>, Map<String, Value>) {
    // AsyncAPI's own schemas are a superset of JSON Schema's draft 7.
    let settings = SchemaSettings::draft07().for_serialize().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let (mut messages, mut schemas) = (Map::new(), Map::new());
    for kind in EventKind::ALL {
        let name = kind.type_name();
        let mut schema = event::whole(*kind, &mut generator);
        for transform in generator.transforms_mut() {
            transform.transform(&mut schema);
        }
        schemas.insert(name.clone(), schema.to_value());
        let internal = if kind.is_internal() {
            " Internal: it only wakes a function, and stands in no feed."
        } else {
            ""
        };
        let message = json!({
            "name": name,
            "title": kind.name(),
            "summary": format!("{}{internal}", kind.about()),
            "contentType": "application/cloudevents+json",
            "payload": { "$ref": format!("#/components/schemas/{name}") },
        });
        messages.insert(name, message);
    }
    schemas.extend(generator.take_definitions(true));
    (messages, schemas)
}

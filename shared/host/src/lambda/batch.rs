//! Records of Kafka and messages of SQS, each a CloudEvent, one after the other to the router.
//!
//! | from | binary mode | structured mode | what is reported |
//! | --- | --- | --- | --- |
//! | Kafka | headers `ce_id`, …, `content-type` | `content-type` `application/cloudevents+json` | in each partition the first that was not taken: nothing behind it was tried |
//! | SQS | attributes `ce_id` or `ce-id`, …, `content-type` | neither | each that was not taken; of a group of a FIFO queue also all behind it |
//!
//! The event source mapping must be told `ReportBatchItemFailures`, else what was not taken is lost; only where none was taken the
//! invocation fails as a whole. "Later" and "never" are reported alike: how often a record is tried, and where it goes after that, is the
//! mapping's and the queue's matter.

use axum::{Router, body::Body};
use base64::{Engine, engine::general_purpose::STANDARD};
use bus::{Verdict, kafka::Record};
use http::Request;
use lambda_http::Error;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tower::ServiceExt;

/// As much of an answer as is read.
const WORDS: usize = 65_536;

/// Events in the order in which they came.
pub(super) struct Batch(Vec<Item>);

struct Item {
    /// As a record; its headers have Kafka's names.
    event: Record,
    /// How it is called in the report.
    name: Value,
    /// What it must not overtake.
    lane: Option<String>,
    /// Whether one report stands for all behind it.
    first_only: bool,
}

#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "eventSource")]
    source: Option<String>,
    /// Of Kafka, by `TOPIC-PARTITION`.
    #[serde(default)]
    records: BTreeMap<String, Vec<OfKafka>>,
    /// Of SQS, and of what we do not read.
    #[serde(default, rename = "Records")]
    messages: Vec<Value>,
}

#[derive(Deserialize)]
struct OfKafka {
    offset: i64,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    value: Option<String>,
    /// A list of maps of one entry; bytes, some say from -128 on.
    #[serde(default)]
    headers: Vec<BTreeMap<String, Vec<i16>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfSqs {
    message_id: String,
    body: String,
    #[serde(default)]
    attributes: BTreeMap<String, Value>,
    #[serde(default)]
    message_attributes: BTreeMap<String, Attribute>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attribute {
    #[serde(default)]
    string_value: Option<String>,
}

/// The events of an invocation; none where it is a request.
///
/// # Errors
/// When it is a batch of another kind, or not of its shape.
pub(super) fn read(payload: &str) -> Result<Option<Batch>, Error> {
    let Ok(shape) = serde_json::from_str::<Shape>(payload) else {
        return Ok(None);
    };
    if matches!(
        shape.source.as_deref(),
        Some("aws:kafka" | "SelfManagedKafka")
    ) {
        let all = shape.records.into_iter().flat_map(|(partition, records)| {
            records
                .into_iter()
                .map(move |record| of_kafka(&partition, record))
        });
        return Ok(Some(Batch(all.collect::<Result<_, _>>()?)));
    }
    let Some(first) = shape.messages.first() else {
        return Ok(None);
    };
    match first["eventSource"].as_str() {
        Some("aws:sqs") => {
            let all = shape.messages.into_iter().map(of_sqs);
            Ok(Some(Batch(all.collect::<Result<_, _>>()?)))
        }
        other => Err(format!("events of {} are not read here", other.unwrap_or("nobody")).into()),
    }
}

fn of_kafka(partition: &str, record: OfKafka) -> Result<Item, Error> {
    let decoded = |text: Option<String>| text.map(|text| STANDARD.decode(text)).transpose();
    let headers = record.headers.into_iter().flatten();
    let headers = headers.map(|(name, value)| {
        let bytes = value.into_iter().map(|byte| byte.to_le_bytes()[0]);
        (name, bytes.collect())
    });
    let event = Record {
        headers: headers.collect(),
        key: decoded(record.key)?,
        payload: decoded(record.value)?,
    };
    Ok(Item {
        event,
        name: json!({ "partition": partition, "offset": record.offset }),
        lane: Some(partition.to_owned()),
        first_only: true,
    })
}

fn of_sqs(message: Value) -> Result<Item, Error> {
    let message: OfSqs = serde_json::from_value(message)?;
    let mut headers: Vec<_> = message
        .message_attributes
        .into_iter()
        .filter_map(|(name, value)| {
            let name = match name.strip_prefix("ce-") {
                Some(attribute) => format!("ce_{attribute}"),
                None => name,
            };
            Some((name, value.string_value?.into_bytes()))
        })
        .collect();
    if !headers.iter().any(|(name, _)| name == "ce_specversion") {
        headers = vec![(
            "content-type".to_owned(),
            b"application/cloudevents+json".to_vec(),
        )];
    }
    let group = message.attributes.get("MessageGroupId");
    Ok(Item {
        event: Record {
            key: None,
            headers,
            payload: Some(message.body.into_bytes()),
        },
        name: json!(message.message_id),
        lane: group.and_then(Value::as_str).map(str::to_owned),
        first_only: false,
    })
}

/// Delivers them, and reports those that were not taken.
///
/// # Errors
/// When none was.
pub(super) async fn deliver(router: &Router, Batch(items): Batch) -> Result<Value, Error> {
    let mut stuck = BTreeSet::new();
    let mut failures = Vec::new();
    let mut taken = items.is_empty();
    let mut last = String::new();
    for item in items {
        let behind = item.lane.as_ref().is_some_and(|lane| stuck.contains(lane));
        if !behind {
            let Err(why) = post(router, &item.event).await else {
                taken = true;
                continue;
            };
            let id = item.event.get("ce_id");
            tracing::error!(id, name = %item.name, why, "an event was not taken");
            last = why;
            stuck.extend(item.lane);
        } else if item.first_only {
            continue;
        }
        failures.push(json!({ "itemIdentifier": item.name }));
    }
    if taken {
        return Ok(json!({ "batchItemFailures": failures }));
    }
    Err(format!("no event was taken: {last}").into())
}

/// As a dispatcher would.
async fn post(router: &Router, event: &Record) -> Result<(), String> {
    let mut request = Request::post("/");
    for (name, value) in event.http_headers() {
        request = request.header(name, value);
    }
    let body = event.payload.clone().unwrap_or_default();
    let request = request
        .body(Body::from(body))
        .map_err(|error| error.to_string())?;
    let answered = router.clone().oneshot(request).await;
    let response = answered.unwrap_or_else(|never| match never {});
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), WORDS).await;
    let body = body.map_err(|error| error.to_string())?;
    match Verdict::of(status, &String::from_utf8_lossy(&body)) {
        Verdict::Taken => Ok(()),
        Verdict::Later(why) | Verdict::Never(why) | Verdict::Broken(why) => Err(why),
    }
}

#[cfg(test)]
mod tests;

//! A row of the outbox as a CloudEvent.

use contract::cloud::{CloudEvent, traceparent};
use serde_json::value::RawValue;
use store::Outgoing;

/// The event of a row; none when its content was purged meanwhile (the purge has an event of its own).
/// A wake carries `{"id": subject}`.
pub fn event(row: &Outgoing, source: &str) -> Option<CloudEvent> {
    let subject = row.subject.to_string();
    let data = match &row.row {
        Some(line) => line.payload.clone()?,
        None => format!("{{\"id\":\"{subject}\"}}"),
    };
    let line = row.row.as_ref();
    Some(CloudEvent {
        specversion: "1.0".to_owned(),
        id: row.event_id.clone(),
        source: source.to_owned(),
        kind: row.kind.type_name(),
        subject,
        time: row.at.to_string(),
        datacontenttype: "application/json".to_owned(),
        partitionkey: row.stream.to_string(),
        taskversion: line
            .and_then(|line| i64::try_from(line.version).ok())
            .filter(|version| *version > 0),
        correlationid: line.map(|line| line.correlation.clone()),
        causationid: line.and_then(|line| line.causation.clone()),
        traceparent: line.and_then(|line| traceparent(&line.correlation, &row.event_id)),
        data: RawValue::from_string(data).ok()?,
    })
}

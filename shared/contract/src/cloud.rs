//! CloudEvents 1.0: the envelope that the bus, the feed and webhooks share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

/// An event in CloudEvents' JSON format (CloudEvents 1.0, JSON event format).
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CloudEvent {
    /// Always "1.0".
    pub specversion: String,
    /// `stream:n`, or a wake's own id. Opaque; unique together with `source`.
    pub id: String,
    /// The installation.
    pub source: String,
    /// `errand.task.created.v1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// RFC 3339, UTC.
    pub time: String,
    /// Always "application/json".
    pub datacontenttype: String,
    /// The stream: events of one key keep their order.
    pub partitionkey: String,
    /// The task's version, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taskversion: Option<i64>,
    /// The request that everything came from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlationid: Option<String>,
    /// The event that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub causationid: Option<String>,
    /// The trace that it belongs to (W3C Trace Context).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The data, byte for byte as it was stored.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub data: Box<RawValue>,
}

/// The trace context of an event: the trace is that of the request that everything came from, the span is the event itself, so
/// that it is the same whenever the event is published. None where the correlation is no trace's id.
pub fn traceparent(correlation: &str, event: &str) -> Option<String> {
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    let is_trace = correlation.len() == 32
        && correlation.bytes().all(hex)
        && correlation.bytes().any(|byte| byte != b'0');
    let digest = Sha256::digest(event);
    let span = digest[..8]
        .iter()
        .fold(0, |span: u64, byte| span << 8 | u64::from(*byte));
    is_trace.then(|| format!("00-{correlation}-{:016x}-01", span.max(1)))
}

#[cfg(test)]
mod tests {
    use super::traceparent;

    #[test]
    fn an_event_belongs_to_the_trace_of_its_request() {
        let check = |correlation: &str, expected: Option<&str>| {
            assert_eq!(
                traceparent(correlation, "a:1").as_deref(),
                expected,
                "{correlation}"
            );
        };
        check(
            "4bf92f3577b34da6a3ce929d0e0e4736",
            Some("00-4bf92f3577b34da6a3ce929d0e0e4736-2b2c40a6706d9e5f-01"),
        );
        check("00000000000000000000000000000000", None);
        check("4BF92F3577B34DA6A3CE929D0E0E4736", None);
        check("order 7", None);
        check("", None);
    }
}

//! CloudEvents 1.0: the envelope that the bus, the feed and webhooks share.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// An event in CloudEvents' JSON format (CloudEvents 1.0, JSON event format).
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// The data, byte for byte as it was stored.
    pub data: Box<RawValue>,
}

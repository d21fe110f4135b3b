//! A CloudEvent as a record: the binary mode of CloudEvents' Kafka binding 1.0.2, and of its HTTP binding 1.0.2.

use contract::cloud::CloudEvent;
use domain::event::EventKind;
use rdkafka::message::{Header, Headers, Message, OwnedHeaders};
use std::fmt::Write;

/// A record of Kafka: a CloudEvent, if its headers say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The stream.
    pub key: Option<Vec<u8>>,
    /// `ce_id`, `ce_type`, …, `content-type`; a header without a value is left out.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The data; none in a mark that an event was replayed.
    pub payload: Option<Vec<u8>>,
}

impl Record {
    /// An event in binary mode; its data goes out byte for byte as it was stored.
    pub(crate) fn of(event: &CloudEvent) -> Self {
        let version = event.taskversion.map(|version| version.to_string());
        let attributes = [
            ("ce_specversion", Some(&event.specversion)),
            ("ce_id", Some(&event.id)),
            ("ce_source", Some(&event.source)),
            ("ce_type", Some(&event.kind)),
            ("ce_subject", Some(&event.subject)),
            ("ce_time", Some(&event.time)),
            ("ce_partitionkey", Some(&event.partitionkey)),
            ("ce_taskversion", version.as_ref()),
            ("ce_correlationid", event.correlationid.as_ref()),
            ("ce_causationid", event.causationid.as_ref()),
            ("ce_traceparent", event.traceparent.as_ref()),
            ("content-type", Some(&event.datacontenttype)),
        ];
        let present = attributes
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.clone().into_bytes())));
        Self {
            key: Some(event.partitionkey.clone().into_bytes()),
            headers: present.collect(),
            payload: Some(event.data.get().as_bytes().to_vec()),
        }
    }

    /// As it was read.
    pub(super) fn read(message: &impl Message) -> Self {
        let headers = message.headers().into_iter().flat_map(Headers::iter);
        let headers =
            headers.filter_map(|header| Some((header.key.to_owned(), header.value?.to_vec())));
        Self {
            key: message.key().map(<[u8]>::to_vec),
            headers: headers.collect(),
            payload: message.payload().map(<[u8]>::to_vec),
        }
    }

    /// A header that is text.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(own, _)| own == name);
        found.and_then(|(_, value)| std::str::from_utf8(value).ok())
    }

    /// Our own kind of event, whatever its version; none for what is not ours.
    pub(super) fn kind(&self) -> Option<EventKind> {
        EventKind::of_type(self.get("ce_type")?)
    }

    /// Sets a header in place of any of that name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.headers.retain(|(own, _)| own != name);
        self.headers
            .push((name.to_owned(), value.as_bytes().to_vec()));
    }

    /// The headers as librdkafka takes them.
    pub(super) fn owned_headers(&self) -> OwnedHeaders {
        let headers = OwnedHeaders::new_with_capacity(self.headers.len());
        self.headers.iter().fold(headers, |headers, (key, value)| {
            headers.insert(Header {
                key,
                value: Some(value),
            })
        })
    }

    /// The headers of the HTTP request that brings it to a function: `ce-id`, …, percent-encoded; `content-type` as it is.
    pub fn http_headers(&self) -> Vec<(String, String)> {
        let header = |(name, value): &(String, Vec<u8>)| {
            let text = String::from_utf8_lossy(value);
            match name.strip_prefix("ce_") {
                Some(name) => Some((format!("ce-{name}"), percent_encoded(&text))),
                None if name == "content-type" => Some((name.clone(), text.into_owned())),
                None => None,
            }
        };
        self.headers.iter().filter_map(header).collect()
    }
}

/// All but printable ASCII, and the space, the double quote and the percent sign (HTTP binding, section 3.1.3.2).
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_graphic() && !matches!(byte, b'"' | b'%') {
            encoded.push(char::from(byte));
        } else {
            let _infallible = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests;

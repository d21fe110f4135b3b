//! Reading CloudEvents off an HTTP request (HTTP protocol binding 1.0.2, JSON event format 1.0.2).

use super::attributes::{self, Attributes};
use crate::{Code, Problem};
use axum::body::Bytes;
use base64::{Engine, engine::general_purpose::STANDARD};
use http::{HeaderMap, header};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A CloudEvent of whatever type.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Core and extension attributes, each in its text form.
    pub attributes: BTreeMap<String, String>,
    /// Its data.
    pub data: Data,
}

/// An event's data.
#[derive(Clone, Debug)]
pub enum Data {
    /// None.
    None,
    /// JSON, byte for byte.
    Json(Box<RawValue>),
    /// Anything else.
    Bytes(Bytes),
}

impl Envelope {
    /// An attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

/// The events of a request: one, or those of a batch.
///
/// # Errors
/// 415 for another format, 400 for what is no CloudEvent.
pub(super) fn read(headers: &HeaderMap, body: &Bytes) -> Result<Vec<Envelope>, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let media = kind
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let events = match media.as_str() {
        "application/cloudevents+json" => structured(body).map(|event| vec![event]),
        "application/cloudevents-batch+json" => batch(body),
        other if other.starts_with("application/cloudevents") => {
            let words = format!("Send CloudEvents as JSON, not as {other}.");
            return Err(Problem::new(Code::MediaTypeUnsupported, words));
        }
        _ if headers.contains_key("ce-specversion") || headers.contains_key("ce-id") => {
            binary(headers, kind, body).map(|event| vec![event])
        }
        _ => {
            let words =
                "Send a CloudEvent: headers ce-id, ce-source, …, or application/cloudevents+json.";
            return Err(Problem::new(Code::MediaTypeUnsupported, words));
        }
    };
    events.map_err(|words| {
        Problem::new(
            Code::MalformedJson,
            format!("This is no CloudEvent 1.0: {words}."),
        )
    })
}

fn batch(body: &[u8]) -> Result<Vec<Envelope>, String> {
    let events: Vec<&RawValue> = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let numbered = events.iter().enumerate();
    numbered
        .map(|(n, event)| {
            structured(event.get().as_bytes()).map_err(|words| format!("event {n}: {words}"))
        })
        .collect()
}

fn structured(body: &[u8]) -> Result<Envelope, String> {
    let members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let mut attributes = Attributes::new();
    let mut data = None;
    let mut base64 = None;
    for (name, value) in members {
        match name.as_str() {
            "data" => data = Some(value),
            "data_base64" => base64 = Some(value),
            _ => {
                if let Some(text) = text_of(&name, &value)? {
                    attributes.insert(name, text);
                }
            }
        }
    }
    attributes::check(&attributes)?;
    let kind = attributes.get("datacontenttype").map(String::as_str);
    let data = match (data, base64) {
        (Some(_), Some(_)) => return Err("it has both data and data_base64".to_owned()),
        (Some(value), None) if kind.is_none_or(is_json) => Data::Json(value),
        (Some(value), None) => Data::Bytes(match serde_json::from_str::<String>(value.get()) {
            Ok(text) => Bytes::from(text),
            Err(_) => Bytes::from(value.get().to_owned()),
        }),
        (None, Some(value)) if value.get() == "null" => Data::None,
        (None, Some(value)) => decoded(&value, kind)?,
        (None, None) => Data::None,
    };
    Ok(Envelope { attributes, data })
}

fn decoded(value: &RawValue, kind: Option<&str>) -> Result<Data, String> {
    let wrong = || "data_base64 is not base64 text".to_owned();
    let text: String = serde_json::from_str(value.get()).map_err(|_| wrong())?;
    let bytes = STANDARD.decode(text).map_err(|_| wrong())?;
    raw(Bytes::from(bytes), kind.is_none_or(is_json))
}

fn raw(bytes: Bytes, json: bool) -> Result<Data, String> {
    if bytes.is_empty() {
        return Ok(Data::None);
    }
    if !json {
        return Ok(Data::Bytes(bytes));
    }
    serde_json::from_slice(&bytes)
        .map(Data::Json)
        .map_err(|error| format!("its data is not JSON: {error}"))
}

/// An attribute's value: text, boolean or integer (32 bits); null is as if it were not there.
fn text_of(name: &str, value: &RawValue) -> Result<Option<String>, String> {
    let text = value.get();
    let core = [
        "specversion",
        "id",
        "source",
        "type",
        "datacontenttype",
        "dataschema",
        "subject",
        "time",
    ];
    match text.as_bytes().first() {
        Some(b'"') => serde_json::from_str(text)
            .map(Some)
            .map_err(|error| format!("{name}: {error}")),
        Some(b'n') => Ok(None),
        _ if core.contains(&name) => Err(format!("{name} is not text")),
        Some(b't' | b'f') => Ok(Some(text.to_owned())),
        Some(b'-' | b'0'..=b'9') if text.parse::<i32>().is_ok() => Ok(Some(text.to_owned())),
        _ => Err(format!(
            "{name} is neither text, boolean nor a 32-bit integer"
        )),
    }
}

fn binary(headers: &HeaderMap, kind: &str, body: &Bytes) -> Result<Envelope, String> {
    let mut attributes = Attributes::new();
    for (name, value) in headers {
        let Some(name) = name.as_str().strip_prefix("ce-") else {
            continue;
        };
        let value = value.to_str().ok().and_then(percent_decoded);
        let value = value.ok_or_else(|| format!("{name} is no text in percent-encoding"))?;
        if attributes.insert(name.to_owned(), value).is_some() {
            return Err(format!("{name} stands there twice"));
        }
    }
    if attributes.contains_key("datacontenttype") {
        return Err("datacontenttype is the header Content-Type in binary mode".to_owned());
    }
    if !kind.is_empty() {
        attributes.insert("datacontenttype".to_owned(), kind.to_owned());
    }
    attributes::check(&attributes)?;
    let data = raw(body.clone(), is_json(kind))?;
    Ok(Envelope { attributes, data })
}

/// Header values are percent-encoded UTF-8 (HTTP protocol binding, section 3.1.3.2); quotes around them are taken off.
fn percent_decoded(text: &str) -> Option<String> {
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let high = char::from(rest.next()?).to_digit(16)?;
            let low = char::from(rest.next()?).to_digit(16)?;
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn is_json(kind: &str) -> bool {
    let mime = kind.parse::<mime::Mime>();
    mime.is_ok_and(|mime| {
        mime.subtype() == mime::JSON || mime.suffix().is_some_and(|suffix| suffix == mime::JSON)
    })
}

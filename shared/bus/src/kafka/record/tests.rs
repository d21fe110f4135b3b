use super::*;
use cloudevents::{
    AttributesReader, Event,
    event::SpecVersion,
    message::{BinaryDeserializer, BinarySerializer, MessageAttributeValue, Result},
};
use serde_json::value::RawValue;

fn event() -> CloudEvent {
    CloudEvent {
        specversion: "1.0".to_owned(),
        id: "s:7".to_owned(),
        source: "urn:x".to_owned(),
        kind: "errand.task.completed.v1".to_owned(),
        subject: "é \"%".to_owned(),
        time: "2026-11-23T09:00:00Z".to_owned(),
        datacontenttype: "application/json".to_owned(),
        partitionkey: "s".to_owned(),
        taskversion: Some(3),
        correlationid: None,
        causationid: None,
        traceparent: None,
        data: RawValue::from_string("{ \"a\": 1 }".to_owned()).unwrap(),
    }
}

#[test]
fn r_5_1_an_event_is_a_record_in_binary_mode() {
    let record = Record::of(&event());
    assert_eq!(record.key.as_deref(), Some(&b"s"[..]));
    assert_eq!(record.payload.as_deref(), Some(&b"{ \"a\": 1 }"[..]));
    assert_eq!(record.get("ce_taskversion"), Some("3"));
    assert_eq!(record.get("ce_correlationid"), None);
    assert_eq!(record.kind(), Some(EventKind::TaskCompleted));
    let http = record.http_headers();
    let get = |name: &str| {
        http.iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(get("ce-subject"), Some("%C3%A9%20%22%25"));
    assert_eq!(get("content-type"), Some("application/json"));
}

/// A record as CloudEvents' own SDK is given one.
struct Foreign(Record);

impl BinaryDeserializer for Foreign {
    fn deserialize_binary<R: Sized, V: BinarySerializer<R>>(self, mut to: V) -> Result<R> {
        let version = self.0.get("ce_specversion").unwrap_or_default();
        let version = SpecVersion::try_from(version)?;
        let known = version.attribute_names();
        to = to.set_spec_version(version)?;
        for (name, value) in self.0.headers {
            let value = MessageAttributeValue::String(String::from_utf8(value).unwrap());
            to = match name.strip_prefix("ce_") {
                Some("specversion") => to,
                Some(name) if known.contains(&name) => to.set_attribute(name, value)?,
                Some(name) => to.set_extension(name, value)?,
                None => to.set_attribute("datacontenttype", value)?,
            };
        }
        to.end_with_data(self.0.payload.unwrap())
    }
}

#[test]
fn r_5_1_the_sdk_of_cloudevents_reads_both_modes_alike() {
    let binary = Foreign(Record::of(&event())).into_event().unwrap();
    let structured = serde_json::to_string(&event()).unwrap();
    let structured: Event = serde_json::from_str(&structured).unwrap();
    for read in [binary, structured] {
        assert_eq!((read.id(), read.source().as_str()), ("s:7", "urn:x"));
        assert_eq!(read.ty(), "errand.task.completed.v1");
        assert_eq!(read.subject(), Some("é \"%"));
        let time = read.time().unwrap().to_rfc3339();
        assert_eq!(time, "2026-11-23T09:00:00+00:00");
        assert_eq!(read.datacontenttype(), Some("application/json"));
        let extension = |name| read.extension(name).map(ToString::to_string);
        assert_eq!(extension("partitionkey").as_deref(), Some("s"));
        assert_eq!(extension("taskversion").as_deref(), Some("3"));
        let data: serde_json::Value = read.data().unwrap().clone().try_into().unwrap();
        assert_eq!(data, serde_json::json!({ "a": 1 }));
    }
}

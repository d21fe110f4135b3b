//! One of our own events, as a handler gets it.

use super::{Data, Envelope, Outcome};
use crate::Deps;
use contract::data::By;
use domain::{
    event::{Event, EventKind},
    id::{RunId, StreamId},
};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use store::{ClientKind, Reader, Writer};
use uuid::Uuid;

/// An event that the function subscribes to.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// `stream:n`, or a wake's own id.
    pub id: String,
    /// The installation.
    pub source: String,
    /// What happened.
    pub kind: EventKind,
    /// Where: events of one stream come in order the first time.
    pub stream: StreamId,
    /// What it is about.
    pub subject: Uuid,
    /// When.
    pub time: Timestamp,
    /// The task's version, where there is one.
    pub version: Option<u64>,
    /// The request that everything came from.
    pub correlation: Option<String>,
    /// The event that caused it.
    pub causation: Option<String>,
    /// The data, byte for byte as it was stored.
    pub data: Box<RawValue>,
}

impl Incoming {
    /// One of the subscribed events; none for any other type.
    ///
    /// # Errors
    /// "Later" for a version of a type that a newer release will know, "never" for one that is not of its shape.
    pub(super) fn of(
        envelope: Envelope,
        subscribes: &[EventKind],
    ) -> Result<Option<Self>, Outcome> {
        let kind = envelope.get("type").unwrap_or_default();
        let Some((name, version)) = kind
            .strip_prefix("errand.")
            .and_then(|kind| kind.rsplit_once(".v"))
        else {
            return Ok(None);
        };
        let Some(kind) = EventKind::named(name).filter(|kind| subscribes.contains(kind)) else {
            return Ok(None);
        };
        if version != "1" {
            return Err(Outcome::Later(format!(
                "version {version} of {name} is newer than this release"
            )));
        }
        let never = |what: &str| Outcome::Never(format!("an event {name} comes with {what}"));
        let text = |attribute: &str| envelope.get(attribute).map(str::to_owned);
        let id_of = |attribute: &str| {
            envelope
                .get(attribute)
                .and_then(|text| text.parse::<Uuid>().ok())
        };
        Ok(Some(Self {
            id: text("id").unwrap_or_default(),
            source: text("source").unwrap_or_default(),
            kind,
            stream: id_of("partitionkey")
                .map(StreamId)
                .ok_or_else(|| never("a stream's id as partitionkey"))?,
            subject: id_of("subject").ok_or_else(|| never("an id as subject"))?,
            time: envelope
                .get("time")
                .and_then(|time| time.parse().ok())
                .ok_or_else(|| never("a time"))?,
            version: envelope
                .get("taskversion")
                .and_then(|version| version.parse().ok()),
            correlation: text("correlationid"),
            causation: text("causationid"),
            data: match envelope.data {
                Data::Json(data) => data,
                _ => return Err(never("JSON data")),
            },
        }))
    }

    /// (source, id): what one delivery of it has in common with the next.
    pub fn key(&self) -> (String, String) {
        (self.source.clone(), self.id.clone())
    }

    /// The data as a shape; unknown members are left alone.
    ///
    /// # Errors
    /// "Never" when it is of another.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, Outcome> {
        serde_json::from_str(self.data.get()).map_err(|error| self.unreadable(&error))
    }

    /// The event as the log has it.
    ///
    /// # Errors
    /// "Never" when the data is not of its kind's shape.
    pub fn event(&self) -> Result<Event, Outcome> {
        contract::data::read(self.kind, self.stream, self.data.get())
            .map_err(|error| self.unreadable(&error))
    }

    /// By whom it came about; none for a wake.
    pub fn by(&self) -> Option<By> {
        #[derive(serde::Deserialize)]
        struct Data {
            by: By,
        }
        self.data::<Data>().ok().map(|data| data.by)
    }

    /// As whom a function writes the effect of this event: for that person, caused by it, at most once.
    pub fn writer(&self, deps: &Deps, function: &str, person: Reader) -> Writer {
        Writer {
            reader: person,
            client: function.to_owned(),
            kind: ClientKind::System,
            run: RunId(deps.ids.uuid()),
            correlation: self.correlation.clone().unwrap_or_else(|| self.id.clone()),
            causation: Some(self.id.clone()),
            idempotency: None,
            once: Some((format!("{function} {}", self.source), self.id.clone())),
            keeps: None,
        }
    }

    fn unreadable(&self, error: &serde_json::Error) -> Outcome {
        Outcome::Never(format!(
            "the data of {} is not of its shape: {error}",
            self.kind
        ))
    }
}

//! A date, or a date and time with a zone or floating with the person's.

use crate::zone::ZoneName;
use jiff::{
    Timestamp, ToSpan,
    civil::{Date, DateTime, Time},
    tz::TimeZone,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// When something is due or starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A day without a time; wherever the person is.
    Date(Date),
    /// A wall time, in a zone, or (without one) in the zone where the person is.
    At {
        /// The wall time.
        at: DateTime,
        /// The zone that it is meant in; `None` floats.
        zone: Option<ZoneName>,
    },
}

impl When {
    /// The moment this is, for a person in `zone` whose days without a time count from `all_day`.
    /// A wall time in a gap moves forward by the gap, in an overlap it is the first (RFC 5545 section 3.3.5).
    /// `None` where the moment lies outside what can be represented.
    pub fn instant(&self, zone: &TimeZone, all_day: Time) -> Option<Timestamp> {
        match self {
            Self::Date(date) => zone
                .to_ambiguous_zoned(date.to_datetime(all_day))
                .compatible()
                .ok(),
            Self::At { at, zone: own } => own
                .as_ref()
                .map_or(zone, ZoneName::time_zone)
                .to_ambiguous_zoned(*at)
                .compatible()
                .ok(),
        }
        .map(|zoned| zoned.timestamp())
    }

    /// The last moment of it: the end of the day where there is no time. From here on it is overdue.
    pub fn end(&self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Date(date) => {
                Self::Date(date.checked_add(1.day()).ok()?).instant(zone, Time::midnight())
            }
            Self::At { .. } => self.instant(zone, Time::midnight()),
        }
    }

    /// The day on the wall calendar.
    pub fn date(&self) -> Date {
        match self {
            Self::Date(date) => *date,
            Self::At { at, .. } => at.date(),
        }
    }

    /// The wall time, midnight for a day without a time.
    pub fn civil(&self) -> DateTime {
        match self {
            Self::Date(date) => date.to_datetime(Time::midnight()),
            Self::At { at, .. } => *at,
        }
    }

    /// The zone that it is meant in, if any.
    pub fn zone(&self) -> Option<&ZoneName> {
        match self {
            Self::Date(_) => None,
            Self::At { zone, .. } => zone.as_ref(),
        }
    }

    /// The same kind of value at another wall time.
    #[must_use]
    pub fn moved_to(&self, civil: DateTime) -> Self {
        match self {
            Self::Date(_) => Self::Date(civil.date()),
            Self::At { zone, .. } => Self::At {
                at: civil,
                zone: zone.clone(),
            },
        }
    }

    /// Whether the year is one that people plan in: 1900 to 9998, so that zones and offsets stay representable.
    pub fn is_plausible(&self) -> bool {
        (1900..=9998).contains(&self.date().year())
    }
}

#[derive(Serialize, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `date`, or with `at` and `time_zone`"
)]
struct Wire {
    #[serde(
        default,
        deserialize_with = "maybe_date",
        skip_serializing_if = "Option::is_none"
    )]
    date: Option<Date>,
    #[serde(
        default,
        deserialize_with = "maybe_time",
        skip_serializing_if = "Option::is_none"
    )]
    at: Option<DateTime>,
    #[serde(default)]
    time_zone: Option<ZoneName>,
    /// Read-only on the wire: read and left unused, so that what was answered can be sent back.
    #[serde(default, skip_serializing)]
    #[expect(dead_code, reason = "accepted and ignored")]
    instant: Option<serde::de::IgnoredAny>,
}

#[derive(Serialize)]
struct DateOnly {
    date: Date,
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Date(date) => DateOnly { date: *date }.serialize(to),
            Self::At { at, zone } => Wire {
                date: None,
                at: Some(*at),
                time_zone: zone.clone(),
                instant: None,
            }
            .serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Wire::deserialize(from)? {
            Wire {
                date: Some(date),
                at: None,
                time_zone: None,
                ..
            } => Ok(Self::Date(date)),
            Wire {
                date: None,
                at: Some(at),
                time_zone,
                ..
            } => Ok(Self::At {
                at,
                zone: time_zone,
            }),
            _ => Err(D::Error::custom(
                "give either `date`, or `at` with or without `time_zone`",
            )),
        }
    }
}

/// Reads `YYYY-MM-DD` and nothing else.
pub fn parse_date(text: &str) -> Result<Date, String> {
    let plain = text.len() == 10 && text.bytes().filter(|b| *b == b'-').count() == 2;
    plain.then(|| text.parse().ok()).flatten().ok_or_else(|| {
        format!("date_impossible: {text:?} is not a day of the calendar; write it as 2026-11-29")
    })
}

/// Reads `YYYY-MM-DDTHH:MM[:SS]`, without a zone.
pub fn parse_time(text: &str) -> Result<DateTime, String> {
    let plain = text.get(10..11) == Some("T")
        && !text.contains(['Z', 'z', '+', '['])
        && !text[11..].contains('-');
    plain.then(|| text.parse().ok()).flatten().ok_or_else(|| {
        format!("date_impossible: {text:?} is not a wall time; write it as 2026-11-29T15:00:00, without a zone or offset")
    })
}

/// For serde: a strict date, or null.
pub(crate) fn maybe_date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    text.map(|text| parse_date(&text).map_err(D::Error::custom))
        .transpose()
}

fn maybe_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    text.map(|text| parse_time(&text).map_err(D::Error::custom))
        .transpose()
}

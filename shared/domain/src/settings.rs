//! What a person set.

use crate::{record::record, zone::ZoneName};
use jiff::{
    civil::{Time, time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

record! {
    /// A person's settings.
    Settings,
    /// Some of a person's settings.
    SettingsPatch {
        /// Where the person is; floating dates follow it.
        time_zone: ZoneName,
        /// BCP 47: "en-GB".
        locale: String,
        /// The first day of the week.
        week_starts: Weekday,
        /// How 03/04 is read.
        date_order: Option<DateOrder>,
        /// What "next friday" said on a Monday means.
        next_weekday: NextWeekday,
        /// Until then "today" is still yesterday's day.
        day_starts_at: Clock,
        /// The hours of morning, noon, afternoon, evening and night, where changed.
        times: BTreeMap<String, Clock>,
        /// What a day without a time counts from for reminders.
        all_day_time: AllDay,
        /// No reminder but the open page's in between; they come at the end.
        quiet_hours: Option<QuietHours>,
        /// Each day at this hour, what is due; none for never.
        digest_at: Option<Clock>,
        /// The address reminders go to by e-mail; none for no e-mail.
        email: Option<String>,
        /// Whether reminders go out by e-mail where there is an address.
        email_reminders: Enabled,
    }
}

impl Settings {
    /// The person's zone.
    pub fn zone(&self) -> &TimeZone {
        self.time_zone.time_zone()
    }
}

/// On unless turned off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Enabled(pub bool);

impl Default for Enabled {
    fn default() -> Self {
        Self(true)
    }
}

/// 09:00 unless changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AllDay(pub Clock);

impl Default for AllDay {
    fn default() -> Self {
        Self(Clock(time(9, 0, 0, 0)))
    }
}

/// A wall time written as HH:MM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Clock(pub Time);

impl Default for Clock {
    /// 04:00, where the day starts.
    fn default() -> Self {
        Self(time(4, 0, 0, 0))
    }
}

impl Serialize for Clock {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:02}:{:02}", self.0.hour(), self.0.minute()))
    }
}

impl<'de> Deserialize<'de> for Clock {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let read = || {
            let (hour, minute) = text.split_once(':')?;
            (hour.len() == 2 && minute.len() == 2).then_some(())?;
            Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
        };
        read().map(Self).ok_or_else(|| {
            serde::de::Error::custom(format!("{text:?} is not a time of day; write it as 09:00"))
        })
    }
}

/// When the person is not to be disturbed, in wall time; past midnight where it ends before it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuietHours {
    /// From then.
    pub from: Clock,
    /// Until then.
    pub until: Clock,
}

/// The days on which a week may begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "days of the week")]
pub enum Weekday {
    #[default]
    Monday,
    Saturday,
    Sunday,
}

/// How a date in figures is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// What "next friday" means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextWeekday {
    /// The one in the next calendar week.
    #[default]
    NextWeek,
    /// The first one to come.
    Nearest,
}

//! What a person set.

use crate::{record::record, zone::ZoneName};
use jiff::{
    civil::{Time, time},
    tz::TimeZone,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

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
        /// The days on which one does not work.
        weekend: Weekend,
        /// How 03/04 is read; as the locale does where none is chosen.
        date_order: Option<DateOrder>,
        /// Whether times are shown as 15:00 or 3 pm; as the locale does where none is chosen.
        hour_cycle: Option<HourCycle>,
        /// What "next friday" said on a Monday means.
        next_weekday: NextWeekday,
        /// Until then "today" is still yesterday's day.
        day_starts_at: Clock,
        /// What morning, noon, afternoon, evening and night mean.
        times: Times,
        /// What a day without a time counts from for reminders.
        all_day_time: AllDay,
        /// No reminder but the open page's in between; they come at the end.
        quiet_hours: Option<QuietHours>,
        /// Each day at this hour a mail with what is due, quiet hours or not; none for never.
        digest_at: Option<Clock>,
        /// What happens where a device is in another zone than the person.
        follow_device: FollowDevice,
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

/// Saturday and Sunday unless changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weekend(pub BTreeSet<Day>);

impl Default for Weekend {
    fn default() -> Self {
        Self(BTreeSet::from([Day::Saturday, Day::Sunday]))
    }
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "days of the week")]
pub enum Day {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// How times are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HourCycle {
    /// 3 pm.
    #[serde(rename = "h12")]
    Twelve,
    /// 15:00.
    #[serde(rename = "h23")]
    TwentyFour,
}

/// What happens where a device is in another zone than the person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FollowDevice {
    /// The person is asked.
    #[default]
    Ask,
    /// The person's zone becomes the device's.
    Always,
    /// Nothing.
    Never,
}

/// What the parts of a day mean; those not named are as usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "parts of a day")]
pub struct Times {
    pub morning: Clock,
    pub noon: Clock,
    pub afternoon: Clock,
    pub evening: Clock,
    pub night: Clock,
}

impl Default for Times {
    fn default() -> Self {
        let at = |hour| Clock(time(hour, 0, 0, 0));
        Self {
            morning: at(9),
            noon: at(12),
            afternoon: at(15),
            evening: at(18),
            night: at(21),
        }
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

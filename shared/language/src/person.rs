//! A person's settings as the reading of a text needs them.

use crate::context::{DateOrder, NextWeekday, Settings};
use domain::settings::{self, Settings as Kept};
use jiff::civil::Weekday;

impl From<&Kept> for Settings {
    fn from(kept: &Kept) -> Self {
        let own = Self::default();
        let time = |name: &str, usual| kept.times.get(name).map_or(usual, |clock| clock.0);
        Self {
            week_starts: match kept.week_starts {
                settings::Weekday::Monday => Weekday::Monday,
                settings::Weekday::Saturday => Weekday::Saturday,
                settings::Weekday::Sunday => Weekday::Sunday,
            },
            date_order: match kept.date_order {
                Some(settings::DateOrder::Dmy) => DateOrder::DayFirst,
                Some(settings::DateOrder::Mdy) => DateOrder::MonthFirst,
                Some(settings::DateOrder::Ymd) | None => own.date_order,
            },
            next_weekday: match kept.next_weekday {
                settings::NextWeekday::NextWeek => NextWeekday::NextWeek,
                settings::NextWeekday::Nearest => NextWeekday::First,
            },
            day_starts_at: kept.day_starts_at.0,
            morning: time("morning", own.morning),
            noon: time("noon", own.noon),
            afternoon: time("afternoon", own.afternoon),
            evening: time("evening", own.evening),
            night: time("night", own.night),
            all_day_time: kept.all_day_time.0.0,
        }
    }
}

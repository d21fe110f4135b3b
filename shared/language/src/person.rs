//! A person's settings as the reading of a text needs them.

use crate::context::{DateOrder, NextWeekday, Settings};
use domain::settings::{self, Settings as Kept};
use jiff::civil::Weekday;

impl From<&Kept> for Settings {
    fn from(kept: &Kept) -> Self {
        Self {
            week_starts: match kept.week_starts {
                settings::Weekday::Monday => Weekday::Monday,
                settings::Weekday::Saturday => Weekday::Saturday,
                settings::Weekday::Sunday => Weekday::Sunday,
            },
            date_order: match kept.date_order {
                Some(settings::DateOrder::Dmy) => DateOrder::DayFirst,
                Some(settings::DateOrder::Mdy) => DateOrder::MonthFirst,
                Some(settings::DateOrder::Ymd) | None => by_locale(&kept.locale),
            },
            next_weekday: match kept.next_weekday {
                settings::NextWeekday::NextWeek => NextWeekday::NextWeek,
                settings::NextWeekday::Nearest => NextWeekday::First,
            },
            day_starts_at: kept.day_starts_at.0,
            morning: kept.times.morning.0,
            noon: kept.times.noon.0,
            afternoon: kept.times.afternoon.0,
            evening: kept.times.evening.0,
            night: kept.times.night.0,
            all_day_time: kept.all_day_time.0.0,
        }
    }
}

/// Whether 3/4 is March 4th (CLDR's short dates): in the United States and a few others, and in English of no region.
pub(crate) fn by_locale(locale: &str) -> DateOrder {
    const MONTH_FIRST: [&str; 11] = [
        "US", "AS", "FM", "GU", "MH", "MP", "PH", "PR", "PW", "UM", "VI",
    ];
    let mut parts = locale.split(['-', '_']);
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let region = parts.find(|part| part.len() == 2);
    let month_first = match region.map(str::to_ascii_uppercase) {
        Some(region) => MONTH_FIRST.contains(&region.as_str()),
        None => matches!(language.as_str(), "" | "en"),
    };
    if month_first {
        DateOrder::MonthFirst
    } else {
        DateOrder::DayFirst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_says_how_a_date_in_figures_is_read() {
        let check = |locale: &str, own, expected| {
            let kept = Kept {
                locale: locale.to_owned(),
                date_order: own,
                ..Kept::default()
            };
            assert_eq!(Settings::from(&kept).date_order, expected, "{locale}");
        };
        check("", None, DateOrder::MonthFirst);
        check("en", None, DateOrder::MonthFirst);
        check("en-US", None, DateOrder::MonthFirst);
        check("en-GB", None, DateOrder::DayFirst);
        check("de-Latn-AT", None, DateOrder::DayFirst);
        check("en_ph", None, DateOrder::MonthFirst);
        check("de", None, DateOrder::DayFirst);
        check(
            "en-GB",
            Some(settings::DateOrder::Mdy),
            DateOrder::MonthFirst,
        );
    }

    #[test]
    fn the_parts_of_the_day_are_as_usual_where_they_are_not_changed() {
        let times = serde_json::json!({"times": {"morning": "07:15"}});
        let kept: Kept = serde_json::from_value(times).expect("settings");
        let read = Settings::from(&kept);
        let usual = Settings::default();
        assert_eq!((read.morning.hour(), read.morning.minute()), (7, 15));
        assert_eq!((read.noon, read.night), (usual.noon, usual.night));
    }
}

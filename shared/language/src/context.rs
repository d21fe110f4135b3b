//! What the reading of a text depends on besides the text.

use jiff::Zoned;
use jiff::civil::{Time, Weekday, time};

pub use contract::interpret::Mode;

/// Who writes, when and where.
#[derive(Clone, Debug)]
pub struct Context {
    /// The moment of writing, in the person's zone.
    pub now: Zoned,
    /// Quick add or chat.
    pub mode: Mode,
    /// The person's settings.
    pub settings: Settings,
    /// Ranges that are not to be read as anything, in UTF-16 code units.
    pub literal: Vec<[usize; 2]>,
    /// Names of the person's lists, where the caller knows them: "to Groceries" is then a list without the word.
    pub lists: Vec<String>,
}

impl Context {
    /// A context with the default settings.
    pub fn new(now: Zoned, mode: Mode) -> Self {
        Self {
            now,
            mode,
            settings: Settings::default(),
            literal: Vec::new(),
            lists: Vec::new(),
        }
    }
}

/// How a person says dates and times (API.md section 4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The first day of the week.
    pub week_starts: Weekday,
    /// Whether 4/5 is 4 May or April 5th.
    pub date_order: DateOrder,
    /// What "next friday" is.
    pub next_weekday: NextWeekday,
    /// Before this time "tomorrow" may mean today, so it is asked.
    pub day_starts_at: Time,
    /// "in the morning".
    pub morning: Time,
    /// "at noon".
    pub noon: Time,
    /// "in the afternoon".
    pub afternoon: Time,
    /// "in the evening".
    pub evening: Time,
    /// "tonight".
    pub night: Time,
    /// From when a reminder of a date without time counts.
    pub all_day_time: Time,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            week_starts: Weekday::Monday,
            date_order: DateOrder::MonthFirst,
            next_weekday: NextWeekday::NextWeek,
            day_starts_at: time(4, 0, 0, 0),
            morning: time(9, 0, 0, 0),
            noon: time(12, 0, 0, 0),
            afternoon: time(15, 0, 0, 0),
            evening: time(18, 0, 0, 0),
            night: time(21, 0, 0, 0),
            all_day_time: time(9, 0, 0, 0),
        }
    }
}

/// Whether 4/5 is 4 May or April 5th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// As in the United States.
    MonthFirst,
    /// As nearly everywhere else.
    DayFirst,
}

/// What "next friday" is, said on a Tuesday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextWeekday {
    /// The Friday of next week.
    NextWeek,
    /// The first Friday to come.
    First,
}

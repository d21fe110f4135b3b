//! What people write, as dates, recurrences and wishes: the offline interpreter.
//!
//! Pure: no clock, no network, no files. [`interpret`] reads one line; [`target`] finds which task it means;
//! [`interpret_line`] is both behind JSON, for the command line and for HTTP.

mod build;
mod context;
mod date;
mod decide;
mod duck;
mod filter_words;
mod guard;
mod intent;
mod interpret;
mod line;
mod number;
mod pattern;
mod person;
mod remind;
mod repeat;
mod sigil;
pub mod target;
mod text;
mod title;

pub use context::{Context, DateOrder, Mode, NextWeekday, Settings};
pub use decide::yes_answers;
pub use intent::choice;
pub use interpret::interpret;
pub use line::{Refused, answer, context, interpret_line};

/// Builds everything that is built once, so that no request waits for it (about 0.2 s).
pub fn warm() {
    guard::warm();
    sigil::warm();
    remind::warm();
    filter_words::warm();
    title::warm();
    date::warm_all();
    repeat::warm_all();
    intent::warm_all();
    let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    duck::see("tomorrow at 5pm", &now);
}

//! The duckling crate behind a wall: our types, our limits, and no panic past it.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::{Datelike, FixedOffset, NaiveDateTime, TimeZone, Timelike};
use duckling::{
    DimensionKind, DimensionValue, Entity, Lang, Locale, Options, TimePoint, TimeValue,
};
use jiff::civil::{DateTime, date};
use jiff::{Timestamp, Zoned};

use contract::interpret::Grain;

/// A date that duckling saw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seen {
    pub(crate) range: Range<usize>,
    pub(crate) from: Option<Point>,
    /// The end of a range, where it was one.
    pub(crate) to: Option<Point>,
    pub(crate) interval: bool,
}

/// One end of what was seen, in the person's wall time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) at: DateTime,
    pub(crate) grain: Grain,
    /// Counted from now, or said with a zone: the wall time is exact.
    pub(crate) exact: bool,
}

/// All dates in `text`, which must be lower case.
pub(crate) fn see(text: &str, now: &Zoned) -> Vec<Seen> {
    let Some(context) = context(now) else {
        return Vec::new();
    };
    let locale = Locale::new(Lang::EN, None);
    let read = || {
        duckling::parse(
            text,
            &locale,
            &[DimensionKind::Time],
            &context,
            &Options::default(),
        )
    };
    let entities = catch_unwind(AssertUnwindSafe(read)).unwrap_or_default();
    entities.iter().filter_map(|e| seen(e, text, now)).collect()
}

fn context(now: &Zoned) -> Option<duckling::Context> {
    let offset = FixedOffset::east_opt(now.offset().seconds())?;
    let reference = offset
        .timestamp_opt(now.timestamp().as_second(), 0)
        .single()?;
    Some(duckling::Context::new(
        reference,
        Locale::new(Lang::EN, None),
    ))
}

fn seen(entity: &Entity, text: &str, now: &Zoned) -> Option<Seen> {
    let range = entity.start..entity.end;
    text.get(range.clone())?;
    let DimensionValue::Time(value) = &entity.value else {
        return None;
    };
    Some(match value {
        TimeValue::Single { value, .. } => Seen {
            range,
            from: Some(point(value, now)?),
            to: None,
            interval: false,
        },
        TimeValue::Interval { from, to, .. } => Seen {
            range,
            from: from.as_ref().and_then(|p| point(p, now)),
            to: to.as_ref().and_then(|p| point(p, now)),
            interval: true,
        },
    })
}

fn point(point: &TimePoint, now: &Zoned) -> Option<Point> {
    let (at, exact) = match point {
        TimePoint::Naive { value, .. } => (civil(value)?, false),
        TimePoint::Instant { value, .. } => {
            let instant = Timestamp::from_second(value.timestamp()).ok()?;
            (instant.to_zoned(now.time_zone().clone()).datetime(), true)
        }
    };
    Some(Point {
        at,
        grain: grain(point.grain()),
        exact,
    })
}

fn civil(value: &NaiveDateTime) -> Option<DateTime> {
    let year = i16::try_from(value.year())
        .ok()
        .filter(|y| (1..=9998).contains(y))?;
    let day = date(
        year,
        i8::try_from(value.month()).ok()?,
        i8::try_from(value.day()).ok()?,
    );
    Some(day.at(
        value.hour() as i8,
        value.minute() as i8,
        value.second() as i8,
        0,
    ))
}

fn grain(grain: duckling::Grain) -> Grain {
    use duckling::Grain as D;
    match grain {
        D::Second | D::NoGrain => Grain::Second,
        D::Minute => Grain::Minute,
        D::Hour => Grain::Hour,
        D::Day => Grain::Day,
        D::Week => Grain::Week,
        D::Month => Grain::Month,
        D::Quarter => Grain::Quarter,
        D::Year => Grain::Year,
    }
}

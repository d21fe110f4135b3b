//! Random rules.

use jiff::civil::{DateTime, datetime};
use proptest::prelude::*;

/// A list of numbers from a range, perhaps with a sign.
pub(crate) fn list(
    name: &'static str,
    numbers: std::ops::RangeInclusive<i32>,
    signed: bool,
) -> impl Strategy<Value = String> {
    let number = (numbers, any::<bool>())
        .prop_map(move |(n, minus)| if minus && signed { -n } else { n }.to_string());
    proptest::collection::vec(number, 1..4)
        .prop_map(move |numbers| format!(";{name}={}", numbers.join(",")))
}

/// Days, all of them numbered or none: the rrule crate takes "MO,1TU" as both at once, RFC 5545 as either.
pub(crate) fn days(ordinals: bool) -> impl Strategy<Value = String> {
    let nth = if ordinals {
        vec![0, 1, 2, 3, 4, 5, -1, -2, -5]
    } else {
        vec![0]
    };
    let day = proptest::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let days = proptest::collection::vec((proptest::sample::select(nth), day), 1..4);
    days.prop_map(|days| {
        let numbered = days.iter().all(|(nth, _)| *nth != 0);
        let day = |(nth, day): (i32, &str)| {
            if numbered {
                format!("{nth}{day}")
            } else {
                day.to_owned()
            }
        };
        format!(
            ";BYDAY={}",
            days.into_iter().map(day).collect::<Vec<_>>().join(",")
        )
    })
}

/// Not the weeks that reach into another year: there the crate's numbers are wrong.
pub(crate) fn weeks() -> impl Strategy<Value = String> {
    prop_oneof![
        list("BYWEEKNO", 1..=51, false),
        list("BYWEEKNO", 1..=9, true)
    ]
}

pub(crate) fn maybe(part: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::option::weighted(0.3, part).prop_map(Option::unwrap_or_default)
}

/// Rules that RFC 5545 allows, by the hour and slower (by the minute the crate leaves some out).
pub(crate) fn rule_text() -> impl Strategy<Value = String> {
    let freq = proptest::sample::select(vec!["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]);
    freq.prop_flat_map(|freq| {
        let yearly = freq == "YEARLY";
        let slow = yearly || freq == "MONTHLY";
        let only = |allowed: bool, part: BoxedStrategy<String>| {
            if allowed {
                part
            } else {
                Just(String::new()).boxed()
            }
        };
        let big = (
            only(yearly, maybe(weeks()).boxed()),
            only(
                yearly || freq == "HOURLY",
                maybe(list("BYYEARDAY", 1..=366, true)).boxed(),
            ),
            only(
                freq != "WEEKLY",
                maybe(list("BYMONTHDAY", 1..=31, true)).boxed(),
            ),
        );
        let small = (
            maybe(list("BYMONTH", 1..=12, false)),
            maybe(days(slow)),
            maybe(list("BYHOUR", 0..=23, false)),
            maybe(list("BYMINUTE", 0..=59, false)),
            maybe(list("BYSECOND", 0..=59, false)),
            maybe(list("BYSETPOS", 1..=4, true)),
            maybe(days(false).prop_map(|day| format!(";WKST={}", &day[7..9]))),
            1..5_u32,
        );
        (big, small).prop_map(
            move |(
                (week, year, month_day),
                (month, day, hour, minute, second, set, wkst, every),
            )| {
                // The crate counts weeks wrongly in years where 53 begin but on a Monday.
                let wkst = if week.is_empty() { wkst } else { String::new() };
                // Numbered days do not go with week numbers.
                let day = if week.is_empty() { day } else { String::new() };
                let parts = format!("{month}{week}{year}{month_day}{day}{hour}{minute}{second}");
                // Positions pick from what another part gives. In the first week the crate counts them from the start on.
                let none = parts.is_empty() || freq == "WEEKLY";
                let set = if none { String::new() } else { set };
                format!("FREQ={freq};INTERVAL={every}{wkst}{parts}{set}")
            },
        )
    })
}

pub(crate) fn start() -> impl Strategy<Value = DateTime> {
    (1930..2040_i16, 1..=12_i8, 1..=28_i8, 0..24_i8, 0..60_i8)
        .prop_map(|(year, month, day, hour, minute)| datetime(year, month, day, hour, minute, 0, 0))
}

/// Anything that parses, wild values included.
pub(crate) fn wild_rule() -> impl Strategy<Value = String> {
    let freq = proptest::sample::select(vec![
        "YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY",
    ]);
    let interval = prop_oneof![4 => 1..10_u32, 1 => 1..1_000_000_000_u32];
    let end = prop_oneof![
        3 => Just(String::new()),
        1 => (0..1_000_000_000_u32).prop_map(|count| format!(";COUNT={count}")),
        1 => Just(";UNTIL=20300101T000000Z".to_owned()),
    ];
    let lists = (
        maybe(list("BYMONTH", 1..=12, false)),
        maybe(list("BYWEEKNO", 1..=53, true)),
        maybe(list("BYYEARDAY", 1..=366, true)),
        maybe(list("BYMONTHDAY", 1..=31, true)),
        maybe(days(false)),
        maybe(list("BYHOUR", 0..=23, false)),
        maybe(list("BYMINUTE", 0..=59, false)),
        maybe(list("BYSECOND", 0..=60, false)),
        maybe(list("BYSETPOS", 1..=366, true)),
        maybe(Just(";RSCALE=GREGORIAN;SKIP=BACKWARD".to_owned())),
    );
    (freq, interval, end, lists).prop_map(
        |(freq, interval, end, (a, b, c, d, e, f, g, h, i, j))| {
            let narrowed = [&a, &b, &c, &d, &e, &f, &g, &h]
                .iter()
                .any(|part| !part.is_empty());
            let i = if narrowed { i } else { String::new() };
            format!("FREQ={freq};INTERVAL={interval}{end}{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}")
        },
    )
}

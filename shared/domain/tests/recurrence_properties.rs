//! Properties of recurrence: no input panics or runs on, wall times stay through clock changes, and other people's expander agrees.

use domain::recurrence::{CivilWhen, Note, Recurrence, Rule, describe};
use domain::zone::{self, ZoneName};
use jiff::civil::{DateTime, Time, date, datetime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

/// r_3_5: the days around each clock change of each zone from 2020 to 2030, at times that no change touches, and within the change.
#[test]
fn r_3_5_an_occurrence_keeps_its_wall_time_across_every_clock_change_of_every_zone() {
    let (from, until) = (
        moment("2020-01-01T00:00:00Z"),
        moment("2030-01-01T00:00:00Z"),
    );
    let rule: Rule = "FREQ=DAILY".parse().expect("a rule");
    let (mut zones, mut changes, mut gaps, mut overlaps) = (0, 0, 0, 0);
    for name in zone::names() {
        let name: ZoneName = name.parse().expect("a name of the database");
        zones += 1;
        for change in name
            .time_zone()
            .following(from)
            .take_while(|change| change.timestamp() < until)
        {
            changes += 1;
            // A minute before the change by the old clock, and a minute after it: in an overlap, or in a gap.
            let inside = change
                .timestamp()
                .checked_sub(1.minute())
                .expect("in range")
                .to_zoned(name.time_zone().clone());
            let after = inside
                .datetime()
                .checked_add(2.minutes())
                .expect("in range")
                .time();
            for time in [
                Time::constant(9, 0, 0, 0),
                whole_minute(inside.time()),
                whole_minute(after),
            ] {
                let start = CivilWhen::At(date(2020, 1, 1).to_datetime(time));
                let daily = Recurrence::new(rule.clone(), start, Some(name.clone()));
                let before = inside.datetime().checked_sub(2.days()).expect("in range");
                let mut expected = before.date();
                for next in daily.series_after(CivilWhen::Date(before.date())).take(4) {
                    expected = expected.tomorrow().expect("in range");
                    assert_eq!(
                        next.occurrence,
                        CivilWhen::At(expected.to_datetime(time)),
                        "{name}"
                    );
                    let item = daily.placed(next, &TimeZone::UTC);
                    let wall = item
                        .instant
                        .expect("in range")
                        .to_zoned(name.time_zone().clone())
                        .datetime();
                    match item.note {
                        None => assert_eq!(CivilWhen::At(wall), next.occurrence, "{name}"),
                        Some(Note::ClockOverlap) => {
                            overlaps += 1;
                            assert_eq!(CivilWhen::At(wall), next.occurrence, "{name}");
                        }
                        Some(Note::ClockGap) => {
                            gaps += 1;
                            assert!(CivilWhen::At(wall) > next.occurrence, "{name} {wall}");
                        }
                        Some(Note::ShortMonth) => unreachable!("every day has a day"),
                    }
                }
            }
        }
    }
    println!("{zones} zones, {changes} changes, {gaps} in a gap, {overlaps} in an overlap");
    assert!(zones > 400 && changes > 2_000 && gaps > 1_000 && overlaps > 1_000);
}

fn whole_minute(time: Time) -> Time {
    Time::constant(time.hour(), time.minute(), 0, 0)
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

/// A list of numbers from a range, perhaps with a sign.
fn list(
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
fn days(ordinals: bool) -> impl Strategy<Value = String> {
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

/// Weeks counted from the end only where the crate knows them: not in a December that belongs to the next year.
fn weeks() -> impl Strategy<Value = String> {
    prop_oneof![
        list("BYWEEKNO", 1..=53, false),
        list("BYWEEKNO", 1..=9, true)
    ]
}

fn maybe(part: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    proptest::option::weighted(0.3, part).prop_map(Option::unwrap_or_default)
}

/// Rules that RFC 5545 allows, by the hour and slower (by the minute the crate leaves some out).
fn rule_text() -> impl Strategy<Value = String> {
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

fn start() -> impl Strategy<Value = DateTime> {
    (1930..2040_i16, 1..=12_i8, 1..=28_i8, 0..24_i8, 0..60_i8)
        .prop_map(|(year, month, day, hour, minute)| datetime(year, month, day, hour, minute, 0, 0))
}

/// What the rrule crate gives, in UTC, where it takes the rule.
fn theirs(rule: &str, start: DateTime, many: u16) -> Option<Vec<String>> {
    let text = format!("DTSTART:{}Z\nRRULE:{rule}", start.strftime("%Y%m%dT%H%M%S"));
    let set: rrule::RRuleSet = text.parse().ok()?;
    let found = set.all(many);
    Some(
        found
            .dates
            .iter()
            .map(|at| at.naive_utc().format("%Y-%m-%dT%H:%M:%S").to_string())
            .collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_rrule_crate_agrees(rule in rule_text(), start in start()) {
        // An end that the crate reaches soon: it walks there.
        let years = if rule.contains("YEARLY") { 30 } else if rule.contains("MONTHLY") { 10 } else { 2 };
        let span = if rule.contains("HOURLY") { 40.days() } else { years.years() };
        let end = start.checked_add(span).expect("in range").strftime("%Y%m%dT%H%M%SZ");
        let rule = format!("{rule};UNTIL={end}");
        let Some(theirs) = theirs(&rule, start, 12) else { return Ok(()) };
        let Ok(parsed) = rule.parse::<Rule>() else { return Err(TestCaseError::fail(format!("{rule} refused"))) };
        let ours: Vec<String> = parsed.iter(start).take(12).map(|next| next.at.to_string()).collect();
        prop_assert_eq!(ours, theirs, "{} {}", rule, start);
    }
}

/// Anything that parses, wild values included.
fn wild_rule() -> impl Strategy<Value = String> {
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

/// Whether a wall time passes the filters of a rule by the hour, minute or second: slowly, by jiff's own calendar.
fn passes(rule: &str, at: DateTime) -> bool {
    rule.split(';')
        .filter_map(|part| part.split_once('='))
        .all(|(name, value)| {
            let day = at.date();
            let (of, length) = match name {
                "BYMONTH" => (i32::from(at.month()), None),
                "BYMONTHDAY" => (at.day().into(), Some(day.days_in_month().into())),
                "BYYEARDAY" => (
                    day.day_of_year().into(),
                    Some(i32::from(day.days_in_year())),
                ),
                "BYHOUR" => (at.hour().into(), None),
                "BYMINUTE" => (at.minute().into(), None),
                "BYSECOND" => (at.second().into(), None),
                "BYDAY" => {
                    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
                    let own = names
                        [usize::try_from(day.weekday().to_monday_zero_offset()).expect("0 to 6")];
                    return value.split(',').any(|day| day == own);
                }
                _ => return true,
            };
            let numbers = value
                .split(',')
                .map(|number| number.parse::<i32>().expect("a number"));
            numbers.into_iter().any(|number| match length {
                Some(length) if number < 0 => length + number + 1 == of,
                _ => number == of,
            })
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_normal_form_parses_to_the_same_rule(rule in prop_oneof![wild_rule(), rule_text()]) {
        let parsed: Rule = rule.parse().map_err(|why| TestCaseError::fail(format!("{rule}: {why}")))?;
        prop_assert_eq!(parsed.to_string().parse::<Rule>(), Ok(parsed.clone()), "{}", rule);
        prop_assert!(!describe(&parsed).is_empty());
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,40}|(FREQ|BYDAY|UNTIL|COUNT|BYHOUR|SKIP|WKST)=[A-Z0-9,+é;=-]{0,12};FREQ=DAILY") {
        if let Ok(rule) = text.parse::<Rule>() {
            let start = datetime(2026, 11, 27, 15, 0, 0, 0);
            let _ = (rule.check_for_task(), rule.iter(start).next(), describe(&rule));
        }
        let _ = text.parse::<CivilWhen>();
    }

    #[test]
    fn fast_forward_gives_what_walking_gives(rule in prop_oneof![wild_rule(), rule_text()], start in start(), seconds in 0..100_000_000_i64) {
        let rule: Rule = rule.parse().map_err(|why| TestCaseError::fail(format!("{rule}: {why}")))?;
        let walked: Vec<_> = rule.iter(start).take(20).collect();
        let moments = walked.iter().map(|next| next.at).chain([start, start.checked_add(seconds.seconds()).expect("in range")]);
        for moment in moments {
            let Some(expected) = walked.iter().find(|next| next.at > moment) else { continue };
            prop_assert_eq!(rule.after(start, moment), Some(*expected), "{} {} after {}", rule, start, moment);
        }
    }

    #[test]
    fn by_the_hour_minute_and_second_it_is_the_interval_and_the_filters(rule in wild_rule(), start in start()) {
        let unit = [("HOURLY", 3_600), ("MINUTELY", 60), ("SECONDLY", 1)].into_iter().find(|(freq, _)| rule.contains(freq));
        let Some((freq, unit)) = unit else { return Ok(()) };
        let plain = ["BYWEEKNO", "BYSETPOS", "COUNT", "UNTIL", "SKIP"].iter().all(|part| !rule.contains(part));
        // What is finer than the frequency is expanded, not filtered: only the start's own there.
        let coarse = match freq { "HOURLY" => !rule.contains("BYMINUTE") && !rule.contains("BYSECOND"), "MINUTELY" => !rule.contains("BYSECOND"), _ => true };
        if !(plain && coarse) { return Ok(()) }
        let parsed: Rule = rule.parse().map_err(|why| TestCaseError::fail(format!("{rule}: {why}")))?;
        let step = i64::from(parsed.interval()) * unit;
        let far = 10_000;
        let walk = (0..far).map_while(|count| start.checked_add(SignedDuration::from_secs(count * step)).ok());
        let expected: Vec<_> = walk.filter(|at| passes(&rule, *at)).take(5).collect();
        let ours: Vec<_> = parsed.iter(start).take(expected.len()).map(|next| next.at).collect();
        prop_assert_eq!(ours, expected, "{} {}", rule, start);
    }
}

#[test]
fn hostile_rules_come_to_an_end() {
    let check = |rule: &str| {
        let rule: Rule = rule.parse().unwrap_or_else(|why| panic!("{rule}: {why}"));
        let start = datetime(1, 1, 1, 0, 0, 0, 0);
        let far = datetime(9_999, 12, 31, 23, 59, 58, 0);
        for moment in [start, datetime(2026, 11, 23, 9, 0, 0, 0), far] {
            rule.iter_after(start, moment).take(3).for_each(drop);
        }
    };
    let all = |numbers: std::ops::RangeInclusive<i32>| {
        numbers.map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    };
    check("FREQ=SECONDLY");
    check("FREQ=SECONDLY;INTERVAL=999999999");
    check(
        "FREQ=SECONDLY;INTERVAL=86399;BYHOUR=3;BYMINUTE=3;BYSECOND=3;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
    );
    check("FREQ=SECONDLY;INTERVAL=2;BYSECOND=31;BYMINUTE=1;BYHOUR=1");
    check("FREQ=SECONDLY;INTERVAL=7;BYDAY=MO;BYHOUR=3;BYMINUTE=3;BYSECOND=3");
    check("FREQ=MINUTELY;COUNT=999999999");
    check("FREQ=HOURLY;COUNT=999999999;BYMONTH=2;BYMONTHDAY=30");
    check("FREQ=DAILY;COUNT=999999999");
    check("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30");
    check("FREQ=DAILY;INTERVAL=146097;BYMONTH=2;BYMONTHDAY=29");
    check("FREQ=WEEKLY;INTERVAL=9;BYMONTH=2;BYMONTHDAY=30");
    check("FREQ=MONTHLY;BYDAY=53MO");
    check("FREQ=YEARLY;INTERVAL=999999999;BYWEEKNO=53");
    check("FREQ=YEARLY;BYWEEKNO=20;BYMONTH=1");
    let (days, hours, sixty) = (all(1..=366), all(0..=23), all(0..=59));
    check(&format!(
        "FREQ=YEARLY;BYYEARDAY={days};BYHOUR={hours};BYMINUTE={sixty};BYSECOND={sixty};BYSETPOS={days}"
    ));
    check(&format!(
        "FREQ=DAILY;BYYEARDAY={days};BYMONTH=2;BYMONTHDAY=30;BYSETPOS={days}"
    ));
    check(&format!("FREQ=DAILY;BYSETPOS={};BYHOUR=1", all(2..=366)));
}

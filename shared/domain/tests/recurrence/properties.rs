//! No input panics or runs on, and wall times stay through clock changes.

use domain::recurrence::{CivilWhen, CountedFrom, Missed, Note, Recurrence, Rule, describe};
use domain::zone::{self, ZoneName};
use jiff::civil::{Time, date, datetime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use proptest::prelude::*;

use crate::moment;
use crate::rule_texts::{rule_text, start, wild_rule};

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
                    let instant = item.instant.expect("in range");
                    let shows = |at: Timestamp| {
                        CivilWhen::At(at.to_zoned(name.time_zone().clone()).datetime())
                    };
                    let wall = shows(instant);
                    match item.note {
                        None => assert_eq!(wall, next.occurrence, "{name}"),
                        Some(Note::ClockOverlap) => {
                            overlaps += 1;
                            assert_eq!(wall, next.occurrence, "{name}");
                            // The first of the two: no earlier moment shows that time.
                            let earlier = (1..=9).map(|n| instant - (20 * n).minutes());
                            let first = earlier.into_iter().all(|at| shows(at) != wall);
                            assert!(first, "{name} {wall}");
                        }
                        Some(Note::ClockGap) => {
                            gaps += 1;
                            // Moved on by the gap: that time by the clock of before.
                            let before = instant - 12.hours();
                            let offset = name.time_zone().to_offset(before);
                            let meant = CivilWhen::At(offset.to_datetime(instant));
                            assert_eq!(meant, next.occurrence, "{name} {wall}");
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_normal_form_parses_to_the_same_rule(rule in prop_oneof![wild_rule(), rule_text()]) {
        let parsed: Rule = rule.parse().map_err(|why| TestCaseError::fail(format!("{rule}: {why}")))?;
        prop_assert_eq!(parsed.to_string().parse::<Rule>(), Ok(parsed.clone()), "{}", rule);
        prop_assert!(!describe(&parsed).is_empty());
    }

    /// Closed early, late, or again and again: there is one after it, or the rule itself has an end.
    #[test]
    fn r_3_4_what_is_closed_is_followed_unless_the_rule_ends(
        rule in prop_oneof![wild_rule(), rule_text()],
        start in start(),
        moments in proptest::collection::vec(-2_000..20_000_i64, 1..6),
        missed in proptest::sample::select(vec![Missed::Skip, Missed::Each, Missed::List]),
    ) {
        let rule: Rule = rule.parse().map_err(|why| TestCaseError::fail(format!("{rule}: {why}")))?;
        let mut recurrence = Recurrence::new(rule, CivilWhen::At(start), None);
        recurrence.missed = missed;
        let Some(mut last) = recurrence.series().next().map(|first| first.occurrence) else { return Ok(()) };
        let begun = start.to_zoned(TimeZone::UTC).expect("in range").timestamp();
        for days in moments {
            let now = begun + SignedDuration::from_hours(24 * days);
            let next = recurrence.catch_up(last, now, &TimeZone::UTC).next;
            // The calendar ends too: of thousands of years between two there may be none left.
            let wall = CivilWhen::At(now.to_zoned(TimeZone::UTC).datetime());
            let after = if wall > last { wall } else { last };
            let ends = recurrence.ends() || recurrence.next(after).is_none();
            let Some(next) = next else {
                prop_assert!(ends, "{:?} stops after {}", recurrence, last);
                break;
            };
            prop_assert!(next.occurrence > last, "{:?} after {}", recurrence, last);
            last = next.occurrence;
        }
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
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_at_the_ends_of_time(
        rule in wild_rule(),
        days in proptest::collection::vec("(0001|1970|2026|9999)-(01-01|03-28|12-31)(T0[0-3]:30)?", 3),
        zone in proptest::sample::select(vec![None, Some("Pacific/Apia"), Some("Europe/Berlin"), Some("Africa/Cairo")]),
        missed in proptest::sample::select(vec![Missed::Skip, Missed::Each, Missed::List]),
        from in proptest::sample::select(vec![CountedFrom::Schedule, CountedFrom::Completion]),
    ) {
        let days: Vec<CivilWhen> = days.iter().map(|day| day.parse().expect("a date")).collect();
        let zone = zone.and_then(|zone| zone.parse().ok());
        let mut recurrence = Recurrence::new(rule.parse().expect("a rule"), days[0], zone);
        (recurrence.missed, recurrence.from) = (missed, from);
        recurrence.include = vec![days[1]];
        recurrence.exclude = vec![days[2]];
        for now in [Timestamp::MIN, moment("2026-11-23T09:00:00Z"), Timestamp::MAX] {
            recurrence.next_after_completion(now, &TimeZone::UTC);
            recurrence.catch_up(days[1], now, &TimeZone::UTC);
        }
        let previewed = recurrence.preview(3, &TimeZone::UTC);
        prop_assert!(previewed.is_sorted_by(|one, other| one.occurrence < other.occurrence), "{:?}", previewed);
        let (first, rest) = recurrence.split_at(days[1]);
        let cut = if days[0].is_date() { CivilWhen::Date(days[1].date()) } else { days[1] }.datetime();
        prop_assert!(first.is_none_or(|first| first.series().take(3).all(|next| next.occurrence.datetime() < cut)));
        prop_assert!(rest.series().take(3).all(|next| next.occurrence.datetime() >= cut));
        prop_assert_eq!(serde_json::from_str(&serde_json::to_string(&recurrence).expect("JSON")).ok(), Some(recurrence));
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

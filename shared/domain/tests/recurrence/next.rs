//! What comes after an occurrence was closed.

use domain::recurrence::{CountedFrom, Missed};
use jiff::tz::TimeZone;

use crate::{moment, repeated, shown, when};

#[test]
fn r_3_1_after_completion_the_interval_counts_from_that_day() {
    let check = |text: &str, start: &str, completed: &str, expected: &str| {
        let mut recurrence = repeated(text, start);
        recurrence.from = CountedFrom::Completion;
        assert_eq!(recurrence.check(), Ok(()));
        let next = recurrence.next_after_completion(moment(completed), &TimeZone::UTC);
        assert_eq!(shown(next), expected, "{text}");
        let caught = recurrence.catch_up(when(start), moment(completed), &TimeZone::UTC);
        assert_eq!(shown(caught.next), expected, "{text}");
    };
    let start = "2026-11-01T09:00";
    check(
        "FREQ=DAILY;INTERVAL=3",
        start,
        "2026-11-23T22:00:00Z",
        "2026-11-26T09:00:00",
    );
    // 23:30 UTC is the next day in Berlin.
    check(
        "FREQ=DAILY;INTERVAL=3",
        start,
        "2026-11-23T23:30:00Z",
        "2026-11-27T09:00:00",
    );
    check(
        "FREQ=DAILY;INTERVAL=3",
        "2026-11-01",
        "2026-11-23T10:00:00Z",
        "2026-11-26",
    );
    check(
        "FREQ=DAILY",
        start,
        "2026-11-23T05:00:00Z",
        "2026-11-24T09:00:00",
    );
    check(
        "FREQ=WEEKLY;INTERVAL=2",
        start,
        "2026-11-23T10:00:00Z",
        "2026-12-07T09:00:00",
    );
    check(
        "FREQ=WEEKLY;BYDAY=FR",
        start,
        "2026-11-27T10:00:00Z",
        "2026-12-04T09:00:00",
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        start,
        "2027-01-31T10:00:00Z",
        "2027-02-28T09:00:00\"short_month\"",
    );
    check(
        "FREQ=HOURLY;INTERVAL=5",
        start,
        "2026-11-23T10:10:40Z",
        "2026-11-23T16:10:00",
    );
}

#[test]
fn r_3_4_what_was_missed_is_caught_up_skipped_or_listed() {
    let check = |text: &str, missed: Missed, last: &str, now: &str, next: &str, listed: &[&str]| {
        let mut recurrence = repeated(text, last);
        recurrence.missed = missed;
        let caught = recurrence.catch_up(when(last), moment(now), &TimeZone::UTC);
        assert_eq!(shown(caught.next), next, "{text} {missed:?}");
        let passed: Vec<_> = caught.missed.iter().map(ToString::to_string).collect();
        assert_eq!(passed, listed, "{text} {missed:?}");
    };
    let (monday, thursday) = ("2026-11-23T09:00", "2026-11-26T09:30:00Z");
    check(
        "FREQ=DAILY",
        Missed::Skip,
        monday,
        thursday,
        "2026-11-27T09:00:00",
        &[],
    );
    check(
        "FREQ=DAILY",
        Missed::Each,
        monday,
        thursday,
        "2026-11-24T09:00:00",
        &[],
    );
    let listed = [
        "2026-11-24T09:00:00",
        "2026-11-25T09:00:00",
        "2026-11-26T09:00:00",
    ];
    check(
        "FREQ=DAILY",
        Missed::List,
        monday,
        thursday,
        "2026-11-27T09:00:00",
        &listed,
    );
    // A whole day has not passed before it is over.
    check(
        "FREQ=DAILY",
        Missed::List,
        "2026-11-23",
        thursday,
        "2026-11-26",
        &["2026-11-24", "2026-11-25"],
    );
    // Completed early: the one after.
    check(
        "FREQ=DAILY",
        Missed::Skip,
        "2026-11-30T09:00",
        thursday,
        "2026-12-01T09:00:00",
        &[],
    );
    check(
        "FREQ=YEARLY;INTERVAL=5",
        Missed::Skip,
        monday,
        thursday,
        "2031-11-23T09:00:00",
        &[],
    );
    check(
        "FREQ=DAILY;COUNT=2",
        Missed::Skip,
        monday,
        thursday,
        "none",
        &[],
    );
    // In the gap of 28 March, 02:30 is 03:30: not passed at 03:10.
    check(
        "FREQ=DAILY",
        Missed::Skip,
        "2027-03-20T02:30",
        "2027-03-28T01:10:00Z",
        "2027-03-28T02:30:00",
        &[],
    );
}

#[test]
fn r_3_4_a_series_goes_on_however_early_it_is_closed() {
    let check = |text: &str, start: &str, expected: &[&str]| {
        let recurrence = repeated(text, start);
        let mut last = recurrence.start;
        let now = moment("2026-11-23T10:00:00Z");
        let closed = expected.iter().map(|_| {
            let caught = recurrence.catch_up(last, now, &TimeZone::UTC);
            let next = caught.next.expect("it goes on").occurrence;
            last = next;
            next.to_string()
        });
        assert_eq!(closed.collect::<Vec<_>>(), expected, "{text}");
    };
    check(
        "FREQ=YEARLY;INTERVAL=2",
        "2026-11-23",
        &["2028-11-23", "2030-11-23", "2032-11-23"],
    );
    check(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "2028-02-29",
        &["2032-02-29", "2036-02-29"],
    );
    check(
        "RSCALE=GREGORIAN;FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;SKIP=BACKWARD",
        "2028-02-29",
        &["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"],
    );
    check(
        "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=-1",
        "2027-07-31",
        &["2028-01-31", "2028-07-31"],
    );
    check(
        "FREQ=MONTHLY;INTERVAL=18;BYMONTHDAY=15",
        "2026-12-15",
        &["2028-06-15", "2029-12-15"],
    );
}

#[test]
fn r_3_4_a_year_of_hours_missed_is_listed_up_to_a_limit() {
    let mut recurrence = repeated("FREQ=HOURLY", "2020-01-01T00:00");
    recurrence.missed = Missed::List;
    let caught = recurrence.catch_up(
        recurrence.start,
        moment("2026-11-23T10:20:00Z"),
        &TimeZone::UTC,
    );
    assert_eq!(caught.missed.len(), 366);
    assert_eq!(shown(caught.next), "2026-11-23T12:00:00");
}

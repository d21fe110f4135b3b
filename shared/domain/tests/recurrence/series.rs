//! Which occurrences a recurrence has.

use domain::recurrence::{Note, Recurrence};
use jiff::tz::TimeZone;

use crate::{repeated, rule, shown, when};

#[test]
fn r_3_1_day_31_falls_to_the_months_last_day_and_says_so() {
    let check = |text: &str, start: &str, expected: &[&str]| {
        let recurrence = repeated(text, start);
        let next = recurrence
            .series()
            .take(expected.len())
            .map(|next| shown(Some(next)));
        assert_eq!(next.collect::<Vec<_>>(), expected, "{text}");
    };
    let moved = "FREQ=MONTHLY;BYMONTHDAY=31;RSCALE=GREGORIAN;SKIP=BACKWARD";
    let note = "\"short_month\"";
    let short = |day: &str| format!("{day}{note}");
    check(
        moved,
        "2027-01-31",
        &[
            "2027-01-31",
            &short("2027-02-28"),
            "2027-03-31",
            &short("2027-04-30"),
            "2027-05-31",
        ],
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-01-30",
        &["2027-01-30", &short("2027-02-28")],
    );
    check(
        "FREQ=MONTHLY",
        "2027-01-31",
        &["2027-01-31", "2027-03-31", "2027-05-31", "2027-07-31"],
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=FORWARD",
        "2027-01-31",
        &["2027-01-31", &short("2027-03-01"), "2027-03-31"],
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=1,31;RSCALE=GREGORIAN;SKIP=FORWARD",
        "2027-02-01",
        &[
            "2027-02-01",
            &short("2027-03-01"),
            "2027-03-31",
            "2027-04-01",
            &short("2027-05-01"),
            "2027-05-31",
        ],
    );
    let leap = "FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=BACKWARD";
    check(
        leap,
        "2028-02-29",
        &[
            "2028-02-29",
            &short("2029-02-28"),
            &short("2030-02-28"),
            &short("2031-02-28"),
            "2032-02-29",
        ],
    );
    check(
        "FREQ=MONTHLY;BYMONTHDAY=30,31;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-04-01",
        &["2027-04-30", "2027-05-30"],
    );
    check(
        "FREQ=YEARLY;BYYEARDAY=366;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-01-01",
        &[&short("2027-12-31"), "2028-12-31"],
    );
}

#[test]
fn r_3_1_skip_backward_is_what_the_plain_rules_say() {
    let same = |moved: &str, plain: &str, start: &str| {
        let start = when(start).datetime();
        let moved = rule(&format!("{moved};RSCALE=GREGORIAN;SKIP=BACKWARD"));
        let moved: Vec<_> = moved.iter(start).take(500).map(|next| next.at).collect();
        let plain: Vec<_> = rule(plain)
            .iter(start)
            .take(500)
            .map(|next| next.at)
            .collect();
        assert_eq!(moved, plain);
    };
    same(
        "FREQ=MONTHLY;BYMONTHDAY=31",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "2026-01-31T09:00",
    );
    same(
        "FREQ=MONTHLY;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        "2026-01-30T09:00",
    );
    same(
        "FREQ=MONTHLY;BYMONTHDAY=29",
        "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1",
        "2026-01-29T09:00",
    );
    same(
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1",
        "2026-01-29T09:00",
    );
}

#[test]
fn r_3_5_nine_stays_nine_and_gaps_and_overlaps_are_noted() {
    let preview = |start: &str, count| {
        let items = repeated("FREQ=DAILY", start).preview(count, &TimeZone::UTC);
        items
            .into_iter()
            .map(|item| {
                (
                    item.instant.map(|at| at.to_string()).unwrap_or_default(),
                    item.note,
                )
            })
            .collect::<Vec<_>>()
    };
    let at = |text: &str, note| (text.to_owned(), note);
    assert_eq!(
        preview("2027-03-27T09:00", 3),
        [
            at("2027-03-27T08:00:00Z", None),
            at("2027-03-28T07:00:00Z", None),
            at("2027-03-29T07:00:00Z", None)
        ]
    );
    assert_eq!(
        preview("2027-03-27T02:30", 3),
        [
            at("2027-03-27T01:30:00Z", None),
            at("2027-03-28T01:30:00Z", Some(Note::ClockGap)),
            at("2027-03-29T00:30:00Z", None)
        ]
    );
    assert_eq!(
        preview("2027-10-31T02:30", 2),
        [
            at("2027-10-31T00:30:00Z", Some(Note::ClockOverlap)),
            at("2027-11-01T01:30:00Z", None)
        ]
    );
}

#[test]
fn r_3_1_until_count_include_and_exclude_are_honoured() {
    let check = |recurrence: &Recurrence, expected: &[&str]| {
        let all: Vec<_> = recurrence
            .series()
            .take(20)
            .map(|next| next.occurrence.to_string())
            .collect();
        assert_eq!(all, expected);
        for pair in all.windows(2) {
            assert_eq!(shown(recurrence.next(when(&pair[0]))), pair[1]);
        }
    };
    let start = "2026-11-27T15:00:00";
    check(
        &repeated("FREQ=WEEKLY;COUNT=3", start),
        &[
            "2026-11-27T15:00:00",
            "2026-12-04T15:00:00",
            "2026-12-11T15:00:00",
        ],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204", start),
        &["2026-11-27T15:00:00", "2026-12-04T15:00:00"],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204T140000Z", start),
        &["2026-11-27T15:00:00", "2026-12-04T15:00:00"],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204T135959Z", start),
        &["2026-11-27T15:00:00"],
    );
    check(
        &repeated("FREQ=WEEKLY;UNTIL=20261204T150000", start),
        &["2026-11-27T15:00:00", "2026-12-04T15:00:00"],
    );
    let mut changed = repeated("FREQ=WEEKLY;COUNT=3", start);
    changed.include = vec![
        when("2026-12-01"),
        when("2026-11-20T08:00"),
        when("2026-12-04T15:00"),
    ];
    changed.exclude = vec![when("2026-12-11")];
    check(
        &changed,
        &[
            "2026-11-20T08:00:00",
            "2026-11-27T15:00:00",
            "2026-12-01T15:00:00",
            "2026-12-04T15:00:00",
        ],
    );
    let mut days = repeated("FREQ=DAILY;UNTIL=20261130", "2026-11-27");
    days.exclude = vec![when("2026-11-28")];
    days.include = vec![when("2026-12-24T18:00")];
    check(
        &days,
        &["2026-11-27", "2026-11-29", "2026-11-30", "2026-12-24"],
    );
}

#[test]
fn r_3_3_this_and_following_divides_a_series_without_losing_any() {
    let check = |text: &str, start: &str, at: &str, before: usize| {
        let whole = repeated(text, start);
        let (first, rest) = whole.split_at(when(at));
        let all: Vec<_> = whole
            .series()
            .take(60)
            .map(|next| next.occurrence)
            .collect();
        let mut parts: Vec<_> = first
            .iter()
            .flat_map(Recurrence::series)
            .map(|next| next.occurrence)
            .collect();
        assert_eq!(parts.len(), before, "{text}");
        parts.extend(
            rest.series()
                .take(60_usize.saturating_sub(before))
                .map(|next| next.occurrence),
        );
        assert_eq!(parts, all, "{text}");
    };
    check("FREQ=WEEKLY", "2026-11-27T15:00", "2026-12-11T15:00", 2);
    check("FREQ=WEEKLY", "2026-11-27T15:00", "2026-11-27T15:00", 0);
    check("FREQ=WEEKLY;COUNT=7", "2026-11-27", "2026-12-18", 3);
    check(
        "FREQ=WEEKLY;UNTIL=20270301T140000Z",
        "2026-11-27T15:00",
        "2026-12-18T15:00",
        3,
    );
    check(
        "FREQ=MONTHLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2027-01-31",
        "2027-02-28",
        1,
    );
    check(
        "FREQ=YEARLY;RSCALE=GREGORIAN;SKIP=BACKWARD",
        "2028-02-29",
        "2030-02-28",
        2,
    );
    check(
        "FREQ=DAILY;INTERVAL=3;BYHOUR=9,18",
        "2026-11-27T09:00",
        "2026-11-30T18:00",
        3,
    );
}

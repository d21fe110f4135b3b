//! What holds of every filter.

use domain::filter::{Base, Clock, Compare, DateField, Field, Filter, Moment, Term, Unit, Words};
use domain::task::{Priority, Status};
use domain::when::When;
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use crate::sample::{Sample, moment, sample};

fn any_moment() -> impl Strategy<Value = Moment> {
    let base = prop_oneof![
        Just(Base::Today),
        Just(Base::Now),
        (1..9999_i16, 1..13_i8, 1..29_i8)
            .prop_map(|(year, month, day)| Base::Date(date(year, month, day))),
    ];
    let unit = prop_oneof![
        Just(Unit::Hour),
        Just(Unit::Day),
        Just(Unit::Week),
        Just(Unit::Month),
        Just(Unit::Year)
    ];
    let relative = (base, -99_999..100_000_i32, unit).prop_map(|(base, offset, unit)| {
        let unit = if offset == 0 { Unit::Day } else { unit };
        Moment { base, offset, unit }
    });
    let seconds = -60_000_000_000_i64..250_000_000_000;
    let instant = seconds.prop_map(|second| {
        Moment::at(Base::Instant(
            Timestamp::from_second(second).expect("in range"),
        ))
    });
    let wall = (1..9999_i16, 0..24_i8, 0..60_i8);
    let wall = wall.prop_map(|(year, hour, minute)| {
        Moment::at(Base::At(date(year, 7, 8).at(hour, minute, 0, 0)))
    });
    prop_oneof![4 => relative, 1 => instant, 1 => wall]
}

fn any_filter() -> impl Strategy<Value = Filter> {
    let compare = || {
        let all = [
            Compare::Less,
            Compare::LessOrEqual,
            Compare::Equal,
            Compare::GreaterOrEqual,
            Compare::Greater,
        ];
        proptest::sample::select(all.to_vec())
    };
    let word = || "[a-zäö😀 \"\\\\=()<&|none-]{0,8}[a-z]";
    let dates = [
        DateField::Due,
        DateField::Start,
        DateField::Deadline,
        DateField::Created,
        DateField::Updated,
        DateField::Closed,
    ];
    let maybe = [
        Field::Due,
        Field::Closed,
        Field::Tag,
        Field::List,
        Field::Notes,
        Field::Parent,
        Field::Link,
    ];
    let priorities = [
        Priority::None,
        Priority::Low,
        Priority::Medium,
        Priority::High,
    ];
    let term = prop_oneof![
        proptest::sample::select(vec![Status::Open, Status::Done, Status::Dropped])
            .prop_map(Term::Status),
        (compare(), proptest::sample::select(priorities.to_vec()))
            .prop_map(|(by, to)| Term::Priority(by, to)),
        word().prop_map(Term::Tag),
        word().prop_map(Term::Section),
        word().prop_map(Term::Assignee),
        word().prop_map(Term::Search),
        word().prop_map(|text| Term::Contains(Words::TitleOrNotes, text)),
        (
            proptest::sample::select(dates.to_vec()),
            compare(),
            any_moment()
        )
            .prop_map(|(f, by, to)| Term::When(f, by, to)),
        (compare(), 0..1_000_000_u32).prop_map(|(by, to)| Term::Estimate(by, to)),
        proptest::sample::select(maybe.to_vec()).prop_map(Term::Has),
        Just(Term::Blocked),
        Just(Term::Recurring),
    ];
    term.prop_map(Filter::from)
        .prop_recursive(4, 16, 4, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(one, other)| one.and(other)),
                (inner.clone(), inner.clone()).prop_map(|(one, other)| one.or(other)),
                inner.prop_map(Filter::negate),
            ]
        })
}

proptest! {
    #[test]
    fn the_canonical_text_parses_to_the_same_filter(filter in any_filter()) {
        let text = filter.to_string();
        prop_assert_eq!(Filter::parse(&text), Ok(filter), "{}", text);
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,60}|[a-z=<>!~:\"()|& 0-9+T-]{0,60}", instant in any::<i64>()) {
        let zone = TimeZone::UTC;
        let now = Timestamp::from_microsecond(instant).unwrap_or(Timestamp::MIN);
        if let Ok(filter) = Filter::parse(&text) {
            filter.matches(&sample(), &Clock { now, zone: &zone });
        }
    }

    #[test]
    fn no_moment_panics(moment in any_moment(), end in any::<bool>()) {
        let zone = domain::zone::get("Pacific/Apia").expect("a zone");
        let now = if end { Timestamp::MAX } else { Timestamp::MIN };
        let range = moment.range(&Clock { now, zone: &zone });
        prop_assert!(range.from <= range.until);
    }

    #[test]
    fn a_filter_and_its_negation_divide_the_tasks(filter in any_filter(), at in "2026-11-2[0-9]T0[0-9]:00:00") {
        let at: DateTime = at.parse().expect("a time");
        let task = Sample { due: Some(When::At { at, zone: None }), ..sample() };
        let zone = domain::zone::get("Europe/Berlin").expect("a zone");
        let clock = Clock { now: moment("2026-11-23T12:00:00Z"), zone: &zone };
        prop_assert_ne!(filter.matches(&task, &clock), filter.negate().matches(&task, &clock));
    }
}

//! The filter language of API.md section 2: r_1_8.

use domain::filter::{
    Base, Clock, Compare, DateField, Field, Filter, Moment, Subject, Term, Unit, Words,
};
use domain::task::{Priority, Status};
use domain::when::When;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

#[derive(Clone)]
struct Sample {
    status: Status,
    priority: Priority,
    tags: Vec<String>,
    due: Option<When>,
    estimate: Option<u32>,
    list: Option<&'static str>,
    closed_at: Option<Timestamp>,
}

impl Subject for Sample {
    fn title(&self) -> &'static str {
        "Call Mom"
    }
    fn notes(&self) -> &'static str {
        "about the Garden"
    }
    fn status(&self) -> Status {
        self.status
    }
    fn priority(&self) -> Priority {
        self.priority
    }
    fn tags(&self) -> &[String] {
        &self.tags
    }
    fn due(&self) -> Option<&When> {
        self.due.as_ref()
    }
    fn start(&self) -> Option<&When> {
        None
    }
    fn deadline(&self) -> Option<Date> {
        Some(date(2026, 12, 1))
    }
    fn created_at(&self) -> Timestamp {
        moment("2026-11-20T10:00:00Z")
    }
    fn updated_at(&self) -> Timestamp {
        moment("2026-11-23T11:30:00Z")
    }
    fn closed_at(&self) -> Option<Timestamp> {
        self.closed_at
    }
    fn estimate(&self) -> Option<u32> {
        self.estimate
    }
    fn in_list(&self, list: &str) -> bool {
        self.list.is_some_and(|own| own.eq_ignore_ascii_case(list))
    }
    fn in_section(&self, _: &str) -> bool {
        false
    }
    fn assigned_to(&self, person: &str) -> bool {
        person == "me"
    }
    fn is_blocked(&self) -> bool {
        false
    }
    fn is_recurring(&self) -> bool {
        true
    }
    fn has(&self, field: Field) -> bool {
        match field {
            Field::Due => self.due.is_some(),
            Field::List => self.list.is_some(),
            Field::Tag => !self.tags.is_empty(),
            Field::Deadline => true,
            _ => false,
        }
    }
}

fn moment(text: &str) -> Timestamp {
    text.parse().expect("a moment")
}

fn sample() -> Sample {
    Sample {
        status: Status::Open,
        priority: Priority::Medium,
        tags: vec!["Home".to_owned(), "phone".to_owned()],
        due: Some(When::At {
            at: "2026-11-23T15:00:00".parse().expect("a time"),
            zone: "Europe/Berlin".parse().ok(),
        }),
        estimate: Some(30),
        list: Some("Work"),
        closed_at: None,
    }
}

/// Whether the task is meant on Monday 2026-11-23 at 12:00 UTC (13:00 in Berlin, where the person is).
fn matches(filter: &str, task: &Sample) -> bool {
    let zone = domain::zone::get("Europe/Berlin").expect("a zone");
    let clock = Clock {
        now: moment("2026-11-23T12:00:00Z"),
        zone: &zone,
    };
    Filter::parse(filter)
        .unwrap_or_else(|why| panic!("{filter}: {why}"))
        .matches(task, &clock)
}

#[test]
fn r_1_8_which_tasks_are_meant() {
    let check =
        |filter: &str, expected: bool| assert_eq!(matches(filter, &sample()), expected, "{filter}");
    check("", true);
    check(
        "due<today+7d and (tag=home or priority>=medium) and list=\"Work\"",
        true,
    );
    check("due<today", false);
    check("due=today", true);
    check("due!=today", false);
    check("due>=tomorrow", false);
    check("due<now", false);
    check("due<now+3h", true);
    check("due<=now+2h", true);
    check("due<now+2h", false);
    check("due=2026-11-23T15:00", true);
    check("due=2026-11-23T14:00:00Z", true);
    check("due>2026-11-22 due<2026-11-24", true);
    check("due>yesterday & due<+1w", true);
    check("deadline<=today+8d", true);
    check("deadline<today+1w", false);
    check("deadline<=today+1m", true);
    check("created<-2d", true);
    check("updated>=now-1h", true);
    check("closed>=today", false);
    check("not closed>=today", true);
    check("closed=none", true);
    check("has:due and has:tags", true);
    check("start=none", true);
    check("priority>medium | priority=medium", true);
    check("priority!=none", true);
    check("tag=HOME tag!=work", true);
    check("!(tag:home)", false);
    check("list=inbox", false);
    check("status=open and not blocked and recurring", true);
    check("is:recurring is:open", true);
    check("blocked=false", true);
    check("title~mom", true);
    check("title!~mom", false);
    check("notes~\"the garden\"", true);
    check("text~garden", true);
    check("title~garden", false);
    check("q=\"garden phone\"", true);
    check("estimate<=30m estimate>0m", true);
    check("estimate<PT30M", false);
    check("estimate=0h30m", true);
    check("assignee=me", true);
    check("tag=home and tag=nowhere or list=work", true);
}

#[test]
fn a_whole_day_compares_by_its_date() {
    let all_day = |day: i8| Sample {
        due: Some(When::Date(date(2026, 11, day))),
        ..sample()
    };
    let check = |filter: &str, days: &[i8]| {
        let meant: Vec<i8> = (21..=25)
            .filter(|day| matches(filter, &all_day(*day)))
            .collect();
        assert_eq!(meant, days, "{filter}");
    };
    check("due<now", &[21, 22]);
    check("due<=today", &[21, 22, 23]);
    check("due=today", &[23]);
    check("due>now", &[24, 25]);
    check("due>=today+1d", &[24, 25]);
    check("due!=today", &[21, 22, 24, 25]);
}

#[test]
fn today_is_the_persons_day_also_when_the_clock_changes() {
    let zone = domain::zone::get("America/New_York").expect("a zone");
    let clock = Clock {
        now: moment("2026-11-01T12:00:00Z"),
        zone: &zone,
    };
    let range = Moment::days_from_today(0).range(&clock);
    assert_eq!(range.from, moment("2026-11-01T04:00:00Z"));
    assert_eq!(range.until, moment("2026-11-02T05:00:00Z"));
}

#[test]
fn the_canonical_text() {
    let check = |text: &str, canonical: &str| {
        let filter = Filter::parse(text).unwrap_or_else(|why| panic!("{text}: {why}"));
        assert_eq!(filter.to_string(), canonical);
    };
    check(" ( (tag:home) ) ", "tag=home");
    check(
        "a=b".replace("a=b", "TAG = \"two words\"").as_str(),
        "tag=\"two words\"",
    );
    check("tag=\"none\"", "tag=\"none\"");
    check("tag=none", "tag=none");
    check("list=inbox", "list=none");
    check("list=\"inbox\"", "list=inbox");
    check(
        "tag=a or tag=b and (tag=c or tag=d)",
        "tag=a or tag=b and (tag=c or tag=d)",
    );
    check("not not blocked", "blocked");
    check("not (due<tomorrow+1w)", "not due<today+8d");
    check("due<+1w and created>-2h", "due<today+1w and created>now-2h");
    check(
        "due<2026-11-29t10:00 ".to_uppercase().as_str(),
        "due<2026-11-29T10:00:00",
    );
    check("!(blocked recurring)", "not (blocked and recurring)");
    check("estimate<2h", "estimate<120m");
    check("tag=größe", "tag=größe");
    check(r#"tag="say \"hi\" \\ bye""#, r#"tag="say \"hi\" \\ bye""#);
    check("has:priority", "priority!=none");
}

#[test]
fn what_is_no_filter_is_refused_with_the_place_and_words() {
    let check = |text: &str, at: usize, says: &str| {
        let why = Filter::parse(text).expect_err(text);
        assert_eq!(why.at, at, "{text}: {why}");
        assert!(why.words.contains(says), "{text}: {why}");
    };
    check("colour=red", 0, "is no field");
    check("tag=home and", 12, "condition here");
    check("tag=home and (due<today", 23, ") is missing");
    check("tag=home)", 8, "closes nothing");
    check("due<someday", 4, "write a date");
    check("due<2026-02-30", 4, "write a date");
    check("due<99999-01-01", 4, "write a date");
    check("due<0000-01-01", 4, "write a date");
    check("due<today+1000000d", 4, "write a date");
    check("due<tomorrow+99999d", 4, "write a date");
    check("due~today", 0, "takes <");
    check("tag>home", 0, "takes = or !=");
    check("tag=", 4, "value is missing");
    check("tag=\"\"", 4, "needs a word");
    check("priority=urgent", 9, "none, low, medium or high");
    check("\"😀\"", 0, "condition here");
    check("tag=😀x and due<never", 4, "value is missing");
    check("tag=\"😀\" and due<never", 17, "write a date");
    check("tag=\"open", 4, "not closed");
    check("tag=\"a\0b\"", 6, "control character");
    check("estimate<soon", 9, "30m");
    check("home", 0, "is no field");
    check("has:colour", 4, "has: takes");
    check(&"(".repeat(22), 21, "20 deep");
    check(&"not ".repeat(30), 84, "20 deep");
    check(&"x".repeat(2_001), 0, "2000 characters");
}

#[test]
fn a_filter_of_full_length_is_read_at_once() {
    let text = "not tag=a ".repeat(200);
    assert_eq!(
        Filter::parse(&text).map(|filter| filter.terms().len()),
        Ok(200)
    );
}

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

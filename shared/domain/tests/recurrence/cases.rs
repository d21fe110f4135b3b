//! Every case of the public test sets in `tests/cases/rrule.jsonl`.

use std::collections::BTreeSet;

use domain::recurrence::{CivilWhen, Recurrence, Rule};
use domain::zone::ZoneName;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// What the properties of one iCalendar component say about its recurrence.
#[derive(Default)]
struct Component {
    start: Option<CivilWhen>,
    zone: Option<ZoneName>,
    rules: Vec<Rule>,
    except: Vec<Rule>,
    include: Vec<CivilWhen>,
    exclude: Vec<CivilWhen>,
}

fn read(ical: &str) -> Component {
    let mut component = Component::default();
    for line in ical.lines().filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.split_once(':').expect("a property");
        let mut parameters = name.split(';');
        let property = parameters.next().expect("a name");
        if let Some(zone) = parameters.find_map(|parameter| parameter.strip_prefix("TZID=")) {
            component.zone = Some(zone.parse().expect("a zone"));
        }
        let rule = || {
            value
                .parse::<Rule>()
                .unwrap_or_else(|why| panic!("{value}: {why}"))
        };
        let dates = || value.split(',').map(date).collect::<Vec<_>>();
        match property {
            "DTSTART" => component.start = Some(date(value)),
            "RRULE" => component.rules.push(rule()),
            "EXRULE" => component.except.push(rule()),
            "RDATE" => component.include.extend(dates()),
            "EXDATE" => component.exclude.extend(dates()),
            other => panic!("{other}"),
        }
    }
    component
}

fn date(text: &str) -> CivilWhen {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut iso = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..8]);
    if !time.is_empty() {
        iso = format!("{iso}T{}:{}:{}", &time[..2], &time[2..4], &time[4..6]);
    }
    iso.parse().expect("a date")
}

/// The first `many` occurrences of all rules together: moments where there is a zone, wall times where not.
fn expand(component: &Component, many: usize) -> Vec<String> {
    let start = component.start.expect("DTSTART");
    let series = |rule: &Rule, include: &[CivilWhen]| {
        let mut recurrence = Recurrence::new(rule.clone(), start, component.zone.clone());
        recurrence.include = include.to_vec();
        recurrence.exclude.clone_from(&component.exclude);
        recurrence.preview(many, &TimeZone::UTC)
    };
    let none: Vec<Rule> = vec!["FREQ=DAILY;COUNT=0".parse().expect("a rule")];
    let rules = if component.rules.is_empty() {
        &none
    } else {
        &component.rules
    };
    let except: BTreeSet<CivilWhen> = component
        .except
        .iter()
        .flat_map(|rule| series(rule, &[]))
        .map(|item| item.occurrence)
        .collect();
    let items: BTreeSet<(CivilWhen, Option<Timestamp>)> = rules
        .iter()
        .flat_map(|rule| series(rule, &component.include))
        .map(|item| (item.occurrence, item.instant))
        .filter(|(occurrence, _)| !except.contains(occurrence))
        .collect();
    let shown = |(occurrence, instant): (CivilWhen, Option<Timestamp>)| match instant {
        Some(instant) if component.zone.is_some() => instant.to_string(),
        _ => occurrence.to_string(),
    };
    items.into_iter().map(shown).take(many).collect()
}

fn wanted(expect: &[serde_json::Value], zoned: bool) -> Vec<String> {
    let text = |value: &serde_json::Value| {
        let text = value.as_str().expect("text");
        if zoned {
            text.parse::<Timestamp>().expect("a moment").to_string()
        } else {
            text.parse::<DateTime>().expect("a wall time").to_string()
        }
    };
    expect.iter().map(text).collect()
}

#[test]
fn r_3_1_every_public_case_gives_its_occurrences_or_is_refused() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in include_str!("../cases/rrule.jsonl").lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case");
        count += 1;
        if let Some(rule) = case["rrule"].as_str() {
            if rule.parse::<Rule>().is_ok() {
                wrong.push(format!("{rule} was taken"));
            }
            continue;
        }
        let expect = case["expect"].as_array().expect("a list");
        let component = read(case["ical"].as_str().expect("iCalendar"));
        let wanted = wanted(expect, component.zone.is_some());
        // One more than wanted, where the rule itself ends.
        let ended = component
            .rules
            .iter()
            .all(|rule| rule.end() != domain::recurrence::End::Never);
        let got = expand(&component, wanted.len() + usize::from(ended));
        if got != wanted {
            wrong.push(format!(
                "{}\n  wanted {wanted:?}\n  got    {got:?}",
                case["test"]
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {count} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(count > 90, "{count}");
}

//! The fields of a filter: which signs each takes, and how its values are read.

use jiff::Timestamp;

use crate::filter::moment::FARTHEST;
use crate::filter::{Base, Compare, DateField, Field, Filter, Moment, Term, Unit, Words};
use crate::task::{Priority, Status};
use crate::when;

pub(in crate::filter) const DATES: [(DateField, &str); 6] = [
    (DateField::Due, "due"),
    (DateField::Start, "start"),
    (DateField::Deadline, "deadline"),
    (DateField::Created, "created"),
    (DateField::Updated, "updated"),
    (DateField::Closed, "closed"),
];

pub(in crate::filter) const MAYBE: [(Field, &str); 13] = [
    (Field::Due, "due"),
    (Field::Start, "start"),
    (Field::Deadline, "deadline"),
    (Field::Closed, "closed"),
    (Field::Tag, "tag"),
    (Field::List, "list"),
    (Field::Section, "section"),
    (Field::Assignee, "assignee"),
    (Field::Estimate, "estimate"),
    (Field::Notes, "notes"),
    (Field::Parent, "parent"),
    (Field::Reminder, "reminder"),
    (Field::Link, "link"),
];

/// Longest estimate that is compared with, in minutes.
const LONGEST_ESTIMATE: u32 = 999_999;

/// A value as written.
pub(super) struct Value {
    pub(super) text: String,
    pub(super) quoted: bool,
}

/// What is wrong with a condition: its field and sign, or its value.
pub(super) enum Wrong {
    Field(String),
    Value(String),
}

pub(super) fn unknown(name: &str) -> String {
    let name: String = name.chars().take(40).collect();
    format!(
        "{name:?} is no field: use status, priority, tag, list, section, assignee, title, notes, text, q, due, start, deadline, created, \
         updated, closed, estimate, has:due, blocked or recurring"
    )
}

/// One condition, as `due`, `<`, `today+7d`.
pub(super) fn condition(name: &str, operator: &str, value: &Value) -> Result<Filter, Wrong> {
    match name {
        "has" | "is" => return has(name, operator, value),
        "blocked" | "recurring" => return flag(name, operator, value),
        _ => {}
    }
    let none = !value.quoted && value.text.eq_ignore_ascii_case("none");
    if let Some((field, _)) = MAYBE.iter().find(|(_, known)| none && *known == name) {
        let has = Filter::from(Term::Has(*field));
        return match operator {
            "=" | ":" => Ok(has.negate()),
            "!=" => Ok(has),
            _ => Err(Wrong::Field(format!("{name} can only be = or != none"))),
        };
    }
    if let Some((field, _)) = DATES.iter().find(|(_, known)| *known == name) {
        let (compare, not) = compared(name, operator)?;
        let moment = moment(&value.text).filter(|moment| moment.offset.abs() <= FARTHEST).ok_or_else(|| {
            Wrong::Value("write a date as 2026-11-29, today, tomorrow, now, today+7d or now-2h (h, d, w, m, y)".to_owned())
        })?;
        return Ok(signed(Term::When(*field, compare, moment), not));
    }
    match name {
        "priority" => {
            let (compare, not) = compared(name, operator)?;
            let known = [
                Priority::None,
                Priority::Low,
                Priority::Medium,
                Priority::High,
            ];
            let priority = known
                .into_iter()
                .find(|known| known.name().eq_ignore_ascii_case(&value.text));
            let priority = priority.ok_or_else(|| {
                Wrong::Value("a priority is none, low, medium or high".to_owned())
            })?;
            Ok(signed(Term::Priority(compare, priority), not))
        }
        "estimate" => {
            let (compare, not) = compared(name, operator)?;
            let minutes = minutes(&value.text);
            let minutes = minutes
                .ok_or_else(|| Wrong::Value("write how long as 30m, 2h or 1h30m".to_owned()))?;
            Ok(signed(Term::Estimate(compare, minutes), not))
        }
        "title" => contains(Words::Title, name, operator, value),
        "notes" => contains(Words::Notes, name, operator, value),
        "text" => contains(Words::TitleOrNotes, name, operator, value),
        _ => named(name, operator, value),
    }
}

/// The fields that only know `=` and `!=`.
fn named(name: &str, operator: &str, value: &Value) -> Result<Filter, Wrong> {
    let text = || value.text.clone();
    let inbox = !value.quoted && value.text.eq_ignore_ascii_case("inbox");
    let filter = match name {
        "status" => {
            let known = [Status::Open, Status::Done, Status::Dropped];
            let status = known
                .into_iter()
                .find(|known| known.name().eq_ignore_ascii_case(&value.text));
            Term::Status(
                status
                    .ok_or_else(|| Wrong::Value("a status is open, done or dropped".to_owned()))?,
            )
            .into()
        }
        "tag" => Term::Tag(text()).into(),
        "list" if inbox => Filter::from(Term::Has(Field::List)).negate(),
        "list" => Term::List(text()).into(),
        "section" => Term::Section(text()).into(),
        "assignee" => Term::Assignee(text()).into(),
        "q" => Term::Search(text()).into(),
        _ => return Err(Wrong::Field(unknown(name))),
    };
    if value.text.trim().is_empty() {
        return Err(Wrong::Value(format!("{name} needs a word here")));
    }
    match operator {
        "=" | ":" => Ok(filter),
        "!=" => Ok(filter.negate()),
        _ => Err(Wrong::Field(format!(
            "{name} takes = or !=, not {operator}"
        ))),
    }
}

fn has(name: &str, operator: &str, value: &Value) -> Result<Filter, Wrong> {
    let word = value.text.to_ascii_lowercase();
    let filter = match (name, word.as_str()) {
        ("is", "blocked") => Filter::from(Term::Blocked),
        (_, "recurring" | "recurrence") => Filter::from(Term::Recurring),
        ("is", "open") => Filter::from(Term::Status(Status::Open)),
        ("is", "done") => Filter::from(Term::Status(Status::Done)),
        ("is", "dropped") => Filter::from(Term::Status(Status::Dropped)),
        ("has", "priority") => {
            Filter::from(Term::Priority(Compare::Equal, Priority::None)).negate()
        }
        ("has", word) => {
            let singular = if MAYBE.iter().any(|(_, known)| *known == word) {
                word
            } else {
                word.trim_end_matches('s')
            };
            let field = MAYBE.iter().find(|(_, known)| *known == singular);
            let names = MAYBE.map(|(_, name)| name).join(", ");
            let (field, _) = field.ok_or_else(|| {
                Wrong::Value(format!("has: takes one of {names}, priority, recurrence"))
            })?;
            Filter::from(Term::Has(*field))
        }
        _ => {
            return Err(Wrong::Value(
                "is: takes blocked, recurring, open, done or dropped".to_owned(),
            ));
        }
    };
    match operator {
        ":" | "=" => Ok(filter),
        "!=" => Ok(filter.negate()),
        _ => Err(Wrong::Field(format!("write {name}:{word}"))),
    }
}

fn flag(name: &str, operator: &str, value: &Value) -> Result<Filter, Wrong> {
    let filter = Filter::from(if name == "blocked" {
        Term::Blocked
    } else {
        Term::Recurring
    });
    let yes = match value.text.to_ascii_lowercase().as_str() {
        "true" | "yes" => true,
        "false" | "no" => false,
        _ => return Err(Wrong::Value(format!("{name} is true or false"))),
    };
    let positive = match operator {
        "=" | ":" => yes,
        "!=" => !yes,
        _ => return Err(Wrong::Field(format!("write {name} or not {name}"))),
    };
    Ok(if positive { filter } else { filter.negate() })
}

fn contains(words: Words, name: &str, operator: &str, value: &Value) -> Result<Filter, Wrong> {
    if value.text.is_empty() {
        return Err(Wrong::Value(format!("{name} needs a word here")));
    }
    let filter = Filter::from(Term::Contains(words, value.text.clone()));
    match operator {
        "~" | ":" => Ok(filter),
        "!~" => Ok(filter.negate()),
        _ => Err(Wrong::Field(format!(
            "{name} takes ~ (contains) or !~, not {operator}"
        ))),
    }
}

fn compared(name: &str, operator: &str) -> Result<(Compare, bool), Wrong> {
    Ok(match operator {
        "<" => (Compare::Less, false),
        "<=" => (Compare::LessOrEqual, false),
        "=" | ":" => (Compare::Equal, false),
        ">=" => (Compare::GreaterOrEqual, false),
        ">" => (Compare::Greater, false),
        "!=" => (Compare::Equal, true),
        _ => {
            return Err(Wrong::Field(format!(
                "{name} takes <, <=, =, !=, >= or >, not {operator}"
            )));
        }
    })
}

fn signed(term: Term, not: bool) -> Filter {
    let filter = Filter::from(term);
    if not { filter.negate() } else { filter }
}

fn moment(text: &str) -> Option<Moment> {
    let lower = text.to_ascii_lowercase();
    for (word, base, days) in [
        ("today", Base::Today, 0),
        ("tomorrow", Base::Today, 1),
        ("yesterday", Base::Today, -1),
        ("now", Base::Now, 0),
    ] {
        let Some(rest) = lower.strip_prefix(word) else {
            continue;
        };
        return match (offset(rest)?, days) {
            ((0, _), days) => Some(Moment {
                base,
                offset: days,
                unit: Unit::Day,
            }),
            ((offset, unit), 0) => Some(Moment { base, offset, unit }),
            ((offset, Unit::Day), days) => Some(Moment {
                base,
                offset: offset + days,
                unit: Unit::Day,
            }),
            // Weeks are seven days; months and hours from tomorrow have no short form.
            ((offset, Unit::Week), days) => Some(Moment {
                base,
                offset: offset * 7 + days,
                unit: Unit::Day,
            }),
            _ => None,
        };
    }
    if lower.starts_with(['+', '-']) {
        let (offset, unit) = offset(&lower)?;
        let base = if unit == Unit::Hour {
            Base::Now
        } else {
            Base::Today
        };
        return (offset != 0).then_some(Moment { base, offset, unit });
    }
    absolute(text)
}

/// A date, a wall time or a moment, and a distance after a date.
fn absolute(text: &str) -> Option<Moment> {
    let (date, rest) = text.split_at_checked(10)?;
    let day = when::parse_date(date)
        .ok()
        .filter(|day| (1..=9998).contains(&day.year()))?;
    if !rest.starts_with(['T', 't']) {
        let (offset, unit) = offset(&rest.to_ascii_lowercase())?;
        return Some(Moment {
            base: Base::Date(day),
            offset,
            unit,
        });
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Moment::at(Base::Instant(instant)));
    }
    when::parse_time(text)
        .ok()
        .map(|at| Moment::at(Base::At(at)))
}

/// "+7d", or nothing for 0.
fn offset(text: &str) -> Option<(i32, Unit)> {
    if text.is_empty() {
        return Some((0, Unit::Day));
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (digits, letter) = text
        .get(1..)?
        .split_at_checked(text.len().checked_sub(2)?)?;
    let (unit, _) = Unit::ALL.iter().find(|(_, known)| *known == letter)?;
    let number = number(digits).filter(|number| *number <= FARTHEST)?;
    Some(if number == 0 {
        (0, Unit::Day)
    } else {
        (sign * number, *unit)
    })
}

/// "90m", "1h30m", "2h", "PT30M".
fn minutes(text: &str) -> Option<u32> {
    let lower = text.to_ascii_lowercase();
    let text = lower.strip_prefix("pt").unwrap_or(&lower);
    let (hours, rest) = match text.split_once('h') {
        Some((hours, rest)) => (number(hours)?, rest),
        None => (0, text),
    };
    let minutes = match rest.strip_suffix("min").or_else(|| rest.strip_suffix('m')) {
        Some(minutes) => number(minutes)?,
        None if rest.is_empty() && hours > 0 => 0,
        None => return None,
    };
    let all = hours.checked_mul(60)?.checked_add(minutes)?;
    u32::try_from(all)
        .ok()
        .filter(|minutes| *minutes <= LONGEST_ESTIMATE)
}

fn number(digits: &str) -> Option<i32> {
    let plain = (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

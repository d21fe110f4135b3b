//! The filter language as SQL. Each term is true or false of every row, never null, so that `not` is a plain complement.

use crate::{Reader, ask::Bind, dialect::Dialect};
use domain::{
    filter::{Base, Clock, Compare, DateField, Field, Filter, Moment, Range, Term, Words},
    id::{ListId, SectionId},
};
use serde_json::Value;
use uuid::Uuid;

impl Bind {
    /// Out of a cursor.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_i64().map(Self::Int),
            Value::String(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }
}

/// Conditions and their values, numbered from `$1` in the order of `binds`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Where {
    pub sql: String,
    pub binds: Vec<Bind>,
}

impl Where {
    /// Adds text; never anything from outside.
    pub(crate) fn push(&mut self, sql: &str) {
        self.sql.push_str(sql);
    }

    /// Adds a value.
    pub(crate) fn bind(&mut self, value: Bind) {
        self.binds.push(value);
        self.sql.push('$');
        self.sql.push_str(&self.binds.len().to_string());
    }

    fn text(&mut self, value: impl Into<String>) {
        self.bind(Bind::Text(value.into()));
    }
}

/// What the names in a filter stand for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    /// The person's lists: id and name.
    pub lists: Vec<(ListId, String)>,
    /// Their sections.
    pub sections: Vec<(SectionId, String)>,
}

impl Names {
    /// Whether a query needs them.
    pub(crate) fn are_needed(filters: &[Filter]) -> bool {
        filters
            .iter()
            .flat_map(Filter::terms)
            .any(|term| matches!(term, Term::List(_) | Term::Section(_)))
    }
}

/// Whether the person's zone matters to a query.
pub(crate) fn needs_zone(filters: &[Filter]) -> bool {
    filters
        .iter()
        .flat_map(Filter::terms)
        .any(|term| matches!(term, Term::When(..)))
}

/// Adds a filter's condition.
pub(crate) fn put(
    to: &mut Where,
    filter: &Filter,
    who: &Reader,
    names: &Names,
    clock: &Clock<'_>,
    dialect: &dyn Dialect,
) {
    let joined = |to: &mut Where, parts: &[Filter], by: &str| {
        for (at, part) in parts.iter().enumerate() {
            to.push(if at == 0 { "(" } else { by });
            put(to, part, who, names, clock, dialect);
        }
        to.push(")");
    };
    match filter {
        Filter::All => to.push("(1 = 1)"),
        Filter::And(parts) if parts.is_empty() => to.push("(1 = 1)"),
        Filter::Or(parts) if parts.is_empty() => to.push("(1 = 0)"),
        Filter::And(parts) => joined(to, parts, " and "),
        Filter::Or(parts) => joined(to, parts, " or "),
        Filter::Not(inner) => {
            to.push("(not ");
            put(to, inner, who, names, clock, dialect);
            to.push(")");
        }
        Filter::Term(term) => {
            to.push("(");
            put_term(to, term, who, names, clock, dialect);
            to.push(")");
        }
    }
}

fn put_term(
    to: &mut Where,
    term: &Term,
    who: &Reader,
    names: &Names,
    clock: &Clock<'_>,
    dialect: &dyn Dialect,
) {
    match term {
        // The word itself, not a value: the index of open tasks is found by it.
        Term::Status(status) => to.push(&format!("t.status = '{}'", status.name())),
        Term::Priority(compare, priority) => {
            to.push(&format!(
                "t.priority {} {}",
                compare.sign(),
                *priority as i64
            ));
        }
        Term::Tag(tag) => {
            to.push("exists (select 1 from task_tag g where g.stream = t.stream and g.task = t.id and g.tag = ");
            to.text(tag.to_lowercase());
            to.push(")");
        }
        Term::List(list) => {
            let inbox = list.eq_ignore_ascii_case("inbox");
            among(
                to,
                "t.list_id",
                named(names.lists.iter().map(|(id, name)| (id.0, name)), list),
                inbox,
            );
        }
        Term::Section(section) => {
            among(
                to,
                "t.section_id",
                named(
                    names.sections.iter().map(|(id, name)| (id.0, name)),
                    section,
                ),
                false,
            );
        }
        Term::Assignee(person) => {
            let id = if person.eq_ignore_ascii_case("me") {
                Some(who.person.0)
            } else {
                person.parse().ok()
            };
            among(to, "t.assignee", id.into_iter().collect(), false);
        }
        Term::Contains(words, text) => contains(to, *words, &text.to_lowercase(), dialect),
        Term::Search(text) => dialect.search(to, text),
        Term::When(field, compare, moment) => when(to, *field, *compare, *moment, clock),
        Term::Estimate(compare, minutes) => {
            to.push(&format!(
                "t.estimate is not null and t.estimate {} {minutes}",
                compare.sign()
            ));
        }
        Term::Has(Field::Reminder) => dialect.reminded(to, &who.person.to_string()),
        Term::Has(field) => to.push(has(*field)),
        Term::Blocked => {
            to.push("t.blocked_by is not null and ");
            dialect.blocked(to);
        }
        Term::Recurring => to.push("t.recurs"),
    }
}

/// The ids that a name stands for: an id itself, or every record of that name.
fn named<'a>(all: impl Iterator<Item = (Uuid, &'a String)>, wanted: &str) -> Vec<Uuid> {
    let (id, name) = (wanted.parse::<Uuid>().ok(), wanted.to_lowercase());
    all.filter(|(own, own_name)| Some(*own) == id || own_name.to_lowercase() == name)
        .map(|(own, _)| own)
        .collect()
}

fn among(to: &mut Where, column: &str, ids: Vec<Uuid>, or_none: bool) {
    if ids.is_empty() {
        to.push(&if or_none {
            format!("{column} is null")
        } else {
            "1 = 0".to_owned()
        });
        return;
    }
    to.push(&format!("{column} is not null and {column} in ("));
    for (at, id) in ids.into_iter().enumerate() {
        to.push(if at == 0 { "" } else { ", " });
        to.text(id.to_string());
    }
    to.push(")");
}

fn contains(to: &mut Where, words: Words, text: &str, dialect: &dyn Dialect) {
    match words {
        Words::Title => dialect.contains(to, "t.title", text),
        Words::Notes => dialect.contains(to, "t.notes", text),
        Words::TitleOrNotes => {
            dialect.contains(to, "t.title", text);
            to.push(" or ");
            dialect.contains(to, "t.notes", text);
        }
    }
}

fn has(field: Field) -> &'static str {
    match field {
        Field::Due => "t.due_key <> 9223372036854775807",
        Field::Start => "t.start_end <> (-9223372036854775807 - 1)",
        Field::Deadline => "t.deadline is not null",
        Field::Closed => "t.closed_at is not null",
        Field::Tag => "exists (select 1 from task_tag g where g.task = t.id)",
        Field::List => "t.list_id is not null",
        Field::Section => "t.section_id is not null",
        Field::Assignee => "t.assignee is not null",
        Field::Estimate => "t.estimate is not null",
        Field::Notes => "t.notes <> ''",
        Field::Parent => "t.parent_id is not null",
        Field::Link => "t.links",
        // Asked of the dialect.
        Field::Reminder => "1 = 0",
    }
}

fn when(to: &mut Where, field: DateField, compare: Compare, moment: Moment, clock: &Clock<'_>) {
    let range = moment.range(clock);
    match field {
        DateField::Due => day_or_moment(
            to,
            "t.due_key",
            "t.due_end",
            Field::Due,
            (compare, moment, range),
            clock,
        ),
        DateField::Start => day_or_moment(
            to,
            "t.start_key",
            "t.start_end",
            Field::Start,
            (compare, moment, range),
            clock,
        ),
        DateField::Deadline => {
            to.push(&format!(
                "t.deadline is not null and t.deadline {} ",
                compare.sign()
            ));
            to.text(range.date.to_string());
        }
        DateField::Created => within(to, "t.created_at", compare, range),
        DateField::Updated => within(to, "t.updated_at", compare, range),
        DateField::Closed => {
            to.push("t.closed_at is not null and ");
            within(to, "t.closed_at", compare, range);
        }
    }
}

/// What has a time compares by instants, a whole day (whose end is not its key) by its date.
fn day_or_moment(
    to: &mut Where,
    key: &str,
    end: &str,
    field: Field,
    (compare, moment, range): (Compare, Moment, Range),
    clock: &Clock<'_>,
) {
    to.push(has(field));
    to.push(" and (");
    if moment.is_day() {
        within(to, key, compare, range);
    } else {
        let day = Moment::at(Base::Date(range.date)).range(clock);
        to.push(&format!("({key} = {end} and "));
        within(to, key, compare, range);
        to.push(&format!(") or ({key} <> {end} and "));
        within(to, key, compare, day);
        to.push(")");
    }
    to.push(")");
}

fn within(to: &mut Where, key: &str, compare: Compare, range: Range) {
    let (from, until) = (range.from.as_microsecond(), range.until.as_microsecond());
    to.push(key);
    match compare {
        Compare::Less => side(to, " < ", from),
        Compare::LessOrEqual => side(to, " < ", until),
        Compare::GreaterOrEqual => side(to, " >= ", from),
        Compare::Greater => side(to, " >= ", until),
        Compare::Equal => {
            side(to, " >= ", from);
            to.push(&format!(" and {key}"));
            side(to, " < ", until);
        }
    }
}

fn side(to: &mut Where, sign: &str, at: i64) {
    to.push(sign);
    to.bind(Bind::Int(at));
}

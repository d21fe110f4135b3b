//! Which tasks are meant: the filter language of API.md section 2, the same words in listings, views and interpret.
//!
//! `due<today+7d and (tag=home or priority>=medium) and list="Work"`. A term is true or false of every task (what a task does
//! not have is false), so `!=` and `not` are plain complements. The store turns the same tree into SQL.

mod eval;
mod moment;
mod parse;
mod show;

pub use eval::{Clock, Subject};
pub use moment::{Base, Moment, Range, Unit};

use crate::task::{Priority, Status};

/// Longest filter, in characters.
pub const LONGEST: usize = 2_000;

/// How deep parentheses and `not` may nest.
pub const DEEPEST: usize = 20;

/// A condition on tasks. Made by [`Filter::parse`], or by [`Filter::and`], [`Filter::or`] and [`Filter::negate`], which keep it flat;
/// its `Display` is the canonical text, and parses to the same filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Every task.
    All,
    /// All of these.
    And(Vec<Filter>),
    /// Any of these.
    Or(Vec<Filter>),
    /// Not this.
    Not(Box<Filter>),
    /// One test.
    Term(Term),
}

/// One test of one field. Names and words compare without regard to case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `status=open`
    Status(Status),
    /// `priority>=medium`; `=` and `!=` too.
    Priority(Compare, Priority),
    /// `tag=home`
    Tag(String),
    /// `list="Work"`: a list's name or id.
    List(String),
    /// `section=Soon`: a section's name or id.
    Section(String),
    /// `assignee=me`: a person's id or name, or `me`.
    Assignee(String),
    /// `title~mom`, `notes~…`, `text~…` (either): contains this.
    Contains(Words, String),
    /// `q="call mom"`: full-text search; every word occurs in title, notes or tags.
    Search(String),
    /// `due<today+7d`
    When(DateField, Compare, Moment),
    /// `estimate<=30m`, in minutes.
    Estimate(Compare, u32),
    /// `has:due`; `due=none` is its complement.
    Has(Field),
    /// `blocked`: an open task stands in `blocked_by`.
    Blocked,
    /// `recurring`
    Recurring,
}

/// How a value is compared. `!=` is the complement of `Equal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compare {
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Words {
    Title,
    Notes,
    TitleOrNotes,
}

/// A field that holds a date or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields of a task")]
pub enum DateField {
    Due,
    Start,
    Deadline,
    Created,
    Updated,
    Closed,
}

/// A field that may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields of a task")]
pub enum Field {
    Due,
    Start,
    Deadline,
    Closed,
    Tag,
    List,
    Section,
    Assignee,
    Estimate,
    Notes,
    Parent,
    Reminder,
    Link,
}

/// Text that is no filter (code `filter_invalid`).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct FilterError {
    /// Where it goes wrong, in UTF-16 code units from the start.
    pub at: usize,
    /// What is wrong and what to write instead.
    pub words: String,
}

impl Filter {
    /// Reads a filter; nothing but spaces is [`Filter::All`].
    ///
    /// ```
    /// let filter = domain::filter::Filter::parse("tag:home OR priority >= medium").unwrap();
    /// assert_eq!(filter.to_string(), "tag=home or priority>=medium");
    /// ```
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse::parse(text)
    }

    /// Both; flat where either is an `and` itself.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut all = Vec::new();
        for part in [self, other] {
            match part {
                Self::All => {}
                Self::And(parts) => all.extend(parts),
                part => all.push(part),
            }
        }
        if all.len() > 1 {
            Self::And(all)
        } else {
            all.pop().unwrap_or(Self::All)
        }
    }

    /// Either; flat where either is an `or` itself.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let mut any = Vec::new();
        for part in [self, other] {
            match part {
                Self::All => return Self::All,
                Self::Or(parts) => any.extend(parts),
                part => any.push(part),
            }
        }
        if any.len() > 1 {
            Self::Or(any)
        } else {
            any.pop().unwrap_or(Self::All)
        }
    }

    /// The complement; twice is none.
    #[must_use]
    pub fn negate(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    /// Every term in it, for resolving names.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::All => Vec::new(),
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(inner) => inner.terms(),
            Self::Term(term) => vec![term],
        }
    }
}

impl From<Term> for Filter {
    fn from(term: Term) -> Self {
        Self::Term(term)
    }
}

impl Compare {
    /// Whether `ordering` of value to bound is what is asked for.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Equal => ordering.is_eq(),
            Self::GreaterOrEqual => ordering.is_ge(),
            Self::Greater => ordering.is_gt(),
        }
    }

    /// As written; the same in SQL.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Equal => "=",
            Self::GreaterOrEqual => ">=",
            Self::Greater => ">",
        }
    }
}

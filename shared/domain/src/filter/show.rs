//! The canonical text of a filter.

use std::fmt;

use super::parse::{fields, plain};
use super::{Compare, DateField, Field, Filter, Term, Words};

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(parts) => joined(f, parts, " and ", |part| {
                matches!(part, Self::Or(_) | Self::All)
            }),
            Self::Or(parts) => joined(f, parts, " or ", |part| matches!(part, Self::All)),
            Self::Not(inner) => match &**inner {
                Self::Term(term) => term.show(f, true),
                inner => write!(f, "not ({inner})"),
            },
            Self::Term(term) => term.show(f, false),
        }
    }
}

fn joined(
    f: &mut fmt::Formatter<'_>,
    parts: &[Filter],
    word: &str,
    wrapped: impl Fn(&Filter) -> bool,
) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            f.write_str(word)?;
        }
        if wrapped(part) {
            write!(f, "({part})")?;
        } else {
            write!(f, "{part}")?;
        }
    }
    Ok(())
}

impl Term {
    fn show(&self, f: &mut fmt::Formatter<'_>, not: bool) -> fmt::Result {
        let equal = if not { "!=" } else { "=" };
        let sign = |compare: Compare| match (compare, not) {
            (Compare::Equal, true) => "!=",
            (compare, _) => compare.sign(),
        };
        // Only `=` has a complement of its own; the others are written with `not`.
        let compared = matches!(
            self,
            Self::Priority(compare, _) | Self::When(_, compare, _) | Self::Estimate(compare, _) if *compare != Compare::Equal
        );
        if not && (compared || matches!(self, Self::Blocked | Self::Recurring)) {
            f.write_str("not ")?;
        }
        match self {
            Self::Status(status) => write!(f, "status{equal}{}", status.name()),
            Self::Priority(compare, priority) => {
                write!(f, "priority{}{}", sign(*compare), priority.name())
            }
            Self::Tag(tag) => write!(f, "tag{equal}{}", Quoted(tag)),
            Self::List(list) => write!(f, "list{equal}{}", Quoted(list)),
            Self::Section(section) => write!(f, "section{equal}{}", Quoted(section)),
            Self::Assignee(person) => write!(f, "assignee{equal}{}", Quoted(person)),
            Self::Contains(words, text) => {
                let like = if not { "!~" } else { "~" };
                write!(f, "{}{like}{}", words.name(), Quoted(text))
            }
            Self::Search(text) => write!(f, "q{equal}{}", Quoted(text)),
            Self::When(field, compare, moment) => {
                write!(f, "{}{}{moment}", field.name(), sign(*compare))
            }
            Self::Estimate(compare, minutes) => write!(f, "estimate{}{minutes}m", sign(*compare)),
            Self::Has(field) if not => write!(f, "{}=none", field.name()),
            Self::Has(field) => write!(f, "has:{}", field.name()),
            Self::Blocked => f.write_str("blocked"),
            Self::Recurring => f.write_str("recurring"),
        }
    }
}

impl Words {
    fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Notes => "notes",
            Self::TitleOrNotes => "text",
        }
    }
}

impl DateField {
    fn name(self) -> &'static str {
        fields::DATES
            .iter()
            .find(|(field, _)| *field == self)
            .map_or("", |(_, name)| name)
    }
}

impl Field {
    fn name(self) -> &'static str {
        fields::MAYBE
            .iter()
            .find(|(field, _)| *field == self)
            .map_or("", |(_, name)| name)
    }
}

/// Bare where it reads back as the same words, else in quotes.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if plain(self.0) {
            return f.write_str(self.0);
        }
        let escaped = self.0.replace('\\', "\\\\").replace('"', "\\\"");
        write!(f, "\"{escaped}\"")
    }
}

//! A recurrence as it is asked for: what is left out comes from the task and the person.

use crate::{
    recurrence::{CivilWhen, CountedFrom, Freq, Missed, Recurrence, Rule, RuleError},
    refusal::Refusal,
    settings::Settings,
    when::When,
    zone::ZoneName,
};
use jiff::{
    RoundMode, Timestamp, Unit,
    civil::{DateTime, DateTimeRound},
};

/// A recurrence as it is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Repeat {
    /// The rule.
    pub rrule: Rule,
    /// By the schedule unless said.
    pub from: CountedFrom,
    /// The first occurrence; the due date unless said.
    pub start: Option<CivilWhen>,
    /// The due date's zone unless said; `Some(None)` floats.
    pub time_zone: Option<Option<ZoneName>>,
    /// Further occurrences.
    pub include: Vec<CivilWhen>,
    /// Occurrences left out.
    pub exclude: Vec<CivilWhen>,
    /// Skipped unless said.
    pub missed: Missed,
}

impl Repeat {
    /// A rule with nothing else said.
    pub fn rule(rrule: Rule) -> Self {
        Self {
            rrule,
            from: CountedFrom::default(),
            start: None,
            time_zone: None,
            include: Vec::new(),
            exclude: Vec::new(),
            missed: Missed::default(),
        }
    }

    /// The whole recurrence. Without start and due date it begins on the person's today, at the rule's first date.
    ///
    /// # Errors
    /// A rule that a task cannot have.
    pub fn resolve(
        &self,
        due: Option<&When>,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<Recurrence, Refusal> {
        let start = self.start.or(due.map(civil)).unwrap_or_else(|| {
            let here = now.to_zoned(settings.zone().clone()).datetime();
            if self.rrule.freq() == Freq::Hourly {
                CivilWhen::At(whole(here, Unit::Minute))
            } else if self.rrule.by_hour().is_empty() {
                CivilWhen::Date(here.date())
            } else {
                CivilWhen::At(whole(here, Unit::Hour))
            }
        });
        let zone = match (&self.time_zone, due) {
            (Some(zone), _) => zone.clone(),
            (None, Some(due)) => due.zone().cloned(),
            (None, None) => None,
        };
        let recurrence = Recurrence {
            from: self.from,
            include: self.include.clone(),
            exclude: self.exclude.clone(),
            missed: self.missed,
            ..Recurrence::new(self.rrule.clone(), start, zone)
        };
        recurrence.check()?;
        Ok(recurrence)
    }
}

/// A recurrence from one occurrence on, with that one moved: the time and, where the rule names them, the day follow.
///
/// # Errors
/// A rule that gives no date any more.
pub fn moved(
    recurrence: &Recurrence,
    occurrence: CivilWhen,
    to: CivilWhen,
    zone: Option<ZoneName>,
) -> Result<Recurrence, Refusal> {
    let (_, rest) = recurrence.split_at(occurrence);
    let moved = Recurrence {
        rrule: moved_rule(&rest.rrule, occurrence, to)?,
        start: to,
        time_zone: zone,
        ..rest
    };
    moved.check()?;
    Ok(moved)
}

/// The rule with the only weekday, day, month, hour or minute that it names moved too.
fn moved_rule(rule: &Rule, from: CivilWhen, to: CivilWhen) -> Result<Rule, RuleError> {
    let weekday = |when: CivilWhen| {
        let day = when.date().strftime("%a").to_string();
        day.get(..2).unwrap_or_default().to_ascii_uppercase()
    };
    let figure = |of: fn(DateTime) -> i8| {
        (
            of(from.datetime()).to_string(),
            of(to.datetime()).to_string(),
        )
    };
    let follow = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let (was, is) = match (name, rule.freq()) {
            ("BYDAY", Freq::Weekly) => (weekday(from), weekday(to)),
            ("BYMONTHDAY", _) => figure(DateTime::day),
            ("BYMONTH", Freq::Yearly) => figure(DateTime::month),
            ("BYHOUR", _) => figure(DateTime::hour),
            ("BYMINUTE", _) => figure(DateTime::minute),
            _ => return part.to_owned(),
        };
        if value == was {
            format!("{name}={is}")
        } else {
            part.to_owned()
        }
    };
    let text = rule.to_string();
    let parts: Vec<_> = text.split(';').map(follow).collect();
    parts.join(";").parse()
}

/// The wall date or time of a date.
pub fn civil(when: &When) -> CivilWhen {
    match when {
        When::Date(date) => CivilWhen::Date(*date),
        When::At { at, .. } => CivilWhen::At(*at),
    }
}

/// An occurrence as a due date.
pub fn due(occurrence: CivilWhen, zone: Option<ZoneName>) -> When {
    match occurrence {
        CivilWhen::Date(date) => When::Date(date),
        CivilWhen::At(at) => When::At { at, zone },
    }
}

/// The next whole hour or minute.
fn whole(at: DateTime, unit: Unit) -> DateTime {
    let up = DateTimeRound::new().smallest(unit).mode(RoundMode::Ceil);
    at.round(up).unwrap_or(at)
}

/// The first occurrence of a recurrence as a due date.
///
/// # Errors
/// A rule that gives none.
pub fn first_due(recurrence: &Recurrence) -> Result<When, Refusal> {
    let first = recurrence
        .series()
        .next()
        .map(|next| due(next.occurrence, recurrence.time_zone.clone()));
    first.ok_or_else(|| {
        RuleError::NeverMatches(
            "This rule never gives a date; check its days and its end.".to_owned(),
        )
        .into()
    })
}

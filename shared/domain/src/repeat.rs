//! A recurrence as it is asked for: what is left out comes from the task and the person.

use crate::{
    recurrence::{CivilWhen, CountedFrom, Freq, Missed, Recurrence, Rule, RuleError},
    refusal::Refusal,
    settings::Settings,
    when::When,
    zone::ZoneName,
};
use jiff::Timestamp;

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
            let here = now.to_zoned(settings.zone().clone());
            if has_time(&self.rrule) {
                CivilWhen::At(here.datetime())
            } else {
                CivilWhen::Date(here.date())
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

fn has_time(rule: &Rule) -> bool {
    !rule.by_hour().is_empty() || rule.freq() == Freq::Hourly
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

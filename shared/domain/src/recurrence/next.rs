//! Which occurrence follows: by the schedule, from completion, and after some were missed.

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

use super::place::{self, Note};
use super::{CivilWhen, CountedFrom, End, Freq, Missed, Recurrence};

/// Most missed occurrences that are named.
const MOST_MISSED: usize = 366;

/// An occurrence that follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Next {
    /// Its wall time or date; the identity of the occurrence in its series.
    pub occurrence: CivilWhen,
    /// Why it is not on the day the rule's words say.
    pub note: Option<Note>,
}

/// What comes after an occurrence that was closed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatchUp {
    /// The occurrence to make now; none when the series has ended.
    pub next: Option<Next>,
    /// Those that passed meanwhile, where they are to be listed; the first 366.
    pub missed: Vec<CivilWhen>,
}

impl Recurrence {
    /// The first occurrence after that one, by the schedule.
    pub fn next(&self, after_occurrence: CivilWhen) -> Option<Next> {
        self.series_after(after_occurrence).next()
    }

    /// The next one counted from when the last was completed: the interval from that day in the recurrence's zone (the person's
    /// when it floats), at the start's wall time; by the hour, from that minute.
    pub fn next_after_completion(
        &self,
        completed_at: Timestamp,
        person: &TimeZone,
    ) -> Option<Next> {
        let completed = completed_at.to_zoned(self.zone(person).clone()).datetime();
        let mut counted = self.clone();
        if self.rrule.freq <= Freq::Hourly {
            let minute = completed
                .date()
                .at(completed.hour(), completed.minute(), 0, 0);
            counted.start = CivilWhen::At(minute);
            return counted.next(counted.start);
        }
        let day = completed.date();
        counted.start = match self.start {
            CivilWhen::Date(_) => CivilWhen::Date(day),
            CivilWhen::At(start) => CivilWhen::At(day.to_datetime(start.time())),
        };
        counted.next(CivilWhen::Date(day))
    }

    /// What to make when `last` was closed at `now`, as `missed` and `from` say: one, however far ahead it lies. A series that
    /// goes on always has an open task, also the passport's that was renewed two years early; so nothing is ever made in advance.
    pub fn catch_up(&self, last: CivilWhen, now: Timestamp, person: &TimeZone) -> CatchUp {
        let here = now.to_zoned(self.zone(person).clone()).datetime();
        if self.from == CountedFrom::Completion {
            return CatchUp {
                next: self.next_after_completion(now, person),
                ..CatchUp::default()
            };
        }
        let passed = |next: &Next| match next.occurrence {
            CivilWhen::Date(date) => date < here.date(),
            CivilWhen::At(at) => place::place(at, self.zone(person))
                .0
                .is_some_and(|at| at <= now),
        };
        if self.missed == Missed::Each {
            return CatchUp {
                next: self.next(last),
                ..CatchUp::default()
            };
        }
        let mut missed = Vec::new();
        if self.missed == Missed::List {
            let gone = self.series_after(last).take_while(passed).take(MOST_MISSED);
            missed.extend(gone.map(|next| next.occurrence));
        }
        // A day back, so that an occurrence that a clock change moved over `now` is looked at too.
        let near = here
            .checked_sub(Span::new().days(2))
            .map_or(last.datetime(), |near| near.max(last.datetime()));
        let from = if near > last.datetime() {
            CivilWhen::At(near)
        } else {
            last
        };
        let next = self.series_after(from).find(|next| !passed(next));
        CatchUp { next, missed }
    }

    /// Whether the series has an end.
    pub fn ends(&self) -> bool {
        self.rrule.end != End::Never
    }
}

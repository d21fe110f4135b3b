//! Fills in when: due, start, deadline, recurrence, and reminders at a moment of their own.

use std::ops::Range;

use contract::interpret::{Alert, Intent, Moment};

use super::Builder;
use crate::date::{Piece, Role};
use crate::intent::Wish;
use crate::remind;

impl Builder<'_, '_> {
    /// Due, start, deadline and recurrence.
    pub(super) fn when(&mut self, wish: &Wish) {
        let (_, pieces) = parted(&self.found.pieces, wish);
        let (own, mut pieces): (Vec<Piece>, Vec<Piece>) =
            pieces.into_iter().partition(|p| self.reminds(p).is_some());
        self.dates(&mut pieces);
        for piece in &own {
            self.own_reminder(piece);
        }
    }

    /// Where "…, remind me" before a date begins, if there is more before it.
    fn reminds(&self, piece: &Piece) -> Option<usize> {
        let before = self.found.plain.work.get(..piece.range.start)?;
        let at = remind::ends_with_remind(before)?;
        const COURTESY: [&str; 22] = [
            "can", "could", "would", "will", "you", "please", "i", "want", "need", "hey", "hi",
            "olly", "to", "like", "d", "a", "set", "also", "me", "an", "the", "up",
        ];
        let words = before.get(..at)?.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|w| !w.is_empty())
            .any(|w| !COURTESY.contains(&w))
            .then_some(at)
    }

    /// "submit report friday, remind me at 9": a moment, on the due day where only a time was said.
    fn own_reminder(&mut self, piece: &Piece) {
        let due = self
            .item
            .due
            .as_ref()
            .and_then(|d| d.date.or(d.at.map(jiff::civil::DateTime::date)))
            .or(self.item.deadline);
        let mut piece = piece.clone();
        let from = self.reminds(&piece).unwrap_or(piece.range.start);
        piece.day = piece.day.or(due);
        piece.time = piece.time.or(Some(self.context.settings.all_day_time));
        if let Some(at) = piece.moment(self.context).and_then(|m| m.instant) {
            self.past |= at < self.context.now.timestamp();
            self.item.reminders.push(Alert::At { at });
            self.take(&(from..piece.range.end), "reminders");
        }
    }

    /// The recurrence, with the day and the time that stand elsewhere: "12 march every year", "every sunday … at 3pm".
    fn recurs(&mut self, pieces: &mut Vec<Piece>) {
        let Some(mut recurring) = self.found.recurring.clone() else {
            return;
        };
        let loose = recurring.is_loose();
        let mut elsewhere = Vec::new();
        let day = pieces
            .iter()
            .position(|p| p.day.is_some() && p.role == Role::Due)
            .filter(|_| loose);
        if let Some(n) = day {
            recurring.start = pieces[n].day;
            elsewhere.push(pieces.remove(n));
        }
        let clock = pieces
            .iter()
            .position(|p| p.day.is_none() && p.time.is_some());
        elsewhere.extend(
            clock
                .filter(|_| recurring.rule.times.is_empty())
                .map(|n| pieces.remove(n)),
        );
        let time = elsewhere.iter().find_map(|p| p.time);
        let at = time.map(|t| (t.hour(), t.minute()));
        let Some((due, repeat)) = recurring.resolve(at, self.context) else {
            return;
        };
        // "repeat it every week" keeps the day that the task has.
        let kept = self.item.intent == Intent::UpdateTask
            && loose
            && elsewhere.is_empty()
            && recurring.rule.times.is_empty();
        self.item.due = Some(due).filter(|_| !kept);
        self.item.recurrence = Some(repeat);
        self.take(&recurring.range, "recurrence");
        for piece in elsewhere {
            self.take(&piece.range, "recurrence");
        }
    }

    fn dates(&mut self, pieces: &mut Vec<Piece>) {
        self.recurs(pieces);
        // "at 10 move the car on friday": a day and a time apart from each other.
        if self.item.due.is_none() && pieces.len() > 1 {
            let (a, b) = (&pieces[0], &pieces[1]);
            if a.day.is_none() && b.time.is_none() && a.role == Role::Due && b.role == Role::Due
                || b.day.is_none() && a.time.is_none() && a.role == Role::Due && b.role == Role::Due
            {
                let (day, clock) = if a.day.is_none() { (b, a) } else { (a, b) };
                let joined = Piece {
                    day: day.day,
                    ..clock.clone()
                };
                let other = day.range.clone();
                self.set(&joined);
                self.take(&other, "due");
                pieces.drain(..2);
            }
        }
        for piece in pieces.iter() {
            self.set(piece);
        }
    }

    fn set(&mut self, piece: &Piece) {
        let Some(moment) = piece.moment(self.context) else {
            return;
        };
        match (piece.role, &moment) {
            (
                Role::By,
                Moment {
                    date: Some(day), ..
                },
            ) if self.item.deadline.is_none() => {
                // "before friday" is thursday at the latest.
                let before = self
                    .found
                    .plain
                    .work
                    .get(piece.range.clone())
                    .is_some_and(|w| w.starts_with("before"));
                self.item.deadline = if before {
                    day.yesterday().ok()
                } else {
                    Some(*day)
                };
                self.take(&piece.range, "deadline");
            }
            (Role::Start, _) if self.item.start.is_none() => {
                self.past |= self.is_past(&moment);
                self.item.start = Some(moment);
                self.take(&piece.range, "start");
            }
            (Role::Due | Role::By, _) if self.item.due.is_none() => {
                self.past |= self.is_past(&moment);
                self.item.due = Some(moment);
                self.take(&piece.range, "due");
            }
            _ => {}
        }
    }

    fn is_past(&self, moment: &Moment) -> bool {
        let now = self.context.now.datetime();
        moment
            .at
            .is_some_and(|at| at < now && now.duration_since(at).as_secs() > 60)
            || moment.date.is_some_and(|day| day < now.date())
    }
}

/// The dates by which tasks are chosen, and those that are said of them: "move everything from today to tomorrow".
fn parted(pieces: &[Piece], wish: &Wish) -> (Vec<Piece>, Vec<Piece>) {
    if wish.intent != Intent::Reschedule {
        return (pieces.to_vec(), pieces.to_vec());
    }
    let all = wish.target.as_ref().is_some_and(|target| target.all);
    let inside = |range: &Range<usize>| {
        let within = |at: &Range<usize>| at.start <= range.start && range.end <= at.end;
        wish.target_at.as_ref().is_some_and(within)
    };
    let (mut chosen, mut said) = (Vec::new(), Vec::new());
    for piece in pieces {
        let mut day = Piece {
            role: Role::Due,
            ..piece.clone()
        };
        match (day.through.take(), inside(&piece.range)) {
            // Read as one span, which is where from and where to.
            (Some(to), false) if all && piece.time.is_none() => {
                said.push(Piece {
                    day: Some(to.date()),
                    ..day.clone()
                });
                chosen.push(day);
            }
            (_, true) => chosen.push(Piece {
                through: piece.through,
                ..day
            }),
            _ => said.push(piece.clone()),
        }
    }
    (chosen, said)
}

/// The dates by which tasks are chosen.
pub(super) fn asked_about(pieces: &[Piece], wish: &Wish) -> Vec<Piece> {
    parted(pieces, wish).0
}

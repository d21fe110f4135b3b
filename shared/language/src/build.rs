//! Fills an item from what was found.

use std::ops::Range;

use contract::interpret::{Alert, Intent, Interpretation, Item, Mode, Moment, Span, Target};

use crate::context::Context;
use crate::date::{Piece, Role};
use crate::decide;
use crate::intent::{self, Shape, Wish};
use crate::interpret::Findings;
use crate::remind;
use crate::text::trimmed;
use crate::title;

/// Fills an item from what was found.
pub(crate) struct Builder<'f, 't> {
    pub(crate) found: &'f Findings<'t>,
    pub(crate) context: &'f Context,
    pub(crate) item: Item,
    spans: Vec<(Range<usize>, &'static str)>,
    gone: Vec<Range<usize>>,
    pub(crate) past: bool,
}

impl<'f, 't> Builder<'f, 't> {
    pub(crate) fn new(found: &'f Findings<'t>, context: &'f Context, intent: Intent) -> Self {
        let item = Item {
            intent,
            ..Item::default()
        };
        Self {
            found,
            context,
            item,
            spans: Vec::new(),
            gone: Vec::new(),
            past: false,
        }
    }

    pub(crate) fn fill(&mut self, wish: &Wish, shape: &Shape) {
        self.signs();
        self.when();
        self.reminders(wish);
        self.item.list = self.item.list.take().or_else(|| wish.list.clone());
        self.item.shift.clone_from(&wish.shift);
        self.item.tags.extend(wish.tags.iter().cloned());
        self.snooze();
        self.item.target.clone_from(&wish.target);
        if let (Some(target), Some(at)) = (&mut self.item.target, &wish.target_at)
            && target.phrase.is_some()
        {
            let words = shape.whole.get(at.clone()).unwrap_or_default();
            let (from, to) = intent::core(words);
            let range = at.start + from..at.start + to;
            target.phrase = title::title(&self.found.plain, &range, &self.gone);
        }
        if let Some(at) = &wish.new_text {
            let words =
                Some(title::unquoted(self.found.plain.raw_of(at))).filter(|w| !w.is_empty());
            if matches!(wish.intent, Intent::Comment) || shape.text.contains("note") {
                self.item.text = words;
            } else {
                self.item.title = words;
            }
        }
        if matches!(
            wish.intent,
            Intent::CreateTask | Intent::CreateReminder | Intent::CreateList
        ) {
            self.item.title = wish
                .title
                .as_ref()
                .and_then(|range| title::title(&self.found.plain, range, &self.gone));
        }
        self.reminds_of_another();
        self.item.priority = self.item.priority.or(wish.priority);
        self.filter(wish, shape);
    }

    fn reminders(&mut self, wish: &Wish) {
        if !self.found.reminders.alerts.is_empty() {
            self.item
                .reminders
                .extend(self.found.reminders.alerts.iter().cloned());
            let spans = self.found.reminders.spans.clone();
            for range in &spans {
                self.take(range, "reminders");
            }
        }
        if wish.remind
            && self.item.reminders.is_empty()
            && wish.intent == Intent::CreateReminder
            && (self.item.due.is_some() || self.item.recurrence.is_some())
        {
            self.item.reminders.push(Alert::Offset {
                offset: "PT0S".to_owned(),
                of: "due".to_owned(),
            });
        }
    }

    /// What is asked for, or what "all" is all of.
    fn filter(&mut self, wish: &Wish, shape: &Shape) {
        if matches!(wish.intent, Intent::ListTasks | Intent::FindTask)
            || self.item.target.as_ref().is_some_and(|t| t.all)
        {
            let found = self.found;
            let about = self.item.target.as_ref().and_then(|t| t.phrase.as_deref());
            let list = self.item.list.as_deref();
            let asked = matches!(wish.intent, Intent::ListTasks | Intent::FindTask);
            // "mark all tasks as done": "done" is the verb, not the status.
            let words = wish
                .target_at
                .clone()
                .filter(|_| !asked)
                .and_then(|r| shape.whole.get(r))
                .unwrap_or(if asked { shape.text } else { "" });
            self.item.filter = Some(crate::filter_words::filter(
                words,
                &found.plain.work,
                &found.pieces,
                &found.signs,
                list,
                about,
                self.context,
            ));
        }
    }

    /// "snooze it for 10 minutes": until ten minutes from now.
    fn snooze(&mut self) {
        if self.item.intent != Intent::SnoozeReminder || self.item.due.is_some() {
            return;
        }
        let by = self
            .item
            .shift
            .as_deref()
            .and_then(|by| by.parse::<jiff::Span>().ok());
        let Some(until) = by.and_then(|by| self.context.now.checked_add(by).ok()) else {
            return;
        };
        let at = until.datetime();
        self.item.due = Some(Moment {
            date: None,
            at: Some(at),
            time_zone: until.time_zone().iana_name().map(str::to_owned),
            instant: Some(until.timestamp()),
            grain: contract::interpret::Grain::Minute,
            through: None,
        });
        self.item.shift = None;
    }

    /// "remind me 15 minutes before call mom" is about a task that is there.
    fn reminds_of_another(&mut self) {
        let makes = matches!(
            self.item.intent,
            Intent::CreateTask | Intent::CreateReminder
        );
        let item = &self.item;
        let undated = item.due.is_none() && item.deadline.is_none() && item.recurrence.is_none();
        if self.context.mode == Mode::Talk
            && makes
            && undated
            && !item.reminders.is_empty()
            && item.title.is_some()
        {
            self.item.intent = Intent::UpdateTask;
            let phrase = self.item.title.take();
            self.item.target = Some(Target {
                phrase,
                ..Target::default()
            });
        }
    }

    fn take(&mut self, range: &Range<usize>, is: &'static str) {
        self.spans
            .push((trimmed(&self.found.plain.work, range.clone()), is));
        self.gone.push(range.clone());
    }

    fn signs(&mut self) {
        let signs = &self.found.signs;
        self.item.tags.clone_from(&signs.tags);
        self.item.list.clone_from(&signs.list);
        self.item.assignee.clone_from(&signs.person);
        self.item.priority = signs.priority;
        self.item.estimate.clone_from(&signs.estimate);
        for (range, is) in &signs.spans {
            self.take(range, is);
        }
    }

    /// Due, start, deadline and recurrence.
    fn when(&mut self) {
        let (own, mut pieces): (Vec<Piece>, Vec<Piece>) = self
            .found
            .pieces
            .iter()
            .cloned()
            .partition(|p| self.reminds(p).is_some());
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

    fn dates(&mut self, pieces: &mut Vec<Piece>) {
        if let Some(recurring) = &self.found.recurring {
            // "every sunday … at 3pm": the time may stand elsewhere.
            let clock = pieces
                .iter()
                .position(|p| p.day.is_none() && p.time.is_some())
                .filter(|_| recurring.rule.times.is_empty());
            let time = clock.map(|n| pieces.remove(n));
            let at = time
                .as_ref()
                .and_then(|p| p.time)
                .map(|t| (t.hour(), t.minute()));
            if let Some((due, repeat)) = recurring.resolve(at, self.context) {
                self.item.due = Some(due);
                self.item.recurrence = Some(repeat);
                self.take(&recurring.range, "recurrence");
                if let Some(piece) = time {
                    self.take(&piece.range, "recurrence");
                }
            }
        }
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

    pub(crate) fn finish(mut self, wish: &Wish) -> Interpretation {
        let found = self.found;
        let mut spans: Vec<(Range<usize>, &'static str)> = std::mem::take(&mut self.spans);
        spans.extend(found.guarded.literal.iter().map(|r| (r.clone(), "literal")));
        spans.retain(|(r, _)| r.start < r.end);
        spans.sort_by_key(|(r, _)| (r.start, r.end));
        let spans = spans
            .into_iter()
            .map(|(range, is)| {
                let (from, to) = found.plain.utf16(&range);
                Span {
                    from,
                    to,
                    is: is.to_owned(),
                    item: 0,
                }
            })
            .collect();
        let verdict = decide::decide(wish, &self);
        Interpretation {
            decision: verdict.decision,
            confidence: (verdict.confidence * 100.0).round() / 100.0,
            question: verdict.question,
            language: "en".to_owned(),
            problems: verdict.problems,
            items: vec![self.item],
            alternatives: verdict.alternatives,
            spans,
        }
    }
}

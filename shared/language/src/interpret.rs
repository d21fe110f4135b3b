//! Puts together what the readers found: one interpretation of one text.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use contract::interpret::{
    Alert, Decision, Intent, Interpretation, Item, Mode, Moment, Span, Trouble,
};

use crate::context::Context;
use crate::date::{self, Piece, Role};
use crate::decide;
use crate::guard::{self, Guarded};
use crate::intent::{self, Shape, Wish};
use crate::remind::{self, Reminders};
use crate::repeat::{self, Recurring};
use crate::sigil::{self, Signs};
use crate::text::{Text, trimmed};
use crate::title;

/// Characters that are read for dates and wishes; chat may be longer, quick add may not.
const READ: usize = 500;
/// Characters of one message in chat.
const TALK: usize = 10_000;

/// Says what a line of text would do. Nothing is done, and no text makes it panic.
pub fn interpret(text: &str, context: &Context) -> Interpretation {
    let length = text.chars().count();
    let limit = if context.mode == Mode::Add {
        READ
    } else {
        TALK
    };
    if length > limit {
        return too_long(limit);
    }
    let end = text
        .char_indices()
        .nth(READ)
        .map_or(text.len(), |(at, _)| at);
    let part = text.get(..end).unwrap_or(text);
    let mut answer =
        catch_unwind(AssertUnwindSafe(|| read(part, context))).unwrap_or_else(|_| nothing());
    if part.len() < text.len() && answer.decision != Decision::Ignore {
        answer.decision = Decision::Ask;
        answer.confidence = answer.confidence.min(0.5);
        answer.question.get_or_insert_with(|| {
            "That is long: I read only its beginning. Is this what you meant?".to_owned()
        });
    }
    answer
}

/// An answer that does nothing.
pub(crate) fn nothing() -> Interpretation {
    Interpretation {
        decision: Decision::Ignore,
        confidence: 0.0,
        question: None,
        language: "en".to_owned(),
        problems: Vec::new(),
        items: vec![Item::default()],
        alternatives: Vec::new(),
        spans: Vec::new(),
    }
}

fn too_long(limit: usize) -> Interpretation {
    let detail = format!("Write at most {limit} characters at once.");
    Interpretation {
        problems: vec![Trouble {
            code: "limit_exceeded".to_owned(),
            detail,
            from: None,
            to: None,
        }],
        ..nothing()
    }
}

/// All that was found in a text, before it is known what is wanted.
pub(crate) struct Findings<'t> {
    /// Covered only where the person said so.
    pub(crate) plain: Text<'t>,
    pub(crate) guarded: Guarded,
    pub(crate) signs: Signs,
    pub(crate) reminders: Reminders,
    pub(crate) recurring: Option<Recurring>,
    pub(crate) pieces: Vec<Piece>,
}

impl<'t> Findings<'t> {
    fn new(raw: &'t str, context: &Context) -> Self {
        let mut text = Text::new(raw);
        let mut guarded = Guarded::default();
        guard::literal(&mut text, &context.literal, &mut guarded);
        let plain = text.clone();
        guard::lookalikes(&mut text, &mut guarded);
        let signs = sigil::read(&mut text);
        let reminders = remind::read(&mut text);
        let recurring = repeat::find(&text, context);
        if let Some(found) = &recurring {
            text.cover(&found.range);
        }
        // "make it an hour later" moves by an hour; it is no moment.
        let core = intent::stripped(&plain.work);
        let shifts =
            context.mode == Mode::Talk && intent::shifts(plain.work.get(core).unwrap_or_default());
        let pieces = if shifts {
            Vec::new()
        } else {
            date::find(&text, context)
        };
        Self {
            plain,
            guarded,
            signs,
            reminders,
            recurring,
            pieces,
        }
    }

    /// The text for the grammar: dates as `~`, literal words and signs as `|`.
    fn shape(&self) -> String {
        let mut shape = self.plain.work.clone().into_bytes();
        let mut fill = |range: &Range<usize>, with: u8| {
            if let Some(part) = shape.get_mut(range.clone()) {
                part.fill(with);
            }
        };
        self.signs
            .spans
            .iter()
            .for_each(|(range, is)| fill(range, if *is == "priority" { b'|' } else { b' ' }));
        self.reminders
            .spans
            .iter()
            .for_each(|range| fill(range, b' '));
        self.recurring
            .iter()
            .for_each(|found| fill(&found.range, b'~'));
        self.pieces
            .iter()
            .for_each(|piece| fill(&piece.range, b'~'));
        String::from_utf8(shape).unwrap_or_else(|_| self.plain.work.clone())
    }
}

fn read(raw: &str, context: &Context) -> Interpretation {
    let found = Findings::new(raw, context);
    let whole = found.shape();
    let core = intent::stripped(&whole);
    let shape = Shape {
        text: whole.get(core.clone()).unwrap_or_default(),
        from: core.start,
        whole: &whole,
        dated: !found.pieces.is_empty(),
        recurring: found.recurring.is_some(),
        reminders: !found.reminders.alerts.is_empty(),
        signs: !found.signs.spans.is_empty(),
        priority: found.signs.priority.is_some(),
    };
    let wish = match context.mode {
        Mode::Talk => intent::read(&shape),
        Mode::Add => intent::add(&shape),
    };
    let mut build = Builder {
        found: &found,
        context,
        item: Item {
            intent: wish.intent,
            ..Item::default()
        },
        spans: Vec::new(),
        gone: Vec::new(),
        past: false,
    };
    build.fill(&wish, &shape);
    build.finish(&wish)
}

/// Fills an item from what was found.
pub(crate) struct Builder<'f, 't> {
    pub(crate) found: &'f Findings<'t>,
    pub(crate) context: &'f Context,
    pub(crate) item: Item,
    spans: Vec<(Range<usize>, &'static str)>,
    gone: Vec<Range<usize>>,
    pub(crate) past: bool,
}

impl Builder<'_, '_> {
    fn fill(&mut self, wish: &Wish, shape: &Shape) {
        self.signs();
        self.when();
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
        self.item.list = self.item.list.take().or_else(|| wish.list.clone());
        self.item.shift.clone_from(&wish.shift);
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
        self.item.priority = self.item.priority.or(wish.priority);
        if matches!(wish.intent, Intent::ListTasks | Intent::FindTask)
            || self.item.target.as_ref().is_some_and(|t| t.all)
        {
            let found = self.found;
            let about = self.item.target.as_ref().and_then(|t| t.phrase.as_deref());
            let list = self.item.list.as_deref();
            self.item.filter = Some(crate::filter_words::filter(
                shape.text,
                &found.pieces,
                &found.signs,
                list,
                about,
                self.context,
            ));
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
        before
            .get(..at)
            .is_some_and(|b| b.contains(|c: char| c.is_alphanumeric()))
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
                self.item.deadline = Some(*day);
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

    fn finish(mut self, wish: &Wish) -> Interpretation {
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

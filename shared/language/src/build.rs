//! Fills an item from what was found.

mod when;

use std::ops::Range;

use contract::interpret::{Alert, Intent, Interpretation, Item, Mode, Moment, Span, Target};

use crate::context::Context;
use crate::decide;
use crate::intent::{self, Shape, Wish};
use crate::interpret::Findings;
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
        self.when(wish);
        self.reminders(wish);
        let named = wish.list.as_deref();
        let named = named.map(|list| self.found.plain.as_written(list));
        self.item.list = self.item.list.take().or(named);
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
        self.item.clear.clone_from(&wish.clear);
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
            let pieces = when::asked_about(&found.pieces, wish);
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
                &pieces,
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
            time_only: false,
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

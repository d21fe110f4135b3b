//! Puts together what the readers found: one interpretation of one text.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use contract::interpret::{Decision, Interpretation, Item, Mode, Trouble};

use crate::build::Builder;
use crate::context::Context;
use crate::date::{self, Piece};
use crate::guard::{self, Guarded};
use crate::intent::{self, Shape};
use crate::remind::{self, Reminders};
use crate::repeat::{self, Recurring};
use crate::sigil::{self, Signs};
use crate::text::Text;

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
    let mut build = Builder::new(&found, context, wish.intent);
    build.fill(&wish, &shape);
    build.finish(&wish)
}

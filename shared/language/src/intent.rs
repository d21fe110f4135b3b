//! What a person wants: a grammar of what people say to a task manager, and how sure each sentence of it is.
//!
//! It reads the *shape* of a text: lower case, dates and recurrences as `~`, what is literal as `|`.

mod ask;
mod change;
mod clear;
mod delete;
mod make;
pub(crate) mod ours;
mod point;

use std::ops::Range;

use contract::interpret::{Intent, Target};
use regex::Captures;

use crate::pattern::{Pattern, patterns};

patterns! {
    POLITE = r#"^(?:[\s,.!"]+|~[\s,]+(?:please )?(?:i (?:need|want) )?|i wanna\b|(?:please|plz|pls|hey|hi|hello|ok|okay|olly|so|and|also|then|kindly|just|now|well|alexa|siri|google|cortana|errand|assistant|oh|actually|no wait|no sorry|wait no|sorry|oops|rather)\b|(?:no|nope|wait),|(?:(?:no|nope)[\s,]+)?i (?:mean|meant)\b|(?:can|could|would|will) you\b|(?:can|could|may) (?:i|we)\b(?: ask you to)?|(?:i'd|i would|id) (?:really )?(?:like|love|want|prefer)(?: for)?(?: you)? to\b|i (?:want|need|wish)(?: for)? you to\b|i (?:really )?(?:want|wish) to\b|(?:be|make) sure (?:to|and)\b|you (?:can|should|could|may|need to|have to)\b|be willing to\b|(?:i|we) (?:need|have|got) to (?:add|put|create|make|set|delete|remove|clear|cancel|take|see|view|check|know|schedule|erase)\b|may i suggest (?:we|you)\b|(?:my )?(?:calendar|tasks?|reminders?|(?:[\w-]+ )?list):? (?:add|put|create|set)\b|help me (?:to )?(?:add|put|create|make|set|delete|remove|clear|find|see)\b|help (?:to|me) (?:remove|add)\b|go ahead and\b|do me a favou?r and\b|i would appreciate if you\b)"#;
    TAIL = r"(?:[\s,.!?;]|\bplease\b|\bthanks\b|\bthank you\b|\bfor me\b|\bright now\b|\bif you can\b|\bwill you\b|\bok\b)+$";
    COMMAND_IN_POLITE = r"^(?:i|we|help|my|calendar|tasks?|reminders?|[\w-]+ list|list)\b.* (add|put|create|make|set|delete|remove|clear|cancel|take|see|view|check|know|schedule|erase|find)$";
}

/// What was understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wish {
    pub(crate) intent: Intent,
    /// Probability that this is what was meant.
    pub(crate) sure: f64,
    /// Where the title is, in the text.
    pub(crate) title: Option<Range<usize>>,
    pub(crate) target: Option<Target>,
    /// Where the target is, in the text.
    pub(crate) target_at: Option<Range<usize>>,
    pub(crate) list: Option<String>,
    pub(crate) tags: Vec<String>,
    /// A whole list is meant by its name.
    pub(crate) new_text: Option<Range<usize>>,
    /// "an hour later": ISO 8601.
    pub(crate) shift: Option<String>,
    pub(crate) priority: Option<contract::interpret::Priority>,
    /// Fields that are to be emptied.
    pub(crate) clear: Vec<contract::interpret::Emptied>,
    /// "remind me to …": told at the due time.
    pub(crate) remind: bool,
}

impl Wish {
    pub(crate) fn new(intent: Intent, sure: f64) -> Self {
        Self {
            intent,
            sure,
            ..Self::default()
        }
    }

    /// About what was spoken of last.
    pub(crate) fn of_the_last(intent: Intent, sure: f64) -> Self {
        let target = Target {
            last: true,
            ..Target::default()
        };
        Self {
            target: Some(target),
            ..Self::new(intent, sure)
        }
    }
}

/// The text as the grammar reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape<'t> {
    /// Without courtesies at both ends.
    pub(crate) text: &'t str,
    /// Where `text` begins in the whole.
    pub(crate) from: usize,
    /// The whole.
    pub(crate) whole: &'t str,
    pub(crate) dated: bool,
    pub(crate) recurring: bool,
    pub(crate) reminders: bool,
    pub(crate) signs: bool,
    pub(crate) priority: bool,
}

impl<'t> Shape<'t> {
    /// Matches from the first word on.
    pub(crate) fn is(&self, pattern: &Pattern) -> Option<Captures<'t>> {
        pattern.captures(self.text)
    }

    pub(crate) fn has(&self, pattern: &Pattern) -> bool {
        pattern.is_match(self.text)
    }

    /// Where a named group lies in the whole.
    pub(crate) fn at(&self, found: &Captures, name: &str) -> Option<Range<usize>> {
        found
            .name(name)
            .map(|m| self.from + m.start()..self.from + m.end())
    }
}

/// The text without courtesies: where it begins and ends.
pub(crate) fn stripped(whole: &str) -> Range<usize> {
    let mut from = 0;
    for _ in 0..12 {
        let rest = whole.get(from..).unwrap_or_default();
        let Some(found) = POLITE.find(rest) else {
            break;
        };
        // "i need to add": the verb stays.
        let verb = COMMAND_IN_POLITE
            .captures(found.as_str())
            .and_then(|c| c.get(1))
            .map_or(found.end(), |m| m.start());
        if verb == 0 {
            break;
        }
        from += verb;
        if verb < found.end() {
            break;
        }
    }
    let to = TAIL.find(whole).map_or(whole.len(), |m| m.start());
    if from >= to { 0..whole.len() } else { from..to }
}

/// Reads what is wanted.
pub(crate) fn read(shape: &Shape) -> Wish {
    let readers: [fn(&Shape) -> Option<Wish>; 4] = [ask::meta, change::read, ask::read, make::read];
    readers
        .iter()
        .find_map(|read| read(shape))
        .unwrap_or_default()
}

/// Whether the sentence moves something by a distance: "make it an hour later".
pub(crate) fn shifts(text: &str) -> bool {
    change::shifts(text)
}

/// Builds the patterns ahead of the first use.
pub(crate) fn warm_all() {
    warm();
    ask::warm();
    change::warm();
    clear::warm();
    delete::warm();
    point::warm();
    make::warm();
    ours::warm();
}

/// Quick add: whatever is written becomes a task.
pub(crate) fn add(shape: &Shape) -> Wish {
    let mut wish = make::added(shape);
    wish.sure = 0.9;
    wish
}

/// Which of what was shown a short answer means: "the second one" is 2, "the last" -1.
pub fn choice(text: &str) -> Option<i32> {
    point::choice(text)
}

/// Where the words that name a target lie within it.
pub(crate) fn core(words: &str) -> (usize, usize) {
    point::core(words)
}

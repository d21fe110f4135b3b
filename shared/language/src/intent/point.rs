//! What a sentence points at: "the walk dog task", "it", "all", "the second one".

use contract::interpret::Target;

use crate::number;
use crate::pattern::patterns;

patterns! {
    ALL = r"\b(?:tasks|to-?dos|items|events|meetings|reminders|alarms|appointments)$|^(?:all|everything|every|both)\b|\b(?:all|everything|whole|entire|every)\b|^(?:my|the) (?:calendar|schedule|agenda|to-?do list|to do list)$";
    EVERYTHING = r"^(?:all|everything|all of (?:it|them|these|those)|them all)$";
    LABELLED = r"\b(?:tagged|labell?ed|with the tag) [\w-]+$";
    IT = r"^(?:its?|that|this|the|that one|this one|them|those|these|the last one|the (?:task|reminder|one)|(?:this|that|the) (?:task|item|reminder|event|alarm)|what i just .*)$";
    NTH = r"^(?:the )?(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|\d{1,2}(?:st|nd|rd|th))(?:$| (?:one|task|item|to-?do|reminder|alarm|row|line|event|meeting|list)?\b)";
    CHOICE = r"^(?:the |number |no\.? ?|# ?)*(first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|last|one|two|three|four|five|\d{1,2})(?:st|nd|rd|th)?(?: (?:one|task|item))?[\s.!]*$";
    DATED = r"\s*(?:\b(?:for|on|at|until|till|to|of|in|by|from|due)\s+)?~(?:'s\b)?\s*|\b(?:today|tomorrow|tonight|yesterday)'s\b\s*";
    ALL_ONLY = r"^(?:all|everything|every|the|my|of|tasks?|to-?dos?|items?|lists?|calendar|schedule|meetings?|events?|reminders?|alarms?|whole|entire|scheduled|completed|done|finished|overdue|open|upcoming|alarms|appointments|chores|errands|for|on|in|from|off|of|due|(?:tagged|labell?ed|with the tag) [\w-]+| )+$";
    TRIM_FRONT = r"^(?:(?:the|my|our|a|an|this|that|all|of|for|item|called|named|titled|labeled|entry|lists?|tasks?|to-?dos?|to do|reminders?|item) )+(?:(?:to|that|for|of|about|on|from|called|named|:) )?";
    TRIM_BACK = r"\s+(?:lists?|(?:from|off|off of|on|in|of|out of|to) (?:(?:the|my|our|this) )?(?:[\w'-]+ ){0,3}(?:lists?|calendar|schedule|agenda|to-?dos?|tasks?|groceries|reminders?)|(?:as )?(?:an? )?(?:tasks?|to-?dos?|items?|reminders?|events?|entry)|due(?: date)?|please|now|from|on|in|for|off|at)$";
    PRONOUN = r"^(?:my|your|his|her|our|their|the|own|user)$";
}

/// "the walk dog task" → "walk dog"; "it", "all", "the second one".
pub(crate) fn target(words: &str) -> Target {
    let words = words.trim_matches([' ', ',', '.', '!', '?', ':']);
    if IT.is_match(words) {
        return Target {
            last: true,
            ..Target::default()
        };
    }
    let nth = NTH
        .captures(words)
        .and_then(|c| match crate::pattern::words(&c, 1) {
            "last" => Some(-1),
            word => number::ordinal(word).map(|n| n as i32),
        });
    let all = ALL.is_match(words);
    let (from, to) = core(words);
    let phrase = words
        .get(from..to)
        .map(str::to_owned)
        .filter(|p| !(p.is_empty() || all && ALL_ONLY.is_match(p)));
    Target {
        phrase: if nth.is_some() { None } else { phrase },
        last: false,
        all,
        nth,
    }
}

/// "The second one", "2": a place among what was shown, from 1; -1 is the last.
pub(crate) fn choice(text: &str) -> Option<i32> {
    let text = text.trim().to_lowercase();
    let found = CHOICE.captures(&text)?;
    match crate::pattern::words(&found, 1) {
        "last" => Some(-1),
        word => number::ordinal(word).or_else(|| number::cardinal(word)),
    }
    .and_then(|n| i32::try_from(n).ok())
}

/// Where the words that name it lie within a target.
pub(crate) fn core(words: &str) -> (usize, usize) {
    let from = TRIM_FRONT.find(words).map_or(0, |m| m.end());
    let mut to = words.len();
    for _ in 0..3 {
        match words.get(from..to).and_then(|w| TRIM_BACK.find(w)) {
            Some(found) => to = from + found.start(),
            None => break,
        }
    }
    if from >= to {
        (0, words.len())
    } else {
        (from, to)
    }
}

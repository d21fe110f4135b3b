//! Sentences that make something: tasks, reminders, lists.

use std::ops::Range;

use contract::interpret::Intent;
use regex::Captures;

use super::ours::{self, CALENDAR, CHORE, LIST, REMINDER, TASK};
use super::point::IT;
use super::{Shape, Wish};
use crate::pattern::patterns;

patterns! {
    REMIND_TO = r"^(?:~ )?(?:(?:i (?:need|want) you to |be sure to )?(?:remind|notify|alert|ping|nudge|tell) (?:me|us)|don't let me forget|(?:i )?don't want to forget|set (?:me )?(?:a|an|the)? ?(?:reminder|alarm|alert)|(?:create|make|add|put|give me|send me|i need|i want|need|schedule)(?: me)? (?:a |an |another )?(?:new )?(?:reminder|alarm|alert))(?: (?:set|made))?(?: up)?\s*~?\s*(?:to|about|of|that|for(?: me)?(?: to)?|on|:|-)?\s*~?\s*(?:to |that i (?:need|have) to |that )?(?P<x>.*)$";
    REMIND = r"\b(?:remind (?:me|us|about)|reminders? (?:to|for|about|me)|wake (?:me|us)|wake up|notify me|alert me|ping me|nudge me|don't let me forget|don't want to forget|be notified|be reminded|a reminder)\b";
    REMIND_START = r"^(?:remind|repeat reminder|repeat my|wake|notify|alert|don't let me forget|tell me to|let me know (?:of|when|before|if)|(?:send|give) me (?:a |an )?(?:notice|notification|reminder|heads[ -]?up|nudge|shout|alert|buzz)|inform me|buzz me|ring me at|help me remember|i need help remembering|sound)\b";
    SET_REMINDER = r"\b(?:set|create|make|add|have|need|want|get|put|schedule|turn on|start|sound|give|confirm|change|request|setup|like)\b.*\b(?:reminders?|alarms?|alerts?|wake ?-?up calls?|notifications?|notice)\b";
    WAKE = r"\b(?:wake (?:me|us)(?: up)?|i need to (?:be )?up by|need to (?:get )?up (?:by|at))\b";
    NEW_LIST = r"^(?:add|create|make(?: me)?|begin|start(?: me)?|new|generate|prepare|produce|set up|build|open|show|write|compile|put together|i (?:need|want|have) (?:to (?:make|have|create|start) )?|need|fresh|edit|have|want to have|can you create)?\s*(?:me )?(?:(?:a|an|the|another|my|fresh|new|blank|empty|packing|shopping|grocery|to-?do|to do|[\w-]+) ){0,4}(?:list|lists|checklist|register|catalogue|playlist)\b(?:\s*(?P<x>(?:of|for|about|called|named|titled|to|in|by|by ~)\b.*))?$";
    CALLED = r"\b(?:called|named|titled)\b";
    LIST_NAME = r"(?:list|checklist) (?:called|named|titled|of|for|about) (?P<x>.+)$|(?:create|make|new|start|begin|add|prepare)(?: me)?(?: a| an| the| my| new)* (?P<y>[\w' -]+?) (?:list|checklist)$";
    ADD_TO = r"^(?:add|put|insert|include|append|place|throw|write|note|log|enter|jot|re ?add|stick|get|list|save|record|mark|tack|toss|pop|squeeze|remember to put|remember to add)(?: down| on| in)? (?P<x>.+?) (?:to|on|onto|in|into|at|for|down (?:on|in)|of) (?:(?:the|my|our|this|that|those|a) )?(?P<l>.*?(?:lists?|lisr|to-?dos?|to do|calendar|schedule|agenda|tasks|groceries|notes?|card|inbox|there|todos list))\b.*$";
    ADD_ON = r"^(?:add|put|insert|include|append|place|write|note)(?: down)? (?:to|on|onto|in|into) (?:(?:the|my|our|this|that) )?(?P<l>.*?(?:lists?|to-?dos?|to do|calendar|schedule|agenda|tasks|groceries))(?: list)?:? (?P<x>.+)$";
    UPDATE_WITH = r"^update (?:the |my |our )?(?P<l>.*?(?:list|calendar|schedule|agenda)) with (?P<x>.+)$";
    ON_LIST = r"^(?:on|to|in) (?:(?:the|my|our) )?(?P<l>.*?lists?),? (?:please )?(?:add|put|include|insert) (?P<x>.+)$";
    NEEDS_LIST = r"\b(?:need|want|needs|like|add(?:ed)?|put|include[sd]?|insert|have|should|should be|should have)\b.*\b(?:list|lisr|groceries|calendar|schedule|agenda)\b|\b(?:list|calendar|schedule)\b.*\b(?:should (?:have|include)|needs)\b";
    TASK_TO = r"^(?:add|create|make|new|set up|start|insert|open|append|enter|log|write|put|give me|i (?:need|want|have))?(?: me)?(?: (?:a|an|another|the|new|some|one|my))*\s*(?:task|to-?do|to do|to-?do item|item|errand|chore|shopping item)(?: item| list)?(?:\s*(?:to|for|of|called|named|titled|about|that says|that|saying|:|-)\s+)+(?P<x>.+)$|^(?:add|create|make|new)(?: (?:a|an|another|the|new))* (?:task|to-?do|to do)(?: item)?:?\s+(?P<y>.+)$|^(?:task|todo|to-do|note(?: to (?:self|myself))?)\s*[:-]\s*(?P<z>.+)$";
    SOMEBODYS = r"^(?P<who>(?:add|create|make) (?:a|an|the) (?:task|to-?do) for \w+ to )";
    IF_NOT = r"\bif (?:it'?s |they'?re |it is )?not\b.*\b(?:add|put)\b|\b(?:add|put) (?:it|them|that)\b";
    DUTY = r"^(?:(?:i|we) (?:need to|have to|have got to|must|should|gotta|ought to|got to)|need to|gotta|have to|don't|do not|remember|make sure)\b";
    NEED_TO = r"^(?:(?:i|we) (?:need|have|want|must|should|gotta|ought|got)(?: got)?(?: to)?|need to|gotta|have to|don't (?:let me )?forget(?: to)?|do not forget(?: to)?|(?:i )?(?:shouldn't|should not|can't|mustn't|must not|cannot) forget(?: to)?|keep in mind(?: that)?(?: i (?:have|need))?(?: to)?|note that|remember(?: to)?|make sure (?:to|i|we)) (?P<x>.+)$";
    FORGET_NOT = r"^(?:i )?(?:don't|do not|shouldn't|should not|can't|mustn't|must not|cannot) forget\b|^remember\b";
    ADD = r"^(?:add|create|note|jot down|write down|append|insert|include|put|re ?add|new)\b:? (?P<x>.+)$";
    MEETING = r"^(?:schedule|plan|book|arrange|organi[sz]e|set up|set|make|create|add|put|mark|save|enter|block|new|have|i have|we have|insert|setup)\b.*\b(?:calendar|schedule|agenda|appoint(?:ment)?|meeting|event|lunch|dinner|breakfast|party|date|call|birthday|wedding|class|practice|dentist|doctor|visit|interview|conference|game|day)\b";
    MEETING_BARE = r"^(?:(?:a|the|my|new|team|lunch|dinner|staff|client) )*(?:meeting|appointment|lunch|dinner|breakfast|brunch|party|birthday|interview|conference|call|dentist|doctor|event|reminder|alarm|standup)\b";
    SCHEDULE = r"^(?:schedule|plan)\b (?P<x>.+)$";
    FOR_ME = r"^\w+(?: up| out)? (?:me|us)\b";
    ASKED = r"^(?:hey |hi |please |olly |so |and )*(?:can|could|would|will) (?:you|i|we)\b|^(?:please )|^(?:i|we) (?:really )?(?:want|wish|would)\b|^i'd\b|\b(?:you|your|you've|you're|ur)\b";
    /// Up to six words that are no question and no request.
    NOTE = r"^(?:[\w'&-]+ ){1,6}~\s*$";
    SENTENCE = r"^(?:i|i'm|im|we|you|he|she|it|they|there|look|find|tell|show|search|play|turn|give|let)\b|\b(?:is|are|was|were|am|has)\b";
    LIST_WORD = r"\b(?:to|on|onto|in|into|from|off|off of|for|of) (?:(?:the|my|our|this|that|a) )?(?P<l>(?:[\w'-]+ ){1,3}?)lists?\b";
    LIST_CALLED = r"\b(?:to|in|on|into) (?:(?:the|my|our) )?list (?:called |named )?(?P<l>[\w'-]+)";
    QUESTION = r"^(?:what|which|when|where|who|whose|whom|why|how|is|are|am|do (?:i|we|you|they|the|my|any)|does|did|was|were|has|have you|can|could|would|should i|tell me|show|give|explain|define|describe)\b|\?\s*$";
}

/// The list that is named: "to my shopping list" → "shopping".
pub(crate) fn named_list(shape: &Shape) -> Option<String> {
    const GENERIC: [&str; 24] = [
        "to do", "todo", "to-do", "todos", "task", "tasks", "to", "do", "the", "my", "this",
        "that", "of", "chores", "chore", "your", "same", "whole", "to dos", "a", "for", "please",
        "with", "and",
    ];
    [&LIST_WORD, &LIST_CALLED].iter().find_map(|pattern| {
        let found = pattern.captures(shape.whole)?;
        let name = found.name("l")?.as_str().trim();
        let name = name
            .strip_prefix("my ")
            .or(name.strip_prefix("the "))
            .unwrap_or(name);
        (!name.is_empty() && !GENERIC.contains(&name) && !name.contains(['~', '|']))
            .then(|| name.to_owned())
    })
}

/// Tasks, reminders, lists.
pub(crate) fn read(shape: &Shape) -> Option<Wish> {
    let mut wish = reminder(shape)
        .or_else(|| list(shape))
        .or_else(|| task(shape))
        .or_else(|| bare(shape))?;
    wish.list = wish.list.or_else(|| named_list(shape));
    Some(wish)
}

fn reminder(shape: &Shape) -> Option<Wish> {
    let leads = shape.has(&REMIND_START) || shape.has(&WAKE);
    let set = shape.has(&SET_REMINDER);
    if !leads && !set && !shape.has(&REMIND) {
        return None;
    }
    let asks = shape.has(&QUESTION) && !leads && !set;
    let elsewhere = shape.text.starts_with("notify me of") || shape.text.contains("if my ");
    let mut wish = Wish::new(
        Intent::CreateReminder,
        if asks || elsewhere { 0.4 } else { 0.9 },
    );
    wish.remind = true;
    if let Some(found) = shape.is(&REMIND_TO) {
        wish.title = shape.at(&found, "x").filter(|r| !r.is_empty());
    } else if shape.has(&WAKE) {
        wish.title = None;
    } else {
        wish.title = Some(shape.from..shape.from + shape.text.len());
    }
    Some(wish)
}

fn list(shape: &Shape) -> Option<Wish> {
    if shape.has(&ADD_TO) && !shape.text.contains("new list") && !shape.text.contains("a list")
        || shape.has(&ADD_ON)
    {
        return None;
    }
    shape.is(&NEW_LIST)?;
    let verb = shape.text.split(' ').next().unwrap_or_default();
    let command = matches!(
        verb,
        "add"
            | "create"
            | "make"
            | "begin"
            | "start"
            | "new"
            | "generate"
            | "prepare"
            | "produce"
            | "set"
            | "build"
            | "fresh"
    );
    // A list of universities is knowledge, not a list of ours.
    let about = shape
        .is(&NEW_LIST)
        .and_then(|c| c.name("x").map(|m| m.as_str().len()))
        .unwrap_or(0);
    let named = shape
        .is(&LIST_NAME)
        .and_then(|c| c.name("y").map(|m| m.as_str().split(' ').count()))
        .unwrap_or(0);
    let sure = if !command || ours::elsewhere(shape) {
        0.4
    } else if about > 28 {
        0.45
    } else if about > 0 && !shape.has(&CALLED) || named > 1 {
        0.55
    } else {
        0.85
    };
    let mut wish = Wish::new(Intent::CreateList, sure);
    if let Some(found) = shape.is(&LIST_NAME) {
        wish.title = shape.at(&found, "x").or_else(|| shape.at(&found, "y"));
    }
    Some(wish)
}

fn titled(sure: f64, title: Option<Range<usize>>) -> Wish {
    let mut wish = Wish::new(Intent::CreateTask, sure);
    wish.title = title;
    wish
}

fn task(shape: &Shape) -> Option<Wish> {
    let made = |sure, title| Some(titled(sure, title));
    if let Some(found) = shape.is(&TASK_TO) {
        return made(
            0.94,
            shape
                .at(&found, "x")
                .or_else(|| shape.at(&found, "y"))
                .or_else(|| shape.at(&found, "z")),
        );
    }
    for pattern in [&ON_LIST, &ADD_ON, &ADD_TO, &UPDATE_WITH] {
        if let Some(found) = shape.is(pattern) {
            let list = found.name("l").map_or("", |m| m.as_str());
            let ours = LIST.is_match(list) || TASK.is_match(list) || CALENDAR.is_match(list);
            let song = ours::music(shape);
            // "put it on the shopping list" moves what was spoken of.
            let it = |x: &str| IT.is_match(x) && !x.starts_with("the ");
            if ours && !song && found.name("x").is_some_and(|x| it(x.as_str())) {
                return Some(Wish::of_the_last(Intent::UpdateTask, 0.85));
            }
            let sure = if song {
                0.3
            } else if ours {
                0.92
            } else {
                0.6
            };
            let mut wish = titled(sure, shape.at(&found, "x"));
            // The one list that people name without the word.
            wish.list = (list == "groceries").then(|| list.to_owned());
            return Some(wish);
        }
    }
    if shape.has(&IF_NOT) && (shape.has(&LIST) || shape.has(&CALENDAR)) {
        return made(0.5, None);
    }
    if shape.has(&NEEDS_LIST) {
        return made(if shape.has(&QUESTION) { 0.4 } else { 0.62 }, None);
    }
    // "add call mom tomorrow" is no call in a calendar.
    let plain = shape.text.starts_with("add ") && !shape.has(&CALENDAR);
    if shape.has(&MEETING) && !(plain && shape.is(&ADD).is_some_and(|found| chore(&found))) {
        return Some(meeting(shape));
    }
    if let Some(found) = shape.is(&NEED_TO) {
        let own = (shape.dated || shape.recurring || shape.reminders) && shape.has(&DUTY);
        return made(
            if ours::elsewhere(shape) {
                0.35
            } else if own {
                0.72
            } else if FORGET_NOT.is_match(shape.text) && chore(&found) {
                0.7
            } else {
                0.5
            },
            shape.at(&found, "x"),
        );
    }
    added_plainly(shape)
}

/// "add call mom tomorrow"
fn added_plainly(shape: &Shape) -> Option<Wish> {
    let found = shape.is(&ADD)?;
    let sure = if ours::elsewhere(shape) {
        0.25
    } else if shape.dated || shape.recurring {
        0.8
    } else if !shape.text.starts_with("add") {
        0.4
    } else if chore(&found) {
        0.7
    } else {
        0.55
    };
    Some(titled(sure, shape.at(&found, "x")))
}

/// Whether what is to be made is what people do themselves.
fn chore(found: &Captures) -> bool {
    found.name("x").is_some_and(|x| CHORE.is_match(x.as_str()))
}

fn meeting(shape: &Shape) -> Wish {
    let at = [&NEED_TO, &SCHEDULE, &ADD]
        .iter()
        .find_map(|pattern| shape.is(pattern))
        .and_then(|found| shape.at(&found, "x"));
    let known = shape.dated && (shape.has(&CALENDAR) || shape.text.starts_with("schedule"));
    let whole = Some(shape.from..shape.from + shape.text.len());
    titled(
        if ours::elsewhere(shape) {
            0.4
        } else if known {
            0.82
        } else {
            0.6
        },
        at.or(whole),
    )
}

/// A line that is just the task: "call mom every sunday at 3pm".
fn bare(shape: &Shape) -> Option<Wish> {
    if shape
        .text
        .trim_matches([' ', '~', '|', ',', '.', '!'])
        .is_empty()
    {
        // "remind me 10 minutes before", "make it high priority"
        if !shape.dated && !shape.recurring && (shape.reminders || shape.signs) {
            return Some(Wish::of_the_last(Intent::UpdateTask, 0.85));
        }
        let sure = if shape.dated || shape.recurring {
            0.5
        } else {
            0.0
        };
        return Some(Wish::new(
            if sure > 0.0 {
                Intent::CreateTask
            } else {
                Intent::None
            },
            sure,
        ));
    }
    if shape.has(&QUESTION) {
        return None;
    }
    let mut wish = Wish::new(Intent::CreateTask, 0.0);
    wish.title = Some(shape.from..shape.from + shape.text.len());
    // "send me …", "could you …" ask somebody to do it; what one has to do oneself is said plainly.
    let asked = shape.has(&FOR_ME) || ASKED.is_match(shape.whole);
    let chore = shape.has(&CHORE) && !asked;
    let elsewhere = ours::elsewhere(shape) || asked;
    wish.sure = match (shape.recurring, shape.dated, chore) {
        _ if (shape.signs || shape.reminders) && !elsewhere => 0.85,
        (true, _, true) if !elsewhere => 0.82,
        // "team standup every weekday" is a note to oneself, a whole sentence is something else.
        (true, _, _) if !elsewhere && shape.has(&NOTE) && !shape.has(&SENTENCE) => 0.7,
        (true, _, _) => 0.6,
        (_, true, true) if !elsewhere => 0.72,
        (_, true, _) if shape.has(&MEETING_BARE) && !shape.has(&SENTENCE) && !elsewhere => 0.68,
        (_, true, _) => 0.4,
        (_, _, true) if !elsewhere && shape.text.len() < 60 => 0.35,
        (..) if shape.has(&REMINDER) || shape.has(&MEETING_BARE) => 0.35,
        _ => return None,
    };
    Some(wish)
}

/// Quick add: only "remind me to" and "add a task:" are not part of the title.
pub(crate) fn added(shape: &Shape) -> Wish {
    let whole = 0..shape.whole.len();
    if shape.has(&REMIND_START)
        && let Some(found) = shape.is(&REMIND_TO)
    {
        let mut wish = Wish::new(Intent::CreateReminder, 0.9);
        wish.title = shape.at(&found, "x");
        wish.remind = true;
        return wish;
    }
    let mut wish = Wish::new(Intent::CreateTask, 0.9);
    let prefixed = TASK_TO.captures(shape.text).filter(|c| {
        c.get(0)
            .is_some_and(|m| m.as_str().starts_with(['a', 'c', 't', 'm', 'n']))
    });
    wish.title = prefixed
        .and_then(|found| {
            shape
                .at(&found, "x")
                .or_else(|| shape.at(&found, "y"))
                .or_else(|| shape.at(&found, "z"))
        })
        .or(Some(whole));
    wish
}

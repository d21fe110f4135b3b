//! Sentences about a task that is there: complete, change, delete.

use std::ops::Range;

use contract::interpret::{Intent, Priority, Target};

use super::clear::cleared;
use super::delete::{WHOLE_LIST, deletion};
use super::ours::{self, LIST, REMINDER, TASK};
use super::point::{ALL, DATED, IT, LABELLED, PRONOUN, target};
use super::{Shape, Wish};
use crate::number;
use regex::Captures;

use crate::pattern::{Pattern, patterns};

patterns! {
    MARK = r"^(?:mark|set|flag|tick|check|cross|put) (?P<t>.+?) (?:down )?(?:(?:as|to|off as|=|like) ?(?:a |being )?)?(?:done|complete[d]?|finished|closed|accomplished|over)\b";
    MARK_OFF = r"^(?:check|tick|mark|cross) off (?P<t>.+)$|^(?:check|tick|mark|cross) (?P<u>.+?) off(?: (?:of |from |on |in )?.*)?$";
    MARK_ON = r"^(?:mark|tick) (?P<t>.+?) (?:on|in|from|off) .*\b(?:list|to-?dos?)\b.*$";
    COMPLETE = r"^(?:complete|finish|close out|close|done with|finished with|finished|completed|done:?|resolve|tick|accomplish) (?P<t>.+)$";
    I_DID = r"^i(?:'ve| have| am|'m|ve)?(?: just| already| finally)* (?:done|did|finished|completed|finish|complete|done with|finished with|through with) (?:with )?(?P<t>.+)$";
    JUST_DONE = r"^(?:i'm |i am )?(?:done|finished|completed)$";
    /// What is said of a chore once it is over.
    I_WENT = r"^i(?:'ve| have|ve)?(?: just| already| finally)* (?:bought|got|called|phoned|rang|paid|sent|wrote|written|fixed|cleaned|washed|fed|walked|watered|booked|ordered|submitted|mailed|emailed|e-mailed|texted|picked up|dropped off|took out|taken out|returned|renewed|cancell?ed|visited|packed|signed|read|filed|mowed|made) (?P<t>.+)$";
    IS_DONE = r"^(?P<t>.+?)(?:'s| is| was| has been| are| have been)(?: now| already| all| finally)* (?:done|complete|completed|finished|accomplished)$|^(?:task|tasks|to-?do) (?:completed|complete|done|finished)[: ]+(?P<u>.+)$|^(?P<v>(?:this |that |the )?(?:task|it|that|this|everything|all)) (?:done|completed|finished)$";
    YOU = r"\b(?:you|your|him|her|u)\b|^(?:well|all|nicely|job well) (?:done|complete)";
    REOPEN = r"^(?:reopen|re-open|uncomplete|un-?check|un-?tick|un-?mark)\s+(?P<t>.+)$|^(?:mark|set) (?P<u>.+?) (?:as|to) (?:not (?:done|complete|completed|finished)|undone|incomplete|open|unfinished|active)$";
    RESTORE = r"^(?:restore|undelete|bring back|recover|un-?trash)\s+(?P<t>.+)$";
    DROP = r"^(?:drop|abandon|give up(?: on)?|i won't do|won't do|i'm not going to do|i am not going to do)\s+(?P<t>.+)$";
    SKIP = r"^skip\s+(?P<t>.+)$";
    END = r"^(?:stop|end|quit|cancel) (?:repeating|recurring|the (?:series|recurrence|repetition)(?: of| for)?)\s*(?P<t>.*)$|^(?:stop|end) (?P<u>.+?) (?:from )?(?:repeating|recurring)$|^don't repeat (?P<v>.+?)(?: (?:any ?more|again))?$";
    SNOOZE = r"^(?:snooze|remind me (?:again|later)(?: about| of)?)(?P<t>(?: .*?)??)(?: (?:(?:for|by|in) )?(?P<n>NUM|half an) (?P<u>minutes?|mins?|hours?|hrs?|days?|weeks?))?$";
    RENAME = r"^(?:rename|retitle|change the (?:name|title) of|change the wording of) (?P<t>.+?) (?:to|as|into) (?P<x>.+)$";
    RENAME_TITLE = r"^change (?P<t>.+?)(?:'s)? (?:title|name) to (?P<x>.+)$";
    DUE = r"^(?:change|set|move|update|edit|make|modify|push|shift|adjust|put) (?:the )?(?:due (?:date|time)|deadline|date|time|start date|start) (?:of|for|on) (?P<t>.+?) (?:to|for|as|at|on|until|back to|from)?\s*~";
    TO_DATE = r"^(?:change|set|move|update|edit|make|modify|push|shift|adjust|bring|reschedule|re-schedule|postpone|delay|defer|put off|extend) (?P<t>.+?)(?:'s)?(?: (?:due(?: date| time)?|deadline|date|time|day|start date|back|forward|ahead|up|off|out))* (?P<p>to|for|as|until|till|on|at|by|from|be|start)?\s*~";
    POSTPONE = r"^(?:reschedule|re-schedule|postpone|delay|defer|put off|push back) (?P<t>.+)$";
    SHIFT = r"^(?:change|set|move|update|make|push|shift|bring|reschedule|postpone|delay|defer|extend) (?P<t>.+?)(?:'s)?(?: due(?: date| time)?)? (?:(?P<fwd>back|out|off|up|forward|ahead) )?(?:by )?(?P<n>NUM|half an) (?P<u>minutes?|mins?|hours?|hrs?|days?|weeks?|months?)(?: (?P<dir>later|earlier|sooner|back|forward|ahead|out))?$";
    PRIORITY_OF = r"^(?:set|change|make|put|raise|lower)(?: the)? priority (?:of|for|on) (?P<t>.+?) (?:to|as|at|=) (?P<p>highest|high|urgent|medium|normal|lowest|low|none)\b";
    ASSIGN = r"^(?:assign|delegate|hand over) (?P<t>.+?) to\b";
    /// "move everything from today to tomorrow": the first date says which, the second where to.
    FROM_TO = r"^(?:change|move|push|shift|reschedule|bring|postpone|delay|defer) (?P<t>.+?[ ~]~)[\s,]+(?:to |until |till )?~\s*$";
    /// "no, i meant friday": another date for what was spoken of.
    CORRECTS = r"^(?:no|nope|wait|sorry|oops|actually|rather|i meant?|make (?:it|that)|on|at|by|[ ,])+~[ .!]*$";
    MOVING = r"^(?:move|push|shift|reschedule|postpone|delay|defer|extend)\b";
    PRIORITY = r"^(?:set|make|change|mark|give|update|raise|lower|bump) (?P<t>[^|]+?)(?:'s)?(?: priority)?(?: (?:as|to|at|a|of))*\s*\|+$";
    REPEAT = r"^(?:set|make|change|alter|update) (?P<t>.+?)(?:'s)? (?:to )?(?:repeat|recur|repeating|recurring|happen)\b.*~|^repeat (?P<u>[^~]+?)[\s,]*~$|^(?:make|do|set) (?P<v>it|that|this)[\s,]*~$";
    TAGGED = r"^(?:tag|label) (?P<t>.+?) (?:as|with|to) (?P<x>.+)$|^(?:tag|label) (?P<u>it|that|this)(?: (?P<y>[\w/-]+))?\s*$";
    NOTE = r"^(?:add|attach|write|put) (?:a |the )?(?:note|notes|description) (?:to|on|for) (?P<t>.+?)(?::| saying| that says| -) ?(?P<x>.+)$";
    COMMENT = r"^(?:comment|add (?:a )?comment)(?: on| to| for)? (?P<t>.+?)(?::| saying| that| -) ?(?P<x>.+)$";
    MOVE_LIST = r"^(?:move|transfer) (?P<t>.+?) (?:to|into|onto) (?:(?:the|my|our|list) )?(?P<l>.+?)(?: list)?$";
    UPDATE = r"^(?:update|change|edit|modify|alter|adjust) (?P<t>.+)$";
}

/// One row of the grammar: the pattern, what it means, how sure.
type Row = (&'static Pattern, Intent, f64);

/// Complete, change, delete and their relatives.
pub(crate) fn read(shape: &Shape) -> Option<Wish> {
    let early: [Row; 11] = [
        (&REOPEN, Intent::ReopenTask, 0.9),
        (&MARK, Intent::CompleteTask, 0.93),
        (&MARK_OFF, Intent::CompleteTask, 0.9),
        (&MARK_ON, Intent::CompleteTask, 0.75),
        (&RESTORE, Intent::RestoreTask, 0.6),
        (&END, Intent::EndSeries, 0.85),
        (&SKIP, Intent::Skip, 0.7),
        (&RENAME, Intent::UpdateTask, 0.85),
        (&RENAME_TITLE, Intent::UpdateTask, 0.9),
        (&NOTE, Intent::UpdateTask, 0.9),
        (&COMMENT, Intent::Comment, 0.9),
    ];
    // "reopen groceries and add milk" is about the milk.
    if shape.text.contains(" and add ") && shape.has(&REOPEN) {
        return None;
    }
    if let Some(wish) = early.iter().find_map(|row| row_matches(shape, row)) {
        return Some(wish);
    }
    snoozed(shape)
        .or_else(|| cleared(shape))
        .or_else(|| shifted(shape))
        .or_else(|| moved(shape))
        .or_else(|| deletion(shape))
        .or_else(|| completion(shape))
        .or_else(|| rest(shape))
}

fn row_matches(shape: &Shape, (pattern, intent, sure): &Row) -> Option<Wish> {
    let found = shape.is(pattern)?;
    let mut wish = aimed(
        shape,
        *intent,
        *sure,
        one_of(shape, &found, &["t", "u", "v"]),
    );
    wish.new_text = shape.at(&found, "x");
    let words = wish
        .target_at
        .clone()
        .and_then(|r| shape.whole.get(r))
        .unwrap_or_default();
    // "change my name to bob"
    if PRONOUN.is_match(words) {
        wish.sure = 0.3;
    }
    if *intent == Intent::UpdateTask && WHOLE_LIST.is_match(words) {
        wish.intent = Intent::UpdateList;
    }
    if *intent == Intent::RestoreTask || *intent == Intent::Skip || *intent == Intent::ReopenTask {
        // "skip this song", "restore my account"
        let other = ours::elsewhere(shape) && !ours::any(shape);
        wish.sure -= if other { 0.5 } else { 0.0 };
    }
    Some(wish)
}

/// Where the first of these groups lies that was found.
pub(super) fn one_of(shape: &Shape, found: &Captures, names: &[&str]) -> Option<Range<usize>> {
    names.iter().find_map(|name| shape.at(found, name))
}

/// A wish about what lies at `at`.
pub(crate) fn aimed(shape: &Shape, intent: Intent, sure: f64, at: Option<Range<usize>>) -> Wish {
    let words = at
        .clone()
        .and_then(|r| shape.whole.get(r))
        .unwrap_or_default();
    let mut wish = Wish::new(intent, sure);
    wish.target = Some(target(&DATED.replace_all(words, "")));
    wish.list = super::make::named_list(shape);
    wish.target_at = at;
    wish
}

/// Whether the sentence moves something by a distance.
pub(crate) fn shifts(text: &str) -> bool {
    SHIFT.captures(text).is_some_and(|found| is_shift(&found))
}

/// "set mute for twenty minutes" is none: without "later" only verbs of moving move.
fn is_shift(found: &Captures) -> bool {
    let whole = found.get(0).map_or("", |m| m.as_str());
    let moving = MOVING.is_match(whole);
    found.name("dir").is_some() || found.name("fwd").is_some() || moving && whole.contains(" by ")
}

fn snoozed(shape: &Shape) -> Option<Wish> {
    let found = shape.is(&SNOOZE)?;
    let mut wish = aimed(
        shape,
        Intent::SnoozeReminder,
        0.85,
        shape.at(&found, "t").filter(|r| !r.is_empty()),
    );
    if wish.target_at.is_none() {
        wish.target = Some(Target {
            last: true,
            ..Target::default()
        });
    }
    if let (Some(n), Some(unit)) = (found.name("n"), found.name("u")) {
        wish.shift = distance(n.as_str(), unit.as_str());
    }
    Some(wish)
}

/// "10 minutes" as ISO 8601.
fn distance(number: &str, unit: &str) -> Option<String> {
    if number.starts_with("half") {
        return Some("PT30M".to_owned());
    }
    let n = number::cardinal(number)?;
    Some(match unit.as_bytes() {
        [b'h', ..] => format!("PT{n}H"),
        [b'd', ..] => format!("P{n}D"),
        [b'w', ..] => format!("P{n}W"),
        [b'm', b'o', ..] => format!("P{n}M"),
        _ => format!("PT{n}M"),
    })
}

fn shifted(shape: &Shape) -> Option<Wish> {
    let found = shape.is(&SHIFT)?;
    if !is_shift(&found) {
        return None;
    }
    let number = found.name("n")?.as_str();
    let unit = found.name("u")?.as_str();
    let direction = found
        .name("dir")
        .or(found.name("fwd"))
        .map_or("", |m| m.as_str());
    let sign = if matches!(direction, "earlier" | "sooner" | "up" | "forward" | "ahead") {
        "-"
    } else {
        ""
    };
    let iso = distance(number, unit)?;
    let mut wish = aimed(shape, Intent::Reschedule, 0.85, shape.at(&found, "t"));
    wish.shift = Some(format!("{sign}{iso}"));
    Some(wish)
}

fn moved(shape: &Shape) -> Option<Wish> {
    if shape.dated && CORRECTS.is_match(shape.whole) {
        return Some(Wish::of_the_last(Intent::Reschedule, 0.8));
    }
    let aside = ours::elsewhere(shape) && !ours::any(shape);
    if shape.recurring
        && let Some(found) = shape.is(&REPEAT)
    {
        let at = one_of(shape, &found, &["t", "u", "v"]);
        // "repeat the reminder every hour" makes one.
        let reminder = shape.text.starts_with("repeat") && shape.has(&REMINDER);
        return (!reminder).then(|| aimed(shape, Intent::UpdateTask, 0.85, at));
    }
    if let Some(found) = shape.is(&FROM_TO) {
        let at = shape.at(&found, "t");
        return Some(aimed(shape, Intent::Reschedule, 0.85, at));
    }
    for (pattern, sure) in [(&DUE, 0.95), (&TO_DATE, 0.88)] {
        if let Some(found) = shape.is(pattern) {
            let words = found.name("t").map_or("", |m| m.as_str());
            // "set the alarm for 5am", "make a meeting for monday" are new.
            let verb = shape.text.split(' ').next().unwrap_or_default();
            let alarm = verb == "set" && (words.ends_with("alarm") || words.ends_with("reminder"));
            let it = IT.is_match(words) && !alarm;
            let new = matches!(verb, "set" | "make" | "put")
                && !found.get(0).is_some_and(|m| m.as_str().contains("due"))
                && !it;
            let vague = matches!(
                verb,
                "change" | "set" | "update" | "edit" | "make" | "modify" | "adjust" | "put"
            );
            let said = found
                .get(0)
                .is_some_and(|m| m.as_str().contains("due") || m.as_str().contains("deadline"));
            let linked =
                found.name("p").is_some() || pattern.as_str() == DUE.as_str() || said || it;
            if !new && (linked || !vague) {
                let repeats = shape.recurring && pattern.as_str() == TO_DATE.as_str();
                return Some(aimed(
                    shape,
                    if repeats {
                        Intent::UpdateTask
                    } else {
                        Intent::Reschedule
                    },
                    if aside && !said { 0.4 } else { sure },
                    shape.at(&found, "t"),
                ));
            }
        }
    }
    let found = shape.is(&POSTPONE)?;
    Some(aimed(shape, Intent::Reschedule, 0.6, shape.at(&found, "t")))
}

fn completion(shape: &Shape) -> Option<Wish> {
    let ours = ours::any(shape);
    let about_you = YOU.is_match(shape.text);
    if about_you {
        return None;
    }
    if shape.has(&JUST_DONE) {
        return Some(aimed(shape, Intent::CompleteTask, 0.7, None));
    }
    for (pattern, sure) in [
        (&IS_DONE, 0.7),
        (&I_DID, 0.7),
        (&COMPLETE, 0.65),
        (&I_WENT, 0.5),
    ] {
        if let Some(found) = shape.is(pattern) {
            let at = one_of(shape, &found, &["t", "u", "v"]);
            let sure = if shape.has(&TASK) || shape.has(&LIST) {
                0.92
            } else if ours::elsewhere(shape) {
                0.2
            } else {
                sure
            };
            let mut wish = aimed(shape, Intent::CompleteTask, sure, at);
            let words = found.name("t").map_or("", |m| m.as_str());
            if let Some(target) = &mut wish.target {
                target.all = ALL.is_match(words) || ALL.is_match(&DATED.replace_all(words, ""));
                let pointed = target.last || target.nth.is_some();
                if pointed || target.all && LABELLED.is_match(words) {
                    wish.sure = wish.sure.max(0.85);
                }
            }
            return (ours || !shape.dated || pattern.as_str() != COMPLETE.as_str()).then_some(wish);
        }
    }
    None
}

fn rest(shape: &Shape) -> Option<Wish> {
    if let Some(found) = shape.is(&PRIORITY_OF) {
        let mut wish = aimed(shape, Intent::UpdateTask, 0.9, shape.at(&found, "t"));
        wish.priority = Some(match found.name("p").map_or("", |m| m.as_str()) {
            "high" | "highest" | "urgent" => Priority::High,
            "medium" | "normal" => Priority::Medium,
            "low" | "lowest" => Priority::Low,
            _ => Priority::None,
        });
        return Some(wish);
    }
    if let Some(found) = shape.is(&ASSIGN) {
        return Some(aimed(
            shape,
            Intent::UpdateTask,
            if shape.signs { 0.85 } else { 0.5 },
            shape.at(&found, "t"),
        ));
    }
    if shape.priority
        && let Some(found) = shape.is(&PRIORITY)
    {
        return Some(aimed(
            shape,
            Intent::UpdateTask,
            0.85,
            shape.at(&found, "t"),
        ));
    }
    if let Some(found) = shape.is(&TAGGED) {
        let at = one_of(shape, &found, &["t", "u"]);
        let mut wish = aimed(shape, Intent::UpdateTask, 0.75, at);
        wish.tags = found
            .name("x")
            .or(found.name("y"))
            .map(|m| {
                m.as_str()
                    .split([' ', ','])
                    .map(|t| t.trim_start_matches('#'))
                    .filter(|t| !t.is_empty() && *t != "and")
                    .map(str::to_owned)
                    .collect()
            })
            .unwrap_or_default();
        return Some(wish);
    }
    if let Some(found) = shape
        .is(&MOVE_LIST)
        .filter(|_| shape.has(&LIST) || shape.text.contains("project"))
    {
        let mut wish = aimed(shape, Intent::UpdateTask, 0.75, shape.at(&found, "t"));
        wish.list = found.name("l").map(|m| m.as_str().trim().to_owned());
        return Some(wish);
    }
    if let Some(found) = shape.is(&DROP).filter(|_| !ours::elsewhere(shape)) {
        return Some(aimed(
            shape,
            Intent::DropTask,
            if ours::any(shape) { 0.8 } else { 0.5 },
            shape.at(&found, "t"),
        ));
    }
    let found = shape
        .is(&UPDATE)
        .filter(|_| ours::any(shape) && !shape.has(&LIST))?;
    let intent = Intent::UpdateTask;
    Some(aimed(shape, intent, 0.55, shape.at(&found, "t")))
}

//! Sentences that take something away.

use std::ops::Range;

use contract::interpret::Intent;

use super::change::aimed;
use super::ours::{self, CALENDAR, LIST, REMINDER, TASK};
use super::point::{ALL, DATED, EVERYTHING, IT, LABELLED};
use super::{Shape, Wish};
use crate::pattern::patterns;

patterns! {
    DELETE = r"^(?:delete(?: out)?|remove|erase|clear(?: (?:off|out|up))?|cancels?|get rid of|trash|throw (?:away|out)|empty|wipe(?: out)?|purge|omit|discard|scratch|scrap|blank out|kill|take (?:out|off|away)|cross out|strike|clean(?: (?:out|up|off))?|disable|turn off|switch off|shut off|dismiss|rm(?: -?rf)?|eliminate|reset|deactivate|unset|forget(?: about)?|call off|nix|ditch|silence|mute|pull|uncheck|bin|toss|free up|stop)\b:?\s+(?P<t>.+)$";
    TAKE_OFF = r"^(?:you )?(?:take|strike|scratch|get|move|change|rearrange|turn|set|cross|shut|switch|put|keep) (?P<t>.+?) (?:off|out of|away from)\b(?P<rest>.*)$";
    TAKE_OF = r"^(?:you )?take (?P<t>.+?) (?:of|from) (?:the|my|our|this) .*\b(?:list|calendar|schedule|agenda)\b";
    ALARM_OFF = r"\b(?:alarms?|reminders?|notifications?)(?: to be)?(?: turned| switched| shut)? off\b|^no more (?:alarms?|reminders?|notifications?|wake)";
    ALONE = r"^(?:delete|remove|erase)$";
    UNNEEDED = r"\b(?:no longer need|don't need|do not need)\b (?P<t>.+?)(?: any ?more)?$";
    TAKE_IT_OFF = r"\b(?:so|and|please|,) (?:please )?(?:take|get|cross|scratch|strike|pull) (?P<t>.+?) (?:off|out)\b";
    PASSIVE = r"\b(?:removed|deleted|cleared|erased|cancell?ed|taken off|emptied|gone)\b(?:.*)$";
    PASSIVE_ASK = r"^(?:i|we|the|my|this|that|update|everything|all|\w+ [ap]m|twelve|please)\b";
    NO_MORE = r"\b(?:no longer need|don't need|do not need|don't want|dont want|do not want|should not contain|shouldn't (?:have|contain)|will no longer be|do not wake|don't wake)\b (?P<t>.+)$";
    DO_NOT_WAKE = r"^(?:do not|don't) (?:wake|remind|alert|notify)\b (?P<t>.+)$";
    THEN_DELETE = r"^(?P<lead>.*?)\b(?:please|can you|could you|just|so|and|to|list|lists|calendar|,) (?:please )?(?:go ahead and )?(?:delete|remove|erase|clear|cancel|take off|take out|get rid of)\b(?P<t>.*)$";
    EMPTY = r"^(?:make|leave|keep) (?P<t>.*\b(?:calendar|schedule|list|agenda)\b.*|.*) (?:empty|blank|clear|open)\b";
    ALSO = r"\b(?:add|put)";
    ASKS = r"^(?:what|how|show)\b|\bwhich\b";
    MACHINE = r"^(?:turn|switch|shut|set|disable|reset|kill|deactivate|put|keep|move|change|get (?:it|this|that|the|my|out))\b";
    CHORE = r"^(?:take|clean|wipe|empty|throw|clear|pull|ditch|nix|silence|mute|toss|bin|free|call|uncheck|stop)\b";
    PLACING = r"^(?:set|put|keep|move|change|get (?:it|this|that|the|my|out))\b";
    STOP = r"^stop\b (?P<t>.*\b(?:alarms?|reminders?|wake ?-?up calls?|notifications?)\b.*)$";
    WHOLE_LIST = r"^(?:(?:the|my|this|that|our|a|all|of|both|following|last|first|second|whole|entire) )*(?:[\w'-]+ ){0,3}lists?(?: (?:of|called|named|blank|for) .*| [\w'-]+)?$";
}

pub(crate) fn deletion(shape: &Shape) -> Option<Wish> {
    let mut wish = taken_away(shape)?;
    if ours::music(shape) {
        wish.sure = wish.sure.min(0.4);
    }
    Some(wish)
}

fn taken_away(shape: &Shape) -> Option<Wish> {
    let ours = ours::any(shape);
    let plain = [&STOP, &DO_NOT_WAKE, &DELETE, &TAKE_OFF, &TAKE_OF];
    if let Some(found) = plain.iter().find_map(|p| shape.is(p)) {
        let words = found.name("t").map_or("", |m| m.as_str());
        return takes_away(shape, words, ours).then(|| deleted(shape, shape.at(&found, "t"), ours));
    }
    if shape.has(&ALONE) {
        return Some(aimed(shape, Intent::DeleteTask, 0.5, None));
    }
    if shape.has(&ALARM_OFF) {
        let mut wish = deleted(shape, None, true);
        wish.intent = Intent::DeleteReminder;
        return Some(wish);
    }
    let also = shape.has(&ALSO);
    let said = [(&TAKE_IT_OFF, true), (&EMPTY, true), (&NO_MORE, !also)]
        .into_iter()
        .filter(|(_, may)| ours && *may)
        .find_map(|(pattern, _)| shape.is(pattern));
    if let Some(found) = said {
        return Some(deleted(shape, shape.at(&found, "t"), ours));
    }
    if let Some(found) = shape.is(&UNNEEDED).filter(|_| !ours::elsewhere(shape)) {
        let mut wish = deleted(shape, shape.at(&found, "t"), ours);
        wish.sure = wish.sure.min(0.45);
        return Some(wish);
    }
    if ours && shape.has(&PASSIVE) && shape.has(&PASSIVE_ASK) && !shape.has(&ASKS) {
        return Some(deleted(shape, None, ours));
    }
    let found = shape
        .is(&THEN_DELETE)
        .filter(|_| ours && !shape.has(&ASKS))?;
    Some(deleted(shape, shape.at(&found, "t"), ours))
}

/// Whether the verb takes away: "turn off", "take out", "set … off" do so only with what is ours.
fn takes_away(shape: &Shape, words: &str, ours: bool) -> bool {
    if shape.text.starts_with("pull up") {
        return false;
    }
    // "take out the trash" is a chore.
    if !ours && (shape.has(&MACHINE) || shape.has(&CHORE) && !shape.text.contains(" off")) {
        return false;
    }
    // "set a reminder to request time off" takes nothing away.
    let long = words.split(' ').count() > 4 || words.contains(" to ");
    !(long && shape.has(&PLACING))
}

fn deleted(shape: &Shape, at: Option<Range<usize>>, ours: bool) -> Wish {
    let words = at
        .clone()
        .and_then(|r| shape.whole.get(r))
        .unwrap_or_default()
        .trim();
    let intent = if WHOLE_LIST.is_match(words) {
        Intent::DeleteList
    } else if REMINDER.is_match(words) && !TASK.is_match(words) && !LIST.is_match(words) {
        Intent::DeleteReminder
    } else {
        Intent::DeleteTask
    };
    let sure = if ours
        || [&IT, &LABELLED, &EVERYTHING]
            .iter()
            .any(|p| p.is_match(words))
    {
        0.9
    } else if ours::elsewhere(shape) {
        0.2
    } else {
        0.55
    };
    let mut wish = aimed(shape, intent, sure, at);
    if let Some(target) = &mut wish.target {
        let undated = DATED.replace_all(words, "");
        let all = ALL.is_match(words) || ALL.is_match(&undated);
        target.all = all && intent != Intent::DeleteList
            || shape.text.starts_with("clear") && CALENDAR.is_match(words);
    }
    wish
}

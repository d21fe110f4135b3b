//! Questions and short answers: what is there, the next page, yes, no, help.

use contract::interpret::Intent;

use super::ours::{self, CALENDAR, LIST, REMINDER, TASK};
use super::{Shape, Wish};
use crate::pattern::patterns;

patterns! {
    UNDO = r"^(?:undo|revert|take (?:that|it) back|roll ?back|unde?o)\b(?: (?:that|it|this|the last.*|my last.*|last.*|what .*|the previous.*|everything))?$";
    NEXT = r"^(?:(?:show|display|list|give|tell|see|get|read|view)s?(?: me| us)? )?(?:the |some |any )?(?:next|more|greater|further|the rest|others)(?: (?:pages?|ones?|tasks?|items?|to-?dos?|results?|work|works|entries|things|of (?:them|it|these|those)|(?:in|on|from) .*))*$";
    PREVIOUS = r"^(?:(?:show|display|list|give|tell|see|get|read|go|view)s?(?: me| us)? )?(?:to )?(?:the )?(?:previous|back|prior|last page|preceding|earlier)(?: (?:pages?|ones?|tasks?|items?|to-?dos?|results?|entries|things|(?:in|on|from) .*))*$";
    HELP = r"^(?:help|help me|what can you do|what can i (?:say|do)(?: here)?|how (?:do|does|can) (?:this|it|i) (?:work|use this)|show (?:me )?(?:the )?(?:commands|help)|commands)$";
    YES = r"^(?:y|yes|yep|yeah|yup|sure|ok|okay|do it|go ahead|go on|confirm|confirmed|correct|that's right|sounds good|exactly|yes do it|yes,? delete (?:it|them)|please do)$";
    NO = r"^(?:n|no|nope|nah|never ?mind|forget (?:it|that)|cancel|cancel (?:that|it)|stop|stop it|don't|do not|abort|no,? (?:don't|cancel|stop|leave it|keep it)|leave it|keep it)$";
    QUESTION = r"^(?:what|which|when|where|who|how|do (?:i|we|you|they|the|my|any)|did|does|is|are|am|have (?:i|we|you)|has|was|were|will|any|shall|should|tell|show|list|display|read|give|check|see|view|browse|find|search|look|hear|know|go (?:to|through|over)|walk|let me (?:see|hear|know (?:what|about|how|which|my|if|the|if))|let's (?:see|hear|go|look|review)|wanna (?:know|see|hear)|want to (?:see|know|hear)|pull|open|review|access|recite|describe|enumerate|print|get|report|bring up|run|play|catch me up|at what|in what|on what|whats|what's|what've|anything|something|nothing|fetch|show up|checkout|provide|inform|name|recount|remind me (?:what|which|of what)|lists i have|need (?:information|info)|(?:i )?(?:need|want|wanted|wanna|want|would like) to (?:see|know|hear|view|look|remember)|i wanted to)\b|\b(?:what(?:'s| is| are)|how many|are there any|is what|contains what|is there any)\b";
    TO_DO = r"^(?:what|which|whats|what's|what've|where|when|how|am|are|do|is|tell|give|show|read|let|i wanted|catch|did|have i)\b.*\b(?:(?:do|must|should|have|did|am|are|were|need|want|wanted) i\b|i (?:need|have|want|wanted|must|should|am|did|was|had|got|said)|(?:i|we) (?:have|need|want) to|my ~|will look|my (?:day|week|weekend|upcoming|plans?|to-?dos?|tasks?|plate|next)|happening|for me|due\b|overdue|left to do|to be done|to remember|wanted to|supposed to|planned|pending|outstanding|coming up|upcoming)";
    MINE = r"\b(?:i|i'm|i've|my|me|we|our|mine|you)\b";
    DUTY = r"\b(?:to do|do today|do tomorrow|do next|doing|up to|done|get done|remember|recall|forget|bear in mind|somethings?|shopping|store|market|afternoon|morning|look like|my day|my week|upcoming|remind|remembered|planned|scheduled|set for|going on|due|overdue|on my plate|to be|buy|pick up|to get|keep in mind|busy|free|plans?|appointment|anniversary|birthday|openings?|supposed|accomplish|complete|finish|booked|happening|on for|have (?:on|for) ~|have ~)\b|~";
    BUSY = r"^(?:am i|are we|is my (?:day|week|evening|morning|afternoon|weekend|calendar|schedule)|will i be|is ~|do i have (?:any )?(?:time|openings?|plans?|anything))\b.*\b(?:busy|free|booked|available|open|openings?|plans?|anything|going on|clear|~)";
    FIND = r"^(?:find|search|look (?:for|up)|where is|where's|locate)\b";
    LISTS = r"\b(?:what|which|all|show|list|read|give|tell|find|see|display|have|any|how many)\b.*\blists\b";
    BARE = r"^(?:(?:the|my|our|all|todays?|today's|tomorrows?|tomorrow's|this week's|upcoming|next|overdue|completed|pending|current|open|any|~'?s?) )*(?:[\w'-]+ ){0,2}(?:tasks|to-?dos?|to do list|to do|reminders|alarms?|calendar|agenda|schedule|lists?|appointments|meetings|events|plans|errands|chores|inbox|overdue|upcoming|list items)(?: (?:settings|status|situation|please|today|for|on|of|in|(?:i|we) have|~))*$|^(?:my |the )?next (?:meeting|event|appointment|task|reminder|alarm|thing)$";
    MAKES = r"^(?:set|create|make|add|schedule|have|begin|start|new|fresh|blank|generate|prepare|produce|edit|write|put|build|want|need|i|another|setup|request|~)\b|\b(?:a new|an|new|fresh)\b";
    WHAT_DUE = r"^(?:what|whats|what's|which|anything|is anything|show(?: me)?(?: everything| all)?)\b.*\b(?:due|overdue)\b|^(?:what|whats|what's|anything|show me|how about|what about)(?: is| are| do i have| have i got| on| for| happens)* ~$";
    ABOUT = r"\b(?:about|called|named|containing|mentioning|regarding|related to|labell?ed) (?P<t>[^~]+)$|^(?:find|search(?: for)?|look (?:for|up)|where(?: is|'s)|locate)(?: me)? (?P<u>[^~]+)$|^(?:when|what time)(?: is|'s) (?P<v>[^~]+)|^(?:when|where|what time) (?:do|am|will|should|must|did|are|can) (?:i|we) (?:have to |need to |going to |supposed to )?(?P<w>[^~]+)";
    HOLDS = r"^(?:is|are|do (?:i|we) have|did (?:i|we) (?:put|add|remember to (?:put|add))|have (?:i|we) (?:put|added)) (?P<t>[^~]+?) (?:already )?(?:on|in|to) (?:my|the|our)\b";
    VAGUE = r"^(?:(?:any|some|every|no)(?:thing|body|one)?|all|the|my|our|an?|of|there|new|tasks?|to-?dos?|items?|events?|reminders?|alarms?|meetings?|appointments?|lists?|it|that|what|everything|upcoming|next|on|in|calendar|schedule|\s)*$";
    NOTES = r"^(?:find|pull up|open|show|read|view|see|search|get)(?: me)?(?: (?:my|the|all|any))* notes?\b";
    WHEN = r"^(?:at )?(?:what time|when|where|how soon|how long (?:until|till|before)|is|are|what day)\b.*\b(?:my|our|party|meeting|appointment|game|match|concert|class|lesson|wedding|birthday|anniversary|dinner|lunch|haircut|dentist|doctor|interview|festival|dance)\b";
    DID_I = r"^(?:did|have) (?:i|we)\b.*\b(?:remind|remember|tell|ask|put|add|set|create|schedule|make|note|write|forget|include|plan)\w*\b";
    /// Words that begin a command: what follows is no bare noun.
    VERB = r"^(?:mark|block|silence|mute|ditch|nix|clear|no|stop|end|free|kill|call|get|put|take|turn|switch|shut|disable|enable|dismiss|snooze|skip|drop|pull|remove|delete|erase|cancel|wipe|empty|reset|forget|change|move|update|rename|sort|share|send|save|organi[sz]e|sync|restore|reopen|complete|finish|tick|insert|include|append|place|note|log|enter|scratch|strike|cross|wake|remind|repeat|duplicate|copy|merge|don't|do|not|purge|play|add|make|create)\b";
    HEADS = r"^(?:inform|notify) me (?:of (?:my|the|our|any|an?)|when|before)\b|^tell me (?:before|when (?:it|to|the time))\b|^(?:give|send) me (?:a |an )?(?:heads[ -]?up|nudge|shout|notice|notification|reminder|alert|ring|buzz|poke)\b|^get .+ (?:on|onto|to|in) (?:the|my|our) .*\blist\b|^list (?:[\w'-]+ ){1,3}(?:on|in|to) (?:the|my) .*\blist\b|^pull .+ (?:from|off) ";
    /// Something in particular: "find rent".
    LOOKS_FOR = r"^(?:find|search(?: for)?|look for|look up) (?:(?:the|my|a|an|that) )?[\w'-]+(?: [\w'-]+)?$";
    ASK_DAY = r"^what(?:'s|s| is)(?: still)? left(?: to do)?(?:\s*~)?$|^(?:what|how|whats|what's)\b.*~.*\blook(?:s|ing)?(?: like)?\b|^how (?:does|is) my (?:day|morning|afternoon|evening|week|weekend|night|month)\b|^(?:what's|whats|what is) (?:up|on|going on|happening|planned|in store|scheduled|new)(?: for| on| with me)* ~$|^(?:is|are|am i) ~ (?:free|open|busy|clear|booked)$|^what(?:'s| is| else is| things)? (?:remains?|left|remaining|else)\b.*\b(?:do|done|finish|list)\b";
    MEET = r"^(?:when|where|what time) (?:do|am|will|should|must|did|are|can) (?:i|we)\b";
    VIEW = r"^(?:inbox|overdue|upcoming|completed)$";
    PLAN = r"^(?:what(?:'s|s| is) (?:up )?next|plan (?:my|the|our) (?:day|week|morning|afternoon|evening|weekend|~)|what should i (?:do|work on|focus on|start with)(?: (?:next|first|now|~))?|prioriti[sz]e my (?:day|tasks|list)|help me plan)\b";
    DIGEST = r"\b(?:daily|weekly|morning|evening)? ?(?:digest|briefing|recap|rundown of my (?:day|week))\b|^(?:summar(?:y|i[sz]e)|sum up) (?:of )?(?:my|the|~)";
    EXPLAIN = r"^(?:why|how come|explain why)\b.*\b(?:remind(?:ed|er)?|tasks?|moved?|notif\w+|due|completed|created|deleted|series|occurrence|email you|e-?mailed)\b";
    SETS = r"^(?:play|run|open|give me|get me)\b";
    NEW = r"\b(?:new|fresh|blank)\b.*\blists?\b|\badd (?:it|them|that|those)\b|\bif not\b.*\badd\b|\bcreate a\b|\band (?:delete|remove|set (?:notifications?|reminders?)|add|create)\b";
}

/// Undo, yes, no, pages, help.
pub(crate) fn meta(shape: &Shape) -> Option<Wish> {
    let table = [
        (&UNDO, Intent::Undo, 0.95),
        (&YES, Intent::Confirm, 0.95),
        (&NO, Intent::Cancel, 0.95),
        (&NEXT, Intent::NextPage, 0.85),
        (&PREVIOUS, Intent::PreviousPage, 0.85),
        (&HELP, Intent::Help, 0.95),
    ];
    let (_, intent, sure) = table.into_iter().find(|(pattern, ..)| shape.has(pattern))?;
    Some(Wish::new(intent, sure))
}

/// What is there?
pub(crate) fn read(shape: &Shape) -> Option<Wish> {
    let mut wish = question(shape)?;
    if matches!(wish.intent, Intent::ListTasks | Intent::FindTask) {
        wish.list = super::make::named_list(shape);
        let found = shape.is(&HOLDS).or_else(|| shape.is(&ABOUT));
        let at = found.and_then(|found| {
            ["t", "u", "v", "w"]
                .iter()
                .find_map(|name| shape.at(&found, name))
        });
        let words = at
            .clone()
            .and_then(|r| shape.whole.get(r))
            .unwrap_or_default();
        if let Some(at) = at.filter(|_| !VAGUE.is_match(words)) {
            wish.target = Some(super::point::target(words));
            wish.target_at = Some(at);
        }
    }
    Some(wish)
}

fn question(shape: &Shape) -> Option<Wish> {
    if shape.has(&EXPLAIN) {
        return Some(Wish::new(Intent::Explain, 0.8));
    }
    if shape.has(&PLAN) {
        return Some(Wish::new(Intent::Plan, 0.9));
    }
    if shape.has(&LISTS) && shape.has(&QUESTION) && !shape.has(&NEW) {
        return Some(Wish::new(Intent::ListLists, 0.8));
    }
    if shape.has(&WHAT_DUE) {
        return Some(Wish::new(Intent::ListTasks, 0.85));
    }
    if shape.has(&HEADS) {
        return None;
    }
    if shape.has(&ASK_DAY) {
        return Some(Wish::new(Intent::ListTasks, 0.75));
    }
    // "alarm for 7 am" sets one.
    let sets_alarm =
        shape.dated && (shape.text.starts_with("alarm ") || shape.text.starts_with("reminder "));
    if shape.has(&BARE) && !shape.has(&MAKES) && !shape.has(&VERB) && !sets_alarm
        || shape.whole.len() < 30 && !shape.dated && shape.has(&VIEW)
    {
        return Some(Wish::new(Intent::ListTasks, 0.8));
    }
    if shape.has(&LOOKS_FOR) && !ours::elsewhere(shape) {
        return Some(Wish::new(Intent::FindTask, 0.55));
    }
    if shape.has(&DIGEST) && !shape.has(&LIST) {
        return Some(Wish::new(Intent::Digest, 0.85));
    }
    if shape.has(&NOTES) {
        return Some(Wish::new(Intent::FindTask, 0.7));
    }
    if shape.has(&DID_I) {
        return Some(Wish::new(Intent::ListTasks, 0.75));
    }
    // "play an alarm at 5pm" sets one.
    let sets = shape.dated && shape.has(&REMINDER) && SETS.is_match(shape.text);
    if !shape.has(&QUESTION) || shape.has(&NEW) || sets {
        return None;
    }
    let ours = ours::any(shape);
    let asks = shape.has(&TO_DO) && shape.has(&DUTY) || shape.has(&BUSY);
    if !(ours || asks && shape.has(&MINE)) {
        let about = (shape.has(&WHEN) || shape.has(&MEET)) && !ours::elsewhere(shape);
        return about.then(|| Wish::new(Intent::FindTask, 0.55));
    }
    let about = [&TASK, &LIST, &REMINDER, &CALENDAR]
        .iter()
        .filter(|p| shape.has(p))
        .count();
    let intent = if shape.has(&FIND) {
        Intent::FindTask
    } else {
        Intent::ListTasks
    };
    let sure = if about > 0 { 0.9 } else { 0.75 };
    Some(Wish::new(
        intent,
        if ours::elsewhere(shape) {
            sure - 0.3
        } else {
            sure
        },
    ))
}

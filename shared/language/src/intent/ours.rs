//! Words that show whether a sentence is about tasks at all.

use crate::pattern::{Pattern, patterns};

use super::Shape;

patterns! {
    TASK = r"\b(?:tasks?|to-?dos?|to do'?s?|to do list|errands?|chores?|items?)\b";
    LIST = r"\b(?:lists?|lisr|checklists?|groceries|wish ?list|playlist)\b";
    REMINDER = r"\b(?:reminders?|alarms?|alerts?|wake ?-?up calls?|notifications?)\b";
    CALENDAR = r"\b(?:calendars?|schedules?|agenda|appoint(?:ment)?s?|meetings?|events?|itinerary)\b";
    MUSIC = r"\b(?:songs?|playlists?|music|tracks?|album)\b";
    /// What other machines do.
    ELSEWHERE = r"\b(?:weather|forecast|uber|taxi|cab|lyft|lights?|lamp|bulbs?|music|songs?|playlist|podcasts?|radio|volume|speakers?|mute|unmute|e-?mails?|inbox|tweet|twitter|facebook|instagram|social media|recipes?|news|headlines|stocks?|price|prices|joke|jokes|translate|movies?|films?|restaurants?|pizza|takeaway|takeout|traffic|trains?|flights?|tickets?|vacuum cleaner|roomba|coffee|bank|savings|checking|credit|account|accounts|temperature|thermostat|contacts?|phone app|text message|channel|tv|smart socket|plug|socket|audiobook|game|directions|definition|define|currency|exchange rate|hotel|reservation|order|amazon|netflix|youtube|google|wikipedia|song|artist|album|file|files|video|photo|photos|picture|pictures|message|messages|password|wifi|app|apps|internet|website|bot|brightness|status|address|paragraph|speech|letter|essay|poem|story|robot|scan|location|oven|microwave|fan|heater|ac|time ?zone|routes?|driving|bus|uber)\b";
    /// What people do themselves, as the first word of a note to themselves.
    CHORE = r"^(?:call|phone|ring|text|email|e-mail|mail|write|reply|answer|buy|get|pick up|pick|collect|fetch|drop off|return|take|bring|pay|send|submit|file|finish|complete|prepare|review|read|study|practice|practise|clean|wash|sweep|mop|do|fold|iron|water|feed|walk|groom|fix|repair|replace|renew|cancel|visit|meet|attend|join|cook|bake|draft|backup|back up|print|scan|sign|mow|rake|plant|shovel|pack|move|register|apply|invite|follow up|work|exercise|gym|jog|stretch|meditate|dust|organi[sz]e|sort|donate|sell|wrap|charge|install|test|deploy|merge|release|refactor|talk|speak|interview|lunch|dinner|breakfast|brunch|coffee|drinks|meeting|appointment|dentist|doctor|haircut|rent|birthday|party|standup|stand-up|sync|report|homework|laundry|dishes|trash|garbage|groceries|shop|refill|upgrade|migrate|configure|confirm|contact|collect|deliver|drive|drop|empty|take out|throw out|clear|wipe|assemble|hang|paint|measure|request|compare|choose|decide|celebrate|pray|journal|brush|shower|shave|cut|trim|dry|steam|polish|restock|replenish|thank|congratulate|proofread|edit|publish|post|upload|download|document|present|rehearse|memorize|revise|solve|turn in|hand in|stop by|swing by|move)\b";
}

/// A playlist is no list of ours to write on.
pub(crate) fn music(shape: &Shape) -> bool {
    shape.has(&MUSIC)
}

/// Whether any word of ours is in it.
pub(crate) fn any(shape: &Shape) -> bool {
    [&TASK, &LIST, &REMINDER, &CALENDAR]
        .iter()
        .any(|p: &&Pattern| shape.has(p))
}

/// Whether it is about what other machines do, and not about tasks.
pub(crate) fn elsewhere(shape: &Shape) -> bool {
    shape.has(&ELSEWHERE)
}

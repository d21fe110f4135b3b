//! Whether to act, to ask, or to leave it alone.

use contract::interpret::{Decision, Intent, Interpretation, Item, Mode, Moment, Trouble};
use jiff::ToSpan;

use crate::build::Builder;
use crate::intent::Wish;

/// From here on it is done without asking.
const ACT: f64 = 0.66;
/// From here on it is worth asking; below, it is none of our business.
const ASK: f64 = 0.35;

/// The decision and what goes with it.
pub(crate) struct Verdict {
    pub(crate) decision: Decision,
    pub(crate) confidence: f64,
    pub(crate) question: Option<String>,
    pub(crate) problems: Vec<Trouble>,
    pub(crate) alternatives: Vec<Item>,
}

/// Whether a yes answers what is asked, so that whoever asks can do it then. "To when?" is no such question.
pub fn yes_answers(read: &Interpretation) -> bool {
    let plain = read.problems.is_empty() && read.alternatives.is_empty();
    let question = read
        .items
        .first()
        .map(|item| do_you_want(item.intent, item));
    plain && read.decision == Decision::Ask && read.question == question
}

/// Weighs a wish with what was found.
pub(crate) fn decide(wish: &Wish, build: &Builder) -> Verdict {
    let item = &build.item;
    let intent = item.intent;
    let mut verdict = Verdict {
        decision: Decision::Act,
        confidence: wish.sure,
        question: None,
        problems: problems(build),
        alternatives: Vec::new(),
    };
    if intent == Intent::None || wish.sure < ASK {
        verdict.decision = Decision::Ignore;
        return verdict;
    }
    if intent.only_reads() {
        verdict.decision = if wish.sure >= 0.5 {
            Decision::Act
        } else {
            Decision::Ask
        };
        verdict.question = (verdict.decision == Decision::Ask)
            .then(|| "Do you want to see your tasks?".to_owned());
        return verdict;
    }
    let many = item.target.as_ref().is_some_and(|t| t.all);
    if intent.destroys() || many {
        verdict.decision = Decision::Confirm;
        verdict.question = Some(sure_about(intent, item));
    }
    if wish.sure < ACT {
        verdict.ask(do_you_want(intent, item));
    }
    if let Some(question) = missing(item, build.context.mode) {
        verdict.ask(question.to_owned());
    }
    if let Some(problem) = verdict.problems.first().map(|p| p.detail.clone()) {
        verdict.ask(problem);
    } else if build.past {
        verdict.ask("That moment has passed. When do you mean?".to_owned());
    }
    small_hours(build, &mut verdict);
    verdict
}

impl Verdict {
    fn ask(&mut self, question: String) {
        self.decision = Decision::Ask;
        self.confidence = self.confidence.min(0.6);
        self.question = Some(question);
    }
}

/// What has to be known before it can be done.
fn missing(item: &Item, mode: Mode) -> Option<&'static str> {
    let intent = item.intent;
    let undated = item.due.is_none() && item.deadline.is_none();
    let untitled = item.title.is_none() && item.target.is_none();
    match intent {
        Intent::CreateReminder
            if mode == Mode::Talk
                && item.target.is_none()
                && undated
                && item.recurrence.is_none() =>
        {
            Some("When shall I remind you?")
        }
        Intent::CreateReminder if untitled => Some("What shall I remind you of?"),
        intent if needs_title(intent) && untitled => Some("What shall it be called?"),
        Intent::Reschedule if undated && item.start.is_none() && item.shift.is_none() => {
            Some("To when?")
        }
        Intent::SnoozeReminder if item.due.is_none() => Some("For how long?"),
        _ => None,
    }
}

fn needs_title(intent: Intent) -> bool {
    matches!(
        intent,
        Intent::CreateTask | Intent::CreateReminder | Intent::CreateList
    )
}

fn problems(build: &Builder) -> Vec<Trouble> {
    let found = build.found;
    let mut problems: Vec<Trouble> = found
        .guarded
        .impossible
        .iter()
        .map(|range| {
            let (from, to) = found.plain.utf16(range);
            let detail = format!(
                "There is no \u{201c}{}\u{201d}. Which day or time do you mean?",
                found.plain.raw_of(range).trim()
            );
            Trouble {
                code: "date_impossible".to_owned(),
                detail,
                from: Some(from),
                to: Some(to),
            }
        })
        .collect();
    if let Some(recurring) = found.recurring.as_ref().filter(|r| r.too_frequent()) {
        let (from, to) = found.plain.utf16(&recurring.range);
        let detail = "A task can come back every hour at most.".to_owned();
        problems.push(Trouble {
            code: "recurrence_too_frequent".to_owned(),
            detail,
            from: Some(from),
            to: Some(to),
        });
    }
    problems
}

/// After midnight "tomorrow" may be the day that has just begun.
fn small_hours(build: &Builder, verdict: &mut Verdict) {
    let now = &build.context.now;
    let said = build.found.pieces.iter().any(|p| {
        build
            .found
            .plain
            .work
            .get(p.range.clone())
            .is_some_and(|w| w.contains("tomorrow"))
    });
    if !said || now.time() >= build.context.settings.day_starts_at {
        return;
    }
    let mut other = build.item.clone();
    let Some(due) = other.due.as_mut() else {
        return;
    };
    back_a_day(due, build);
    verdict.alternatives.push(other);
    let (today, tomorrow) = (
        now.date(),
        now.date().checked_add(1.day()).unwrap_or(now.date()),
    );
    verdict.ask(format!(
        "It is past midnight: is \u{201c}tomorrow\u{201d} {}, or today, {}?",
        tomorrow.strftime("%A, %-d %B"),
        today.strftime("%A, %-d %B")
    ));
}

fn back_a_day(due: &mut Moment, build: &Builder) {
    due.date = due.date.and_then(|d| d.yesterday().ok());
    due.at = due.at.and_then(|at| at.checked_sub(1.day()).ok());
    due.instant = due
        .at
        .and_then(|at| at.to_zoned(build.context.now.time_zone().clone()).ok())
        .map(|z| z.timestamp());
}

fn name(item: &Item) -> String {
    let target = item.target.as_ref().and_then(|t| t.phrase.clone());
    item.title
        .clone()
        .filter(|_| target.is_none())
        .or(target)
        .map_or_else(
            || "it".to_owned(),
            |words| format!("\u{201c}{words}\u{201d}"),
        )
}

fn sure_about(intent: Intent, item: &Item) -> String {
    let many = item.target.as_ref().is_some_and(|t| t.all);
    let what = if many {
        "all of them".to_owned()
    } else {
        name(item)
    };
    match intent {
        Intent::DeleteTask => format!("Delete {what}?"),
        Intent::DropTask => format!("Drop {what}?"),
        Intent::DeleteList => format!(
            "Delete the list {}?",
            item.list
                .clone()
                .map_or(what, |l| format!("\u{201c}{l}\u{201d}"))
        ),
        Intent::DeleteReminder if what == "it" => "Remove its reminders?".to_owned(),
        Intent::DeleteReminder => format!("Remove the reminders of {what}?"),
        Intent::EndSeries => format!("Stop repeating {what}?"),
        Intent::CompleteTask => format!("Complete {what}?"),
        _ => format!("Change {what}?"),
    }
}

fn do_you_want(intent: Intent, item: &Item) -> String {
    let what = name(item);
    match intent {
        Intent::CreateTask => format!("Shall I add {what} to your tasks?"),
        Intent::CreateReminder => format!("Shall I set a reminder for {what}?"),
        Intent::CreateList => "Shall I make a new list?".to_owned(),
        Intent::CompleteTask => format!("Is {what} a task that is done?"),
        Intent::Reschedule => format!("Shall I move {what}?"),
        intent if intent.destroys() => sure_about(intent, item),
        _ => format!("Shall I change {what}?"),
    }
}

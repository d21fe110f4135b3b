//! From what was understood to the command that would do it.

use crate::interpret::{Alert, Emptied, Intent, Item, Moment, Repeat};
use domain::{id::ListId, when::When};
use jiff::{Span, Timestamp, tz::TimeZone};
use serde_json::{Map, Value, json};
use uuid::Uuid;

/// The task that a phrase was found to mean.
#[derive(Clone, Debug, Default)]
pub struct Target {
    /// Its id.
    pub id: Uuid,
    /// The series that it is an occurrence of.
    pub series: Option<Uuid>,
    /// When it is due now, for "an hour later".
    pub due: Option<When>,
    /// Its reminders now, as it shows them: a further one joins them.
    pub reminders: Vec<Value>,
}

const DATES: [&str; 4] = ["due", "start", "deadline", "recurrence"];

/// The command of `/commands` that does what the item says; none where nothing is to be changed, or its target is not known.
/// `id` is what a new task or list will be called; `list` is the list meant, where its name is known.
pub fn command(
    item: &Item,
    id: Uuid,
    target: Option<&Target>,
    list: Option<ListId>,
    zone: &TimeZone,
) -> Option<Value> {
    let on = |kind: &str, set: Value| {
        target.map(|target| json!({ "type": kind, "id": target.id, "set": set }))
    };
    match item.intent {
        Intent::CreateTask | Intent::CreateReminder => {
            let mut set = fields(item, list);
            let title = item.title.as_ref()?;
            // Nobody else can be named yet, and nothing that was written is lost.
            if let Some(who) = &item.assignee {
                set.insert("title".to_owned(), json!(format!("{title} @{who}")));
            }
            Some(json!({ "type": "create_task", "id": id, "set": set }))
        }
        Intent::CreateList => Some(
            json!({ "type": "create_list", "id": id, "set": { "name": item.title.as_ref().or(item.list.as_ref())? } }),
        ),
        Intent::CompleteTask => on("complete_task", json!({})),
        Intent::ReopenTask => on("reopen_task", json!({})),
        Intent::DropTask => on("drop_task", json!({})),
        Intent::DeleteTask => on("delete_task", json!({})),
        Intent::RestoreTask => on("restore_task", json!({})),
        Intent::Skip => on("skip", json!({})),
        Intent::EndSeries => target?
            .series
            .map(|series| json!({ "type": "end_series", "id": series })),
        Intent::Reschedule | Intent::UpdateTask => changed(item, target, list),
        Intent::SnoozeReminder => {
            let until = item.due.as_ref().and_then(|due| instant(due, zone))?;
            on("snooze_reminder", json!({ "until": until }))
        }
        Intent::DeleteReminder => on("update_task", json!({ "reminders": [] })),
        Intent::Comment => {
            let text = item.text.as_ref()?;
            target.map(|target| json!({ "type": "comment", "id": id, "set": { "task_id": target.id, "text": text } }))
        }
        _ => None,
    }
}

/// The change of a task; none where nothing of it is to be another.
fn changed(item: &Item, target: Option<&Target>, list: Option<ListId>) -> Option<Value> {
    let mut set = fields(item, list);
    if let Some(target) = target {
        fit(&mut set, item, target);
    }
    if let Some(due) = target
        .zip(item.shift.as_deref())
        .and_then(|(target, by)| shifted(target, by))
    {
        set.insert("due".to_owned(), serde_json::to_value(due).ok()?);
    }
    let tags = set.remove("tags");
    for field in &item.clear {
        let (name, empty) = emptied(*field);
        set.insert(name.to_owned(), empty);
    }
    if set.is_empty() && tags.is_none() {
        return None;
    }
    // What is said of a task that repeats is meant for the next ones too; another date is for this one.
    let dated = DATES.iter().any(|field| set.contains_key(*field));
    if !dated && target.is_some_and(|target| target.series.is_some()) {
        set.insert("scope".to_owned(), json!("following"));
    }
    let tags = tags.unwrap_or_else(|| json!([]));
    target.map(
        |target| json!({ "type": "update_task", "id": target.id, "set": set, "add": { "tags": tags } }),
    )
}

/// A field as a change names it, and what it has when it is empty.
fn emptied(field: Emptied) -> (&'static str, Value) {
    match field {
        Emptied::Due => ("due", Value::Null),
        Emptied::Start => ("start", Value::Null),
        Emptied::Deadline => ("deadline", Value::Null),
        Emptied::Priority => ("priority", json!("none")),
        Emptied::Tags => ("tags", json!([])),
        Emptied::Estimate => ("estimate", Value::Null),
    }
}

fn fields(item: &Item, list: Option<ListId>) -> Map<String, Value> {
    let mut set = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            set.insert(name.to_owned(), value);
        }
    };
    put("title", item.title.as_ref().map(|title| json!(title)));
    put("notes", item.text.as_ref().map(|text| json!(text)));
    put("due", item.due.as_ref().and_then(when));
    put("start", item.start.as_ref().and_then(when));
    put("deadline", item.deadline.map(|date| json!(date)));
    put("priority", item.priority.map(|priority| json!(priority)));
    put("tags", (!item.tags.is_empty()).then(|| json!(item.tags)));
    put("list_id", list.map(|list| json!(list)));
    put(
        "estimate",
        item.estimate.as_ref().map(|estimate| json!(estimate)),
    );
    put(
        "reminders",
        (!item.reminders.is_empty()).then(|| item.reminders.iter().map(alert).collect()),
    );
    put("recurrence", item.recurrence.as_ref().map(repeat));
    set
}

/// What is said of a task that is there leaves it what was not said: its day, its time, its other reminders.
fn fit(set: &mut Map<String, Value>, item: &Item, target: &Target) {
    if let (Some(moment), Some(had), None) = (&item.due, &target.due, &item.recurrence)
        && let Some(due) = kept(moment, had)
    {
        set.insert("due".to_owned(), json!(due));
    }
    if let (Some(repeat), Some(had), None) = (&item.recurrence, &target.due, &item.due) {
        set.insert("recurrence".to_owned(), repeat_from(repeat, had));
    }
    if let Some(Value::Array(reminders)) = set.get_mut("reminders") {
        let mut all = target.reminders.clone();
        let same = |a: &Value, b: &Value| ["offset", "of", "at"].iter().all(|key| a[key] == b[key]);
        reminders.retain(|new| !all.iter().any(|old| same(old, new)));
        all.append(reminders);
        *reminders = all;
    }
}

/// "At 11:30" on the day that it has; "on monday" at the time that it has.
fn kept(moment: &Moment, had: &When) -> Option<When> {
    match (moment.date, moment.at) {
        (_, Some(at)) if moment.time_only => {
            let civil = had.date().to_datetime(at.time());
            Some(match had {
                When::At { .. } => had.moved_to(civil),
                When::Date(_) => When::At {
                    at: civil,
                    zone: moment.time_zone.as_ref().and_then(|zone| zone.parse().ok()),
                },
            })
        }
        (Some(date), None) => Some(had.moved_to(date.to_datetime(had.civil().time()))),
        _ => None,
    }
}

/// A rule that names no day begins at the date that the task has; a day that some months lack falls to the last one.
fn repeat_from(rule: &Repeat, had: &When) -> Value {
    let mut repeat = repeat(rule);
    let long = had.date().day() > 28 && !rule.rrule.contains("SKIP=");
    if long && (rule.rrule.contains("MONTHLY") || rule.rrule.contains("YEARLY")) {
        repeat["rrule"] = json!(format!("RSCALE=GREGORIAN;{};SKIP=BACKWARD", rule.rrule));
    }
    if let Some(fields) = repeat.as_object_mut() {
        fields.remove("start");
        fields.remove("time_zone");
    }
    repeat
}

fn when(moment: &Moment) -> Option<Value> {
    match (moment.date, moment.at) {
        (_, Some(at)) => Some(json!({ "at": at, "time_zone": moment.time_zone })),
        (Some(date), None) => Some(json!({ "date": date })),
        (None, None) => None,
    }
}

fn instant(moment: &Moment, zone: &TimeZone) -> Option<Timestamp> {
    let civil = moment
        .at
        .or_else(|| moment.date.map(|date| date.at(9, 0, 0, 0)))?;
    moment.instant.or_else(|| {
        zone.to_ambiguous_zoned(civil)
            .compatible()
            .ok()
            .map(|zoned| zoned.timestamp())
    })
}

fn alert(alert: &Alert) -> Value {
    match alert {
        Alert::Offset { offset, of } => json!({ "offset": offset, "of": of }),
        Alert::At { at } => json!({ "at": at }),
    }
}

fn repeat(repeat: &Repeat) -> Value {
    let mut set = json!({
        "rrule": repeat.rrule,
        "from": repeat.from,
        "start": repeat.start,
        "time_zone": repeat.time_zone,
        "include": repeat.include,
        "exclude": repeat.exclude,
    });
    if let (Some(missed), Some(set)) = (&repeat.missed, set.as_object_mut()) {
        set.insert("missed".to_owned(), json!(missed));
    }
    set
}

/// "An hour later" than it is due now, in wall time.
fn shifted(target: &Target, by: &str) -> Option<When> {
    let due = target.due.as_ref()?;
    let span: Span = by.parse().ok()?;
    let timed = span.get_hours() != 0 || span.get_minutes() != 0;
    // A day without a time is thought of from nine o'clock.
    let from = if timed && matches!(due, When::Date(_)) {
        due.date().at(9, 0, 0, 0)
    } else {
        due.civil()
    };
    let civil = from.checked_add(span).ok()?;
    match due {
        // A day that is put off by hours gets a time.
        When::Date(_) if timed => Some(When::At {
            at: civil,
            zone: None,
        }),
        _ => Some(due.moved_to(civil)),
    }
}

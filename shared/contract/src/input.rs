//! What requests carry: the writable fields, each refused by name where it is read-only.

use domain::{
    id::*,
    record::present,
    recurrence::{CivilWhen, CountedFrom, Missed, Rule},
    refusal::Refusal,
    repeat::Repeat,
    task::{Anchor, Estimate, Link, Priority, Reminder, ReminderSpec, Source, TaskPatch},
    when::{self, When},
    zone::ZoneName,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// The fields of a task that a create or a change may carry.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaskInput {
    /// In a create: chosen by the client.
    pub id: Option<TaskId>,
    #[serde(deserialize_with = "present")]
    title: Option<String>,
    #[serde(deserialize_with = "present")]
    notes: Option<String>,
    #[serde(deserialize_with = "present")]
    due: Option<Option<When>>,
    #[serde(deserialize_with = "present")]
    start: Option<Option<When>>,
    #[serde(deserialize_with = "date")]
    deadline: Option<Option<Date>>,
    #[serde(deserialize_with = "present")]
    priority: Option<Priority>,
    #[serde(deserialize_with = "present")]
    tags: Option<Vec<String>>,
    #[serde(deserialize_with = "present")]
    list_id: Option<Option<ListId>>,
    #[serde(deserialize_with = "present")]
    section_id: Option<Option<SectionId>>,
    #[serde(deserialize_with = "present")]
    parent_id: Option<Option<TaskId>>,
    #[serde(deserialize_with = "present")]
    blocked_by: Option<Vec<TaskId>>,
    #[serde(deserialize_with = "present")]
    assignee: Option<Option<UserId>>,
    #[serde(deserialize_with = "present")]
    estimate: Option<Option<Estimate>>,
    #[serde(deserialize_with = "present")]
    links: Option<Vec<Link>>,
    #[serde(deserialize_with = "present")]
    source: Option<Option<Source>>,
    #[serde(deserialize_with = "present")]
    reminders: Option<Vec<ReminderInput>>,
    #[serde(deserialize_with = "present")]
    recurrence: Option<Option<RepeatInput>>,
    status: Option<IgnoredAny>,
    version: Option<IgnoredAny>,
    position: Option<IgnoredAny>,
    series_id: Option<IgnoredAny>,
    occurrence: Option<IgnoredAny>,
    created_at: Option<IgnoredAny>,
    updated_at: Option<IgnoredAny>,
    closed_at: Option<IgnoredAny>,
    deleted_at: Option<IgnoredAny>,
}

fn date<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Date>>, D::Error> {
    let text: Option<String> = Option::deserialize(from)?;
    let date = text
        .map(|text| when::parse_date(&text).map_err(serde::de::Error::custom))
        .transpose()?;
    Ok(Some(date))
}

impl TaskInput {
    /// The fields of the task `id` that are set, for this person, and the recurrence asked for.
    ///
    /// # Errors
    /// A read-only field, with the verb that changes it.
    pub fn fields(
        self,
        person: UserId,
        id: TaskId,
    ) -> Result<(TaskPatch, Option<Option<Repeat>>), Refusal> {
        self.read_only()?;
        let own = |(i, input): (usize, ReminderInput)| input.reminder(person, id, i);
        let reminders = self.reminders.map(|all| {
            all.into_iter()
                .enumerate()
                .map(own)
                .collect::<Result<_, _>>()
        });
        let patch = TaskPatch {
            title: self.title,
            notes: self.notes,
            due: self.due,
            start: self.start,
            deadline: self.deadline,
            priority: self.priority,
            tags: self.tags,
            list_id: self.list_id,
            section_id: self.section_id,
            parent_id: self.parent_id,
            blocked_by: self.blocked_by,
            assignee: self.assignee,
            estimate: self.estimate,
            links: self.links,
            source: self.source,
            reminders: reminders.transpose()?,
            ..TaskPatch::default()
        };
        Ok((
            patch,
            self.recurrence.map(|repeat| repeat.map(Repeat::from)),
        ))
    }

    fn read_only(&self) -> Result<(), Refusal> {
        let fields = [
            ("status", self.status, "complete, reopen or drop"),
            ("version", self.version, "If-Match or Base-Version"),
            ("position", self.position, "move"),
            ("series_id", self.series_id, "recurrence"),
            ("occurrence", self.occurrence, "skip or reschedule"),
            ("created_at", self.created_at, "nothing"),
            ("updated_at", self.updated_at, "nothing"),
            ("closed_at", self.closed_at, "complete, reopen or drop"),
            ("deleted_at", self.deleted_at, "DELETE or restore"),
        ];
        match fields.into_iter().find(|(_, value, _)| value.is_some()) {
            None => Ok(()),
            Some((field, _, verb)) => Err(Refusal::Field {
                pointer: format!("/{field}"),
                code: "field_read_only",
                words: format!("`{field}` is read-only here; it is changed by {verb}."),
            }),
        }
    }
}

/// A reminder as it is asked for: a lead time, or a moment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReminderInput {
    #[serde(default)]
    id: Option<ReminderId>,
    #[serde(default)]
    offset: Option<String>,
    #[serde(default)]
    of: Option<Anchor>,
    #[serde(default)]
    at: Option<Timestamp>,
    #[serde(default)]
    snoozed_until: Option<Timestamp>,
}

impl ReminderInput {
    /// The reminder of a task, the person's own; the `i`th of them.
    ///
    /// # Errors
    /// Neither a lead time nor a moment, or both.
    pub(crate) fn reminder(
        self,
        person: UserId,
        task: TaskId,
        i: usize,
    ) -> Result<Reminder, Refusal> {
        let spec = match (self.offset, self.at) {
            (Some(offset), None) => ReminderSpec::Lead {
                offset,
                of: self.of.unwrap_or_default(),
            },
            (None, Some(at)) => ReminderSpec::At { at },
            _ => {
                let words =
                    "A reminder has either `offset` (such as -PT15M) or `at` (a moment in UTC).";
                return Err(Refusal::field(format!("/reminders/{i}"), words));
            }
        };
        // The same reminder asked for twice, by a retry, is the same reminder.
        let key = format!("{spec:?}");
        let id = self
            .id
            .unwrap_or_else(|| ReminderId(derived(&["reminder", &task.to_string(), &key])));
        Ok(Reminder {
            id,
            person,
            spec,
            snoozed_until: self.snoozed_until,
        })
    }
}

/// A recurrence as it is asked for; what is left out comes from the task.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatInput {
    rrule: Rule,
    #[serde(default)]
    from: CountedFrom,
    #[serde(default)]
    start: Option<CivilWhen>,
    #[serde(default, deserialize_with = "present")]
    time_zone: Option<Option<ZoneName>>,
    #[serde(default)]
    include: Vec<CivilWhen>,
    #[serde(default)]
    exclude: Vec<CivilWhen>,
    #[serde(default)]
    missed: Missed,
}

impl From<RepeatInput> for Repeat {
    fn from(input: RepeatInput) -> Self {
        Self {
            rrule: input.rrule,
            from: input.from,
            start: input.start,
            time_zone: input.time_zone,
            include: input.include,
            exclude: input.exclude,
            missed: input.missed,
        }
    }
}

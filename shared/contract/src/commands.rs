//! Commands as JSON: what `/commands` takes, `interpret` proposes and import writes.

mod read;

use crate::words;
use domain::{
    id::*,
    list::{ListPatch, SectionPatch, TagPatch, ViewPatch},
    record::present,
    refusal::Refusal,
    settings::SettingsPatch,
    task::place::Place,
    when::When,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

/// Many commands in one request.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// `all`: all or nothing. `each`: each by itself.
    #[serde(default)]
    pub mode: Mode,
    /// Says what would be done, and does nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// 1 to 1,000.
    #[schemars(length(min = 1, max = 1000))]
    pub commands: Vec<CommandInput>,
}

/// Whether many commands stand and fall together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "AllOrEach")]
pub enum Mode {
    /// All or nothing.
    #[default]
    All,
    /// Each by itself.
    Each,
}

/// One command.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommandInput {
    /// The client's own name for it, given back with its result.
    #[serde(default)]
    pub key: Option<String>,
    /// What: the intents of interpret that change something.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// On what; in a create, chosen by the client.
    #[serde(default)]
    pub id: Option<Uuid>,
    /// The version that it was read at: what others changed since is merged.
    #[serde(default)]
    pub base: Option<u64>,
    /// The fields, or what the verb needs.
    #[serde(default)]
    #[schemars(with = "Option<serde_json::Map<String, Value>>")]
    pub set: Option<Value>,
    /// Tags and blockers to add.
    #[serde(default)]
    pub add: Sets,
    /// Tags and blockers to take off.
    #[serde(default)]
    pub remove: Sets,
}

/// Members of the fields that are sets.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Sets {
    tags: Vec<String>,
    #[schemars(with = "Vec<Uuid>")]
    blocked_by: Vec<TaskId>,
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "CommandType")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    CreateTask,
    UpdateTask,
    CompleteTask,
    ReopenTask,
    DropTask,
    DeleteTask,
    RestoreTask,
    DuplicateTask,
    MoveTask,
    Reschedule,
    Skip,
    EndSeries,
    PauseSeries,
    ResumeSeries,
    SnoozeReminder,
    CreateList,
    UpdateList,
    DeleteList,
    RestoreList,
    CreateSection,
    UpdateSection,
    DeleteSection,
    UpdateTag,
    DeleteTag,
    CreateView,
    UpdateView,
    DeleteView,
    Comment,
    UpdateComment,
    DeleteComment,
    UpdateSettings,
}

impl Kind {
    /// Whether it takes something away, which some tokens may not.
    pub const fn deletes(self) -> bool {
        matches!(
            self,
            Self::DeleteTask
                | Self::DeleteList
                | Self::DeleteSection
                | Self::DeleteTag
                | Self::DeleteView
                | Self::DeleteComment
        )
    }
}

/// When a task is due instead.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RescheduleInput {
    /// The new date, or none; what is left out by mistake takes no date away.
    #[serde(deserialize_with = "Option::deserialize")]
    #[schemars(with = "Option<crate::schema::When>")]
    pub due: Option<When>,
    /// `following` moves the series from here on.
    #[serde(default)]
    pub scope: Scope,
}

/// How much of a series a change concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// This occurrence.
    #[default]
    This,
    /// This and the following.
    Following,
}

/// Until when a reminder is put off.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnoozeInput {
    /// A moment ahead (UTC).
    pub until: Timestamp,
    /// Which; the task's last one when left out.
    #[serde(default)]
    #[schemars(with = "Option<Uuid>")]
    pub reminder_id: Option<ReminderId>,
}

/// A comment.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentInput {
    /// On which task.
    #[serde(default)]
    #[schemars(with = "Option<Uuid>")]
    pub task_id: Option<TaskId>,
    /// Markdown.
    pub text: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MoveInput {
    #[serde(deserialize_with = "present")]
    list_id: Option<Option<ListId>>,
    #[serde(deserialize_with = "present")]
    section_id: Option<Option<SectionId>>,
    #[serde(deserialize_with = "present")]
    parent_id: Option<Option<TaskId>>,
    #[serde(deserialize_with = "present")]
    after: Option<Option<TaskId>>,
}

/// Where a task is to stand.
///
/// # Errors
/// A shape that is not `{list_id, section_id, parent_id, after}`.
pub fn place(set: Value) -> Result<Place, Refusal> {
    let input: MoveInput = read(set)?;
    Ok(Place {
        list: input.list_id,
        section: input.section_id,
        parent: input.parent_id,
        after: input.after,
    })
}

/// The writable fields of a list.
///
/// # Errors
/// Unknown, read-only or unfit fields.
pub fn list(set: Value) -> Result<ListPatch, Refusal> {
    writable(&set, &["name", "color", "archived"])?;
    read(set)
}

/// The writable fields of a section; its list only when it is made.
///
/// # Errors
/// Unknown, read-only or unfit fields.
pub fn section(set: Value, new: bool) -> Result<SectionPatch, Refusal> {
    writable(&set, if new { &["name", "list_id"] } else { &["name"] })?;
    read(set)
}

/// The writable fields of a tag.
///
/// # Errors
/// Unknown, read-only or unfit fields.
pub fn tag(set: Value) -> Result<TagPatch, Refusal> {
    writable(&set, &["name", "color"])?;
    read(set)
}

/// The writable fields of a view.
///
/// # Errors
/// Unknown, read-only or unfit fields.
pub fn view(set: Value) -> Result<ViewPatch, Refusal> {
    writable(&set, &["name", "filter", "sort"])?;
    read(set)
}

/// A person's settings.
///
/// # Errors
/// Unknown or unfit fields.
pub fn settings(set: Value) -> Result<SettingsPatch, Refusal> {
    read(set)
}

fn writable(set: &Value, fields: &[&str]) -> Result<(), Refusal> {
    let known = [
        "id",
        "version",
        "position",
        "created_at",
        "updated_at",
        "deleted_at",
        "list_id",
    ];
    let given = set.as_object().into_iter().flat_map(|object| object.keys());
    match given
        .into_iter()
        .find(|key| known.contains(&key.as_str()) && !fields.contains(&key.as_str()))
    {
        None => Ok(()),
        Some(key) => Err(Refusal::Field {
            pointer: format!("/{key}"),
            code: "field_read_only",
            words: format!(
                "`{key}` is read-only here. Writable are: {}.",
                fields.join(", ")
            ),
        }),
    }
}

/// Reads a JSON value as a shape, with a refusal that points at what does not fit.
///
/// # Errors
/// `field_unknown`, or `field_invalid` and its more telling kinds.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let pointer = words::pointer(error.path());
        let words = error.into_inner().to_string();
        for code in [
            "date_impossible",
            "zone_unknown",
            "rrule_invalid",
            "rrule_never_matches",
            "recurrence_too_frequent",
        ] {
            if let Some(rest) = words.strip_prefix(&format!("{code}: ")) {
                return Refusal::Field {
                    pointer,
                    code,
                    words: rest.to_owned(),
                };
            }
        }
        let named = |before: &str| words.strip_prefix(before)?.split('`').next();
        if let Some(name) = named("missing field `") {
            let pointer = format!("{pointer}/{name}");
            let words = format!("`{pointer}` is missing. Add it.");
            return Refusal::field(pointer, words);
        }
        let (code, words) = match named("unknown field `") {
            Some(name) => ("field_unknown", format!("There is no field `{name}` here.")),
            None => (
                "field_invalid",
                format!("`{pointer}`: {}.", words::plain(&words)),
            ),
        };
        Refusal::Field {
            pointer,
            code,
            words,
        }
    })
}

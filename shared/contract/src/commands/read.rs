//! From JSON to commands: each type with the fields that it needs.

use super::{
    CommandInput, CommentInput, Kind, RescheduleInput, Scope, Sets, SnoozeInput, list, place, read,
    section, settings, tag, view,
};
use crate::input::TaskInput;
use domain::{
    command::Command,
    id::*,
    refusal::Refusal,
    task::change::{Edit, Expect},
};
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CopyInput {
    #[serde(default)]
    id: Option<TaskId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameInput {
    name: String,
    #[serde(default, flatten)]
    set: std::collections::BTreeMap<String, Value>,
}

/// What a command is made from.
struct Asked<'a> {
    person: UserId,
    id: Option<Uuid>,
    fields: Value,
    add: Sets,
    remove: Sets,
    fresh: &'a dyn Fn() -> Uuid,
}

impl CommandInput {
    /// The command itself, for this person; ids that are left out are made by `fresh`.
    ///
    /// # Errors
    /// A field that is unknown, missing or unfit.
    pub fn command(
        self,
        person: UserId,
        fresh: &dyn Fn() -> Uuid,
    ) -> Result<(Command, Expect), Refusal> {
        let expect = self.base.map_or(Expect::Any, Expect::Base);
        let fields = self
            .set
            .unwrap_or_else(|| Value::Object(serde_json::Map::new()));
        let asked = Asked {
            person,
            id: self.id,
            fields,
            add: self.add,
            remove: self.remove,
            fresh,
        };
        let command = match self.kind {
            Kind::CreateTask => asked.create_task()?,
            Kind::UpdateTask => asked.update_task()?,
            Kind::Comment | Kind::UpdateComment | Kind::DeleteComment => {
                asked.on_comment(self.kind)?
            }
            Kind::UpdateTag | Kind::DeleteTag => asked.on_tag(self.kind)?,
            Kind::UpdateSettings => Command::UpdateSettings {
                set: Box::new(settings(asked.fields)?),
            },
            kind => match asked.verb(kind)? {
                Some(command) => command,
                None => asked.keep(kind)?,
            },
        };
        Ok((command, expect))
    }
}

impl Asked<'_> {
    fn made(&self) -> Uuid {
        self.id.unwrap_or_else(self.fresh)
    }

    fn named(&self) -> Result<Uuid, Refusal> {
        self.id
            .ok_or_else(|| Refusal::field("/id", "Say which one by its `id`."))
    }

    fn create_task(self) -> Result<Command, Refusal> {
        let made = self.made();
        let input: TaskInput = read(self.fields)?;
        let id = TaskId(input.id.map_or(made, |id| id.0));
        let (draft, repeat) = input.fields(self.person, id)?;
        Ok(Command::CreateTask {
            id,
            draft,
            repeat: repeat.flatten(),
        })
    }

    fn update_task(self) -> Result<Command, Refusal> {
        let id = TaskId(self.named()?);
        let mut fields = self.fields;
        let scope = fields
            .as_object_mut()
            .and_then(|fields| fields.remove("scope"));
        let scope: Scope = scope.map_or(Ok(Scope::This), read)?;
        let (set, repeat) = read::<TaskInput>(fields)?.fields(self.person, id)?;
        let edit = Edit {
            set,
            repeat,
            add_tags: self.add.tags,
            remove_tags: self.remove.tags,
            add_blockers: self.add.blocked_by,
            remove_blockers: self.remove.blocked_by,
            following: scope == Scope::Following,
        };
        Ok(Command::UpdateTask {
            id,
            edit: Box::new(edit),
        })
    }

    fn on_comment(self, kind: Kind) -> Result<Command, Refusal> {
        if kind == Kind::DeleteComment {
            return Ok(Command::UpdateComment {
                id: CommentId(self.named()?),
                text: None,
            });
        }
        let (made, named) = (self.made(), self.named());
        let input: CommentInput = read(self.fields)?;
        if kind == Kind::UpdateComment {
            return Ok(Command::UpdateComment {
                id: CommentId(named?),
                text: Some(input.text),
            });
        }
        let task = input
            .task_id
            .ok_or_else(|| Refusal::field("/task_id", "Say on which task by `task_id`."))?;
        Ok(Command::Comment {
            id: CommentId(made),
            task,
            text: input.text,
        })
    }

    fn on_tag(self, kind: Kind) -> Result<Command, Refusal> {
        let NameInput { name, mut set } = read(self.fields)?;
        if kind == Kind::DeleteTag {
            return Ok(Command::DeleteTag { name });
        }
        if let Some(new) = set.remove("new_name") {
            set.insert("name".to_owned(), new);
        }
        Ok(Command::UpdateTag {
            name,
            set: tag(Value::Object(set.into_iter().collect()))?,
        })
    }

    /// What is done to a task or a series beside changing fields.
    fn verb(&self, kind: Kind) -> Result<Option<Command>, Refusal> {
        let task = || self.named().map(TaskId);
        let series = || self.named().map(SeriesId);
        Ok(Some(match kind {
            Kind::CompleteTask => Command::CompleteTask { id: task()? },
            Kind::ReopenTask => Command::ReopenTask { id: task()? },
            Kind::DropTask => Command::DropTask { id: task()? },
            Kind::DeleteTask => Command::DeleteTask { id: task()? },
            Kind::RestoreTask => Command::RestoreTask { id: task()? },
            Kind::Skip => Command::Skip { id: task()? },
            Kind::MoveTask => Command::MoveTask {
                id: task()?,
                to: place(self.fields.clone())?,
            },
            Kind::DuplicateTask => {
                let copy = read::<CopyInput>(self.fields.clone())?
                    .id
                    .map_or_else(self.fresh, |id| id.0);
                Command::DuplicateTask {
                    id: task()?,
                    copy: TaskId(copy),
                }
            }
            Kind::Reschedule => {
                let input: RescheduleInput = read(self.fields.clone())?;
                let following = input.scope == Scope::Following;
                Command::Reschedule {
                    id: task()?,
                    due: input.due,
                    following,
                }
            }
            Kind::SnoozeReminder => {
                let input: SnoozeInput = read(self.fields.clone())?;
                Command::SnoozeReminder {
                    id: task()?,
                    reminder: input.reminder_id,
                    until: input.until,
                }
            }
            Kind::EndSeries => Command::EndSeries { id: series()? },
            Kind::PauseSeries => Command::PauseSeries { id: series()? },
            Kind::ResumeSeries => Command::ResumeSeries { id: series()? },
            _ => return Ok(None),
        }))
    }

    /// What tasks are kept in and looked at by.
    fn keep(self, kind: Kind) -> Result<Command, Refusal> {
        let (made, named) = (self.made(), self.named());
        let fields = self.fields;
        Ok(match kind {
            Kind::CreateList => Command::CreateList {
                id: ListId(made),
                set: list(fields)?,
            },
            Kind::UpdateList => Command::UpdateList {
                id: ListId(named?),
                set: list(fields)?,
            },
            Kind::DeleteList => Command::DeleteList { id: ListId(named?) },
            Kind::RestoreList => Command::RestoreList { id: ListId(named?) },
            Kind::CreateSection => Command::CreateSection {
                id: SectionId(made),
                set: section(fields, true)?,
            },
            Kind::UpdateSection => Command::UpdateSection {
                id: SectionId(named?),
                set: section(fields, false)?,
            },
            Kind::DeleteSection => Command::DeleteSection {
                id: SectionId(named?),
            },
            Kind::CreateView => Command::CreateView {
                id: ViewId(made),
                set: view(fields)?,
            },
            Kind::UpdateView => Command::UpdateView {
                id: ViewId(named?),
                set: view(fields)?,
            },
            Kind::DeleteView => Command::DeleteView { id: ViewId(named?) },
            other => {
                return Err(Refusal::field(
                    "/type",
                    format!("{other:?} is not done this way."),
                ));
            }
        })
    }
}

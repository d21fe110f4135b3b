//! Commands: everything that a person, a program or the assistant can ask for, in one shape.

use crate::{
    id::*,
    import::Import,
    keep,
    list::{Comment, List, ListPatch, Section, SectionPatch, Tag, TagPatch, View, ViewPatch},
    need::{Need, TasksOf},
    refusal::Refusal,
    reminder,
    repeat::Repeat,
    series::{self, Series},
    settings::{Settings, SettingsPatch},
    state::{Kept, State},
    task::{
        Task, TaskPatch,
        change::{self, Edit, Expect},
        close, copy, create,
        place::{self, Place},
        trash,
    },
    when::When,
};
use jiff::Timestamp;
use uuid::Uuid;

/// Something to be done.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "each is documented where it is decided")]
#[expect(
    clippy::large_enum_variant,
    reason = "few live at once, and most are the large one"
)]
pub enum Command {
    CreateTask {
        id: TaskId,
        draft: TaskPatch,
        repeat: Option<Repeat>,
    },
    UpdateTask {
        id: TaskId,
        edit: Box<Edit>,
    },
    CompleteTask {
        id: TaskId,
    },
    ReopenTask {
        id: TaskId,
    },
    DropTask {
        id: TaskId,
    },
    DeleteTask {
        id: TaskId,
    },
    RestoreTask {
        id: TaskId,
    },
    PurgeTask {
        id: TaskId,
    },
    EmptyTrash {
        before: Timestamp,
    },
    DuplicateTask {
        id: TaskId,
        copy: TaskId,
    },
    MoveTask {
        id: TaskId,
        to: Place,
    },
    Reschedule {
        id: TaskId,
        due: Option<When>,
        following: bool,
    },
    Skip {
        id: TaskId,
    },
    EndSeries {
        id: SeriesId,
    },
    PauseSeries {
        id: SeriesId,
    },
    ResumeSeries {
        id: SeriesId,
    },
    SnoozeReminder {
        id: TaskId,
        reminder: Option<ReminderId>,
        until: Timestamp,
    },
    CreateList {
        id: ListId,
        set: ListPatch,
    },
    UpdateList {
        id: ListId,
        set: ListPatch,
    },
    DeleteList {
        id: ListId,
    },
    RestoreList {
        id: ListId,
    },
    CreateSection {
        id: SectionId,
        set: SectionPatch,
    },
    UpdateSection {
        id: SectionId,
        set: SectionPatch,
    },
    DeleteSection {
        id: SectionId,
    },
    UpdateTag {
        name: String,
        set: TagPatch,
    },
    DeleteTag {
        name: String,
    },
    CreateView {
        id: ViewId,
        set: ViewPatch,
    },
    UpdateView {
        id: ViewId,
        set: ViewPatch,
    },
    DeleteView {
        id: ViewId,
    },
    Comment {
        id: CommentId,
        task: TaskId,
        text: String,
    },
    UpdateComment {
        id: CommentId,
        text: Option<String>,
    },
    UpdateSettings {
        set: Box<SettingsPatch>,
    },
    Import(Box<Import>),
}

impl Command {
    /// What must be loaded to decide it.
    pub fn need(&self, expect: Expect) -> Need {
        let mut need = Need::default();
        match self {
            Self::CreateTask { id, draft, .. } => {
                need.tasks.push(*id);
                need.sources.extend(draft.source.clone().flatten());
                referred(&mut need, draft);
            }
            Self::UpdateTask { id, edit } => {
                need.tasks.push(*id);
                need.tasks.extend(&edit.add_blockers);
                referred(&mut need, &edit.set);
            }
            Self::CompleteTask { id }
            | Self::ReopenTask { id }
            | Self::DropTask { id }
            | Self::DeleteTask { id }
            | Self::RestoreTask { id }
            | Self::PurgeTask { id }
            | Self::Reschedule { id, .. }
            | Self::Skip { id }
            | Self::SnoozeReminder { id, .. } => need.tasks.push(*id),
            Self::EmptyTrash { before } => {
                need.tasks_of.push(TasksOf::Trash(before.as_microsecond()));
            }
            Self::DuplicateTask { id, copy } => need.tasks.extend([*id, *copy]),
            Self::MoveTask { id, to } => {
                need.tasks.push(*id);
                need.tasks.extend(to.parent.flatten());
                need.lists.extend(to.list.flatten());
                need.sections.extend(to.section.flatten());
                need.after.extend(to.after.flatten());
            }
            Self::EndSeries { id } | Self::PauseSeries { id } | Self::ResumeSeries { id } => {
                need.series.push(*id);
            }
            _ => self.need_of_records(&mut need),
        }
        if let (
            Self::UpdateTask { id, .. } | Self::Reschedule { id, .. } | Self::MoveTask { id, .. },
            Expect::Base(base),
        ) = (self, expect)
        {
            need.since.push((*id, base));
        }
        need
    }

    /// What lists, sections, tags, views, comments and settings need.
    fn need_of_records(&self, need: &mut Need) {
        match self {
            Self::CreateList { id, .. } | Self::UpdateList { id, .. } => need.lists.push(*id),
            Self::DeleteList { id } | Self::RestoreList { id } => {
                need.lists.push(*id);
                need.tasks_of.push(TasksOf::List(*id));
            }
            Self::CreateSection { id, set } | Self::UpdateSection { id, set } => {
                need.sections.push(*id);
                need.lists.extend(set.list_id);
            }
            Self::DeleteSection { id } => {
                need.sections.push(*id);
                need.tasks_of.push(TasksOf::Section(*id));
            }
            Self::UpdateTag { name, set } => {
                need.tags.push(name.clone());
                if let Some(new) = set.name.as_ref().filter(|new| *new != name) {
                    need.tags.push(new.clone());
                    need.tasks_of.push(TasksOf::Tag(name.clone()));
                }
            }
            Self::DeleteTag { name } => {
                need.tags.push(name.clone());
                need.tasks_of.push(TasksOf::Tag(name.clone()));
            }
            Self::CreateView { id, .. } | Self::UpdateView { id, .. } | Self::DeleteView { id } => {
                need.views.push(*id);
            }
            Self::Comment { id, task, .. } => {
                need.comments.push(*id);
                need.tasks.push(*task);
            }
            Self::UpdateComment { id, .. } => need.comments.push(*id),
            Self::Import(import) => *need = std::mem::take(need).and(import.need()),
            Self::UpdateSettings { set }
                if set.time_zone.is_some() || set.all_day_time.is_some() =>
            {
                need.tasks_of.push(TasksOf::Floating);
            }
            _ => {}
        }
    }

    /// Does it, or refuses.
    ///
    /// # Errors
    /// What the command's own function documents.
    pub fn decide(&self, state: &mut State, expect: Expect, now: Timestamp) -> Result<(), Refusal> {
        let task = self.task();
        if task.is_some_and(|id| state.purged.contains(&id)) {
            return Err(Refusal::Purged);
        }
        if let (Some(id), false) = (
            task,
            matches!(self, Self::UpdateTask { .. } | Self::CreateTask { .. }),
        ) {
            change::expected("task", state.row::<Task>(id.0)?.version, expect)?;
        }
        self.expected(state, expect)?;
        match self {
            Self::CreateTask { id, draft, repeat } => {
                create::create(state, *id, draft, repeat.as_ref(), now)
            }
            Self::UpdateTask { id, edit } => change::change(state, *id, edit, expect, now),
            Self::CompleteTask { id } => close::complete(state, *id, now),
            Self::ReopenTask { id } => close::reopen(state, *id, now),
            Self::DropTask { id } => close::drop(state, *id, now),
            Self::DeleteTask { id } => trash::delete(state, *id, now),
            Self::RestoreTask { id } => trash::restore(state, *id, now),
            Self::PurgeTask { id } => trash::purge(state, *id, now),
            Self::EmptyTrash { before } => {
                trash::empty(state, *before, now);
                Ok(())
            }
            Self::DuplicateTask { id, copy } => copy::duplicate(state, *id, *copy, now),
            Self::MoveTask { id, to } => place::place(state, *id, to, expect, now),
            Self::Reschedule { id, due, following } => {
                let mut edit = Edit {
                    following: *following,
                    ..Edit::default()
                };
                edit.set.due = Some(due.clone());
                change::change(state, *id, &edit, expect, now)
            }
            Self::Skip { id } => series::skip(state, *id, now),
            Self::EndSeries { id } => series::end(state, *id, now),
            Self::PauseSeries { id } => series::pause(state, *id, now),
            Self::ResumeSeries { id } => series::resume(state, *id, now),
            Self::SnoozeReminder {
                id,
                reminder,
                until,
            } => reminder::snooze(state, *id, *reminder, *until, now),
            other => other.decide_kept(state, expect, now),
        }
    }

    /// Refuses where what it is about is at another version than the caller has seen.
    fn expected(&self, state: &State, expect: Expect) -> Result<(), Refusal> {
        fn at<R: Kept>(state: &State, id: Uuid, expect: Expect) -> Result<(), Refusal> {
            // Where there is none, the command itself says so.
            let row = state.row::<R>(id).ok();
            row.map_or(Ok(()), |row| change::unmerged(R::WHAT, row.version, expect))
        }
        match self {
            Self::DeleteList { id } | Self::RestoreList { id } => at::<List>(state, id.0, expect),
            Self::DeleteSection { id } => at::<Section>(state, id.0, expect),
            Self::DeleteView { id } => at::<View>(state, id.0, expect),
            Self::UpdateComment { id, .. } => at::<Comment>(state, id.0, expect),
            Self::UpdateTag { name, .. } | Self::DeleteTag { name } => {
                at::<Tag>(state, keep::tag_id(state, name).0, expect)
            }
            Self::EndSeries { id } | Self::PauseSeries { id } | Self::ResumeSeries { id } => {
                at::<Series>(state, id.0, expect)
            }
            Self::UpdateSettings { .. } => at::<Settings>(state, state.viewer.0, expect),
            _ => Ok(()),
        }
    }

    fn decide_kept(
        &self,
        state: &mut State,
        expect: Expect,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        match self {
            Self::CreateList { id, set } => keep::create_list(state, *id, set, now),
            Self::UpdateList { id, set } => keep::update_list(state, *id, set, expect, now),
            Self::DeleteList { id } => keep::delete_list(state, *id, now),
            Self::RestoreList { id } => keep::restore_list(state, *id, now),
            Self::CreateSection { id, set } => keep::create_section(state, *id, set, now),
            Self::UpdateSection { id, set } => keep::update_section(state, *id, set, expect, now),
            Self::DeleteSection { id } => keep::delete_section(state, *id, now),
            Self::UpdateTag { name, set } => keep::update_tag(state, name, set, now),
            Self::DeleteTag { name } => keep::delete_tag(state, name, now),
            Self::CreateView { id, set } => keep::create_view(state, *id, set, now),
            Self::UpdateView { id, set } => keep::update_view(state, *id, set, expect, now),
            Self::DeleteView { id } => keep::delete_view(state, *id, now),
            Self::Comment { id, task, text } => keep::comment(state, *id, *task, text, now),
            Self::UpdateComment { id, text } => {
                keep::update_comment(state, *id, text.as_deref(), now)
            }
            Self::UpdateSettings { set } => keep::update_settings(state, set, now),
            Self::Import(import) => import.decide(state, now),
            // The others are decided above.
            _ => Ok(()),
        }
    }

    /// The task that it is about, if it is about one.
    pub fn task(&self) -> Option<TaskId> {
        match self {
            Self::CreateTask { id, .. }
            | Self::UpdateTask { id, .. }
            | Self::CompleteTask { id }
            | Self::ReopenTask { id }
            | Self::DropTask { id }
            | Self::DeleteTask { id }
            | Self::RestoreTask { id }
            | Self::PurgeTask { id }
            | Self::DuplicateTask { id, .. }
            | Self::MoveTask { id, .. }
            | Self::Reschedule { id, .. }
            | Self::Skip { id }
            | Self::SnoozeReminder { id, .. } => Some(*id),
            Self::Comment { task, .. } => Some(*task),
            _ => None,
        }
    }
}

/// What the fields of a task refer to.
fn referred(need: &mut Need, set: &TaskPatch) {
    need.tasks.extend(set.parent_id.flatten());
    need.tasks.extend(set.blocked_by.iter().flatten());
    need.lists.extend(set.list_id.flatten());
    need.sections.extend(set.section_id.flatten());
}

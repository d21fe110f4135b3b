//! A recurring task as a whole: what its next occurrences will be.

use crate::{
    id::{ListId, SectionId, TaskId, UserId},
    record::record,
    recurrence::Recurrence,
    task::{Estimate, Link, Priority, Reminder, Task},
    when::When,
};
use jiff::Timestamp;

record! {
    /// The template that occurrences are made from. Editing one occurrence does not touch it.
    Series,
    /// Some fields of a series.
    SeriesPatch {
        /// The next occurrences' title.
        title: String,
        /// Their notes.
        notes: String,
        /// Their priority.
        priority: Priority,
        /// Their tags.
        tags: Vec<String>,
        /// Their list.
        list_id: Option<ListId>,
        /// Their section.
        section_id: Option<SectionId>,
        /// Their parent.
        parent_id: Option<TaskId>,
        /// Who is to do them.
        assignee: Option<UserId>,
        /// How long they take.
        estimate: Option<Estimate>,
        /// Their links.
        links: Vec<Link>,
        /// Their reminders.
        reminders: Vec<Reminder>,
        /// The due date of the occurrence that the template was taken from.
        due: Option<When>,
        /// That occurrence's start, which keeps its distance to the due date.
        start: Option<When>,
        /// The rule.
        recurrence: Option<Recurrence>,
        /// When it was made.
        created_at: Timestamp,
        /// Since when it makes no new occurrences.
        paused_at: Option<Timestamp>,
        /// When it ended for good.
        ended_at: Option<Timestamp>,
    }
}

impl Series {
    /// The template as an occurrence has it.
    pub fn of(task: &Task, created_at: Timestamp) -> Self {
        Self { created_at, ..Self::default() }.with(task)
    }

    /// This series with what the task has now.
    #[must_use]
    pub fn with(self, task: &Task) -> Self {
        let task = task.clone();
        Self {
            title: task.title,
            notes: task.notes,
            priority: task.priority,
            tags: task.tags,
            list_id: task.list_id,
            section_id: task.section_id,
            parent_id: task.parent_id,
            assignee: task.assignee,
            estimate: task.estimate,
            links: task.links,
            reminders: task.reminders,
            due: task.due,
            start: task.start,
            recurrence: task.recurrence,
            ..self
        }
    }
}

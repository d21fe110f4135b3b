//! What tasks are kept in and looked at by: lists, sections, tags, views; and what is said about them: comments.

use crate::{
    id::{ListId, TaskId, UserId},
    record::record,
};
use jiff::Timestamp;

record! {
    /// A list of tasks.
    List,
    /// Some fields of a list.
    ListPatch {
        /// 1 to 500 characters.
        name: String,
        /// A colour as `#rrggbb`, or none.
        color: Option<String>,
        /// Among the lists: a key that sorts bytewise.
        position: String,
        /// Hidden from the rail, its tasks from the views.
        archived: bool,
        /// When it was made.
        created_at: Timestamp,
        /// When it was put into the trash, its tasks with it.
        deleted_at: Option<Timestamp>,
    }
}

record! {
    /// A section of a list.
    Section,
    /// Some fields of a section.
    SectionPatch {
        /// 1 to 500 characters.
        name: String,
        /// The list that it divides.
        list_id: ListId,
        /// Among the list's sections.
        position: String,
        /// When it was made.
        created_at: Timestamp,
        /// When it was deleted; its tasks stay in the list.
        deleted_at: Option<Timestamp>,
    }
}

record! {
    /// What is known of a tag beside the tasks that carry it.
    Tag,
    /// Some fields of a tag.
    TagPatch {
        /// Its name, up to 60 characters.
        name: String,
        /// A colour as `#rrggbb`, or none.
        color: Option<String>,
        /// When it was made.
        created_at: Timestamp,
        /// When it was deleted, and taken off every task.
        deleted_at: Option<Timestamp>,
    }
}

record! {
    /// A saved filter.
    View,
    /// Some fields of a view.
    ViewPatch {
        /// 1 to 500 characters.
        name: String,
        /// In the filter language.
        filter: String,
        /// As the `sort` parameter: `due,-priority`.
        sort: Option<String>,
        /// Among the views.
        position: String,
        /// When it was made.
        created_at: Timestamp,
        /// When it was deleted.
        deleted_at: Option<Timestamp>,
    }
}

record! {
    /// A comment on a task.
    Comment,
    /// Some fields of a comment.
    CommentPatch {
        /// The task it is about.
        task_id: TaskId,
        /// Who wrote it.
        author: UserId,
        /// Markdown, 1 to 10,000 characters.
        text: String,
        /// When it was made.
        created_at: Timestamp,
        /// When it was deleted.
        deleted_at: Option<Timestamp>,
    }
}

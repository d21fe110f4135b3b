//! Comments on a task.

use crate::{
    event::{Detail, EventKind},
    id::{CommentId, TaskId},
    list::{Comment, CommentPatch},
    record::Record,
    refusal::Refusal,
    state::{Kept, State},
    task::{Task, close},
};
use jiff::Timestamp;

/// What a comment may say.
///
/// # Errors
/// Nothing, or too much.
pub(crate) fn comment_text(text: &str) -> Result<(), Refusal> {
    const MOST: usize = 10_000;
    if text.trim().is_empty() {
        return Err(Refusal::field("/text", "A comment must not be empty."));
    }
    if text.chars().nth(MOST).is_some() {
        return Err(Refusal::Limit {
            what: "characters in a comment",
            limit: MOST as u64,
            pointer: "/text".into(),
        });
    }
    Ok(())
}

/// Comments on a task.
///
/// # Errors
/// No such task; a text that is empty or too long.
pub fn comment(
    state: &mut State,
    id: CommentId,
    task: TaskId,
    text: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    close::present(state, task)?;
    let stream = state.row::<Task>(task.0)?.stream;
    comment_text(text)?;
    if let Ok(row) = state.row::<Comment>(id.0) {
        return if row.value.text == text {
            Ok(())
        } else {
            Err(Refusal::IdTaken(id.to_string()))
        };
    }
    let comment = Comment {
        task_id: task,
        author: state.viewer,
        text: text.to_owned(),
        created_at: now,
        deleted_at: None,
    };
    let about = Detail {
        task: Some(task.0),
        ..Detail::default()
    };
    state.create_with(
        EventKind::CommentCreated,
        stream,
        id.0,
        now,
        &comment,
        about,
    );
    Ok(())
}

/// Changes or deletes one's own comment.
///
/// # Errors
/// No such comment of this person's.
pub fn update_comment(
    state: &mut State,
    id: CommentId,
    text: Option<&str>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let row = state.row::<Comment>(id.0)?;
    let unchangeable = text.is_some() && row.value.deleted_at.is_some();
    if row.value.author != state.viewer || unchangeable {
        return Err(Refusal::NotFound(Comment::WHAT));
    }
    let about = Detail {
        task: Some(row.value.task_id.0),
        ..Detail::default()
    };
    let patch = match text {
        Some(text) => {
            comment_text(text)?;
            CommentPatch {
                text: Some(text.to_owned()),
                ..CommentPatch::default()
            }
        }
        None => CommentPatch {
            deleted_at: Some(row.value.deleted_at.or(Some(now))),
            ..CommentPatch::default()
        },
    };
    let kind = if text.is_some() {
        EventKind::CommentChanged
    } else {
        EventKind::CommentDeleted
    };
    state.change::<Comment>(kind, id.0, now, about, |comment| comment.apply(&patch))?;
    Ok(())
}

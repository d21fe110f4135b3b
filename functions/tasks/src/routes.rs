//! The routes, each with what it does and answers.

mod keeping;

use crate::{
    bulk, comment, history, interpret, ledger, list, preview, series, task, transfer, undo, verbs,
};
use contract::{
    interpret::{InterpretRequest, Interpretation},
    schema::{
        CommentFields, Delivery, NewComment, Place, PreviewInput, ScheduledReminder, SeriesFields,
        Stored, Task, answers::*, event::HistoryLine,
    },
};
use host::{Deps, Routes};

pub(crate) fn all() -> Routes<Deps> {
    tasks()
        .merge(verbs())
        .merge(trash())
        .merge(recurring())
        .merge(keeping::lists())
        .merge(keeping::labels())
        .merge(finding())
        .merge(together())
        .merge(reminders())
        .merge(transfer())
        .below("/api/v1")
}

fn tasks() -> Routes<Deps> {
    Routes::about("tasks")
        .get("/tasks", list::tasks)
        .says("Lists tasks. Open ones unless `status`, `view` or `filter` says otherwise; what hides until its start is left out unless `hidden`.")
        .answers::<Page<Task>>(200)
        .may(422)
        .post("/tasks", task::create)
        .says("Makes a task. The same `id` and fields again answer 200 and make nothing new.")
        .makes::<Task>()
        .shows::<Task>()
        .may(404)
        .may(410)
        .get("/tasks/{id}", task::read)
        .says("Reads a task. With `at` as it was at that moment.")
        .shows::<Task>()
        .may(410)
        .patch("/tasks/{id}", task::change)
        .says("Changes a task. Each field that is sent is replaced; `scope=following` changes the series from here on.")
        .shows::<Task>()
        .may(410)
        .delete("/tasks/{id}", task::delete)
        .says("Moves a task to the trash. It stays there for 30 days.")
        .nothing()
        .may(410)
        .get("/tasks/{id}/history", history::of_task)
        .says("Reads what happened to a task. Oldest first: who, what, when, by which client, caused by what.")
        .answers::<Page<HistoryLine>>(200)
        .get("/tasks/{id}/comments", comment::comments)
        .says("Lists a task's comments.")
        .answers::<Page<Stored<CommentFields>>>(200)
        .post("/tasks/{id}/comments", comment::comment)
        .says("Comments on a task.")
        .takes::<NewComment>()
        .makes::<Stored<CommentFields>>()
        .may(410)
        .patch("/comments/{id}", comment::change_comment)
        .says("Changes a comment.")
        .shows::<Stored<CommentFields>>()
        .may(410)
        .delete("/comments/{id}", comment::delete_comment)
        .says("Deletes a comment.")
        .nothing()
        .may(410)
}

fn verbs() -> Routes<Deps> {
    Routes::about("tasks")
        .post("/tasks/{id}/complete", verbs::complete)
        .says("Completes a task. Its open steps are completed with it; of a recurring task the next occurrence follows within seconds.")
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/reopen", verbs::reopen)
        .says("Opens a task again.")
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/drop", verbs::drop)
        .says("Drops a task. It will not be done.")
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/reschedule", verbs::reschedule)
        .says("Moves a task to another date. `scope=following` moves the series from here on.")
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/skip", verbs::skip)
        .says("Skips this occurrence of a recurring task.")
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/move", verbs::place)
        .says("Moves a task to another list, section, parent or place.")
        .takes::<Place>()
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/duplicate", verbs::duplicate)
        .says("Copies a task.")
        .makes::<Task>()
        .may(410)
        .post("/tasks/{id}/snooze", ledger::snooze_task)
        .says("Puts a task's reminder off. Its last one when none is named, a new one where it has none.")
        .shows::<Task>()
        .may(410)
}

fn trash() -> Routes<Deps> {
    Routes::about("trash")
        .get("/trash", list::trash)
        .says("Lists what is in the trash.")
        .answers::<Page<Task>>(200)
        .may(422)
        .delete("/trash", verbs::empty_trash)
        .says("Empties the trash. What was in it is removed for good, in the log too.")
        .answers::<Purged>(200)
        .post("/tasks/{id}/restore", verbs::restore)
        .says("Takes a task out of the trash.")
        .shows::<Task>()
        .may(410)
        .post("/tasks/{id}/purge", verbs::purge)
        .says("Removes a task in the trash for good.")
        .nothing()
        .may(410)
}

fn recurring() -> Routes<Deps> {
    Routes::about("recurring tasks")
        .get("/series/{id}", series::series)
        .says("Reads a recurring task as a whole.")
        .shows::<Stored<SeriesFields>>()
        .post("/series/{id}/end", series::end_series)
        .says("Ends a series. Its open occurrence stays, as a task that does not come back.")
        .shows::<Stored<SeriesFields>>()
        .post("/series/{id}/pause", series::pause_series)
        .says("Stops making occurrences for now.")
        .shows::<Stored<SeriesFields>>()
        .post("/series/{id}/resume", series::resume_series)
        .says("Makes occurrences again.")
        .shows::<Stored<SeriesFields>>()
        .post("/recurrence/preview", preview::preview)
        .says("Shows what a rule would give. With a note where a clock change or a short month moved an occurrence.")
        .takes::<PreviewInput>()
        .answers::<Preview>(200)
}

fn finding() -> Routes<Deps> {
    Routes::about("finding")
        .get("/search", list::search)
        .says("Searches in title, notes and tags. Whatever the status.")
        .answers::<Page<Task>>(200)
        .may(422)
        .get("/counts", list::counts)
        .says("Counts open tasks by view, list and tag.")
        .answers::<Counts>(200)
        .post("/interpret", interpret::interpret)
        .says("Reads a line of text as what it would do. Nothing is done; clients obey `decision`.")
        .takes::<OneOrMany<InterpretRequest>>()
        .answers::<OneOrMany<Interpretation>>(200)
}

fn together() -> Routes<Deps> {
    Routes::about("many at once")
        .post("/commands", bulk::commands)
        .says("Does many commands in one request. All or nothing, or each by itself; one undo takes all back.")
        .answers::<CommandResults>(200)
        .may(404)
        .may(410)
        .may(412)
        .post("/undo", undo::take_back)
        .says("Takes back the last run of this client, or a run, or one event. The answer names what could not be taken back.")
        .answers::<Undone>(200)
        .may(404)
        .may(410)
}

fn reminders() -> Routes<Deps> {
    Routes::about("reminders")
        .get("/reminders", ledger::reminders)
        .says("Lists the reminders to come. The next first.")
        .answers::<Page<ScheduledReminder>>(200)
        .post("/reminders/{id}/snooze", ledger::snooze)
        .says("Puts a reminder off.")
        .shows::<Task>()
        .may(410)
        .get("/deliveries", ledger::deliveries)
        .says("Lists what was sent or tried. By which channel, with the receipt; the newest first.")
        .answers::<Page<Delivery>>(200)
        .post("/deliveries/{id}/retry", ledger::retry)
        .says("Tries a failed delivery again.")
        .answers::<Retried>(202)
}

fn transfer() -> Routes<Deps> {
    Routes::about("export and import")
        .get("/export", transfer::export)
        .says("Exports everything a person has.")
        .answers::<Export>(200)
        .post("/import", transfer::import)
        .says("Imports what was exported. Ids stay, so that importing twice makes nothing twice.")
        .answers::<Imported>(200)
        .may(404)
        .may(410)
        .may(412)
}

//! What is found by asking the database, not by id; only for a command that stands alone.

use domain::{
    event::{Change, Logged},
    id::*,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a need describes, once it was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Also {
    /// Tasks, loaded with their families.
    pub tasks: Vec<TaskId>,
    /// Other records.
    pub records: Vec<Uuid>,
    /// Events, oldest first.
    pub past: Vec<Logged>,
    /// The run that "the last" was found to mean.
    pub undoing: Option<RunId>,
}

impl Also {
    /// Whether taking the past back may move the person.
    pub(crate) fn may_travel(&self) -> bool {
        let settings = |logged: &Logged| matches!(logged.event.change, Change::Settings(_));
        self.past.iter().any(settings)
    }

    /// What the past is about, and the tasks, lists and sections that it named before it was changed, and would name again.
    pub(crate) fn named(&self) -> BTreeSet<Uuid> {
        let mut named = BTreeSet::new();
        for logged in &self.past {
            named.insert(logged.event.subject);
            before(&logged.event.change, &mut named);
        }
        named
    }
}

fn before(change: &Change, named: &mut BTreeSet<Uuid>) {
    match change {
        Change::Task(fields) => {
            let had = &fields.before;
            named.extend(had.list_id.flatten().map(|id| id.0));
            named.extend(had.section_id.flatten().map(|id| id.0));
            named.extend(had.parent_id.flatten().map(|id| id.0));
            named.extend(had.blocked_by.iter().flatten().map(|id| id.0));
        }
        Change::Section(fields) => {
            named.extend(
                fields
                    .before
                    .list_id
                    .or(fields.after.list_id)
                    .map(|id| id.0),
            );
        }
        _ => {}
    }
}

/// The runs that "undo the last" passes over, out of all undos, newest first, each with the run that it took back: those taken
/// back, and the undos themselves. An undo that was itself taken back undoes nothing any more.
pub(crate) fn passed_over(
    undos: impl IntoIterator<Item = (String, Option<String>)>,
) -> BTreeSet<String> {
    let (mut taken_back, mut all) = (BTreeSet::new(), BTreeSet::new());
    for (run, undoes) in undos {
        if !taken_back.contains(&run) {
            taken_back.extend(undoes);
        }
        all.insert(run);
    }
    taken_back.extend(all);
    taken_back
}

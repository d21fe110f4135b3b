//! What one command sees: rows by its need, in the streams that its person may see, with the families of its tasks.

use super::Overlay;
use crate::Reader;
use domain::{
    id::*,
    list::{Comment, List, Section, Tag, View},
    need::Need,
    series::Series,
    settings::Settings,
    state::{Head, Kept, State},
    task::Task,
};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

impl Overlay {
    /// What one command may see of what it needs; nothing where the person's stream is not there.
    pub(crate) fn state(&self, who: &Reader, need: &Need) -> Option<State> {
        let streams = self
            .streams
            .get(&who.person)
            .filter(|streams| streams.contains(&who.home))?;
        let mut state = State::new(who.person, who.home);
        for head in streams.iter().filter_map(|stream| self.heads.get(stream)) {
            state.heads.insert(
                head.stream.into(),
                Head {
                    n: head.n,
                    open_tasks: head.open_tasks,
                    lists: head.lists,
                },
            );
        }
        for id in need
            .deliveries
            .iter()
            .filter_map(|id| self.rows.deliveries.get(id))
            .filter(|it| it.person == who.person)
        {
            state.deliveries.insert(id.id, id.clone());
        }
        let wanted = self.wanted(&state, streams, need);
        for id in self.families(&wanted) {
            self.give_task(&mut state, streams, id);
        }
        self.give_records(&mut state, streams, need);
        state.past.clone_from(&self.also.past);
        state.undoing = self.also.undoing;
        let is_purged = |id: &TaskId| self.purged.contains(id);
        state.purged = wanted.into_iter().filter(is_purged).collect();
        Some(state)
    }

    /// The tasks that a need names in one way or another.
    fn wanted(&self, state: &State, streams: &BTreeSet<StreamId>, need: &Need) -> Vec<TaskId> {
        let mut wanted = need.tasks.clone();
        wanted.extend(&self.also.tasks);
        let items = state.deliveries.values().flat_map(|it| &it.items);
        wanted.extend(items.map(|item| item.task));
        for source in &need.sources {
            let from = |stream: &StreamId| self.sources.get(&(*stream, source.clone())).copied();
            wanted.extend(streams.iter().filter_map(from));
        }
        wanted
    }

    /// Records other than tasks.
    fn give_records(&self, state: &mut State, streams: &BTreeSet<StreamId>, need: &Need) {
        let viewer = state.viewer.0;
        self.give::<Settings>(state, streams, [viewer]);
        self.give::<List>(state, streams, need.lists.iter().map(|id| id.0));
        self.give::<Section>(state, streams, need.sections.iter().map(|id| id.0));
        self.give::<View>(state, streams, need.views.iter().map(|id| id.0));
        self.give::<Comment>(state, streams, need.comments.iter().map(|id| id.0));
        self.give::<Series>(state, streams, need.series.iter().map(|id| id.0));
        for name in &need.tags {
            let of = |stream: &StreamId| self.tags.get(&(*stream, name.clone())).copied();
            self.give::<Tag>(state, streams, streams.iter().filter_map(of));
        }
        // What was found is of any kind.
        let also = || self.also.records.iter().copied();
        self.give::<List>(state, streams, also());
        self.give::<Section>(state, streams, also());
        self.give::<View>(state, streams, also());
        self.give::<Comment>(state, streams, also());
        self.give::<Series>(state, streams, also());
        self.give::<Tag>(state, streams, also());
    }

    /// The tasks with their ancestors, descendants and blockers, all the way.
    fn families(&self, wanted: &[TaskId]) -> BTreeSet<Uuid> {
        let seeds: Vec<Uuid> = wanted.iter().map(|id| id.0).collect();
        let task = |id: &Uuid| self.row::<Task>(*id).map(|row| &row.value);
        let mut all = reach(&seeds, |id| {
            task(id)
                .and_then(|task| task.parent_id)
                .into_iter()
                .map(|id| id.0)
                .collect()
        });
        all.extend(reach(&seeds, |id| {
            self.children
                .get(id)
                .into_iter()
                .flatten()
                .copied()
                .collect()
        }));
        all.extend(reach(&seeds, |id| {
            task(id)
                .into_iter()
                .flat_map(|task| task.blocked_by.iter().map(|id| id.0))
                .collect()
        }));
        all
    }

    fn give_task(&self, state: &mut State, streams: &BTreeSet<StreamId>, id: Uuid) {
        let Some(row) = Task::table(&self.rows)
            .get(&id)
            .filter(|row| streams.contains(&row.stream))
        else {
            return;
        };
        self.give::<Series>(state, streams, row.value.series_id.map(|id| id.0));
        for scheduled in self
            .schedule
            .get(&TaskId(id))
            .into_iter()
            .flat_map(BTreeMap::values)
        {
            state
                .schedule
                .insert((scheduled.task, scheduled.reminder), scheduled.clone());
        }
        self.give::<List>(state, streams, row.value.list_id.map(|id| id.0));
        self.give::<Section>(state, streams, row.value.section_id.map(|id| id.0));
        state.load(id, row.clone());
    }

    fn give<R: Kept>(
        &self,
        state: &mut State,
        streams: &BTreeSet<StreamId>,
        ids: impl IntoIterator<Item = Uuid>,
    ) {
        for id in ids {
            if let Some(row) = R::table(&self.rows)
                .get(&id)
                .filter(|row| streams.contains(&row.stream))
            {
                state.load(id, row.clone());
            }
        }
    }
}

fn reach(seeds: &[Uuid], next: impl Fn(&Uuid) -> Vec<Uuid>) -> BTreeSet<Uuid> {
    let mut found = BTreeSet::new();
    let mut open = seeds.to_vec();
    while let Some(id) = open.pop() {
        if found.insert(id) {
            open.extend(next(&id));
        }
    }
    found
}

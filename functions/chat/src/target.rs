//! Which tasks are meant.

use crate::memory::Conversation;
use contract::{
    interpret::{Intent, Item, Target},
    propose,
};
use domain::{filter::Filter, id::TaskId, when::When};
use host::Deps;
use language::target::{Candidate, Care, Resolution, resolve};
use serde_json::Value;
use store::{Reader, StoreError, TaskQuery};
use uuid::Uuid;

/// Tasks looked through for a name.
const MOST: usize = 5_000;

/// A task that is meant.
#[derive(Clone, Debug)]
pub(crate) struct Meant {
    pub(crate) id: TaskId,
    pub(crate) title: String,
    pub(crate) version: u64,
    doc: Value,
}

impl Meant {
    fn of(id: Uuid, version: u64, json: &str) -> Option<Self> {
        let doc: Value = serde_json::from_str(json).ok()?;
        Some(Self {
            id: TaskId(id),
            title: doc["title"].as_str()?.to_owned(),
            version,
            doc,
        })
    }

    /// As a proposal needs it.
    pub(crate) fn target(&self) -> propose::Target {
        let due: Option<When> = serde_json::from_value(self.doc["due"].clone()).ok();
        let series = self.doc["series_id"]
            .as_str()
            .and_then(|id| id.parse().ok());
        let reminders = self.doc["reminders"].as_array().cloned();
        propose::Target {
            id: self.id.0,
            series,
            due,
            reminders: reminders.unwrap_or_default(),
        }
    }
}

/// What was found.
pub(crate) enum Found {
    These(Vec<Meant>),
    /// Any of these: which?
    Which(Vec<Meant>),
    /// None; these come near.
    Nothing(Vec<Meant>),
    /// Nothing was named.
    Unsaid,
}

/// Finds the tasks that an item is about.
pub(crate) async fn find(
    deps: &Deps,
    who: &Reader,
    item: &Item,
    talk: &Conversation,
) -> Result<Found, StoreError> {
    let Some(target) = &item.target else {
        return pointed(deps, who, talk.last).await;
    };
    if let Some(n) = target.nth {
        return pointed(deps, who, nth(&talk.shown, n)).await;
    }
    if let Some(phrase) = &target.phrase {
        return named(deps, who, item, phrase, target, talk).await;
    }
    if target.all {
        return Ok(Found::These(
            candidates(deps, who, item.intent, item.filter.as_deref()).await?,
        ));
    }
    pointed(deps, who, talk.last).await
}

fn nth(shown: &[TaskId], n: i32) -> Option<TaskId> {
    let place = if n < 0 {
        shown.len().checked_sub(n.unsigned_abs() as usize)?
    } else {
        usize::try_from(n).ok()?.checked_sub(1)?
    };
    shown.get(place).copied()
}

async fn pointed(deps: &Deps, who: &Reader, id: Option<TaskId>) -> Result<Found, StoreError> {
    let Some(id) = id else {
        return Ok(Found::Unsaid);
    };
    let doc = deps.store.task(who, id).await?;
    let meant = doc.and_then(|doc| Meant::of(doc.id, doc.version, &doc.json));
    Ok(meant.map_or(Found::Unsaid, |meant| Found::These(vec![meant])))
}

async fn named(
    deps: &Deps,
    who: &Reader,
    item: &Item,
    phrase: &str,
    target: &Target,
    talk: &Conversation,
) -> Result<Found, StoreError> {
    let tasks = candidates(deps, who, item.intent, None).await?;
    let recent = |task: &Meant| talk.last == Some(task.id) || talk.shown.contains(&task.id);
    let names: Vec<_> = tasks
        .iter()
        .map(|task| Candidate {
            title: &task.title,
            recent: recent(task),
        })
        .collect();
    let care = if item.intent.destroys() {
        Care::Strict
    } else {
        Care::Forgiving
    };
    let pick = |places: &[usize]| {
        places
            .iter()
            .map(|place| tasks[*place].clone())
            .collect::<Vec<_>>()
    };
    Ok(match resolve(phrase, &names, care) {
        Resolution::One(place, _) => Found::These(pick(&[place])),
        Resolution::Several(places) if target.all => Found::These(pick(&places)),
        Resolution::Several(places) => Found::Which(pick(&places)),
        Resolution::None => match resolve(phrase, &names, Care::Forgiving) {
            Resolution::One(place, _) => Found::Nothing(pick(&[place])),
            Resolution::Several(places) => Found::Nothing(pick(&places)),
            Resolution::None => Found::Nothing(Vec::new()),
        },
    })
}

/// The tasks that a wish of this kind can be about.
async fn candidates(
    deps: &Deps,
    who: &Reader,
    intent: Intent,
    filter: Option<&str>,
) -> Result<Vec<Meant>, StoreError> {
    let status = match intent {
        Intent::ReopenTask => "status!=open",
        Intent::RestoreTask => "",
        _ => "status=open",
    };
    let mut filters: Vec<_> = Filter::parse(status).into_iter().collect();
    filters.extend(filter.and_then(|filter| Filter::parse(filter).ok()));
    let mut query = TaskQuery {
        filters,
        trash: intent == Intent::RestoreTask,
        hidden: true,
        limit: 200,
        now: Some(deps.clock.now()),
        ..TaskQuery::default()
    };
    let mut all = Vec::new();
    loop {
        let page = deps.store.tasks(who, &query).await?;
        all.extend(
            page.items
                .iter()
                .filter_map(|doc| Meant::of(doc.id, doc.version, &doc.json)),
        );
        if page.next.is_none() || all.len() >= MOST {
            return Ok(all);
        }
        query.after = page.next;
    }
}

//! Questions about tasks: nothing is changed.

use crate::{reply::Action, say};
use contract::interpret::{Intent, Item};
use domain::{filter::Filter, id::TaskId, settings::Settings};
use host::Deps;
use serde_json::{Value, json};
use store::{Kind, Reader, StoreError, TaskQuery};

/// How many are told; the rest is counted.
const TOLD: u32 = 20;

/// What was found, in words.
pub(crate) struct Seen {
    pub(crate) text: String,
    pub(crate) action: Action,
    pub(crate) shown: Vec<TaskId>,
}

/// Lists the tasks that an item asks for.
pub(crate) async fn tasks(
    deps: &Deps,
    who: &Reader,
    item: &Item,
    settings: &Settings,
) -> Result<Seen, StoreError> {
    let asked = item.filter.clone().unwrap_or_default();
    let filter = Filter::parse(&asked).unwrap_or(Filter::All);
    let by_status = asked.contains("status") || asked.contains("closed");
    let open = (!by_status)
        .then(|| Filter::parse("status=open").ok())
        .flatten();
    let words = item
        .target
        .as_ref()
        .and_then(|target| target.phrase.clone())
        .filter(|_| item.intent == Intent::FindTask);
    let query = TaskQuery {
        filters: [Some(filter), open].into_iter().flatten().collect(),
        words,
        limit: TOLD,
        now: Some(deps.clock.now()),
        ..TaskQuery::default()
    };
    let page = deps.store.tasks(who, &query).await?;
    let docs: Vec<Value> = page
        .items
        .iter()
        .filter_map(|doc| serde_json::from_str(&doc.json).ok())
        .collect();
    let lines = docs
        .iter()
        .enumerate()
        .map(|(i, doc)| format!("{}. {}", i + 1, say::task(doc, settings)));
    let lines: Vec<_> = lines.collect();
    let text = match (lines.len(), asked.is_empty() && query.words.is_none()) {
        (0, true) => "You have no open tasks.".to_owned(),
        (0, false) => "Nothing fits that.".to_owned(),
        (1, _) => format!("One task: {}.", say::task(&docs[0], settings)),
        (n, _) if page.next.is_some() => {
            format!(
                "More than {n} tasks. The first of them:\n{}",
                lines.join("\n")
            )
        }
        (n, _) => format!("{n} tasks:\n{}", lines.join("\n")),
    };
    let action = Action {
        id: deps.ids.uuid().to_string(),
        name: "list_tasks".to_owned(),
        summary: match page.next {
            Some(_) => format!("more than {} found", lines.len()),
            None => format!("{} found", lines.len()),
        },
        result: json!({ "filter": asked, "items": docs }),
    };
    Ok(Seen {
        text,
        action,
        shown: page.items.iter().map(|doc| TaskId(doc.id)).collect(),
    })
}

/// Names the lists.
pub(crate) async fn lists(deps: &Deps, who: &Reader) -> Result<Seen, StoreError> {
    let docs = deps.store.records(who, Kind::List).await?;
    let docs: Vec<Value> = docs
        .iter()
        .filter_map(|doc| serde_json::from_str(&doc.json).ok())
        .collect();
    let names: Vec<_> = docs
        .iter()
        .filter_map(|doc| doc["name"].as_str())
        .map(say::quoted)
        .collect();
    let text = if names.is_empty() {
        "You have no lists yet; everything is in the inbox.".to_owned()
    } else {
        format!("Your lists: {}.", names.join(", "))
    };
    let action = Action {
        id: deps.ids.uuid().to_string(),
        name: "list_lists".to_owned(),
        summary: text.clone(),
        result: json!({ "items": docs }),
    };
    Ok(Seen {
        text,
        action,
        shown: Vec::new(),
    })
}

//! Listings: tasks by filter and sort, search, counts, the ledger.

use domain::{
    filter::{DateField, Field, Filter, Term},
    id::ViewId,
    list::View,
    refusal::Refusal,
    task::Status,
};
use host::{Answer, Code, Deps, Limit, Params, Problem, Reads};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use store::{Kind, SortBy, SortKey, TaskQuery};

/// The parameters of a listing; those given are anded.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ListQuery {
    limit: Limit,
    /// The last page's `next`.
    after: Option<String>,
    /// In the filter language: `due<today+7d and (tag=home or priority>=medium)`.
    filter: Option<String>,
    /// `due,-priority`: due, deadline, priority, position, title, created, updated, closed; up to four.
    sort: Option<String>,
    /// inbox, today, upcoming, overdue, completed, or the id of a saved filter.
    view: Option<String>,
    /// open, done, dropped or all.
    status: Option<String>,
    /// A list's id or name; `none` is the inbox.
    list: Option<String>,
    /// A section's id or name.
    section: Option<String>,
    /// A tag.
    tag: Option<String>,
    /// none, low, medium or high.
    priority: Option<String>,
    /// A person's id.
    assignee: Option<String>,
    /// A day such as 2026-11-29, or today, or today+7d.
    due_before: Option<String>,
    /// A day such as 2026-11-29, or today, or today+7d.
    due_after: Option<String>,
    /// Words in title, notes or tags.
    q: Option<String>,
    /// Also those whose start lies ahead.
    hidden: bool,
}

/// `GET /tasks`: open ones unless the status says otherwise.
pub(crate) async fn tasks(
    deps: Deps,
    who: Reads,
    Params(query): Params<ListQuery>,
) -> Result<Answer, Problem> {
    answer(deps, who, query, false).await
}

/// `GET /trash`
pub(crate) async fn trash(
    deps: Deps,
    who: Reads,
    Params(query): Params<ListQuery>,
) -> Result<Answer, Problem> {
    answer(deps, who, query, true).await
}

/// `GET /search?q=`: in title, notes and tags, whatever the status.
pub(crate) async fn search(
    deps: Deps,
    who: Reads,
    Params(mut query): Params<ListQuery>,
) -> Result<Answer, Problem> {
    if query.q.as_ref().is_none_or(|words| words.trim().is_empty()) {
        return Err(
            Problem::new(Code::ParameterInvalid, "Say what to search for by `q`.")
                .param("parameter", "q"),
        );
    }
    query.status.get_or_insert_with(|| "all".to_owned());
    query.hidden = true;
    answer(deps, who, query, false).await
}

async fn answer(deps: Deps, who: Reads, query: ListQuery, trash: bool) -> Result<Answer, Problem> {
    let (limit, after) = (query.limit.0, query.after.clone());
    let hidden = query.hidden || trash;
    let words = query.q.clone().filter(|words| !words.trim().is_empty());
    let (filters, sort) = conditions(&deps, &who, query, trash).await?;
    let now = Some(deps.clock.now());
    let query = TaskQuery {
        filters,
        words,
        trash,
        hidden,
        sort,
        after,
        limit,
        now,
    };
    Ok(Answer::page(&deps.store.tasks(&who, &query).await?))
}

async fn conditions(
    deps: &Deps,
    who: &Reads,
    query: ListQuery,
    trash: bool,
) -> Result<(Vec<Filter>, Vec<SortBy>), Problem> {
    let mut filters = Vec::new();
    let mut sort = query.sort;
    let mut any_status = trash;
    if let Some(view) = &query.view {
        let (filter, by) = view_of(deps, who, view).await?;
        any_status |= names_status(&filter);
        filters.push(filter);
        sort = sort.or(by);
    }
    if let Some(text) = &query.filter {
        let filter = Filter::parse(text).map_err(Refusal::from)?;
        any_status |= names_status(&filter);
        filters.push(filter);
    }
    match query.status.as_deref() {
        Some("all") => {}
        Some(status) => filters.push(Filter::Term(Term::Status(one_status(status)?))),
        None if any_status => {}
        None => filters.push(Filter::Term(Term::Status(Status::Open))),
    }
    filters.extend(query.list.map(|list| match list.as_str() {
        "none" | "inbox" => Filter::Not(Box::new(Filter::Term(Term::Has(Field::List)))),
        _ => Filter::Term(Term::List(list)),
    }));
    filters.extend(
        query
            .section
            .map(|section| Filter::Term(Term::Section(section))),
    );
    filters.extend(query.tag.map(|tag| Filter::Term(Term::Tag(tag))));
    filters.extend(
        query
            .assignee
            .map(|person| Filter::Term(Term::Assignee(person))),
    );
    filters.extend(
        query
            .priority
            .map(|priority| simple("priority", "=", &priority))
            .transpose()?,
    );
    filters.extend(
        query
            .due_before
            .map(|date| bound("due_before", '<', &date))
            .transpose()?,
    );
    filters.extend(
        query
            .due_after
            .map(|date| bound("due_after", '>', &date))
            .transpose()?,
    );
    Ok((
        filters,
        sort.map_or_else(|| Ok(Vec::new()), |sort| sorting(&sort))?,
    ))
}

fn one_status(status: &str) -> Result<Status, Problem> {
    let known = [Status::Open, Status::Done, Status::Dropped]
        .into_iter()
        .find(|known| known.name() == status);
    known.ok_or_else(|| wrong("status", "`status` is open, done, dropped or all."))
}

fn wrong(parameter: &str, words: impl Into<String>) -> Problem {
    Problem::new(Code::ParameterInvalid, words).param("parameter", parameter)
}

fn simple(field: &str, sign: &str, value: &str) -> Result<Filter, Problem> {
    let quoted = format!("{field}{sign}\"{}\"", value.replace('"', ""));
    let bare = format!("{field}{sign}{value}");
    let read = Filter::parse(&bare).or_else(|_| Filter::parse(&quoted));
    read.map_err(|error| wrong(field, error.words))
}

fn bound(parameter: &str, sign: char, date: &str) -> Result<Filter, Problem> {
    let sign = if sign == '>' { ">=" } else { "<" };
    Filter::parse(&format!("due{sign}{date}")).map_err(|_| {
        wrong(
            parameter,
            format!("`{parameter}` takes a day such as 2026-11-29, or today, or today+7d."),
        )
    })
}

fn names_status(filter: &Filter) -> bool {
    let by_status = |term: &&Term| {
        matches!(
            term,
            Term::Status(_) | Term::Has(Field::Closed) | Term::When(DateField::Closed, ..)
        )
    };
    filter.terms().iter().any(by_status)
}

/// The conditions and the order of a view: a built-in one by its name, or the person's own by its id.
async fn view_of(
    deps: &Deps,
    who: &Reads,
    view: &str,
) -> Result<(Filter, Option<String>), Problem> {
    let built_in = match view {
        "inbox" => Some(("status=open and list=none", "position")),
        "today" => Some(("status=open and due<=today", "due,-priority")),
        "upcoming" => Some(("status=open and due>today", "due,-priority")),
        "overdue" => Some(("status=open and due<now", "due,-priority")),
        "completed" => Some(("status=done", "-closed")),
        _ => None,
    };
    let read =
        |text: &str| Filter::parse(text).map_err(|error| Problem::from(Refusal::from(error)));
    if let Some((filter, sort)) = built_in {
        return Ok((read(filter)?, Some(sort.to_owned())));
    }
    let missing = || {
        wrong(
            "view",
            "`view` is inbox, today, upcoming, overdue, completed, or the id of a view of yours.",
        )
    };
    let id: ViewId = view.parse().map_err(|_| missing())?;
    let docs = deps.store.records(who, Kind::View).await?;
    let doc = docs
        .into_iter()
        .find(|doc| doc.id == id.0)
        .ok_or_else(missing)?;
    let view: View = serde_json::from_str(&doc.json).map_err(|error| Problem::internal(&error))?;
    Ok((read(&view.filter)?, view.sort))
}

fn sorting(text: &str) -> Result<Vec<SortBy>, Problem> {
    let one = |word: &str| {
        let (descending, word) = word
            .strip_prefix('-')
            .map_or((false, word), |word| (true, word));
        let key = match word {
            "due" => SortKey::Due,
            "deadline" => SortKey::Deadline,
            "priority" => SortKey::Priority,
            "position" => SortKey::Position,
            "title" => SortKey::Title,
            "created" => SortKey::Created,
            "updated" => SortKey::Updated,
            "closed" => SortKey::Closed,
            _ => {
                return Err(wrong(
                    "sort",
                    "`sort` takes due, deadline, priority, position, title, created, updated, closed, with commas between and a - before for descending.",
                ));
            }
        };
        Ok(SortBy { key, descending })
    };
    if text.split(',').count() > 4 {
        return Err(wrong("sort", "`sort` takes four fields at most."));
    }
    text.split(',').map(|word| one(word.trim())).collect()
}

/// `GET /counts`: how many open tasks each view, list and tag has.
pub(crate) async fn counts(deps: Deps, who: Reads) -> Result<Answer, Problem> {
    let mut all = serde_json::Map::new();
    for (what, name, count) in deps.store.counts(&who, deps.clock.now()).await? {
        let group = all.entry(what).or_insert_with(|| json!({}));
        if let Some(group) = group.as_object_mut() {
            group.insert(name, count.into());
        }
    }
    Ok(Answer::json(&all))
}

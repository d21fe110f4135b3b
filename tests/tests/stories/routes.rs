//! Every route of the house, so that no table of tests can leave one out. That these are all is held by the story of what is published.

use errand::Functions;

/// Method and path of every route of the API, as `GET /api/v1/tasks/{id}`; what reads comes before what makes.
pub(crate) fn all() -> Vec<String> {
    let all = Functions::operations();
    let all = all
        .iter()
        .map(|one| format!("{} {}", one.method(), one.path()));
    let mut all: Vec<_> = all.filter(|route| route.contains(" /api/")).collect();
    all.sort();
    all
}

/// Whether a request changes something.
pub(crate) fn writes(route: &str) -> bool {
    !route.starts_with("GET ")
}

//! Every route of the house, asked of its router, so that no table of tests can leave one out.

use http::Method;
use testkit::House;

/// Method and path of every route of the API, as `GET /api/v1/tasks/{id}`.
pub(crate) async fn all(house: &House) -> Vec<String> {
    let shown = format!("{:?}", house.router());
    let paths = shown
        .split('"')
        .filter(|path| path.starts_with("/api/") || *path == "/sign-in");
    let mut all = Vec::new();
    for path in paths {
        let what = format!("PROPFIND {}", path.replace(['{', '}'], ""));
        let got = house.ann.raw(&what).await;
        assert_eq!(got.status, 405, "{what}: {}", got.body);
        let taken = got
            .header("allow")
            .split(',')
            .filter(|method| *method != "HEAD");
        all.extend(taken.map(|method| format!("{method} {path}")));
    }
    all.sort();
    all.dedup();
    assert!(
        all.len() > 70,
        "the router does not show its routes any more: {shown}"
    );
    all
}

/// Whether a request changes something.
pub(crate) fn writes(route: &str) -> bool {
    let method = route
        .split(' ')
        .next()
        .and_then(|method| method.parse::<Method>().ok());
    method.is_some_and(|method| !method.is_safe())
}

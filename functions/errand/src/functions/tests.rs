//! The list of functions.

use super::*;
use std::collections::BTreeSet;

#[test]
fn the_longest_path_decides() {
    let check = |path: &str, expected: &str| {
        assert_eq!(
            Function::answering(path).map(|function| function.name),
            Some(expected),
            "{path}"
        );
    };
    check("/", "web");
    check("/assets/app.js", "web");
    check("/api/v1/tasks/1/complete", "tasks");
    check("/api/v1/changes/socket", "live");
    check("/api/v1/me", "accounts");
    check("/api/v1/me/tokens", "accounts");
    check("/api/v1/menu", "tasks");
    check("/sign-in", "accounts");
    check("/unsubscribe", "accounts");
    check("/api/v1/assistant/messages", "chat");
    check("/api/v1/audit/verify", "audit");
}

#[test]
fn a_name_is_given_once() {
    let names: BTreeSet<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    assert_eq!(names.len(), FUNCTIONS.len());
}

#[tokio::test]
async fn whoever_subscribes_takes_events() {
    let folder = tempfile::tempdir().unwrap();
    let options = host::deps::options(Arc::new(host::SystemClock), Arc::new(host::SystemIds));
    let store = store::open("sqlite::memory:", options).await.unwrap();
    let config = Arc::new(host::Config::in_folder(folder.path()));
    let deps = Deps::new(store, config, Arc::new(host::Key::new([7; 32])));
    let copy = folder.path().join("witness.db");
    let witness = Witness::open(&copy, folder.path(), || [7; 32])
        .await
        .unwrap();
    let given = Given {
        feed: live::Feed::new(deps.clone()),
        deps,
        channels: Vec::new(),
        people: Vec::new(),
        witness: Some(Arc::new(witness)),
    };
    for function in FUNCTIONS {
        let part = function.build(&given);
        assert_eq!(
            part.events.is_some(),
            !function.subscribes.is_empty(),
            "{}",
            function.name
        );
    }
}

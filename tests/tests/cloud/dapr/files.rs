//! The component files themselves.

use errand::FUNCTIONS;
use std::{collections::BTreeSet, fs, path::Path};

/// Text of each file, by folder and name.
fn files(folder: &str) -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../dapr")
        .join(folder)
        .join("components");
    let mut files: Vec<_> = fs::read_dir(path)
        .unwrap()
        .map(|file| {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (
                format!("{folder}/{name}"),
                fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    files.sort();
    files
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let line = text
        .lines()
        .find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "))?;
    line.split(" #").next()
}

/// Whom a component is for; empty: everybody.
fn scopes(text: &str) -> Vec<&str> {
    let listed = text
        .split_once("\nscopes:\n")
        .map_or("", |(_, scopes)| scopes);
    let names = listed
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- "));
    names.map(|name| name.split(' ').next().unwrap()).collect()
}

#[test]
fn every_component_is_for_functions_that_there_are() {
    for (name, text) in files("local").into_iter().chain(files("cluster")) {
        for scope in scopes(&text) {
            let known = FUNCTIONS.iter().any(|function| function.name == scope);
            assert!(
                known || ["errand", "nobody"].contains(&scope),
                "{name}: {scope}"
            );
        }
        let kind = value(&text, "kind");
        if kind == Some("Component") {
            let shared = value(&text, "type").unwrap().starts_with("secretstores.");
            assert_eq!(scopes(&text).is_empty(), shared, "{name}: who needs it?");
            assert!(text.contains("\n  version: "), "{name}");
        } else {
            assert_eq!(kind, Some("Resiliency"), "{name}");
        }
    }
}

#[test]
fn a_cluster_has_the_components_of_one_machine_under_the_same_names() {
    let names = |folder: &str| -> BTreeSet<(String, String)> {
        let files = files(folder);
        let components = files.iter().filter_map(|(_, text)| {
            let kind = value(text, "type")?.to_owned();
            // Each has its own store behind the name.
            let kind = kind
                .split_once("stores.")
                .map_or(kind.clone(), |(store, _)| store.to_owned());
            Some((
                value(text, "  name").or(value(text, "name"))?.to_owned(),
                kind,
            ))
        });
        components.collect()
    };
    let mut local = names("local");
    local.retain(|(name, _)| name != "environment");
    assert_eq!(local, names("cluster"));
}

#[test]
fn no_secret_stands_in_a_file() {
    for (name, text) in files("cluster") {
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let secret = ["password", "saslPassword", "connectionString"];
            if secret
                .iter()
                .any(|key| line.trim() == format!("- name: {key}"))
            {
                assert_eq!(
                    lines.next().map(str::trim),
                    Some("secretKeyRef:"),
                    "{name}: {line}"
                );
            }
        }
    }
}

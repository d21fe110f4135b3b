//! Who may depend on whom.
//!
//!     domain <- contract <- {language, skills, store, bus, notify} <- host <- functions <- errand
//!
//! sidecar stands beside domain and knows nothing of ours. testkit and tests stand above all; no function knows another.

use serde_json::Value;

/// What a shared crate may know of ours. A crate that is not named here may not exist in `shared/`.
const SHARED: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("contract", &["domain"]),
    ("language", &["domain", "contract"]),
    ("skills", &["domain", "contract", "language"]),
    ("store", &["domain", "contract"]),
    ("sidecar", &[]),
    ("bus", &["domain", "contract", "store", "sidecar"]), // the relay claims outbox rows
    ("notify", &["domain", "contract", "sidecar"]),
    (
        "host",
        &[
            "domain", "contract", "language", "skills", "store", "bus", "notify", "sidecar",
        ],
    ),
];

/// Crates of others that only some rooms may use, because the rest would do I/O, know HTTP or write SQL by accident.
const FENCED: &[(&str, &[&str])] = &[
    ("sqlx", &["store", "testkit", "house-tests"]),
    ("dapr", &["sidecar"]),
    ("tonic", &["sidecar"]),
    ("lettre", &["notify", "testkit", "house-tests"]),
    ("aws-sdk-sesv2", &["notify"]),
    ("lambda_http", &["host"]),
    ("aws-config", &["notify", "bus"]),
    (
        "reqwest",
        &[
            "notify",
            "bus", // tokens for Kafka
            "host",
            "skills",
            "chat",
            "hooks",
            "accounts",
            "errand",
            "testkit",
            "house-tests",
        ],
    ),
    ("rdkafka", &["bus", "errand", "testkit", "house-tests"]),
    (
        "cloudevents-sdk",
        &["bus", "host", "testkit", "house-tests"],
    ), // it brings axum
    ("testkit", &["house-tests"]),
];

/// The pure crates' whole world: no I/O, no clock, no HTTP, no runtime.
const PURE: &[(&str, &[&str])] = &[
    (
        "domain",
        &["jiff", "serde", "serde_json", "uuid", "thiserror", "sha2"],
    ),
    (
        "language",
        &[
            "domain",
            "contract",
            "jiff",
            "serde",
            "serde_json",
            "duckling",
            "chrono", // duckling speaks it
            "regex",
            "thiserror",
            "uuid",
        ],
    ),
];

/// Every dependency that crosses a wall, one line each.
pub(super) fn broken(metadata: &Value) -> Vec<String> {
    let top = metadata["workspace_root"].as_str().unwrap_or_default();
    let packages: Vec<Package> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|package| Package::new(package, top))
        .collect();
    packages
        .iter()
        .flat_map(|package| package.broken(&packages))
        .collect()
}

struct Package<'a> {
    name: &'a str,
    /// The folder under the top: functions, shared, tests, xtask.
    room: &'a str,
    /// Name, and whether only tests need it.
    needs: Vec<(&'a str, bool)>,
}

impl<'a> Package<'a> {
    fn new(package: &'a Value, top: &str) -> Option<Self> {
        let inside = package["manifest_path"].as_str()?.strip_prefix(top)?;
        let room = inside.trim_start_matches('/').split('/').next()?;
        let needs = package["dependencies"].as_array()?.iter();
        let needs = needs.filter_map(|need| {
            Some((need["name"].as_str()?, need["kind"].as_str() == Some("dev")))
        });
        Some(Self {
            name: package["name"].as_str()?,
            room,
            needs: needs.collect(),
        })
    }

    fn broken(&self, all: &[Package]) -> Vec<String> {
        let crosses = |need: &&(&str, bool)| {
            let (name, for_tests) = **need;
            let ours = all.iter().find(|other| other.name == name);
            ours.is_some_and(|other| !self.may_know(other, for_tests))
                || (!for_tests && !self.may_use(name))
        };
        let lines = self.needs.iter().filter(crosses);
        let mut lines: Vec<String> = lines
            .map(|(name, _)| format!("{} may not depend on {name}", self.name))
            .collect();
        if self.room == "shared"
            && self.name != "testkit"
            && !SHARED.iter().any(|(name, _)| *name == self.name)
        {
            lines.push(format!(
                "{} is not in the list of shared crates (xtask/src/check/edges.rs)",
                self.name
            ));
        }
        lines
    }

    /// Ours on ours.
    fn may_know(&self, other: &Package, for_tests: bool) -> bool {
        match (self.room, self.name) {
            ("tests", _) => true,
            ("shared", "testkit") => other.room == "shared",
            ("shared", name) => {
                let known = SHARED
                    .iter()
                    .find(|(own, _)| *own == name)
                    .is_some_and(|(_, known)| known.contains(&other.name));
                known || (for_tests && other.name == "testkit")
            }
            ("functions", "errand") => ["shared", "functions"].contains(&other.room),
            ("functions", _) => other.room == "shared" && (for_tests || other.name != "testkit"),
            _ => false,
        }
    }

    /// Ours on others'.
    fn may_use(&self, name: &str) -> bool {
        let fenced = FENCED.iter().find(|(fenced, _)| *fenced == name);
        let pure = PURE.iter().find(|(own, _)| *own == self.name);
        fenced.is_none_or(|(_, users)| users.contains(&self.name))
            && pure.is_none_or(|(_, known)| known.contains(&name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A house of three functions and the shared crates, where one crate needs one more.
    fn check(name: &str, needs: &str, kind: Value, expected: &[&str]) {
        let folder = |name: &str| match name {
            "errand" | "tasks" | "chat" => format!("/functions/functions/{name}/Cargo.toml"),
            "house-tests" => "/functions/tests/Cargo.toml".to_owned(),
            "xtask" => "/functions/xtask/Cargo.toml".to_owned(),
            _ => format!("/functions/shared/{name}/Cargo.toml"),
        };
        let all = [
            "errand",
            "tasks",
            "chat",
            "house-tests",
            "xtask",
            "domain",
            "contract",
            "store",
            "host",
            "testkit",
        ];
        let packages: Vec<Value> = all
            .iter()
            .map(|own| {
                let needs = if *own == name {
                    vec![json!({"name": needs, "kind": kind})]
                } else {
                    vec![]
                };
                json!({"name": own, "manifest_path": folder(own), "dependencies": needs})
            })
            .collect();
        let metadata = json!({ "workspace_root": "/functions", "packages": packages });
        assert_eq!(broken(&metadata), expected);
    }

    #[test]
    fn the_walls_stand() {
        check("contract", "domain", Value::Null, &[]);
        check(
            "domain",
            "contract",
            Value::Null,
            &["domain may not depend on contract"],
        );
        check(
            "domain",
            "tokio",
            Value::Null,
            &["domain may not depend on tokio"],
        );
        check("domain", "proptest", json!("dev"), &[]);
        check(
            "store",
            "host",
            Value::Null,
            &["store may not depend on host"],
        );
        check(
            "tasks",
            "chat",
            Value::Null,
            &["tasks may not depend on chat"],
        );
        check(
            "tasks",
            "chat",
            json!("dev"),
            &["tasks may not depend on chat"],
        );
        check(
            "tasks",
            "sqlx",
            Value::Null,
            &["tasks may not depend on sqlx"],
        );
        check(
            "tasks",
            "testkit",
            Value::Null,
            &["tasks may not depend on testkit"],
        );
        check("tasks", "testkit", json!("dev"), &[]);
        check("errand", "chat", Value::Null, &[]);
        check("house-tests", "errand", Value::Null, &[]);
        check(
            "xtask",
            "domain",
            Value::Null,
            &["xtask may not depend on domain"],
        );
    }
}

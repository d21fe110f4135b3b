//! The files of the repository, and what may stand in those that are Rust.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::run;

/// The one file of `store` that builds SQL at run time, from names that are constants of the program.
const DYNAMIC_SQL: &str = "shared/store/src/sql.rs";

/// A file of the repository.
pub(super) struct Source {
    /// From the top, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// Every text file but what is built or downloaded.
///
/// # Errors
/// When a folder cannot be read.
pub(super) fn files() -> Result<Vec<Source>> {
    let mut found = Vec::new();
    walk(run::root(), &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<Source>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            if !["target", "node_modules", ".git", "dist"].contains(&name.as_ref()) {
                walk(&path, found)?;
            }
        } else if name == ".git" {
            // a worktree's pointer to its repository
        } else if let Ok(text) = fs::read_to_string(&path) {
            let path = path
                .strip_prefix(run::root())
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            found.push(Source { path, text });
        }
    }
    Ok(())
}

impl Source {
    /// The rules' own files name what they forbid.
    pub(super) fn is_rust(&self) -> bool {
        self.has_extension("rs") && !self.path.starts_with("xtask/src/check")
    }

    pub(super) fn has_extension(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|own| own == extension)
    }

    /// Every rule this file breaks, as `path:line: what`.
    pub(super) fn broken(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut in_tests = self.is_test();
        for (number, line) in self.text.lines().enumerate() {
            if line == "#[cfg(test)]" {
                in_tests = true; // the tests stand last in a file
            }
            let code = line.split("//").next().unwrap_or(line);
            for problem in self.problems(code, in_tests) {
                lines.push(format!("{}:{}: {problem}", self.path, number + 1));
            }
        }
        lines
    }

    /// Tests, and what only tests use.
    pub(super) fn is_test(&self) -> bool {
        let file = self.path.rsplit('/').next().unwrap_or_default();
        ["tests/", "shared/testkit/"]
            .iter()
            .any(|start| self.path.starts_with(start))
            || ["/tests/", "/benches/", "/examples/", "/suite/", "/testing/"]
                .iter()
                .any(|part| self.path.contains(part))
            || ["tests.rs", "suite.rs", "testing.rs"].contains(&file)
            || file.ends_with("_tests.rs")
    }

    fn problems(&self, code: &str, in_tests: bool) -> Vec<&'static str> {
        let room = self.path.split('/').take(2).collect::<Vec<_>>().join("/");
        let above_store = self.path.starts_with("functions/")
            || ["shared/host", "shared/bus", "shared/notify"].contains(&room.as_str());
        let product = self.path.starts_with("functions/") || self.path.starts_with("shared/");
        let mut problems = Vec::new();
        let mut forbid = |holds: bool, what: &'static str| {
            if holds {
                problems.push(what);
            }
        };
        forbid(
            code.contains("#[ignore"),
            "a test that does not run proves nothing",
        );
        forbid(
            code.contains("todo!(") || code.contains("unimplemented!("),
            "a promise instead of code",
        );
        forbid(
            code.contains("#[allow(") || code.contains("#![allow("),
            "use #[expect(lint, reason)]",
        );
        forbid(
            product && !in_tests && code.contains(".unwrap()"),
            "unwrap() outside tests",
        );
        forbid(
            product && !in_tests && code.contains("panic!("),
            "panic! outside tests",
        );
        forbid(
            above_store && !in_tests && is_sql(code),
            "SQL above the store",
        );
        forbid(
            code.contains("AssertSqlSafe")
                && self.path.starts_with("shared/")
                && self.path != DYNAMIC_SQL
                && !in_tests,
            "SQL made at run time outside shared/store/src/sql.rs",
        );
        problems
    }
}

fn is_sql(code: &str) -> bool {
    let code = code.to_lowercase();
    let starts = |verb: &str, then: &str| {
        code.split_once(&format!("\"{verb} "))
            .is_some_and(|(_, rest)| rest.contains(then))
    };
    code.contains("sqlx::")
        || starts("select", " from ")
        || starts("insert", "into ")
        || starts("update", " set ")
        || starts("delete", "from ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[&str]) {
        let source = Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(source.broken(), expected);
    }

    #[test]
    fn what_may_not_stand_in_a_file() {
        let here = "functions/tasks/src/handler.rs";
        check(
            here,
            "x.unwrap();",
            &["functions/tasks/src/handler.rs:1: unwrap() outside tests"],
        );
        check(here, "#[cfg(test)]\nmod tests { x.unwrap(); }", &[]);
        check("functions/tasks/src/tests.rs", "x.unwrap();", &[]);
        check(here, "// x.unwrap();", &[]);
        check(
            here,
            "query(\"select a from b\")",
            &["functions/tasks/src/handler.rs:1: SQL above the store"],
        );
        check(
            "shared/store/src/read.rs",
            "query(\"select a from b\")",
            &[],
        );
        check(here, "words(\"select a list\")", &[]);
        check(
            "shared/store/src/read.rs",
            "AssertSqlSafe(text)",
            &["shared/store/src/read.rs:1: SQL made at run time outside shared/store/src/sql.rs"],
        );
        check(
            "tests/src/story.rs",
            "#[ignore]",
            &["tests/src/story.rs:1: a test that does not run proves nothing"],
        );
    }
}

//! What may stand in a Rust file, and how long it may be.

use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::run;

const FILE: usize = 400;
const HANDLER: usize = 300;
const FUNCTION: usize = 70;

/// Files that may be longer, each with the reason why it is one thing.
const LONGER: &[(&str, &str)] = &[];

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
        let mut lines = self.too_long();
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
    fn is_test(&self) -> bool {
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

    fn too_long(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let length = self.text.lines().count();
        let handler = self.path.starts_with("functions/")
            && !self.path.starts_with("functions/errand/")
            && !self.is_test();
        let limit = if handler { HANDLER } else { FILE };
        if length > limit && !LONGER.iter().any(|(path, _)| *path == self.path) {
            lines.push(format!(
                "{}: {length} lines, at most {limit}: is it one thing?",
                self.path
            ));
        }
        if !self.is_test() {
            lines.extend(
                functions(&self.text)
                    .filter(|function| function.length > FUNCTION)
                    .map(|function| {
                        let Function { name, line, length } = function;
                        format!(
                            "{}:{line}: {name} has {length} lines, at most {FUNCTION}",
                            self.path
                        )
                    }),
            );
        }
        lines
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

struct Function {
    name: String,
    line: usize,
    length: usize,
}

/// Functions of a file that rustfmt has written: the end is the first `}` as far in as the `fn` is.
fn functions(text: &str) -> impl Iterator<Item = Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        if line.starts_with("#[cfg(test)]") {
            break;
        }
        let Some(name) = function_name(line.trim_start()) else {
            continue;
        };
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        if line.trim_end().ends_with('}') || line.trim_end().ends_with(';') {
            continue;
        }
        if let Some(length) = lines[start..].iter().position(|line| *line == end) {
            found.push(Function {
                name,
                line: start + 1,
                length: length + 1,
            });
        }
    }
    found.into_iter()
}

fn function_name(code: &str) -> Option<String> {
    let mut words = code.split_whitespace();
    let before = |word: &&str| {
        ["async", "const", "unsafe", "extern"].contains(word) || word.starts_with("pub")
    };
    let mut word = words.by_ref().find(|word| !before(word))?;
    if word == "crate)" {
        word = words.next()?; // `pub(in crate)`
    }
    if word != "fn" {
        return None;
    }
    Some(words.next()?.split(['(', '<']).next()?.to_owned())
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

    #[test]
    fn what_is_too_long() {
        let body = "    x();\n".repeat(69);
        let function = format!("pub(crate) async fn long<T>(\n    x: T,\n) {{\n{body}}}\n");
        check(
            "shared/store/src/a.rs",
            &function,
            &["shared/store/src/a.rs:1: long has 73 lines, at most 70"],
        );
        check("shared/store/src/a.rs", "fn short() {}\nfn b() {\n}\n", &[]);
        check(
            "shared/store/src/a.rs",
            &"//\n".repeat(401),
            &["shared/store/src/a.rs: 401 lines, at most 400: is it one thing?"],
        );
        check(
            "functions/chat/src/a.rs",
            &"//\n".repeat(301),
            &["functions/chat/src/a.rs: 301 lines, at most 300: is it one thing?"],
        );
    }
}

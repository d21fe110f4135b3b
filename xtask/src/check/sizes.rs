//! How long a file and a function may be.

use super::source::Source;

const FILE: usize = 400;
const HANDLER: usize = 300;
const FUNCTION: usize = 70;

/// What may be longer, a file or a function in it (`path:name`), each with the reason why it is one thing.
const LONGER: &[(&str, &str)] = &[];

/// Every file and function that is too long, and every exception that is not needed any more.
pub(super) fn broken(sources: &[&Source]) -> Vec<String> {
    let long: Vec<Long> = sources.iter().flat_map(|source| too_long(source)).collect();
    let excused = |long: &&Long| !LONGER.iter().any(|(what, _)| *what == long.what);
    let mut lines: Vec<String> = long.iter().filter(excused).map(Long::words).collect();
    let stale = LONGER
        .iter()
        .filter(|(what, _)| !long.iter().any(|long| long.what == *what));
    lines.extend(
        stale.map(|(what, _)| {
            format!("{what} is short enough: take it from xtask/src/check/sizes.rs")
        }),
    );
    lines
}

struct Long {
    what: String,
    length: usize,
    limit: usize,
}

impl Long {
    fn words(&self) -> String {
        format!(
            "{}: {} lines, at most {}: is it one thing?",
            self.what, self.length, self.limit
        )
    }
}

fn too_long(source: &Source) -> Vec<Long> {
    let path = &source.path;
    let handler = path.starts_with("functions/")
        && !path.starts_with("functions/errand/")
        && !source.is_test();
    let mut all = vec![Long {
        what: path.clone(),
        length: source.text.lines().count(),
        limit: if handler { HANDLER } else { FILE },
    }];
    if !source.is_test() {
        all.extend(functions(&source.text).into_iter().map(|function| Long {
            what: format!("{path}:{}", function.name),
            length: function.length,
            limit: FUNCTION,
        }));
    }
    all.retain(|long| long.length > long.limit);
    all
}

struct Function {
    name: String,
    length: usize,
}

/// Functions of a file that rustfmt has written: the end is the first `}` as far in as the `fn` is.
fn functions(text: &str) -> Vec<Function> {
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
                length: length + 1,
            });
        }
    }
    found
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
        let words: Vec<String> = too_long(&source).iter().map(Long::words).collect();
        assert_eq!(words, expected);
    }

    #[test]
    fn files_and_functions() {
        let body = "    x();\n".repeat(69);
        let function = format!("pub(crate) async fn long<T>(\n    x: T,\n) {{\n{body}}}\n");
        check(
            "shared/store/src/a.rs",
            &function,
            &["shared/store/src/a.rs:long: 73 lines, at most 70: is it one thing?"],
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

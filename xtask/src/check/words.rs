//! Words that do not belong into the product.

use super::source::Source;

/// How the work was organised, paths and hosts of one machine, and promises instead of work. Each with what to do about it.
/// `{}` splits a word, so that this file does not find itself.
const WORDS: &[(&str, &str)] = &[
    ("/wo{}rk/", "a path of one machine"),
    ("/ro{}ot/", "a path of one machine"),
    (".lib{}rary", "a path of one machine"),
    ("sub{}agent", "how the work was organised"),
    ("this se{}ssion", "how the work was organised"),
    ("before-{}stop", "how the work was organised"),
    ("as an A{}I", "how the work was organised"),
    ("FIX{}ME", "mend it, or write an issue"),
    ("XX{}X", "mend it, or write an issue"),
    ("TO{}DO", "do it, or write an issue"),
    ("<<<<{}<<<", "a merge that was not finished"),
    (">>>>{}>>>", "a merge that was not finished"),
];

/// Files where such a word is data.
const DATA: &[&str] = &["Cargo.lock", "package-lock.json"];

/// Every place where one of the words stands.
pub(super) fn broken(file: &Source) -> Vec<String> {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    if name == "package-lock.json" {
        return mirrors(file);
    }
    if DATA.contains(&name) || file.path.contains("/cases/") {
        return Vec::new();
    }
    let mut lines = Vec::new();
    for (number, line) in file.text.lines().enumerate() {
        for (word, why) in WORDS {
            if contains_word(line, &word.replace("{}", "")) {
                lines.push(format!(
                    "{}:{}: {why}: {}",
                    file.path,
                    number + 1,
                    word.replace("{}", "")
                ));
            }
        }
    }
    lines
}

/// A lock file that was made behind a mirror works nowhere else.
fn mirrors(file: &Source) -> Vec<String> {
    let urls = file
        .text
        .lines()
        .filter(|line| line.trim_start().starts_with("\"resolved\": \"http"));
    let foreign = urls.filter(|line| !line.contains("\"https://registry.npmjs.org/"));
    foreign
        .map(|line| {
            format!(
                "{}: not from the public registry: {}",
                file.path,
                line.trim()
            )
        })
        .collect()
}

/// As a word of its own where it begins and ends with a letter: "todos" holds no promise.
fn contains_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
            || word.starts_with('/')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: usize) {
        let file = Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(broken(&file).len(), expected, "{text}");
    }

    #[test]
    fn words_and_mirrors() {
        check("a.rs", "// nothing here", 0);
        check("a.rs", &["// TO", "DO: later"].concat(), 1);
        check("a.rs", "import from TODOIST", 0);
        check("a.md", &["see /wo", "rk/x"].concat(), 1);
        check(
            "package-lock.json",
            "\"resolved\": \"https://registry.npmjs.org/a.tgz\"",
            0,
        );
        check(
            "package-lock.json",
            "  \"resolved\": \"https://mirror.example/a.tgz\"",
            1,
        );
    }
}

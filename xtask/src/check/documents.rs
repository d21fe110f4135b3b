//! What a document shows or names must be there.

use std::path::Path;

use super::source::Source;
use crate::run;

/// Every picture and relative link of a Markdown file that leads nowhere.
pub(super) fn broken(file: &Source) -> Vec<String> {
    if !file.has_extension("md") {
        return Vec::new();
    }
    let folder = run::root().join(Path::new(&file.path).parent().unwrap_or(Path::new("")));
    let missing = links(&file.text)
        .into_iter()
        .filter(|link| !folder.join(link).exists());
    missing
        .map(|link| format!("{}: there is no {link}", file.path))
        .collect()
}

/// Targets of `[text](target)` and `![text](target)` that are files of the repository.
fn links(text: &str) -> Vec<&str> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#', ' ']).next());
    targets
        .filter(|target| {
            !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found() {
        let text = "![the page](docs/page.png) [a](https://a.example) [b](#b) [c](c.md#d)";
        assert_eq!(links(text), ["docs/page.png", "c.md"]);
    }
}

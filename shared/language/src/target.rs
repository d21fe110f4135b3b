//! Which of somebody's tasks a phrase means.

use std::collections::HashSet;

/// A task, list or reminder that may be meant.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Its title or name.
    pub title: &'a str,
    /// Whether it was shown, made or changed last in this conversation.
    pub recent: bool,
}

impl<'a> Candidate<'a> {
    /// One with nothing known besides its title.
    pub fn new(title: &'a str) -> Self {
        Self {
            title,
            recent: false,
        }
    }
}

/// Whether a mistake could be taken back in silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// Resemblance is enough: completing, changing, finding.
    Forgiving,
    /// Only the very words count: deleting, dropping, ending.
    Strict,
}

/// What a phrase was found to mean. Indices are into the candidates.
#[derive(Clone, Debug, PartialEq)]
pub enum Resolution {
    /// This one, with the probability that it is meant.
    One(usize, f64),
    /// Any of these, the likeliest first: ask which.
    Several(Vec<usize>),
    /// None of them.
    None,
}

const ENOUGH: f64 = 0.6;

/// Finds what `phrase` means among `candidates`.
///
/// The same words, whatever their case, articles and punctuation, win alone; then titles that hold all words of the phrase;
/// then, with [`Care::Forgiving`], titles that share most words or are a slip of the finger away.
pub fn resolve(phrase: &str, candidates: &[Candidate], care: Care) -> Resolution {
    let wanted = tokens(phrase);
    if wanted.is_empty() {
        return Resolution::None;
    }
    let mut scored: Vec<(usize, f64)> = candidates
        .iter()
        .enumerate()
        .take(100_000)
        .map(|(n, c)| {
            (
                n,
                score(&wanted, &tokens(c.title), care) + if c.recent { 0.02 } else { 0.0 },
            )
        })
        .filter(|(_, s)| *s >= ENOUGH)
        .collect();
    scored.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    match scored[..] {
        [] => Resolution::None,
        [(one, score)] => Resolution::One(one, score.min(1.0)),
        [(one, best), (_, next), ..] if best >= 0.999 && next < 0.999 => {
            Resolution::One(one, best.min(1.0))
        }
        [(one, best), (_, next), ..] if care == Care::Forgiving && best - next > 0.2 => {
            Resolution::One(one, best.min(1.0) - 0.1)
        }
        _ => Resolution::Several(scored.into_iter().take(10).map(|(n, _)| n).collect()),
    }
}

/// Counts of words: small.
#[expect(
    clippy::cast_precision_loss,
    reason = "titles have at most 500 characters"
)]
fn real(n: usize) -> f64 {
    n as f64
}

/// 1 for the same words, 0.9 for all of them inside the title, less for some.
fn score(wanted: &[String], title: &[String], care: Care) -> f64 {
    if wanted == title {
        return 1.0;
    }
    if title.is_empty() {
        return 0.0;
    }
    let have: HashSet<&str> = title.iter().map(String::as_str).collect();
    let same = wanted.iter().filter(|w| have.contains(w.as_str())).count();
    if same == wanted.len() {
        return 0.75 + 0.15 * real(wanted.len()) / real(title.len().max(wanted.len()));
    }
    if care == Care::Strict {
        return 0.0;
    }
    let near: f64 = wanted
        .iter()
        .map(|w| title.iter().map(|t| likeness(w, t)).fold(0.0, f64::max))
        .sum();
    let covered = near / real(wanted.len());
    let size = real(wanted.len().min(title.len())) / real(wanted.len().max(title.len()));
    if covered < 0.6 {
        0.0
    } else {
        covered * (0.75 + 0.1 * size)
    }
}

/// 1 for the same word, high for the same stem or one slip in a long word.
fn likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    if stem(a) == stem(b) {
        return 0.95;
    }
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if short.len() < 4 || long.len() > 40 {
        return 0.0;
    }
    match slips(a, b) {
        1 => 0.85,
        2 if short.len() >= 7 => 0.75,
        _ if long.starts_with(short) => 0.7,
        _ => 0.0,
    }
}

fn stem(word: &str) -> &str {
    for end in ["ies", "ing", "es", "ed", "s", "y"] {
        if let Some(stem) = word.strip_suffix(end).filter(|s| s.len() >= 3) {
            return stem;
        }
    }
    word
}

/// Insertions, deletions, changes and swaps of neighbours between two words, up to 3.
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return 3;
    }
    let mut rows = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (rows[i - 1][j] + 1)
                .min(rows[i][j - 1] + 1)
                .min(rows[i - 1][j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()].min(3)
}

/// Lower-case words without articles, possessives and punctuation.
fn tokens(text: &str) -> Vec<String> {
    const EMPTY: [&str; 12] = [
        "the", "a", "an", "my", "our", "task", "todo", "item", "reminder", "called", "named",
        "please",
    ];
    let words: Vec<String> = text
        .to_lowercase()
        .replace(['\u{2019}', '\''], "")
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .take(100)
        .map(str::to_owned)
        .collect();
    let full: Vec<String> = words
        .iter()
        .filter(|w| !EMPTY.contains(&w.as_str()))
        .cloned()
        .collect();
    if full.is_empty() { words } else { full }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(phrase: &str, titles: &[&str], care: Care, expected: &str) {
        let candidates: Vec<Candidate> = titles.iter().map(|t| Candidate::new(t)).collect();
        let found = match resolve(phrase, &candidates, care) {
            Resolution::One(n, _) => titles[n].to_owned(),
            Resolution::Several(all) => all
                .iter()
                .map(|n| titles[*n])
                .collect::<Vec<_>>()
                .join(" | "),
            Resolution::None => String::new(),
        };
        assert_eq!(found, expected, "{phrase}");
    }

    #[test]
    fn r_1_4_the_same_words_win() {
        let titles = ["Walk dog", "walk the dog in the park", "Buy groceries"];
        check("walk dog", &titles, Care::Strict, "Walk dog");
        check("the walk dog task", &titles, Care::Strict, "Walk dog");
        check("Buy groceries.", &titles, Care::Strict, "Buy groceries");
    }

    #[test]
    fn r_1_5_two_that_fit_are_asked_about() {
        check(
            "report",
            &["Submit report", "Read report", "Call mom"],
            Care::Forgiving,
            "Submit report | Read report",
        );
        check(
            "call",
            &["Call mom", "Call dad"],
            Care::Strict,
            "Call mom | Call dad",
        );
        check(
            "call mom",
            &["Call mom", "call mom"],
            Care::Forgiving,
            "Call mom | call mom",
        );
    }

    #[test]
    fn a_slip_is_forgiven_but_not_for_something_destructive() {
        check(
            "buy grocereis",
            &["Buy groceries", "Walk dog"],
            Care::Forgiving,
            "Buy groceries",
        );
        check(
            "buy grocereis",
            &["Buy groceries", "Walk dog"],
            Care::Strict,
            "",
        );
        check(
            "submitting the report",
            &["Submit report", "Walk dog"],
            Care::Forgiving,
            "Submit report",
        );
        check(
            "fly to the moon",
            &["Buy groceries", "Walk dog"],
            Care::Forgiving,
            "",
        );
    }

    #[test]
    fn nothing_is_no_target() {
        check("", &["Walk dog"], Care::Forgiving, "");
        check("walk", &[], Care::Forgiving, "");
    }
}

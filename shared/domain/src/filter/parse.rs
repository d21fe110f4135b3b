//! Filter text to [`Filter`]: a recursive descent that goes 20 deep at most.

use super::{DEEPEST, Filter, FilterError, LONGEST, Term};
use fields::Value;

pub(super) mod fields;

pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let mut parser = Parser { text, at: 0 };
    if text.chars().count() > LONGEST {
        return Err(parser.error(format!("a filter has at most {LONGEST} characters")));
    }
    parser.spaces();
    if parser.rest().is_empty() {
        return Ok(Filter::All);
    }
    let filter = parser.any(0)?;
    if parser.rest().starts_with(')') {
        return Err(parser.error("this ) closes nothing: remove it"));
    }
    Ok(filter)
}

/// Whether a value reads back as itself without quotes.
pub(super) fn plain(value: &str) -> bool {
    let reserved = value.is_empty() || value.eq_ignore_ascii_case("none");
    !reserved && value.chars().all(bare)
}

/// What a value may hold without quotes.
fn bare(letter: char) -> bool {
    letter.is_alphanumeric()
        || matches!(
            letter,
            '-' | '+' | '_' | '.' | ':' | '/' | '@' | '#' | '%' | '$'
        )
}

struct Parser<'a> {
    text: &'a str,
    /// In bytes, always between characters.
    at: usize,
}

impl<'a> Parser<'a> {
    fn any(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut filter = self.every(depth)?;
        while self.word("or") || self.sign("||") || self.sign("|") {
            filter = filter.or(self.every(depth)?);
        }
        Ok(filter)
    }

    fn every(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let mut filter = self.one(depth)?;
        loop {
            let said = self.word("and") || self.sign("&&") || self.sign("&");
            let ends = self.rest().is_empty()
                || self.rest().starts_with([')', '|'])
                || self.sees_word("or");
            if ends && !said {
                return Ok(filter);
            }
            filter = filter.and(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Result<Filter, FilterError> {
        if depth > DEEPEST {
            return Err(self.error(format!(
                "parentheses and `not` may nest {DEEPEST} deep at most"
            )));
        }
        if self.word("not")
            || (!self.rest().starts_with("!=") && !self.rest().starts_with("!~") && self.sign("!"))
        {
            return Ok(self.one(depth + 1)?.negate());
        }
        if self.sign("(") {
            let filter = self.any(depth + 1)?;
            if !self.sign(")") {
                return Err(self.error("a ) is missing here"));
            }
            return Ok(filter);
        }
        self.term()
    }

    fn term(&mut self) -> Result<Filter, FilterError> {
        let from = self.at;
        let name = self.name();
        if name.is_empty() {
            return Err(
                self.error("write a condition here, as due<today+7d, tag=home or priority>=medium")
            );
        }
        let operator = self.operator();
        if operator.is_empty() {
            let flag = match name.as_str() {
                "blocked" => Some(Term::Blocked),
                "recurring" => Some(Term::Recurring),
                _ => None,
            };
            return flag
                .map(Filter::from)
                .ok_or_else(|| self.error_at(from, fields::unknown(&name)));
        }
        let value_at = self.at;
        let value = self.value()?;
        self.spaces();
        fields::condition(&name, operator, &value).map_err(|wrong| match wrong {
            fields::Wrong::Field(words) => self.error_at(from, words),
            fields::Wrong::Value(words) => self.error_at(value_at, words),
        })
    }

    /// Letters of a field or flag, in small ones.
    fn name(&mut self) -> String {
        let rest = self.rest();
        let end = rest
            .find(|letter: char| !letter.is_ascii_alphabetic() && letter != '_')
            .unwrap_or(rest.len());
        self.at += end;
        self.spaces();
        rest[..end].to_ascii_lowercase()
    }

    fn operator(&mut self) -> &'static str {
        let known = ["<=", ">=", "!=", "!~", "==", "<", ">", "=", "~", ":"];
        let found = known.into_iter().find(|sign| self.sign(sign));
        match found.unwrap_or_default() {
            "==" => "=",
            sign => sign,
        }
    }

    fn value(&mut self) -> Result<Value, FilterError> {
        let rest = self.rest();
        if rest.starts_with('"') {
            return self.quoted();
        }
        let end = rest.find(|letter| !bare(letter)).unwrap_or(rest.len());
        if end == 0 {
            return Err(
                self.error("a value is missing here; put words with spaces or signs in \"quotes\"")
            );
        }
        self.at += end;
        Ok(Value {
            text: rest[..end].to_owned(),
            quoted: false,
        })
    }

    fn quoted(&mut self) -> Result<Value, FilterError> {
        let from = self.at;
        let mut text = String::new();
        let mut escaped = false;
        for (at, letter) in self.rest().char_indices().skip(1) {
            match letter {
                letter if letter.is_control() && letter != '\n' && letter != '\t' => {
                    return Err(
                        self.error_at(from + at, "a control character cannot stand in a filter")
                    );
                }
                letter if escaped => {
                    text.push(letter);
                    escaped = false;
                }
                '\\' => escaped = true,
                '"' => {
                    self.at += at + 1;
                    return Ok(Value { text, quoted: true });
                }
                letter => text.push(letter),
            }
        }
        Err(self.error_at(from, "this quote is not closed: add a \" at its end"))
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn sign(&mut self, sign: &str) -> bool {
        let found = self.rest().starts_with(sign);
        if found {
            self.at += sign.len();
            self.spaces();
        }
        found
    }

    /// A word of the language, and not the beginning of a longer one or a field's name.
    fn sees_word(&self, word: &str) -> bool {
        let Some((head, tail)) = self.rest().split_at_checked(word.len()) else {
            return false;
        };
        head.eq_ignore_ascii_case(word)
            && !tail.starts_with(|letter| bare(letter) || matches!(letter, '=' | '<' | '>' | '~'))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.sees_word(word);
        if found {
            self.at += word.len();
            self.spaces();
        }
        found
    }

    fn error(&self, words: impl Into<String>) -> FilterError {
        self.error_at(self.at, words)
    }

    fn error_at(&self, at: usize, words: impl Into<String>) -> FilterError {
        let before = self.text.get(..at).unwrap_or(self.text);
        FilterError {
            at: before.encode_utf16().count(),
            words: words.into(),
        }
    }
}

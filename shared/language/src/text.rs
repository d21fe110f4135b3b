//! The text as the readers see it: lower case, plain punctuation, with what is literal or already read covered up.

use std::ops::Range;

/// Stands for a character that is not to be read; no pattern matches it, and none reaches across it.
pub(crate) const COVER: char = '|';

/// A working copy of a text, with the way back to the original.
#[derive(Clone, Debug)]
pub(crate) struct Text<'a> {
    /// As written.
    pub(crate) raw: &'a str,
    /// Lower case, straight quotes, plain dashes and spaces; covered parts are [`COVER`].
    pub(crate) work: String,
    /// Byte offset in `raw` of each byte of `work`, and of its end.
    back: Vec<usize>,
}

impl<'a> Text<'a> {
    pub(crate) fn new(raw: &'a str) -> Self {
        let mut work = String::with_capacity(raw.len());
        let mut back = Vec::with_capacity(raw.len() + 1);
        for (at, c) in raw.char_indices() {
            let plain = match c {
                '\u{2018}' | '\u{2019}' | '\u{02bc}' => '\'',
                '\u{201c}' | '\u{201d}' | '\u{201e}' => '"',
                '\u{2013}' | '\u{2014}' | '\u{2212}' => '-',
                c if c.is_whitespace() || c.is_control() => ' ',
                COVER => ' ',
                c => c.to_ascii_lowercase(),
            };
            work.push(plain);
            back.extend(std::iter::repeat_n(at, plain.len_utf8()));
        }
        back.push(raw.len());
        Self { raw, work, back }
    }

    /// A range of `work` as a range of `raw`.
    pub(crate) fn raw_range(&self, range: &Range<usize>) -> Range<usize> {
        let end = self.back.len() - 1;
        self.back[range.start.min(end)]..self.back[range.end.min(end)]
    }

    /// The original words of a range of `work`.
    pub(crate) fn raw_of(&self, range: &Range<usize>) -> &'a str {
        self.raw.get(self.raw_range(range)).unwrap_or_default()
    }

    /// These words of `work` as they were written, where they stand there whole; else as they are.
    pub(crate) fn as_written(&self, words: &str) -> String {
        let at = self.work.find(words);
        let raw = at.map(|at| self.raw_of(&(at..at + words.len())));
        raw.filter(|raw| !raw.is_empty())
            .unwrap_or(words)
            .to_owned()
    }

    /// Covers a range of `work`; its length in bytes stays.
    pub(crate) fn cover(&mut self, range: &Range<usize>) {
        let range = range.start.min(self.work.len())..range.end.min(self.work.len());
        if self.work.is_char_boundary(range.start) && self.work.is_char_boundary(range.end) {
            let length = range.len();
            self.work
                .replace_range(range, &COVER.to_string().repeat(length));
        }
    }

    /// A range of `work` from one of `raw` in UTF-16 code units.
    pub(crate) fn of_utf16(&self, from: usize, to: usize) -> Range<usize> {
        let raw = byte_of_utf16(self.raw, from)..byte_of_utf16(self.raw, to.max(from));
        let start = self.back.partition_point(|&b| b < raw.start);
        let end = self.back.partition_point(|&b| b < raw.end).max(start);
        start..end.min(self.work.len())
    }

    /// A range of `work` in UTF-16 code units of `raw`.
    pub(crate) fn utf16(&self, range: &Range<usize>) -> (usize, usize) {
        let raw = self.raw_range(range);
        let units = |end: usize| self.raw.get(..end).map_or(0, |s| s.encode_utf16().count());
        (units(raw.start), units(raw.end))
    }
}

fn byte_of_utf16(text: &str, unit: usize) -> usize {
    let mut units = 0;
    for (at, c) in text.char_indices() {
        if units >= unit {
            return at;
        }
        units += c.len_utf16();
    }
    text.len()
}

/// The range without the blanks and connecting signs at its ends.
pub(crate) fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    let Some(part) = text.get(range.clone()) else {
        return range;
    };
    let left = part.len() - part.trim_start_matches([' ', ',', ';']).len();
    let right = part.len() - part.trim_end_matches([' ', ',', ';']).len();
    if left + right >= part.len() {
        range.start..range.start
    } else {
        range.start + left..range.end - right
    }
}

/// Whether two ranges share a byte.
pub(crate) fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

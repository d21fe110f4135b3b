//! Where a task stands among its siblings: keys that sort bytewise, with room between any two of them.
//!
//! A key is a whole number and a fraction in base 62. The first letter says how many digits the number has, so that appending
//! a million times still gives short keys (fractional indexing as Figma and Linear do it). Keys never end in `0`, so there is
//! always a key before and after. PostgreSQL must compare them with COLLATE "C".

/// Longest key, in bytes. Only thousands of insertions into one gap come near it.
pub const LONGEST: usize = 250;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Why there is no key between two others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PositionError {
    /// Not a key that this module makes.
    #[error("{0:?} is not a position: use one that came from here, as \"a1\"")]
    Invalid(String),
    /// The first does not come before the second.
    #[error("{0:?} does not come before {1:?}: give the two neighbours in their order")]
    Order(String, String),
    /// The gap has been divided too often; new keys for all siblings are due.
    #[error("there is no room left between these two: give the siblings new positions")]
    Full,
}

/// A key after `before` and before `after`; nothing stands for the very start or end.
///
/// ```
/// use domain::position::between;
/// assert_eq!(between(None, None).as_deref(), Ok("a1"));
/// assert_eq!(between(Some("a1"), None).as_deref(), Ok("a2"));
/// assert_eq!(between(Some("a1"), Some("a2")).as_deref(), Ok("a1V"));
/// ```
pub fn between(before: Option<&str>, after: Option<&str>) -> Result<String, PositionError> {
    let low = before.map(split).transpose()?;
    let high = after.map(split).transpose()?;
    let key = match (low, high) {
        (None, None) => b"a1".to_vec(),
        (Some(low), None) => {
            next_whole(low.0).unwrap_or_else(|| joined(low.0, &middle(low.1, None)))
        }
        (None, Some(high)) => before_first(high),
        (Some(low), Some(high)) => inside(low, high)?,
    };
    if key.len() > LONGEST {
        return Err(PositionError::Full);
    }
    Ok(key.into_iter().map(char::from).collect())
}

/// `count` keys in order after `before`, for giving many siblings new positions.
pub fn run(before: Option<&str>, count: usize) -> Result<Vec<String>, PositionError> {
    let mut keys: Vec<String> = Vec::new();
    for _ in 0..count {
        let last = keys.last().map(String::as_str).or(before);
        let key = between(last, None)?;
        keys.push(key);
    }
    Ok(keys)
}

/// A key's whole number, with its head, and its fraction.
type Parts<'a> = (&'a [u8], &'a [u8]);

fn split(key: &str) -> Result<Parts<'_>, PositionError> {
    let bytes = key.as_bytes();
    let parts = whole_length(bytes).and_then(|length| bytes.split_at_checked(length));
    let sound = bytes.len() <= LONGEST
        && bytes.iter().all(|byte| digit(*byte).is_some())
        && bytes.last() != Some(&b'0');
    parts
        .filter(|_| sound)
        .ok_or_else(|| PositionError::Invalid(key.chars().take(60).collect()))
}

/// `a` heads one digit, `z` 26; `Z` heads one digit of those below, `A` 26.
fn whole_length(bytes: &[u8]) -> Option<usize> {
    match bytes.first()? {
        head @ b'a'..=b'z' => Some(usize::from(head - b'a') + 2),
        head @ b'A'..=b'Z' => Some(usize::from(b'Z' - head) + 2),
        _ => None,
    }
}

fn inside(low: Parts<'_>, high: Parts<'_>) -> Result<Vec<u8>, PositionError> {
    if low >= high {
        let text =
            |parts: Parts<'_>| String::from_utf8_lossy(&joined(parts.0, parts.1)).into_owned();
        return Err(PositionError::Order(text(low), text(high)));
    }
    if low.0 == high.0 {
        return Ok(joined(low.0, &middle(low.1, Some(high.1))));
    }
    let whole = next_whole(low.0).filter(|whole| whole.as_slice() < high.0);
    Ok(whole.unwrap_or_else(|| joined(low.0, &middle(low.1, None))))
}

fn before_first(high: Parts<'_>) -> Vec<u8> {
    if !high.1.is_empty() && high.0.last() != Some(&b'0') {
        return high.0.to_vec();
    }
    previous_whole(high.0).unwrap_or_else(|| joined(high.0, &middle(b"", Some(high.1))))
}

/// The next whole number that does not end in `0`; none after the last.
fn next_whole(whole: &[u8]) -> Option<Vec<u8>> {
    let mut next = whole.to_vec();
    loop {
        let carried = next.iter_mut().skip(1).rev().all(|byte| {
            let value = digit(*byte).map_or(0, |value| value + 1);
            *byte = DIGITS[value % 62];
            value == 62
        });
        if carried {
            next = match whole.first()? {
                b'Z' => b"a0".to_vec(),
                b'z' => return None,
                head => filled(head + 1, b'0')?,
            };
        }
        if next.last() != Some(&b'0') {
            return Some(next);
        }
    }
}

/// The whole number before it that does not end in `0`; none before the first.
fn previous_whole(whole: &[u8]) -> Option<Vec<u8>> {
    let mut previous = whole.to_vec();
    loop {
        let borrowed = previous.iter_mut().skip(1).rev().all(|byte| {
            let value = digit(*byte).unwrap_or(0);
            *byte = DIGITS[(value + 61) % 62];
            value == 0
        });
        if borrowed {
            previous = match whole.first()? {
                b'a' => b"Zz".to_vec(),
                b'A' => return None,
                head => filled(head - 1, b'z')?,
            };
        }
        if previous.last() != Some(&b'0') {
            return Some(previous);
        }
    }
}

fn filled(head: u8, with: u8) -> Option<Vec<u8>> {
    let mut whole = vec![with; whole_length(&[head])?];
    whole[0] = head;
    Some(whole)
}

/// A fraction between two others that does not end in `0`; `high` nothing is one.
fn middle(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let mut key = Vec::new();
    let mut high = high;
    for at in 0.. {
        let floor = low.get(at).and_then(|byte| digit(*byte)).unwrap_or(0);
        let ceiling = match high {
            Some(high) => high.get(at).and_then(|byte| digit(*byte)).unwrap_or(62),
            None => 62,
        };
        if ceiling == floor {
            key.push(DIGITS[floor]);
            continue;
        }
        if ceiling > floor + 1 {
            key.push(DIGITS[usize::midpoint(floor, ceiling)]);
            break;
        }
        if high.is_some_and(|high| high.len() > at + 1) {
            key.push(DIGITS[ceiling % 62]);
            break;
        }
        key.push(DIGITS[floor]);
        high = None;
    }
    key
}

fn joined(whole: &[u8], fraction: &[u8]) -> Vec<u8> {
    [whole, fraction].concat()
}

fn digit(byte: u8) -> Option<usize> {
    DIGITS.binary_search(&byte).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn keys_between() {
        let check = |before: &str, after: &str, expected: Result<&str, &str>| {
            let end = |key: &'static str| (!key.is_empty()).then_some(key);
            let (before, after) = (before.to_owned().leak(), after.to_owned().leak());
            let got = between(end(before), end(after));
            let got = got.as_deref().map_err(|why| match why {
                PositionError::Invalid(_) => "invalid",
                PositionError::Order(..) => "order",
                PositionError::Full => "full",
            });
            assert_eq!(got, expected, "{before:?} {after:?}");
        };
        check("", "", Ok("a1"));
        check("a1", "", Ok("a2"));
        check("az", "", Ok("b01"));
        check("", "a1", Ok("Zz"));
        check("", "a1V", Ok("a1"));
        check("a1", "a3", Ok("a2"));
        check("a1", "a2", Ok("a1V"));
        check("a1", "a1V", Ok("a1F"));
        check("Zz", "a1", Ok("ZzV"));
        check("a1", "a1001", Ok("a1000V"));
        check("a11", "a1001", Err("order"));
        check("a1", "a1", Err("order"));
        check("a0", "", Err("invalid"));
        check("1", "", Err("invalid"));
        check("b1", "", Err("invalid"));
        check("a1é", "", Err("invalid"));
        check(&format!("a1{}", "z".repeat(248)), "a2", Err("full"));
    }

    #[test]
    fn a_hundred_thousand_appended_keys_stay_short() {
        let keys = run(None, 100_000).unwrap_or_default();
        assert!(keys.is_sorted());
        assert_eq!(keys.last().map(String::len), Some(4));
        let mut first = "a1".to_owned();
        for _ in 0..10_000 {
            first = between(None, Some(&first)).unwrap_or_default();
        }
        assert!(first.len() <= 4, "{first}");
    }

    proptest! {
        #[test]
        fn any_order_of_insertions_keeps_the_order(places in proptest::collection::vec(any::<prop::sample::Index>(), 1..200)) {
            let mut keys: Vec<String> = Vec::new();
            for place in places {
                let at = place.index(keys.len() + 1);
                let before = at.checked_sub(1).map(|before| keys[before].as_str());
                let key = between(before, keys.get(at).map(String::as_str));
                keys.insert(at, key.expect("there is room"));
            }
            prop_assert!(keys.is_sorted_by(|one, other| one < other), "{keys:?}");
            prop_assert!(keys.iter().all(|key| !key.ends_with('0')));
        }

        #[test]
        fn whatever_is_given_it_is_between_or_refused(before in "\\PC{0,6}|[A-Za-z0-9]{0,30}", after in "\\PC{0,6}|[A-Za-z0-9]{0,30}") {
            for (low, high) in [(Some(before.as_str()), Some(after.as_str())), (None, Some(&after)), (Some(&before), None)] {
                if let Ok(key) = between(low, high) {
                    prop_assert!(low.is_none_or(|low| low < key.as_str()));
                    prop_assert!(high.is_none_or(|high| key.as_str() < high), "{low:?} {key} {high:?}");
                    prop_assert!(split(&key).is_ok(), "{key}");
                }
            }
        }
    }
}

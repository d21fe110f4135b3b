//! Preconditions.

use super::*;

#[test]
fn r_1_9_if_match_and_base_version() {
    let check = |headers: &[(&'static str, &'static str)], expected: Option<Precondition>| {
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(*name, value.parse().unwrap());
        }
        match (read(&all), expected) {
            (Ok(read), Some(expected)) => assert_eq!(read, expected, "{headers:?}"),
            (Err(problem), None) => {
                assert_eq!(problem.code(), Code::ParameterInvalid, "{headers:?}");
            }
            (read, expected) => panic!("{headers:?}: {read:?}, not {expected:?}"),
        }
    };
    check(&[], Some(Precondition::None));
    check(&[("if-match", "\"3\"")], Some(Precondition::Exactly(3)));
    check(&[("if-match", "W/\"3\"")], Some(Precondition::Exactly(3)));
    check(&[("if-match", " * ")], Some(Precondition::Exists));
    check(&[("base-version", "3")], Some(Precondition::Since(3)));
    check(&[("base-version", "\"3\"")], Some(Precondition::Since(3)));
    check(&[("if-match", "3")], None);
    check(&[("if-match", "\"3")], None);
    check(&[("if-match", "\"3\", \"4\"")], None);
    check(&[("if-match", "\"-3\"")], None);
    check(&[("if-match", "\"99999999999999999999\"")], None);
    check(&[("if-match", "\"3\""), ("if-match", "\"3\"")], None);
    check(&[("if-match", "\"3\""), ("base-version", "3")], None);
    check(&[("base-version", "")], None);
    check(&[("base-version", "three")], None);
}

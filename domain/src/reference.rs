//! The order of printed references.
//!
//! References are printed in outlines: `1.10`, `2.b.iv`, `(4)`. Sorted as plain text, `1.10` comes before `1.2`, so a key
//! is stored beside each reference whose plain byte order (`BINARY` on SQLite, `COLLATE "C"` on PostgreSQL) is the
//! order of the outline.

/// The longest run of digits whose size still fits into the two digits that carry it.
const LONGEST: usize = 99;

/// A key of ASCII digits and lower-case letters whose byte order is the outline's order of references.
///
/// The reference is read as a row of numbers and of runs of letters; everything else (points, brackets, blanks) only
/// separates, so `(4)`, `4.` and `4` have the same key. Component by component:
///
/// - numbers come before letters and are compared by value: `1.2 < 1.9 < 1.10`;
/// - one or two letters are a place in the alphabet, shorter first: `2.z < 2.aa`;
/// - small roman numerals (i to xxxix) are compared by value: `2.b.iv < 2.b.ix < 2.b.x`;
/// - three or more letters that are no numeral are a word and are compared as text;
/// - a reference comes before everything below it: `2 < 2.b < 2.b.i`.
///
/// `i`, `v` and `x` alone may be letters or numerals, and a single reference does not show which. The rule looks at
/// depth only: the first level of letters in a reference is alphabetic (`2.i` is the ninth), every deeper one is roman
/// (`2.b.i` is the first). An outline that numbers its first level of letters in roman, or that runs through the alphabet
/// below another level of letters, is therefore not sorted rightly by this key: lists inside a source use the printed
/// position instead, which is always right.
pub fn sort_key(reference: &str) -> String {
    let mut key = String::with_capacity(reference.len() * 4);
    let mut is_below_letters = false;
    for component in components(reference) {
        if component.starts_with(|c: char| c.is_ascii_digit()) {
            let digits = component.trim_start_matches('0');
            key.push('1');
            push_sized(&mut key, &digits[..digits.len().min(LONGEST)]);
            continue;
        }
        let letters = component.to_ascii_lowercase();
        match roman(&letters) {
            Some(value) if letters.len() > 1 || is_below_letters => {
                key.push_str(&format!("3{value:02}"));
                is_below_letters = true;
            }
            _ if letters.len() <= 2 => {
                key.push('2');
                push_sized(&mut key, &letters);
                is_below_letters = true;
            }
            // '0' ends a word: it is less than every letter, so "annex" comes before "annexes".
            _ => key.push_str(&format!("4{letters}0")),
        }
    }
    key
}

/// Numbers and alphabet places grow in length before they grow in value, so the length goes first.
fn push_sized(key: &mut String, text: &str) {
    key.push_str(&format!("{:02}{text}", text.len()));
}

/// The runs of digits and the runs of letters, in order.
fn components(reference: &str) -> Vec<&str> {
    reference
        .split(|c: char| !c.is_ascii_alphanumeric())
        .flat_map(|run| {
            run.as_bytes().chunk_by(|a, b| a.is_ascii_digit() == b.is_ascii_digit()).scan(
                0,
                move |at, chunk| {
                    let start = *at;
                    *at += chunk.len();
                    Some(&run[start..*at])
                },
            )
        })
        .collect()
}

/// The value of a roman numeral from i to xxxix in its usual spelling. Larger ones would need l, c, d and m, which
/// are far more often letters.
fn roman(letters: &str) -> Option<u32> {
    const ONES: [&str; 10] = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
    let units = letters.trim_start_matches('x');
    let tens = letters.len() - units.len();
    let (tens, units) =
        if tens > 0 && units.is_empty() { (tens, 0) } else { (tens, ONES.iter().position(|o| *o == units)?) };
    let value = u32::try_from(tens * 10 + units).ok()?;
    (1..40).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn to_roman(value: usize) -> String {
        let ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"];
        format!("{}{}", "x".repeat(value / 10), ones[value % 10])
    }

    #[rstest]
    #[case(&["1.1", "1.2", "1.9", "1.10", "2.1", "10.1"])]
    #[case(&["2", "2.a", "2.b", "2.b.i", "2.b.ii", "2.b.iii", "2.b.iv", "2.b.v", "2.b.ix", "2.b.x", "2.c", "3"])]
    #[case(&["(1)", "(2)", "(4)", "(10)"])]
    #[case(&["2.8", "2.8a", "2.8b", "2.9"])]
    #[case(&["2.h", "2.i", "2.j", "2.v", "2.z", "2.aa", "2.ab"])]
    #[case(&["4(a)", "4(a)(i)", "4(a)(ii)", "4(b)"])]
    #[case(&["R1", "R2", "R10"])]
    #[case(&["7", "annex", "annex 2", "annexes", "terms 1"])]
    fn sorts_as_printed(#[case] printed: &[&str]) {
        let keys: Vec<_> = printed.iter().map(|r| sort_key(r)).collect();
        assert!(keys.is_sorted_by(|a, b| a < b), "{printed:?} {keys:?}");
    }

    #[test]
    fn signs_case_and_leading_zeros_do_not_matter() {
        assert_eq!(sort_key("(4)"), sort_key("4."));
        assert_eq!(sort_key("2.B.II"), sort_key("2 b) ii"));
        assert_eq!(sort_key("01.07"), sort_key("1.7"));
        assert_eq!(sort_key(""), "");
    }

    #[test]
    fn roman_numerals_are_read_in_their_usual_spelling_only() {
        for value in 1..40 {
            assert_eq!(roman(&to_roman(value)).map(|v| v as usize), Some(value));
        }
        for other in ["", "iiii", "vx", "ic", "xxxx", "iix", "a"] {
            assert_eq!(roman(other), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn numbers_sort_by_value(a in prop::collection::vec(0u64.., 1..5), b in prop::collection::vec(0u64.., 1..5)) {
            let text = |v: &[u64]| v.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
            prop_assert_eq!(sort_key(&text(&a)).cmp(&sort_key(&text(&b))), a.cmp(&b));
        }

        #[test]
        fn third_levels_sort_by_roman_value(a in (1u32..30, 0u8..26, 1usize..40), b in (1u32..30, 0u8..26, 1usize..40)) {
            let text = |(n, l, r): (u32, u8, usize)| format!("{n}.{}.{}", char::from(b'a' + l), to_roman(r));
            prop_assert_eq!(sort_key(&text(a)).cmp(&sort_key(&text(b))), a.cmp(&b));
        }

        #[test]
        fn a_reference_comes_before_all_below_it(parent in "[0-9]{1,3}(\\.[a-h])?", below in "[1-9][0-9]?|i|iv|ab") {
            let whole = format!("{parent}.{below}");
            prop_assert!(sort_key(&parent) < sort_key(&whole));
        }

        #[test]
        fn any_text_gives_a_plain_key(text in any::<String>()) {
            prop_assert!(sort_key(&text).bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase()));
        }
    }
}

//! Which words are the same: whatever their case, ending, quotation marks, dashes and width.

/// A word of a text that tells something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// What is compared: small letters without a usual ending.
    pub stem: String,
    /// Where it begins in the text, in bytes.
    pub from: usize,
    /// And where it ends.
    pub to: usize,
}

/// Words that only hold others together. They are passed over, so that "the tides, winds and hidden shoals" and "the tides
/// and winds and hidden shoals" are one. In alphabetical order.
const SMALL: &[&str] = &[
    "a", "about", "across", "all", "also", "an", "and", "any", "are", "as", "at", "be", "been", "being",
    "both", "but", "by", "can", "could", "do", "does", "each", "etc", "every", "for", "from", "had", "has",
    "have", "how", "if", "in", "into", "is", "it", "its", "may", "more", "must", "no", "not", "of", "off",
    "on", "or", "our", "out", "over", "own", "shall", "she", "should", "so", "such", "than", "that", "the",
    "their", "them", "then", "there", "these", "they", "this", "those", "through", "to", "up", "upon",
    "very", "was", "we", "well", "were", "what", "when", "where", "which", "while", "who", "whose", "will",
    "with", "within", "would", "you", "your",
];

/// The words that tell, in their order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut letters = String::new();
    let (mut from, mut to) = (0, 0);
    // Behind an apostrophe within a word stands what only says whose, or a shortened verb.
    let mut is_tail = false;
    for (at, c) in text.char_indices() {
        if c.is_alphanumeric() {
            if letters.is_empty() {
                from = at;
            }
            to = at + c.len_utf8();
            if !is_tail {
                spell(c, &mut letters);
            }
        } else if is_apostrophe(c) && !letters.is_empty() {
            is_tail = true;
        } else if !is_invisible(c) {
            push(&mut words, &mut letters, from, to);
            is_tail = false;
        }
    }
    push(&mut words, &mut letters, from, to);
    words
}

fn push(words: &mut Vec<Word>, letters: &mut String, from: usize, to: usize) {
    let word = std::mem::take(letters);
    if !word.is_empty() && SMALL.binary_search(&word.as_str()).is_err() {
        words.push(Word { stem: stem(&word), from, to });
    }
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '\u{FF07}')
}

/// Soft hyphens, characters without width, and accents that stand apart.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{300}'..='\u{36F}')
}

/// A letter as it is compared: small, of usual width, ligatures that a PDF leaves taken apart.
fn spell(c: char, letters: &mut String) {
    match c {
        'ﬀ' => letters.push_str("ff"),
        'ﬁ' => letters.push_str("fi"),
        'ﬂ' => letters.push_str("fl"),
        'ﬃ' => letters.push_str("ffi"),
        'ﬄ' => letters.push_str("ffl"),
        '\u{FF01}'..='\u{FF5E}' => {
            let narrow = char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c);
            letters.extend(narrow.to_lowercase());
        }
        c => letters.extend(c.to_lowercase()),
    }
}

/// Endings that are taken off, and what takes their place; the first that fits counts.
const ENDINGS: &[(&str, &str)] = &[
    ("isations", ""),
    ("izations", ""),
    ("isation", ""),
    ("ization", ""),
    ("ations", ""),
    ("ation", ""),
    ("ating", ""),
    ("ated", ""),
    ("ates", ""),
    ("ate", ""),
    ("ising", ""),
    ("izing", ""),
    ("ised", ""),
    ("ized", ""),
    ("ises", ""),
    ("izes", ""),
    ("ise", ""),
    ("ize", ""),
    ("ments", ""),
    ("ment", ""),
    ("liness", ""),
    ("ness", ""),
    ("ities", ""),
    ("ity", ""),
    ("ively", ""),
    ("ive", ""),
    ("ingly", ""),
    ("edly", ""),
    ("ily", "y"),
    ("ally", "al"),
    ("ly", ""),
    ("ings", ""),
    ("ing", ""),
    ("ied", "y"),
    ("ies", "y"),
    ("ions", ""),
    ("ion", ""),
    ("ed", ""),
    ("es", ""),
    ("s", ""),
    ("e", ""),
];

/// Shortest beginning of a word that stays when an ending is taken off.
const SHORTEST: usize = 3;

/// The word without its usual endings, so that "assessed", "assessing" and "assessments" are one. Light: it need not be a word,
/// and now and then it takes two words for one, or one for two.
pub(super) fn stem(word: &str) -> String {
    let mut word = word.to_owned();
    // Twice, because endings stand behind one another: "placements", "purposefully".
    for _ in 0..2 {
        let fits = |(ending, _): &&(&str, &str)| {
            word.strip_suffix(ending).is_some_and(|rest| {
                // "ss" is no plural, and what ends behind a number is no word.
                rest.chars().count() >= SHORTEST && !(*ending == "s" && rest.ends_with(['s', 'u']))
            })
        };
        let Some((ending, instead)) = ENDINGS.iter().find(fits) else { break };
        word.truncate(word.len() - ending.len());
        word.push_str(instead);
    }
    // "planning" and "plan", "stopping" and "stop".
    let mut ends = word.chars().rev();
    if let (Some(last), Some(before)) = (ends.next(), ends.next())
        && last == before
        && last.is_ascii_lowercase()
        && !"aeioulsz".contains(last)
        && word.len() > SHORTEST
    {
        word.pop();
    }
    if word.len() > SHORTEST && word.ends_with('y') {
        word.pop();
        word.push('i');
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn stems(text: &str) -> String {
        words(text).into_iter().map(|word| word.stem).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_small_words_can_be_found() {
        assert!(SMALL.is_sorted());
    }

    #[test]
    fn forms_of_one_word_are_one() {
        for forms in [
            "assess assesses assessed assessing assessments",
            "plan plans planned planning",
            "place placed placing placement placements",
            "identify identifies identified identifying",
            "history histories",
            "improve improves improved improving improvement",
            "escalate escalated escalating escalation escalations",
            "timely timeliness",
            "record records recorded recording recordings",
        ] {
            let stems: std::collections::BTreeSet<String> = forms.split(' ').map(stem).collect();
            assert_eq!(stems.len(), 1, "{forms}: {stems:?}");
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for pair in ["need neglect", "policy police", "process progress", "review revise"] {
            let (one, two) = pair.split_once(' ').unwrap();
            assert_ne!(stem(one), stem(two), "{pair}");
        }
    }

    #[test]
    fn marks_case_and_small_words_do_not_count() {
        let one = stems("The children’s tides, winds and hidden shoals");
        for other in [
            "the childrens tides and winds and hidden shoals",
            "CHILDREN'S TIDES – WINDS — HIDDEN SHOALS",
            "‘children`s’ tides/winds/hid\u{AD}den \u{200B}shoals",
        ] {
            assert_eq!(stems(other).replace("childrens", "children"), one, "{other}");
        }
        assert_eq!(stems("of\u{FB01}ce ｏｆｆｉｃｅ"), "offic offic");
        assert_eq!(stems("asylum-seeking"), stems("asylum seeking"));
    }

    proptest! {
        #[test]
        fn every_word_stands_where_it_says(text in "\\PC{0,60}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(last <= word.from && word.from < word.to);
                prop_assert!(text.get(word.from..word.to).is_some());
                prop_assert!(!word.stem.is_empty());
                last = word.to;
            }
        }

        #[test]
        fn capitals_change_nothing(text in "[a-z' -]{0,60}") {
            prop_assert_eq!(stems(&text.to_uppercase()), stems(&text));
        }
    }
}

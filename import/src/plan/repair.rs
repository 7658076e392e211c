//! Puts headings together that a tab has cut, with the help of the words that the file itself uses elsewhere.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::text::{bare, squash, starts_lower};

/// Words that headings of children's services plans are made of, for files too short to show them elsewhere.
pub(crate) const COMMON: &[&str] = &[
    "adoption",
    "assessment",
    "audit",
    "business",
    "care",
    "child",
    "children",
    "communication",
    "development",
    "disabilities",
    "early",
    "education",
    "engagement",
    "family",
    "fostering",
    "framework",
    "governance",
    "health",
    "help",
    "improvement",
    "information",
    "leadership",
    "learning",
    "leavers",
    "management",
    "participation",
    "partnership",
    "partnerships",
    "people",
    "performance",
    "permanence",
    "placements",
    "planning",
    "practice",
    "prevention",
    "protection",
    "quality",
    "recruitment",
    "residential",
    "response",
    "retention",
    "safeguarding",
    "service",
    "services",
    "standards",
    "strategic",
    "strategy",
    "supervision",
    "support",
    "training",
    "wellbeing",
    "workforce",
];
/// Small words that stand alone at the start of a piece.
const SMALL: &[&str] =
    &["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"];

/// The words that the file uses, by which a cut word is told from two whole ones.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Vocabulary(BTreeMap<String, usize>);

/// A heading put together, and whether that took a guess or dropped letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Repaired {
    pub text: String,
    pub doubtful: bool,
}

impl Vocabulary {
    pub fn of(text: &str) -> Vocabulary {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add(text);
        vocabulary
    }

    /// Takes up the words of a further text.
    pub fn add(&mut self, text: &str) {
        for word in text.split(|c: char| !c.is_alphabetic()).filter(|word| word.chars().count() > 3) {
            *self.0.entry(word.to_lowercase()).or_insert(0) += 1;
        }
    }

    /// How sure it is that this is a word: a damaged word is printed once, a whole one often.
    fn weight(&self, word: &str) -> usize {
        let word = bare(word);
        let common = if COMMON.contains(&word.as_str()) { 1000 } else { 0 };
        common + self.0.get(&word).copied().unwrap_or(0)
    }

    fn knows(&self, word: &str) -> bool {
        self.weight(word) > 0
    }

    /// Joins the pieces of a heading in order.
    pub fn rejoin<S: AsRef<str>>(&self, pieces: &[S]) -> Repaired {
        let mut result = Repaired { text: String::new(), doubtful: false };
        for piece in pieces {
            let piece = squash(piece.as_ref());
            if piece.is_empty() {
                continue;
            }
            if result.text.is_empty() {
                result.text = piece;
            } else {
                self.join(&mut result, &piece);
            }
        }
        result
    }

    fn join(&self, result: &mut Repaired, piece: &str) {
        let (head, left) =
            result.text.rsplit_once(' ').map_or(("", result.text.as_str()), |(head, left)| (head, left));
        let (right, tail) = piece.split_once(' ').map_or((piece, ""), |(right, tail)| (right, tail));
        let small = |word: &str| SMALL.contains(&bare(word).as_str());
        let joined = format!("{left}{right}");
        // The letter at the cut can be printed on both sides.
        let overlapped = left
            .chars()
            .next_back()
            .filter(|last| right.chars().next().is_some_and(|first| first.eq_ignore_ascii_case(last)))
            .map(|last| format!("{}{right}", &left[..left.len() - last.len_utf8()]));
        let stray = |word: &str| bare(word).chars().count() == 1 && !small(word) && bare(word) != "i";
        let (middle, doubtful) = if !small(right) && self.knows(&joined) {
            (joined, false)
        } else if let Some(overlapped) = overlapped.filter(|word| !small(right) && self.knows(word)) {
            (overlapped, true)
        } else if stray(right) && (self.knows(left) || small(left)) {
            (left.to_owned(), true)
        } else if small(right) || !starts_lower(right) || self.knows(right) || small(left) {
            (format!("{left} {right}"), false)
        } else {
            // Neither the whole nor its parts are known: a small letter after the cut speaks for one word.
            (joined, true)
        };
        result.doubtful |= doubtful;
        result.text =
            [head, &middle, tail].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    }

    /// Rejoins a word of which single letters have come loose ("Checki n" and "g' Framework").
    pub fn rejoin_loose(&self, before: &str, after: &str) -> Repaired {
        let words: Vec<&str> = before.split_whitespace().collect();
        let (right, tail) = after.split_once(' ').map_or((after, ""), |(right, tail)| (right, tail));
        for taken in 1..=words.len().min(3) {
            let whole = format!("{}{right}", words[words.len() - taken..].concat());
            if self.knows(&whole) {
                let head = words[..words.len() - taken].join(" ");
                let parts = [head.as_str(), &whole, tail];
                let text = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
                return Repaired { text, doubtful: taken > 1 };
            }
        }
        let mut repaired = self.rejoin(&[before, after]);
        repaired.doubtful = true;
        repaired
    }

    /// Two damaged prints of one heading, read as one word by word; `None` if they are not alike.
    pub fn reconcile(&self, one: &str, two: &str) -> Option<String> {
        let clean = |text: &str| -> Vec<String> {
            text.split_whitespace()
                .map(|word| {
                    let inner = word.trim_matches(['\'', '’']);
                    let without = inner.replace(['\'', '’'], "");
                    if self.knows(&without) { without } else { inner.to_owned() }
                })
                .collect()
        };
        let (one, two) = (clean(one), clean(two));
        if one.len() != two.len() || one.is_empty() {
            return None;
        }
        let mut words = Vec::new();
        for (left, right) in one.iter().zip(&two) {
            if !alike(&bare(left), &bare(right)) {
                return None;
            }
            let better = if self.weight(right) > self.weight(left) { right } else { left };
            words.push(better.clone());
        }
        Some(words.join(" "))
    }
}

/// Nearly the same word: at most two letters lost or changed, more than half kept.
fn alike(one: &str, two: &str) -> bool {
    let (one, two): (Vec<char>, Vec<char>) = (one.chars().take(64).collect(), two.chars().take(64).collect());
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in two.iter().enumerate() {
            let cost = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    let distance = row.last().copied().unwrap_or(0);
    distance <= 2 && distance * 2 < one.len().max(two.len())
}

/// Headings wholly in capitals are put in title case, so that the same theme reads alike in every plan.
pub(crate) fn title_case(heading: &str) -> String {
    let letters: Vec<char> = heading.chars().filter(|c| c.is_alphabetic()).collect();
    if letters.len() < 5 || letters.iter().any(|c| c.is_lowercase()) {
        return heading.to_owned();
    }
    heading
        .split(' ')
        .enumerate()
        .map(|(at, word)| {
            let lower = word.to_lowercase();
            if at > 0 && SMALL.contains(&lower.as_str()) {
                return lower;
            }
            let mut chars = lower.chars();
            chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
        })
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejoin(vocabulary: &str, pieces: &[&str]) -> (String, bool) {
        let repaired = Vocabulary::of(vocabulary).rejoin(pieces);
        (repaired.text, repaired.doubtful)
    }

    #[test]
    fn words_cut_by_a_tab_are_joined() {
        for (pieces, wanted, doubtful) in [
            (vec!["Early Hel", "p and Advice"], "Early Help and Advice", false),
            (vec!["Managemen", "nt of Rotas"], "Management of Rotas", true),
            (vec!["Rotas and", "l Cover"], "Rotas and Cover", true),
            (vec!["Training, Learning", "and Rotas"], "Training, Learning and Rotas", false),
            (vec!["Homes (F", "ostering and", "Rotas)"], "Homes (Fostering and Rotas)", false),
            (vec!["Zigg", "urat Cover"], "Ziggurat Cover", true),
        ] {
            assert_eq!(rejoin("", &pieces), (wanted.to_owned(), doubtful), "{pieces:?}");
        }
    }

    #[test]
    fn two_damaged_prints_give_one_heading() {
        let vocabulary = Vocabulary::of("guidance standards");
        assert_eq!(
            vocabulary.reconcile("Guidance standar", "guidanee standar'ds").as_deref(),
            Some("Guidance standards")
        );
        assert_eq!(vocabulary.reconcile("Guidance", "Rotas"), None);
        assert_eq!(vocabulary.rejoin_loose("'Better Guidan c", "e' Rotas").text, "'Better Guidance' Rotas");
    }

    #[test]
    fn capitals_become_title_case() {
        assert_eq!(title_case("HELP AND PROTECTION"), "Help and Protection");
        assert_eq!(title_case("Help and MASH"), "Help and MASH");
        assert_eq!(title_case("MASH"), "MASH");
    }
}

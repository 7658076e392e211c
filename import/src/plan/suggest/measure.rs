//! How much of a requirement a text says, from 0 to 1: the best of three views.
//!
//! - **The requirement is said.** The share of its words that the text has: two parts of it in their order, by the best local
//!   alignment (Smith and Waterman's, over words), one part in whatever order, in a stretch about as long as the requirement.
//!   Word by word it is 1.
//! - **The text is taken from it.** A row mostly quotes a part, so the same share of the text's own words, held back where
//!   they tell little: two words that a recommendation has too are no quotation.
//! - **A run.** The longest run of words that both have, whatever stands around it.
//!
//! What a word tells (`index`) is its weight in all of them.

use super::index::{Index, Read, UNKNOWN};

/// What a word costs that stands in one of both only, between words that match.
const GAP: f64 = 0.15;

/// Matching words that tell this much are half believed to be a quotation of a part.
const HALF_QUOTED: f64 = 2.5;

/// And so for a run, within whatever else the text says.
const HALF_RUN: f64 = 3.0;

/// How alike a text and a wording are, and from where to where in the text.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Likeness {
    /// From 0 to 1.
    pub score: f64,
    /// The byte with which the first matching word begins.
    pub from: usize,
    /// The byte behind the last.
    pub to: usize,
}

/// Compares a text with a wording. None where no word matches.
pub(super) fn likeness(index: &Index, wording: usize, text: &[Read]) -> Option<Likeness> {
    let words = index.words(wording);
    let aligned = align(index, words, text)?;
    let loose = loose(index, words, text);
    let matched = (2.0 * aligned.matched + loose.max(aligned.matched)) / 3.0;
    let of_requirement = matched / index.told_by(wording);
    let of_text = matched / text.iter().map(|read| read.told).sum::<f64>() * trust(matched, HALF_QUOTED);
    let run = trust(aligned.run, HALF_RUN);
    Some(Likeness {
        score: of_requirement.max(of_text).max(run).clamp(0.0, 1.0),
        from: text.get(aligned.first)?.from,
        to: text.get(aligned.last)?.to,
    })
}

/// How far so much is believed: half at `half`, hardly below, nearly wholly far above.
fn trust(told: f64, half: f64) -> f64 {
    told * told / (told * told + half * half)
}

/// The best alignment of a stretch of the text with a stretch of the wording.
struct Aligned {
    /// What the matching words tell.
    matched: f64,
    /// What the longest run tells, anywhere in the text.
    run: f64,
    /// The first matching word of the text.
    first: usize,
    /// The last.
    last: usize,
}

/// An alignment that ends at a word of the text.
#[derive(Clone, Copy, Default)]
struct Ending {
    /// What matches, less what the gaps cost.
    value: f64,
    matched: f64,
    first: usize,
    /// What the words tell that match one after the other up to here.
    run: f64,
}

fn align(index: &Index, words: &[usize], text: &[Read]) -> Option<Aligned> {
    let mut before = vec![Ending::default(); text.len() + 1];
    let mut row = before.clone();
    let mut best: Option<(Ending, usize)> = None;
    let mut run: f64 = 0.0;
    for word in words {
        for (at, read) in text.iter().enumerate() {
            let mut here = Ending::default();
            if read.word == *word {
                let told = index.told(*word);
                let diagonal = before[at];
                here = Ending {
                    value: diagonal.value + told,
                    matched: diagonal.matched + told,
                    first: if diagonal.value > 0.0 { diagonal.first } else { at },
                    run: diagonal.run + told,
                };
                run = run.max(here.run);
                if best.is_none_or(|(best, _)| here.value > best.value) {
                    best = Some((here, at));
                }
            }
            for other in [before[at + 1], row[at]] {
                if other.value - GAP > here.value {
                    here = Ending { value: other.value - GAP, run: here.run, ..other };
                }
            }
            row[at + 1] = here;
        }
        std::mem::swap(&mut before, &mut row);
    }
    best.map(|(best, last)| Aligned { matched: best.matched, run, first: best.first, last })
}

/// What the words tell that a stretch of the text, half as long again as the wording, has of it in any order.
fn loose(index: &Index, words: &[usize], text: &[Read]) -> f64 {
    // (word, still wanted), in the order of the words.
    let mut wanted: Vec<(usize, i32)> = Vec::new();
    let mut sorted = words.to_vec();
    sorted.sort_unstable();
    for word in sorted {
        match wanted.last_mut() {
            Some((last, count)) if *last == word => *count += 1,
            _ => wanted.push((word, 1)),
        }
    }
    let length = words.len() + words.len() / 2 + 2;
    let place = |read: &Read| {
        let known = (read.word != UNKNOWN).then_some(read.word)?;
        wanted.binary_search_by_key(&known, |(word, _)| *word).ok()
    };
    let places: Vec<Option<usize>> = text.iter().map(place).collect();
    let (mut told, mut most) = (0.0_f64, 0.0_f64);
    for at in 0..text.len() {
        if let Some(place) = places[at] {
            if wanted[place].1 > 0 {
                told += text[at].told;
            }
            wanted[place].1 -= 1;
        }
        if let Some(place) = at.checked_sub(length).and_then(|gone| places[gone]) {
            wanted[place].1 += 1;
            if wanted[place].1 > 0 {
                told -= index.told(wanted[place].0);
            }
        }
        most = most.max(told);
    }
    most
}

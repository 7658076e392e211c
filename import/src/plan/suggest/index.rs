//! The requirements of a programme, made ready: what each of their words tells, and which of them a text could be about.

use std::collections::{BTreeMap, HashMap};

use super::Demand;
use super::words::{stem, words};

/// Words that stand in most recommendations and in most plans, and so tell little of which one is meant: how every
/// recommendation begins, and whom and what all of it is about.
const COMMON: &str = "accurate achieve action address after agency appropriate area arrangement authority board care carer \
    case child children clear consider consistent continue council deliver develop direction effective embed \
    ensure establish experience families family first fully further good help high immediate impact \
    implement improve include increase know leader level local look make management manager measure meet \
    multi number ofsted outcome particular partner people person plan practice process progress protect \
    provide provision quality recommendation relevant review robust safeguard service social staff standard \
    step strengthen strong sufficient support sure system take team term time timely understand urgent use \
    way welfare work worker year young";

/// What such a word tells, against 1 for one that a single requirement has.
const TOLD_BY_COMMON: f64 = 0.3;

/// The least that any word tells.
const LEAST_TOLD: f64 = 0.1;

/// So many telling words of a requirement are read. The longest real one has some eighty.
const MOST_WORDS: usize = 150;

/// So many requirements are compared closely with one text: those of which most words stand in it.
const MOST_CANDIDATES: usize = 10;

/// A text is about a requirement only if the words that they share tell this much, or if it has all of them.
pub(super) const LEAST_SHARED: f64 = 2.0;

/// With fewer telling words a requirement is too short for a quotation to mean anything.
const FEWEST_WORDS: usize = 3;

/// A word that no requirement has.
pub(super) const UNKNOWN: usize = usize::MAX;

/// A word of a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read {
    /// Which word of the requirements it is, or [`UNKNOWN`].
    pub word: usize,
    /// What it tells.
    pub told: f64,
    /// Where it stands in its text, in bytes.
    pub from: usize,
    /// And where it ends.
    pub to: usize,
}

/// The words of one or of several requirements that say the same.
#[derive(Debug)]
struct Wording {
    words: Vec<usize>,
    told: f64,
    /// What its different words tell, each once.
    told_once: f64,
    demands: Vec<usize>,
}

/// The requirements, made ready.
#[derive(Debug)]
pub(super) struct Index {
    /// The number of each word of the requirements.
    known: HashMap<String, usize>,
    /// What each tells.
    told: Vec<f64>,
    /// The wordings that have it.
    holders: Vec<Vec<usize>>,
    wordings: Vec<Wording>,
    /// The stems of what is common, in order.
    common: Vec<String>,
}

impl Index {
    pub(super) fn new(demands: &[Demand]) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut grouped: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for (at, demand) in demands.iter().enumerate() {
            let stems = words(&demand.text).into_iter().map(|word| word.stem).take(MOST_WORDS);
            let numbers: Vec<usize> = stems
                .map(|stem| {
                    let next = known.len();
                    *known.entry(stem).or_insert(next)
                })
                .collect();
            grouped.entry(numbers).or_default().push(at);
        }
        let mut holders = vec![Vec::new(); known.len()];
        for (at, words) in grouped.keys().enumerate() {
            for word in once(words) {
                holders[word].push(at);
            }
        }
        let mut common: Vec<String> = COMMON.split(' ').map(stem).collect();
        common.sort();
        let is_common = |stem: &String| common.binary_search(stem).is_ok();
        let mut told: Vec<f64> = holders.iter().map(|holders| rarity(holders.len(), grouped.len())).collect();
        for (stem, word) in &known {
            if is_common(stem) {
                told[*word] = (told[*word] * TOLD_BY_COMMON).max(LEAST_TOLD);
            }
        }
        let sum = |words: &[usize]| words.iter().map(|word| told[*word]).sum::<f64>();
        let wordings = grouped.into_iter().map(|(words, demands)| Wording {
            told: sum(&words),
            told_once: sum(&once(&words)),
            words,
            demands,
        });
        let wordings = wordings.collect();
        Self { known, told, holders, wordings, common }
    }

    /// The telling words of a row's text.
    pub(super) fn read(&self, text: &str) -> Vec<Read> {
        let read = |word: super::words::Word| {
            let known = self.known.get(&word.stem).copied();
            let told = known.and_then(|known| self.told.get(known)).copied();
            let is_common = || self.common.binary_search(&word.stem).is_ok();
            let told = told.unwrap_or_else(|| if is_common() { TOLD_BY_COMMON } else { 1.0 });
            Read { word: known.unwrap_or(UNKNOWN), told, from: word.from, to: word.to }
        };
        words(text).into_iter().map(read).collect()
    }

    /// The wordings that a text could be about.
    pub(super) fn candidates(&self, text: &[Read]) -> Vec<usize> {
        let words: Vec<usize> = text.iter().map(|read| read.word).filter(|word| *word != UNKNOWN).collect();
        let mut shared = vec![0.0; self.wordings.len()];
        for word in once(&words) {
            for holder in &self.holders[word] {
                shared[*holder] += self.told[word];
            }
        }
        let is_enough = |at: &usize| {
            let wording = &self.wordings[*at];
            // A sum in another order is another sum by a hair.
            wording.words.len() >= FEWEST_WORDS && shared[*at] > wording.told_once.min(LEAST_SHARED) - 1e-9
        };
        let mut enough: Vec<usize> = (0..self.wordings.len()).filter(is_enough).collect();
        let share = |at: usize| shared[at] / self.wordings[at].told_once;
        enough.sort_by(|one, two| share(*two).total_cmp(&share(*one)).then(one.cmp(two)));
        enough.truncate(MOST_CANDIDATES);
        enough
    }

    /// The words of a wording.
    pub(super) fn words(&self, wording: usize) -> &[usize] {
        &self.wordings[wording].words
    }

    /// What all words of a wording tell.
    pub(super) fn told_by(&self, wording: usize) -> f64 {
        self.wordings[wording].told
    }

    /// What a word tells.
    pub(super) fn told(&self, word: usize) -> f64 {
        self.told[word]
    }

    /// The demands of this wording.
    pub(super) fn demands(&self, wording: usize) -> &[usize] {
        &self.wordings[wording].demands
    }
}

/// What a word tells that `holders` of `all` wordings have: 1 where it is one's own, next to nothing where all have it.
fn rarity(holders: usize, all: usize) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "there are no so many requirements")]
    let (holders, all) = (holders as f64, all as f64);
    (1.0 - holders.ln() / (all + 1.0).ln()).max(LEAST_TOLD)
}

/// Each of these once.
fn once(words: &[usize]) -> Vec<usize> {
    let mut words = words.to_vec();
    words.sort_unstable();
    words.dedup();
    words
}

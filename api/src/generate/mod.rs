//! Invented programmes, as many and as large as asked for, to measure and to rehearse with.
//!
//! The same wish makes the same programmes, word for word: whatever is chosen is chosen by a seed. They come out as programme
//! files, so that they are held to the rules of the format, and go in as anybody's do. Nobody is named in them but by posts, and
//! no place in them is on a map.

mod asked;
mod dice;
mod done;
mod shown;
mod who;
mod words;

use std::ops::Range;

use chrono::{Days, NaiveDate};
use import::programme::{Programme, ProgrammeFile};

use self::dice::Dice;
use self::words::{BEGINNINGS, ENDINGS};

/// How many programmes there are names for.
pub const MOST_PROGRAMMES: usize = BEGINNINGS.len() * ENDINGS.len();

/// How much there shall be in all programmes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// Programmes, each of one authority.
    pub programmes: usize,
    /// Actions of their plans.
    pub actions: usize,
    /// Updates on these.
    pub updates: usize,
    /// Items of evidence.
    pub evidence: usize,
}

impl Amount {
    /// One authority.
    pub const ONE: Self = Self { programmes: 1, actions: 327, updates: 6_536, evidence: 3_268 };
    /// Every authority of England.
    pub const NATIONAL: Self =
        Self { programmes: 153, actions: 50_000, updates: 1_000_000, evidence: 500_000 };

    /// So many programmes of this size.
    pub fn times(self, programmes: usize) -> Self {
        Self {
            programmes: self.programmes * programmes,
            actions: self.actions * programmes,
            updates: self.updates * programmes,
            evidence: self.evidence * programmes,
        }
    }
}

/// What to make.
#[derive(Debug, Clone)]
pub struct Wish {
    /// How much.
    pub amount: Amount,
    /// What chooses.
    pub seed: u64,
    /// The day on which the programmes stand as they are made.
    pub today: NaiveDate,
    /// Subjects that sit on the board of every programme, besides each one's own.
    pub board_members: Vec<String>,
    /// Subjects that work in the office of every programme, besides each one's own.
    pub programme_offices: Vec<String>,
}

impl Wish {
    /// The programme at a place, counted from 0.
    pub fn programme(&self, place: usize) -> ProgrammeFile {
        let Amount { programmes, actions, updates, evidence } = self.amount;
        let [actions, updates, evidence] =
            [actions, updates, evidence].map(|all| share(all, programmes, place).len());
        let name = words::place(place);
        let slug = name.to_lowercase();
        let mut dice = Dice::new(self.seed, place);
        let demands = asked::demands(&mut dice, &name, self.today);
        let plans = done::plans(&mut dice, &name, actions, self.today);
        let members = who::members(&slug, &self.board_members, &self.programme_offices);
        ProgrammeFile {
            programme: Some(Programme {
                slug,
                name: format!("{name} children's services improvement programme"),
                authority: who::COUNCIL.to_owned(),
                // Some open their published plans to everybody, as in life.
                public: place.is_multiple_of(4),
            }),
            organisations: who::organisations(&name),
            people: who::people(),
            groups: who::groups(&name),
            members,
            inspections: vec![demands.inspection],
            directions: vec![demands.direction],
            reviews: vec![demands.review],
            progress: shown::progress(&mut dice, &plans, updates, self.today),
            evidence: shown::evidence(&mut dice, &plans, evidence, self.today),
            plans,
            ..ProgrammeFile::default()
        }
    }
}

/// The part that one of so many has of a whole: as many as every other, and the first ones one more.
fn share(all: usize, among: usize, place: usize) -> Range<usize> {
    let (each, left) = (all / among.max(1), all % among.max(1));
    let begin = each * place + left.min(place);
    begin..begin + each + usize::from(place < left)
}

/// A day so many days after another, or before it.
fn after(day: NaiveDate, days: i64) -> NaiveDate {
    let by = Days::new(days.unsigned_abs());
    let moved = if days < 0 { day.checked_sub_days(by) } else { day.checked_add_days(by) };
    moved.unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn wish(amount: Amount, seed: u64) -> Wish {
        Wish {
            amount,
            seed,
            today: NaiveDate::from_ymd_opt(2025, 3, 31).unwrap(),
            board_members: vec!["board-member".to_owned()],
            programme_offices: vec!["programme-office".to_owned()],
        }
    }

    #[test]
    fn shares_make_up_the_whole_and_differ_by_one_at_most() {
        for (all, among) in [(50_000, 153), (7, 3), (2, 5), (0, 4)] {
            let shares: Vec<_> = (0..among).map(|place| share(all, among, place)).collect();
            assert_eq!(shares.iter().cloned().flatten().collect::<Vec<_>>(), (0..all).collect::<Vec<_>>());
            let lengths: HashSet<usize> = shares.iter().map(ExactSizeIterator::len).collect();
            assert!(lengths.len() <= 2);
        }
    }

    #[test]
    fn every_programme_has_a_name_of_its_own() {
        let names: HashSet<String> = (0..MOST_PROGRAMMES).map(words::place).collect();
        assert_eq!(names.len(), MOST_PROGRAMMES);
        const { assert!(MOST_PROGRAMMES >= Amount::NATIONAL.programmes) };
    }

    #[test]
    fn a_programme_keeps_the_rules_of_the_format_whatever_its_size_and_seed() {
        for (actions, updates, evidence) in [(1, 0, 0), (3, 50, 2), (60, 60, 700), (327, 6_536, 3_268)] {
            for seed in 0..4 {
                let amount = Amount { programmes: 1, actions, updates, evidence };
                let file = wish(amount, seed).programme(0);
                let file = file.checked().unwrap();
                let made: Vec<_> = file.plans.iter().flat_map(|plan| &plan.actions).collect();
                assert_eq!(made.len(), actions);
                assert_eq!(file.progress.iter().map(|of| of.updates.len()).sum::<usize>(), updates);
                assert_eq!(file.evidence.len(), evidence);
            }
        }
    }

    #[test]
    fn the_same_wish_makes_the_same_and_another_seed_something_else() {
        let amount = Amount { programmes: 2, actions: 40, updates: 90, evidence: 50 };
        let (one, same, other) = (wish(amount, 1), wish(amount, 1), wish(amount, 2));
        for place in 0..2 {
            assert_eq!(one.programme(place), same.programme(place));
            assert_ne!(one.programme(place), other.programme(place));
        }
    }
}

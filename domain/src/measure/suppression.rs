//! Suppression: which figures of a period are hidden from partners and scrutiny, so that no small count can be read or worked out.
//!
//! The design asks for counts under five to be hidden (section 2). That alone hides nothing: a total less the other cells of a breakdown gives
//! the missing one. What hides it is a second cell, as in the Department for Education's own tables and in the guidance of the
//! Government Statistical Service on tables of counts (secondary suppression, or complementary).
//!
//! Who attacks may know the total, every shown cell, these rules, and the true sum of what is hidden in a breakdown. Against them the rule below
//! keeps two promises, which the tests check by trying all small tables:
//!
//! - **No interval is narrow.** The hidden cells of a breakdown are at least two, and each of their counts comes to at least the threshold;
//!   so as far as the sums tell, each could be anything from nought to at least that. Where even all cells together do not
//!   come to it, all are hidden, and no sum is known.
//! - **Knowing the rule does not help.** Whatever the hidden cells hold could have been dealt out among them in another way and been hidden just so:
//!   one of them is not small, and which one does not show. That is why two small cells never cover for each other: of two that
//!   come to eight, the rule alone would say that both are four.
//!
//! What the cells lack of the total, and nobody entered, has the first promise only: it has no place among them that could be another's.
//!
//! What no rule can see that looks at one measure and one period:
//!
//! - Two measures, or two breakdowns of which one is finer than the other, that count the same children. The cells that cover for small ones
//!   are chosen by the size of their groups, so that measures over the same groups tend to hide the same.
//! - What was shown before. A cell that is entered or corrected later can be told from what somebody kept; readings of one period belong in one change.
//!
//! Periods of a measure never overlap ([`Period::overlaps`](super::Period::overlaps)), so no month can be told from two sums that differ by it.

use std::collections::BTreeMap;

use super::{Decimal, MeasureUnit};

/// Counts below this are small (design, section 2: "under 5"). Nought is small too: that nobody in a group had something, or that
/// everybody had, says it of each of them.
pub const THRESHOLD: i64 = 5;

/// One reading of a measure for one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What it breaks the total down by; the total itself has none. The cells of one dimension are parts of the total.
    pub dimension: Option<&'a str>,
    /// How many of them.
    pub numerator: Option<i64>,
    /// Out of how many.
    pub denominator: Option<i64>,
    /// The value.
    pub value: Decimal,
    /// The disputed value beside it.
    pub disputed: Option<Decimal>,
}

/// What of a reading is hidden.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// All of it: value, numerator, denominator, disputed value, and whatever was written about it.
    pub reading: bool,
    /// The disputed value. Always, where the reading is hidden.
    pub disputed: bool,
}

/// The counts that a cell gives away, and which add up over the cells of a dimension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counts {
    /// How large the group is: what cells are chosen by.
    size: i64,
    /// A share tells of those who are in it and of those who are not; a rate or an average of two counts; a count of one.
    parts: [i64; 2],
}

/// What of each reading is hidden, in their order. `readings` are all those of one measure for one period, whatever somebody asked for: a page
/// or a filter must not change the answer.
///
/// 1. A reading is **small** if its numerator, its denominator or, in a share, what is left of the denominator is below [`THRESHOLD`]; a
///    count, if its value is. A category without counts is small, because nobody can tell that it is not; a total without
///    counts is judged by what its categories come to, or by its value, if that tells that it is nobody or everybody.
/// 2. If the total is small, everything is hidden: its parts are small too, and their sum would give it away.
/// 3. In each dimension in which something is small, the small cells are hidden and with them the smallest that is not, with all that are
///    exactly like it. If there is none, that is the whole breakdown. What the cells lack of the total (the "not known") is
///    a cell like the others that nobody entered: if it is small, the smallest cell is hidden for its sake.
/// 4. A disputed value makes a second set of sums. Where anything of the period is hidden, or a disputed value is itself small, all
///    disputed values are hidden.
pub fn suppress(unit: MeasureUnit, readings: &[Cell<'_>]) -> Vec<Hidden> {
    let mut dimensions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, cell) in readings.iter().enumerate() {
        if let Some(dimension) = cell.dimension {
            dimensions.entry(dimension).or_default().push(at);
        }
    }
    let counts: Vec<Option<Counts>> = readings.iter().map(|cell| Counts::of(unit, cell)).collect();
    let sums: BTreeMap<&str, [i64; 2]> = dimensions
        .iter()
        .filter_map(|(dimension, members)| {
            let members: Option<Vec<_>> = members.iter().map(|at| counts[*at]).collect();
            Some((*dimension, sum(&members?)))
        })
        .collect();

    let totals = || readings.iter().zip(&counts).filter(|(cell, _)| cell.dimension.is_none());
    let total =
        totals().find_map(|(_, counts)| *counts).map(|counts| counts.parts).or_else(|| greatest(&sums));
    let is_total_small = total.is_some_and(is_small)
        || totals().any(|(cell, counts)| counts.is_none() && tells_nobody_or_all(unit, cell));

    let mut hidden = vec![is_total_small; readings.len()];
    for (dimension, members) in &dimensions {
        let small = |at: &usize| counts[*at].is_none_or(|counts| is_small(counts.parts));
        let is_rest_small =
            total.zip(sums.get(dimension)).is_some_and(|(total, sum)| is_small_rest(total, *sum));
        if !is_rest_small && !members.iter().any(small) {
            continue;
        }
        let cover = members.iter().filter(|at| !small(at)).filter_map(|at| counts[*at]).min();
        for at in members {
            hidden[*at] |= small(at) || counts[*at] == cover;
        }
    }

    let is_anything_hidden = hidden.contains(&true)
        || readings
            .iter()
            .any(|cell| cell.disputed.is_some_and(|value| is_disputed_small(unit, cell, value)));
    hidden.into_iter().map(|reading| Hidden { reading, disputed: reading || is_anything_hidden }).collect()
}

/// Whether a figure that stands alone, without counts or breakdown, is hidden: a baseline.
pub fn is_hidden_alone(unit: MeasureUnit, value: Decimal) -> bool {
    let alone = Cell { dimension: None, numerator: None, denominator: None, value, disputed: None };
    suppress(unit, &[alone]).iter().any(|hidden| hidden.reading)
}

impl Counts {
    fn of(unit: MeasureUnit, cell: &Cell<'_>) -> Option<Self> {
        if unit == MeasureUnit::Count {
            let count = cell.value.thousandths() / 1000;
            return Some(Self { size: count, parts: [count, count] });
        }
        let (numerator, denominator) = cell.numerator.zip(cell.denominator)?;
        let other = if unit.is_share() { denominator - numerator } else { denominator };
        Some(Self { size: denominator, parts: [numerator, other] })
    }
}

fn is_small(parts: [i64; 2]) -> bool {
    parts.into_iter().any(|part| part < THRESHOLD)
}

fn sum(cells: &[Counts]) -> [i64; 2] {
    cells.iter().fold([0, 0], |sum, cell| [sum[0] + cell.parts[0], sum[1] + cell.parts[1]])
}

/// What the total comes to, if it was not given: what the fullest dimension comes to.
fn greatest(sums: &BTreeMap<&str, [i64; 2]>) -> Option<[i64; 2]> {
    sums.values().copied().reduce(|a, b| [a[0].max(b[0]), a[1].max(b[1])])
}

/// Whether what the cells lack of the total is there, and small. Cells that come to more than the total (a child can be in two of
/// them, or somebody counted wrongly) lack nothing.
fn is_small_rest(total: [i64; 2], sum: [i64; 2]) -> bool {
    let rest = [total[0] - sum[0], total[1] - sum[1]];
    rest != [0, 0] && rest.into_iter().any(|part| (0..THRESHOLD).contains(&part))
}

/// Whether a value gives its numerator away without any counts: nought, or a share of everybody.
fn tells_nobody_or_all(unit: MeasureUnit, cell: &Cell<'_>) -> bool {
    cell.value == Decimal::ZERO || (unit.is_share() && cell.value.thousandths() == 100_000)
}

/// Whether the numerator that a disputed value implies, or what it leaves of the denominator, is small.
fn is_disputed_small(unit: MeasureUnit, cell: &Cell<'_>, value: Decimal) -> bool {
    let Some(factor) = unit.factor() else { return value.thousandths() < THRESHOLD * 1000 };
    let disputed = Cell { value, ..*cell };
    let Some(denominator) = cell.denominator else { return tells_nobody_or_all(unit, &disputed) };
    let (value, denominator) = (i128::from(value.thousandths()), i128::from(denominator));
    let all = i128::from(factor) * 1000;
    let below = i128::from(THRESHOLD) * all;
    value * denominator < below || (unit.is_share() && (all - value) * denominator < below)
}

#[cfg(test)]
#[path = "suppression_tests.rs"]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::measure::MeasureUnit::*;

fn figure(n: i64) -> Decimal {
    Decimal::from_thousandths(n * 1000).unwrap()
}

fn count(dimension: Option<&'static str>, n: i64) -> Cell<'static> {
    Cell { dimension, numerator: None, denominator: None, value: figure(n), disputed: None }
}

fn share(dimension: Option<&'static str>, numerator: i64, denominator: i64) -> Cell<'static> {
    let value = Decimal::ratio(numerator, denominator, 100).unwrap_or(Decimal::ZERO);
    Cell { dimension, numerator: Some(numerator), denominator: Some(denominator), value, disputed: None }
}

/// The places of what is hidden.
fn hidden(unit: MeasureUnit, cells: &[Cell<'_>]) -> Vec<usize> {
    let hidden = suppress(unit, cells);
    (0..cells.len()).filter(|at| hidden[*at].reading).collect()
}

fn counts_by(dimension: &'static str, counts: &[i64]) -> Vec<Cell<'static>> {
    counts.iter().map(|n| count(Some(dimension), *n)).collect()
}

/// A total with its breakdowns, all of which come to it.
fn with_total(breakdowns: &[&[i64]]) -> Vec<Cell<'static>> {
    let names = ["age", "ethnicity", "team"];
    let mut cells = vec![count(None, breakdowns[0].iter().sum())];
    cells.extend(breakdowns.iter().zip(names).flat_map(|(counts, name)| counts_by(name, counts)));
    cells
}

#[test]
fn under_five_is_small_and_five_is_not() {
    assert_eq!(hidden(Count, &[count(None, 4)]), [0]);
    assert_eq!(hidden(Count, &[count(None, 0)]), [0]);
    assert_eq!(hidden(Count, &[count(None, 5)]), []);
    assert_eq!(hidden(Percent, &[share(None, 4, 20)]), [0], "numerator");
    assert_eq!(hidden(Percent, &[share(None, 16, 20)]), [0], "those who are not in it");
    assert_eq!(hidden(Percent, &[share(None, 20, 20)]), [0], "everybody");
    assert_eq!(hidden(Percent, &[share(None, 5, 10)]), []);
    let rounded = Cell { value: figure(100), ..share(None, 1995, 2000) };
    assert_eq!(hidden(Percent, &[rounded]), [], "not everybody, though printed so");
    assert_eq!(hidden(RatePer10000, &[share(None, 4, 9000)]), [0]);
    assert_eq!(hidden(Days, &[share(None, 900, 4)]), [0], "an average of four");
    assert_eq!(hidden(Days, &[share(None, 900, 5)]), []);
}

#[test]
fn a_baseline_is_hidden_if_it_tells_a_small_count() {
    assert!(is_hidden_alone(Count, figure(4)) && !is_hidden_alone(Count, figure(5)));
    assert!(is_hidden_alone(Percent, figure(100)) && !is_hidden_alone(Percent, figure(4)));
    assert!(!is_hidden_alone(Days, figure(4)));
}

#[test]
fn a_small_cell_takes_the_smallest_other_with_it() {
    assert_eq!(hidden(Count, &with_total(&[&[3, 40, 12, 25]])), [1, 3]);
    assert_eq!(hidden(Count, &with_total(&[&[3, 1, 40, 12]])), [1, 2, 4]);
    assert_eq!(hidden(Count, &with_total(&[&[3, 40]])), [1, 2], "of two cells both");
}

#[test]
fn cells_exactly_alike_are_hidden_together() {
    assert_eq!(hidden(Count, &with_total(&[&[3, 12, 40, 12]])), [1, 2, 4]);
}

#[test]
fn what_is_hidden_beside_a_small_share_is_the_smallest_group() {
    let cells = [
        share(None, 100, 200),
        share(Some("age"), 2, 40),
        share(Some("age"), 58, 90),
        share(Some("age"), 40, 70),
    ];
    assert_eq!(hidden(Percent, &cells), [1, 3]);
}

#[test]
fn a_small_total_hides_everything() {
    assert_eq!(hidden(Count, &with_total(&[&[3, 1], &[4]])), [0, 1, 2, 3]);
    let cells = [share(None, 3, 90), share(Some("age"), 3, 50), share(Some("age"), 0, 40)];
    assert_eq!(hidden(Percent, &cells), [0, 1, 2]);
}

#[test]
fn a_breakdown_of_small_cells_is_hidden_whole_and_the_total_shown() {
    assert_eq!(hidden(Count, &with_total(&[&[4, 4, 3]])), [1, 2, 3]);
}

#[test]
fn each_breakdown_is_judged_by_itself() {
    assert_eq!(hidden(Count, &with_total(&[&[3, 40, 12], &[20, 35]])), [1, 3]);
    assert_eq!(hidden(Count, &with_total(&[&[3, 40, 12], &[51, 4]])), [1, 3, 4, 5]);
}

#[test]
fn a_small_rest_is_a_cell_that_nobody_entered() {
    let lacking = |n: i64| {
        let mut cells = with_total(&[&[20, 35, 12]]);
        cells[0] = count(None, 67 + n);
        cells
    };
    assert_eq!(hidden(Count, &lacking(3)), [3]);
    assert_eq!(hidden(Count, &lacking(0)), []);
    assert_eq!(hidden(Count, &lacking(5)), []);
    assert_eq!(hidden(Count, &lacking(-2)), [], "cells that overlap lack nothing");
}

#[test]
fn without_a_total_the_fullest_breakdown_gives_it() {
    let mut cells = counts_by("age", &[20, 35]);
    cells.extend(counts_by("ethnicity", &[40, 12]));
    assert_eq!(hidden(Count, &cells), [3], "three are of no known ethnicity");
    assert_eq!(hidden(Count, &counts_by("age", &[20, 3, 35])), [0, 1]);
}

#[test]
fn a_category_without_counts_is_small_and_a_total_without_is_what_they_come_to() {
    let bare = |dimension, percent| Cell { value: figure(percent), ..count(dimension, 0) };
    assert_eq!(hidden(Percent, &[bare(None, 54)]), []);
    assert_eq!(hidden(Percent, &[bare(None, 0)]), [0], "nobody");
    assert_eq!(hidden(Percent, &[bare(None, 100)]), [0], "everybody");
    assert_eq!(hidden(Days, &[bare(None, 100)]), []);
    assert_eq!(hidden(Percent, &[bare(None, 54), bare(Some("age"), 40), bare(Some("age"), 60)]), [1, 2]);
    let cells =
        [bare(None, 54), bare(Some("age"), 40), share(Some("age"), 30, 60), share(Some("age"), 30, 90)];
    assert_eq!(hidden(Percent, &cells), [1, 2]);
    let cells = [bare(None, 16), share(Some("age"), 1, 10), share(Some("age"), 2, 9)];
    assert_eq!(hidden(Percent, &cells), [0, 1, 2], "three of nineteen");
}

#[test]
fn disputed_values_are_hidden_with_whatever_is_hidden() {
    let disputed = |cell, percent| Cell { disputed: Some(figure(percent)), ..cell };
    let flags = |unit, cells: &[Cell<'_>]| -> Vec<(bool, bool)> {
        suppress(unit, cells).into_iter().map(|h| (h.reading, h.disputed)).collect()
    };
    assert_eq!(flags(Count, &[disputed(count(None, 9), 8)]), [(false, false)]);
    assert_eq!(flags(Count, &[disputed(count(None, 9), 4)]), [(false, true)]);
    assert_eq!(flags(Percent, &[disputed(share(None, 30, 60), 5)]), [(false, true)], "three of sixty");
    assert_eq!(flags(Percent, &[disputed(share(None, 30, 60), 95)]), [(false, true)], "all but three");
    assert_eq!(flags(Percent, &[disputed(share(None, 30, 60), 40)]), [(false, false)]);
    let mut cells = with_total(&[&[3, 40, 12]]);
    cells[2] = disputed(cells[2], 39);
    assert_eq!(flags(Count, &cells), [(false, true), (true, true), (false, true), (true, true)]);
}

/// What somebody sees who may not see small counts.
type View = Vec<Option<(Option<i64>, Option<i64>, Decimal)>>;

type Rule = fn(MeasureUnit, &[Cell<'_>]) -> Vec<Hidden>;

/// Takes every table that there can be, puts together those that look the same under a rule, and says how many small counts are given away:
/// counts of a hidden cell that are the same in all tables that look like this one.
fn given_away(rule: Rule, unit: MeasureUnit, tables: impl Iterator<Item = Vec<Cell<'static>>>) -> usize {
    let mut seen: BTreeMap<View, Vec<[BTreeSet<i64>; 2]>> = BTreeMap::new();
    for table in tables {
        let hidden = rule(unit, &table);
        let view = table.iter().zip(&hidden);
        let view =
            view.map(|(cell, h)| (!h.reading).then_some((cell.numerator, cell.denominator, cell.value)));
        let known = seen.entry(view.collect()).or_insert_with(|| vec![Default::default(); table.len()]);
        for (at, cell) in table.iter().enumerate().filter(|(at, _)| hidden[*at].reading) {
            let counts = Counts::of(unit, cell).unwrap();
            known[at][0].insert(counts.parts[0]);
            known[at][1].insert(counts.parts[1]);
        }
    }
    let small = |values: &&BTreeSet<i64>| values.len() == 1 && values.iter().all(|n| *n < THRESHOLD);
    seen.values().flatten().flatten().filter(small).count()
}

/// All ways to deal out at most `most` among `cells`.
fn deals(cells: usize, most: i64) -> Vec<Vec<i64>> {
    (0..cells).fold(vec![vec![]], |deals, _| {
        let longer = |deal: Vec<i64>| {
            let left = most - deal.iter().sum::<i64>();
            (0..=left).map(move |n| deal.iter().copied().chain([n]).collect())
        };
        deals.into_iter().flat_map(longer).collect()
    })
}

#[test]
fn whoever_tries_all_tables_of_counts_finds_no_small_one() {
    for (cells, most) in [(1, 30), (2, 30), (3, 26), (4, 22), (5, 16)] {
        let tables = deals(cells, most).into_iter().map(|counts| with_total(&[&counts]));
        assert_eq!(given_away(suppress, Count, tables), 0, "{cells} cells");
    }
}

#[test]
fn whoever_tries_all_tables_of_two_breakdowns_finds_no_small_count() {
    let (two, three) = (deals(2, 16), deals(3, 16));
    let same_total = |a: &Vec<i64>, b: &Vec<i64>| a.iter().sum::<i64>() == b.iter().sum::<i64>();
    let tables =
        || two.iter().flat_map(|a| three.iter().filter(move |b| same_total(a, b)).map(move |b| (a, b)));
    assert_eq!(given_away(suppress, Count, tables().map(|(a, b)| with_total(&[a, b]))), 0);
    let without_total = |(a, b): (&Vec<i64>, &Vec<i64>)| with_total(&[a, b])[1..].to_vec();
    assert_eq!(given_away(suppress, Count, tables().map(without_total)), 0);
}

#[test]
fn whoever_tries_all_tables_of_shares_finds_no_small_part() {
    // Both halves of each of three groups, up to fourteen children in all.
    let tables = deals(6, 14).into_iter().map(|n| {
        let cells = [(n[0], n[1]), (n[2], n[3]), (n[4], n[5])];
        let total = share(None, n[0] + n[2] + n[4], n.iter().sum());
        let parts = cells.map(|(is, is_not)| share(Some("age"), is, is + is_not));
        [vec![total], parts.to_vec()].concat()
    });
    assert_eq!(given_away(suppress, Percent, tables), 0);
}

#[test]
fn whoever_tries_all_incomplete_tables_finds_no_small_count_that_was_entered() {
    // The first of the counts was not entered.
    let tables = deals(4, 20).into_iter().map(|counts| {
        let mut cells = counts_by("age", &counts[1..]);
        cells.push(count(None, counts.iter().sum()));
        cells
    });
    assert_eq!(given_away(suppress, Count, tables), 0);
    let (a, b) = (deals(2, 12), deals(3, 12));
    let without_total = a.iter().flat_map(|a| b.iter().map(move |b| with_total(&[a, b])[1..].to_vec()));
    assert_eq!(given_away(suppress, Count, without_total), 0);
}

/// Lesser rules, each of which is in use somewhere. The attack finds what they give away, so it is worth something.
#[test]
fn whoever_tries_all_tables_finds_what_lesser_rules_give_away() {
    fn hide(cells: &[Cell<'_>], is_hidden: impl Fn(i64) -> bool) -> Vec<Hidden> {
        let hide = |cell: &Cell<'_>| is_hidden(cell.value.thousandths() / 1000);
        cells.iter().map(|cell| Hidden { reading: hide(cell), disputed: false }).collect()
    }
    fn small_alone(_: MeasureUnit, cells: &[Cell<'_>]) -> Vec<Hidden> {
        hide(cells, |n| n < THRESHOLD)
    }
    /// At least two, which come to five at least; but all of them may be small.
    fn two_and_five(_: MeasureUnit, cells: &[Cell<'_>]) -> Vec<Hidden> {
        let mut counts: Vec<i64> = cells[1..].iter().map(|cell| cell.value.thousandths() / 1000).collect();
        counts.sort_unstable();
        let small = counts.iter().filter(|n| **n < THRESHOLD).count();
        let is_enough = |n: &usize| *n >= 2 && counts[..*n].iter().sum::<i64>() >= THRESHOLD;
        let hidden = (small..=counts.len()).find(is_enough).unwrap_or(counts.len());
        let above = if small == 0 { -1 } else { counts[hidden - 1] };
        hide(cells, |n| n <= above)
    }
    let tables = || deals(4, 22).into_iter().map(|counts| with_total(&[&counts]));
    assert!(given_away(small_alone, Count, tables()) > 0);
    assert!(given_away(two_and_five, Count, tables()) > 0);
}

/// Counts as they are: many small ones, some large.
fn part() -> impl Strategy<Value = i64> {
    prop_oneof![0i64..8, 5i64..60, 5i64..3000]
}

/// Breakdowns of shares by up to three dimensions, and what the total has beyond the first.
fn shares() -> impl Strategy<Value = Vec<Cell<'static>>> {
    let group = (part(), part()).prop_map(|(is, is_not)| (is, is + is_not));
    let breakdown = prop::collection::vec(group, 1..8);
    let rest = prop_oneof![Just((0, 0)), (part(), part()), (0i64..3, 0i64..3)];
    (prop::collection::vec(breakdown, 1..4), rest, any::<bool>()).prop_map(|(breakdowns, rest, has_total)| {
        let names = ["age", "ethnicity", "team"];
        let all = breakdowns[0].iter().fold((rest.0, rest.0 + rest.1), |all, (n, d)| (all.0 + n, all.1 + d));
        let total = has_total.then_some(share(None, all.0, all.1));
        let of = |(name, groups): (&'static str, &Vec<(i64, i64)>)| -> Vec<Cell<'static>> {
            groups.iter().map(|(n, d)| share(Some(name), *n, *d)).collect()
        };
        total.into_iter().chain(names.into_iter().zip(&breakdowns).flat_map(of)).collect()
    })
}

proptest! {
    #[test]
    fn what_is_small_is_hidden_and_a_total_that_is_not_is_shown(cells in shares()) {
        let hidden = suppress(Percent, &cells);
        for (cell, hidden) in cells.iter().zip(hidden) {
            let is_small = is_small(Counts::of(Percent, cell).unwrap().parts);
            prop_assert!(hidden.reading || !is_small);
            prop_assert!(hidden.disputed || !hidden.reading);
            prop_assert!(cell.dimension.is_some() || hidden.reading == is_small);
        }
    }

    #[test]
    fn what_a_breakdown_hides_is_two_cells_and_the_threshold_at_least(cells in shares()) {
        let hidden = suppress(Percent, &cells);
        for dimension in ["age", "ethnicity", "team"] {
            let members: Vec<usize> = (0..cells.len()).filter(|at| cells[*at].dimension == Some(dimension)).collect();
            let out: Vec<Counts> =
                members.iter().filter(|at| hidden[**at].reading).map(|at| Counts::of(Percent, &cells[*at]).unwrap()).collect();
            let has_small = out.iter().any(|counts| is_small(counts.parts));
            if has_small && out.len() < members.len() {
                prop_assert!(out.len() >= 2);
                prop_assert!(!is_small(sum(&out)));
            }
        }
    }

    #[test]
    fn large_tables_are_shown_whole(counts in prop::collection::vec((5i64..500, 5i64..500), 1..20)) {
        let groups: Vec<_> = counts.iter().map(|(is, is_not)| share(Some("age"), *is, is + is_not)).collect();
        let all: [i64; 2] = sum(&groups.iter().map(|cell| Counts::of(Percent, cell).unwrap()).collect::<Vec<_>>());
        let cells = [vec![share(None, all[0], all[0] + all[1])], groups].concat();
        prop_assert_eq!(hidden(Percent, &cells), Vec::<usize>::new());
    }

    #[test]
    fn one_small_cell_costs_one_other(large in prop::collection::btree_set(5i64..5000, 2..20), small in 0i64..5) {
        let counts: Vec<i64> = large.into_iter().chain([small]).collect();
        prop_assert_eq!(hidden(Count, &with_total(&[&counts])).len(), 2);
    }

    #[test]
    fn the_order_of_the_rows_does_not_matter(cells in shares(), by in 0usize..30) {
        let mut turned = cells.clone();
        let by = by % turned.len();
        turned.rotate_left(by);
        let mut expected = suppress(Percent, &cells);
        expected.rotate_left(by);
        prop_assert_eq!(suppress(Percent, &turned), expected);
    }
}

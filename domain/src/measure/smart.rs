//! SMART: what a measure lacks before anybody can be held to it (design, rule 10).

use super::MeasureGap;

/// What is stated about a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Where it started from.
    pub baseline: bool,
    /// What its figures are.
    pub unit: bool,
    /// Where it is to get to.
    pub target: bool,
    /// By when. A date without a target is none.
    pub target_date: bool,
    /// Who answers for it.
    pub owner: bool,
    /// How often it is read.
    pub frequency: bool,
}

/// What a measure lacks, in the order of the vocabulary. Polarity is not among it: no measure can be made without one.
pub fn smart(stated: Stated) -> Vec<MeasureGap> {
    let there = |gap: MeasureGap| match gap {
        MeasureGap::Baseline => stated.baseline,
        MeasureGap::Unit => stated.unit,
        MeasureGap::Target => stated.target,
        MeasureGap::TargetDate => stated.target && stated.target_date,
        MeasureGap::Owner => stated.owner,
        MeasureGap::Frequency => stated.frequency,
    };
    MeasureGap::ALL.iter().copied().filter(|gap| !there(*gap)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Stated =
        Stated { baseline: true, unit: true, target: true, target_date: true, owner: true, frequency: true };

    #[test]
    fn each_gap_is_named_alone() {
        assert_eq!(smart(ALL), []);
        for (stated, gap) in [
            (Stated { baseline: false, ..ALL }, MeasureGap::Baseline),
            (Stated { unit: false, ..ALL }, MeasureGap::Unit),
            (Stated { target_date: false, ..ALL }, MeasureGap::TargetDate),
            (Stated { owner: false, ..ALL }, MeasureGap::Owner),
            (Stated { frequency: false, ..ALL }, MeasureGap::Frequency),
        ] {
            assert_eq!(smart(stated), [gap]);
        }
    }

    #[test]
    fn without_a_target_its_date_is_lacking_too() {
        assert_eq!(smart(Stated { target: false, ..ALL }), [MeasureGap::Target, MeasureGap::TargetDate]);
    }
}

//! Rating: what the lead says and what the record shows, side by side.

use crate::Health;

/// The health shown for an action: the worse of what its lead declared last and what the service computed.
pub fn rating(declared: Option<Health>, computed: Health) -> Health {
    declared.map_or(computed, |declared| declared.max(computed))
}

/// Whether the lead's own assessment is more positive than the service's, which the board is shown as such.
pub fn is_more_positive_than_computed(declared: Option<Health>, computed: Health) -> bool {
    declared.is_some_and(|declared| computed.is_worse_than(declared))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::Health::*;

    #[rstest]
    #[case(None, AtRisk, AtRisk, false)]
    #[case(Some(OnTrack), OnTrack, OnTrack, false)]
    #[case(Some(OnTrack), OffTrack, OffTrack, true)]
    #[case(Some(AtRisk), OnTrack, AtRisk, false)]
    #[case(Some(Done), OnTrack, OnTrack, true)]
    #[case(Some(OffTrack), Done, OffTrack, false)]
    fn the_worse_of_two_is_shown(
        #[case] declared: Option<Health>,
        #[case] computed: Health,
        #[case] shown: Health,
        #[case] is_more_positive: bool,
    ) {
        assert_eq!(rating(declared, computed), shown);
        assert_eq!(is_more_positive_than_computed(declared, computed), is_more_positive);
    }

    #[test]
    fn a_rating_is_never_better_than_either() {
        for declared in Health::ALL {
            for computed in Health::ALL {
                let shown = rating(Some(*declared), *computed);
                assert!(!declared.is_worse_than(shown) && !computed.is_worse_than(shown));
                assert!(shown == *declared || shown == *computed);
            }
        }
    }
}

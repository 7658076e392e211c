//! Coverage: is every demand answered by something?

use crate::{ActionStatus, Coverage};

/// How much of a requirement a link claims to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The whole of it.
    Whole,
    /// Only what the link's qualifier says.
    Qualified,
    /// The link names a direction but none of its terms, so nobody can tell which of them it answers.
    NoClause,
}

/// One action's link to a requirement, as far as coverage asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The status of the action that is linked.
    pub status: ActionStatus,
    /// How much of the requirement it claims to answer.
    pub reach: Reach,
}

/// A requirement with those below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// The links to this requirement itself.
    pub links: Vec<Link>,
    /// The terms below it; none for a recommendation.
    pub children: Vec<Term>,
}

/// The coverage of a requirement with nothing below it.
pub fn of_links(links: impl IntoIterator<Item = Link>) -> Coverage {
    let mut coverage = Coverage::Uncovered;
    for link in links.into_iter().filter(|link| link.status.is_live()) {
        match link.reach {
            Reach::Whole => return Coverage::Covered,
            Reach::Qualified => coverage = Coverage::Partial,
            Reach::NoClause => {}
        }
    }
    coverage
}

/// The coverage of several together: all, none, or in part. `None` when there is nothing to put together.
///
/// Putting together parts that were themselves put together gives the same as putting together all their leaves, which is
/// why the database may count a term's leaves and forget the levels between.
pub fn together(parts: impl IntoIterator<Item = Coverage>) -> Option<Coverage> {
    parts.into_iter().reduce(|sum, part| if sum == part { sum } else { Coverage::Partial })
}

/// The coverage of a requirement: its own links if nothing is below it, else what its children come to.
///
/// A link to a term with children does not count: it cannot say which of them it answers, and counting it would hide the
/// gap below.
pub fn of_term(term: &Term) -> Coverage {
    together(term.children.iter().map(of_term)).unwrap_or_else(|| of_links(term.links.iter().copied()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::ActionStatus::*;

    const fn link(status: ActionStatus, reach: Reach) -> Link {
        Link { status, reach }
    }

    #[rstest]
    #[case::nothing(&[], Coverage::Uncovered)]
    #[case::whole(&[link(NotStarted, Reach::Whole)], Coverage::Covered)]
    #[case::assured_still_answers(&[link(Assured, Reach::Whole)], Coverage::Covered)]
    #[case::qualified_only(&[link(InProgress, Reach::Qualified), link(Complete, Reach::Qualified)], Coverage::Partial)]
    #[case::one_whole_is_enough(&[link(InProgress, Reach::Qualified), link(Complete, Reach::Whole)], Coverage::Covered)]
    #[case::no_clause(&[link(InProgress, Reach::NoClause)], Coverage::Uncovered)]
    #[case::withdrawn(&[link(Withdrawn, Reach::Whole)], Coverage::Uncovered)]
    #[case::rolled_over(&[link(RolledOver, Reach::Whole), link(InProgress, Reach::Qualified)], Coverage::Partial)]
    fn links_cover(#[case] links: &[Link], #[case] expected: Coverage) {
        assert_eq!(of_links(links.iter().copied()), expected);
    }

    fn leaf(reach: Reach) -> Term {
        Term { links: vec![link(InProgress, reach)], children: vec![] }
    }

    #[test]
    fn a_link_to_a_parent_does_not_hide_the_gap_below() {
        let parent = Term { links: leaf(Reach::Whole).links, children: vec![leaf(Reach::NoClause)] };
        assert_eq!(of_term(&parent), Coverage::Uncovered);
    }

    #[test]
    fn one_answered_child_of_two_is_a_part() {
        let parent = Term { links: vec![], children: vec![leaf(Reach::Whole), leaf(Reach::NoClause)] };
        assert_eq!(of_term(&parent), Coverage::Partial);
    }

    fn any_term() -> impl Strategy<Value = Term> {
        let reach = prop::sample::select(vec![Reach::Whole, Reach::Qualified, Reach::NoClause]);
        let link = (prop::sample::select(ActionStatus::ALL), reach).prop_map(|(s, r)| link(s, r));
        let links = prop::collection::vec(link, 0..4);
        let leaf = links.clone().prop_map(|links| Term { links, children: vec![] });
        leaf.prop_recursive(4, 40, 5, move |inner| {
            (links.clone(), prop::collection::vec(inner, 1..5))
                .prop_map(|(links, children)| Term { links, children })
        })
    }

    fn leaves(term: &Term) -> Vec<&Term> {
        if term.children.is_empty() { vec![term] } else { term.children.iter().flat_map(leaves).collect() }
    }

    proptest! {
        #[test]
        fn a_term_is_covered_as_far_as_its_leaves_are(term in any_term()) {
            let of_leaves = leaves(&term).into_iter().map(|l| of_links(l.links.iter().copied()));
            prop_assert_eq!(Some(of_term(&term)), together(of_leaves));
        }

        #[test]
        fn the_order_of_links_does_not_matter(term in any_term()) {
            let backwards = of_links(term.links.iter().rev().copied());
            prop_assert_eq!(of_links(term.links.iter().copied()), backwards);
        }
    }
}

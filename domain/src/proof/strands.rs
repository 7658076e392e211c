//! How each strand of evidence stands: how much there is, how old it is, until when it counts.

use chrono::NaiveDate;

use super::{Piece, Review};
use crate::EvidenceStrand;

/// What there is of one strand. Each piece is counted once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrandProof {
    /// The strand.
    pub strand: EvidenceStrand,
    /// Pieces that were accepted and still count.
    pub accepted: usize,
    /// Pieces that nobody has looked at yet and that still count.
    pub submitted: usize,
    /// Pieces that were refused.
    pub refused: usize,
    /// Pieces that were not refused and count no longer.
    pub expired: usize,
    /// The latest day of which an accepted piece speaks, whether or not it still counts.
    pub latest_on: Option<NaiveDate>,
    /// The day on which the last accepted piece stops counting; none where one counts without end, or none was accepted.
    pub counts_until: Option<NaiveDate>,
}

/// How every strand stands, always in the order of the vocabulary: what is not there has to be seen too.
pub fn strands(evidence: &[Piece], today: NaiveDate) -> Vec<StrandProof> {
    EvidenceStrand::ALL.iter().map(|strand| of_strand(*strand, evidence, today)).collect()
}

fn of_strand(strand: EvidenceStrand, evidence: &[Piece], today: NaiveDate) -> StrandProof {
    let pieces = || evidence.iter().filter(move |piece| piece.strand == strand);
    let count = |fits: &dyn Fn(&Piece) -> bool| pieces().filter(|piece| fits(piece)).count();
    let accepted = || pieces().filter(|piece| piece.review == Review::Accepted);
    let is_endless = accepted().any(|piece| piece.expires_on.is_none());
    StrandProof {
        strand,
        accepted: count(&|piece| piece.review == Review::Accepted && piece.stands(today)),
        submitted: count(&|piece| piece.review == Review::Submitted && piece.stands(today)),
        refused: count(&|piece| piece.review == Review::Refused),
        expired: count(&|piece| piece.review != Review::Refused && !piece.stands(today)),
        latest_on: accepted().map(|piece| piece.speaks_of).max(),
        counts_until: accepted().filter_map(|piece| piece.expires_on).max().filter(|_| !is_endless),
    }
}

#[cfg(test)]
mod tests {
    use EvidenceStrand::*;
    use Review::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn piece(strand: EvidenceStrand, review: Review, speaks_of: &str, expires_on: Option<&str>) -> Piece {
        Piece { strand, review, expires_on: expires_on.map(day), speaks_of: day(speaks_of), shows: None }
    }

    #[test]
    fn each_piece_is_counted_once_in_its_strand() {
        let all = [
            piece(Voice, Accepted, "2018-09-30", Some("2019-03-31")),
            piece(Voice, Accepted, "2018-10-31", Some("2018-12-09")),
            piece(Voice, Submitted, "2018-11-30", None),
            piece(Voice, Submitted, "2018-11-30", Some("2018-12-09")),
            piece(Voice, Refused, "2018-12-01", Some("2018-12-09")),
            piece(Document, Accepted, "2018-08-01", None),
        ];
        let strands = strands(&all, day("2018-12-10"));
        let order: Vec<_> = strands.iter().map(|of| of.strand).collect();
        assert_eq!(order, [PerformanceData, QualityAssurance, Voice, Document]);
        assert_eq!(
            strands[2],
            StrandProof {
                strand: Voice,
                accepted: 1,
                submitted: 1,
                refused: 1,
                expired: 2,
                latest_on: Some(day("2018-10-31")),
                counts_until: Some(day("2019-03-31")),
            }
        );
        assert_eq!((strands[3].accepted, strands[3].counts_until), (1, None), "without end");
        assert_eq!((strands[0].latest_on, strands[0].counts_until), (None, None), "nothing there");
        let counted: usize =
            strands.iter().map(|of| of.accepted + of.submitted + of.refused + of.expired).sum();
        assert_eq!(counted, all.len());
    }

    #[test]
    fn what_has_stopped_counting_says_since_when() {
        let old = [piece(Voice, Accepted, "2018-07-31", Some("2018-10-31"))];
        let voice = strands(&old, day("2018-12-10"))[2];
        assert_eq!((voice.accepted, voice.expired), (0, 1));
        assert_eq!((voice.latest_on, voice.counts_until), (Some(day("2018-07-31")), Some(day("2018-10-31"))));
    }
}

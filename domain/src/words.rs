//! The closed vocabularies that rules decide on.
//!
//! Each word is written in one spelling everywhere: in the database, in the ledger and on the wire it is the
//! SCREAMING_SNAKE_CASE text of [`as_str`](ActionStatus::as_str).

use std::fmt;

/// A text that is not a word of the vocabulary it was read as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    /// Which vocabulary was expected, by its type's name.
    pub vocabulary: &'static str,
    /// The text that was found.
    pub found: String,
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a word of {}", self.found, self.vocabulary)
    }
}

impl std::error::Error for UnknownWord {}

/// Declares an enum once with its text, so that the database's check, the schema and the rules cannot drift apart.
///
/// A crate that uses it needs `serde` with its derive.
#[macro_export]
macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];

            /// The one spelling used in the database, the ledger and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownWord> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err($crate::UnknownWord { vocabulary: stringify!($name), found: text.to_owned() }),
                }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

crate::vocabulary! {
    /// How far an action has come.
    ActionStatus {
        /// Nothing has been done yet.
        NotStarted = "NOT_STARTED",
        /// Work is under way.
        InProgress = "IN_PROGRESS",
        /// A lead claims that it is done; nobody else has agreed yet.
        Complete = "COMPLETE",
        /// The board has accepted the claim on evidence.
        Assured = "ASSURED",
        /// It ended unfinished and lives on in the plan's successor.
        RolledOver = "ROLLED_OVER",
        /// It was given up.
        Withdrawn = "WITHDRAWN",
    }
}

impl ActionStatus {
    /// Whether somebody is still expected to work on it: not started, or in progress.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::NotStarted | Self::InProgress)
    }

    /// Whether the work is said to be done: claimed or assured.
    pub const fn is_finished(self) -> bool {
        matches!(self, Self::Complete | Self::Assured)
    }

    /// Whether the action answers anything: all but those that were withdrawn or rolled over.
    pub const fn is_live(self) -> bool {
        !matches!(self, Self::RolledOver | Self::Withdrawn)
    }
}

crate::vocabulary! {
    /// How an action is doing. Ordered from best to worst, so that the greater of two is the worse.
    Health {
        /// There is nothing left to do.
        Done = "DONE",
        /// Nothing known stands in the way.
        OnTrack = "ON_TRACK",
        /// Something says that it may not be done in time.
        AtRisk = "AT_RISK",
        /// It is not done and its time is over.
        OffTrack = "OFF_TRACK",
    }
}

impl Health {
    /// Whether this is worse news than `other`.
    pub fn is_worse_than(self, other: Self) -> bool {
        self > other
    }
}

crate::vocabulary! {
    /// How far a requirement is answered by actions.
    Coverage {
        /// A live action answers the whole of it.
        Covered = "COVERED",
        /// Live actions answer a part of it only.
        Partial = "PARTIAL",
        /// No live action answers it.
        Uncovered = "UNCOVERED",
    }
}

crate::vocabulary! {
    /// A plan's life. Ordered as it runs.
    PlanStatus {
        /// Being written.
        Draft = "DRAFT",
        /// Put before the board.
        Considered = "CONSIDERED",
        /// Agreed by the board's chair.
        Agreed = "AGREED",
        /// Agreed and published.
        Published = "PUBLISHED",
        /// Over; what was unfinished has been rolled over.
        Closed = "CLOSED",
    }
}

impl PlanStatus {
    /// Whether the plan binds its leads: agreed or published, and not closed.
    pub const fn is_binding(self) -> bool {
        matches!(self, Self::Agreed | Self::Published)
    }
}

crate::vocabulary! {
    /// How exactly a date was given. The stored date is always the last day of what was meant.
    DatePrecision {
        /// A day was named.
        Day = "DAY",
        /// A month was named: "Mar 2019" is due on 31 March 2019.
        Month = "MONTH",
        /// A quarter was named.
        Quarter = "QUARTER",
        /// A year was named.
        Year = "YEAR",
    }
}

crate::vocabulary! {
    /// Whether a statutory direction still binds.
    DirectionStatus {
        /// It binds.
        InForce = "IN_FORCE",
        /// A later direction has taken its place.
        Revised = "REVISED",
        /// It has been ended.
        Lifted = "LIFTED",
    }
}

crate::vocabulary! {
    /// What a member is in a programme.
    Role {
        /// A member of the improvement board; its chair is marked on the membership.
        Board = "BOARD",
        /// An officer of the council: a lead, or the programme office.
        Officer = "OFFICER",
        /// A partner agency.
        Partner = "PARTNER",
        /// A scrutiny committee.
        Scrutiny = "SCRUTINY",
        /// Runs the deployment; belongs to no programme.
        Admin = "ADMIN",
    }
}

crate::vocabulary! {
    /// The government security marking of evidence. Ordered from open to closed.
    Marking {
        /// Routine.
        Official = "OFFICIAL",
        /// Routine, with a limited need to know.
        OfficialSensitive = "OFFICIAL_SENSITIVE",
    }
}

crate::vocabulary! {
    /// Which kind of proof a piece of evidence is.
    EvidenceStrand {
        /// Figures.
        PerformanceData = "PERFORMANCE_DATA",
        /// Audits, dip samples, observations.
        QualityAssurance = "QUALITY_ASSURANCE",
        /// What children, families, staff or partners say.
        Voice = "VOICE",
        /// A paper: it proves that something was done, not that it helped.
        Document = "DOCUMENT",
    }
}

crate::vocabulary! {
    /// What was answered to a recommendation.
    ResponseStatus {
        /// It will be done.
        Accepted = "ACCEPTED",
        /// A part of it will be done.
        PartiallyAccepted = "PARTIALLY_ACCEPTED",
        /// It will not be done.
        Rejected = "REJECTED",
        /// It was taken note of.
        Noted = "NOTED",
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    fn reads_back<T>(all: &[T], text: fn(T) -> &'static str)
    where
        T: Copy + fmt::Debug + PartialEq + FromStr<Err = UnknownWord>,
    {
        for word in all {
            assert_eq!(text(*word).parse::<T>(), Ok(*word));
            assert!(text(*word).bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{word:?}");
        }
    }

    #[test]
    fn every_word_reads_back_from_its_text() {
        reads_back(ActionStatus::ALL, ActionStatus::as_str);
        reads_back(Health::ALL, Health::as_str);
        reads_back(Coverage::ALL, Coverage::as_str);
        reads_back(PlanStatus::ALL, PlanStatus::as_str);
        reads_back(DatePrecision::ALL, DatePrecision::as_str);
        reads_back(DirectionStatus::ALL, DirectionStatus::as_str);
        reads_back(Role::ALL, Role::as_str);
        reads_back(Marking::ALL, Marking::as_str);
        reads_back(EvidenceStrand::ALL, EvidenceStrand::as_str);
        reads_back(ResponseStatus::ALL, ResponseStatus::as_str);
    }

    #[test]
    fn another_text_is_refused_and_named() {
        let refusal = "on_track".parse::<Health>().unwrap_err();
        assert_eq!(refusal.to_string(), "\"on_track\" is not a word of Health");
    }

    #[test]
    fn off_track_is_the_worst_health_and_done_the_best() {
        use Health::*;
        let mut all = Health::ALL.to_vec();
        all.sort();
        assert_eq!(all, [Done, OnTrack, AtRisk, OffTrack]);
        assert!(AtRisk.is_worse_than(OnTrack) && !OnTrack.is_worse_than(OnTrack));
    }

    #[test]
    fn each_status_is_open_finished_or_not_live() {
        for status in ActionStatus::ALL {
            let kinds = [status.is_open(), status.is_finished(), !status.is_live()];
            assert_eq!(kinds.iter().filter(|k| **k).count(), 1, "{status}");
        }
    }
}

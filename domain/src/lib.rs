//! The words and rules of an improvement programme.
//!
//! Everything here is pure: no clock, no database, no wire format. The day on which a rule is asked is always an
//! argument, so that a test, a demonstration and the record of a past meeting can each choose their own "today".
//! `docs/rules.md` says the same rules in words for those who rely on them, with the reason of each.

pub mod audit;
pub mod cadence;
pub mod challenge;
pub mod client;
pub mod coverage;
pub mod dates;
pub mod document;
pub mod file;
pub mod forecast;
pub mod measure;
pub mod notice;
pub mod personal;
pub mod position;
pub mod proof;
pub mod rating;
pub mod reference;
pub mod standing;
pub mod tree;
pub mod voice;
pub mod webhook;
pub mod words;
pub mod workflow;

pub use words::{
    ActionStatus, Coverage, DatePrecision, DirectionStatus, EvidenceStrand, Health, Marking, PlanStatus,
    ResponseStatus, Role, UnknownWord,
};

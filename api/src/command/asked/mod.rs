//! What is demanded, and how it is answered: inspections, directions, reviews and all that they ask for.

mod direction;
mod duty;
mod finding;
mod inspection;
mod recommendation;
mod response;
mod review;
mod source;
mod term;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<inspection::InspectionCreate>(),
    Registered::of::<inspection::InspectionUpdate>(),
    Registered::of::<inspection::JudgementsSet>(),
    Registered::of::<direction::DirectionCreate>(),
    Registered::of::<direction::DirectionUpdate>(),
    Registered::of::<direction::DirectionRevise>(),
    Registered::of::<direction::DirectionLift>(),
    Registered::of::<review::ReviewCreate>(),
    Registered::of::<review::ReviewUpdate>(),
    Registered::of::<finding::FindingCreate>(),
    Registered::of::<finding::FindingUpdate>(),
    Registered::of::<recommendation::RecommendationCreate>(),
    Registered::of::<recommendation::RecommendationUpdate>(),
    Registered::of::<response::RecommendationRespond>(),
    Registered::of::<response::RecommendationConfirm>(),
    Registered::of::<term::DirectionTermCreate>(),
    Registered::of::<term::DirectionTermUpdate>(),
    Registered::of::<duty::DutyCreate>(),
    Registered::of::<duty::DutyUpdate>(),
    Registered::of::<duty::DutyDischarge>(),
];

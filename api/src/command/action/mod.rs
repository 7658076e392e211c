//! What is done to actions.

mod board;
mod claim;
mod create;
mod dates;
mod dependency;
mod finish_step;
mod hand_over;
mod impact;
mod link;
mod links;
mod parties;
mod progress;
mod proposal;
mod step;
mod update;
mod updates;
mod withdraw;

use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<create::ActionCreate>(),
    Registered::of::<update::ActionUpdate>(),
    Registered::of::<update::ActionMoveDueDate>(),
    Registered::of::<hand_over::ActionHandOver>(),
    Registered::of::<link::ActionLink>(),
    Registered::of::<link::ActionUnlink>(),
    Registered::of::<link::ActionLinkResolve>(),
    Registered::of::<links::ActionsLink>(),
    Registered::of::<proposal::ActionProposeLink>(),
    Registered::of::<proposal::LinkProposalAccept>(),
    Registered::of::<proposal::LinkProposalDecline>(),
    Registered::of::<dependency::ActionDependencyAdd>(),
    Registered::of::<dependency::ActionDependencyRemove>(),
    Registered::of::<step::StepAdd>(),
    Registered::of::<step::StepUpdate>(),
    Registered::of::<finish_step::StepComplete>(),
    Registered::of::<finish_step::StepStrikeOut>(),
    Registered::of::<finish_step::StepReopen>(),
    Registered::of::<progress::ActionStart>(),
    Registered::of::<progress::ProgressUpdateAdd>(),
    Registered::of::<updates::ProgressUpdatesAdd>(),
    Registered::of::<claim::ActionClaimComplete>(),
    Registered::of::<board::ActionAssure>(),
    Registered::of::<board::ActionRefuse>(),
    Registered::of::<impact::ActionJudgeImpact>(),
    Registered::of::<withdraw::ActionWithdraw>(),
];

//! Who takes part: the programme, organisations, post holders, groups, members.

mod group;
mod member;
mod member_change;
mod organisation;
mod organisation_update;
mod person;
mod programme;
mod rating;

pub(super) use self::member::partner;

use chrono::{DateTime, Utc};
use entity::party;
use uuid::Uuid;

use super::Target;
use super::input::GlobalId;
use super::registry::Registered;

/// The commands of this folder.
pub(super) const COMMANDS: &[Registered] = &[
    Registered::of::<programme::ProgrammeCreate>(),
    Registered::of::<programme::ProgrammeUpdate>(),
    Registered::of::<rating::RatingSchemeSet>(),
    Registered::of::<organisation::OrganisationCreate>(),
    Registered::of::<organisation_update::OrganisationUpdate>(),
    Registered::of::<person::PersonCreate>(),
    Registered::of::<person::PersonUpdate>(),
    Registered::of::<group::GroupCreate>(),
    Registered::of::<group::GroupUpdate>(),
    Registered::of::<member::MemberAdd>(),
    Registered::of::<member_change::MemberUpdate>(),
    Registered::of::<member_change::MemberRemove>(),
];

/// The path of the organisation in every input that names one.
const ORGANISATION: &str = "organisationId";

/// Something is added to the programme.
fn to_programme(id: &GlobalId) -> Target {
    Target::whole(&["Programme"], "programmeId", id)
}

/// A new party of which nothing is known but what it is. Organisations belong to no programme.
fn blank(id: Uuid, programme_id: Option<Uuid>, kind: &str, now: DateTime<Utc>) -> party::Model {
    party::Model {
        id,
        programme_id,
        kind: kind.to_owned(),
        name: None,
        post: None,
        group_kind: None,
        organisation_kind: None,
        organisation_id: None,
        from_on: None,
        until_on: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

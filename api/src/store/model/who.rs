//! Who takes part: viewers and members, organisations, people and groups.

use super::{
    FieldDef, Join, Relation, Scalar, TypeDef, between, by, date, expression, flag, many, moment, one,
    relation, text, text_in, through, worked_out,
};
use crate::store::computed::Computation;
use crate::store::table::Table;

/// How secrets belong to their client.
const OF_CLIENT: Join = Join::From("client_id");

pub(super) fn types() -> Vec<TypeDef> {
    vec![
        TypeDef::new(
            "Viewer",
            None,
            vec![
                // The root is one row that the engine makes: its second value is the subject.
                text("subject"),
                ("memberships", own_memberships()),
            ],
        ),
        TypeDef::node(
            "Membership",
            Table::Membership,
            "mbr",
            vec![
                ("programme", one("Programme", "programme_id")),
                text("subject"),
                text("role"),
                ("organisation", one("Organisation", "organisation_id")),
                ("person", one("Person", "person_id")),
                flag("isChair", "is_chair"),
                flag("isProgrammeOffice", "is_programme_office"),
                worked_out("viewerCan", expression::can_membership, Scalar::Words),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "MachineClient",
            Table::MachineClient,
            "mcl",
            vec![
                ("programme", one("Programme", "programme_id")),
                ("organisation", one("Organisation", "organisation_id")),
                text("name"),
                worked_out("clientId", expression::client_id, Scalar::Text),
                ("scopes", FieldDef::Column("scopes", Scalar::Words)),
                ("secrets", many("MachineClientSecret", OF_CLIENT, vec![by("created_at", Scalar::Moment)])),
                ("keys", FieldDef::Column("key_ids", Scalar::Words)),
                ("lastUsedOn", FieldDef::Computed(Computation::LastUsed)),
                moment("revokedAt", "revoked_at"),
                worked_out("viewerCan", expression::can_machine_client, Scalar::Words),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "MachineClientSecret",
            Table::MachineClientSecret,
            "mcs",
            vec![
                text("hint"),
                moment("expiresAt", "expires_at"),
                ("lastUsedOn", FieldDef::Computed(Computation::LastUsed)),
            ],
        )
        .recorded()
        .mutable(),
        TypeDef::node(
            "Organisation",
            Table::Party,
            "org",
            vec![
                text("name"),
                text_in("kind", "organisation_kind"),
                (
                    "identifiers",
                    many(
                        "OrganisationIdentifier",
                        Join::From("organisation_id"),
                        vec![by("scheme", Scalar::Text)],
                    ),
                ),
                worked_out("viewerCan", expression::can_party, Scalar::Words),
            ],
        )
        .kind("ORGANISATION")
        .recorded_anywhere()
        .mutable(),
        TypeDef::new(
            "OrganisationIdentifier",
            Some(Table::OrganisationIdentifier),
            vec![text("scheme"), text("value")],
        ),
        TypeDef::node(
            "Person",
            Table::Party,
            "per",
            vec![
                worked_out("name", expression::person_name, Scalar::Text),
                text("post"),
                ("organisation", one("Organisation", "organisation_id")),
                date("fromOn", "from_on"),
                date("untilOn", "until_on"),
                worked_out("viewerCan", expression::can_party, Scalar::Words),
            ],
        )
        .kind("PERSON")
        .recorded()
        .mutable(),
        TypeDef::node(
            "Group",
            Table::Party,
            "grp",
            vec![
                text("name"),
                text_in("kind", "group_kind"),
                ("organisation", one("Organisation", "organisation_id")),
                ("members", members()),
                worked_out("viewerCan", expression::can_party, Scalar::Words),
            ],
        )
        .kind("GROUP")
        .recorded()
        .mutable(),
    ]
}

/// The programme office and administrators see the memberships of others too; these are the viewer's own.
fn own_memberships() -> FieldDef {
    FieldDef::Many(Relation {
        only: Some(expression::is_ones_own_membership),
        ..relation("Membership", Join::Root, vec![by("created_at", Scalar::Moment)])
    })
}

fn members() -> FieldDef {
    many("Person", through("group_member", "group_id", "person_id"), vec![between("person_id", Scalar::Uuid)])
}

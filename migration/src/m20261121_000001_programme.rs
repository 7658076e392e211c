//! Who: programmes, organisations, people, groups, memberships, and the programme's own names for health.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::table::{Table, drop_tables, run};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // An authority is an organisation, and organisations are shared by programmes: the circle programme -> party ->
        // programme is closed by `settle`.
        Table::new("programme")
            .id()
            .text("slug")
            .text("name")
            .will_refer("authority_id", "party")
            .flag("is_public")
            .versioned()
            .unique("slug")
            .check("slug_lower", "slug = lower(slug)")
            .create(manager)
            .await?;
        party().create(manager).await?;
        Table::settle(manager, "programme", "authority_id", "party").await?;
        Table::new("organisation_identifier")
            .refers("organisation_id", "party")
            .text("scheme")
            .text("value")
            .key("scheme, value")
            .create(manager)
            .await?;
        Table::new("group_member")
            .programme()
            .refers("group_id", "party")
            .refers("person_id", "party")
            .key("group_id, person_id")
            .check("two", "group_id <> person_id")
            .create(manager)
            .await?;
        Table::new("membership")
            .id()
            .may_refer("programme_id", "programme")
            .text("subject")
            .one_of("role", &["BOARD", "OFFICER", "PARTNER", "SCRUTINY", "ADMIN"])
            .may_refer("organisation_id", "party")
            .may_refer("person_id", "party")
            .flag("is_chair")
            .flag("is_programme_office")
            .versioned()
            .unique("programme_id, subject, role")
            .unique_where("deployment", "subject, role", "programme_id IS NULL")
            .index("subject")
            .check("admin_everywhere", "(role = 'ADMIN') = (programme_id IS NULL)")
            .check("partner_of", "role <> 'PARTNER' OR organisation_id IS NOT NULL")
            .check("chair_of_board", "NOT is_chair OR role = 'BOARD'")
            .check("office_is_officer", "NOT is_programme_office OR role = 'OFFICER'")
            .create(manager)
            .await?;
        Table::new("rating")
            .programme()
            .one_of("health", &["ON_TRACK", "AT_RISK", "OFF_TRACK", "DONE"])
            .text("label")
            .text("colour")
            .maybe_text("meaning")
            .key("programme_id, health")
            .check("colour_hex", "length(colour) = 7 AND colour LIKE '#%'")
            .create(manager)
            .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["rating", "membership", "group_member", "organisation_identifier"]).await?;
        // What remains of the circle once the people and groups are gone is programme -> party.
        run(manager, &["DELETE FROM party WHERE programme_id IS NOT NULL".to_owned()]).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            run(manager, &["ALTER TABLE party DROP CONSTRAINT fk_party_programme_id".to_owned()]).await?;
        }
        drop_tables(manager, &["programme", "party"]).await
    }
}

/// Organisations belong to no programme; people and groups to one. A person's name may be erased, which leaves the post.
fn party() -> Table {
    let group_kinds = ["BOARD", "SUB_GROUP", "PROJECT_BOARD", "TASK_AND_FINISH", "TEAM", "COMMITTEE"];
    let organisation_kinds = [
        "COUNCIL",
        "POLICE",
        "NHS",
        "EDUCATION",
        "SAFEGUARDING_PARTNERSHIP",
        "IMPROVEMENT_PARTNER",
        "INSPECTORATE",
        "GOVERNMENT_DEPARTMENT",
        "VOLUNTARY",
        "OTHER",
    ];
    let same_post =
        "programme_id, kind, coalesce(name, ''), coalesce(post, ''), coalesce(from_on, '0001-01-01')";
    Table::new("party")
        .id()
        .may_refer("programme_id", "programme")
        .one_of("kind", &["PERSON", "GROUP", "ORGANISATION"])
        .maybe_text("name")
        .maybe_text("post")
        .maybe_one_of("group_kind", &group_kinds)
        .maybe_one_of("organisation_kind", &organisation_kinds)
        .may_refer("organisation_id", "party")
        .maybe_date("from_on")
        .maybe_date("until_on")
        .versioned()
        .check("shared_organisations", "(kind = 'ORGANISATION') = (programme_id IS NULL)")
        .check("named", "name IS NOT NULL OR (kind = 'PERSON' AND post IS NOT NULL)")
        .check("post_of_person", "post IS NULL OR kind = 'PERSON'")
        .check("group_kind_of_group", "(kind = 'GROUP') = (group_kind IS NOT NULL)")
        .check(
            "organisation_kind_of_organisation",
            "(kind = 'ORGANISATION') = (organisation_kind IS NOT NULL)",
        )
        .check(
            "organisation_is_itself",
            "kind <> 'ORGANISATION' OR (organisation_id IS NOT NULL AND organisation_id = id)",
        )
        .check("period", "until_on >= from_on")
        .index("programme_id, kind, id")
        .unique_where("organisation", "name", "programme_id IS NULL")
        .unique_where(
            "within",
            &format!("organisation_id, {same_post}"),
            "programme_id IS NOT NULL AND organisation_id IS NOT NULL",
        )
        .unique_where("without", same_post, "programme_id IS NOT NULL AND organisation_id IS NULL")
}

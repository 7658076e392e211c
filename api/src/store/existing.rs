//! What a change finds in the programme it is about, read in the change's own transaction.

use chrono::NaiveDate;
use entity::*;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::write::{WriteCx, WriteError};

/// The parts of a programme that an import can find again.
#[derive(Debug, Default)]
pub struct Existing {
    /// Its people and groups, and the organisations that were asked for.
    pub parties: Vec<party::Model>,
    /// The identifiers of those organisations.
    pub identifiers: Vec<organisation_identifier::Model>,
    /// Its memberships, and those of the deployment's administrators.
    pub memberships: Vec<membership::Model>,
    /// Its inspections, directions and reviews.
    pub sources: Vec<source::Model>,
    /// Their requirements, in printed order.
    pub requirements: Vec<requirement::Model>,
    /// Its plans.
    pub plans: Vec<plan::Model>,
    /// Their actions.
    pub actions: Vec<action::Model>,
    /// Its evidence.
    pub evidence: Vec<evidence::Model>,
    /// Its measures.
    pub measures: Vec<measure::Model>,
    /// Its feedback.
    pub feedback: Vec<feedback::Model>,
    /// Its audits.
    pub audits: Vec<audit::Model>,
    /// What its board asked.
    pub challenges: Vec<challenge::Model>,
    /// The updates of the days that were asked for.
    pub updates: Vec<progress_update::Model>,
}

/// What an import is going to look for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    /// Names of organisations.
    pub organisations: Vec<&'a str>,
    /// Schemes and values of organisations' identifiers.
    pub identifiers: Vec<(&'a str, &'a str)>,
    /// Days of updates.
    pub update_days: Vec<NaiveDate>,
}

/// The rows of one table that belong to the programme.
macro_rules! of_programme {
    ($cx:expr, $table:ident, $programme:expr) => {
        $table::Entity::find()
            .filter($table::Column::ProgrammeId.eq($programme))
            .all($cx.transaction())
            .await?
    };
}

impl WriteCx {
    /// The programme with this slug.
    pub async fn programme_by_slug(&self, slug: &str) -> Result<Option<programme::Model>, WriteError> {
        let one = programme::Entity::find().filter(programme::Column::Slug.eq(slug));
        Ok(one.one(self.transaction()).await?)
    }

    /// Whether a file with this digest was loaded into the programme.
    pub async fn was_imported(&self, programme: Uuid, digest: &str) -> Result<bool, WriteError> {
        let key = (programme, digest.to_owned());
        Ok(imported_file::Entity::find_by_id(key).one(self.transaction()).await?.is_some())
    }

    /// Remembers that a file with this digest was loaded into the programme.
    pub async fn remember_import(&mut self, programme_id: Uuid, digest: &str) -> Result<(), WriteError> {
        let row = imported_file::Model { programme_id, digest: digest.to_owned(), imported_at: self.now() };
        self.insert(vec![row]).await
    }

    /// The name of a programme's authority.
    pub async fn authority_of(&self, programme: Uuid) -> Result<Option<String>, WriteError> {
        let own = programme::Entity::find_by_id(programme).one(self.transaction()).await?;
        match own {
            Some(own) => Ok(self.party(own.authority_id).await?.and_then(|party| party.name)),
            None => Ok(None),
        }
    }

    /// A person, group or organisation.
    pub async fn party(&self, id: Uuid) -> Result<Option<party::Model>, WriteError> {
        Ok(party::Entity::find_by_id(id).one(self.transaction()).await?)
    }

    /// Everything that an import can find again. Without a programme: the organisations and the administrators alone.
    pub async fn existing(
        &self,
        programme: Option<Uuid>,
        wanted: Wanted<'_>,
    ) -> Result<Existing, WriteError> {
        let mut found = self.organisations(wanted.organisations, &wanted.identifiers).await?;
        let nobodys = membership::Entity::find().filter(membership::Column::ProgrammeId.is_null());
        found.memberships = nobodys.all(self.transaction()).await?;
        if let Some(programme) = programme {
            found.parties.extend(of_programme!(self, party, programme));
            found.memberships.extend(of_programme!(self, membership, programme));
            found.sources = of_programme!(self, source, programme);
            let printed = requirement::Entity::find()
                .filter(requirement::Column::ProgrammeId.eq(programme))
                .order_by_asc(requirement::Column::Position);
            found.requirements = printed.all(self.transaction()).await?;
            found.plans = of_programme!(self, plan, programme);
            found.actions = of_programme!(self, action, programme);
            found.evidence = of_programme!(self, evidence, programme);
            found.measures = of_programme!(self, measure, programme);
            found.feedback = of_programme!(self, feedback, programme);
            found.audits = of_programme!(self, audit, programme);
            found.challenges = of_programme!(self, challenge, programme);
            let of_days = progress_update::Entity::find()
                .filter(progress_update::Column::ProgrammeId.eq(programme))
                .filter(progress_update::Column::ReportedOn.is_in(wanted.update_days));
            found.updates = of_days.all(self.transaction()).await?;
        }
        Ok(found)
    }

    /// Organisations by name or by identifier, with all their identifiers.
    async fn organisations(&self, names: Vec<&str>, identifiers: &[(&str, &str)]) -> Result<Existing, DbErr> {
        let transaction = self.transaction();
        let any = identifiers.iter().fold(Condition::any(), |any, (scheme, value)| {
            let scheme = organisation_identifier::Column::Scheme.eq(*scheme);
            any.add(scheme.and(organisation_identifier::Column::Value.eq(*value)))
        });
        let mut by_identifier = Vec::new();
        if !identifiers.is_empty() {
            by_identifier = organisation_identifier::Entity::find().filter(any).all(transaction).await?;
        }
        let either = Condition::any()
            .add(party::Column::Name.is_in(names))
            .add(party::Column::Id.is_in(by_identifier.iter().map(|row| row.organisation_id)));
        let parties = party::Entity::find().filter(party::Column::ProgrammeId.is_null()).filter(either);
        let parties = parties.all(transaction).await?;
        let all = organisation_identifier::Column::OrganisationId.is_in(parties.iter().map(|row| row.id));
        let identifiers = organisation_identifier::Entity::find().filter(all).all(transaction).await?;
        Ok(Existing { parties, identifiers, ..Existing::default() })
    }
}

//! Somebody becomes a member.

use domain::Role;
use entity::{membership, party};
use sea_orm::{ColumnTrait, Condition};
use serde::Deserialize;
use uuid::Uuid;

use super::{ORGANISATION, to_programme};
use crate::authz::identity::{CLIENT, GROUP, WEBHOOK};
use crate::authz::operation::Operation;
use crate::command::clients::live_client;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// At most so many characters in a subject: what identity providers give.
const LONGEST_SUBJECT: usize = 255;
/// The path of the chair's mark.
const CHAIR: &str = "isChair";

/// Somebody becomes a member.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct MemberAdd {
    programme_id: GlobalId,
    subject: String,
    role: Role,
    #[serde(default)]
    organisation_id: Option<GlobalId>,
    #[serde(default)]
    person_id: Option<GlobalId>,
    #[serde(default)]
    is_chair: Option<bool>,
    #[serde(default)]
    is_programme_office: Option<bool>,
}

impl Command for MemberAdd {
    const OPERATION: Operation = Operation::MemberAdd;
    const ABOUT: &'static str = "Makes somebody a member of a programme. Nobody appoints themselves.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("membership", "Membership")];

    fn target(&self) -> Target {
        to_programme(&self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let programme_id = work.programme()?;
        check_subject(work, &self.subject)?;
        check_given(work, &self).await?;
        if self.role == Role::Admin {
            let message = "Administrators serve the whole deployment and are appointed at the command line: choose another role.";
            return Err(UserError::invalid("role", message).into());
        }
        let same = Condition::all()
            .add(membership::Column::ProgrammeId.eq(programme_id))
            .add(membership::Column::Subject.eq(&self.subject))
            .add(membership::Column::Role.eq(self.role.as_str()));
        if !work.cx.rows::<membership::Entity>(same).await?.is_empty() {
            let message = "They are a member in this role already: change that membership.";
            return Err(UserError::invalid("subject", message).into());
        }
        let row = membership::Model {
            id: Uuid::now_v7(),
            programme_id: Some(programme_id),
            subject: self.subject,
            role: self.role.as_str().to_owned(),
            organisation_id: work.organisation(self.organisation_id.as_ref(), ORGANISATION).await?,
            person_id: person(work, self.person_id.as_ref()).await?,
            is_chair: self.is_chair.unwrap_or_default(),
            is_programme_office: self.is_programme_office.unwrap_or_default(),
            version: 1,
            created_at: work.now(),
            updated_at: work.now(),
        };
        check(work, &row).await?;
        let id = row.id;
        work.cx.create(row).await?;
        Ok(Done::with("membership", id))
    }
}

fn check_subject(work: &Work, subject: &str) -> Result<(), UserError> {
    if subject.trim() != subject || subject.chars().count() > LONGEST_SUBJECT {
        let message = format!(
            "Give the subject exactly as the identity provider writes it in its tokens: no space around it, {LONGEST_SUBJECT} characters at most."
        );
        return Err(UserError::invalid("subject", message));
    }
    if work.viewer.own_subjects().any(|own| own == subject) {
        let message = "Nobody appoints themselves: somebody else has to.";
        return Err(UserError { message: message.to_owned(), ..UserError::forbidden("subject") });
    }
    Ok(())
}

/// What holds for subjects that this service gives, and for groups.
async fn check_given(work: &Work, add: &MemberAdd) -> Result<(), Refusal> {
    let invalid = |path: &str, message: &str| Err(UserError::invalid(path, message).into());
    if add.subject.starts_with(WEBHOOK) {
        return invalid("subject", "Webhooks become members when they are made, and not by hand.");
    }
    if add.subject == GROUP {
        return invalid("subject", "Say which group of the directory: `group:` and its id.");
    }
    if !add.subject.starts_with(CLIENT) {
        return Ok(());
    }
    let Some(client) = live_client(work, &add.subject).await? else {
        return invalid("subject", "There is no such machine client, or it is shut out.");
    };
    if add.role != Role::Partner {
        return invalid("role", "A machine client is a partner and nothing else.");
    }
    let organisation = work.organisation(add.organisation_id.as_ref(), ORGANISATION).await?;
    if organisation != Some(client.organisation_id) {
        return invalid(ORGANISATION, FOR_ITS_OWN);
    }
    Ok(())
}

/// Why another organisation is refused.
pub(super) const FOR_ITS_OWN: &str =
    "A machine client speaks for the organisation that it was registered for.";

/// The membership of what is no person, and speaks for an organisation: a machine client, an endpoint of webhooks.
pub(in crate::command) fn partner(
    work: &Work,
    subject: String,
    (programme, organisation): (Uuid, Uuid),
) -> membership::Model {
    membership::Model {
        id: Uuid::now_v7(),
        programme_id: Some(programme),
        subject,
        role: Role::Partner.as_str().to_owned(),
        organisation_id: Some(organisation),
        person_id: None,
        is_chair: false,
        is_programme_office: false,
        version: 1,
        created_at: work.now(),
        updated_at: work.now(),
    }
}

/// The post holder that is named, where one is.
pub(super) async fn person(work: &Work, id: Option<&GlobalId>) -> Result<Option<Uuid>, Refusal> {
    let Some(id) = id else { return Ok(None) };
    let person: party::Model = work.find_of(&["Person"], id, "personId").await?;
    Ok(Some(person.id))
}

/// What holds for every membership of a programme.
pub(super) async fn check(work: &Work, row: &membership::Model) -> Result<(), Refusal> {
    let role: Role = row.role.parse()?;
    let mut errors = Vec::new();
    if role == Role::Partner && row.organisation_id.is_none() {
        errors.push(UserError::invalid(ORGANISATION, "A partner speaks for an organisation: say for which."));
    }
    if row.is_chair && role != Role::Board {
        errors.push(UserError::invalid(CHAIR, "Only a member of the board can chair it."));
    }
    if row.is_programme_office && role != Role::Officer {
        errors.push(UserError::invalid(
            "isProgrammeOffice",
            "Only an officer can work in the programme office.",
        ));
    }
    let stands_for_nobody = row.subject.starts_with(CLIENT) || row.subject.starts_with(GROUP);
    if stands_for_nobody && row.person_id.is_some() {
        errors.push(UserError::invalid("personId", "Programs and groups hold no post: people do."));
    }
    if row.subject.starts_with(GROUP) && row.is_chair {
        errors.push(UserError::invalid(CHAIR, "A group does not chair the board: one of its people does."));
    }
    if row.is_chair && errors.is_empty() {
        let chairs = Condition::all()
            .add(membership::Column::ProgrammeId.eq(row.programme_id))
            .add(membership::Column::IsChair.eq(true))
            .add(membership::Column::Id.ne(row.id));
        if !work.cx.rows::<membership::Entity>(chairs).await?.is_empty() {
            let message = "The board has a chair: change that membership first.";
            errors.push(UserError::invalid(CHAIR, message));
        }
    }
    Ok(all_well(errors)?)
}

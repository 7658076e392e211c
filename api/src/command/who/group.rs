//! Groups, and who sits in them.

use entity::{group_member, party};
use import::programme::GroupKind;
use sea_orm::ColumnTrait;
use serde::Deserialize;
use uuid::Uuid;

use super::{ORGANISATION, blank, to_programme};
use crate::authz::operation::Operation;
use crate::command::input::{GlobalId, Patch};
use crate::command::refusal::{Refusal, UserError, all_well};
use crate::command::{Command, Done, Target, Work};

/// The path of the list of members.
const MEMBERS: &str = "memberIds";

/// A group is added.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GroupCreate {
    programme_id: GlobalId,
    name: String,
    kind: GroupKind,
    #[serde(default)]
    organisation_id: Option<GlobalId>,
    #[serde(default)]
    member_ids: Option<Vec<GlobalId>>,
}

impl Command for GroupCreate {
    const OPERATION: Operation = Operation::GroupCreate;
    const ABOUT: &'static str = "Adds a group to a programme: a board, a team, a committee.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("group", "Group")];

    fn target(&self) -> Target {
        to_programme(&self.programme_id)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let (id, programme_id) = (Uuid::now_v7(), work.programme()?);
        let members = people(work, self.member_ids.as_deref().unwrap_or_default()).await?;
        let row = party::Model {
            name: Some(self.name),
            group_kind: Some(self.kind.as_str().to_owned()),
            organisation_id: work.organisation(self.organisation_id.as_ref(), ORGANISATION).await?,
            ..blank(id, Some(programme_id), "GROUP", work.now())
        };
        work.cx.create(row).await?;
        let of = |person_id| group_member::Model { programme_id, group_id: id, person_id };
        work.cx.attach_all(members.into_iter().map(of).collect()).await?;
        Ok(Done::with("group", id))
    }
}

/// A group's record or its members change.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GroupUpdate {
    id: GlobalId,
    expected_version: i32,
    #[serde(default)]
    name: Patch<String>,
    #[serde(default)]
    kind: Patch<GroupKind>,
    #[serde(default)]
    organisation_id: Patch<GlobalId>,
    #[serde(default)]
    member_ids: Patch<Vec<GlobalId>>,
}

impl Command for GroupUpdate {
    const OPERATION: Operation = Operation::GroupUpdate;
    const ABOUT: &'static str = "Corrects a group's record, or says who sits in it now.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("group", "Group")];

    fn target(&self) -> Target {
        Target::existing(&["Group"], &self.id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let before: party::Model = work.find(&self.id, "id").await?;
        let (id, programme_id) = (before.id, work.programme()?);
        let name = self.name.required(before.name.clone().unwrap_or_default(), "name")?;
        let kind = match before.group_kind.as_deref() {
            Some(kind) => self.kind.required(kind.parse()?, "kind")?,
            None => self.kind.required(GroupKind::Team, "kind")?,
        };
        let organisation_id =
            work.organisation_over(&self.organisation_id, before.organisation_id, ORGANISATION).await?;
        let old = work.cx.rows::<group_member::Entity>(group_member::Column::GroupId.eq(id)).await?;
        let wanted = match &self.member_ids {
            Patch::Keep => old.iter().map(|member| member.person_id).collect(),
            Patch::Clear => Vec::new(),
            Patch::Set(ids) => people(work, ids).await?,
        };
        let new: Vec<_> = wanted
            .iter()
            .filter(|person| !old.iter().any(|member| member.person_id == **person))
            .map(|person_id| group_member::Model { programme_id, group_id: id, person_id: *person_id })
            .collect();
        let gone: Vec<_> = old.iter().filter(|member| !wanted.contains(&member.person_id)).collect();
        let is_sat_in_anew = !new.is_empty() || !gone.is_empty();
        let before = if is_sat_in_anew { work.cx.touch(&before).await? } else { before };
        let after = party::Model {
            name: Some(name),
            group_kind: Some(kind.to_string()),
            organisation_id,
            ..before.clone()
        };
        work.cx.update(&before, after).await?;
        for member in gone {
            work.cx.detach(member).await?;
        }
        work.cx.attach_all(new).await?;
        Ok(Done::with("group", id))
    }
}

/// The people that are named.
async fn people(work: &Work, ids: &[GlobalId]) -> Result<Vec<Uuid>, Refusal> {
    let parties: Vec<party::Model> = work.find_all(ids, MEMBERS).await?;
    let others = parties.iter().enumerate().filter(|(_, party)| party.kind != "PERSON");
    let message = "People sit in groups: name a post holder.";
    let errors: Vec<UserError> =
        others.map(|(place, _)| UserError::invalid(&format!("{MEMBERS}.{place}"), message)).collect();
    all_well(errors)?;
    Ok(parties.into_iter().map(|party| party.id).collect())
}

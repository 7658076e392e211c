//! Rows in few words, written through the one write path and kept for the test to compare with.

use api::authz::permit::{Actor, Operation, permit};
use api::store::db::Db;
use api::store::recorded::{Attached, Recorded};
use api::store::write::{Origin, WriteCx};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::*;
use sea_orm::{ActiveModelBehavior, EntityTrait, ModelTrait};
use uuid::Uuid;

use super::world::{Kept, Record};

type ActiveOf<M> = <<M as ModelTrait>::Entity as EntityTrait>::ActiveModel;

/// A calendar day.
pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A moment of the system, `minutes` after the world was made.
pub fn minute(minutes: i64) -> DateTime<Utc> {
    "2026-11-01T09:00:00.123456Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minutes)
}

/// One change, and what it leaves.
pub struct Write {
    /// For rows in bulk.
    pub cx: WriteCx,
    /// What stands in the database once this is committed.
    pub record: Record,
    /// The programme that new rows belong to.
    pub programme: Uuid,
}

impl Write {
    /// Opens a change of the first programme of the record, or of one yet to be made.
    pub async fn open(db: &Db, record: Record) -> Self {
        Self::open_at(db, record, minute(0), "made up").await
    }

    /// As [`Write::open`], at a time of the system and for a reason.
    pub async fn open_at(db: &Db, record: Record, now: DateTime<Utc>, reason: &str) -> Self {
        let permit = permit(&Actor::System("test"), Operation::ProgrammeImport).unwrap();
        let origin = Origin {
            request_id: "it".to_owned(),
            now,
            today: day("2018-12-10"),
            reason: Some(reason.to_owned()),
        };
        let programme = record.programmes.first().map_or_else(Uuid::nil, |programme| programme.id);
        Self { cx: WriteCx::open(db, permit, origin).await.unwrap(), record, programme }
    }

    /// Works out what the rules derive, and commits.
    pub async fn commit(mut self) -> Record {
        let programme = self.programme;
        let actions = self.record.actions.iter().filter(|action| action.programme_id == programme);
        let actions: Vec<Uuid> = actions.map(|action| action.id).collect();
        self.cx.refresh_standing(&actions).await.unwrap();
        self.cx.commit().await.unwrap();
        self.record
    }

    /// Writes and keeps an object.
    pub async fn add<M: Recorded + Kept + Clone>(&mut self, row: M) -> M
    where
        ActiveOf<M>: ActiveModelBehavior + Send,
    {
        self.cx.create(row.clone()).await.unwrap();
        M::list(&mut self.record).push(row.clone());
        row
    }

    /// Writes and keeps a part of an object that this change has written.
    pub async fn part<A: Attached + Kept + Clone>(&mut self, row: A)
    where
        ActiveOf<A>: ActiveModelBehavior + Send,
    {
        self.cx.attach(row.clone()).await.unwrap();
        A::list(&mut self.record).push(row);
    }

    /// A programme with the default colours; what follows belongs to it.
    pub async fn programme(&mut self, slug: &str, authority: &party::Model, is_public: bool) {
        self.programme = Uuid::now_v7();
        self.add(programme::Model {
            id: self.programme,
            slug: slug.to_owned(),
            name: format!("Better for children in {slug}"),
            authority_id: authority.id,
            is_public,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        })
        .await;
        let colours = [
            ("ON_TRACK", "Green", "#00703c"),
            ("AT_RISK", "Amber", "#f47738"),
            ("OFF_TRACK", "Red", "#d4351c"),
            ("DONE", "Blue", "#1d70b8"),
        ];
        for (health, label, colour) in colours {
            self.part(rating::Model {
                programme_id: self.programme,
                health: health.to_owned(),
                label: label.to_owned(),
                colour: colour.to_owned(),
                meaning: None,
            })
            .await;
        }
    }

    /// A public body.
    pub async fn organisation(&mut self, name: &str, kind: &str) -> party::Model {
        let id = Uuid::now_v7();
        let row = party::Model {
            organisation_kind: Some(kind.to_owned()),
            organisation_id: Some(id),
            ..self.party(id, "ORGANISATION", Some(name))
        };
        self.add(row).await
    }

    /// A post holder, employed by an organisation.
    pub async fn person(&mut self, post: &str, employer: &party::Model) -> party::Model {
        let row = party::Model {
            programme_id: Some(self.programme),
            post: Some(post.to_owned()),
            organisation_id: Some(employer.id),
            ..self.party(Uuid::now_v7(), "PERSON", None)
        };
        self.add(row).await
    }

    /// A group with its members; `host` is the organisation that it belongs to, if it does.
    pub async fn group(
        &mut self,
        name: &str,
        host: Option<&party::Model>,
        people: &[&party::Model],
    ) -> party::Model {
        let row = party::Model {
            programme_id: Some(self.programme),
            group_kind: Some("SUB_GROUP".to_owned()),
            organisation_id: host.map(|host| host.id),
            ..self.party(Uuid::now_v7(), "GROUP", Some(name))
        };
        let group = self.add(row).await;
        for person in people {
            let (group_id, person_id) = (group.id, person.id);
            self.part(group_member::Model { programme_id: self.programme, group_id, person_id }).await;
        }
        group
    }

    fn party(&self, id: Uuid, kind: &str, name: Option<&str>) -> party::Model {
        party::Model {
            id,
            programme_id: None,
            kind: kind.to_owned(),
            name: name.map(str::to_owned),
            post: None,
            group_kind: None,
            organisation_kind: None,
            organisation_id: None,
            from_on: None,
            until_on: None,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        }
    }

    /// A membership.
    pub async fn member(
        &mut self,
        subject: &str,
        role: &str,
        change: impl FnOnce(&mut membership::Model),
    ) -> membership::Model {
        let mut row = membership::Model {
            id: Uuid::now_v7(),
            programme_id: (role != "ADMIN").then_some(self.programme),
            subject: subject.to_owned(),
            role: role.to_owned(),
            organisation_id: None,
            person_id: None,
            is_chair: false,
            is_programme_office: false,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// An endpoint of webhooks that is not told of anything.
    pub async fn endpoint(&mut self, organisation: &party::Model) -> webhook_endpoint::Model {
        self.add(webhook_endpoint::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            organisation_id: organisation.id,
            membership_id: Uuid::now_v7(),
            url: "https://partner.example/hooks".to_owned(),
            host: "partner.example".to_owned(),
            description: Some("Case system".to_owned()),
            event_types: "action.updated evidence.created".to_owned(),
            query: None,
            status: "DISABLED".to_owned(),
            disabled_reason: Some("BY_HAND".to_owned()),
            disabled_at: Some(minute(0)),
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        })
        .await
    }

    /// A source, issued and published on one day unless changed.
    pub async fn source(
        &mut self,
        kind: &str,
        title: &str,
        issued_on: &str,
        change: impl FnOnce(&mut source::Model),
    ) -> source::Model {
        let mut row = source::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            kind: kind.to_owned(),
            title: title.to_owned(),
            issued_on: Some(day(issued_on)),
            published_on: Some(day(issued_on)),
            issuer_id: None,
            position: self.record.sources.len() as i32 + 1,
            framework: (kind == "INSPECTION").then(|| "SIF".to_owned()),
            started_on: None,
            ended_on: None,
            supersedes_id: None,
            lifted_on: None,
            review_kind: (kind == "REVIEW").then(|| "PEER_REVIEW".to_owned()),
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// A recommendation, or a term of a direction.
    pub async fn requirement(
        &mut self,
        source: &source::Model,
        reference: &str,
        text: &str,
        change: impl FnOnce(&mut requirement::Model),
    ) -> requirement::Model {
        let position = self.record.requirements.iter().filter(|row| row.source_id == source.id).count();
        let kind = if source.kind == "DIRECTION" { "DIRECTION_TERM" } else { "RECOMMENDATION" };
        let at = minute((position as i64 * 7) % 3);
        let mut row = requirement::Model {
            reference: reference.to_owned(),
            is_reference_printed: !reference.starts_with('('),
            reference_sort: domain::reference::sort_key(reference),
            text: text.to_owned(),
            position: position as i32 + 1,
            ..requirement::Model::begun(self.programme, source.id, kind, at)
        };
        change(&mut row);
        self.add(row).await
    }

    /// Which requirements each comes down to. Call it once all requirements of the programme are there.
    pub async fn leaves(&mut self) {
        let all: Vec<_> =
            self.record.requirements.iter().filter(|row| row.programme_id == self.programme).collect();
        let mut rows = Vec::new();
        for leaf in &all {
            if all.iter().any(|other| other.parent_id == Some(leaf.id)) {
                continue;
            }
            let mut ancestor = Some(leaf.id);
            while let Some(ancestor_id) = ancestor {
                rows.push(requirement_leaf::Model {
                    programme_id: self.programme,
                    ancestor_id,
                    leaf_id: leaf.id,
                });
                ancestor = all.iter().find(|other| other.id == ancestor_id).and_then(|other| other.parent_id);
            }
        }
        self.cx.derive_leaves(rows).await.unwrap();
    }

    /// A plan that has been through every status before its own.
    pub async fn plan(
        &mut self,
        title: &str,
        status: &str,
        owner: &party::Model,
        change: impl FnOnce(&mut plan::Model),
    ) -> plan::Model {
        let life = ["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"];
        let reached = life.iter().position(|of| *of == status).unwrap();
        let since = |at: usize, on: &str| (reached >= at).then(|| day(on));
        let mut row = plan::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            title: title.to_owned(),
            status: status.to_owned(),
            owner_id: owner.id,
            start_on: Some(day("2018-09-01")),
            end_on: None,
            predecessor_id: None,
            update_every_days: 42,
            strands_required: 2,
            considered_on: since(1, "2018-09-10"),
            agreed_on: since(2, "2018-10-01"),
            published_on: since(3, "2018-10-08"),
            closed_on: since(4, "2018-10-31"),
            import_digest: None,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        };
        change(&mut row);
        self.add(row).await
    }

    /// A heading of a plan.
    pub async fn theme(
        &mut self,
        plan: &plan::Model,
        parent: Option<&theme::Model>,
        name: &str,
    ) -> theme::Model {
        let position = self.record.themes.iter().filter(|row| row.plan_id == plan.id).count();
        self.add(theme::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            plan_id: plan.id,
            parent_id: parent.map(|parent| parent.id),
            name: name.to_owned(),
            position: position as i32 + 1,
            version: 1,
            created_at: minute(0),
            updated_at: minute(0),
        })
        .await
    }

    /// An action in progress, due on no day, unless changed.
    pub async fn action(
        &mut self,
        plan: &plan::Model,
        reference: &str,
        change: impl FnOnce(&mut action::Model),
    ) -> action::Model {
        let position = self.record.actions.iter().filter(|row| row.plan_id == plan.id).count();
        let mut row = action(plan, reference, position as i32 + 1);
        change(&mut row);
        self.add(row).await
    }
}

/// An action in progress, due on no day. Times of making are spread so that some are the same.
pub fn action(plan: &plan::Model, reference: &str, position: i32) -> action::Model {
    let at = minute((i64::from(position) * 5) % 4);
    action::Model {
        reference: reference.to_owned(),
        reference_sort: domain::reference::sort_key(reference),
        position,
        aim: format!("Children are better off by {reference}"),
        status: "IN_PROGRESS".to_owned(),
        ..action::Model::begun(plan.programme_id, plan.id, at)
    }
}

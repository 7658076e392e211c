//! A plan comes in from a document.

use domain::document::DocumentKind;
use entity::{plan, programme, requirement};
use import::plan::{
    Answers, Document, GivenAnswer, GivenLink, Understanding, apply_given, given, understand,
};
use sea_orm::{ColumnTrait, Condition, DbErr};
use serde::Deserialize;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::document::{document, importer, origin};
use super::refuse::{not_added, questions_open, wrong};
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::load_programme::{Table, add_plan, plan_digest, table_digest};
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};
use crate::store::db::joined;

/// A plan comes in from a document.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PlanImport {
    programme_id: GlobalId,
    upload_id: GlobalId,
    title: String,
    #[serde(default)]
    answers: Option<Vec<GivenAnswer>>,
    #[serde(default)]
    links: Option<Vec<GivenLink>>,
    #[serde(default)]
    dry_run: Option<bool>,
}

impl Command for PlanImport {
    const OPERATION: Operation = Operation::PlanImport;
    const ABOUT: &'static str = "Makes a draft plan of a document that was sent and read, with the answers to its questions: all of it, \
         or nothing. The same document again with the same title and answers gives the same plan.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("plan", "Plan"), ("sourceDocument", "SourceDocument")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let programme: programme::Model = work.find(&self.programme_id, "programmeId").await?;
        let document = document(&self.upload_id, DocumentKind::Plan, work).await?;
        let (answers, links) = (self.answers.unwrap_or_default(), self.links.unwrap_or_default());
        let linked: Vec<GlobalId> = links.iter().map(|link| GlobalId(link.requirement_id.clone())).collect();
        let place = |at: usize| format!("links.{at}.requirementId");
        work.find_each::<requirement::Model>(&linked, place).await?;

        let said = serde_json::to_vec(&(&answers, &links)).map_err(|fault| Refusal::Write(fault.into()))?;
        let digest = table_digest(document.upload.sha256.as_bytes(), &said);
        let known = plan_digest(&self.title, &digest);
        if work.cx.was_imported(programme.id, &known).await? {
            return as_before(&self.title, &digest, work).await;
        }
        document.can_be_kept(work)?;
        let answers = given(answers, links).map_err(wrong)?;
        let understanding = understood(document.result, answers).await?;
        questions_open(&understanding)?;
        let table = Table { understanding, digest };
        let added = add_plan(&mut work.cx, &programme, &self.title, table).await;
        let added = added.map_err(|error| not_added(error, &self.title))?;
        let kept = work.cx.keep_document(&document.upload, DocumentKind::Plan, importer(work)).await?;
        work.cx.came_from(&kept, added.places).await?;
        work.cx.remember_import(programme.id, &known).await?;
        Ok(Done::with("plan", added.plan).and("sourceDocument", kept.id))
    }
}

/// What a document says, with the answers.
async fn understood(document: String, answers: Answers) -> Result<Understanding, Refusal> {
    // Off the threads that answer requests, but not `aside`: the programme's other changes wait for it.
    let understood = joined(spawn_blocking(move || {
        let document: Document = serde_json::from_str(&document)?;
        Ok::<_, serde_json::Error>(apply_given(&understand(&document), &answers))
    }));
    // What cannot be read is not the user's to mend: it was read once.
    let understood =
        understood.await.map_err(|fault| Refusal::Write(DbErr::Json(fault.to_string()).into()))?;
    understood.map_err(wrong)
}

/// The plan that the same document has become before.
async fn as_before(title: &str, digest: &str, work: &Work) -> Result<Done, Refusal> {
    let same = Condition::all()
        .add(plan::Column::ProgrammeId.eq(work.programme()?))
        .add(plan::Column::ImportDigest.eq(digest));
    let plans = work.cx.rows::<plan::Entity>(same).await?;
    // The title may have been changed since.
    let is_called_so = |plan: &&plan::Model| plan.title == title;
    let plan = plans.iter().find(is_called_so).or(plans.first());
    let plan: Uuid = plan.map(|plan| plan.id).ok_or_else(|| {
        UserError::invalid("uploadId", "This was imported already, and its plan is no longer there.")
    })?;
    let done = Done::with("plan", plan);
    Ok(match origin(plan, work).await? {
        Some(document) => done.and("sourceDocument", document),
        None => done,
    })
}

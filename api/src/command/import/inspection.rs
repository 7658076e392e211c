//! An inspection comes in from its report.

use domain::document::DocumentKind;
use entity::programme;
use import::inspection::Report;
use sea_orm::DbErr;
use serde::Deserialize;
use uuid::Uuid;

use super::document::{UPLOAD, document, importer, origin};
use super::refuse::sentence;
use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::load_report::{Accept, LoadReportError, inspection_of, write_report};
use crate::command::refusal::{ErrorCode, Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// An inspection comes in from its report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct InspectionImport {
    programme_id: GlobalId,
    upload_id: GlobalId,
    #[serde(default)]
    is_authority_ours: Option<bool>,
    #[serde(default)]
    has_no_recommendations: Option<bool>,
    #[serde(default)]
    dry_run: Option<bool>,
}

impl Command for InspectionImport {
    const OPERATION: Operation = Operation::InspectionImport;
    const ABOUT: &'static str = "Makes an inspection, with its judgements and recommendations, of a report that was sent and read: all of it, \
         or nothing. The same report again gives the same inspection.";
    const PAYLOAD: &'static [(&'static str, &'static str)] =
        &[("inspection", "Inspection"), ("sourceDocument", "SourceDocument")];

    fn target(&self) -> Target {
        Target::whole(&["Programme"], "programmeId", &self.programme_id)
    }

    fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or_default()
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let programme: programme::Model = work.find(&self.programme_id, "programmeId").await?;
        let document = document(&self.upload_id, DocumentKind::InspectionReport, work).await?;
        let report: Report = serde_json::from_str(&document.result)
            .map_err(|fault| Refusal::Write(DbErr::Json(fault.to_string()).into()))?;
        // The file is known again by what came, whatever the process says that read it.
        let report = Report { sha256: document.upload.sha256.clone(), ..report };
        let accept = Accept {
            authority: self.is_authority_ours.unwrap_or_default(),
            no_recommendations: self.has_no_recommendations.unwrap_or_default(),
        };
        let Some(made) = write_report(&mut work.cx, programme.id, &report, accept).await.map_err(not_made)?
        else {
            return as_before(&report, programme.id, work).await;
        };
        document.can_be_kept(work)?;
        let kind = DocumentKind::InspectionReport;
        let kept = work.cx.keep_document(&document.upload, kind, importer(work)).await?;
        work.cx.came_from(&kept, made.places()).await?;
        Ok(Done::with("inspection", made.inspection).and("sourceDocument", kept.id))
    }
}

/// The inspection that the same report has become before.
async fn as_before(report: &Report, programme: Uuid, work: &Work) -> Result<Done, Refusal> {
    let inspection = inspection_of(&work.cx, programme, report).await?;
    let inspection = inspection.ok_or_else(|| {
        let message = "This report was imported already, and its inspection was changed since: look for it among the programme's sources.";
        UserError::invalid(UPLOAD, message)
    })?;
    let done = Done::with("inspection", inspection);
    Ok(match origin(inspection, work).await? {
        Some(document) => done.and("sourceDocument", document),
        None => done,
    })
}

/// Why a report was not taken up.
fn not_made(error: LoadReportError) -> Refusal {
    let why = sentence(&error.to_string());
    match error {
        LoadReportError::Write(fault) => fault.into(),
        LoadReportError::OtherAuthority { .. } => UserError::invalid("isAuthorityOurs", why).into(),
        LoadReportError::NoSection => UserError::invalid("hasNoRecommendations", why).into(),
        LoadReportError::Personal { .. } => {
            UserError::new(ErrorCode::PersonalDataSuspected, UPLOAD, why).into()
        }
        _ => UserError::invalid(UPLOAD, why).into(),
    }
}

//! Grades as counts: what is given, whether it can be, and what of it partners are shown.

use std::collections::HashSet;

use domain::audit::{AuditRater, GradeCounts, GradesProblem, check_grades, shown};
use entity::{audit, audit_grades};
use serde::Deserialize;

use crate::command::refusal::UserError;

/// How many got which grade, as somebody gives it.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::command) struct Given {
    pub rater: AuditRater,
    #[serde(default)]
    pub outstanding: Option<i64>,
    #[serde(default)]
    pub good: Option<i64>,
    #[serde(default)]
    pub requires_improvement: Option<i64>,
    #[serde(default)]
    pub inadequate: Option<i64>,
}

impl Given {
    fn counts(&self) -> [Option<i64>; 4] {
        [self.outstanding, self.good, self.requires_improvement, self.inadequate]
    }
}

/// The grades of one rater as they are kept.
///
/// # Errors
/// They cannot be those of the audit's sample. `path` is the field that holds them.
pub(in crate::command) fn row(
    audit: &audit::Model,
    given: Given,
    path: &str,
) -> Result<audit_grades::Model, UserError> {
    check_grades(audit.sample_size.map(Into::into), &given.counts()).map_err(|problem| {
        let field = if matches!(problem, GradesProblem::Sample | GradesProblem::NoSample) {
            "sampleSize"
        } else {
            path
        };
        UserError::invalid(field, problem.to_string())
    })?;
    // They have been found to be whole numbers of 32 bits.
    let [outstanding, good, requires_improvement, inadequate] =
        given.counts().map(|count| count.and_then(|count| i32::try_from(count).ok()));
    Ok(audit_grades::Model {
        programme_id: audit.programme_id,
        audit_id: audit.id,
        rater: given.rater.as_str().to_owned(),
        outstanding,
        good,
        requires_improvement,
        inadequate,
    })
}

/// The grades that came with the audit: once for each rater, and none of a moderation, which has an act of its own.
///
/// # Errors
/// Everything that is wrong with them.
pub(super) fn rows(
    audit: &audit::Model,
    given: &[Given],
) -> Result<Vec<audit_grades::Model>, Vec<UserError>> {
    let (mut seen, mut rows, mut errors) = (HashSet::new(), Vec::new(), Vec::new());
    for (place, given) in given.iter().enumerate() {
        let path = format!("grades.{place}");
        if given.rater == AuditRater::Moderated {
            let message = "Moderated grades are recorded with the moderation: use auditModerate.";
            errors.push(UserError::invalid(&format!("{path}.rater"), message));
        } else if !seen.insert(given.rater) {
            errors.push(UserError::invalid(&path, "This rater stands here before: give its grades once."));
        } else {
            match row(audit, *given, &path) {
                Ok(row) => rows.push(row),
                Err(error) => errors.push(error),
            }
        }
    }
    crate::command::refusal::all_well(errors)?;
    Ok(rows)
}

/// The grades that there are, put to another sample.
///
/// # Errors
/// They come to more than it.
pub(super) fn check_kept(audit: &audit::Model, rows: &[audit_grades::Model]) -> Result<(), UserError> {
    let sample = audit.sample_size.map(Into::into);
    rows.iter().try_for_each(|row| {
        check_grades(sample, &counts(row))
            .map_err(|problem| UserError::invalid("sampleSize", problem.to_string()))
    })
}

fn counts(row: &audit_grades::Model) -> [Option<i64>; 4] {
    [row.outstanding, row.good, row.requires_improvement, row.inadequate].map(|count| count.map(Into::into))
}

/// The audit with what partners are shown of its figures.
pub(in crate::command) fn with_shown(audit: audit::Model, rows: &[audit_grades::Model]) -> audit::Model {
    let of =
        |row: &audit_grades::Model| Some(GradeCounts { rater: row.rater.parse().ok()?, counts: counts(row) });
    let grades: Vec<GradeCounts> = rows.iter().filter_map(of).collect();
    let shown = shown(audit.sample_size.map(Into::into), &grades);
    audit::Model { is_sample_shown: shown.sample, are_grades_shown: shown.grades, ..audit }
}

//! The links that a dry run suggests, where the programme's requirements can be had. A dry run needs no database: without one it
//! says that nothing was suggested, and why.

use ::import::plan::{Demand, Suggestion, Understanding, report_suggestions, suggest};
use chrono::NaiveDate;
use serde::Serialize;

use super::{CliError, DatabaseArgs, database};
use crate::store::db::DbError;
use crate::store::demands::demands;
use crate::store::ledger::ledgers;

/// What a plan's table suggests.
pub(super) enum Suggested {
    /// These links, of these requirements.
    Links(Vec<Suggestion>, Vec<Demand>),
    /// None could be looked for.
    NotAsked(String),
}

/// A dry run as it is printed for programs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    #[serde(flatten)]
    understanding: &'a Understanding,
    suggestions: Option<&'a [Suggestion]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why_no_suggestions: Option<&'a str>,
}

impl Suggested {
    /// Compares what was understood with what the programme is asked on this day.
    pub(super) async fn of(
        understanding: &Understanding,
        programme: Option<&str>,
        database: &DatabaseArgs,
        today: NaiveDate,
    ) -> Self {
        let Some(slug) = programme else {
            return Self::NotAsked("name the programme with --programme SLUG".to_owned());
        };
        match asked(slug, database, today).await {
            Ok(demands) => Self::Links(suggest(understanding, &demands), demands),
            Err(why) => Self::NotAsked(why.to_string()),
        }
    }

    /// As text, to follow the report.
    pub(super) fn report(&self, understanding: &Understanding) -> String {
        match self {
            Self::Links(suggestions, demands) => report_suggestions(understanding, suggestions, demands),
            Self::NotAsked(why) => {
                format!("\nLinks suggested\n  Not looked for, without the programme's requirements: {why}\n")
            }
        }
    }

    /// With what was understood, as JSON.
    pub(super) fn json(&self, understanding: &Understanding) -> Result<String, CliError> {
        let (suggestions, why_no_suggestions) = match self {
            Self::Links(suggestions, _) => (Some(suggestions.as_slice()), None),
            Self::NotAsked(why) => (None, Some(why.as_str())),
        };
        serde_json::to_string_pretty(&Printed { understanding, suggestions, why_no_suggestions })
            .map_err(|error| CliError::failed(format!("the dry run cannot be printed: {error}")))
    }
}

/// What the programme of this slug is asked.
async fn asked(slug: &str, database: &DatabaseArgs, today: NaiveDate) -> Result<Vec<Demand>, CliError> {
    let db = database::connect_current(&database.url()?).await?;
    let found = ledgers(&db, Some(slug)).await.map_err(DbError::from)?;
    let Some((_, programme)) = found.first() else {
        return Err(CliError::failed(format!("there is no programme {slug:?} in {}", db.place())));
    };
    Ok(demands(&db, *programme, today).await.map_err(DbError::from)?)
}

//! The programme file: a programme with its organisations, people, sources, plans and what happened so far, as TOML
//! that people write. `docs/programme-file.md` describes the format for those who write it.
//!
//! Everything refers to everything else by short local keys (`police`, `phase-2`) and by printed references
//! (`2.b.iii`). [`parse`] and [`read`] return a file only when every such reference leads somewhere and every rule of
//! the format holds; what they cannot know, because it stands in a plan's own table or in a programme that exists
//! already, they leave to the loader.

mod audits;
mod board;
mod check;
mod day;
mod error;
mod measures;
mod plans;
mod progress;
mod sources;
mod voice;
mod who;
mod words;

pub use audits::{Audit, AuditFinding, AuditGrades, Moderation, Recheck};
pub use board::Challenge;
pub use error::{Problem, ProgrammeFileError};
pub use measures::{Baseline, Benchmark, Measure, Reading, Target};
pub use plans::{Action, ActionRef, Link, Plan, RequirementRef, Step, Theme, UnspecifiedDirection};
pub use progress::{Evidence, EvidenceReview, Judged, Progress, StepProgress, Update};
pub use sources::{
    Direction, Duty, Finding, Inspection, Judgement, Recommendation, Response, Review, Term,
    reference_or_place,
};
pub use voice::Feedback;
pub use who::{Group, Identifier, Member, Organisation, Person, Programme, Rating};
pub use words::*;

use serde::Deserialize;

/// A whole programme file, the files it includes joined in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProgrammeFile {
    /// Names of files beside this one that belong to it; empty once they are joined in.
    #[serde(default)]
    pub include: Vec<String>,
    /// The programme to create; a file has this or `adds_to`.
    pub programme: Option<Programme>,
    /// Slug of the programme, already there, to which the file adds.
    pub adds_to: Option<String>,
    /// Organisations.
    #[serde(default, rename = "organisation")]
    pub organisations: Vec<Organisation>,
    /// People.
    #[serde(default, rename = "person")]
    pub people: Vec<Person>,
    /// Groups.
    #[serde(default, rename = "group")]
    pub groups: Vec<Group>,
    /// Members.
    #[serde(default, rename = "member")]
    pub members: Vec<Member>,
    /// Labels and colours for health.
    #[serde(default, rename = "rating")]
    pub ratings: Vec<Rating>,
    /// Inspections.
    #[serde(default, rename = "inspection")]
    pub inspections: Vec<Inspection>,
    /// Directions.
    #[serde(default, rename = "direction")]
    pub directions: Vec<Direction>,
    /// Reviews.
    #[serde(default, rename = "review")]
    pub reviews: Vec<Review>,
    /// Plans.
    #[serde(default, rename = "plan")]
    pub plans: Vec<Plan>,
    /// Progress of actions.
    #[serde(default)]
    pub progress: Vec<Progress>,
    /// Evidence.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    /// Measures.
    #[serde(default, rename = "measure")]
    pub measures: Vec<Measure>,
    /// What people said.
    #[serde(default)]
    pub feedback: Vec<Feedback>,
    /// Audits.
    #[serde(default, rename = "audit")]
    pub audits: Vec<Audit>,
    /// What the board asked.
    #[serde(default, rename = "challenge")]
    pub challenges: Vec<Challenge>,
}

impl ProgrammeFile {
    /// Slug of the programme that the file creates or adds to. A file that was read has one.
    pub fn slug(&self) -> &str {
        self.programme
            .as_ref()
            .map(|programme| programme.slug.as_str())
            .or(self.adds_to.as_deref())
            .unwrap_or("")
    }

    /// The file, where every rule of the format holds.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn checked(self) -> Result<Self, ProgrammeFileError> {
        let problems = check::check(&self);
        if problems.is_empty() { Ok(self) } else { Err(ProgrammeFileError::Invalid(problems)) }
    }

    /// Takes in the tables of an included file.
    fn join(&mut self, part: ProgrammeFile) {
        self.organisations.extend(part.organisations);
        self.people.extend(part.people);
        self.groups.extend(part.groups);
        self.members.extend(part.members);
        self.ratings.extend(part.ratings);
        self.inspections.extend(part.inspections);
        self.directions.extend(part.directions);
        self.reviews.extend(part.reviews);
        self.plans.extend(part.plans);
        self.progress.extend(part.progress);
        self.evidence.extend(part.evidence);
        self.measures.extend(part.measures);
        self.feedback.extend(part.feedback);
        self.audits.extend(part.audits);
        self.challenges.extend(part.challenges);
    }
}

/// Reads and checks a programme file that stands alone.
///
/// # Errors
/// When it is no TOML, has something the format does not know, breaks a rule, or includes other files.
pub fn parse(text: &str) -> Result<ProgrammeFile, ProgrammeFileError> {
    read("programme file", text, |_| Err("included files are not available here".to_owned()))
}

/// Reads and checks a programme file with the files that it includes. `open` returns the text of a file beside it;
/// it is asked for plain names only, never for a path.
///
/// # Errors
/// As [`parse`]; and when an included file cannot be had.
pub fn read(
    name: &str,
    text: &str,
    mut open: impl FnMut(&str) -> Result<String, String>,
) -> Result<ProgrammeFile, ProgrammeFileError> {
    let mut whole = shape(name, text)?;
    for included in std::mem::take(&mut whole.include) {
        let refuse = |message: String| ProgrammeFileError::Include {
            file: name.to_owned(),
            included: included.clone(),
            message,
        };
        if !check::is_plain_name(&included) {
            return Err(refuse("name a file in the same folder, without a path".to_owned()));
        }
        let part = shape(&included, &open(&included).map_err(refuse)?)?;
        if part.programme.is_some() || part.adds_to.is_some() || !part.include.is_empty() {
            return Err(refuse(
                "an included file has no `programme`, `adds_to` or `include` of its own; remove them"
                    .to_owned(),
            ));
        }
        whole.join(part);
    }
    whole.checked()
}

/// The text as values: everything that needs no look at another entry.
fn shape(name: &str, text: &str) -> Result<ProgrammeFile, ProgrammeFileError> {
    let unreadable = |error: toml::de::Error| ProgrammeFileError::Unreadable {
        file: name.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    };
    let table: toml::Table = toml::from_str(text).map_err(unreadable)?;
    let problems = check::texts(&table);
    if !problems.is_empty() {
        return Err(ProgrammeFileError::Invalid(problems));
    }
    toml::from_str(text).map_err(unreadable)
}

#[cfg(test)]
mod tests;

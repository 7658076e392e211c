//! The programme's own names and colours for health.

use domain::Health;
use entity::{programme, rating};
use sea_orm::ColumnTrait;
use serde::Deserialize;

use crate::authz::operation::Operation;
use crate::command::input::GlobalId;
use crate::command::refusal::{Refusal, UserError};
use crate::command::{Command, Done, Target, Work};

/// The scheme is set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct RatingSchemeSet {
    programme_id: GlobalId,
    expected_version: i32,
    ratings: Vec<RatingInput>,
}

/// What the programme calls one health.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RatingInput {
    health: Health,
    label: String,
    colour: String,
    #[serde(default)]
    meaning: Option<String>,
}

impl Command for RatingSchemeSet {
    const OPERATION: Operation = Operation::RatingSchemeSet;
    const ABOUT: &'static str = "Sets a programme's own names and colours for health. They change no rule.";
    const PAYLOAD: &'static [(&'static str, &'static str)] = &[("programme", "Programme")];

    fn target(&self) -> Target {
        Target::existing_at(&["Programme"], "programmeId", &self.programme_id, self.expected_version)
    }

    async fn run(self, work: &mut Work) -> Result<Done, Refusal> {
        let errors = errors(&self.ratings);
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let programme: programme::Model = work.find(&self.programme_id, "programmeId").await?;
        let programme_id = programme.id;
        let old = work.cx.rows::<rating::Entity>(rating::Column::ProgrammeId.eq(programme_id)).await?;
        let of = |given: RatingInput| rating::Model {
            programme_id,
            health: given.health.as_str().to_owned(),
            label: given.label,
            colour: given.colour.to_ascii_lowercase(),
            meaning: given.meaning,
        };
        let new: Vec<_> = self.ratings.into_iter().map(of).filter(|rating| !old.contains(rating)).collect();
        if !new.is_empty() {
            work.cx.touch(&programme).await?;
            for before in old.iter().filter(|before| new.iter().any(|rating| rating.health == before.health))
            {
                work.cx.detach(before).await?;
            }
            work.cx.attach_all(new).await?;
        }
        Ok(Done::with("programme", programme_id))
    }
}

/// Everything that is wrong with a scheme.
fn errors(ratings: &[RatingInput]) -> Vec<UserError> {
    let mut errors = Vec::new();
    for health in Health::ALL {
        if ratings.iter().filter(|rating| rating.health == *health).count() != 1 {
            let message = format!(
                "Give exactly one rating for each of the four healths: {health} has none or several."
            );
            errors.push(UserError::invalid("ratings", message));
        }
    }
    for (place, rating) in ratings.iter().enumerate() {
        let digits = rating.colour.strip_prefix('#').unwrap_or_default();
        if digits.len() != 6 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            let message = "A colour is written with six hexadecimal digits: #d4351c.";
            errors.push(UserError::invalid(&format!("ratings.{place}.colour"), message));
        }
    }
    errors
}

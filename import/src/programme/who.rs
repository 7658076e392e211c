//! Who takes part: organisations, people, groups, members, and the programme's words for health.

use super::day;
use super::words::{GroupKind, Health, OrganisationKind, Role};
use chrono::NaiveDate;
use serde::Deserialize;

/// `[programme]`: one authority's improvement programme. A file that has it creates the programme.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// Short name in addresses: lower-case letters, digits and hyphens. Unique in the deployment.
    pub slug: String,
    /// Full name.
    pub name: String,
    /// Key of the council whose programme it is.
    pub authority: String,
    /// Whether published plans are open to people without a membership.
    #[serde(default)]
    pub public: bool,
}

/// `[[organisation]]`: shared by all programmes of a deployment, found again by an identifier or its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Short local name by which the rest of the file refers to it. People, groups and organisations share one list.
    pub key: String,
    /// Full name.
    pub name: String,
    /// What kind of body it is.
    pub kind: OrganisationKind,
    /// Other words by which the plans' own tables name it, e.g. `CCG`; used only to read those tables.
    #[serde(default)]
    pub also_called: Vec<String>,
    /// Numbers and codes given to it by others.
    #[serde(default)]
    pub identifiers: Vec<Identifier>,
    /// First day, where it did not always exist.
    #[serde(default, with = "day::optional")]
    pub from: Option<NaiveDate>,
    /// Last day, where it no longer exists.
    #[serde(default, with = "day::optional")]
    pub until: Option<NaiveDate>,
}

/// An identifier given by somebody else, e.g. scheme `ODS`, value `14Y`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// Who gives it out.
    pub scheme: String,
    /// The identifier.
    pub value: String,
}

/// `[[person]]`: the holder of a post. A name, a post or both; a published file should name posts only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Short local name.
    pub key: String,
    /// The person's name.
    pub name: Option<String>,
    /// The post held.
    pub post: Option<String>,
    /// Other words by which the plans' own tables name it, e.g. `CCG`; used only to read those tables.
    #[serde(default)]
    pub also_called: Vec<String>,
    /// Key of the employer.
    pub organisation: Option<String>,
    /// First day in the post.
    #[serde(default, with = "day::optional")]
    pub from: Option<NaiveDate>,
    /// Last day in the post.
    #[serde(default, with = "day::optional")]
    pub until: Option<NaiveDate>,
}

/// `[[group]]`: a board, team or committee.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Short local name.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Other words by which the plans' own tables name it, e.g. `CCG`; used only to read those tables.
    #[serde(default)]
    pub also_called: Vec<String>,
    /// What kind of group it is.
    pub kind: GroupKind,
    /// Key of the organisation that hosts it; none for a partnership's own.
    pub organisation: Option<String>,
    /// Keys of the people who sit on it.
    #[serde(default)]
    pub people: Vec<String>,
    /// First day.
    #[serde(default, with = "day::optional")]
    pub from: Option<NaiveDate>,
    /// Last day.
    #[serde(default, with = "day::optional")]
    pub until: Option<NaiveDate>,
}

/// `[[member]]`: who may sign in, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The subject of the access token.
    pub subject: String,
    /// The role. ADMIN is a role of the deployment, not of the programme.
    pub role: Role,
    /// Key of the organisation for which the member acts; a PARTNER must have one.
    pub organisation: Option<String>,
    /// Key of the person.
    pub person: Option<String>,
    /// Whether a BOARD member chairs the board.
    #[serde(default)]
    pub chair: bool,
    /// Whether an OFFICER belongs to the programme office.
    #[serde(default)]
    pub programme_office: bool,
}

/// `[[rating]]`: the programme's own label and colour for a health. What is left out keeps the default.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// Which health.
    pub health: Health,
    /// What the programme calls it.
    pub label: String,
    /// `#rrggbb`.
    pub colour: String,
    /// What it means to the programme.
    pub meaning: Option<String>,
}

//! Links that a person has decided: a row answers the requirement of this id, whether it was suggested or not.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::answers::AnswerError;
use super::model::{RequirementKind, RequirementLink, Row, Understanding};
use super::text::has_substance;
use crate::personal;

/// One decided link: a `[[link]]` of the answers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The row's reference as the report shows it.
    pub row: Option<String>,
    /// The row's place as `table/row`.
    pub place: Option<String>,
    /// The requirement's id.
    pub requirement: String,
    /// What the link is limited to.
    pub qualifier: Option<String>,
}

/// Makes the links in `result`, which has the rows of `before`, in their order, after the answers; `dropped` are those that an
/// answer has left out.
pub(super) fn apply(
    before: &Understanding,
    result: &mut Understanding,
    dropped: &BTreeSet<usize>,
    links: &[Link],
) -> Result<(), AnswerError> {
    let mut made: BTreeSet<(usize, &str)> = BTreeSet::new();
    for (at, link) in links.iter().enumerate() {
        let bad = |why: String| AnswerError::BadLink { link: at + 1, why };
        let row = find_row(before, result, link).map_err(bad)?;
        if dropped.contains(&row) {
            return Err(bad(format!("{} is dropped by an answer; take one of them out", named(link))));
        }
        let kind = kind(&link.requirement).ok_or_else(|| {
            bad(format!(
                "\"{}\" is no requirement's id; give one as a suggestion does: \"rec_\" for a recommendation or \"trm_\" for a \
                 term, and 32 of 0 to 9 and a to f",
                personal::excerpt(&link.requirement)
            ))
        })?;
        if let Some(kind) = link.qualifier.as_deref().and_then(domain::personal::find) {
            return Err(bad(format!(
                "the qualifier holds {}; give it without: nobody may be identifiable here",
                kind.name()
            )));
        }
        if link.qualifier.as_deref().is_some_and(|qualifier| !has_substance(qualifier)) {
            return Err(bad(
                "the qualifier must not be empty; leave it out where the link has none".to_owned()
            ));
        }
        if !made.insert((row, link.requirement.as_str())) {
            return Err(bad(format!("{} is linked to {} twice", named(link), link.requirement)));
        }
        result.rows[row].requirements.push(RequirementLink {
            reference: String::new(),
            id: Some(link.requirement.clone()),
            qualifier: link.qualifier.as_deref().map(|qualifier| qualifier.trim().to_owned()),
            kind,
        });
    }
    Ok(())
}

/// What the id is of; none where it has not the form of a requirement's. Whether there is such a one only the programme knows.
fn kind(id: &str) -> Option<RequirementKind> {
    let (kind, digits) = id.split_once('_')?;
    let is_form = digits.len() == 32 && digits.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
    match kind {
        "rec" if is_form => Some(RequirementKind::Recommendation),
        "trm" if is_form => Some(RequirementKind::DirectionTerm),
        _ => None,
    }
}

/// The one row that is meant. It may be named as it was read, or as an answer has numbered it: the suggestions are made after
/// the answers.
fn find_row(before: &Understanding, after: &Understanding, link: &Link) -> Result<usize, String> {
    if link.row.is_none() && link.place.is_none() {
        return Err("it names no row; give row = \"<reference>\" or place = \"table/row\"".to_owned());
    }
    let is_it = |row: &Row| {
        link.row.as_ref().is_none_or(|name| row.reference.as_ref() == Some(name))
            && link
                .place
                .as_ref()
                .is_none_or(|place| *place == format!("{}/{}", row.place.table, row.place.row))
    };
    let both = before.rows.iter().zip(&after.rows).enumerate();
    let found: Vec<usize> =
        both.filter(|(_, (before, after))| is_it(before) || is_it(after)).map(|(at, _)| at).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(format!(
            "there is no {}; rows are named by the reference or the place that the report shows",
            named(link)
        )),
        _ => Err(format!("{} could be several rows; give place = \"table/row\" as well", named(link))),
    }
}

/// What the link calls its row.
fn named(link: &Link) -> String {
    let parts = [
        link.row.as_ref().map(|row| format!("row {}", personal::excerpt(row))),
        link.place.as_ref().map(|place| format!("row at {}", personal::excerpt(place))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

//! What was asked: inspections, directions and reviews, with all that they say.

use chrono::NaiveDate;
use domain::dates::months_after;
use domain::reference::sort_key;
use domain::tree::leaves;
use entity::{duty, finding, judgement, requirement, requirement_leaf, source};
use import::programme::{Direction, Duty, Inspection, Recommendation, Review, reference_or_place};
use uuid::Uuid;

use super::build::{At, Build, SourceKey, position};

/// A source of the file, whichever kind.
enum Given<'a> {
    Inspection(&'a Inspection),
    Direction(&'a Direction),
    Review(&'a Review),
}

impl<'a> Given<'a> {
    fn key(&self) -> &'a str {
        match self {
            Self::Inspection(given) => &given.key,
            Self::Direction(given) => &given.key,
            Self::Review(given) => &given.key,
        }
    }

    fn title(&self) -> &'a str {
        match self {
            Self::Inspection(given) => &given.title,
            Self::Direction(given) => &given.title,
            Self::Review(given) => &given.title,
        }
    }

    fn issued_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Inspection(given) => given.issued_on,
            Self::Direction(given) => given.issued_on,
            Self::Review(given) => given.issued_on,
        }
    }

    fn published_on(&self) -> Option<NaiveDate> {
        match self {
            Self::Inspection(given) => given.published_on,
            Self::Direction(given) => given.published_on,
            Self::Review(given) => given.published_on,
        }
    }
}

impl<'a> Build<'a> {
    pub(super) fn asked(&mut self) {
        for row in &self.known.sources {
            let key = SourceKey {
                id: row.id,
                is_direction: row.kind == "DIRECTION",
                is_inspection: row.kind == "INSPECTION",
                issued_on: row.issued_on,
            };
            self.all_sources.push(key);
        }
        for row in &self.known.requirements {
            self.requirements.insert((row.source_id, row.reference.clone()), row.id);
        }
        let file = &self.bundle.file;
        let mut given: Vec<Given<'a>> = file.inspections.iter().map(Given::Inspection).collect();
        given.extend(file.directions.iter().map(Given::Direction));
        given.extend(file.reviews.iter().map(Given::Review));
        // In the order of time; what has no day comes last. The sort is stable, so the file's order decides the rest.
        given.sort_by_key(|given| given.issued_on().or(given.published_on()).unwrap_or(NaiveDate::MAX));
        let before = self.known.sources.iter().map(|row| row.position).max().unwrap_or(0);
        for (index, given) in given.iter().enumerate() {
            self.source_row(given, before.saturating_add(position(index)));
        }
        self.supersede();
    }

    fn source_row(&mut self, given: &Given<'a>, position: i32) {
        let same = |row: &&source::Model| row.title == given.title() && row.issued_on == given.issued_on();
        if let Some(row) = self.known.sources.iter().find(same) {
            let found = self.all_sources.iter().find(|source| source.id == row.id).cloned();
            self.sources.extend(found.map(|found| (given.key(), found)));
            self.listed_again(given);
            return;
        }
        let id = Uuid::now_v7();
        let blank = source::Model {
            id,
            programme_id: self.programme,
            kind: String::new(),
            title: given.title().to_owned(),
            issued_on: given.issued_on(),
            published_on: given.published_on(),
            issuer_id: None,
            position,
            framework: None,
            started_on: None,
            ended_on: None,
            supersedes_id: None,
            lifted_on: None,
            review_kind: None,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        };
        let (row, issuer, table) = match given {
            Given::Inspection(given) => {
                let row = source::Model {
                    kind: "INSPECTION".to_owned(),
                    framework: Some(given.framework.to_string()),
                    started_on: given.started_on,
                    ended_on: given.ended_on,
                    ..blank
                };
                (row, &given.issuer, "inspection")
            }
            Given::Direction(given) => {
                let row = source::Model { kind: "DIRECTION".to_owned(), lifted_on: given.lifted_on, ..blank };
                (row, &given.issuer, "direction")
            }
            Given::Review(given) => {
                let row = source::Model {
                    kind: "REVIEW".to_owned(),
                    review_kind: Some(given.kind.to_string()),
                    started_on: given.started_on,
                    ended_on: given.ended_on,
                    ..blank
                };
                (row, &given.issuer, "review")
            }
        };
        let issuer_id = self.maybe_party(At(table, given.key(), "issuer"), issuer.as_ref());
        let key = SourceKey {
            id,
            is_direction: row.kind == "DIRECTION",
            is_inspection: row.kind == "INSPECTION",
            issued_on: row.issued_on,
        };
        self.rows.sources.push(source::Model { issuer_id, ..row });
        self.all_sources.push(key.clone());
        self.sources.insert(given.key(), key);
        match given {
            Given::Inspection(given) => {
                self.judgements(id, given);
                self.recommendations(id, &given.key, &given.recommendations);
            }
            Given::Direction(given) => self.terms(id, given),
            Given::Review(given) => {
                self.findings(id, given);
                self.recommendations(id, &given.key, &given.recommendations);
            }
        }
    }

    /// A source that is there already gets nothing new from a file; but what the file says of it must be there.
    fn listed_again(&mut self, given: &Given<'a>) {
        let references: Vec<String> = match given {
            Given::Inspection(given) => listed(given.recommendations.iter().map(|r| r.reference.as_deref())),
            Given::Direction(given) => listed(given.terms.iter().map(|term| term.reference.as_deref())),
            Given::Review(given) => listed(given.recommendations.iter().map(|r| r.reference.as_deref())),
        };
        for reference in references {
            self.requirement(At("source", given.title(), "reference"), given.key(), &reference);
        }
    }

    fn judgements(&mut self, source_id: Uuid, given: &Inspection) {
        for (index, given) in given.judgements.iter().enumerate() {
            self.rows.judgements.push(judgement::Model {
                id: Uuid::now_v7(),
                programme_id: self.programme,
                source_id,
                position: position(index),
                area: given.area.to_string(),
                grade: given.grade.to_string(),
                printed_area: given.printed_area.clone(),
                printed_grade: None,
            });
        }
    }

    fn findings(&mut self, source_id: Uuid, given: &Review) {
        for (index, given) in given.findings.iter().enumerate() {
            self.rows.findings.push(finding::Model {
                id: Uuid::now_v7(),
                programme_id: self.programme,
                source_id,
                position: position(index),
                kind: given.kind.to_string(),
                text: given.text.clone(),
                theme: given.theme.clone(),
                version: 1,
                created_at: self.when.now,
                updated_at: self.when.now,
            });
        }
    }

    /// A requirement without its kind's own parts; remembers its id.
    fn requirement_row(
        &mut self,
        source_id: Uuid,
        index: usize,
        printed: Option<&str>,
        text: &str,
    ) -> requirement::Model {
        let reference = reference_or_place(printed, index);
        let id = Uuid::now_v7();
        self.requirements.insert((source_id, reference.clone()), id);
        requirement::Model {
            id,
            reference_sort: sort_key(&reference),
            reference,
            is_reference_printed: printed.is_some(),
            text: text.to_owned(),
            position: position(index),
            ..requirement::Model::begun(self.programme, source_id, "", self.when.now)
        }
    }

    fn recommendations(&mut self, source_id: Uuid, key: &str, given: &[Recommendation]) {
        for (index, given) in given.iter().enumerate() {
            let row = self.requirement_row(source_id, index, given.reference.as_deref(), &given.text);
            let response = given.response.as_ref();
            let by = response.and_then(|response| response.by.as_ref());
            let row = requirement::Model {
                kind: "RECOMMENDATION".to_owned(),
                is_immediate: given.immediate,
                response_status: response.map(|response| response.status.to_string()),
                response_reason: response.and_then(|response| response.reason.clone()),
                responded_on: response.and_then(|response| response.on),
                responded_by_id: self.maybe_party(At("recommendation", key, "response.by"), by),
                ..row
            };
            self.leaf(row.id, row.id);
            self.rows.requirements.push(row);
        }
    }

    fn terms(&mut self, source_id: Uuid, given: &Direction) {
        let mut parents: Vec<(Uuid, Option<Uuid>)> = Vec::new();
        for (index, term) in given.terms.iter().enumerate() {
            let row = self.requirement_row(source_id, index, term.reference.as_deref(), &term.text);
            let at = At("direction.term", &given.key, "under");
            let parent_id = term.under.as_ref().and_then(|under| self.requirement(at, &given.key, under));
            parents.push((row.id, parent_id));
            for (index, duty) in term.duties.iter().enumerate() {
                self.duty(row.id, index, given, duty);
            }
            self.rows.requirements.push(requirement::Model {
                kind: "DIRECTION_TERM".to_owned(),
                parent_id,
                ..row
            });
        }
        for (ancestor, leaf) in leaves(&parents) {
            self.leaf(ancestor, leaf);
        }
    }

    fn leaf(&mut self, ancestor_id: Uuid, leaf_id: Uuid) {
        let row = requirement_leaf::Model { programme_id: self.programme, ancestor_id, leaf_id };
        self.rows.leaves.push(row);
    }

    fn duty(&mut self, requirement_id: Uuid, index: usize, direction: &Direction, given: &Duty) {
        let from_issue = || months_after(direction.issued_on?, given.offset_months?);
        let months = |months: Option<u32>| months.and_then(|months| i32::try_from(months).ok());
        let holder_id =
            self.maybe_party(At("direction.term.duty", &direction.key, "holder"), given.holder.as_ref());
        self.rows.duties.push(duty::Model {
            id: Uuid::now_v7(),
            programme_id: self.programme,
            requirement_id,
            position: position(index),
            holder_id,
            what: given.what.to_string(),
            text: given.text.clone(),
            due_rule: given.due.to_string(),
            due_on: given.due_on.or_else(from_issue),
            offset_months: months(given.offset_months),
            every_months: months(given.every_months),
            discharged_on: given.discharged_on,
            discharged_by_id: None,
            discharge_evidence_id: None,
            version: 1,
            created_at: self.when.now,
            updated_at: self.when.now,
        });
    }

    /// A direction may be listed before the one that it revises, so this comes when all are known.
    fn supersede(&mut self) {
        for given in &self.bundle.file.directions {
            let Some(revised) = &given.supersedes else { continue };
            let Some(revised) = self.source(At("direction", &given.key, "supersedes"), revised) else {
                continue;
            };
            let id = self.sources.get(given.key.as_str()).map(|source| source.id);
            if let Some(row) = self.rows.sources.iter_mut().find(|row| Some(row.id) == id) {
                row.supersedes_id = Some(revised.id);
            }
        }
    }
}

fn listed<'a>(printed: impl Iterator<Item = Option<&'a str>>) -> Vec<String> {
    printed.enumerate().map(|(index, printed)| reference_or_place(printed, index)).collect()
}

//! Filters that ask about something related, and which rows each must find for a viewer: as if nothing existed that the
//! viewer does not see.

use serde_json::{Value, json};
use uuid::Uuid;

use super::eye::{Eye, Named, row};

/// A filter on one list of a programme, and the ids that it must find.
pub struct Probe {
    /// The list.
    pub list: &'static str,
    /// The type of the filter.
    pub ty: &'static str,
    /// The filter.
    pub filter: Value,
    /// What it must find.
    pub finds: Vec<String>,
}

/// One viewer's probes of one programme.
pub struct Prober<'a> {
    /// Who asks.
    pub eye: &'a Eye<'a>,
    /// Of which programme.
    pub programme: Uuid,
}

impl Prober<'_> {
    /// All of them.
    pub fn all(&self) -> Vec<Probe> {
        let mut all = self.of_actions_by_evidence();
        all.extend(self.of_actions_by_demands());
        all.extend(self.of_actions_by_parties());
        all.extend(self.of_evidence());
        all.extend(self.of_requirements());
        all
    }

    fn sees(&self, thing: &impl Named) -> bool {
        self.eye.sees(&thing.gid())
    }

    fn actions(&self, filter: Value, fits: impl Fn(&entity::action::Model) -> bool) -> Probe {
        let rows = self.eye.record.actions.iter();
        let found = rows.filter(|row| row.programme_id == self.programme && self.sees(*row) && fits(row));
        Probe { list: "actions", ty: "ActionFilter", filter, finds: sorted(found.map(Named::gid)) }
    }

    /// The evidence in sight that belongs to an action.
    fn pieces(&self, action: Uuid) -> Vec<&entity::evidence::Model> {
        let record = self.eye.record;
        let links = record.evidence_of_actions.iter().filter(|link| link.action_id == action);
        let pieces = links.map(|link| row(&record.evidence, link.evidence_id, |row| row.id));
        pieces.filter(|piece| self.sees(*piece)).collect()
    }

    /// The requirements in sight that an action answers to.
    fn demands(&self, action: Uuid) -> Vec<&entity::requirement::Model> {
        let record = self.eye.record;
        let links = record.links.iter().filter(|link| link.action_id == action);
        let demands = links.map(|link| row(&record.requirements, link.requirement_id, |row| row.id));
        demands.filter(|demand| self.sees(*demand)).collect()
    }

    /// The actions in sight that a piece of evidence belongs to.
    fn shown_for(&self, piece: Uuid) -> Vec<&entity::action::Model> {
        let record = self.eye.record;
        let links = record.evidence_of_actions.iter().filter(|link| link.evidence_id == piece);
        let actions = links.map(|link| row(&record.actions, link.action_id, |row| row.id));
        actions.filter(|action| self.sees(*action)).collect()
    }

    fn of_actions_by_evidence(&self) -> Vec<Probe> {
        let mut probes = vec![
            self.actions(json!({ "evidence": { "some": {} } }), |a| !self.pieces(a.id).is_empty()),
            self.actions(json!({ "evidence": { "none": {} } }), |a| self.pieces(a.id).is_empty()),
        ];
        for marking in ["OFFICIAL", "OFFICIAL_SENSITIVE"] {
            let some = json!({ "evidence": { "some": { "marking": { "eq": marking } } } });
            let holds = |id| self.pieces(id).iter().any(|piece| piece.marking == marking);
            probes.push(self.actions(some.clone(), |a| holds(a.id)));
            probes.push(self.actions(json!({ "not": some }), |a| !holds(a.id)));
        }
        for piece in &self.eye.record.evidence {
            let some = json!({ "evidence": { "some": { "id": { "eq": piece.gid() } } } });
            probes.push(self.actions(some, |a| self.pieces(a.id).iter().any(|row| row.id == piece.id)));
        }
        for other in &self.eye.record.actions {
            let beside =
                json!({ "evidence": { "some": { "actions": { "some": { "id": { "eq": other.gid() } } } } } });
            probes.push(self.actions(beside, |a| {
                let mut pieces = self.pieces(a.id).into_iter();
                pieces.any(|piece| self.shown_for(piece.id).iter().any(|row| row.id == other.id))
            }));
        }
        probes
    }

    fn of_actions_by_demands(&self) -> Vec<Probe> {
        let record = self.eye.record;
        let mut probes = vec![
            self.actions(json!({ "requirement": { "isNull": true } }), |a| self.demands(a.id).is_empty()),
            self.actions(json!({ "requirement": { "isNull": false } }), |a| !self.demands(a.id).is_empty()),
        ];
        for demand in &record.requirements {
            let answers = |id| self.demands(id).iter().any(|row| row.id == demand.id);
            let id = demand.gid();
            probes.push(self.actions(json!({ "requirement": { "eq": id } }), |a| answers(a.id)));
            probes.push(self.actions(json!({ "requirement": { "nin": [id] } }), |a| !answers(a.id)));
            let some = json!({ "requirements": { "some": { "id": { "in": [id] } } } });
            probes.push(self.actions(some, |a| answers(a.id)));
        }
        for source in &record.sources {
            let asked = |id| self.demands(id).iter().any(|row| row.source_id == source.id);
            let named = |id| {
                let mut links = record.unspecified.iter();
                links.any(|link| link.action_id == id && link.source_id == source.id) && self.sees(source)
            };
            let id = source.gid();
            let some = json!({ "requirements": { "some": { "source": { "eq": id } } } });
            probes.push(self.actions(some, |a| asked(a.id)));
            probes.push(self.actions(json!({ "source": { "eq": id } }), |a| asked(a.id) || named(a.id)));
            probes.push(self.actions(json!({ "source": { "neq": id } }), |a| !asked(a.id) && !named(a.id)));
        }
        probes
    }

    fn of_actions_by_parties(&self) -> Vec<Probe> {
        let record = self.eye.record;
        let leads = |action: Uuid| {
            let links =
                record.parties_of.iter().filter(move |link| link.action_id == action && link.role == "LEAD");
            let parties = links.map(|link| row(&record.parties, link.party_id, |row| row.id));
            parties.filter(|party| self.sees(*party)).map(|party| party.id).collect::<Vec<_>>()
        };
        let mut probes = vec![
            self.actions(json!({ "lead": { "isNull": true } }), |a| leads(a.id).is_empty()),
            self.actions(json!({ "lead": { "isNull": false } }), |a| !leads(a.id).is_empty()),
        ];
        for party in &record.parties {
            let id = party.gid();
            probes.push(self.actions(json!({ "lead": { "eq": id } }), |a| leads(a.id).contains(&party.id)));
            probes.push(self.actions(json!({ "lead": { "neq": id } }), |a| !leads(a.id).contains(&party.id)));
            if party.kind == "ORGANISATION" {
                let is = json!({ "organisation": { "eq": id } });
                probes.push(self.actions(is, |a| a.organisation_id == Some(party.id)));
            }
        }
        for plan in &record.plans {
            probes.push(self.actions(json!({ "plan": { "eq": plan.gid() } }), |a| a.plan_id == plan.id));
        }
        for theme in &record.themes {
            probes.push(
                self.actions(json!({ "theme": { "eq": theme.gid() } }), |a| a.theme_id == Some(theme.id)),
            );
        }
        let declared = |id: Uuid| {
            let mut updates: Vec<_> = record.updates.iter().filter(|row| row.action_id == id).collect();
            updates.sort_by_key(|row| (row.reported_on, row.id));
            let latest = updates.iter().rev().find_map(|row| row.declared_health.clone());
            latest.filter(|_| self.eye.reads_updates(id))
        };
        for health in ["ON_TRACK", "AT_RISK", "OFF_TRACK"] {
            let is = json!({ "declaredHealth": { "eq": health } });
            probes.push(self.actions(is, |a| declared(a.id).as_deref() == Some(health)));
        }
        probes.push(
            self.actions(json!({ "declaredHealth": { "isNull": true } }), |a| declared(a.id).is_none()),
        );
        probes.push(
            self.actions(json!({ "isUpdateOverdue": { "isNull": true } }), |a| !self.eye.reads_updates(a.id)),
        );
        probes
    }

    fn of_evidence(&self) -> Vec<Probe> {
        let record = self.eye.record;
        let evidence = |filter: Value, fits: &dyn Fn(Uuid) -> bool| {
            let rows = record.evidence.iter();
            let found =
                rows.filter(|row| row.programme_id == self.programme && self.sees(*row) && fits(row.id));
            Probe { list: "evidence", ty: "EvidenceFilter", filter, finds: sorted(found.map(Named::gid)) }
        };
        let mut probes = vec![
            evidence(json!({ "actions": { "some": {} } }), &|id| !self.shown_for(id).is_empty()),
            evidence(json!({ "actions": { "none": {} } }), &|id| self.shown_for(id).is_empty()),
        ];
        for action in &record.actions {
            let some = json!({ "actions": { "some": { "id": { "eq": action.gid() } } } });
            probes.push(evidence(some, &|id| self.shown_for(id).iter().any(|row| row.id == action.id)));
        }
        for plan in &record.plans {
            let none = json!({ "actions": { "none": { "plan": { "eq": plan.gid() } } } });
            probes.push(evidence(none, &|id| !self.shown_for(id).iter().any(|row| row.plan_id == plan.id)));
        }
        for demand in &record.requirements {
            let some = json!({ "actions": { "some": { "requirement": { "eq": demand.gid() } } } });
            probes.push(evidence(some, &|id| {
                let mut actions = self.shown_for(id).into_iter();
                actions.any(|action| self.demands(action.id).iter().any(|row| row.id == demand.id))
            }));
        }
        probes
    }

    fn of_requirements(&self) -> Vec<Probe> {
        let record = self.eye.record;
        let mut probes = Vec::new();
        let kinds = [
            ("recommendations", "RecommendationFilter", "RECOMMENDATION"),
            ("directionTerms", "DirectionTermFilter", "DIRECTION_TERM"),
        ];
        for (list, ty, kind) in kinds {
            let demands = |filter: Value, fits: &dyn Fn(&entity::requirement::Model) -> bool| {
                let rows = record.requirements.iter().filter(|row| row.kind == kind);
                let found =
                    rows.filter(|row| row.programme_id == self.programme && self.sees(*row) && fits(row));
                Probe { list, ty, filter, finds: sorted(found.map(Named::gid)) }
            };
            let answered = |demand: &entity::requirement::Model, fits: &dyn Fn(Uuid) -> bool| {
                let mut links = record.links.iter().filter(|link| link.requirement_id == demand.id);
                links.any(|link| {
                    fits(link.action_id) && self.sees(row(&record.actions, link.action_id, |row| row.id))
                })
            };
            probes.push(demands(json!({ "actions": { "some": {} } }), &|d| answered(d, &|_| true)));
            probes.push(demands(json!({ "actions": { "none": {} } }), &|d| !answered(d, &|_| true)));
            for action in &record.actions {
                let some = json!({ "actions": { "some": { "id": { "eq": action.gid() } } } });
                probes.push(demands(some, &|d| answered(d, &|id| id == action.id)));
            }
            for source in &record.sources {
                let is = json!({ "source": { "eq": source.gid() } });
                probes.push(demands(is, &|d| d.source_id == source.id));
            }
            for coverage in ["COVERED", "PARTIAL", "UNCOVERED"] {
                let is = json!({ "coverage": { "eq": coverage } });
                probes.push(demands(is, &|d| self.eye.coverage(d.id) == coverage));
            }
        }
        probes
    }
}

/// In order, to compare.
pub fn sorted(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut ids: Vec<String> = ids.collect();
    ids.sort();
    ids
}

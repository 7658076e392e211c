//! The policy as it comes out at the far end, printed for review: a change of who sees or may do what changes a snapshot.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::support::db::Own;
use crate::support::{Persona, TestApp, gid, on_both};
use crate::visibility::door;
use crate::visibility::everywhere::TYPES;
use crate::visibility::eye::{Eye, Named, everything};
use crate::visibility::seed;
use crate::visibility::whole::Schema;

/// How many things one request asks for.
const BATCH: usize = 20;

/// Compares with `snapshots/<name>.snap`.
pub fn reviewed(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn heading(wide: usize) -> String {
    let names = Persona::ALL.iter().map(|persona| format!("{persona:?}"));
    format!("{:wide$}{}\n", "", names.collect::<Vec<_>>().join(" "))
}

/// One line of a table, the signs under the names of the personas.
fn line(wide: usize, label: &str, signs: &[&str]) -> String {
    let mut line = format!("{label:wide$}");
    for (persona, sign) in Persona::ALL.iter().zip(signs) {
        let _ = write!(line, "{sign:<width$} ", width = format!("{persona:?}").len());
    }
    format!("{}\n", line.trim_end())
}

/// For each field of each type: how many of the things in sight show something there, and how many do not.
#[derive(Default)]
struct Shown(BTreeMap<String, (usize, usize)>);

impl Shown {
    fn look(&mut self, schema: &Schema, ty: &str, object: &Value) {
        for field in schema.fields(ty) {
            let value = &object[&field.name];
            let is_shown = match value {
                Value::Null => false,
                Value::Array(items) => !items.is_empty(),
                Value::Object(page) if page.contains_key("totalCount") => page["totalCount"] != 0,
                _ => true,
            };
            let counts = self.0.entry(format!("{ty}.{}", field.name)).or_default();
            if is_shown {
                counts.0 += 1
            } else {
                counts.1 += 1
            }
            if field.ty == "ChangeConnection" {
                let edges = value["edges"].as_array().unwrap();
                edges.iter().for_each(|edge| self.look(schema, "Change", &edge["node"]));
            } else if !field.is_leaf && !field.ty.ends_with("Connection") {
                let parts = value.as_array().map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
                // A thing is there by its id alone, and looked at where it is asked for.
                let parts = parts.iter().filter(|part| part.is_object() && part["id"].is_null());
                parts.for_each(|part| self.look(schema, &field.ty, part));
            }
        }
    }

    fn sign(&self, field: &str) -> &'static str {
        match self.0.get(field) {
            None => ".",
            Some((_, 0)) => "value",
            Some((0, _)) => "null",
            Some(_) => "some",
        }
    }
}

async fn shown_to(app: &TestApp, schema: &Schema, persona: Persona, ids: &[String]) -> Shown {
    let mut shown = Shown::default();
    for (ty, prefix) in TYPES {
        let own: Vec<&String> = ids.iter().filter(|id| id.starts_with(prefix)).collect();
        let (batch, size) = if ty == "Programme" { (1, 100) } else { (BATCH, 10) };
        let fields = schema.whole(ty, size);
        let document =
            format!("query Q($ids: [ID!]!) {{ nodes(ids: $ids) {{ ...on {ty} {{ {fields} }} }} }}");
        for some in own.chunks(batch) {
            let answer = app.query(persona, &document, json!({ "ids": some })).await;
            let nodes = answer.data()["nodes"].as_array().unwrap_or_else(|| panic!("{}", answer.text));
            nodes.iter().filter(|node| !node.is_null()).for_each(|node| shown.look(schema, ty, node));
        }
    }
    let document = "{ viewer { subject memberships { id } } }";
    let answer = app.data(persona, document, json!({})).await;
    if !answer["viewer"].is_null() {
        shown.look(schema, "Viewer", &answer["viewer"]);
    }
    shown
}

/// `value`: every thing of the type that the persona sees shows something here; `some`: some do; `null`: none does, or the
/// list is empty for all; `.`: the persona sees nothing of the type.
#[tokio::test]
async fn what_each_field_shows_to_each_persona() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let schema = Schema::of(app).await;
        let ids = everything(&record);
        let mut columns = Vec::new();
        for persona in Persona::ALL {
            columns.push(shown_to(app, &schema, *persona, &ids).await);
        }
        let mut table = heading(42);
        for ty in schema.types().filter(|ty| *ty != "Query") {
            for field in schema.fields(ty) {
                let name = format!("{ty}.{}", field.name);
                let signs: Vec<&str> = columns.iter().map(|shown| shown.sign(&name)).collect();
                // What only a change or a question with arguments leads to has tests of its own.
                if signs.iter().all(|sign| *sign == ".") {
                    continue;
                }
                table += &line(42, &name, &signs);
            }
        }

        reviewed("policy", &table);
    })
    .await;
}

#[tokio::test]
async fn which_rows_each_persona_sees() {
    on_both(async |app| {
        let record = seed::more(app.write().await).await;
        let mut labels: Vec<(String, String)> = Vec::new();
        let plan = |id| record.plans.iter().find(|row| row.id == id).unwrap();
        labels.extend(record.programmes.iter().map(|row| (row.gid(), format!("programme {}", row.slug))));
        for row in &record.parties {
            let name = row.name.as_deref().or(row.post.as_deref()).unwrap_or_default();
            labels.push((row.gid(), format!("{} {name}", row.kind.to_lowercase())));
        }
        labels
            .extend(record.memberships.iter().map(|row| (row.gid(), format!("membership {}", row.subject))));
        labels.extend(record.sources.iter().map(|row| (row.gid(), format!("source {}", row.title))));
        labels.extend(
            record.plans.iter().map(|row| (row.gid(), format!("plan {}, {}", row.title, row.status))),
        );
        labels.extend(
            record
                .actions
                .iter()
                .map(|row| (row.gid(), format!("action {} of {}", row.reference, plan(row.plan_id).title))),
        );
        labels.extend(record.evidence.iter().map(|row| (row.gid(), format!("evidence {}", row.title))));
        let mut columns = Vec::new();
        for persona in Persona::ALL {
            let mut seen = Vec::new();
            for some in labels.chunks(100) {
                let ids: Vec<&String> = some.iter().map(|(id, _)| id).collect();
                let document = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }";
                let answer = app.query(*persona, document, json!({ "ids": ids })).await;
                seen.extend(answer.data()["nodes"].as_array().unwrap().iter().map(|node| !node.is_null()));
            }
            columns.push(seen);
        }
        let mut table = heading(66);
        for (index, (_, label)) in labels.iter().enumerate() {
            let signs: Vec<&str> = columns.iter().map(|seen| if seen[index] { "yes" } else { "." }).collect();
            table += &line(66, label, &signs);
        }

        reviewed("rows", &table);
    })
    .await;
}

/// The table of `docs/authorization.md`, "What each may do", once more.
fn may(eye: &Eye<'_>, persona: Persona, action: &entity::action::Model, plan: &str) -> Vec<&'static str> {
    let (is_office, is_partner) =
        (persona == Persona::ProgrammeOffice, matches!(persona, Persona::Police | Persona::Health));
    let is_officer = is_office || matches!(persona, Persona::Lead | Persona::Officer);
    let is_board = matches!(persona, Persona::Chair | Persona::BoardMember);
    let is_own = eye.is_organisations_own(action);
    let reports = is_office || is_own || eye.leads(action);
    let status = action.status.as_str();
    let is_unfinished = matches!(status, "NOT_STARTED" | "IN_PROGRESS");
    let has_not_ended = !matches!(status, "ROLLED_OVER" | "WITHDRAWN");
    let (is_open, runs) = (plan != "CLOSED", matches!(plan, "AGREED" | "PUBLISHED"));
    let writes = is_office || is_officer && plan == "DRAFT";
    let has_work = matches!(status, "IN_PROGRESS" | "COMPLETE" | "ASSURED");
    let rules = [
        ("UPDATE", writes && is_unfinished && is_open),
        ("HAND_OVER", writes && is_unfinished && is_open),
        ("MOVE_DUE_DATE", writes && is_unfinished && is_open),
        ("LINK", is_office && has_not_ended && is_open),
        ("PROPOSE_LINK", is_partner && has_not_ended && is_open),
        ("START", reports && status == "NOT_STARTED" && runs),
        ("ADD_UPDATE", reports && is_unfinished && runs),
        ("FINISH_STEP", reports && is_unfinished && runs),
        ("ADD_EVIDENCE", (is_officer || is_own) && has_not_ended && is_open),
        ("ADD_FEEDBACK", is_office || eye.leads(action)),
        ("CLAIM_COMPLETE", reports && status == "IN_PROGRESS" && runs),
        ("ASSURE", is_board && status == "COMPLETE" && runs),
        ("REFUSE", is_board && status == "COMPLETE" && runs),
        ("JUDGE_IMPACT", (is_board || is_office) && has_work && plan != "DRAFT"),
        ("WITHDRAW", is_office && is_unfinished && is_open),
        ("AUDIT", is_office || eye.leads(action)),
    ];
    rules.into_iter().filter(|(_, may)| *may).map(|(name, _)| name).collect()
}

#[tokio::test]
async fn what_each_persona_may_do_with_an_action() {
    on_both(async |app| {
        let mut to = app.write().await;
        let council = to.record.party("Northshire Council").clone();
        let leads = ["Head of service", "Detective inspector", "Quality group"];
        let leads = leads.map(|name| to.record.party(name).clone());
        let mut cases = Vec::new();
        for plan_status in ["DRAFT", "CONSIDERED", "AGREED", "PUBLISHED", "CLOSED"] {
            let plan = to.plan(&format!("Plan {plan_status}"), plan_status, &council, |_| {}).await;
            for status in ["NOT_STARTED", "IN_PROGRESS", "COMPLETE", "ASSURED", "ROLLED_OVER", "WITHDRAWN"] {
                for (lead, whose) in leads.iter().zip(["lead's", "police's", "group's"]) {
                    let reference = format!("{plan_status} {status} {whose}");
                    let action = to.action(&plan, &reference, |of| of.status = status.to_owned()).await;
                    to.party_of(&action, lead, "LEAD").await;
                    cases.push((action, plan_status));
                }
            }
        }
        let record = to.commit().await;
        let document = "query Q($ids: [ID!]!) { nodes(ids: $ids) { ...on Action { viewerCan } } }";
        let ids: Vec<String> = cases.iter().map(|(action, _)| gid("act", action.id)).collect();
        let mut told = vec![BTreeMap::<String, Vec<String>>::new(); cases.len()];
        for persona in Persona::ALL {
            let eye = Eye::of(&record, *persona);
            let answer = app.query(*persona, document, json!({ "ids": ids })).await;
            for (index, node) in answer.data()["nodes"].as_array().unwrap().iter().enumerate() {
                let (action, plan) = &cases[index];
                let is_seen = eye.sees(&action.gid());
                assert_eq!(!node.is_null(), is_seen);
                let can = match node["viewerCan"].as_array() {
                    Some(can) => can.iter().map(|can| can.as_str().unwrap()).collect::<Vec<_>>(),
                    None => continue,
                };
                assert_eq!(can, may(&eye, *persona, action, plan), "{persona:?} {}", action.reference);
                told[index].entry(can.join(" ")).or_default().push(format!("{persona:?}"));
            }
        }
        let mut table = String::new();
        for ((action, _), groups) in cases.iter().zip(told) {
            let _ = writeln!(table, "{}", action.reference);
            for (can, who) in groups {
                let can = if can.is_empty() { "nothing" } else { &can };
                let _ = writeln!(table, "    {}: {can}", who.join(" "));
            }
        }

        reviewed("viewer_can", &table);
    })
    .await;
}

const BROAD: &str = "{ viewer { memberships { role } } programmes { totalCount nodes { slug coverage { covered partial uncovered }
    sources { totalCount } recommendations { totalCount } plans { totalCount nodes { title } } actions { totalCount }
    evidence { totalCount } changes { totalCount } } } }";

#[tokio::test]
async fn a_member_who_is_removed_is_out_with_the_next_request() {
    door::on_both(async |door| {
        let nobody = door.ask(Some("nobody"), BROAD, json!({})).await;
        for persona in
            Persona::ALL.iter().filter(|persona| !matches!(persona, Persona::Nobody | Persona::Anonymous))
        {
            let subject = persona.subject().unwrap();
            let token = door.token(subject, Utc::now());
            let (_, before) = door.knock(Some(&token), BROAD, json!({})).await;
            assert_ne!(before["data"], nobody, "{subject}");

            door.sql(&format!("DELETE FROM membership WHERE subject = '{subject}'")).await;

            let (status, after) = door.knock(Some(&token), BROAD, json!({})).await;
            assert_eq!((status, &after["data"]), (200, &nobody), "{subject}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_programme_that_is_closed_to_the_public_is_gone_for_the_public() {
    door::on_both(async |door| {
        let ids: Vec<String> = everything(&door.own.record);
        let open = door.ask(None, BROAD, json!({})).await;
        assert_eq!(open["programmes"]["totalCount"], 1);

        door.sql("UPDATE programme SET is_public = FALSE").await;

        for subject in [Some("nobody"), None] {
            let answer = door.ask(subject, BROAD, json!({})).await;
            assert_eq!(answer["programmes"], json!({ "totalCount": 0, "nodes": [] }));
            for some in ids.chunks(100) {
                let document = "query Q($ids: [ID!]!) { nodes(ids: $ids) { id } }";
                let answer = door.ask(subject, document, json!({ "ids": some })).await;
                assert!(answer["nodes"].as_array().unwrap().iter().all(Value::is_null));
            }
        }
        let member = door.ask(Some("board-member"), BROAD, json!({})).await;
        assert_eq!(member["programmes"]["totalCount"], 1);
    })
    .await;
}

#[tokio::test]
async fn a_token_that_does_not_hold_is_refused_and_never_counts_as_none() {
    let foreign = door::foreign_issuer(Own::sqlite().await).await;
    door::on_both(async |door| {
        let now = Utc::now();
        let good = door.token("board-member", now);
        let (body, _) = good.rsplit_once('.').unwrap();
        let other = door.token("nobody", now);
        let (_, signature) = other.rsplit_once('.').unwrap();
        let bad = [
            "garbage".to_owned(),
            String::new(),
            "a.b.c".to_owned(),
            body.to_owned(),
            format!("{body}."),
            format!("{body}.{signature}"),
            format!("{good}A"),
            door.token("board-member", now - TimeDelta::hours(13)),
            door.token("board-member", now + TimeDelta::hours(1)),
            foreign.token("board-member", now).unwrap(),
        ];
        for token in &bad {
            let (status, answer) = door.knock(Some(token), BROAD, json!({})).await;
            assert_eq!(status, 401, "{token}: {answer}");
            assert_eq!(answer["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
            assert_eq!(answer.get("data"), None);
        }

        let (status, answer) = door.knock(None, BROAD, json!({})).await;
        assert_eq!((status, &answer["data"]["viewer"]), (200, &Value::Null));
        assert_eq!(answer["data"]["programmes"]["totalCount"], 1);
        let (status, answer) = door.knock(Some(&good), BROAD, json!({})).await;
        assert_eq!((status, &answer["data"]["viewer"]["memberships"][0]["role"]), (200, &json!("BOARD")));
    })
    .await;
}

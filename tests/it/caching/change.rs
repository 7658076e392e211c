//! Random changes of everything that an answer can hang on.

use serde_json::{Value, json};

use crate::support::builders::day;
use crate::support::world::Record;
use crate::support::{Persona, TestApp, moves};
use crate::visibility::change::{self, Die};

/// The days between which the service goes to and fro.
const DAYS: [&str; 5] = ["2018-12-09", "2018-12-10", "2018-12-20", "2018-12-24", "2019-04-01"];
/// Who becomes a member and is one no longer.
const SUBJECTS: [&str; 6] = ["nobody", "scrutiny", "health", "lead", "southmere-office", "somebody"];
const SLUGS: [&str; 2] = ["northshire", "southmere"];

/// What there is, as an administrator sees it.
const THERE: &str = "query($slug: String!) { programme(slug: $slug) { id version isPublic
    members(first: 100) { nodes { id version subject role } } }
    organisations(first: 100) { nodes { id version name } } }";

/// The world while it is changed.
pub struct World<'a> {
    /// The service on its first day.
    pub app: &'a TestApp,
    /// The day it is.
    pub today: chrono::NaiveDate,
    record: Record,
    administrator: Option<entity::membership::Model>,
    number: usize,
}

impl<'a> World<'a> {
    /// The world as it was made.
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, today: app.today, record: app.world.clone(), administrator: None, number: 0 }
    }

    /// Makes one change, or none; says what it was.
    pub async fn change(&mut self, die: &mut Die) -> String {
        self.number += 1;
        let record = self.record.clone();
        match die.below(16) {
            0..3 => {
                let (what, record) = moves::random(self.app, record, die).await;
                self.record = record;
                what
            }
            3 | 4 => {
                let (what, record) = change::random(self.app, record, die).await;
                self.record = record;
                what
            }
            5 => {
                self.today = day(die.one(&DAYS));
                format!("it is {}", self.today)
            }
            6 => self.administrator(die).await,
            7..9 => "nothing".to_owned(),
            _ => self.through_the_api(die).await,
        }
    }

    /// Somebody is appointed who looks after everything, or leaves, as at the command line.
    async fn administrator(&mut self, die: &mut Die) -> String {
        let mut to = self.app.write().await;
        let what = match self.administrator.take() {
            Some(row) => {
                to.cx.hold(to.programme).await.unwrap();
                to.cx.remove(&row).await.unwrap();
                format!("{} administers no longer", row.subject)
            }
            None => {
                let subject = die.one(&["nobody", "police"]);
                to.cx.hold(to.programme).await.unwrap();
                self.administrator = Some(to.member(subject, "ADMIN", |_| {}).await);
                format!("{subject} administers")
            }
        };
        to.cx.commit().await.unwrap();
        what
    }

    async fn through_the_api(&mut self, die: &mut Die) -> String {
        let slug = die.one(&SLUGS);
        let there = self.app.data(Persona::Admin, THERE, json!({ "slug": slug })).await;
        let programme = &there["programme"];
        let organisation = die.one(there["organisations"]["nodes"].as_array().unwrap());
        // The last member may have gone: then somebody comes.
        let members = programme["members"]["nodes"].as_array().unwrap();
        let member = if members.is_empty() { Value::Null } else { die.one(members) };
        let of = |thing: &Value, more: Value| {
            let mut input = json!({ "id": thing["id"], "expectedVersion": thing["version"] });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        let name = format!("Name {}", self.number);
        let is_public = programme["isPublic"] == false;
        let renamed = json!({ "name": name });
        let (mutation, input) = match die.below(12) {
            0 | 1 => {
                let role = die.one(&["BOARD", "OFFICER", "PARTNER", "SCRUTINY"]);
                let mut input =
                    json!({ "programmeId": programme["id"], "subject": die.one(&SUBJECTS), "role": role });
                input["organisationId"] =
                    if die.coin() || role == "PARTNER" { organisation["id"].clone() } else { Value::Null };
                input["isProgrammeOffice"] = json!(role == "OFFICER" && die.coin());
                ("memberAdd", input)
            }
            2 if members.is_empty() => {
                let new = json!({ "programmeId": programme["id"], "subject": "nobody", "role": "BOARD" });
                ("memberAdd", new)
            }
            3 if members.is_empty() => ("programmeUpdate", of(programme, renamed)),
            2 => ("memberUpdate", of(&member, json!({ "organisationId": organisation["id"] }))),
            3 => ("memberRemove", of(&member, json!({}))),
            4 | 5 => ("programmeUpdate", of(programme, json!({ "isPublic": is_public }))),
            6 | 7 => ("organisationUpdate", of(&organisation, json!({ "name": name }))),
            8 => {
                let number = json!([{ "scheme": "URN", "value": self.number.to_string() }]);
                ("organisationUpdate", of(&organisation, json!({ "identifiers": number })))
            }
            9 => {
                let input = json!({ "programmeId": programme["id"], "name": name, "kind": "OTHER" });
                ("organisationCreate", input)
            }
            10 => ("programmeUpdate", of(programme, renamed)),
            _ => {
                let slug = format!("shire-{}", self.number);
                ("programmeCreate", json!({ "slug": slug, "name": name, "authorityId": organisation["id"] }))
            }
        };
        let payload = self.app.mutate(Persona::Admin, mutation, input.clone(), "").await;
        format!("{mutation} {input}: {}", payload["userErrors"])
    }
}

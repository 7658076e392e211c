//! Every mutation, sent by everyone: who may not, and who sends it stale or broken, leaves every row as it was.
//!
//! For each mutation of the schema `inputs` has one valid input. The answers make a table of who may do what, which is under review
//! as a snapshot.

mod inputs;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use api::authz::rules::{Thing, rule};
use api::store::ledger::{Chain, verify_chain};
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::rows::Rows;
use crate::support::{Persona, Response, TestApp, gid, on_both};

/// How many mutations are tried at once.
const AT_ONCE: usize = 4;

/// Mutations that name a programme and are judged by each of the actions or measures that they name, too.
const BY_FURTHER_THINGS: [&str; 6] = [
    "auditAdd",
    "evidenceAdd",
    "feedbackAdd",
    "progressUpdatesAdd",
    "readingsImport",
    "webhookEndpointCreate",
];

/// How a mutation was answered: nothing where it was done, else the code.
fn code(response: &Response) -> Option<String> {
    if !response.errors().is_empty() {
        return Some(response.code().to_owned());
    }
    let errors = response.data()["payload"]["userErrors"].as_array().unwrap();
    errors.first().map(|error| error["code"].as_str().unwrap().to_owned())
}

/// Whether the answer says that the sender is nobody who may do this, whatever else is wrong with it.
fn is_kept_out(code: Option<&str>) -> bool {
    matches!(code, Some("FORBIDDEN" | "NOT_FOUND"))
}

/// One mutation on one database of its own.
struct Trial<'a> {
    app: &'a TestApp,
    mutation: &'a str,
    rows: Rows,
    /// The rows as they were last looked at.
    last: RefCell<Rc<Vec<String>>>,
}

impl Trial<'_> {
    /// Sends an input; where it is refused, no row may differ from before.
    async fn send(&self, who: Persona, input: &Value) -> Option<String> {
        let response = self.app.send_mutation(who, self.mutation, input.clone(), "").await;
        let code = code(&response);
        let before = self.last.replace(self.rows.now().await);
        if code.is_some() && *self.last.borrow() != before {
            panic!("{} was refused to {who:?} with {code:?} and changed something", self.mutation);
        }
        if code.as_deref() == Some("INTERNAL") {
            panic!("{} by {who:?} with {input}: {}", self.mutation, response.text);
        }
        code
    }

    /// The input as somebody sends it who read too long ago; none where no version is named.
    fn stale(input: &Value) -> Option<Value> {
        let mut stale = input.clone();
        *stale.get_mut("expectedVersion")? = json!(987_654);
        Some(stale)
    }

    /// Sends it as everyone. Where a version is named a stale one is sent, so that whoever may do it changes nothing either.
    async fn by_everyone(&self, input: &Value) -> Vec<&'static str> {
        let stale = Self::stale(input);
        let mut signs = Vec::new();
        for who in Persona::ALL {
            let code = self.send(*who, stale.as_ref().unwrap_or(input)).await;
            let is_kept_out = is_kept_out(code.as_deref());
            if stale.is_some() && !is_kept_out {
                assert_eq!(code.as_deref(), Some("VERSION_CONFLICT"), "{} by {who:?}", self.mutation);
            }
            signs.push(match code.as_deref() {
                Some("FORBIDDEN") => "forbidden",
                Some("NOT_FOUND") => "not found",
                _ => "may",
            });
        }
        signs
    }

    /// What `viewerCan` of the thing that the input names first says to everyone about this mutation; none where the thing
    /// says nothing: a part is judged by the whole that it belongs to.
    async fn offered(&self, input: &Value) -> Option<Vec<bool>> {
        let path = leaves(input).into_iter().next()?;
        let id = input.pointer(&path)?.as_str()?.to_owned();
        let things = [("prg", "Programme", Thing::Programme), ("act", "Action", Thing::Action)];
        let things = things.into_iter().chain([
            ("pln", "Plan", Thing::Plan),
            ("ins", "Inspection", Thing::Source),
            ("dir", "Direction", Thing::Source),
            ("rev", "Review", Thing::Source),
            ("rec", "Recommendation", Thing::Requirement),
            ("trm", "DirectionTerm", Thing::Requirement),
            ("evd", "Evidence", Thing::Evidence),
            ("lpr", "LinkProposal", Thing::LinkProposal),
            ("mea", "Measure", Thing::Measure),
            ("fbk", "Feedback", Thing::Feedback),
            ("aud", "Audit", Thing::Audit),
            ("afn", "AuditFinding", Thing::AuditFinding),
            ("chl", "Challenge", Thing::Challenge),
            ("mbr", "Membership", Thing::Membership),
            ("mcl", "MachineClient", Thing::MachineClient),
            ("whe", "WebhookEndpoint", Thing::WebhookEndpoint),
            ("per", "Person", Thing::Party),
            ("grp", "Group", Thing::Party),
            ("org", "Organisation", Thing::Party),
        ]);
        let (_, ty, thing) = things.into_iter().find(|(prefix, ..)| id.split('_').next() == Some(*prefix))?;
        let operation = self.mutation.parse().unwrap();
        let permission = json!(rule(operation, thing)?.permission);
        let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on {ty} {{ viewerCan }} }} }}");
        let mut offered = Vec::new();
        for who in Persona::ALL {
            let answer = self.app.query(*who, &document, json!({ "id": id })).await;
            let can = answer.data()["node"]["viewerCan"].as_array().cloned().unwrap_or_default();
            offered.push(can.contains(&permission));
        }
        Some(offered)
    }

    /// Breaks every text and id of the input, one at a time.
    async fn broken(&self, who: Persona, input: &Value) {
        for path in leaves(input) {
            let text = input.pointer(&path).unwrap().as_str().unwrap();
            let is_id = text.split_once('_').is_some_and(|(_, rest)| rest.len() == 32);
            let mut instead = vec![String::new(), "Seen with 999 000 0018".to_owned()];
            if is_id {
                let prefix = text.split('_').next().unwrap();
                instead.extend([gid(prefix, Uuid::from_u128(1)), gid("chg", Uuid::from_u128(1))]);
                instead.push(gid(if prefix == "prg" { "act" } else { "prg" }, Uuid::from_u128(1)));
            }
            for text in instead {
                let mut broken = input.clone();
                *broken.pointer_mut(&path).unwrap() = json!(text);
                let code = self.send(who, &broken).await;
                assert!(code.is_some(), "{}: {path} was taken as {text:?}", self.mutation);
            }
        }
    }
}

/// The places of all texts in an input.
fn leaves(value: &Value) -> Vec<String> {
    let below = |key: String, value: &Value| {
        leaves(value).into_iter().map(|rest| format!("/{key}{rest}")).collect::<Vec<_>>()
    };
    match value {
        Value::String(_) => vec![String::new()],
        Value::Object(fields) => fields.iter().flat_map(|(key, value)| below(key.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, value)| below(at.to_string(), value)).collect()
        }
        _ => Vec::new(),
    }
}

/// Tries one mutation on both databases. Answers with who may.
async fn tried(mutation: &str) -> Vec<&'static str> {
    let found = std::sync::Mutex::new(Vec::new());
    on_both(async |app| {
        let input = inputs::input(app, mutation).await;
        let rows = Rows::of(app.db()).await;
        let last = RefCell::new(rows.now().await);
        let trial = Trial { app, mutation, rows, last };
        let offered = trial.offered(&input).await;
        let signs = trial.by_everyone(&input).await;
        let may = Persona::ALL.iter().zip(&signs).filter(|(_, sign)| **sign == "may").map(|(who, _)| *who);
        let may: Vec<Persona> = may.collect();
        assert!(!may.is_empty(), "nobody may {mutation}");
        // Acts that are judged by further things beside the first are offered by it and refused by those.
        if let Some(offered) = offered.filter(|_| !BY_FURTHER_THINGS.contains(&mutation)) {
            let offered = Persona::ALL.iter().zip(offered).filter(|(_, is_offered)| *is_offered);
            assert_eq!(
                may,
                offered.map(|(who, _)| *who).collect::<Vec<_>>(),
                "{mutation}: viewerCan differs"
            );
        }
        trial.broken(may[0], &input).await;
        if input.get("expectedVersion").is_some() {
            let before = trial.rows.now().await;
            assert_eq!(trial.send(may[0], &input).await, None, "{mutation}: the input is not valid: {input}");
            assert_ne!(trial.rows.now().await, before, "{mutation} was done and changed nothing");
        }
        let programme = app.world.programme("northshire").id;
        assert!(matches!(verify_chain(app.db(), programme).await.unwrap(), Chain::Whole { .. }));
        found.lock().unwrap().push(signs);
    })
    .await;
    let found = found.into_inner().unwrap();
    assert!(found.windows(2).all(|two| two[0] == two[1]), "{mutation}: the databases differ");
    found.into_iter().next().unwrap()
}

/// The mutations of the schema.
async fn mutations() -> Vec<String> {
    let names = std::sync::Mutex::new(Vec::new());
    crate::support::reading_both(async |app| {
        let document = "{ __schema { mutationType { fields { name } } } }";
        let data = app.data(Persona::Anonymous, document, json!({})).await;
        let fields = data["__schema"]["mutationType"]["fields"].as_array().unwrap();
        *names.lock().unwrap() =
            fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    })
    .await;
    names.into_inner().unwrap()
}

#[tokio::test]
async fn whoever_may_not_or_sends_it_stale_or_broken_changes_nothing() {
    let names = mutations().await;
    let (mut faults, mut table) = (Vec::new(), BTreeMap::new());
    let tried = names.iter().map(async |name| (name, AssertUnwindSafe(tried(name)).catch_unwind().await));
    let mut tried = futures_util::stream::iter(tried).buffer_unordered(AT_ONCE);
    while let Some((name, outcome)) = tried.next().await {
        match outcome {
            Ok(signs) => {
                table.insert(name, signs);
            }
            Err(_) => faults.push(name),
        }
    }
    assert!(faults.is_empty(), "these failed, see above: {faults:?}");

    let mut text = String::new();
    for (name, signs) in table {
        let may: Vec<String> = Persona::ALL
            .iter()
            .zip(&signs)
            .filter(|(_, sign)| **sign == "may")
            .map(|(who, _)| format!("{who:?}"))
            .collect();
        let sees: Vec<String> = Persona::ALL
            .iter()
            .zip(&signs)
            .filter(|(_, sign)| **sign == "forbidden")
            .map(|(who, _)| format!("{who:?}"))
            .collect();
        let _ = writeln!(text, "{name}\n    may: {}\n    forbidden: {}", may.join(" "), sees.join(" "));
    }
    crate::policy::reviewed("who_may", &text);
}

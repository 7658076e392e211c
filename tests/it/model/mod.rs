//! Random commands of everybody on one small programme, against a naive model of what the rules say.
//!
//! The model is written from `docs/rules.md` and `docs/authorization.md` and never asks the service. It predicts for each
//! command whether it is done or with which code it is refused, and then says what everybody should see. A case is a seed: the
//! same commands come of it each time. `MODEL_CASES` (how many) and `MODEL_SEED` (the first) look for more.

pub mod act;
mod compare;
pub mod county;
mod expect;
mod health;
mod roles;
mod state;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;

use api::store::ledger::{Chain, verify_chain};
use futures_util::FutureExt;
use serde_json::{Value, json};

use self::act::{Act, Sent};
use self::state::Model;
use crate::support::follow::{Follower, seen};
use crate::support::{Persona, TestApp, on_both};
use crate::visibility::change::Die;

/// Cases without `MODEL_CASES`, and the commands of each.
const CASES: u64 = 2;
const COMMANDS: usize = 150;

fn from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// How often each thing was tried, by what came of it.
type Tally = BTreeMap<String, BTreeMap<&'static str, usize>>;

#[tokio::test]
async fn random_commands_do_what_the_rules_say() {
    let tally = RefCell::new(Tally::new());
    let first = from_environment("MODEL_SEED").unwrap_or(1);
    for seed in first..first + from_environment("MODEL_CASES").unwrap_or(CASES) {
        on_both(async |app| {
            let mut said = Vec::new();
            let case = case(app, seed, &mut said, &tally);
            let outcome = AssertUnwindSafe(case).catch_unwind().await;
            if let Err(panic) = outcome {
                eprintln!("MODEL_SEED={seed} MODEL_CASES=1 does this:\n{}", said.join("\n"));
                std::panic::resume_unwind(panic);
            }
        })
        .await;
    }
    // Shown with --nocapture: whether the cases come across what they are to try.
    for (act, outcomes) in tally.take() {
        eprintln!("{act}: {outcomes:?}");
    }
}

async fn case(app: &TestApp, seed: u64, said: &mut Vec<String>, tally: &RefCell<Tally>) {
    let mut die = Die::new(seed);
    let mut model = county::build(app).await;
    let there = mutations(app).await;
    let mut followers = [Persona::ProgrammeOffice, Persona::BoardMember, Persona::Police, Persona::Officer]
        .map(|persona| Follower::new(persona, county::SLUG));
    for number in 0..COMMANDS {
        let Some(sent) = act::random(&model, &mut die, &there, number) else { continue };
        let expected = expect::of(&model, &sent);
        said.push(format!("{number}: {sent:?} -> {expected:?}"));
        let act = act::request(&model, &sent).0.to_owned();
        *tally.borrow_mut().entry(act).or_default().entry(expected.err().unwrap_or("done")).or_default() += 1;
        send(app, &mut model, &sent, expected).await;
        if sent.again {
            // Whatever was done is not done again, and whatever was refused is refused again.
            let key_is_kept = expected.is_ok() && sent.key.is_some();
            let expected = if key_is_kept { Ok(()) } else { expect::of(&model, &sent) };
            let before = model.clone();
            send(app, &mut model, &sent, expected).await;
            if key_is_kept {
                model = before;
            }
        }
        compare::with(app, &model, Persona::ProgrammeOffice).await;
        if number % 6 == 0 {
            let whom =
                [Persona::BoardMember, Persona::Police, Persona::Health, Persona::Scrutiny, Persona::Admin];
            compare::with(app, &model, die.one(&whom)).await;
            followers[number / 6 % followers.len()].catch_up(app).await;
        }
    }
    at_the_end(app, &model, &mut followers).await;
}

/// Sends a command, and lets the model follow where it is done.
async fn send(app: &TestApp, model: &mut Model, sent: &Sent, expected: Result<(), &'static str>) {
    let (mutation, input, shows) = act::request(model, sent);
    let payload = app.mutate(sent.who, mutation, input, shows).await;
    let codes = payload["userErrors"].as_array().unwrap();
    let codes: BTreeSet<&str> = codes.iter().map(|error| error["code"].as_str().unwrap()).collect();
    let expected_codes: BTreeSet<&str> = expected.err().into_iter().collect();
    assert_eq!(codes, expected_codes, "{sent:?}: {payload}");
    if expected.is_ok() {
        let new = made(app, model, sent, payload).await;
        model.follow(sent, &new);
    }
}

/// What the model is told of a command that was done: its payload, or what the successor of a closed plan has then.
pub async fn made(app: &TestApp, model: &Model, sent: &Sent, payload: Value) -> Value {
    match &sent.act {
        Act::Close { successor: Some(successor), .. } => {
            json!(compare::actions_of(app, &model.plans[*successor].id).await)
        }
        _ => payload,
    }
}

/// The mutations that there are.
pub async fn mutations(app: &TestApp) -> BTreeSet<String> {
    let data =
        app.data(Persona::Anonymous, "{ __schema { mutationType { fields { name } } } }", json!({})).await;
    let fields = data["__schema"]["mutationType"]["fields"].as_array().unwrap().clone();
    fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect()
}

/// What must hold whatever happened.
async fn at_the_end(app: &TestApp, model: &Model, followers: &mut [Follower]) {
    for whom in Persona::ALL {
        compare::with(app, model, *whom).await;
    }
    let chain = verify_chain(app.db(), model.programme).await.unwrap();
    assert!(matches!(chain, Chain::Whole { .. }), "{chain}");
    compare::nothing_forbidden(app).await;
    for follower in followers {
        follower.catch_up(app).await;
        let listed = seen(app, follower.persona, follower.named.iter().map(String::as_str)).await;
        assert_eq!(follower.held, listed, "{:?} has another copy than there is", follower.persona);
        let ids = compare::listed(app, follower.persona).await;
        let missing: Vec<&String> = ids.iter().filter(|id| !follower.held.contains(*id)).collect();
        assert_eq!(missing, Vec::<&String>::new(), "{:?} was never told", follower.persona);
    }
}

/// A text in JSON.
fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

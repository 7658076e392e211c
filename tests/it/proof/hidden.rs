//! What the police may not see: neither the evidence nor its number, name or effect, by any path.

use serde_json::{Value, json};

use super::action;
use crate::support::builders::Write;
use crate::support::{Persona, TestApp, gid, on_both};

const EVERYTHING: &str = "query($action: ID!, $asked: ID!, $programme: ID!) {
    action: node(id: $action) { ...on Action { status impact { judgement evidence { id } } evidence(first: 50) { totalCount nodes { id title } }
        proof { strandsRequired acceptedStrands submittedStrands isSufficient doStrandsDisagree missing { code strands message }
            strands { strand accepted submitted refused expired latestOn ageInDays countsUntil says } } } }
    asked: node(id: $asked) { ...on Requirement { evidence(first: 50) { totalCount } proof { doStrandsDisagree
        missing { code strands message } strands { strand accepted submitted refused expired latestOn countsUntil says } } } }
    programme: node(id: $programme) { ...on Programme {
        claimedWithoutImpact(first: 50) { totalCount edges { cursor node { id } } }
        assuredOnExpiredEvidence(first: 50) { totalCount edges { cursor node { id } } }
        strandsInDisagreement(first: 50) { totalCount edges { cursor node { id } } }
        improved: evidence(first: 50, filter: { shows: { eq: IMPROVED } }) { totalCount nodes { id } }
        worse: actions(first: 50, filter: { evidence: { some: { shows: { in: [WORSE, NO_CHANGE] } } } }) { totalCount nodes { id } }
        agreeing: actions(first: 50, filter: { doStrandsDisagree: { eq: false } }) { totalCount nodes { id } }
        lasting: actions(first: 50, filter: { isAssuredOnExpiredEvidence: { eq: false } }) { totalCount } } } }";

async fn all(app: &TestApp, persona: Persona, on: &str) -> String {
    let variables = json!({
        "action": action(app, on), "asked": gid("rec", app.world.requirement("Inspection", "9").id),
        "programme": gid("prg", app.world.programme("northshire").id),
    });
    let response = app.query(persona, EVERYTHING, variables).await;
    assert!(response.errors().is_empty(), "{}", response.text);
    response.text
}

/// Evidence on an action of the police, accepted, with a strand, what it shows and when it expires.
async fn piece(
    to: &mut Write,
    on: &str,
    marking: &str,
    (strand, shows): (&str, &str),
    expires: Option<&str>,
) {
    let action = to.record.action(on).clone();
    let asked = to.record.requirement("Inspection", "9").clone();
    let row = to
        .evidence(&format!("{marking} {strand} {shows} {expires:?}"), marking, |of| {
            of.strand = strand.to_owned();
            of.shows = Some(shows.to_owned());
            of.review_status = "ACCEPTED".to_owned();
            of.expires_on = expires.map(|day| day.parse().unwrap());
        })
        .await;
    to.shows_for(&row, &action).await;
    to.shows(&row, &asked).await;
}

#[tokio::test]
async fn sensitive_evidence_moves_nothing_that_the_police_are_told() {
    on_both(async |app| {
        // An assured action of the police, with one strand in their sight.
        let mut to = app.write().await;
        let plan = to.record.plan("Published plan").clone();
        let inspector = to.record.party("Detective inspector").clone();
        let theirs = to.action(&plan, "9.1", |of| of.status = "ASSURED".to_owned()).await;
        to.party_of(&theirs, &inspector, "LEAD").await;
        piece(&mut to, "9.1", "OFFICIAL", ("PERFORMANCE_DATA", "IMPROVED"), None).await;
        let record = to.commit().await;
        let shown = async |persona: Persona| {
            let document = "query($id: ID!, $programme: ID!) { node(id: $id) { ...on Action { proof { doStrandsDisagree
                strands { accepted expired says } } } } programme: node(id: $programme) { ...on Programme {
                strandsInDisagreement { nodes { reference } } assuredOnExpiredEvidence { nodes { reference } } } } }";
            let of = json!({ "id": gid("act", theirs.id), "programme": gid("prg", plan.programme_id) });
            app.data(persona, document, of).await
        };
        let ask = async |persona: Persona| all(app, persona, "1.2").await + &shown(persona).await.to_string();
        let (police, board) = (ask(Persona::Police).await, ask(Persona::BoardMember).await);

        let mut to = app.write().await;
        to.record = record;
        for (on, strand, shows, expires) in [
            ("9.1", "VOICE", "WORSE", Some("2018-12-01")),
            ("9.1", "QUALITY_ASSURANCE", "NO_CHANGE", None),
            ("9.1", "QUALITY_ASSURANCE", "IMPROVED", Some("2018-12-01")),
            ("1.2", "VOICE", "WORSE", None),
            ("1.2", "PERFORMANCE_DATA", "IMPROVED", Some("2019-01-01")),
        ] {
            piece(&mut to, on, "OFFICIAL_SENSITIVE", (strand, shows), expires).await;
        }
        to.commit().await;

        assert_eq!(ask(Persona::Police).await, police);
        assert_ne!(ask(Persona::BoardMember).await, board);
        let told = shown(Persona::BoardMember).await;
        assert_eq!(told["programme"]["strandsInDisagreement"]["nodes"], json!([{ "reference": "1.2" }, { "reference": "9.1" }]));
        let told = shown(Persona::Police).await;
        assert_eq!(told["node"]["proof"]["doStrandsDisagree"], false);
        let one = json!({ "accepted": 1, "expired": 0, "says": "BETTER" });
        let none = json!({ "accepted": 0, "expired": 0, "says": Value::Null });
        assert_eq!(told["node"]["proof"]["strands"], json!([one, none, none, none]));
    })
    .await;
}

/// That a claim goes through would tell of the evidence on which it rests.
#[tokio::test]
async fn a_claim_rests_on_what_the_claimant_sees() {
    on_both(async |app| {
        let mut to = app.write().await;
        let plan = to.record.plan("Published plan").clone();
        let inspector = to.record.party("Detective inspector").clone();
        let theirs = to.action(&plan, "9.3", |of| of.status = "IN_PROGRESS".to_owned()).await;
        to.party_of(&theirs, &inspector, "LEAD").await;
        piece(&mut to, "9.3", "OFFICIAL_SENSITIVE", ("VOICE", "IMPROVED"), None).await;
        let record = to.commit().await;
        let id = gid("act", theirs.id);
        let claim = json!({ "id": id, "expectedVersion": 1 });

        let refused = app.mutate(Persona::Police, "actionClaimComplete", claim.clone(), "").await;
        let told = super::proof(app, Persona::Police, &id, "missing { code message }").await;
        let missing =
            told["missing"].as_array().unwrap().iter().find(|of| of["code"] == "NO_EVIDENCE").unwrap();
        assert_eq!(refused["userErrors"][0]["message"], missing["message"]);

        let mut to = app.write().await;
        to.record = record;
        piece(&mut to, "9.3", "OFFICIAL", ("VOICE", "IMPROVED"), None).await;
        to.commit().await;
        app.done(Persona::Police, "actionClaimComplete", claim, "action { status }").await;
    })
    .await;
}

#[tokio::test]
async fn what_a_measure_says_is_what_its_reader_is_told_of_it() {
    on_both(async |app| {
        super::seed::plans(app, 1).await;
        let mut to = app.write().await;
        let (plan, rising) =
            (to.record.plan("Published plan").clone(), to.measure("Rising slowly", |_| {}).await);
        let inspector = to.record.party("Detective inspector").clone();
        let theirs = to.action(&plan, "9.2", |_| {}).await;
        to.party_of(&theirs, &inspector, "LEAD").await;
        to.shows_difference_of(&rising, &theirs).await;
        let month = |last: &'static str| (&last[..8], last);
        let lines = [("2018-09-30", 100), ("2018-10-31", 3), ("2018-11-30", 150)];
        let lines = lines.map(|(last, of)| {
            (format!("{}01", month(last).0), last, [(None, of, if of == 3 { 5 } else { 200 })])
        });
        let periods: Vec<_> =
            lines.iter().map(|(from, last, line)| (from.as_str(), *last, line.as_slice())).collect();
        to.readings(&rising, &periods).await;
        to.commit().await;
        let id = gid("act", theirs.id);
        let says =
            async |who| super::proof(app, who, &id, "strands { says }").await["strands"][0]["says"].clone();
        assert_eq!(says(Persona::BoardMember).await, "BETTER");
        assert_eq!(says(Persona::Police).await, Value::Null, "two readings that they know are too few");
        assert_eq!(says(Persona::Scrutiny).await, Value::Null);
    })
    .await;
}

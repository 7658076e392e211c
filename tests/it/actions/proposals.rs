//! Partners propose links, and the programme office decides.

use serde_json::{Value, json};

use super::{OFFICE, action, at, recommendation, refusal, shown};
use crate::support::{Persona, TestApp, on_both};

const PROPOSAL: &str = "linkProposal { id version status qualifier reason proposedOn decidedOn decisionReason viewerCan
    proposedBy { ...on Person { post } } action { reference } requirement { ...on Recommendation { reference } } }";

async fn proposed(app: &TestApp) -> Value {
    let input = json!({
        "actionId": action(app, "1.2"), "requirementId": recommendation(app, "9"), "qualifier": "in custody",
        "reason": "We ask them",
    });
    app.done(Persona::Police, "actionProposeLink", input, PROPOSAL).await["linkProposal"].clone()
}

#[tokio::test]
async fn a_partner_proposes_and_the_office_makes_the_link() {
    on_both(async |app| {
        let made = proposed(app).await;
        let id = made["id"].as_str().unwrap();
        assert_eq!((&made["status"], &made["viewerCan"]), (&json!("OPEN"), &json!([])));
        assert_eq!(made["proposedBy"]["post"], "Detective inspector");
        let again = json!({ "actionId": action(app, "1.2"), "requirementId": recommendation(app, "9") });
        let again = app.refused(Persona::Health, "actionProposeLink", again).await;
        assert_eq!(again, refusal("VALIDATION_FAILED", "requirementId"));

        let now = app.done(OFFICE, "linkProposalAccept", at(id, 1, json!({})), PROPOSAL).await;

        let now = &now["linkProposal"];
        assert_eq!((&now["status"], &now["decidedOn"]), (&json!("ACCEPTED"), &json!("2018-12-10")));
        let links = shown(
            app,
            Persona::Police,
            &action(app, "1.2"),
            "version requirements { edges { qualifier node { id } } }",
        )
        .await;
        let edge = json!({ "qualifier": "in custody", "node": { "id": recommendation(app, "9") } });
        assert_eq!(links, json!({ "version": 2, "requirements": { "edges": [edge] } }));
        let twice = app.refused(OFFICE, "linkProposalDecline", at(id, 2, json!({ "reason": "No" }))).await;
        assert_eq!(twice, refusal("ILLEGAL_TRANSITION", "id"));
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_declined_with_a_reason_and_can_be_made_again() {
    on_both(async |app| {
        let made = proposed(app).await;
        let id = made["id"].as_str().unwrap();
        let decline = at(id, 1, json!({ "reason": "Another action does" }));
        let forbidden = app.refused(Persona::Chair, "linkProposalDecline", decline.clone()).await;
        assert_eq!(forbidden, refusal("FORBIDDEN", "id"));

        let now = app.done(OFFICE, "linkProposalDecline", decline, PROPOSAL).await;

        assert_eq!(now["linkProposal"]["decisionReason"], "Another action does");
        let of = |status: &str| json!({ "status": status });
        proposed(app).await;
        let all = shown(app, Persona::Police, &action(app, "1.2"), "linkProposals { status }").await;
        assert_eq!(all["linkProposals"], json!([of("DECLINED"), of("OPEN")]));
    })
    .await;
}

#[tokio::test]
async fn a_proposal_is_there_for_those_who_decide_and_who_proposed() {
    on_both(async |app| {
        let id = proposed(app).await["id"].clone();
        for who in Persona::ALL {
            let document = "query($id: ID!) { node(id: $id) { ...on LinkProposal { id viewerCan history { totalCount } } } }";
            let answer = app.query(*who, document, json!({ "id": id })).await;
            let seen = !answer.data()["node"].is_null();
            let may = [
                Persona::Chair, Persona::BoardMember, OFFICE, Persona::Lead, Persona::Officer, Persona::Police,
                Persona::Admin,
            ];
            assert_eq!(seen, may.contains(who), "{who:?}");
            if *who == OFFICE {
                assert_eq!(answer.data()["node"]["viewerCan"], json!(["ACCEPT", "DECLINE"]));
            }
        }
        for who in [OFFICE, Persona::Lead, Persona::Chair] {
            let input = json!({ "actionId": action(app, "1.1"), "requirementId": recommendation(app, "9") });
            let refused = app.refused(who, "actionProposeLink", input).await;
            assert_eq!(refused, refusal("FORBIDDEN", "actionId"));
        }
    })
    .await;
}

//! What a command does to somebody is told by it: a date that moves, a share, a challenge.

use serde_json::{Value, json};

use super::{OFFICE, action, lines, told};
use crate::support::builders::day;
use crate::support::{Persona, TestApp, gid, on_both};

/// An action that the police lead, and two of the health trust's that wait for it: one that is due soon after, one late.
async fn waiting(app: &TestApp) -> Vec<String> {
    let mut to = app.write().await;
    let plan = to.record.plan("Published plan").clone();
    let [custody, health] =
        ["Custody team", "Northshire Health Trust"].map(|name| to.record.party(name).clone());
    let mut made = Vec::new();
    for (reference, due) in [("P1", "2019-01-31"), ("P2", "2019-02-28"), ("P3", "2019-12-31")] {
        let row = to
            .action(&plan, reference, |of| {
                (of.due_on, of.due_precision) = (Some(day(due)), Some("DAY".to_owned()));
                of.organisation_id = (reference != "P1").then_some(health.id);
            })
            .await;
        made.push(row);
    }
    to.party_of(&made[0], &custody, "LEAD").await;
    to.waits_for(&made[1], &made[0]).await;
    to.waits_for(&made[2], &made[0]).await;
    to.commit().await;
    made.iter().map(|row| gid("act", row.id)).collect()
}

async fn moves(app: &TestApp, mutation: &str, id: &str, version: i32, on: &str) {
    let input =
        json!({ "id": id, "expectedVersion": version, "dueOn": on, "reason": "Nobody could be found" });
    app.done(OFFICE, mutation, input, "").await;
}

#[tokio::test]
async fn a_date_that_moves_is_told_to_those_whose_action_it_is_and_to_those_who_wait() {
    on_both(async |app| {
        let made = waiting(app).await;
        moves(app, "actionMoveDueDate", &made[0], 1, "2019-03-31").await;

        let moved = "on 2018-12-10 from 2019-01-31 to 2019-03-31";
        let slipped = format!("ACTION_SLIPPED Northshire Police: P1, P1 {moved}");
        let late = format!("DEPENDENCY_LATE Northshire Health Trust: P2, P1 {moved}");
        assert_eq!(lines(&told(app, OFFICE).await), [slipped.clone(), late.clone()]);
        assert_eq!(lines(&told(app, Persona::Chair).await), [slipped.clone(), late.clone()]);
        assert_eq!(lines(&told(app, Persona::Police).await).join(" "), slipped);
        assert_eq!(lines(&told(app, Persona::Health).await).join(" "), late);
        for nobody in [Persona::Scrutiny, Persona::Admin] {
            assert_eq!(told(app, nobody).await, [] as [Value; 0], "{nobody:?}");
        }

        // Nearer is no slip; later again is another; the same again on the same day is the same.
        moves(app, "actionUpdate", &made[0], 2, "2019-02-15").await;
        assert_eq!(told(app, OFFICE).await.len(), 2);
        moves(app, "actionUpdate", &made[0], 3, "2019-02-20").await;
        let nearer = "ACTION_SLIPPED Northshire Police: P1, P1 on 2018-12-10 from 2019-02-15 to 2019-02-20";
        assert_eq!(lines(&told(app, OFFICE).await), [slipped, nearer.to_owned(), late]);
        moves(app, "actionUpdate", &made[0], 4, "2019-02-15").await;
        moves(app, "actionUpdate", &made[0], 5, "2019-02-20").await;
        assert_eq!(told(app, OFFICE).await.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_nobody_has_agreed_to_slips_silently() {
    on_both(async |app| {
        let mut to = app.write().await;
        let draft = to.record.action("D2").clone();
        let after = entity::action::Model {
            due_on: Some(day("2019-01-31")),
            due_precision: Some("DAY".to_owned()),
            ..draft.clone()
        };
        to.cx.update(&draft, after).await.unwrap();
        to.commit().await;

        moves(app, "actionMoveDueDate", &action(app, "D2"), 2, "2019-06-30").await;

        assert_eq!(told(app, OFFICE).await, [] as [Value; 0]);
    })
    .await;
}

#[tokio::test]
async fn the_feed_tells_of_a_notice_as_of_everything_else() {
    on_both(async |app| {
        let made = waiting(app).await;
        moves(app, "actionMoveDueDate", &made[0], 1, "2019-03-31").await;
        let document = "{ programme(slug: \"northshire\") { changes(last: 1, types: [\"Notice\"]) { nodes {
            operation entityType version actor reason node { ...on Notice { kind was now } } } } } }";

        let entry = app.data(Persona::Health, document, json!({})).await["programme"]["changes"]["nodes"][0].clone();

        let expected = json!({
            "operation": "actionMoveDueDate", "entityType": "Notice", "version": 1, "actor": null, "reason": "Nobody could be found",
            "node": { "kind": "DEPENDENCY_LATE", "was": "2019-01-31", "now": "2019-03-31" },
        });
        assert_eq!(entry, expected);
    })
    .await;
}

#[tokio::test]
async fn a_share_is_told_and_goes_and_comes_with_the_evidence() {
    on_both(async |app| {
        let piece = gid("evd", app.world.piece("OFFICIAL_SENSITIVE on 1.2, kept").id);
        let health = gid("org", app.world.party("Northshire Health Trust").id);
        let share = async |mutation: &str, version: i32| {
            let input = json!({ "evidenceId": piece, "expectedVersion": version, "organisationId": health });
            app.done(OFFICE, mutation, input, "").await;
        };
        let line = "EVIDENCE_SHARED Northshire Health Trust: -, OFFICIAL_SENSITIVE on 1.2, kept on 2018-12-10";

        share("evidenceShare", 1).await;
        assert_eq!(lines(&told(app, Persona::Health).await), [line]);
        assert_eq!(lines(&told(app, Persona::Chair).await), [line]);
        assert_eq!(told(app, Persona::Officer).await, [] as [Value; 0], "who does not see the evidence");

        share("evidenceUnshare", 2).await;
        assert_eq!(told(app, Persona::Health).await, [] as [Value; 0]);
        let document = "{ programme(slug: \"northshire\") { changes(last: 1, types: [\"Notice\"]) { nodes { operation } } } }";
        let last = app.data(Persona::Health, document, json!({})).await;
        assert_eq!(last["programme"]["changes"]["nodes"][0]["operation"], "hidden");

        share("evidenceShare", 3).await;
        assert_eq!(lines(&told(app, Persona::Health).await), [line], "told once a day");
    })
    .await;
}

#[tokio::test]
async fn who_is_asked_is_told_each_time() {
    on_both(async |app| {
        let police = gid("org", app.world.party("Northshire Police").id);
        let input = json!({
            "programmeId": gid("prg", app.world.programme("northshire").id), "text": "Who sees them?", "putToId": police,
            "answerBy": "2018-12-31", "actionId": action(app, "1.2"),
        });
        app.done(Persona::Chair, "challengePut", input, "").await;
        let asked = app.world.challenge("Who is in custody?").id;
        let again = json!({ "id": gid("chl", asked), "expectedVersion": 1, "stillAsked": "And by day?", "answerBy": "2019-01-31" });
        app.done(Persona::Chair, "challengeAskAgain", again, "").await;

        let expected = [
            "CHALLENGE_PUT Northshire Police: 1.2, Who is in custody? on 2018-12-10",
            "CHALLENGE_PUT Northshire Police: 1.2, Who sees them? on 2018-12-10",
        ];
        assert_eq!(lines(&told(app, Persona::Police).await), expected);
        assert_eq!(told(app, Persona::Health).await, [] as [Value; 0]);
    })
    .await;
}

#[tokio::test]
async fn an_action_that_is_handed_over_takes_what_its_reports_tell() {
    on_both(async |app| {
        let document = "{ programme(slug: \"northshire\") { notices(filter: { kind: { eq: UPDATE_DUE } }) { nodes { action { reference } } } } }";
        let due = async || {
            let data = app.data(Persona::Police, document, json!({})).await;
            data["programme"]["notices"]["nodes"].as_array().unwrap().clone()
        };
        assert_eq!(due().await, [json!({ "action": { "reference": "1.2" } })], "A1 is not its own");

        let head = gid("per", app.world.party("Head of service").id);
        let input = json!({ "id": action(app, "1.2"), "expectedVersion": 1, "leadIds": [head], "reason": "Another's" });
        app.done(OFFICE, "actionHandOver", input, "").await;

        assert_eq!(due().await, [] as [Value; 0]);
        let feed = "{ programme(slug: \"northshire\") { changes(last: 5, types: [\"Notice\"]) { nodes { operation } } } }";
        let last = app.data(Persona::Police, feed, json!({})).await;
        let last = last["programme"]["changes"]["nodes"].as_array().unwrap().clone();
        assert!(last.contains(&json!({ "operation": "hidden" })), "{last:?}");
    })
    .await;
}

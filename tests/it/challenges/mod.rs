//! Challenges: the board asks, whoever was asked answers, and the board says whether that will do.

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, gid, on_both, reading_both};

const BAD: &str = "VALIDATION_FAILED";
const SHOWS: &str = "challenge { id version status answerBy isOverdue answer answeredOn answeredBy { ...on Node { id } } stillAsked closedOn closingNote }";

fn with(mut input: Value, more: Value) -> Value {
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

/// A change of a challenge at a version.
fn of(id: &str, version: i32, more: Value) -> Value {
    with(json!({ "id": id, "expectedVersion": version }), more)
}

/// A new challenge to the police, with whatever else is said of it.
fn new(app: &TestApp, more: Value) -> Value {
    let input = json!({
        "programmeId": gid("prg", app.world.programme("northshire").id), "text": "Who sees them on Sundays?",
        "putToId": gid("org", app.world.party("Northshire Police").id), "answerBy": "2018-12-31",
    });
    with(input, more)
}

fn action(app: &TestApp, reference: &str) -> String {
    gid("act", app.world.action(reference).id)
}

/// Puts one as the chair, and gives its id.
async fn put(app: &TestApp, more: Value) -> String {
    let payload = app.done(Persona::Chair, "challengePut", new(app, more), SHOWS).await;
    payload["challenge"]["id"].as_str().unwrap().to_owned()
}

/// What somebody is shown of one; null where it is not for them.
async fn shown(app: &TestApp, persona: Persona, id: &str, fields: &str) -> Value {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ...on Challenge {{ {fields} }} }} }}");
    app.query(persona, &document, json!({ "id": id })).await.data()["node"].clone()
}

fn error(code: &str, field: &str) -> (String, String) {
    (code.to_owned(), field.to_owned())
}

#[tokio::test]
async fn a_challenge_is_answered_asked_again_answered_and_closed() {
    on_both(async |app| {
        let fields = "challenge { id version text status isOverdue viewerCan putOn answerBy action { id } putTo { name } putBy { ...on Node { id } } }";
        let input = new(app, json!({ "actionId": action(app, "1.2") }));
        let made = app.done(Persona::Chair, "challengePut", input, fields).await["challenge"].clone();
        let id = made["id"].as_str().unwrap().to_owned();
        let expected = json!({
            "id": id, "version": 1, "text": "Who sees them on Sundays?", "status": "OPEN", "isOverdue": false,
            "viewerCan": ["AMEND", "CLOSE"], "putOn": "2018-12-10", "answerBy": "2018-12-31",
            "action": { "id": action(app, "1.2") }, "putTo": { "name": "Northshire Police" }, "putBy": null,
        });
        assert_eq!(made, expected);
        assert_eq!(shown(app, Persona::Police, &id, "viewerCan").await["viewerCan"], json!(["ANSWER"]));

        let answer = async |version, text: &str| {
            let input = of(&id, version, json!({ "answer": text }));
            app.done(Persona::Police, "challengeAnswer", input, SHOWS).await["challenge"].clone()
        };
        let answered = answer(1, "One worker").await;
        assert_eq!((&answered["status"], &answered["answeredOn"]), (&json!("ANSWERED"), &json!("2018-12-10")));
        let inspector = gid("per", app.world.party("Detective inspector").id);
        assert_eq!(answered["answeredBy"]["id"], inspector);

        let again = of(&id, 2, json!({ "stillAsked": "From when?", "answerBy": "2019-01-31" }));
        let again = app.done(Persona::BoardMember, "challengeAskAgain", again, SHOWS).await["challenge"].clone();
        assert_eq!((&again["status"], &again["answerBy"]), (&json!("OPEN"), &json!("2019-01-31")));
        assert_eq!((&again["answer"], &again["stillAsked"]), (&json!("One worker"), &json!("From when?")));

        let answered = answer(3, "One worker, from noon").await;
        assert_eq!((&answered["status"], &answered["stillAsked"]), (&json!("ANSWERED"), &Value::Null));
        let close = of(&id, 4, json!({ "note": "That will do" }));
        let closed = app.done(Persona::Chair, "challengeClose", close, SHOWS).await["challenge"].clone();
        assert_eq!((&closed["status"], &closed["closedOn"]), (&json!("CLOSED"), &json!("2018-12-10")));

        let history = shown(app, Persona::Police, &id, "history { nodes { operation changes { field before } } }").await;
        let entries = history["history"]["nodes"].as_array().unwrap();
        let acts: Vec<&Value> = entries.iter().map(|of| &of["operation"]).collect();
        assert_eq!(
            acts,
            ["challengePut", "challengeAnswer", "challengeAskAgain", "challengeAnswer", "challengeClose"]
        );
        let before = json!({ "field": "answer", "before": "One worker" });
        assert!(entries[3]["changes"].as_array().unwrap().contains(&before), "the trail keeps each answer");
        for mutation in ["challengeClose", "challengeAnswer", "challengeAskAgain", "challengeAmend"] {
            let more = match mutation {
                "challengeAnswer" => json!({ "answer": "Once more" }),
                "challengeAskAgain" => json!({ "stillAsked": "More", "answerBy": "2019-01-31" }),
                "challengeAmend" => json!({ "answerBy": "2019-01-31", "reason": "Later" }),
                _ => json!({}),
            };
            let who = if mutation == "challengeAnswer" { Persona::Police } else { Persona::Chair };
            let refused = app.refused(who, mutation, of(&id, 5, more)).await;
            assert_eq!(refused, error("ILLEGAL_TRANSITION", "id"), "{mutation}");
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_was_asked_answers_and_the_programme_office_for_anybody() {
    on_both(async |app| {
        let council = gid("org", app.world.party("Northshire Council").id);
        let answer = async |id: &str, who: Persona| {
            let payload = app.mutate(who, "challengeAnswer", of(id, 1, json!({ "answer": "So" })), "").await;
            payload["userErrors"][0]["code"].as_str().unwrap_or("DONE").to_owned()
        };
        for (who, to_police, to_council) in [
            (Persona::Chair, "FORBIDDEN", "FORBIDDEN"),
            (Persona::Officer, "FORBIDDEN", "DONE"),
            (Persona::Lead, "FORBIDDEN", "DONE"),
            (Persona::ProgrammeOffice, "DONE", "DONE"),
            (Persona::Police, "DONE", "NOT_FOUND"),
            (Persona::Health, "NOT_FOUND", "NOT_FOUND"),
            (Persona::Scrutiny, "NOT_FOUND", "NOT_FOUND"),
            (Persona::Admin, "NOT_FOUND", "NOT_FOUND"),
            (Persona::SouthmereOffice, "NOT_FOUND", "NOT_FOUND"),
        ] {
            let theirs = put(app, json!({})).await;
            let ours = put(app, json!({ "putToId": council })).await;
            assert_eq!(answer(&theirs, who).await, to_police, "{who:?} for the police");
            assert_eq!(answer(&ours, who).await, to_council, "{who:?} for the council");
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    on_both(async |app| {
        let refused = async |more| app.refused(Persona::Chair, "challengePut", new(app, more)).await;
        assert_eq!(refused(json!({ "answerBy": "2018-12-09" })).await, error(BAD, "answerBy"));
        let person = gid("per", app.world.party("Head of service").id);
        assert_eq!(refused(json!({ "putToId": person })).await, error(BAD, "putToId"));
        let draft = json!({ "actionId": action(app, "D1") });
        assert_eq!(refused(draft).await, error("NOT_FOUND", "actionId"), "the board sees no draft");
        let number = json!({ "text": "Who saw 999 000 0018?" });
        assert_eq!(refused(number).await, error("PERSONAL_DATA_SUSPECTED", "text"));

        let id = put(app, json!({})).await;
        let close = of(&id, 1, json!({}));
        assert_eq!(app.refused(Persona::Chair, "challengeClose", close).await, error(BAD, "note"));
        let early = of(&id, 1, json!({ "answerBy": "2018-12-01", "reason": "Sooner" }));
        assert_eq!(app.refused(Persona::Chair, "challengeAmend", early).await, error(BAD, "answerBy"));
        let unasked = of(&id, 1, json!({ "stillAsked": "Well?", "answerBy": "2019-01-31" }));
        let illegal = error("ILLEGAL_TRANSITION", "id");
        assert_eq!(app.refused(Persona::Chair, "challengeAskAgain", unasked).await, illegal);
        let given_up = of(&id, 1, json!({ "note": "The question has gone" }));
        let closed = app.done(Persona::Chair, "challengeClose", given_up, SHOWS).await["challenge"].clone();
        assert_eq!((&closed["status"], &closed["answer"]), (&json!("CLOSED"), &Value::Null));
    })
    .await;
}

#[tokio::test]
async fn nobody_is_asked_about_an_action_that_they_do_not_see() {
    on_both(async |app| {
        let [council, health] = ["Northshire Council", "Northshire Health Trust"]
            .map(|name| gid("org", app.world.party(name).id));
        let about = async |reference: &str, put_to: &str| {
            let more = json!({ "actionId": action(app, reference), "putToId": put_to });
            let payload = app.mutate(Persona::Chair, "challengePut", new(app, more), "").await;
            payload["userErrors"][0]["field"][0].as_str().unwrap_or("done").to_owned()
        };
        // A considered plan: partners see their own actions of it, the council's officers all.
        assert_eq!(about("C1", &health).await, "actionId");
        assert_eq!(about("C1", &council).await, "done");
        assert_eq!(about("A1", &health).await, "done", "agreed plans are for all partners");
        let police = gid("org", app.world.party("Northshire Police").id);
        assert_eq!(about("C2", &police).await, "done", "it leads this one");

        let id = gid("chl", app.world.challenge("And at weekends?").id);
        let seen = shown(app, Persona::Police, &id, "text action { id }").await;
        assert_eq!(
            seen,
            json!({ "text": "And at weekends?", "action": null }),
            "it lost sight of the action alone"
        );
        let named = shown(app, Persona::Chair, &id, "action { id }").await;
        assert_eq!(named["action"]["id"], action(app, "C1"));
    })
    .await;
}

#[tokio::test]
async fn the_day_moves_only_with_a_reason_that_stays_visible() {
    on_both(async |app| {
        let id = put(app, json!({})).await;
        let input = of(&id, 1, json!({ "answerBy": "2019-02-28", "reason": "The board meets later" }));
        let moved = app.done(Persona::BoardMember, "challengeAmend", input, SHOWS).await["challenge"].clone();
        assert_eq!((&moved["answerBy"], &moved["status"]), (&json!("2019-02-28"), &json!("OPEN")));

        let fields = "history { nodes { reason changes { field before after } } }";
        let history = shown(app, Persona::Police, &id, fields).await["history"]["nodes"][1].clone();
        let expected = json!({
            "reason": "The board meets later",
            "changes": [{ "field": "answerBy", "before": "2018-12-31", "after": "2019-02-28" }],
        });
        assert_eq!(history, expected);
    })
    .await;
}

#[tokio::test]
async fn lists_find_what_waits_and_for_whom() {
    reading_both(async |app| {
        let document = "query($filter: ChallengeFilter) { programme(slug: \"northshire\") {
            challenges(filter: $filter, orderBy: [{ field: ANSWER_BY }]) { totalCount nodes { text isOverdue } } } }";
        let found = async |persona, filter: Value| {
            let data = app.data(persona, document, json!({ "filter": filter })).await;
            let list = &data["programme"]["challenges"];
            let mut texts: Vec<String> = list["nodes"].as_array().unwrap().iter().map(|of| of["text"].as_str().unwrap().to_owned()).collect();
            texts.sort();
            assert_eq!(list["totalCount"], texts.len());
            texts
        };
        let chair = Persona::Chair;
        assert_eq!(found(chair, json!({ "isOverdue": { "eq": true } })).await, ["Who has a passport?"]);
        let open = json!({ "status": { "eq": "OPEN" } });
        assert_eq!(found(chair, open.clone()).await, ["And at weekends?", "Who has a passport?", "Who visits at night?"]);
        assert_eq!(found(Persona::Police, open).await, ["And at weekends?"]);
        let police = gid("org", app.world.party("Northshire Police").id);
        let to_police = json!({ "putTo": { "eq": police }, "status": { "neq": "CLOSED" } });
        assert_eq!(found(chair, to_police).await, ["And at weekends?", "Who is in custody?"]);
        let about = json!({ "action": { "eq": action(app, "C1") } });
        assert_eq!(found(chair, about.clone()).await, ["And at weekends?"]);
        assert_eq!(found(Persona::Police, about).await, [] as [String; 0], "it does not see the action");
        for nobody in [Persona::Scrutiny, Persona::Admin] {
            assert_eq!(found(nobody, json!({})).await, [] as [String; 0], "{nobody:?}");
        }
    })
    .await;
}

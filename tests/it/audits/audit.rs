//! `auditAdd`, `auditAmend`, `auditModerate`; lineage, themes and what an audit is about.

use serde_json::{Value, json};

use super::{OFFICE, action, audit, error, invalid, new, of, shown};
use crate::support::{Persona, gid, on_both, reading_both};

#[tokio::test]
async fn an_audit_is_recorded_and_seen_from_what_it_is_about() {
    on_both(async |app| {
        let head = gid("per", app.world.party("Head of service").id);
        let term = gid("trm", app.world.requirement("Second direction", "1").id);
        let more = json!({ "endedOn": "2018-12-04", "doneById": head, "isIndependent": true, "theme": "  RECORDING ",
            "summary": "Better", "sampleSize": 30,
            "grades": [{ "rater": "SELF", "good": 20, "requiresImprovement": 10 }, { "rater": "INDEPENDENT", "good": 30 }],
            "reauditOfId": audit(app, "Front door audit"), "actionIds": [action(app, "1.1")], "requirementIds": [term] });
        let shows = "audit { id kind startedOn endedOn isIndependent theme sampleSize areGradesWithheld isLoopOpen
            doneBy { ...on Person { post } } grades { rater outstanding good requiresImprovement inadequate }
            reauditOf { title } actions { nodes { reference } } moderation { note } viewerCan }";
        let made = app.done(OFFICE, "auditAdd", new(app, more), shows).await["audit"].clone();
        // A theme is spelled as the audits before spell it.
        assert_eq!(made["theme"], "Recording");
        assert_eq!(made["doneBy"]["post"], "Head of service");
        assert_eq!(made["reauditOf"]["title"], "Front door audit");
        assert_eq!((&made["isLoopOpen"], &made["moderation"]), (&json!(false), &Value::Null));
        assert_eq!(
            made["grades"],
            json!([
                { "rater": "INDEPENDENT", "outstanding": null, "good": 30, "requiresImprovement": null, "inadequate": null },
                { "rater": "SELF", "outstanding": null, "good": 20, "requiresImprovement": 10, "inadequate": null },
            ])
        );
        assert_eq!(made["viewerCan"], json!(["UPDATE", "MODERATE", "ADD_FINDING"]));

        let from = "query($action: ID!, $term: ID!) { action: node(id: $action) { ...on Action { audits(first: 1) { nodes { title } } } }
            term: node(id: $term) { ...on DirectionTerm { audits { nodes { title } } } } }";
        let seen = app.data(Persona::BoardMember, from, json!({ "action": action(app, "1.1"), "term": term })).await;
        assert_eq!(seen["action"]["audits"]["nodes"], json!([{ "title": "At night" }]));
        assert_eq!(seen["term"]["audits"]["nodes"], json!([{ "title": "At night" }]));
        let first = shown(app, OFFICE, &audit(app, "Front door audit"), "reaudits { nodes { title } }").await;
        let titles: Vec<_> = first["reaudits"]["nodes"].as_array().unwrap().iter().map(|of| &of["title"]).collect();
        assert!(titles.contains(&&json!("At night")), "{titles:?}");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_at_its_place() {
    on_both(async |app| {
        let refused = async |more| app.refused(OFFICE, "auditAdd", new(app, more)).await;
        let grades = |rater: &str, good: i32| json!([{ "rater": rater, "good": good }]);
        assert_eq!(refused(json!({ "title": "x".repeat(201) })).await, invalid("title"));
        assert_eq!(refused(json!({ "theme": "x".repeat(101) })).await, invalid("theme"));
        assert_eq!(refused(json!({ "startedOn": "2018-12-11" })).await.0, "VALIDATION_FAILED");
        assert_eq!(refused(json!({ "endedOn": "2018-12-02" })).await, invalid("endedOn"));
        assert_eq!(refused(json!({ "sampleSize": 0 })).await, invalid("sampleSize"));
        assert_eq!(refused(json!({ "grades": grades("SELF", 3) })).await, invalid("sampleSize"));
        let over = json!({ "sampleSize": 9, "grades": grades("SELF", 10) });
        assert_eq!(refused(over).await, invalid("grades.0"));
        let moderated = json!({ "sampleSize": 9, "grades": grades("MODERATED", 9) });
        assert_eq!(refused(moderated).await, invalid("grades.0.rater"));
        let twice = json!([{ "rater": "SELF", "good": 1 }, { "rater": "SELF", "good": 1 }]);
        assert_eq!(refused(json!({ "sampleSize": 9, "grades": twice })).await, invalid("grades.1"));
        let elsewhere = audit(app, "Calls listened to");
        assert_eq!(refused(json!({ "reauditOfId": elsewhere })).await, error("NOT_FOUND", "reauditOfId"));
    })
    .await;
}

#[tokio::test]
async fn a_lead_audits_what_they_lead_and_nobody_else_but_the_office_audits() {
    on_both(async |app| {
        let about = |reference: &str| new(app, json!({ "actionIds": [action(app, reference)] }));
        let refused = async |who, input| app.refused(who, "auditAdd", input).await;
        assert_eq!(refused(Persona::Lead, about("1.2")).await, error("FORBIDDEN", "actionIds.0"));
        assert_eq!(refused(Persona::Lead, new(app, json!({}))).await, invalid("actionIds"));
        assert_eq!(refused(Persona::Officer, about("1.1")).await, error("FORBIDDEN", "actionIds.0"));
        for who in [Persona::BoardMember, Persona::Chair, Persona::Police, Persona::Scrutiny, Persona::Admin]
        {
            assert_eq!(refused(who, about("1.3")).await, error("FORBIDDEN", "programmeId"), "{who:?}");
        }
        let made = app.done(Persona::Lead, "auditAdd", about("1.1"), "audit { id viewerCan }").await;
        assert_eq!(made["audit"]["viewerCan"], json!(["UPDATE", "ADD_FINDING"]));
        let id = made["audit"]["id"].as_str().unwrap();
        let none = of(id, 1, json!({ "actionIds": [] }));
        assert_eq!(app.refused(Persona::Lead, "auditAmend", none).await, invalid("actionIds"));
        let other = of(id, 1, json!({ "actionIds": [action(app, "1.1"), action(app, "1.2")] }));
        assert_eq!(app.refused(Persona::Lead, "auditAmend", other).await, error("FORBIDDEN", "actionIds.0"));
        let said = of(id, 1, json!({ "summary": "Quiet", "endedOn": "2018-12-05" }));
        let payload = app.done(Persona::Lead, "auditAmend", said, "audit { version summary }").await;
        assert_eq!(payload["audit"], json!({ "version": 2, "summary": "Quiet" }));
    })
    .await;
}

#[tokio::test]
async fn what_an_audit_is_about_decides_whose_it_is_and_the_feed_says_so() {
    on_both(async |app| {
        let made = app
            .done(OFFICE, "auditAdd", new(app, json!({ "actionIds": [action(app, "1.1")] })), "audit { id }")
            .await;
        let id = made["audit"]["id"].as_str().unwrap().to_owned();
        let found = json!({ "auditId": id, "text": "The night team was alone" });
        app.done(OFFICE, "auditFindingAdd", found, "finding { id }").await;
        assert_eq!(shown(app, Persona::Police, &id, "title").await, Value::Null);

        let police = of(&id, 1, json!({ "actionIds": [action(app, "1.2")] }));
        let payload =
            app.done(OFFICE, "auditAmend", police, "audit { version actions { nodes { reference } } }").await;
        assert_eq!(payload["audit"]["actions"]["nodes"], json!([{ "reference": "1.2" }]));
        assert_eq!(shown(app, Persona::Police, &id, "title").await["title"], "At night");
        let feed = "query($id: ID!) { node(id: $id) { ...on Programme {
            changes(last: 2, types: [\"Audit\", \"AuditFinding\"]) { nodes { operation entityType } } } } }";
        let programme = gid("prg", app.world.programme("northshire").id);
        let told = async || {
            let data = app.data(Persona::Police, feed, json!({ "id": programme })).await;
            data["node"]["changes"]["nodes"].as_array().unwrap().clone()
        };
        let came = told().await;
        assert!(came.iter().all(|of| of["operation"] == "auditAmend"), "{came:?}");
        assert!(came.iter().any(|of| of["entityType"] == "AuditFinding"), "{came:?}");

        app.done(OFFICE, "auditAmend", of(&id, 2, json!({ "actionIds": [] })), "audit { id }").await;
        assert_eq!(shown(app, Persona::Police, &id, "title").await, Value::Null);
        let gone = told().await;
        assert!(gone.iter().all(|of| of["operation"] == "hidden"), "{gone:?}");
    })
    .await;
}

#[tokio::test]
async fn a_moderation_stands_beside_what_was_given() {
    on_both(async |app| {
        let id = audit(app, "Custody audit");
        let person = |post: &str| gid("per", app.world.party(post).id);
        let group = gid("grp", app.world.party("Quality group").id);
        let input = |by: &str, more: Value| {
            of(&id, 1, super::with(json!({ "moderatedById": by, "note": "Five were kinder than right" }), more))
        };
        let refused = async |input| app.refused(OFFICE, "auditModerate", input).await;
        let own = person("Head of service");
        assert_eq!(refused(input(&own, json!({}))).await, invalid("moderatedById"));
        let to_come = json!({ "moderatedOn": "2018-12-11" });
        assert_eq!(refused(input(&group, to_come)).await, invalid("moderatedOn"));
        let before = json!({ "moderatedOn": "2018-11-04" });
        assert_eq!(refused(input(&group, before)).await, invalid("moderatedOn"));
        let as_given = json!({ "grades": { "rater": "SELF", "good": 5 } });
        assert_eq!(refused(input(&group, as_given)).await, invalid("grades.rater"));
        let over = json!({ "grades": { "rater": "MODERATED", "good": 41 } });
        assert_eq!(refused(input(&group, over)).await, invalid("grades"));

        let given = json!({ "grades": { "rater": "MODERATED", "good": 5, "requiresImprovement": 25, "inadequate": 10 } });
        let shows = "audit { version moderation { moderatedOn note moderatedBy { ...on Group { name } } } grades { rater good } }";
        let payload = app.done(OFFICE, "auditModerate", input(&group, given), shows).await;
        assert_eq!(
            payload["audit"],
            json!({ "version": 2, "grades": [{ "rater": "MODERATED", "good": 5 }, { "rater": "SELF", "good": 10 }],
                "moderation": { "moderatedOn": "2018-12-10", "note": "Five were kinder than right",
                    "moderatedBy": { "name": "Quality group" } } })
        );
        for who in [Persona::Lead, Persona::Chair] {
            let again = of(&id, 2, json!({ "moderatedById": group, "note": "Once more" }));
            assert_eq!(app.refused(who, "auditModerate", again).await, error("FORBIDDEN", "id"), "{who:?}");
        }
        // What was moderated stays when the grades that were given are corrected.
        let amended = of(&id, 2, json!({ "grades": [{ "rater": "SELF", "good": 40 }] }));
        let payload = app.done(OFFICE, "auditAmend", amended, shows).await;
        assert_eq!(
            payload["audit"]["grades"],
            json!([{ "rater": "MODERATED", "good": 5 }, { "rater": "SELF", "good": 40 }])
        );
        let smaller = of(&id, 3, json!({ "sampleSize": 39 }));
        assert_eq!(app.refused(OFFICE, "auditAmend", smaller).await, invalid("sampleSize"));
    })
    .await;
}

#[tokio::test]
async fn themes_are_counted_across_audits_and_years_as_far_as_they_are_seen() {
    on_both(async |app| {
        let before = json!({ "title": "A year before", "startedOn": "2017-12-28", "endedOn": "2018-01-03", "theme": "Recording" });
        app.done(OFFICE, "auditAdd", new(app, before), "audit { id }").await;
        let before = json!({ "title": "Two years before", "startedOn": "2016-05-02", "theme": "Recording" });
        app.done(OFFICE, "auditAdd", new(app, before), "audit { id }").await;
        let document = "{ programme(slug: \"northshire\") { auditThemes { theme year audits findings open } } }";
        let themes = async |who| app.data(who, document, json!({})).await["programme"]["auditThemes"].clone();
        let row = |year: i32, audits: i32, findings: i32, open: i32| {
            json!({ "theme": "Recording", "year": year, "audits": audits, "findings": findings, "open": open })
        };
        assert_eq!(themes(Persona::BoardMember).await, json!([row(2016, 1, 0, 0), row(2018, 2, 3, 2)]));
        assert_eq!(themes(Persona::Police).await, json!([row(2018, 1, 3, 2)]));
        assert_eq!(themes(Persona::Health).await, json!([]));
        assert_eq!(themes(Persona::Admin).await, json!([]));
    })
    .await;
}

/// The same rule in SQL and in Rust.
#[tokio::test]
async fn a_loop_is_open_as_the_rule_says() {
    reading_both(async |app| {
        for row in app.world.audits.iter().filter(|row| row.title != "Calls listened to") {
            let findings = app.world.audit_findings.iter().filter(|of| of.audit_id == row.id);
            let open = domain::audit::is_loop_open(findings.map(|of| of.status.parse().unwrap()));
            let node = shown(app, OFFICE, &gid("aud", row.id), "isLoopOpen").await;
            assert_eq!(node["isLoopOpen"], open, "{}", row.title);
        }
        let open = "{ programme(slug: \"northshire\") { audits(filter: { isLoopOpen: { eq: false } }) { nodes { title } } } }";
        let data = app.data(OFFICE, open, json!({})).await;
        assert_eq!(data["programme"]["audits"]["nodes"], json!([{ "title": "Night visits" }]));
    })
    .await;
}

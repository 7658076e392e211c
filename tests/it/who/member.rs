//! `memberAdd`, `memberUpdate`, `memberRemove`, and who sees whom.

use serde_json::{Value, json};

use super::{error, of, to};
use crate::support::{Persona, TestApp, gid, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;
const SHOWS: &str =
    "membership { id subject role isChair isProgrammeOffice version viewerCan organisation { name } }";

fn member(app: &TestApp, subject: &str) -> String {
    gid("mbr", app.world.memberships.iter().find(|row| row.subject == subject).unwrap().id)
}

#[tokio::test]
async fn the_office_appoints_and_the_member_is_in_with_the_next_request() {
    on_both(async |app| {
        let police = gid("org", app.world.party("Northshire Police").id);
        let new = json!({ "subject": "nobody", "role": "PARTNER", "organisationId": police });
        let payload = app.done(OFFICE, "memberAdd", to(app, new.clone()), SHOWS).await;
        let membership = &payload["membership"];
        assert_eq!((&membership["subject"], &membership["role"]), (&json!("nobody"), &json!("PARTNER")));
        assert_eq!(membership["viewerCan"], json!(["UPDATE", "REMOVE"]));
        let asked = r#"{ programme(slug: "northshire") { name } viewer { memberships { role } } }"#;
        let data = app.data(Persona::Nobody, asked, json!({})).await;
        assert_eq!(data["viewer"]["memberships"], json!([{ "role": "PARTNER" }]));

        let refused = async |who, more| app.refused(who, "memberAdd", to(app, more)).await;
        let invalid = |field| error("VALIDATION_FAILED", field);
        assert_eq!(refused(OFFICE, new.clone()).await, invalid("subject"));
        assert_eq!(refused(Persona::Chair, new).await, error("FORBIDDEN", "programmeId"));
        let of = |role: &str, more: Value| {
            let mut input = json!({ "subject": "somebody", "role": role });
            input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            input
        };
        assert_eq!(refused(OFFICE, of("ADMIN", json!({}))).await, invalid("role"));
        assert_eq!(refused(OFFICE, of("PARTNER", json!({}))).await, invalid("organisationId"));
        assert_eq!(refused(OFFICE, of("OFFICER", json!({ "isChair": true }))).await, invalid("isChair"));
        assert_eq!(refused(OFFICE, of("BOARD", json!({ "isChair": true }))).await, invalid("isChair"));
        let office = of("BOARD", json!({ "isProgrammeOffice": true }));
        assert_eq!(refused(OFFICE, office).await, invalid("isProgrammeOffice"));
        let oneself = json!({ "subject": "programme-office", "role": "BOARD" });
        assert_eq!(refused(OFFICE, oneself).await, error("FORBIDDEN", "subject"));
    })
    .await;
}

#[tokio::test]
async fn the_chair_passes_on_and_nobody_changes_their_own_part() {
    on_both(async |app| {
        let (chair, other) = (member(app, "chair"), member(app, "board-member"));
        let chairs = |is: bool| json!({ "isChair": is });
        let early = app.refused(OFFICE, "memberUpdate", of(&other, 1, chairs(true))).await;
        assert_eq!(early, error("VALIDATION_FAILED", "isChair"));
        app.done(OFFICE, "memberUpdate", of(&chair, 1, chairs(false)), SHOWS).await;
        let payload = app.done(OFFICE, "memberUpdate", of(&other, 1, chairs(true)), SHOWS).await;
        assert_eq!(
            (&payload["membership"]["isChair"], &payload["membership"]["version"]),
            (&json!(true), &json!(2))
        );

        let own = member(app, "programme-office");
        let post = json!({ "personId": gid("per", app.world.party("Head of service").id) });
        let oneself = app.refused(OFFICE, "memberUpdate", of(&own, 1, post.clone())).await;
        assert_eq!(oneself, error("FORBIDDEN", "id"));
        app.done(Persona::Admin, "memberUpdate", of(&own, 1, post), SHOWS).await;
        let homeless = of(&member(app, "police"), 1, json!({ "organisationId": null }));
        let homeless = app.refused(OFFICE, "memberUpdate", homeless).await;
        assert_eq!(homeless, error("VALIDATION_FAILED", "organisationId"));
    })
    .await;
}

#[tokio::test]
async fn who_is_removed_is_out_and_the_office_is_never_empty() {
    on_both(async |app| {
        let input = of(&member(app, "lead"), 1, json!({ "reason": "Left the council" }));
        app.done(OFFICE, "memberRemove", input, "programme { id }").await;
        let data = app
            .data(Persona::Lead, "{ viewer { memberships { id } } programmes { nodes { slug } } }", json!({}))
            .await;
        assert_eq!(data["viewer"]["memberships"], json!([]));
        assert_eq!(data["programmes"]["nodes"], json!([{ "slug": "southmere" }]));

        let own = of(&member(app, "programme-office"), 1, json!({}));
        let last = app.refused(OFFICE, "memberRemove", own.clone()).await;
        assert_eq!(last, error("ILLEGAL_TRANSITION", "id"));
        app.done(Persona::Admin, "memberRemove", own, "programme { id }").await;
        let admin = of(&member(app, "admin"), 1, json!({}));
        let admin = app.refused(Persona::Admin, "memberRemove", admin).await;
        assert_eq!(admin, error("ILLEGAL_TRANSITION", "id"));
    })
    .await;
}

/// Whoever asked a moment ago is taken to be who they were, until what they ask says otherwise.
#[tokio::test]
async fn whoever_asks_again_and_again_sees_what_they_may_see_by_then() {
    on_both(async |app| {
        let asked = r#"{ programme(slug: "northshire") { name actions(first: 3) { nodes { aim } } } }"#;
        let sees = async || app.query(Persona::Health, asked, json!({})).await;
        let first = sees().await;
        let again = sees().await;
        assert_eq!((first.data(), first.errors()), (again.data(), [].as_slice()));
        assert_eq!(again.statements(), first.statements());

        app.done(OFFICE, "memberRemove", of(&member(app, "health"), 1, json!({})), "programme { id }").await;
        for _ in 0..2 {
            assert_eq!(sees().await.code(), "NOT_FOUND");
        }
        let health = gid("org", app.world.party("Northshire Health Trust").id);
        let new = json!({ "subject": "health", "role": "PARTNER", "organisationId": health });
        app.done(OFFICE, "memberAdd", to(app, new), SHOWS).await;
        for _ in 0..2 {
            assert_eq!(sees().await.data(), first.data());
        }
    })
    .await;
}

#[tokio::test]
async fn the_office_sees_its_members_and_others_see_themselves() {
    on_both(async |app| {
        let asked = r#"{ viewer { memberships { subject } } programme(slug: "northshire") { members { totalCount } } }"#;
        let all = app.world.memberships.iter();
        let northshire = app.world.programme("northshire").id;
        let count = all.filter(|row| row.programme_id == Some(northshire)).count();
        for (who, sees, is) in [
            (OFFICE, count, "programme-office"), (Persona::Admin, count, "admin"), (Persona::Chair, 1, "chair"),
        ] {
            let data = app.data(who, asked, json!({})).await;
            assert_eq!(data["programme"]["members"]["totalCount"], sees, "{who:?}");
            assert_eq!(data["viewer"]["memberships"], json!([{ "subject": is }]), "{who:?}");
        }
    })
    .await;
}

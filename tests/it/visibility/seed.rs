//! More of Northshire: every combination of marking, place and sharing, and whatever is half in sight.

use entity::*;
use uuid::Uuid;

use crate::support::builders::Write;
use crate::support::world::Record;

const MARKINGS: [&str; 2] = ["OFFICIAL", "OFFICIAL_SENSITIVE"];
/// Actions of the county that evidence is attached to: of each plan status, of each kind of owner.
const PLACES: [&[&str]; 10] = [
    &["1.3"],
    &["1.9"],
    &["A3"],
    &["C1"],
    &["C4"],
    &["D3"],
    &["H1"],
    &["Z1"],
    &["1.1", "D4"],
    &["D1", "1.2"],
];

/// Writes it in one change of the county, and gives all that then stands.
pub async fn more(mut to: Write) -> Record {
    evidence(&mut to).await;
    sources(&mut to).await;
    plans(&mut to).await;
    across(&mut to).await;
    proposals(&mut to).await;
    clients(&mut to).await;
    to.commit().await
}

async fn evidence(to: &mut Write) {
    let [police, health] =
        ["Northshire Police", "Northshire Health Trust"].map(|name| to.record.party(name).clone());
    for marking in MARKINGS {
        for place in PLACES {
            for shared in [None, Some(&police), Some(&health)] {
                let with = shared.and_then(|party| party.name.as_deref()).unwrap_or("nobody");
                let title = format!("{marking} on {}, shared with {with}", place.join(" and "));
                let piece = to.evidence(&title, marking, |_| {}).await;
                for reference in place {
                    let action = to.record.action(reference).clone();
                    to.shows_for(&piece, &action).await;
                }
                if let Some(party) = shared {
                    to.share(&piece, party).await;
                }
            }
        }
    }
    let hidden = to.record.requirement("Unpublished review", "1").clone();
    let open = to.record.requirement("Inspection", "10").clone();
    let piece = to.evidence("On two demands, one of them unpublished", "OFFICIAL", |_| {}).await;
    to.shows(&piece, &hidden).await;
    to.shows(&piece, &open).await;
}

/// A direction that nobody outside knows of yet replaces one that everybody knows.
async fn sources(to: &mut Write) {
    let known = to.record.source("Second direction").id;
    let issuer = to.record.party("Schools Inspectorate").id;
    let direction = to
        .source("DIRECTION", "Unpublished direction", "2018-12-01", |of| {
            (of.published_on, of.supersedes_id, of.issuer_id) = (None, Some(known), Some(issuer));
        })
        .await;
    let term = to.requirement(&direction, "1", "Do more", |_| {}).await;
    let leaf = requirement_leaf::Model { programme_id: to.programme, ancestor_id: term.id, leaf_id: term.id };
    to.cx.derive_leaves(vec![leaf]).await.unwrap();
    let holder = to.record.party("Custody team").id;
    to.add(duty::Model {
        id: Uuid::now_v7(),
        programme_id: to.programme,
        requirement_id: term.id,
        position: 1,
        holder_id: Some(holder),
        what: "ACT".to_owned(),
        text: "Do it".to_owned(),
        due_rule: "REGULAR".to_owned(),
        due_on: None,
        offset_months: None,
        every_months: None,
        discharged_on: None,
        discharged_by_id: None,
        discharge_evidence_id: None,
        version: 1,
        created_at: term.created_at,
        updated_at: term.created_at,
    })
    .await;
}

/// A published plan whose actions touch what is hidden from some; a plan that was closed without ever being published; a
/// draft that carries on the published plan.
async fn plans(to: &mut Write) {
    let council = to.record.party("Northshire Council").clone();
    let [head, nurse, custody, school] =
        ["Head of service", "Safeguarding nurse", "Custody team", "Harbour School"]
            .map(|name| to.record.party(name).clone());
    let direction = to.record.source("Unpublished direction").clone();
    let term = to.record.requirement("Unpublished direction", "1").clone();
    let open = to.record.requirement("Inspection", "2").clone();
    let [draft, early] = ["D4", "C1"].map(|reference| to.record.action(reference).clone());

    let plan = to.plan("Second published plan", "PUBLISHED", &council, |_| {}).await;
    let theme = to.theme(&plan, None, "Partners").await;
    let touching = to
        .action(&plan, "W1", |of| (of.theme_id, of.rolled_over_from_id) = (Some(theme.id), Some(draft.id)))
        .await;
    to.party_of(&touching, &custody, "LEAD").await;
    to.party_of(&touching, &school, "CONTRIBUTOR").await;
    to.addresses(&touching, &open, None).await;
    to.addresses(&touching, &term, None).await;
    to.names(&touching, &direction).await;
    to.waits_for(&touching, &draft).await;
    to.step(&touching, "With a lead", |step| step.lead_id = Some(nurse.id)).await;
    let update = to.update(&touching, "2018-12-01", "AT_RISK").await;
    assert_eq!(update.author_id, None);
    let other = to.action(&plan, "W2", |of| of.rolled_over_from_id = Some(early.id)).await;
    to.party_of(&other, &head, "CONTRIBUTOR").await;

    for marking in MARKINGS {
        let piece = to
            .evidence(&format!("{marking} on W2, to which the head of service contributes"), marking, |_| {})
            .await;
        to.shows_for(&piece, &other).await;
    }

    let abandoned = to.plan("Abandoned plan", "CLOSED", &council, |of| of.published_on = None).await;
    let action = to.action(&abandoned, "X1", |_| {}).await;
    to.addresses(&action, &open, None).await;
    let piece = to.evidence("On what was abandoned", "OFFICIAL", |_| {}).await;
    to.shows_for(&piece, &action).await;

    let published = to.record.plan("Published plan").id;
    let next = to.plan("Next draft", "DRAFT", &council, |of| of.predecessor_id = Some(published)).await;
    let theme = to.theme(&next, None, "Later").await;
    to.theme(&next, Some(&theme), "Much later").await;
    let from = to.record.action("2.5").id;
    let action = to
        .action(&next, "N1", |of| (of.theme_id, of.rolled_over_from_id) = (Some(theme.id), Some(from)))
        .await;
    to.addresses(&action, &open, Some("perhaps")).await;
    to.party_of(&action, &head, "LEAD").await;
}

/// Links that each partner proposed, of what is open and of what is hidden from some.
async fn proposals(to: &mut Write) {
    for (by, action, source, reference) in [
        ("Detective inspector", "1.2", "Inspection", "9"),
        ("Northshire Health Trust", "1.2", "Inspection", "10"),
        ("Northshire Police", "D2", "Inspection", "1"),
        ("Custody team", "1.1", "Unpublished review", "1"),
    ] {
        let (by, action) = (to.record.party(by).id, to.record.action(action).id);
        let requirement = to.record.requirement(source, reference).id;
        to.add(link_proposal::Model {
            id: Uuid::now_v7(),
            programme_id: to.programme,
            action_id: action,
            requirement_id: requirement,
            qualifier: None,
            reason: Some("We do this already".to_owned()),
            status: "OPEN".to_owned(),
            proposed_by_id: Some(by),
            proposed_on: "2018-12-01".parse().unwrap(),
            decided_on: None,
            decision_reason: None,
            version: 1,
            created_at: crate::support::builders::minute(0),
            updated_at: crate::support::builders::minute(0),
        })
        .await;
    }
}

/// Programs of both partners, with a secret each.
async fn clients(to: &mut Write) {
    for name in ["Northshire Police", "Northshire Health Trust"] {
        let (id, organisation_id) = (Uuid::now_v7(), to.record.party(name).id);
        let now = crate::support::builders::minute(0);
        to.add(machine_client::Model {
            id,
            programme_id: to.programme,
            organisation_id,
            subject: format!("client:{id}"),
            name: format!("Records of {name}"),
            scopes: "READ UPDATES".to_owned(),
            status: "LIVE".to_owned(),
            jwks: None,
            key_ids: "key-1".to_owned(),
            revoked_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        })
        .await;
        to.add(machine_client_secret::Model {
            id: Uuid::now_v7(),
            programme_id: to.programme,
            client_id: id,
            hint: "wxyz".to_owned(),
            hash: "none".to_owned(),
            expires_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        })
        .await;
    }
}

/// What bodies of one county do in the other, in which they are no members.
async fn across(to: &mut Write) {
    let [police, inspector] =
        ["Northshire Police", "Detective inspector"].map(|name| to.record.party(name).clone());
    let northshire = std::mem::replace(&mut to.programme, to.record.programme("southmere").id);
    let draft = to.record.plan("Southmere draft").clone();
    let action = to.action(&draft, "S3", |of| of.organisation_id = Some(police.id)).await;
    to.party_of(&action, &inspector, "LEAD").await;
    to.update(&action, "2018-11-20", "ON_TRACK").await;
    to.cx.refresh_standing(&[action.id]).await.unwrap();
    for marking in MARKINGS {
        let title = format!("{marking} in Southmere, shared with Northshire Police");
        let piece = to.evidence(&title, marking, |_| {}).await;
        to.shows_for(&piece, &action).await;
        to.share(&piece, &police).await;
    }
    to.programme = northshire;
}

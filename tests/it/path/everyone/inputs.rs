//! For each mutation one input that its rules accept.

use serde_json::{Value, json};

use crate::support::{Persona, TestApp, documents, files, gid, imports};

/// A valid input, after whatever it needs has been done.
pub async fn input(app: &TestApp, mutation: &str) -> Value {
    let ids = Ids(app);
    match mutation {
        name if name.starts_with("machineClient") => machine_client(&ids, name).await,
        "inspectionImport" => {
            let upload = imports::report(app).await;
            json!({ "programmeId": ids.programme(), "uploadId": upload })
        }
        "planImport" => {
            let upload = imports::plan(app, crate::imports::CSV).await;
            crate::imports::input(app, &upload, "Phase 3")
        }
        "documentPrepare" => documents::announcement(app, "PLAN", ("plan.csv", "text/csv"), documents::PLAN),
        "sourceDocumentRemove" => {
            let document = app.world.documents.iter().find(|row| row.name == "Report.pdf").unwrap();
            existing(gid("doc", document.id), json!({ "reason": "It names a child" }))
        }
        name if name.starts_with("evidenceFile") => evidence_file(&ids, name).await,
        name if name.starts_with("evidence") => evidence(&ids, name),
        name if name.starts_with("feedback") => feedback(&ids, name),
        name if name.starts_with("audit") => audit(&ids, name),
        name if name.starts_with("challenge") => challenge(&ids, name),
        name if ["measure", "reading"].iter().any(|of| name.starts_with(of)) => measure(&ids, name),
        name if name.starts_with("webhook") => webhook(&ids, name).await,
        name if ["plan", "theme"].iter().any(|of| name.starts_with(of)) => plan(&ids, name),
        name if ["action", "step", "progress", "linkProposal"].iter().any(|of| name.starts_with(of)) => {
            action(&ids, name).await
        }
        name if ["programme", "rating", "organisation", "person", "group", "member"]
            .iter()
            .any(|of| name.starts_with(of)) =>
        {
            who(&ids, name)
        }
        name => asked(&ids, name),
    }
}

/// The global ids of what stands in the world.
struct Ids<'a>(&'a TestApp);

impl Ids<'_> {
    fn programme(&self) -> String {
        gid("prg", self.0.world.programme("northshire").id)
    }

    fn action(&self, reference: &str) -> String {
        gid("act", self.0.world.action(reference).id)
    }

    fn plan(&self, title: &str) -> String {
        gid("pln", self.0.world.plan(title).id)
    }

    fn organisation(&self, name: &str) -> String {
        gid("org", self.0.world.party(name).id)
    }

    fn person(&self, post: &str) -> String {
        gid("per", self.0.world.party(post).id)
    }

    fn source(&self, prefix: &str, title: &str) -> String {
        gid(prefix, self.0.world.source(title).id)
    }

    fn recommendation(&self, reference: &str) -> String {
        gid("rec", self.0.world.requirement("Inspection", reference).id)
    }

    fn term(&self, reference: &str) -> String {
        gid("trm", self.0.world.requirement("Second direction", reference).id)
    }

    fn evidence(&self, title: &str) -> String {
        let all = &self.0.world.evidence;
        gid("evd", all.iter().find(|row| row.title == title).unwrap().id)
    }

    fn measure(&self, title: &str) -> String {
        gid("mea", self.0.world.measure(title).id)
    }

    fn feedback(&self, theme: &str) -> String {
        gid("fbk", self.0.world.feedback(theme).id)
    }

    fn reading(&self, period_end: &str, category: Option<&str>) -> String {
        let end: chrono::NaiveDate = period_end.parse().unwrap();
        let is_it =
            |row: &&entity::reading::Model| row.period_end == end && row.category.as_deref() == category;
        gid("rdg", self.0.world.readings.iter().find(is_it).unwrap().id)
    }

    fn theme(&self, name: &str) -> String {
        let all = &self.0.world.themes;
        gid("thm", all.iter().find(|row| row.name == name).unwrap().id)
    }

    fn step(&self, text: &str) -> String {
        let all = &self.0.world.steps;
        gid("stp", all.iter().find(|row| row.text == text).unwrap().id)
    }

    fn member(&self, subject: &str) -> String {
        let all = &self.0.world.memberships;
        gid("mbr", all.iter().find(|row| row.subject == subject).unwrap().id)
    }
}

/// What a change of an existing thing names.
fn existing(id: String, more: Value) -> Value {
    let mut input = json!({ "id": id, "expectedVersion": 1 });
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn evidence(ids: &Ids<'_>, mutation: &str) -> Value {
    let piece = ids.evidence("OFFICIAL on 1.2, kept");
    let of = |more: Value| {
        let mut input = json!({ "evidenceId": piece, "expectedVersion": 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    match mutation {
        "evidenceAdd" => json!({
            "programmeId": ids.programme(), "title": "What families say", "strand": "VOICE", "marking": "OFFICIAL",
            "actionIds": [ids.action("1.2")],
        }),
        "evidenceUpdate" => {
            existing(piece, json!({ "title": "What families said", "summary": "Eight of nine" }))
        }
        "evidenceAttach" => of(json!({ "actionIds": [ids.action("1.1")] })),
        "evidenceDetach" => of(json!({ "actionIds": [ids.action("1.2")] })),
        "evidenceReview" => existing(
            ids.evidence("OFFICIAL on 1.4, kept"),
            json!({ "status": "ACCEPTED", "note": "Looked at by two" }),
        ),
        "evidenceMark" => {
            existing(piece, json!({ "marking": "OFFICIAL_SENSITIVE", "reason": "Names a street" }))
        }
        "evidenceShare" => of(json!({ "organisationId": ids.organisation("Northshire Health Trust") })),
        "evidenceUnshare" => json!({
            "evidenceId": ids.evidence("OFFICIAL on 1.2, shared"), "expectedVersion": 1,
            "organisationId": ids.organisation("Northshire Police"),
        }),
        "evidenceExpire" => existing(piece, json!({ "expiresOn": "2019-06-30", "reason": "A year is over" })),
        other => panic!("no input for {other}"),
    }
}

async fn evidence_file(ids: &Ids<'_>, mutation: &str) -> Value {
    let piece = ids.evidence("OFFICIAL on 1.2, kept");
    match mutation {
        "evidenceFilePrepare" => files::announcement(&piece, "Notes.pdf"),
        "evidenceFileAttach" => {
            let upload = files::sent(ids.0, Persona::ProgrammeOffice, &piece, "Notes.pdf").await;
            let replaced = files::current(ids.0, &piece);
            json!({ "evidenceId": piece, "expectedVersion": 1, "uploadId": upload, "replacesId": replaced })
        }
        "evidenceFileRemove" => {
            existing(files::current(ids.0, &piece), json!({ "reason": "Names a street" }))
        }
        other => panic!("no input for {other}"),
    }
}

fn measure(ids: &Ids<'_>, mutation: &str) -> Value {
    let measure = ids.measure("Assessments in time");
    let of = |more: Value| {
        let mut input = json!({ "measureId": measure, "expectedVersion": 1 });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let owner = ids.person("Head of service");
    match mutation {
        "measureCreate" => json!({
            "programmeId": ids.programme(), "title": "Visits in time", "polarity": "HIGHER_IS_BETTER", "ownerId": owner,
            "actionIds": [ids.action("1.1")], "requirementIds": [ids.recommendation("1")],
        }),
        "measureUpdate" => existing(
            measure,
            json!({ "title": "Assessments on time", "definition": "All", "ownerId": owner }),
        ),
        "measureSetTarget" => existing(
            measure,
            json!({ "value": 90.5, "reason": "The inspectors asked", "approvedById": owner }),
        ),
        "measureBenchmarksSet" => {
            let benchmark =
                json!({ "kind": "REGION", "value": 80, "periodEnd": "2018-03-31", "publisher": "DfE" });
            existing(measure, json!({ "benchmarks": [benchmark] }))
        }
        "measureAttach" => {
            of(json!({ "actionIds": [ids.action("1.2")], "requirementIds": [ids.recommendation("1")] }))
        }
        "measureDetach" => {
            of(json!({ "actionIds": [ids.action("1.1")], "requirementIds": [ids.recommendation("2")] }))
        }
        "readingsUpsert" => {
            let row =
                json!({ "periodStart": "2018-11-01", "numerator": 30, "denominator": 40, "caveat": "Early" });
            json!({ "measureId": measure, "readings": [row] })
        }
        "readingsImport" => json!({
            "programmeId": ids.programme(),
            "csv": "measure,period,numerator,denominator\nAssessments in time,2018-11,30,40\n",
        }),
        "readingRemove" => existing(ids.reading("2018-08-31", Some("North")), json!({})),
        other => panic!("no input for {other}"),
    }
}

fn feedback(ids: &Ids<'_>, mutation: &str) -> Value {
    let visits = ids.feedback("Visits");
    match mutation {
        "feedbackAdd" => json!({
            "programmeId": ids.programme(), "saidBy": "CHILDREN", "gatheredBy": "SURVEY", "periodStart": "2018-11-01",
            "periodEnd": "2018-11-30", "said": "Be on time", "theme": "Time", "speakerCount": 20,
            "actionIds": [ids.action("1.1")],
        }),
        "feedbackAmend" => existing(
            visits,
            json!({ "said": "Come on time", "theme": "Time", "actionIds": [ids.action("1.1"), ids.action("1.3")] }),
        ),
        "feedbackAct" => {
            existing(visits, json!({ "done": "Visits have a fixed hour", "doneOn": "2018-11-30" }))
        }
        "feedbackTell" => existing(visits, json!({ "told": "By letter", "toldOn": "2018-12-01" })),
        other => panic!("no input for {other}"),
    }
}

fn audit(ids: &Ids<'_>, mutation: &str) -> Value {
    let audit = gid("aud", ids.0.world.audit("Front door audit").id);
    let finding = |text| gid("afn", ids.0.world.audit_finding(text).id);
    let head = ids.person("Head of service");
    let good = |rater| json!({ "rater": rater, "good": 20 });
    match mutation {
        "auditAdd" => json!({
            "programmeId": ids.programme(), "kind": "DIP_SAMPLE", "title": "Ten files", "startedOn": "2018-12-03",
            "doneById": head, "theme": "recording", "summary": "Better", "sampleSize": 20, "grades": [good("SELF")],
            "reauditOfId": audit, "actionIds": [ids.action("1.1")], "requirementIds": [ids.recommendation("1")],
        }),
        "auditAmend" => existing(
            audit,
            json!({ "title": "Front door", "theme": "Notes", "summary": "All", "doneById": head,
                "requirementIds": [ids.recommendation("1")] }),
        ),
        "auditModerate" => existing(
            audit,
            json!({ "moderatedById": head, "note": "None was worse", "grades": good("MODERATED") }),
        ),
        "auditFindingAdd" => json!({
            "auditId": audit, "text": "Nobody asked", "theme": "Voice", "followUp": "Ask", "followUpById": head,
            "dueOn": "2018-12-31",
        }),
        "auditFindingAmend" => {
            existing(finding("Notes are thin"), json!({ "text": "Notes are short", "theme": "Notes" }))
        }
        "auditFindingFollowUp" => existing(
            finding("Notes are thin"),
            json!({ "followUp": "Write more", "followUpById": head, "dueOn": "2018-12-31", "reason": "Leave" }),
        ),
        "auditFindingDone" => existing(finding("Notes are thin"), json!({ "note": "They are not" })),
        "auditFindingRecheck" => existing(
            finding("Chronologies are missing"),
            json!({ "outcome": "NOT_HELD", "note": "Half of them", "dueOn": "2019-01-31" }),
        ),
        other => panic!("no input for {other}"),
    }
}

fn challenge(ids: &Ids<'_>, mutation: &str) -> Value {
    let of = |text| gid("chl", ids.0.world.challenge(text).id);
    match mutation {
        "challengePut" => json!({
            "programmeId": ids.programme(), "text": "Who sees them on Sundays?", "answerBy": "2019-01-31",
            "putToId": ids.organisation("Northshire Police"), "actionId": ids.action("1.2"),
        }),
        "challengeAmend" => existing(
            of("And at weekends?"),
            json!({ "answerBy": "2019-01-31", "reason": "The board meets later" }),
        ),
        "challengeAnswer" => existing(of("And at weekends?"), json!({ "answer": "One worker, from noon" })),
        "challengeAskAgain" => existing(
            of("Who is in custody?"),
            json!({ "stillAsked": "And by day?", "answerBy": "2019-01-31" }),
        ),
        "challengeClose" => existing(of("Who is in custody?"), json!({ "note": "That will do" })),
        other => panic!("no input for {other}"),
    }
}

fn plan(ids: &Ids<'_>, mutation: &str) -> Value {
    match mutation {
        "planCreate" => json!({
            "programmeId": ids.programme(), "title": "Third plan", "ownerId": ids.organisation("Northshire Council"),
        }),
        "planAmend" => {
            existing(ids.plan("Draft plan"), json!({ "title": "Draft of the plan", "updateEveryDays": 28 }))
        }
        "planConsider" => existing(ids.plan("Draft plan"), json!({ "consideredOn": "2018-12-10" })),
        "planAgree" => existing(ids.plan("Considered plan"), json!({ "agreedOn": "2018-12-10" })),
        "planPublish" => existing(ids.plan("Agreed plan"), json!({ "publishedOn": "2018-12-10" })),
        "planClose" => existing(
            ids.plan("Health draft"),
            json!({ "successorId": ids.plan("Draft plan"), "reason": "Joined with the other" }),
        ),
        "themeCreate" => json!({ "planId": ids.plan("Published plan"), "name": "Voice" }),
        "themeUpdate" => existing(ids.theme("Practice"), json!({ "name": "Good practice" })),
        "themesReorder" => json!({
            "planId": ids.plan("Published plan"), "expectedVersion": 1,
            "themeIds": [ids.theme("Leadership"), ids.theme("Practice")],
        }),
        other => panic!("no input for {other}"),
    }
}

async fn action(ids: &Ids<'_>, mutation: &str) -> Value {
    let app = ids.0;
    let direction = ids.source("dir", "Second direction");
    match mutation {
        "actionCreate" => json!({
            "planId": ids.plan("Draft plan"), "reference": "D9", "aim": "Know every child who is missing",
            "leadIds": [ids.person("Head of service")],
        }),
        "actionUpdate" => existing(ids.action("D1"), json!({ "aim": "See every child in 24 hours" })),
        "actionLink" => json!({
            "actionId": ids.action("1.9"), "requirementId": ids.recommendation("10"), "qualifier": "only at weekends",
        }),
        "actionUnlink" => {
            json!({ "actionId": ids.action("1.9"), "requirementId": ids.recommendation("1") })
        }
        "actionLinkResolve" => json!({
            "actionId": ids.action("1.10"), "directionId": direction, "requirementId": ids.term("2.b.ii"),
        }),
        "actionsLink" => json!({
            "programmeId": ids.programme(),
            "links": [{ "actionId": ids.action("1.9"), "requirementId": ids.recommendation("10") }],
        }),
        "actionProposeLink" => json!({
            "actionId": ids.action("1.2"), "requirementId": ids.recommendation("10"), "reason": "We do this already",
        }),
        "linkProposalAccept" => existing(proposal(app).await, json!({})),
        "linkProposalDecline" => existing(proposal(app).await, json!({ "reason": "Another action does" })),
        "actionStart" => existing(ids.action("1.9"), json!({})),
        "stepAdd" => json!({ "actionId": ids.action("D1"), "text": "Ask the families" }),
        "stepUpdate" => existing(draft_step(ids), json!({ "text": "Find out more" })),
        "stepComplete" => existing(ids.step("Too late"), json!({ "doneOn": "2018-12-09" })),
        "stepStrikeOut" => existing(ids.step("Too late"), json!({ "reason": "Done by others" })),
        "stepReopen" => existing(ids.step("Not needed"), json!({ "reason": "Needed after all" })),
        "progressUpdateAdd" => json!({
            "actionId": ids.action("1.2"), "narrative": "Four of five seen", "declaredHealth": "AT_RISK",
        }),
        "progressUpdatesAdd" => json!({
            "programmeId": ids.programme(),
            "updates": [{ "actionId": ids.action("1.2"), "narrative": "Four of five", "declaredHealth": "AT_RISK" }],
        }),
        "actionClaimComplete" => existing(ids.action("1.1"), json!({ "summary": "All is done" })),
        "actionAssure" => {
            existing(claimed(ids).await, json!({ "expectedVersion": 2, "note": "Seen by two of us" }))
        }
        "actionRefuse" => {
            existing(claimed(ids).await, json!({ "expectedVersion": 2, "reason": "Where is the audit?" }))
        }
        "actionJudgeImpact" => existing(
            claimed(ids).await,
            json!({
                "expectedVersion": 2, "impact": "IMPROVED", "summary": "Children are seen sooner",
                "evidenceIds": [ids.evidence("OFFICIAL on 1.1, kept")],
            }),
        ),
        "actionWithdraw" => existing(ids.action("1.9"), json!({ "reason": "Overtaken by events" })),
        "actionHandOver" => existing(
            ids.action("1.1"),
            json!({ "leadIds": [ids.person("Safeguarding nurse")], "reason": "A new post" }),
        ),
        "actionMoveDueDate" => {
            existing(ids.action("2.1"), json!({ "dueOn": "2019-02-28", "reason": "Two posts are empty" }))
        }
        "actionDependencyAdd" => json!({ "actionId": ids.action("1.9"), "dependsOnId": ids.action("1.10") }),
        "actionDependencyRemove" => {
            json!({ "actionId": ids.action("2.10"), "dependsOnId": ids.action("1.11") })
        }
        other => panic!("no input for {other}"),
    }
}

/// Of a client of the police.
async fn machine_client(ids: &Ids<'_>, mutation: &str) -> Value {
    let register = json!({
        "programmeId": ids.programme(), "organisationId": ids.organisation("Northshire Police"),
        "name": "Records system", "scopes": ["UPDATES"],
    });
    if mutation == "machineClientRegister" {
        return register;
    }
    let shows = "machineClient { id secrets { id } }";
    let made = ids.0.done(Persona::ProgrammeOffice, "machineClientRegister", register, shows).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let client = text(&made["machineClient"]["id"]);
    match mutation {
        "machineClientUpdate" => existing(client, json!({ "name": "Records", "scopes": ["READ", "LINKS"] })),
        "machineClientSecretAdd" => json!({ "machineClientId": client, "expiresInDays": 90 }),
        "machineClientSecretRetire" => existing(text(&made["machineClient"]["secrets"][0]["id"]), json!({})),
        "machineClientKeysSet" => existing(client, json!({ "jwks": crate::clients::PUBLIC_KEYS })),
        "machineClientRevoke" => existing(client, json!({ "reason": "Replaced by another" })),
        other => panic!("no input for {other}"),
    }
}

/// A step of an action in a draft.
fn draft_step(ids: &Ids<'_>) -> String {
    let world = &ids.0.world;
    let action = world.action("D1").id;
    gid("stp", world.steps.iter().find(|row| row.action_id == action).unwrap().id)
}

/// An open proposal of the police.
async fn proposal(app: &TestApp) -> String {
    let ids = Ids(app);
    let input = json!({ "actionId": ids.action("1.2"), "requirementId": ids.recommendation("10") });
    let payload = app.done(Persona::Police, "actionProposeLink", input, "linkProposal { id }").await;
    payload["linkProposal"]["id"].as_str().unwrap().to_owned()
}

/// An action that its lead claims to be complete, with accepted proof of two strands.
async fn claimed(ids: &Ids<'_>) -> String {
    let (app, action) = (ids.0, ids.action("1.1"));
    let voice = ids.evidence("OFFICIAL_SENSITIVE on 1.1, shared");
    let review = existing(voice, json!({ "status": "ACCEPTED" }));
    app.done(Persona::BoardMember, "evidenceReview", review, "evidence { id }").await;
    app.done(Persona::Lead, "actionClaimComplete", existing(action.clone(), json!({})), "action { id }")
        .await;
    action
}

fn asked(ids: &Ids<'_>, mutation: &str) -> Value {
    let inspection = ids.source("ins", "Inspection");
    let direction = ids.source("dir", "Second direction");
    let review = ids.source("rev", "Unpublished review");
    let world = &ids.0.world;
    match mutation {
        "inspectionCreate" => json!({
            "programmeId": ids.programme(), "title": "Second inspection", "framework": "ILACS", "issuedOn": "2018-12-01",
        }),
        "inspectionUpdate" => existing(inspection, json!({ "title": "First inspection" })),
        "judgementsSet" => json!({
            "inspectionId": inspection, "expectedVersion": 1,
            "judgements": [{ "area": "OVERALL_EFFECTIVENESS", "grade": "REQUIRES_IMPROVEMENT", "printedArea": "Overall" }],
        }),
        "directionCreate" => json!({
            "programmeId": ids.programme(), "title": "Third direction", "issuedOn": "2018-12-01",
        }),
        "directionUpdate" => existing(direction, json!({ "title": "The second direction" })),
        "directionRevise" => {
            existing(direction, json!({ "title": "Third direction", "issuedOn": "2018-12-01" }))
        }
        "directionLift" => existing(direction, json!({ "liftedOn": "2018-12-10", "reason": "All is well" })),
        "reviewCreate" => {
            json!({ "programmeId": ids.programme(), "title": "Peers look again", "kind": "PEER_REVIEW" })
        }
        "reviewUpdate" => existing(review, json!({ "title": "A review" })),
        "findingCreate" => json!({ "reviewId": review, "kind": "STRENGTH", "text": "Leaders listen" }),
        "findingUpdate" => {
            existing(gid("fnd", world.findings[0].id), json!({ "text": "Staff stay for years" }))
        }
        "recommendationCreate" => {
            json!({ "sourceId": inspection, "reference": "11", "text": "Tell the children" })
        }
        "recommendationUpdate" => existing(ids.recommendation("2"), json!({ "text": "Keep caseloads safe" })),
        "recommendationRespond" => existing(
            ids.recommendation("2"),
            json!({ "status": "REJECTED", "reason": "It is not ours to do" }),
        ),
        "recommendationConfirm" => {
            existing(ids.recommendation("1"), json!({ "note": "Seen on the visit of November" }))
        }
        "directionTermCreate" => {
            json!({ "directionId": direction, "reference": "2.c", "text": "At night", "parentId": ids.term("2") })
        }
        "directionTermUpdate" => existing(ids.term("2.a"), json!({ "text": "With all its partners" })),
        "dutyCreate" => json!({
            "termId": ids.term("2.a"), "what": "REPORT", "text": "In writing", "dueRule": "FIXED", "dueOn": "2019-01-31",
        }),
        "dutyUpdate" => existing(gid("dut", world.duties[0].id), json!({ "text": "Each quarter" })),
        "dutyDischarge" => existing(
            gid("dut", world.duties[0].id),
            json!({ "evidenceId": ids.evidence("OFFICIAL on requirement, kept"), "dischargedOn": "2018-12-10" }),
        ),
        other => panic!("no input for {other}"),
    }
}

async fn webhook(ids: &Ids<'_>, mutation: &str) -> Value {
    let input = json!({
        "programmeId": ids.programme(), "organisationId": ids.organisation("Northshire Police"),
        "url": "https://police.example/hooks", "description": "Case system", "eventTypes": ["action.updated"],
        "query": "query($id: ID!) { node(id: $id) { id } }",
    });
    if mutation == "webhookEndpointCreate" {
        return input;
    }
    let app = ids.0;
    let payload = app.done(Persona::Police, "webhookEndpointCreate", input, "webhookEndpoint { id }").await;
    let id = payload["webhookEndpoint"]["id"].as_str().unwrap().to_owned();
    match mutation {
        "webhookEndpointUpdate" => existing(id, json!({ "url": "https://police.example/other" })),
        "webhookEndpointEnable" => {
            let disable = existing(id.clone(), json!({}));
            app.done(Persona::Police, "webhookEndpointDisable", disable, "webhookEndpoint { id }").await;
            json!({ "id": id, "expectedVersion": 2 })
        }
        "webhookEndpointDisable" => existing(id, json!({ "reason": "Being moved" })),
        "webhookEndpointRemove" => existing(id, json!({ "reason": "Not needed" })),
        "webhookSecretRotate" => json!({ "endpointId": id, "expectedVersion": 1, "overlapHours": 1 }),
        "webhookEndpointPing" => json!({ "endpointId": id }),
        "webhookDeliveriesReplay" => json!({ "endpointId": id, "fromSequence": 1, "toSequence": 100 }),
        "webhookDeliveryReplay" => {
            let ping = json!({ "endpointId": id });
            let payload =
                app.done(Persona::Police, "webhookEndpointPing", ping, "webhookDelivery { id }").await;
            json!({ "id": payload["webhookDelivery"]["id"] })
        }
        other => panic!("no input for {other}"),
    }
}

fn who(ids: &Ids<'_>, mutation: &str) -> Value {
    let council = ids.organisation("Northshire Council");
    match mutation {
        "programmeCreate" => {
            json!({ "slug": "westshire", "name": "Better for children in Westshire", "authorityId": council })
        }
        "programmeUpdate" => existing(ids.programme(), json!({ "name": "Better for children" })),
        "ratingSchemeSet" => {
            let ratings = [("ON_TRACK", "G"), ("AT_RISK", "A"), ("OFF_TRACK", "R"), ("DONE", "B")];
            let ratings = ratings
                .map(|(health, label)| json!({ "health": health, "label": label, "colour": "#123456" }));
            json!({ "programmeId": ids.programme(), "expectedVersion": 1, "ratings": ratings })
        }
        "organisationCreate" => json!({
            "programmeId": ids.programme(), "name": "Lifeboat charity", "kind": "VOLUNTARY",
            "identifiers": [{ "scheme": "URN", "value": "E1" }],
        }),
        "organisationUpdate" => existing(council, json!({ "name": "Northshire County Council" })),
        "personCreate" => {
            json!({ "programmeId": ids.programme(), "post": "Head of audit", "organisationId": council })
        }
        "personUpdate" => existing(ids.person("Head of service"), json!({ "post": "Director of service" })),
        "groupCreate" => {
            json!({ "programmeId": ids.programme(), "name": "Audit group", "kind": "TASK_AND_FINISH" })
        }
        "groupUpdate" => existing(
            gid("grp", ids.0.world.party("Custody team").id),
            json!({ "name": "Custody", "memberIds": [ids.person("Detective inspector")] }),
        ),
        "memberAdd" => {
            json!({ "programmeId": ids.programme(), "subject": "somebody-new", "role": "OFFICER" })
        }
        "memberUpdate" => {
            existing(ids.member("officer"), json!({ "personId": ids.person("Head of service") }))
        }
        "memberRemove" => existing(ids.member("officer"), json!({ "reason": "Left the council" })),
        other => panic!("no input for {other}"),
    }
}

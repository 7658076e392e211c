use super::*;
use proptest::prelude::*;

/// The smallest programme: what every other text here is added to.
const SMALL: &str = r#"
[programme]
slug = "westshire"
name = "Westshire"
authority = "council"

[[organisation]]
key = "council"
name = "Westshire Council"
kind = "COUNCIL"

[[organisation]]
key = "police"
name = "Westshire Police"
kind = "POLICE"

[[person]]
key = "head"
post = "Head of Service"
organisation = "council"

[[inspection]]
key = "ofsted"
title = "Inspection"
framework = "ILACS"
issued_on = 2023-05-09

[[inspection.recommendation]]
text = "Supervision."

[[plan]]
key = "one"
title = "Plan one"
status = "CLOSED"
owner = "council"

[[plan.action]]
reference = "1"
aim = "Begin."
status = "ROLLED_OVER"

[[plan]]
key = "two"
title = "Plan two"
status = "AGREED"
owner = "council"
follows = "one"

[[plan.action]]
reference = "1.1"
aim = "Go on."
leads = ["head"]
rolled_over_from = { plan = "one", action = "1" }
addresses = [{ source = "ofsted", reference = "(1)", qualifier = "only for new staff" }]
"#;

fn problems(more: &str) -> Vec<String> {
    match parse(&format!("{SMALL}\n{more}")) {
        Err(ProgrammeFileError::Invalid(problems)) => problems.iter().map(Problem::to_string).collect(),
        Err(other) => vec![other.to_string()],
        Ok(_) => vec![],
    }
}

/// The file is refused for one reason alone, which names the place, what was wrong and what would be right.
#[track_caller]
fn refused(more: &str, expected: &str) {
    assert_eq!(problems(more), [expected]);
}

fn replaced(from: &str, to: &str) -> String {
    assert!(SMALL.contains(from), "{from:?} is in the small file");
    match parse(&SMALL.replace(from, to)) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_small_file_is_right() {
    let file = parse(SMALL).expect("it is right");
    assert_eq!(file.slug(), "westshire");
    let action = &file.plans[1].actions[0];
    assert_eq!(action.addresses[0].qualifier.as_deref(), Some("only for new staff"));
    assert_eq!((file.plans[1].update_every_days, file.plans[1].strands_required), (42, 2));
    assert_eq!(action.status, ActionStatus::NotStarted);
}

#[test]
fn every_word_is_read_as_it_is_written() {
    #[derive(Deserialize)]
    struct One {
        health: Vec<Health>,
        kind: Vec<OrganisationKind>,
        status: Vec<ActionStatus>,
    }
    fn written<T: std::fmt::Display>(all: &[T]) -> String {
        all.iter().map(|word| format!("\"{word}\",")).collect()
    }
    let text = format!(
        "health = [{}]\nkind = [{}]\nstatus = [{}]",
        written(Health::ALL),
        written(OrganisationKind::ALL),
        written(ActionStatus::ALL)
    );
    let one: One = toml::from_str(&text).expect("the words are known");
    assert_eq!(one.health, Health::ALL);
    assert_eq!(one.kind, OrganisationKind::ALL);
    assert_eq!(one.status, ActionStatus::ALL);
}

#[test]
fn a_key_that_leads_nowhere_is_named_with_the_nearest_one() {
    refused(
        "[[member]]\nsubject = \"p\"\nrole = \"PARTNER\"\norganisation = \"polise\"",
        "[member] p, organisation: \"polise\" is no key of an organisation; did you mean \"police\"?",
    );
}

#[test]
fn a_person_cannot_stand_where_an_organisation_must() {
    let said = replaced("owner = \"council\"\nfollows", "owner = \"head\"\nfollows");
    assert!(said.starts_with("[plan] two, owner: \"head\" is no key of an organisation"), "{said}");
}

#[test]
fn a_requirement_is_found_by_its_place_where_it_has_no_number() {
    assert_eq!(
        replaced("reference = \"(1)\"", "reference = \"1\""),
        "[plan.action] two / 1.1, addresses: \"ofsted\" has no requirement \"1\"; it has \"(1)\""
    );
}

#[test]
fn members_have_what_their_role_needs() {
    refused(
        "[[member]]\nsubject = \"p\"\nrole = \"PARTNER\"",
        "[member] p, organisation: a PARTNER without an organisation; name the one for which the member acts",
    );
    refused(
        "[[member]]\nsubject = \"p\"\nrole = \"SCRUTINY\"\nchair = true",
        "[member] p, chair: a chair with the role SCRUTINY; only a BOARD member chairs",
    );
    refused(
        "[[member]]\nsubject = \"a\"\nrole = \"ADMIN\"\nperson = \"head\"",
        "[member] a, role: an ADMIN with a person or organisation of this programme; \
         an ADMIN serves the whole deployment: remove both",
    );
}

#[test]
fn people_groups_and_organisations_share_one_list_of_keys() {
    refused(
        "[[person]]\nkey = \"police\"\npost = \"Constable\"",
        "[organisation, person, group] police, key: \"police\" stands here twice; each may stand once",
    );
    refused(
        "[[person]]\nkey = \"nobody\"",
        "[person] nobody, post: neither a post nor a name; give a post, a name, or both",
    );
}

#[test]
fn terms_stand_below_the_term_they_are_under() {
    let direction = |terms: &str| {
        format!("[[direction]]\nkey = \"d\"\ntitle = \"Direction\"\nissued_on = 2018-07-12\n{terms}")
    };
    let term = |reference: &str, under: &str| {
        let under = if under.is_empty() { String::new() } else { format!("under = \"{under}\"\n") };
        format!("[[direction.term]]\nreference = \"{reference}\"\ntext = \"Text\"\n{under}")
    };
    let tree = [("1", ""), ("2", ""), ("2.a", "2"), ("2.b", "2"), ("2.b.i", "2.b"), ("2.c", "2"), ("3", "")];
    let written: String = tree.iter().map(|(reference, under)| term(reference, under)).collect();
    assert_eq!(problems(&direction(&written)), [""; 0]);
    let astray = [term("1", ""), term("2", ""), term("1.a", "1")].concat();
    refused(
        &direction(&astray),
        "[direction.term] d / 1.a, under: \"1\" is not a term that this one follows; \
         put the term directly below the one it is under, in printed order",
    );
}

#[test]
fn a_duty_has_what_its_rule_needs_and_nothing_else() {
    let duty = |keys: &str| {
        format!(
            "[[direction]]\nkey = \"d\"\ntitle = \"Direction\"\nissued_on = 2018-07-12\n[[direction.term]]\n\
             reference = \"1\"\ntext = \"Text\"\n[[direction.term.duty]]\nwhat = \"REPORT\"\ntext = \"Report\"\n{keys}"
        )
    };
    for right in [
        "due = \"FIXED\"\ndue_on = 2019-07-12",
        "due = \"OFFSET\"\noffset_months = 12",
        "due = \"RECURRING\"\nevery_months = 3",
        "due = \"REGULAR\"",
    ] {
        assert_eq!(problems(&duty(right)), [""; 0]);
    }
    for wrong in
        ["due = \"FIXED\"", "due = \"OFFSET\"", "due = \"REGULAR\"\nevery_months = 3", "due = \"RECURRING\""]
    {
        assert_eq!(problems(&duty(wrong)).len(), 1, "{wrong}");
    }
}

#[test]
fn directions_plans_and_dependencies_do_not_go_in_circles() {
    let direction = |key: &str, other: &str| {
        format!("[[direction]]\nkey = \"{key}\"\ntitle = \"Direction {key}\"\nsupersedes = \"{other}\"\n")
    };
    refused(
        &[direction("a", "b"), direction("b", "a")].concat(),
        "[direction] a, supersedes: goes in a circle: a -> b -> a; \
         a direction revises an earlier one: take one of them out",
    );
    refused(
        "[[progress]]\nplan = \"one\"\naction = \"1\"\ndepends_on = [{ plan = \"two\", action = \"1.1\" }]\n\
         [[progress]]\nplan = \"two\"\naction = \"1.1\"\ndepends_on = [{ plan = \"one\", action = \"1\" }]",
        "[plan.action, progress] one / 1, depends_on: goes in a circle: one / 1 -> two / 1.1 -> one / 1; \
         an action cannot wait for itself: take one of them out",
    );
    refused(
        "[[progress]]\nplan = \"one\"\naction = \"1\"\ndepends_on = [{ plan = \"one\", action = \"1\" }]",
        "[progress] one / 1, depends_on: an action that waits for itself; remove it",
    );
}

#[test]
fn what_is_carried_on_was_rolled_over_by_the_plan_before() {
    assert_eq!(
        replaced("status = \"ROLLED_OVER\"", "status = \"COMPLETE\""),
        "[plan.action] two / 1.1, rolled_over_from: one / 1 is COMPLETE; give that action status ROLLED_OVER"
    );
    assert_eq!(
        replaced("follows = \"one\"\n", ""),
        "[plan.action] two / 1.1, rolled_over_from: plan \"two\" does not follow plan \"one\"; \
         give the plan follows = \"one\""
    );
}

#[test]
fn a_plan_reaches_its_stages_in_order() {
    let said = replaced(
        "status = \"AGREED\"",
        "status = \"AGREED\"\nconsidered_on = 2023-07-01\nagreed_on = 2023-06-01\npublished_on = 2023-08-01",
    );
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "[plan] two, agreed_on: 2023-06-01 lies before considered_on (2023-07-01); correct one of the two",
            "[plan] two, published_on: a plan that is AGREED has a published_on; remove it, or correct status",
        ]
    );
}

#[test]
fn the_rows_of_a_plan_with_its_own_table_are_left_to_the_loader() {
    let plan = "[[plan]]\nkey = \"three\"\ntitle = \"Three\"\nstatus = \"DRAFT\"\nowner = \"council\"\n";
    let progress = "[[progress]]\nplan = \"three\"\naction = \"9.9\"\n";
    assert_eq!(problems(&format!("{plan}actions_from = \"three.csv\"\n{progress}")), [""; 0]);
    refused(
        &format!("{plan}{progress}"),
        "[progress] three / 9.9, action: plan \"three\" has no action \"9.9\"; it has none",
    );
    assert!(problems(&format!("{plan}actions_from = \"../three.csv\"")).len() == 1);
}

#[test]
fn a_file_that_adds_leaves_printed_references_to_the_loader_but_not_keys() {
    let file = |source: &str| {
        format!(
            "adds_to = \"westshire\"\n[[review]]\nkey = \"r\"\ntitle = \"Review\"\nkind = \"PEER_REVIEW\"\n\
             [[evidence]]\ntitle = \"E\"\nstrand = \"VOICE\"\nmarking = \"OFFICIAL\"\nadded_on = 2023-06-01\n\
             requirements = [{{ source = \"{source}\", reference = \"99\" }}]"
        )
    };
    assert!(parse(&file("r")).is_ok());
    assert!(parse(&file("other")).is_err());
}

#[test]
fn a_document_shows_no_difference() {
    refused(
        "[[evidence]]\ntitle = \"E\"\nstrand = \"DOCUMENT\"\nmarking = \"OFFICIAL\"\nadded_on = 2023-06-01\n\
         shows = \"IMPROVED\"\nrequirements = [{ source = \"ofsted\", reference = \"(1)\" }]",
        "[evidence] E, shows: a document that shows IMPROVED; \
         remove it: a document shows that something was done",
    );
}

#[test]
fn steps_end_once_and_evidence_is_reviewed_or_not() {
    refused(
        "[[progress]]\nplan = \"one\"\naction = \"1\"\n[[progress.step]]\nnumber = 1\nstruck_out_on = 2023-01-01",
        "[progress.step] one / 1 / step 1, struck_out_reason: a step is struck out on a day and with a reason; \
         give both or neither",
    );
    refused(
        "[[evidence]]\ntitle = \"E\"\nstrand = \"VOICE\"\nmarking = \"OFFICIAL\"\nadded_on = 2023-06-01\n\
         review = { status = \"ACCEPTED\" }\nactions = [{ plan = \"one\", action = \"1\" }]",
        "[evidence] E, review.on: a review that is ACCEPTED; \
         ACCEPTED and REFUSED have the day of the review, SUBMITTED has none",
    );
}

#[test]
fn files_of_evidence_are_named_plainly_and_are_of_a_kind_that_is_taken() {
    let evidence = |files: &str| {
        format!(
            "[[evidence]]\ntitle = \"E\"\nstrand = \"VOICE\"\nmarking = \"OFFICIAL\"\nadded_on = 2023-06-01\n\
             actions = [{{ plan = \"one\", action = \"1\" }}]\nfiles = [{files}]"
        )
    };
    assert_eq!(problems(&evidence("\"minutes.pdf\", \"Figures of May.CSV\"")), [""; 0]);
    refused(
        &evidence("\"../minutes.pdf\""),
        "[evidence] E, files: \"../minutes.pdf\" is no plain name; name a file in the same folder, without a path",
    );
    refused(
        &evidence("\"minutes.exe\""),
        "[evidence] E, files: \"minutes.exe\" is of no kind that is taken; \
         its name ends with one of pdf, png, jpg, jpeg, docx, xlsx, odt, csv, txt",
    );
    refused(
        &evidence("\"con.pdf\""),
        "[evidence] E, files: \"con.pdf\" cannot be a name; Windows keeps this name for a device: choose another.",
    );
    assert_eq!(problems(&evidence("\"a.pdf\", \"a.pdf\"")).len(), 1);
    let many: Vec<String> = (0..21).map(|number| format!("\"{number}.pdf\"")).collect();
    refused(&evidence(&many.join(", ")), "[evidence] E, files: 21 files; evidence has 20 at most");
}

#[test]
fn a_measure_moves_its_target_with_a_reason_and_takes_no_readings_without_a_scale() {
    let measure = "[[measure]]\ntitle = \"M\"\npolarity = \"LOWER_IS_BETTER\"\n";
    let read = parse(&format!(
        "{SMALL}\n{measure}unit = \"DAYS\"\nfrequency = \"ANNUAL\"\nbaseline = {{ value = 12.125 }}\n\
         target = [{{ value = 10, set_on = 2023-06-01 }}]\nreading = [{{ period_start = 2023-01-01, value = 11 }}]"
    ));
    let measures = read.expect("it is right").measures;
    assert_eq!(measures[0].baseline.as_ref().map(|of| of.value.to_string()).as_deref(), Some("12.125"));
    assert_eq!(measures[0].readings[0].value.map(|of| of.to_string()).as_deref(), Some("11"));
    refused(
        &format!("{measure}reading = [{{ period_start = 2023-01-01, value = 11 }}]"),
        "[measure] M, reading: readings of a measure without a unit or a frequency; add both",
    );
    refused(
        &format!(
            "{measure}target = [{{ value = 10, set_on = 2023-06-01 }}, {{ value = 9, set_on = 2023-07-01 }}]"
        ),
        "[measure] M, target.reason: a target that moved without a reason; say why it moved",
    );
    refused(
        &format!("{measure}owner = \"heat\""),
        "[measure] M, owner: \"heat\" is no key of an organisation, person or group; did you mean \"head\"?",
    );
    let text = problems(&format!("{measure}baseline = {{ value = 1.2345 }}"));
    assert!(text[0].contains("at most three decimals"), "{text:?}");
}

#[test]
fn a_day_must_be_in_the_calendar_and_a_word_in_its_list() {
    assert!(replaced("2023-05-09", "2023-02-30").starts_with("programme file: TOML parse error at line"));
    for wrong in ["2023-05-09T10:00:00", "\"2023-05-09\"", "2023", "10:00:00"] {
        let said = replaced("2023-05-09", wrong);
        assert!(said.contains("line 26") && said.contains("write it without quotes and alone"), "{said}");
    }
    assert!(replaced("\"ILACS\"", "\"ILAC\"").contains("unknown variant `ILAC`, expected one of"));
    assert!(replaced("framework", "frame").contains("unknown field `frame`"));
}

#[test]
fn texts_that_no_database_takes_alike_are_refused_by_their_place() {
    let said = replaced("\"Supervision.\"", "\"a\\u0000b\"");
    assert!(said.starts_with("[text] inspection[1].recommendation[1].text: a control character"), "{said}");
    let said = replaced("\"Supervision.\"", "\" \"");
    assert!(said.starts_with("[text] inspection[1].recommendation[1].text: an empty text"), "{said}");
}

#[test]
fn numbers_that_identify_a_person_are_refused_by_their_place_and_not_repeated() {
    for (number, kind) in [
        ("999 000 0018", "an NHS number"),
        ("999\\u00a0000\\u00a00018", "an NHS number"),
        ("U999123456789", "a unique pupil number"),
        ("AB 12 34 56 C", "a national insurance number"),
    ] {
        let said = replaced("\"Supervision.\"", &format!("\"Supervision of {number}.\""));
        assert_eq!(
            said,
            format!(
                "[text] inspection[1].recommendation[1].text: {kind}; take it out: nobody may be identifiable in a programme"
            )
        );
    }
}

#[test]
fn included_files_are_joined_and_must_be_parts() {
    let main = format!("include = [\"more.toml\"]\n{SMALL}");
    let with = |more: &str| read("main.toml", &main, |_| Ok(more.to_owned()));
    let joined =
        with("[[organisation]]\nkey = \"trust\"\nname = \"Trust\"\nkind = \"NHS\"").expect("it joins");
    assert_eq!(joined.organisations.len(), 3);
    assert!(joined.include.is_empty());
    assert!(with("adds_to = \"other\"").is_err());
    assert!(with("include = [\"main.toml\"]").is_err());
    assert!(with("nonsense").unwrap_err().to_string().starts_with("more.toml: TOML parse error"));
    assert!(parse(&main).is_err());
}

#[test]
fn an_include_never_leaves_its_folder() {
    for name in ["../secret.toml", "/etc/passwd", "a/b.toml", "..", ".env", "a\\b", ""] {
        let text = format!("include = ['{name}']\nadds_to = \"westshire\"");
        let answer = read("main.toml", &text, |opened| panic!("{opened:?} was opened"));
        assert!(answer.is_err(), "{name:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        let _ = parse(&text);
    }

    #[test]
    fn a_right_file_with_a_piece_replaced_never_panics(
        start in 0usize..SMALL.len(),
        length in 0usize..40,
        piece in "[a-z0-9 =\\[\\]\"{}.,\n-]{0,12}",
    ) {
        let end = (start + length).min(SMALL.len());
        let _ = parse(&[&SMALL[..start], &piece, &SMALL[end..]].concat());
    }

    #[test]
    fn every_problem_says_where_what_and_what_would_be_right(
        key in "[a-z]{1,8}", subject in "[a-z]{1,8}",
    ) {
        prop_assume!(key != "council" && key != "police");
        let more = format!("[[member]]\nsubject = \"{subject}\"\nrole = \"BOARD\"\norganisation = \"{key}\"");
        let said = problems(&more);
        prop_assert_eq!(said.len(), 1);
        prop_assert!(said[0].contains(&subject) && said[0].contains(&key) && said[0].contains("; "));
    }
}

#[test]
fn feedback_is_about_what_there_is_and_answers_have_their_day() {
    let feedback = |more: &str| {
        format!(
            "[[feedback]]\nsaid_by = \"CHILDREN\"\ngathered_by = \"SURVEY\"\nperiod_start = 2023-05-01\n\
             period_end = 2023-05-31\nsaid = \"Be on time.\"\n{more}\n"
        )
    };
    let about = "actions = [{ plan = \"two\", action = \"1.1\" }]\ndone = \"Clocks.\"\ndone_on = 2023-06-01";
    let file = parse(&format!("{SMALL}\n{}", feedback(about))).expect("it is right");
    assert_eq!(file.feedback[0].name(), "CHILDREN / 2023-05-31");
    assert_eq!(file.feedback[0].actions.len(), 1);
    refused(
        &feedback("requirements = [{ source = \"ofsted\", reference = \"7\" }]"),
        "[feedback] CHILDREN / 2023-05-31, requirements: \"ofsted\" has no requirement \"7\"; it has \"(1)\"",
    );
    refused(
        &feedback("told = \"By letter.\""),
        "[feedback] CHILDREN / 2023-05-31, told_on: one of told and told_on; give both, or neither",
    );
    let twice = [feedback(""), feedback("")].concat();
    assert!(problems(&twice)[0].ends_with("stands here twice; each may stand once"));
}

#[test]
fn a_challenge_is_put_to_an_organisation_and_says_how_it_ended() {
    let challenge = |more: &str| {
        format!(
            "[[challenge]]\ntext = \"Why?\"\nput_to = \"police\"\nput_on = 2023-05-02\nanswer_by = 2023-05-31\n{more}\n"
        )
    };
    let about = "action = { plan = \"two\", action = \"1.1\" }\nanswer = \"So.\"\nanswered_on = 2023-05-20";
    let file = parse(&format!("{SMALL}\n{}", challenge(about))).expect("it is right");
    assert_eq!(file.challenges[0].put_to, "police");
    refused(
        &challenge("answered_on = 2023-05-20"),
        "[challenge] Why?, answered_on: one of answer and answered_on; give both, or neither",
    );
    refused(
        &challenge("still_asked = \"And then?\""),
        "[challenge] Why?, still_asked: asked again without an answer; give the answer that leaves this open",
    );
    refused(
        &challenge("closed_on = 2023-06-01"),
        "[challenge] Why?, closing_note: closed without an answer; say why none was needed any more",
    );
    refused(
        &challenge("").replace("2023-05-31", "2023-05-01"),
        "[challenge] Why?, answer_by: 2023-05-01 lies before put_on (2023-05-02); correct one of the two",
    );
    let twice = [challenge(""), challenge("")].concat();
    assert!(problems(&twice)[0].ends_with("stands here twice; each may stand once"));
}

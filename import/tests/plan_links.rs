//! Links that a person decides: `[[link]]` in the answers.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use import::plan::{Answers, Understanding, apply, read, report};

const REC: &str = "rec_0193f0a07c1d7b3c8a5e4f2b1c0d9e01";
const TERM: &str = "trm_0193f0a07c1d7b3c8a5e4f2b1c0d9e02";

fn understanding() -> Understanding {
    let table = "No,Recommendation,Action,Lead,By when\n\
        1.1,Rec 3,Begin,Head of Rotas,Mar 2019\n\
        1.2,,Go on,Head of Rotas,Mar 2019\n\
        ,,Look back,Head of Rotas,Mar 2019\n";
    read(table.as_bytes()).unwrap()
}

fn linked(toml: &str) -> Result<Understanding, String> {
    let answers = Answers::parse(toml).map_err(|error| error.to_string())?;
    apply(&understanding(), &answers).map_err(|error| error.to_string())
}

fn link(row: &str, more: &str) -> String {
    format!("[[link]]\n{row}\n{more}\n")
}

#[test]
fn a_decided_link_stands_beside_what_the_row_names() {
    let result = linked(&format!(
        "{}{}",
        link("row = \"1.1\"", &format!("requirement = \"{REC}\"")),
        link("place = \"1/2\"", &format!("requirement = \"{TERM}\"\nqualifier = \" only at night \"")),
    ))
    .unwrap();

    let json = serde_json::to_value(&result.rows[0].requirements).unwrap();
    assert_eq!(
        json,
        serde_json::json!([
            { "reference": "3", "qualifier": null },
            { "id": REC, "qualifier": null },
            { "id": TERM, "qualifier": "only at night" },
        ])
    );
    assert!(report(&result).contains(&format!("{TERM} (only at night)")));
    assert_eq!(result.open_questions(), understanding().open_questions(), "a link answers no question");
}

#[test]
fn a_row_can_be_named_as_an_answer_has_numbered_it() {
    let number =
        "[[answer]]\nplace = \"1/4\"\nquestion = \"REFERENCE_MISSING\"\nset = { reference = \"1.9\" }\n";
    let result =
        linked(&format!("{number}{}", link("row = \"1.9\"", &format!("requirement = \"{REC}\"")))).unwrap();
    assert_eq!(result.rows[2].requirements[0].id.as_deref(), Some(REC));
}

#[test]
fn what_cannot_be_linked_is_refused_and_nothing_is_applied() {
    let good = format!("requirement = \"{REC}\"");
    let drop = "[[answer]]\nplace = \"1/4\"\nquestion = \"REFERENCE_MISSING\"\ndrop = true\n";
    for (toml, wanted) in [
        (link("", &good), "link 1: it names no row"),
        (link("row = \"7.7\"", &good), "link 1: there is no row 7.7"),
        (link("place = \"9/9\"", &good), "link 1: there is no row at 9/9"),
        (link("row = \"1.1\"\nplace = \"1/3\"", &good), "link 1: there is no row 1.1, row at 1/3"),
        (link("row = \"1.1\"", "requirement = \"3\""), "\"3\" is no requirement's id"),
        (link("row = \"1.1\"", &format!("requirement = \"act_{}\"", &REC[4..])), "is no requirement's id"),
        (
            link("row = \"1.1\"", &format!("requirement = \"{}\"", REC.to_uppercase())),
            "is no requirement's id",
        ),
        (link("row = \"1.1\"", ""), "missing field `requirement`"),
        (link("row = \"1.1\"", &format!("{good}\naccept = true")), "unknown field `accept`"),
        (link("row = \"1.1\"", &format!("{good}\nqualifier = \" . \"")), "the qualifier must not be empty"),
        (
            link("row = \"1.1\"", &format!("{good}\nqualifier = \"for 999 000 0018\"")),
            "the qualifier holds an NHS number",
        ),
        (link("row = \"1.1\"", &good).repeat(2), "link 2: row 1.1 is linked to"),
        (link("row = \"1.1\"", &good) + &link("place = \"1/2\"", &good), "link 2: row at 1/2 is linked to"),
        (format!("{drop}{}", link("place = \"1/4\"", &good)), "is dropped by an answer"),
    ] {
        let refusal = linked(&toml).unwrap_err();
        assert!(refusal.contains(wanted), "{toml}: {refusal}");
        assert!(!refusal.contains("0018"), "{refusal}");
    }
}

#[test]
fn two_rows_of_one_number_need_the_place() {
    let table = "No,Action,Lead,By when\n1.1,Begin,Head of Rotas,Mar 2019\n1.2,Look,Head of Rotas,Mar 2019\n1.1,Go on,Head of Ropes,Apr 2019\n";
    let understanding = read(table.as_bytes()).unwrap();
    let by = |row: &str| {
        apply(&understanding, &Answers::parse(&link(row, &format!("requirement = \"{REC}\""))).unwrap())
    };
    assert!(by("row = \"1.1\"").unwrap_err().to_string().contains("could be several rows"));
    assert_eq!(by("row = \"1.1\"\nplace = \"1/4\"").unwrap().rows[2].requirements.len(), 1);
}

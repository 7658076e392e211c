//! The members that a programme file names.

use super::*;

#[tokio::test]
async fn a_file_makes_no_member_of_what_the_service_names_itself() {
    let with = |subject: &str, more: &str| {
        let member = format!("[[member]]\nsubject = \"{subject}\"\n{more}");
        bundle(&[("programme.toml", &format!("{SMALL}\n{member}"))]).unwrap()
    };
    let partner = "role = \"PARTNER\"\norganisation = \"council\"";
    on_both_migrated(async |db| {
        for (subject, more, field) in [
            ("client:0193a5b0-0000-7000-8000-000000000001", partner, "subject"),
            ("webhook:0193a5b0-0000-7000-8000-000000000001", partner, "subject"),
            ("group:", partner, "subject"),
            ("group:board", "role = \"BOARD\"\nchair = true", "chair"),
            ("group:officers", "role = \"OFFICER\"\nperson = \"head\"", "person"),
        ] {
            let refusal = load_programme(db, &SYSTEM, &with(subject, more), origin()).await;
            let Err(LoadError::Invalid(problems)) = refusal else { panic!("{subject}: {refusal:?}") };
            let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
            assert_eq!(fields, [field], "{subject}");
        }
        let group = with("group:partners", partner);
        assert!(matches!(load_programme(db, &SYSTEM, &group, origin()).await, Ok(Loaded::Written { .. })));
    })
    .await;
}

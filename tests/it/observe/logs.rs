//! The log of the real service, whatever goes wrong.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use api::store::db::Db;
use serde_json::{Value, json};

use crate::support::db::behind_its_back;
use crate::support::{Persona, on_both};

#[derive(Clone, Default)]
pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn fields(&self) -> Vec<Value> {
        let line = |line: &str| serde_json::from_str::<Value>(line).unwrap();
        self.text().lines().map(|text| line(text)["fields"].clone()).collect()
    }
}

#[tokio::test]
async fn whatever_goes_wrong_what_was_said_is_not_in_it() {
    on_both(async |app| {
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || sink.clone()).finish();
        super::watch_everywhere();
        let _guard = tracing::subscriber::set_default(subscriber);
        let office = Persona::ProgrammeOffice;
        let whisper = json!({ "x": "whisper" });
        // Not GraphQL, not of the schema, a wrong variable, and one that is taken.
        for (document, variables) in [
            ("{ whisper \"whisper", json!({})),
            ("{ whisper(whisper: \"whisper\") }", json!({})),
            ("query A($x: Int) { programmes(first: $x) { totalCount } }", whisper.clone()),
            ("query B($x: String!) { programme(slug: $x) { name } }", whisper.clone()),
            ("query B($x: String!) { programme(slug: $x) { name } a: programme(slug: \"whisper\") { name } }", whisper),
        ] {
            app.query(office, document, variables).await;
        }
        // A database that refuses what it is told, with the value in what it says of it.
        refuse_programmes(app.db()).await;
        let input = json!({ "slug": "whisper", "name": "whisper", "newAuthority": { "name": "whisper", "kind": "COUNCIL" } });
        let document = "mutation C($input: ProgrammeCreateInput!) { programmeCreate(input: $input) { userErrors { code } } }";
        let broken = app.query(Persona::Admin, document, json!({ "input": input })).await;
        assert_eq!(broken.code(), "INTERNAL", "{}", broken.text);

        let text = lines.text();
        assert!(!text.to_lowercase().contains("whisper"), "{text}");
        assert!(!text.contains("Bearer") && !text.contains("eyJ"), "{text}");
        let fields = lines.fields();
        let of = |operation: &str| fields.iter().rfind(|line| line["operation"] == operation).unwrap();
        assert_eq!((&of("A")["result"], &of("A")["kind"]), (&json!("BAD_USER_INPUT"), &json!("query")));
        assert_eq!((&of("B")["result"], &of("B")["principal"]), (&json!("NOT_FOUND"), &json!("programme-office")));
        assert_eq!((&of("C")["result"], &of("C")["kind"]), (&json!("INTERNAL"), &json!("mutation")));
        let fault = fields.iter().find_map(|line| line["fault"].as_str()).unwrap();
        let code = if app.is_postgres() { "code P0001" } else { "code 1811" };
        assert!(fault.contains("the database refused the change") && fault.contains(code), "{fault}");
    })
    .await;
}

/// From now on the database takes no new programme, and repeats what it was given.
async fn refuse_programmes(db: &Db) {
    let sqlite =
        "CREATE TRIGGER refusal BEFORE INSERT ON programme BEGIN SELECT RAISE(ABORT, 'no whisper'); END";
    let postgres = "CREATE FUNCTION refusal() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE EXCEPTION 'no %', NEW.slug; END$$;
        CREATE TRIGGER refusal BEFORE INSERT ON programme FOR EACH ROW EXECUTE FUNCTION refusal()";
    behind_its_back(db, sqlite, postgres).await;
}

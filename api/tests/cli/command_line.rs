//! What the binary prints, where, and what it ends with.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use crate::support::{golden_thread, printed, run, sqlite};

/// A demonstration that ends with the test.
struct Demo {
    process: Child,
    printed: Vec<String>,
}

impl Demo {
    fn start(folder: &Path) -> Demo {
        let mut process =
            golden_thread(&["demo", "--bind", "127.0.0.1:0", "--folder", folder.to_str().unwrap()])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut printed = Vec::new();
        for line in lines {
            let line = line.unwrap();
            let last = line.starts_with("nobody ");
            printed.push(line);
            if last {
                break;
            }
        }
        Demo { process, printed }
    }

    /// The second word of the line that begins with `first`.
    fn printed(&self, first: &str) -> &str {
        let line = self.printed.iter().find(|line| line.starts_with(&format!("{first} "))).unwrap();
        line.split_whitespace().nth(1).unwrap()
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

async fn subject(graphql: &str, token: &str) -> (u16, Value) {
    let answer = reqwest::Client::new()
        .post(graphql)
        .bearer_auth(token)
        .json(&serde_json::json!({"query": "{ viewer { subject } }"}))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn the_demonstration_prints_what_one_needs_to_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(folder.path());
    let (explorer, graphql) = (demo.printed("explorer"), demo.printed("GraphQL"));
    assert!(reqwest::get(explorer).await.unwrap().text().await.unwrap().contains("<title>"));
    assert_eq!(reqwest::get(format!("{explorer}readyz")).await.unwrap().status(), 200);

    for subject_name in
        ["board-chair", "board-member", "programme-office", "lead", "police", "health", "scrutiny"]
    {
        let (status, answer) = subject(graphql, demo.printed(subject_name)).await;
        assert_eq!(status, 200);
        assert!(answer["data"].to_string().contains(subject_name), "{answer}");
    }

    // `token` prints only the token, and the demonstration that runs on the same database accepts it.
    let output = run(&["token", "police", "--database-url", demo.printed("database")]);
    assert!(output.status.success());
    let token = String::from_utf8(output.stdout).unwrap();
    assert_eq!(token.split_whitespace().count(), 1);
    assert_eq!(subject(graphql, token.trim()).await.0, 200);
    assert_eq!(subject(graphql, "a.b.c").await.0, 401);

    // The port is taken now, and the message says which and what to do.
    let address = graphql.trim_start_matches("http://").trim_end_matches("/graphql");
    let second = run(&["demo", "--bind", address]);
    let said = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    assert!(said.contains("is taken") && said.contains("--bind"), "{said}");
}

#[test]
fn what_cannot_work_is_one_line_and_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let (missing, text) = (sqlite(folder.path()), folder.path().join("text.sqlite"));
    std::fs::write(&text, "not a database at all, and long enough to be read as one\n".repeat(30)).unwrap();
    let text = format!("sqlite://{}", text.display());
    for (arguments, code, said) in [
        (vec!["serve"], 2, "--database-url"),
        (vec!["serve", "--bind", "here", "--database-url", &missing], 2, "127.0.0.1:8080"),
        (vec!["serve", "--bind", "127.0.0.1:0", "--database-url", &missing], 1, "golden-thread migrate"),
        (vec!["serve", "--bind", "127.0.0.1:0", "--database-url", &text], 1, "text.sqlite"),
        (vec!["token", "police", "--database-url", &missing], 1, "there is no database"),
        (vec!["migrate", "--database-url", "mysql://gt:secret@db/x"], 2, "postgres://"),
    ] {
        let output = run(&arguments);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {stderr}");
        assert_eq!(stderr.lines().count(), 1, "{arguments:?}: {stderr}");
        assert!(stderr.starts_with("golden-thread: ") && stderr.contains(said), "{arguments:?}: {stderr}");
        assert!(!stderr.contains("secret") && output.stdout.is_empty());
    }
    assert_eq!(run(&["launch"]).status.code(), Some(2));
}

#[test]
fn a_database_is_migrated_once_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    for _ in 0..2 {
        let output = run(&["migrate", "--database-url", &url]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8(output.stdout).unwrap().contains("the schema is current"));
    }
}

#[cfg(unix)]
#[test]
fn a_request_to_stop_ends_it_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = Demo::start(folder.path());
    let id = demo.process.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert_eq!(demo.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_plan_is_looked_at_answered_loaded_and_not_loaded_twice() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    let demo = |file: &str| format!("{}/../demo/buckinghamshire/{file}", env!("CARGO_MANIFEST_DIR"));
    let (table, answers) = (demo("phase-2.csv"), demo("phase-2.answers.toml"));
    printed(&["migrate", "--database-url", &url]);
    printed(&["import", &demo("programme.toml"), "--database-url", &url]);
    let plan =
        ["import", &table, "--programme", "buckinghamshire", "--plan", "Again", "--database-url", &url];

    let dry: Value = serde_json::from_str(&printed(&["import", &table, "--dry-run", "--json"])).unwrap();
    let unanswered = run(&plan);
    let wrong = run(&["import", &answers, "--programme", "buckinghamshire", "--plan", "Again"]);
    let answered = [plan.as_slice(), &["--answers", &answers]].concat();
    let first = printed(&answered);
    let second = printed(&answered);

    assert_eq!(dry["rows"].as_array().unwrap().len(), 21);
    assert_eq!(dry["gaps"], serde_json::json!(["2.7"]));
    let said = String::from_utf8(unanswered.stderr).unwrap();
    assert_eq!(unanswered.status.code(), Some(1));
    assert!(said.contains("GAP_IN_NUMBERING") && said.contains("nothing was changed"), "{said}");
    assert_eq!(wrong.status.code(), Some(2), "a programme file takes no plan's title");
    assert!(first.contains("is loaded"), "{first}");
    assert!(second.contains("nothing was changed"), "{second}");
}

/// No number here was given to anybody.
#[test]
fn what_identifies_a_person_is_refused_and_never_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let demo = format!("{}/../demo/buckinghamshire/programme.toml", env!("CARGO_MANIFEST_DIR"));
    let plan = "No,Aim,Action,Lead,By when\n1.1,Better,Ask for 999 000 0018,Head of Service,Mar 2019\n";
    let plan = file("plan.csv", plan);
    let clean = file("clean.csv", "No,Aim,Action,Lead,By when\n1.1,Better,Ask,Head of Service,Mar 2019\n");
    let answers = "[[answer]]\nrow = \"1.1\"\nquestion = \"PERSONAL_DATA_SUSPECTED\"\nset = { steps = [\"Ask 9990000018\"] }\n";
    let answers = file("answers.toml", answers);
    let programme = file(
        "own.toml",
        "adds_to = \"buckinghamshire\"\n[[organisation]]\nkey = \"x\"\nname = \"For AB123456C\"\nkind = \"COUNCIL\"\n",
    );
    let torn = file("torn.toml", "adds_to = \"U999123456789\n");
    printed(&["migrate", "--database-url", &url]);
    printed(&["import", &demo, "--database-url", &url]);

    let dry = printed(&["import", &plan, "--dry-run"]);
    let json = printed(&["import", &plan, "--dry-run", "--json"]);
    for report in [&dry, &json] {
        assert!(report.contains("PERSONAL_DATA_SUSPECTED") && report.contains("an NHS number"), "{report}");
        assert!(!report.contains("0018"), "{report}");
    }
    let load = |file: &str, title: &str, more: &[&str]| {
        let first =
            ["import", file, "--programme", "buckinghamshire", "--plan", title, "--database-url", &url];
        let output = run(&[&first, more].concat());
        (output.status.code(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    for ((code, said), expected) in [
        (load(&plan, "New", &[]), "PERSONAL_DATA_SUSPECTED"),
        (load(&plan, "New", &["--answers", &answers]), "a step holds an NHS number"),
        (load(&clean, "For 999 000 0018", &[]), "[plan], title: an NHS number"),
    ] {
        assert!(code != Some(0) && said.contains(expected), "{code:?} {said}");
        assert!(!said.contains("0018"), "{said}");
    }
    for (file, expected) in [
        (&programme, "[text] organisation[1].name: a national insurance number"),
        (&torn, "(a line is not shown: it holds a unique pupil number)"),
    ] {
        let output = run(&["import", file, "--database-url", &url]);
        let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(output.status.code() == Some(1) && said.contains(expected), "{said}");
        assert!(!said.contains("123456"), "{said}");
    }
}

#[tokio::test]
async fn a_container_asks_its_own_service_whether_it_is_ready() {
    let folder = tempfile::tempdir().unwrap();
    let url = sqlite(folder.path());
    printed(&["migrate", "--database-url", &url]);
    let (process, address) = crate::support::serve(&url, &[]);
    crate::support::ready(&reqwest::Client::new(), &address).await;
    assert_eq!(printed(&["health", &format!("{address}/readyz")]), "");
    let other = run(&["health", &format!("{address}/nothing")]);
    assert_eq!(other.status.code(), Some(1));
    assert_eq!(String::from_utf8(other.stderr).unwrap(), "golden-thread: the service answers 404\n");
    drop(process);
    let gone = run(&["health", &format!("{address}/readyz")]);
    assert_eq!(gone.status.code(), Some(1));
    assert_eq!(String::from_utf8(gone.stderr).unwrap(), "golden-thread: the service cannot be reached\n");
    assert_eq!(run(&["health", "nowhere"]).status.code(), Some(2));
}

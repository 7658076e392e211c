//! How documents are read: in a process of their own, within bounds, by whichever replica is there.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::files::{Bytestream, FileSettings, FileStore, Finding, ScanRound, Scanner, Unscanned};
use api::reader::{Bounds, Reader};
use api::store::document_readings::{self as store, MOST_ATTEMPTS};
use chrono::{TimeDelta, Utc};
use futures_util::future::BoxFuture;
use futures_util::{FutureExt, TryStreamExt};
use serde_json::json;

use crate::support::app::PUBLIC_URL;
use crate::support::db::behind_its_back;
use crate::support::documents::{
    PLAN, announced, ended, keeping, put, reader, reading, reading_with, sent, stands,
};
use crate::support::files::{upload, uuid};
use crate::support::{Persona, TestApp, on_both};

const OFFICE: Persona = Persona::ProgrammeOffice;

fn in_memory() -> FileSettings {
    FileSettings::new(FileStore::memory(), PUBLIC_URL)
}

/// What a document was found to hold; nothing where it was not read.
async fn held(app: &TestApp, upload: &str) -> Option<String> {
    store::find(app.db(), uuid(upload)).await.unwrap().unwrap().result
}

#[tokio::test]
async fn a_document_is_read_once_it_has_come() {
    on_both(async |app| {
        let app = &reading(app).await;
        let id = sent(app, PLAN).await;
        let read = ended(app, &id).await;
        assert_eq!((&read["state"], &read["problem"]), (&json!("READ"), &json!(null)), "{read}");
        assert_eq!(read["progress"]["done"], read["progress"]["of"], "{read}");
        assert!(held(app, &id).await.unwrap().contains("Answer every call"));
        // The addresses are as before, and sent again it is not read again.
        assert_eq!(stands(app, Persona::Lead, &id).await, json!(null));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    on_both(async |app| {
        let app = &reading(app).await;
        for (bytes, said) in [
            (&b"Dear all,\nthe plan comes tomorrow.\n"[..], "no table with a plan's headings"),
            (&b"No,Aim,Action\n"[..], "no rows under them"),
        ] {
            let id = sent(app, bytes).await;
            let refused = ended(app, &id).await;
            assert_eq!(refused["state"], "REFUSED");
            let problem = refused["problem"].as_str().unwrap().to_lowercase();
            assert!(problem.contains(said), "{problem}");
            assert_eq!(held(app, &id).await, None);
        }
    })
    .await;
}

/// A reader that starts a script in the place of the program.
#[cfg(unix)]
fn scripted(folder: &std::path::Path, script: &str, bounds: Bounds) -> Reader {
    let program = folder.join("reader");
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, executable).unwrap();
    Reader::new(program, bounds, 1)
}

#[cfg(unix)]
#[tokio::test]
async fn it_may_take_so_much_time_and_memory_and_no_more() {
    on_both(async |app| {
        let short = Bounds { time: Duration::from_millis(100), ..Bounds::default() };
        for (script, bounds, said) in [
            ("exec sleep 60", short, "within 0.1 seconds"),
            ("kill -XCPU $$", Bounds::default(), "within 10 seconds"),
            (
                "echo 'memory allocation of 9 bytes failed' >&2; kill -ABRT $$",
                Bounds::default(),
                "500 MB of memory",
            ),
            ("kill -SEGV $$", Bounds::default(), "malformed"),
            ("echo 'panicked at import/src/x.rs:1:1' >&2; exit 101", Bounds::default(), "malformed"),
            ("echo '{\"done\":1,'", Bounds::default(), "malformed"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let reader = scripted(folder.path(), script, bounds);
            let app = &reading_with(app, in_memory(), reader).await;
            let refused = ended(app, &sent(app, PLAN).await).await;
            assert_eq!(refused["state"], "REFUSED", "{script}: {refused}");
            let problem = refused["problem"].as_str().unwrap();
            assert!(problem.contains(said) && !problem.contains("x.rs"), "{script}: {problem}");
        }
    })
    .await;
}

#[cfg(unix)]
#[tokio::test]
async fn a_reader_that_somebody_else_ends_is_started_again() {
    on_both(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let app =
            &reading_with(app, in_memory(), scripted(folder.path(), "kill -KILL $$", Bounds::default()))
                .await;
        let id = sent(app, PLAN).await;
        let row = put_off(app, &id).await;
        assert_eq!((row.attempts, row.problem), (1, None));
    })
    .await;
}

/// Waits until a document was put off.
async fn put_off(app: &TestApp, upload: &str) -> entity::upload_reading::Model {
    loop {
        let row = store::find(app.db(), uuid(upload)).await.unwrap().unwrap();
        if row.claimed_until.is_some() && row.state == "WAITING" {
            return row;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn what_a_replica_left_lying_another_takes_up() {
    on_both(async |app| {
        let alone = &keeping(app, in_memory()).await;
        let id = sent(alone, PLAN).await;
        let (now, past) = (Utc::now(), Utc::now() - TimeDelta::seconds(1));
        let died = store::take_up(alone.db(), false, (now, past)).await.unwrap().unwrap();
        assert_eq!(died.upload.id, uuid(&id));
        assert_eq!(stands(alone, OFFICE, &id).await["state"], "READING");

        let later =
            store::take_up(alone.db(), false, (now, now + TimeDelta::seconds(60))).await.unwrap().unwrap();
        assert_eq!(store::take_up(alone.db(), false, (now, now)).await.unwrap(), None, "it is somebody's");
        // Who comes back too late says nothing.
        assert!(!store::read(alone.db(), &died, "{}".to_owned(), now).await.unwrap());
        assert!(!store::refused(alone.db(), &died, "No.", now).await.unwrap());
        assert!(!store::progress(alone.db(), &died, 1, 2).await.unwrap());
        assert!(store::progress(alone.db(), &later, 1, 2).await.unwrap());
        let stands = stands(alone, OFFICE, &id).await;
        assert_eq!(
            (&stands["state"], &stands["progress"]),
            (&json!("READING"), &json!({ "done": 1, "of": 2 }))
        );

        let past = "UPDATE upload_reading SET claimed_until = '2018-01-01T00:00:00+00:00'";
        behind_its_back(alone.db(), past, past).await;
        let again = alone.files.clone();
        let reading = tokio::spawn(api::reader::keep_reading(again, reader(Bounds::default())));
        assert_eq!(ended(alone, &id).await["state"], "READ");
        reading.abort();
    })
    .await;
}

#[tokio::test]
async fn what_kills_its_reader_again_and_again_is_given_up() {
    on_both(async |app| {
        let app = &keeping(app, in_memory()).await;
        let id = sent(app, PLAN).await;
        let past = Utc::now() - TimeDelta::seconds(1);
        for _ in 0..MOST_ATTEMPTS {
            assert!(store::take_up(app.db(), false, (Utc::now(), past)).await.unwrap().is_some());
        }
        assert_eq!(store::take_up(app.db(), false, (Utc::now(), past)).await.unwrap(), None);
        let refused = stands(app, OFFICE, &id).await;
        assert_eq!(refused["state"], "REFUSED");
        assert!(refused["problem"].as_str().unwrap().contains("three times"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn a_fault_of_ours_is_none_of_the_document() {
    on_both(async |app| {
        let nowhere = Reader::new("/nowhere/golden-thread".into(), Bounds::default(), 1);
        let app = &reading_with(app, in_memory(), nowhere).await;
        let id = sent(app, PLAN).await;
        let row = put_off(app, &id).await;
        assert_eq!((row.attempts, row.problem), (0, None), "it is tried later, as often as it takes");
    })
    .await;
}

/// A scanner that says what it is told to.
#[derive(Clone)]
struct Says(Arc<Mutex<Result<Finding, Unscanned>>>);

impl Scanner for Says {
    fn scan(&self, bytes: Bytestream) -> BoxFuture<'_, Result<Finding, Unscanned>> {
        async move {
            let _: Vec<_> = bytes.try_collect().await.unwrap();
            self.0.lock().unwrap().clone()
        }
        .boxed()
    }
}

#[tokio::test]
async fn where_there_is_a_scanner_nothing_is_read_that_it_has_not_found_clean() {
    on_both(async |app| {
        for (found, state) in [(Finding::Clean, "READ"), (Finding::Infected("Marker".into()), "REFUSED")] {
            let says = Says(Arc::new(Mutex::new(Err(Unscanned::Away("nobody is there".into())))));
            let files = FileSettings { scanner: Some(Arc::new(says.clone())), ..in_memory() };
            let app = &reading_with(app, files, reader(Bounds::default())).await;
            let id = sent(app, PLAN).await;
            assert_eq!(store::take_up(app.db(), true, (Utc::now(), Utc::now())).await.unwrap(), None);
            assert_eq!(stands(app, OFFICE, &id).await["state"], "WAITING");

            *says.0.lock().unwrap() = Ok(found);
            let mut round = ScanRound::default();
            for _ in 0..10 {
                round = app.files.scan_waiting(round).await;
            }
            let ended = ended(app, &id).await;
            assert_eq!(ended["state"], state, "{ended}");
        }
        // Infected as it comes: it is kept nowhere, and says so.
        let says = Says(Arc::new(Mutex::new(Ok(Finding::Infected("Marker".into())))));
        let app = &keeping(app, FileSettings { scanner: Some(Arc::new(says)), ..in_memory() }).await;
        let (id, url) = announced(app, PLAN).await;
        assert_eq!(put(app, &url, PLAN).await, 422);
        let refused = stands(app, OFFICE, &id).await;
        assert!(refused["problem"].as_str().unwrap().contains("malicious"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn what_nobody_imports_is_forgotten_with_what_was_read() {
    on_both(async |app| {
        let app = &reading(app).await;
        let id = sent(app, PLAN).await;
        ended(app, &id).await;
        assert_eq!(app.files.sweep().await, 0);
        let later = "UPDATE upload SET expires_at = '2018-01-01T00:00:00+00:00'";
        behind_its_back(app.db(), later, later).await;
        assert_eq!(app.files.sweep().await, 1);
        assert!(upload(app, &id).await.is_none());
        assert_eq!(store::find(app.db(), uuid(&id)).await.unwrap(), None);
    })
    .await;
}

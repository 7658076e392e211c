//! `PUT /files/uploads/ID`.

use std::io;

use api::authz::identity::Identity;
use api::files::{FileSettings, FileStore, Purpose};
use api::http::{Rates, Settings};
use axum::body::{Body, Bytes};
use chrono::{TimeDelta, Utc};
use futures_util::{StreamExt, stream};
use http::Request;
use serde_json::json;

use super::*;
use crate::support::files::upload;
use crate::support::on_both;

#[tokio::test]
async fn what_was_announced_is_kept_and_sent_again_it_is_answered_the_same() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let (id, url) = announced(app).await;
        assert!(url.starts_with(PUBLIC_URL), "{url}");
        assert_eq!(upload(app, &id).await.unwrap().received_at, None);
        for _ in 0..2 {
            let sent = put(app, &url, PDF).await;
            assert_eq!((sent.status, sent.bytes.len()), (204, 0), "{sent:?}");
        }
        assert!(upload(app, &id).await.unwrap().received_at.is_some());
        assert!(is_kept(app, &id).await);
        // Two at once harm neither each other nor what is there.
        let (one, two) = tokio::join!(put(app, &url, PDF), put(app, &url, PDF));
        assert_eq!((one.status, two.status), (204, 204));

        let evidence = piece(app, EVIDENCE);
        attach(app, OFFICE, (&evidence, version(app, &evidence).await), &id, None).await;
        let late = put(app, &url, PDF).await;
        assert_eq!((late.status, late.code()), (409, "BAD_USER_INPUT".into()), "{late:?}");
    })
    .await;
}

#[tokio::test]
async fn two_at_once_from_the_beginning_are_one() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let (id, url) = announced(app).await;
        let (one, two) = tokio::join!(put(app, &url, PDF), put(app, &url, PDF));
        assert_eq!((one.status, two.status), (204, 204));
        assert_eq!(kept(app).await, [uuid(&id)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_what_was_announced_is_not_kept() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let (id, url) = announced(app).await;
        let mut other = PDF.to_vec();
        other[20] ^= 1;
        let long = [PDF, b"x"].concat();
        for (bytes, status, said) in [
            (&PDF[..PDF.len() - 1], 422, "were sent"),
            (&[], 422, "0 were sent"),
            (&other, 422, "the SHA-256"),
            (&long, 413, "more were sent"),
        ] {
            // In a stream, so that no head says how long it is.
            let pieces = bytes.chunks(7).map(|piece| Ok::<_, io::Error>(Bytes::copy_from_slice(piece)));
            let body = Body::from_stream(stream::iter(pieces.collect::<Vec<_>>()));
            let refused = send(app, Request::put(path(&url)), body).await;
            assert_eq!((refused.status, refused.code()), (status, "BAD_USER_INPUT".into()), "{refused:?}");
            assert!(refused.message().contains(said), "{}", refused.message());
        }
        let endless = stream::repeat_with(|| Ok::<_, io::Error>(Bytes::from_static(&[b'a'; 1000])));
        assert_eq!(send(app, Request::put(path(&url)), Body::from_stream(endless)).await.status, 413);
        let broken = stream::iter([Ok(Bytes::from_static(PDF)), Err(io::Error::other("reset"))]);
        assert_eq!(send(app, Request::put(path(&url)), Body::from_stream(broken)).await.status, 400);
        assert!(!is_kept(app, &id).await);
        assert_eq!(upload(app, &id).await.unwrap().received_at, None);
        // After all that it can still be sent as it should be.
        assert_eq!(put(app, &url, PDF).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn nothing_is_left_of_what_broke_off() {
    on_both(async |app| {
        let spool = tempfile::tempdir().unwrap();
        let settings = FileSettings { spool: spool.path().to_owned(), ..in_memory() };
        let app = &app.keeping(settings, super::settings()).await;
        let (_, url) = announced(app).await;
        let half = stream::iter([Ok::<_, io::Error>(Bytes::from_static(&PDF[..9]))]).chain(stream::pending());
        let sending = send(app, Request::put(path(&url)), Body::from_stream(half));
        let given_up = tokio::time::timeout(std::time::Duration::from_millis(500), sending).await;
        assert!(given_up.is_err(), "it waits for the rest");
        assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0);
        assert_eq!(put(app, &url, PDF).await.status, 204);
        assert_eq!(std::fs::read_dir(spool.path()).unwrap().count(), 0);
    })
    .await;
}

#[tokio::test]
async fn the_head_of_the_request_must_not_say_otherwise() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let (_, url) = announced(app).await;
        let one_less = (PDF.len() - 1).to_string();
        for (name, value, status) in [
            ("content-type", "text/plain", 415),
            ("content-type", "nonsense", 415),
            ("content-encoding", "gzip", 415),
            ("content-length", one_less.as_str(), 400),
            ("content-length", "1000000000", 413),
        ] {
            let request = Request::put(path(&url)).header(name, value);
            let refused = send(app, request, Body::from(PDF)).await;
            assert_eq!(
                (refused.status, refused.code()),
                (status, "BAD_USER_INPUT".into()),
                "{name}: {value}"
            );
        }
        for (name, value) in [
            ("content-type", "application/pdf; x=y"),
            ("content-type", "application/octet-stream"),
            ("content-encoding", "identity"),
        ] {
            let request = Request::put(path(&url)).header(name, value);
            assert_eq!(send(app, request, Body::from(PDF)).await.status, 204, "{name}: {value}");
        }
        for request in [Request::post(path(&url)), Request::get(path(&url)), Request::head(path(&url))] {
            let refused = send(app, request, Body::from(PDF)).await;
            assert_eq!((refused.status, refused.header("allow")), (405, "PUT"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_renamed_program_is_recognised() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let program = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0 and so on";
        let evidence = piece(app, EVIDENCE);
        for (name, media_type) in [
            ("report.pdf", "application/pdf"),
            ("photo.png", "image/png"),
            ("plan.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            ("figures.csv", "text/csv"),
        ] {
            let (id, url) = prepared(app, OFFICE, announcement(&evidence, (name, media_type), program)).await;
            let refused = put(app, &url, program).await;
            assert_eq!((refused.status, refused.code()), (422, "BAD_USER_INPUT".into()));
            assert!(refused.message().contains(media_type), "{}", refused.message());
            assert!(!is_kept(app, &id).await);
        }
    })
    .await;
}

#[tokio::test]
async fn an_address_is_good_for_one_upload_one_person_and_its_time() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let (id, url) = announced(app).await;
        let (bare, token) = url.split_once("?token=").unwrap();
        let links = app.files.links();
        let made = |purpose, of: &str, subject: &str, age: i64| {
            links
                .link(purpose, uuid(of), &Identity::of(subject), Utc::now() - TimeDelta::minutes(age))
                .unwrap()
                .url
        };
        let (other, _) = announced(app).await;
        let other = made(Purpose::Upload, &other, "programme-office", 0);
        let (_, others_token) = other.split_once("?token=").unwrap();
        let wrong = [
            bare.to_owned(),
            format!("{bare}?token="),
            format!("{bare}?token={token}x"),
            format!("{bare}?token={token}&token={token}"),
            format!("{bare}?token={others_token}"),
            made(Purpose::Download, &id, "programme-office", 0).replace("/evidence/", "/uploads/"),
        ];
        for url in wrong {
            let refused = put(app, &url, PDF).await;
            assert_eq!((refused.status, refused.code()), (403, "FORBIDDEN".into()), "{url}");
            assert!(refused.message().contains("not good"), "{}", refused.message());
        }
        let late = put(app, &made(Purpose::Upload, &id, "programme-office", 20), PDF).await;
        assert_eq!((late.status, late.code()), (403, "FORBIDDEN".into()));
        assert!(late.message().contains("time of this address is over"), "{}", late.message());
        // What somebody else announced is not there for them, whoever signed: as what never was.
        let strange = put(app, &made(Purpose::Upload, &id, "police", 0), PDF).await;
        let never =
            put(app, &made(Purpose::Upload, &gid("upl", uuid::Uuid::now_v7()), "police", 0), PDF).await;
        assert_eq!((strange.status, never.status), (404, 404));
        assert_eq!(strange.told(), never.told());
        let no_id = put(app, &url.replace(&id[4..], "7"), PDF).await;
        assert_eq!(no_id.status, 404);
        assert!(!is_kept(app, &id).await);
    })
    .await;
}

#[tokio::test]
async fn who_lost_sight_of_the_evidence_sends_nothing_to_it() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let evidence = piece(app, EVIDENCE);
        let input = announcement(&evidence, ("ours.pdf", "application/pdf"), PDF);
        let payload = app.mutate(Persona::Police, "evidenceFilePrepare", input.clone(), "upload { id }").await;
        let who = if payload["upload"].is_object() { Persona::Police } else { Persona::Officer };
        let payload = app.mutate(who, "evidenceFilePrepare", input, "upload { id target { url } }").await;
        let Some(url) = payload["upload"]["target"]["url"].as_str() else { return };
        let mark = json!({ "id": evidence, "expectedVersion": version(app, &evidence).await, "marking": "OFFICIAL_SENSITIVE" });
        app.done(OFFICE, "evidenceMark", mark, "evidence { id }").await;
        assert_eq!(put(app, url, PDF).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn so_many_files_an_hour_and_no_more() {
    on_both(async |app| {
        let rates = Rates { uploads: 2, ..Rates::ENDLESS };
        let app = &app.keeping(in_memory(), Settings { rates, ..Settings::default() }).await;
        let (_, url) = announced(app).await;
        for _ in 0..2 {
            let sent = put(app, &url, PDF).await;
            assert_eq!((sent.status, sent.header("ratelimit-policy")), (204, "\"uploads\";q=2;w=3600"));
        }
        let refused = put(app, &url, PDF).await;
        assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED".into()));
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!(wait > 60 && wait <= 1800, "{wait}");
        assert!(refused.header("ratelimit").starts_with("\"uploads\";r=0;t="), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn a_store_that_is_away_takes_nothing_and_says_so() {
    on_both(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("files");
        let store = FileStore::folder(&inside).unwrap();
        let app = &app.keeping(FileSettings::new(store, PUBLIC_URL), super::settings()).await;
        let (id, url) = announced(app).await;
        // A file where the folder was.
        std::fs::remove_dir_all(&inside).unwrap();
        std::fs::write(&inside, "x").unwrap();
        let refused = put(app, &url, PDF).await;
        assert_eq!((refused.status, refused.code()), (503, "UNAVAILABLE".into()), "{refused:?}");
        assert!(!refused.header("retry-after").is_empty());
        assert_eq!(upload(app, &id).await.unwrap().received_at, None);
        // All else goes on.
        app.data(OFFICE, "{ programmes { totalCount } }", json!({})).await;
        std::fs::remove_file(&inside).unwrap();
        std::fs::create_dir(&inside).unwrap();
        assert_eq!(put(app, &url, PDF).await.status, 204);
    })
    .await;
}

#[tokio::test]
async fn pages_of_named_origins_may_send() {
    on_both(async |app| {
        let origins = vec![http::HeaderValue::from_static("https://app.example")];
        let app = &app.keeping(in_memory(), Settings { origins, ..super::settings() }).await;
        let (_, url) = announced(app).await;
        let asked = async |origin: &str| {
            let request = Request::options(path(&url))
                .header("origin", origin)
                .header("access-control-request-method", "PUT")
                .header("access-control-request-headers", "content-type");
            send(app, request, Body::empty()).await
        };
        let own = asked("https://app.example").await;
        assert_eq!(own.header("access-control-allow-origin"), "https://app.example");
        assert!(own.header("access-control-allow-methods").contains("PUT"), "{own:?}");
        assert!(own.header("access-control-allow-headers").contains("content-type"), "{own:?}");
        assert_eq!(asked("https://other.example").await.header("access-control-allow-origin"), "");
    })
    .await;
}

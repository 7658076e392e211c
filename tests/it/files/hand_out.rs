//! `GET /files/evidence/ID`.

use api::authz::identity::Identity;
use api::files::{FileSettings, FileStore, Purpose};
use axum::body::to_bytes;
use chrono::{TimeDelta, Utc};
use serde_json::json;

use super::*;
use crate::observe::logs::Lines;
use crate::support::on_both;

#[tokio::test]
async fn a_file_is_handed_out_as_it_came_and_can_do_nothing() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let text = "What families say \u{2013} in October.\n".as_bytes();
        let file = attached(app, ("voix \u{e9}t\u{e9}.txt", "text/plain"), text).await;
        let url = address(app, Persona::BoardMember, &file).await.unwrap();
        let got = get(app, &url).await;
        assert_eq!((got.status, got.bytes.as_slice()), (200, text));
        for (name, value) in [
            ("content-type", "text/plain"),
            ("content-length", &text.len().to_string()),
            (
                "content-disposition",
                "attachment; filename=\"voix _t_.txt\"; filename*=UTF-8''voix%20%C3%A9t%C3%A9.txt",
            ),
            ("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'"),
            ("x-content-type-options", "nosniff"),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(got.header(name), value, "{name}");
        }
        for request in [Request::head(path(&url)), Request::put(path(&url)), Request::post(path(&url))] {
            let refused = send(app, request, Body::empty()).await;
            assert_eq!((refused.status, refused.header("allow")), (405, "GET"));
        }
        let empty = attached(app, ("large.txt", "text/plain"), &b"line\n".repeat(2_000_000)).await;
        let url = address(app, OFFICE, &empty).await.unwrap();
        assert_eq!(get(app, &url).await.bytes.len(), 10_000_000);
    })
    .await;
}

#[tokio::test]
async fn who_may_have_it_is_judged_when_it_is_fetched() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let evidence = piece(app, EVIDENCE);
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        let of = async |who| address(app, who, &file).await.unwrap();
        let (police, board) = (of(Persona::Police).await, of(Persona::BoardMember).await);
        assert_eq!(get(app, &police).await.status, 200);
        // Nobody else is helped by it: an address for one who sees nothing.
        let stranger = app.files.links().link(Purpose::Download, uuid(&file), &Identity::of("health"), Utc::now()).unwrap().url;
        let nobody = app.files.links().link(Purpose::Download, uuid::Uuid::now_v7(), &Identity::of("health"), Utc::now()).unwrap().url;
        let (stranger, nobody) = (get(app, &stranger).await, get(app, &nobody).await);
        assert_eq!((stranger.status, nobody.status), (404, 404));
        assert_eq!(stranger.told(), nobody.told());

        let mark = json!({ "id": evidence, "expectedVersion": version(app, &evidence).await, "marking": "OFFICIAL_SENSITIVE" });
        app.done(OFFICE, "evidenceMark", mark, "evidence { id }").await;
        let lost = get(app, &police).await;
        assert_eq!((lost.status, lost.told()), (404, nobody.told()));
        assert_eq!(get(app, &board).await.status, 200);

        let members = "{ programme(slug: \"northshire\") { members(first: 100) { nodes { id subject version } } } }";
        let members = app.data(OFFICE, members, json!({})).await;
        let members = members["programme"]["members"]["nodes"].as_array().unwrap().clone();
        let member = members.iter().find(|member| member["subject"] == "board-member").unwrap();
        let remove = json!({ "id": member["id"], "expectedVersion": member["version"] });
        app.done(OFFICE, "memberRemove", remove, "").await;
        assert_eq!(get(app, &board).await.status, 404);
    })
    .await;
}

#[tokio::test]
async fn an_address_is_good_for_one_file_and_its_time() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        let links = app.files.links();
        let made = |purpose, age| {
            let at = Utc::now() - TimeDelta::minutes(age);
            links.link(purpose, uuid(&file), &Identity::of("programme-office"), at).unwrap().url
        };
        let late = get(app, &made(Purpose::Download, 16)).await;
        assert_eq!((late.status, late.code()), (403, "FORBIDDEN".into()));
        assert!(late.message().contains("time of this address is over"), "{}", late.message());
        let to_send = made(Purpose::Upload, 0).replace("/uploads/", "/evidence/");
        assert_eq!(get(app, &to_send).await.code(), "FORBIDDEN");
        assert_eq!(get(app, &made(Purpose::Download, 14)).await.status, 200);
        // An access token does not help, and does not count.
        let bare = made(Purpose::Download, 0);
        let bare = path(&bare).split('?').next().unwrap();
        let raw = app.raw(OFFICE, Request::get(bare), String::new()).await;
        assert_eq!(raw.status, 403);
    })
    .await;
}

#[tokio::test]
async fn each_read_is_in_the_log_and_no_address_is() {
    on_both(async |app| {
        let app = &keeping(app).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        let url = address(app, Persona::Police, &file).await.unwrap();
        let (_, to_send) = announced(app).await;
        let lines = Lines::default();
        let sink = lines.clone();
        let subscriber = tracing_subscriber::fmt().json().with_writer(move || sink.clone()).finish();
        crate::observe::watch_everywhere();
        let guard = tracing::subscriber::set_default(subscriber);
        let request = Request::get(path(&url)).header("x-request-id", "read-1");
        send(app, request, Body::empty()).await;
        put(app, &to_send, PDF).await;
        put(app, &to_send, b"other").await;
        get(app, &url.replace("token=", "token=x")).await;
        let (_, metrics) = app.nearby("/metrics").await;
        drop(guard);

        let fields = lines.fields();
        let read = fields.iter().find(|line| line["message"] == "file read").unwrap();
        assert_eq!(read["principal"], "police");
        assert_eq!(read["request_id"], "read-1");
        assert_eq!(read["file"], uuid(&file).to_string());
        assert_eq!(read["evidence"], uuid(&piece(app, EVIDENCE)).to_string());
        let requests: Vec<_> = fields.iter().filter(|line| line["message"] == "request").collect();
        assert_eq!(requests[0]["principal"], "police");
        assert_eq!(requests[0]["path"], format!("/files/evidence/{}", &file[4..]));
        assert_eq!(requests[1]["principal"], "programme-office");
        assert_eq!((requests[3].get("principal"), &requests[3]["code"]), (None, &json!("FORBIDDEN")));
        for text in [lines.text(), metrics] {
            for url in [&url, &to_send] {
                let token = url.split_once("token=").unwrap().1;
                assert!(!text.contains(token) && !text.contains("token="), "{text}");
                assert!(!text.contains("eyJ") && !text.contains("findings"), "{text}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_not_as_recorded_are_not_handed_out() {
    on_both(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::folder(folder.path()).unwrap();
        let app = &app.keeping(FileSettings::new(store, PUBLIC_URL), super::settings()).await;
        let file = attached(app, ("findings.pdf", "application/pdf"), PDF).await;
        let url = address(app, OFFICE, &file).await.unwrap();
        let programme = app.world.programme("northshire").id.simple().to_string();
        let at = folder.path().join(programme).join(&file[4..]);
        assert_eq!(get(app, &url).await.status, 200);

        let checked = api::files::check(app.db(), app.files.store(), true).await.unwrap();
        // The world's own files have no bytes.
        assert!(!checked.wrong.iter().any(|wrong| wrong.to_string().contains(&uuid(&file).to_string())));
        std::fs::write(&at, vec![b'x'; PDF.len()]).unwrap();
        let wrong =
            |checked: api::files::Checked| checked.wrong.iter().map(ToString::to_string).collect::<Vec<_>>();
        let said = wrong(api::files::check(app.db(), app.files.store(), true).await.unwrap());
        assert!(
            said.contains(&format!("{}: its SHA-256 is not the one that is recorded", uuid(&file))),
            "{said:?}"
        );
        std::fs::write(&at, "short").unwrap();
        assert_eq!(get(app, &url).await.code(), "INTERNAL");
        std::fs::remove_file(&at).unwrap();
        let lost = get(app, &url).await;
        assert_eq!((lost.status, lost.code()), (500, "INTERNAL".into()));
        std::fs::write(folder.path().join("stray"), "x").unwrap();
        let said = wrong(api::files::check(app.db(), app.files.store(), false).await.unwrap());
        assert!(said.contains(&format!("{}: its bytes are missing", uuid(&file))), "{said:?}");
        assert!(said.iter().any(|wrong| wrong.contains("stray")), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn one_subject_has_so_many_files_under_way() {
    on_both(async |app| {
        let settings = api::http::Settings { transfers_each: 2, ..super::settings() };
        let app = &app.keeping(in_memory(), settings).await;
        let file = attached(app, ("large.txt", "text/plain"), &b"line\n".repeat(100_000)).await;
        let url = address(app, OFFICE, &file).await.unwrap();
        let open = async || app.respond(Persona::Anonymous, Request::get(path(&url)), Body::empty()).await;
        let (one, two) = (open().await, open().await);
        let third = get(app, &url).await;
        assert_eq!((third.status, third.code()), (429, "RATE_LIMITED".into()));
        let others = address(app, Persona::Chair, &file).await.unwrap();
        assert_eq!(get(app, &others).await.status, 200);
        drop(one);
        assert_eq!(get(app, &url).await.status, 200);
        assert_eq!(to_bytes(two.into_body(), usize::MAX).await.unwrap().len(), 500_000);
    })
    .await;
}

//! The whole path over a store that speaks S3, in this process.

use std::net::SocketAddr;
use std::path::Path;

use api::files::{FileSettings, FileStore};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use serde_json::json;
use tokio::net::TcpListener;

use super::*;
use crate::support::on_both;

/// A store with one bucket, `evidence`, in a folder.
async fn store(folder: &Path) -> SocketAddr {
    std::fs::create_dir(folder.join("evidence")).unwrap();
    let mut service = S3ServiceBuilder::new(FileSystem::new(folder).unwrap());
    service.set_auth(SimpleAuth::from_single("key", "secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service.clone();
            tokio::spawn(async move {
                let builder = auto::Builder::new(TokioExecutor::new());
                let _ = builder.serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

fn settings_for(address: SocketAddr, secret: &str) -> Vec<(String, String)> {
    [
        ("AWS_ENDPOINT", format!("http://{address}").as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_REGION", "eu-west-2"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", secret),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec()
}

#[tokio::test]
async fn a_file_comes_in_goes_out_and_goes_away_over_s3() {
    on_both(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let address_of_store = store(folder.path()).await;
        let store =
            FileStore::open_with("s3://evidence/county/files", settings_for(address_of_store, "secret"))
                .unwrap();
        let app = &app.keeping(FileSettings::new(store, PUBLIC_URL), settings()).await;
        // Of one part, and of three.
        let large = b"a line of figures, 1, 2, 3\n".repeat(700_000);
        assert!(large.len() > 16 << 20);
        for (name, bytes) in [("small.csv", &b"a,b\n1,2\n"[..]), ("large.csv", &large)] {
            let file = attached(app, (name, "text/csv"), bytes).await;
            let url = address(app, Persona::Police, &file).await.unwrap();
            let got = get(app, &url).await;
            assert_eq!(got.status, 200);
            assert!(got.bytes == bytes);
            assert!(is_kept(app, &file).await);
        }
        let checked = api::files::check(app.db(), app.files.store(), true).await.unwrap();
        let known = checked.wrong.iter().all(|wrong| wrong.to_string().contains("its bytes are missing"));
        assert!(known, "the world's own files have no bytes, and nothing else is wrong: {:?}", checked.wrong);

        let (id, url) = announced(app).await;
        assert_eq!(put(app, &url, PDF).await.status, 204);
        assert!(is_kept(app, &id).await);
        app.files
            .store()
            .delete(api::files::Key { programme: app.world.programme("northshire").id, file: uuid(&id) })
            .await
            .unwrap();
        assert!(!is_kept(app, &id).await);
    })
    .await;
}

#[tokio::test]
async fn a_store_that_refuses_takes_nothing() {
    on_both(async |app| {
        let folder = tempfile::tempdir().unwrap();
        let address = store(folder.path()).await;
        let store = FileStore::open_with("s3://evidence", settings_for(address, "wrong")).unwrap();
        let app = &app.keeping(FileSettings::new(store, PUBLIC_URL), settings()).await;
        let (_, url) = announced(app).await;
        let refused = put(app, &url, PDF).await;
        assert_eq!((refused.status, refused.code()), (503, "UNAVAILABLE".into()));
        assert!(!refused.message().contains("Signature"), "{}", refused.message());
        app.data(OFFICE, "{ programmes { totalCount } }", json!({})).await;
    })
    .await;
}

use std::fs;

use futures_util::TryStreamExt;
use rstest::rstest;
use tokio::fs::File;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::*;

fn key(file: u128) -> Key {
    Key { programme: Uuid::from_u128(7), file: Uuid::from_u128(file) }
}

async fn spooled(bytes: &[u8]) -> File {
    let mut file = File::from_std(tempfile::tempfile().unwrap());
    file.write_all(bytes).await.unwrap();
    file.flush().await.unwrap();
    file.rewind().await.unwrap();
    file
}

async fn bytes(store: &FileStore, key: Key) -> Vec<u8> {
    let content = store.get(key).await.unwrap();
    let pieces: Vec<Bytes> = content.bytes.try_collect().await.unwrap();
    let bytes = pieces.concat();
    assert_eq!(bytes.len() as u64, content.size);
    bytes
}

async fn listed(store: &FileStore) -> Vec<Listed> {
    store.list().try_collect().await.unwrap()
}

#[tokio::test]
async fn what_is_put_is_had_until_it_is_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("a").join("files");
    for store in [FileStore::memory(), FileStore::folder(&inside).unwrap()] {
        let large: Vec<u8> = (0..PART * 2 + 17).map(|at| (at % 251) as u8).collect();
        for (file, content) in [(1, &b"small"[..]), (2, &large)] {
            let mut spooled = spooled(content).await;
            store.put(key(file), &mut spooled, content.len() as u64).await.unwrap();
            assert!(bytes(&store, key(file)).await == content);
            let size = content.len() as u64;
            assert!(
                store.has(key(file), size).await.unwrap() && !store.has(key(file), size + 1).await.unwrap()
            );
        }
        let mut all = listed(&store).await;
        all.sort_by_key(|of| format!("{of:?}"));
        assert_eq!(all, [Listed::Object(key(1), 5), Listed::Object(key(2), large.len() as u64)]);
        store.delete(key(1)).await.unwrap();
        assert!(!store.has(key(1), 5).await.unwrap());
        store.delete(key(1)).await.unwrap();
        assert!(matches!(store.get(key(1)).await.err(), Some(Fault::Missing)));
        // Written again it is whole again.
        let mut again = spooled(b"others").await;
        store.put(key(2), &mut again, 6).await.unwrap();
        assert_eq!(bytes(&store, key(2)).await, b"others");
    }
    let names: Vec<_> = fs::read_dir(inside.join(Uuid::from_u128(7).simple().to_string())).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing half written is left: {names:?}");
}

#[tokio::test]
async fn what_we_did_not_put_there_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::folder(folder.path()).unwrap();
    fs::write(folder.path().join("notes.txt"), "x").unwrap();
    fs::create_dir_all(folder.path().join("7")).unwrap();
    fs::write(folder.path().join("7/8"), "x").unwrap();
    let mut all = listed(&store).await;
    all.sort_by_key(|of| format!("{of:?}"));
    assert_eq!(all, [Listed::Foreign("7/8".into()), Listed::Foreign("notes.txt".into())]);
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_killed_process_left_half_written_goes_after_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::folder(folder.path()).unwrap();
    let programme = folder.path().join(Uuid::from_u128(7).simple().to_string());
    fs::create_dir_all(&programme).unwrap();
    let name = |file: u128, part: &str| programme.join(format!("{}{part}", Uuid::from_u128(file).simple()));
    let long_ago = std::time::SystemTime::now() - LEFT_OVER * 2;
    for (path, is_old) in [
        (name(1, "#1"), true),
        (name(2, "#1"), false),
        (name(3, ""), true),
        (name(4, "#x"), true),
        (programme.join("notes#1"), true),
    ] {
        let file = fs::File::create(&path).unwrap();
        if is_old {
            file.set_modified(long_ago).unwrap();
        }
    }
    store.tidy().await;
    assert!(!name(1, "#1").exists());
    assert!(name(2, "#1").exists() && name(3, "").exists() && name(4, "#x").exists());
    assert!(programme.join("notes#1").exists());
}

fn set(settings: &[(&str, &str)]) -> Vec<(String, String)> {
    settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[rstest]
#[case("s3://evidence/golden-thread", &[("AWS_REGION", "eu-west-2"), ("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")])]
#[case("s3://evidence", &[("AWS_ENDPOINT", "http://127.0.0.1:9000"), ("AWS_ALLOW_HTTP", "true"), ("TOKEN", "not for the store")])]
#[case("az://evidence/golden-thread", &[("AZURE_STORAGE_ACCOUNT_NAME", "county"), ("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")])]
#[case("az://evidence", &[("AZURE_STORAGE_ACCOUNT_NAME", "county"), ("AZURE_STORAGE_CLIENT_ID", "a"), ("AZURE_STORAGE_CLIENT_SECRET", "b"), ("AZURE_STORAGE_TENANT_ID", "c")])]
#[case("memory:///", &[])]
fn stores_that_can_be_set_up(#[case] address: &str, #[case] settings: &[(&str, &str)]) {
    let store = FileStore::open_with(address, set(settings)).unwrap();
    assert_eq!(store.shown(), address);
    assert_eq!(store.is_lasting(), !address.starts_with("memory:"));
}

#[rstest]
#[case("")]
#[case("files")]
#[case("gs://bucket")]
#[case("http://store.example/files")]
#[case("ftp://store.example")]
#[case("s3://key:secret@evidence")]
#[case("file://host/folder")]
fn what_is_no_store(#[case] address: &str) {
    let error = FileStore::open_with(address, Vec::new()).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("s3://BUCKET/PREFIX") && !said.contains("secret"), "{said}");
}

#[test]
fn azure_needs_an_account() {
    let error = FileStore::open_with("az://evidence", Vec::new()).unwrap_err();
    assert!(matches!(error, StoreError::Setup(_)), "{error}");
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    let address = Url::from_file_path(file.join("below")).unwrap();
    let said = FileStore::open_with(address.as_str(), Vec::new()).unwrap_err().to_string();
    assert!(said.contains("below") && said.contains("cannot be used"), "{said}");
}

#[tokio::test]
async fn a_store_that_is_away_is_told_so_soon() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let settings = [
        ("AWS_ENDPOINT", format!("http://{nobody}")),
        ("AWS_ALLOW_HTTP", "true".to_owned()),
        ("AWS_ACCESS_KEY_ID", "a".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "b".to_owned()),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value));
    let store = FileStore::open_with("s3://evidence", settings).unwrap();
    assert!(matches!(store.get(key(1)).await.err(), Some(Fault::Store(_))));
    assert!(matches!(store.put(key(1), &mut spooled(b"x").await, 1).await, Err(Fault::Store(_))));
}

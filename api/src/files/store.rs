//! Where the bytes lie: a folder, a bucket of an S3-compatible store, a container of Azure, or memory.
//!
//! Nothing here knows what it keeps. An object is written whole or not at all, and its name is made by us of two ids.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::ClientConfigKey;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ObjectStore, ObjectStoreExt, ObjectStoreScheme, PutPayload, RetryConfig};
use tokio::io::{AsyncRead, AsyncReadExt};
use url::Url;
use uuid::Uuid;

/// What goes to the store at once. S3 takes parts from 5 MiB on, and ten thousand of them.
const PART: usize = 8 << 20;
/// How often, and for how long, a request to the store is tried again: nobody waits for an answer longer.
const RETRIES: usize = 3;
const RETRY_TIME: Duration = Duration::from_secs(20);
/// How long the store may be silent. The library bounds a whole request instead, and would break off every long download.
const SILENCE: &str = "30 seconds";
const WHOLE_REQUEST: &str = "1 hour";
/// How old what a process has left half written in the folder must be before it is taken away.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// Why there is no store at an address.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is none that we know.
    #[error(
        "the store of files must be file:///FOLDER, s3://BUCKET/PREFIX, az://CONTAINER/PREFIX or memory:, not '{0}'"
    )]
    Address(String),
    /// The folder cannot be used.
    #[error("the folder for files {folder} cannot be used: {source}")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// What the environment says of the store is not enough, or wrong.
    #[error("the store of files cannot be set up: {0}")]
    Setup(object_store::Error),
}

/// Why the bytes of a file cannot be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There are none.
    #[error("the object is not there")]
    Missing,
    /// The store does not answer, or refuses.
    #[error("the store of files failed: {0}")]
    Store(object_store::Error),
    /// What was to be kept cannot be read.
    #[error("the spooled file cannot be read: {0}")]
    Spool(#[from] io::Error),
}

impl From<object_store::Error> for Fault {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error => Self::Store(error),
        }
    }
}

/// The name of an object: programme and file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// The programme, so that a store can be looked through by programme.
    pub programme: Uuid,
    /// The upload that brought it, which is the file.
    pub file: Uuid,
}

impl Key {
    fn path(self) -> Path {
        Path::from_iter([self.programme.simple().to_string(), self.file.simple().to_string()])
    }

    /// Reads a name that we made; none for any other.
    fn read(path: &Path) -> Option<Self> {
        let text = path.as_ref();
        let (programme, file) = text.split_once('/')?;
        let key = Self { programme: Uuid::try_parse(programme).ok()?, file: Uuid::try_parse(file).ok()? };
        (key.path().as_ref() == text).then_some(key)
    }
}

/// An object that is to be read.
pub struct Content {
    /// How many bytes it has.
    pub size: u64,
    /// The bytes.
    pub bytes: BoxStream<'static, io::Result<Bytes>>,
}

/// What lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// An object of ours, and its size.
    Object(Key, u64),
    /// Something else.
    Foreign(String),
}

/// Where the bytes lie. Cheap to clone.
#[derive(Clone)]
pub struct FileStore {
    store: Arc<dyn ObjectStore>,
    /// The folder, where it is one.
    folder: Option<PathBuf>,
    is_lasting: bool,
    shown: String,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileStore({})", self.shown)
    }
}

impl FileStore {
    /// The store at an address, with what the environment says of it.
    ///
    /// # Errors
    /// [`StoreError`], where the address or the settings cannot be used. Whether the store answers is seen when it is used.
    pub fn open(address: &str) -> Result<Self, StoreError> {
        let text = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self::open_with(address, text)
    }

    /// As [`FileStore::open`], with settings of the caller's: the names of the environment.
    ///
    /// # Errors
    /// As [`FileStore::open`].
    pub fn open_with(
        address: &str,
        settings: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, StoreError> {
        let address = address.trim();
        let unknown = || StoreError::Address(shown(address));
        let url = Url::parse(address).map_err(|_| unknown())?;
        if !url.username().is_empty() && url.password().is_some() {
            return Err(unknown());
        }
        let (scheme, path) = ObjectStoreScheme::parse(&url).map_err(|_| unknown())?;
        let store: Arc<dyn ObjectStore> = match scheme {
            ObjectStoreScheme::Local => {
                return Self::folder(&url.to_file_path().map_err(|()| unknown())?);
            }
            ObjectStoreScheme::Memory => Arc::new(InMemory::new()),
            ObjectStoreScheme::AmazonS3 => Arc::new(s3(&url, settings).map_err(StoreError::Setup)?),
            ObjectStoreScheme::MicrosoftAzure => Arc::new(azure(&url, settings).map_err(StoreError::Setup)?),
            _ => return Err(unknown()),
        };
        let store = if path.as_ref().is_empty() { store } else { Arc::new(PrefixStore::new(store, path)) };
        Ok(Self {
            store,
            folder: None,
            is_lasting: scheme != ObjectStoreScheme::Memory,
            shown: shown(address),
        })
    }

    /// A folder, made where there is none.
    ///
    /// # Errors
    /// [`StoreError::Folder`].
    pub fn folder(folder: &std::path::Path) -> Result<Self, StoreError> {
        let shown = folder.display().to_string();
        let failed = |source| StoreError::Folder { folder: shown.clone(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let whole = folder.canonicalize().map_err(failed)?;
        // What was acknowledged is there after a loss of power, as in the database.
        let store = LocalFileSystem::new_with_prefix(&whole).map_err(StoreError::Setup)?.with_fsync(true);
        let shown = whole.display().to_string();
        Ok(Self { store: Arc::new(store), folder: Some(whole), is_lasting: true, shown })
    }

    /// Memory, for tests: gone with the process.
    pub fn memory() -> Self {
        Self {
            store: Arc::new(InMemory::new()),
            folder: None,
            is_lasting: false,
            shown: "memory:".to_owned(),
        }
    }

    /// Where it is, for people to read. Never a secret.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether what it keeps outlives the process.
    pub fn is_lasting(&self) -> bool {
        self.is_lasting
    }

    /// Keeps so many bytes. Never more of them in memory than a part.
    ///
    /// # Errors
    /// [`Fault`]. Nothing is there under the name then, or what was there before.
    pub async fn put(
        &self,
        key: Key,
        file: &mut (impl AsyncRead + Send + Unpin),
        size: u64,
    ) -> Result<(), Fault> {
        let path = key.path();
        if size <= PART as u64 {
            let part = next_part(file).await?;
            self.store.put(&path, part).await?;
            return Ok(());
        }
        let mut upload = self.store.put_multipart(&path).await?;
        let outcome = async {
            loop {
                let part = next_part(file).await?;
                if part.content_length() == 0 {
                    break;
                }
                upload.put_part(part).await?;
            }
            upload.complete().await?;
            Ok(())
        };
        let outcome = outcome.await;
        if outcome.is_err() {
            // The store may be away: then its own rule for unfinished uploads has to do it.
            let _ = upload.abort().await;
        }
        outcome
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn get(&self, key: Key) -> Result<Content, Fault> {
        let found = self.store.get(&key.path()).await?;
        let size = found.meta.size;
        Ok(Content { size, bytes: found.into_stream().map_err(io::Error::from).boxed() })
    }

    /// Whether a file is there, with so many bytes.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn has(&self, key: Key, size: u64) -> Result<bool, Fault> {
        match self.store.head(&key.path()).await.map_err(Fault::from) {
            Ok(found) => Ok(found.size == size),
            Err(Fault::Missing) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Takes a file away. One that is not there is as good as taken away.
    ///
    /// # Errors
    /// [`Fault`].
    pub async fn delete(&self, key: Key) -> Result<(), Fault> {
        match self.store.delete(&key.path()).await.map_err(Fault::from) {
            Ok(()) | Err(Fault::Missing) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    /// All that lies in the store.
    pub fn list(&self) -> impl Stream<Item = Result<Listed, Fault>> + '_ {
        self.store.list(None).map(|found| {
            let found = found?;
            Ok(match Key::read(&found.location) {
                Some(key) => Listed::Object(key, found.size),
                None => Listed::Foreign(found.location.to_string()),
            })
        })
    }

    /// Takes away what a process that was killed has left half written. Only a folder needs it: a bucket has its own rule for
    /// that.
    pub(super) async fn tidy(&self) {
        if let Some(folder) = self.folder.clone() {
            // A folder that cannot be read now is looked through again in an hour.
            let _ = tokio::task::spawn_blocking(move || tidy(&folder)).await;
        }
    }
}

/// Half written files have a name of ours, `#` and a number.
fn tidy(folder: &std::path::Path) -> io::Result<()> {
    for programme in std::fs::read_dir(folder)? {
        let programme = programme?.path();
        if !programme.is_dir() {
            continue;
        }
        for file in std::fs::read_dir(programme)? {
            let file = file?;
            let name = file.file_name();
            let is_half = name.to_str().and_then(|name| name.split_once('#')).is_some_and(|(id, part)| {
                Uuid::try_parse(id).is_ok() && part.bytes().all(|byte| byte.is_ascii_digit())
            });
            let age = file.metadata()?.modified()?.elapsed().unwrap_or_default();
            if is_half && age > LEFT_OVER {
                std::fs::remove_file(file.path())?;
            }
        }
    }
    Ok(())
}

/// The next part of a file; an empty one at its end.
async fn next_part(file: &mut (impl AsyncRead + Unpin)) -> io::Result<PutPayload> {
    let mut part = Vec::with_capacity(PART);
    file.take(PART as u64).read_to_end(&mut part).await?;
    Ok(part.into())
}

/// An address without what may be a secret in it.
fn shown(address: &str) -> String {
    let bare = address.split(['?', '#']).next().unwrap_or_default();
    match bare.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) =
                rest.split_once('/').map_or((rest, String::new()), |(host, path)| (host, format!("/{path}")));
            let host = match host.rsplit_once('@') {
                Some((user, host)) => format!("{}@{host}", user.split(':').next().unwrap_or_default()),
                None => host.to_owned(),
            };
            format!("{scheme}://{host}{path}")
        }
        None => bare.to_owned(),
    }
}

fn retries() -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: RETRIES, retry_timeout: RETRY_TIME }
}

/// Only what is named for the store: the library would take any variable that is called `token` or `region`.
fn named<'a>(
    settings: impl IntoIterator<Item = (String, String)> + 'a,
    prefix: &'static str,
) -> impl Iterator<Item = (String, String)> + 'a {
    let settings = settings.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value));
    settings.filter(move |(name, value)| name.starts_with(prefix) && !value.trim().is_empty())
}

fn s3(
    url: &Url,
    settings: impl IntoIterator<Item = (String, String)>,
) -> object_store::Result<impl ObjectStore> {
    let builder = AmazonS3Builder::new().with_url(url.as_str()).with_retry(retries());
    let own = |key| AmazonS3ConfigKey::Client(key);
    let builder = builder
        .with_config(own(ClientConfigKey::ReadTimeout), SILENCE)
        .with_config(own(ClientConfigKey::Timeout), WHOLE_REQUEST);
    let builder = named(settings, "aws_").fold(builder, |builder, (name, value)| match name.parse() {
        Ok(key) => builder.with_config(key, value),
        Err(_) => builder,
    });
    builder.build()
}

fn azure(
    url: &Url,
    settings: impl IntoIterator<Item = (String, String)>,
) -> object_store::Result<impl ObjectStore> {
    let builder = MicrosoftAzureBuilder::new().with_url(url.as_str()).with_retry(retries());
    let own = |key| AzureConfigKey::Client(key);
    let builder = builder
        .with_config(own(ClientConfigKey::ReadTimeout), SILENCE)
        .with_config(own(ClientConfigKey::Timeout), WHOLE_REQUEST);
    let builder = named(settings, "azure_").fold(builder, |builder, (name, value)| match name.parse() {
        Ok(key) => builder.with_config(key, value),
        Err(_) => builder,
    });
    builder.build()
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;

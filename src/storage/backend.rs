//! Where bytes lie: a directory of this machine, or a bucket of a service that speaks S3's protocol. Each content lies
//! under its version, whatever its file is called: moving a file moves no bytes, and a name of a file is never a name on
//! a disk.

use std::{collections::HashSet, io, path::PathBuf, sync::Arc, time::Duration};

use futures_util::{StreamExt, TryStreamExt};
use object_store::{
    BackoffConfig, ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use uuid::Uuid;

use super::sink::Sink;
use crate::config::{FileSettings, FilesLocation, SecretText};

/// How long the service may take to answer a request.
const S3_ANSWER_MAX: Duration = Duration::from_secs(30);
/// How long a request to it is tried again.
const S3_RETRY_MAX: Duration = Duration::from_secs(20);
const S3_RETRIES_MAX: usize = 4;
/// Parts of what is written: a multipart upload of S3 has parts of 5 MiB at least.
const S3_PART_BYTES: usize = 6 << 20;
const LOCAL_PART_BYTES: usize = 512 << 10;

/// Why files cannot be kept where the settings say.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// The directory cannot be made.
    #[error("the directory for files cannot be made at {}", path.display())]
    Directory {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It cannot be used, or the settings of S3 do not fit together.
    #[error("files cannot be kept at {place}")]
    Place {
        /// Where.
        place: String,
        /// Why not.
        source: object_store::Error,
    },
}

/// The place of all bytes. Cheap to clone.
#[derive(Clone)]
pub struct Backend {
    store: Arc<dyn ObjectStore>,
    part_bytes: usize,
    directory: Option<Arc<LocalFileSystem>>,
}

impl Backend {
    /// Opens the place that the settings name, `data_dir/files` without one.
    ///
    /// # Errors
    /// When it cannot be made or understood. Whether a service answers, the first file finds out.
    pub fn open(settings: &FileSettings, data_dir: &std::path::Path) -> Result<Self, BackendError> {
        match &settings.files {
            None => Self::directory(data_dir.join("files")),
            Some(FilesLocation::Directory(path)) => Self::directory(path.clone()),
            Some(place @ FilesLocation::S3 { bucket, prefix }) => {
                let store = s3(settings, bucket).map_err(|source| BackendError::Place {
                    place: place.to_string(),
                    source,
                })?;
                Ok(Backend {
                    store: Arc::new(PrefixStore::new(store, prefix.as_str())),
                    part_bytes: S3_PART_BYTES,
                    directory: None,
                })
            }
        }
    }

    fn directory(path: PathBuf) -> Result<Self, BackendError> {
        use std::os::unix::fs::DirBuilderExt as _;
        let mut builder = std::fs::DirBuilder::new();
        let made = builder.recursive(true).mode(0o700).create(&path);
        made.map_err(|source| BackendError::Directory {
            path: path.clone(),
            source,
        })?;
        let store =
            LocalFileSystem::new_with_prefix(&path).map_err(|source| BackendError::Place {
                place: path.display().to_string(),
                source,
            })?;
        // A row is committed once its bytes are on the disk.
        let store = Arc::new(store.with_fsync(true));
        Ok(Backend {
            store: Arc::clone(&store) as Arc<dyn ObjectStore>,
            part_bytes: LOCAL_PART_BYTES,
            directory: Some(store),
        })
    }

    pub(super) fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// What writes a content; nothing is to be seen of it before [`Sink::finish`].
    pub(super) fn write(&self, path: Path) -> Sink {
        Sink::new(Arc::clone(&self.store), path, self.part_bytes)
    }

    /// Copies a content, without its bytes passing through the server.
    pub(super) async fn copy(&self, from: Uuid, to: Uuid) -> object_store::Result<()> {
        self.store.copy(&content(from), &content(to)).await
    }

    /// Removes all that lies under a version: the content, pieces of it, and what a server that died was writing.
    /// Nothing there is nothing to do.
    ///
    /// # Errors
    /// When the place does not answer.
    pub async fn remove(&self, version: Uuid) -> object_store::Result<()> {
        self.remove_at(content(version)).await?;
        self.remove_pieces(version).await
    }

    /// Removes the pieces of an upload.
    ///
    /// # Errors
    /// When the place does not answer.
    pub(super) async fn remove_pieces(&self, version: Uuid) -> object_store::Result<()> {
        let folder = pieces(version);
        if let Some(directory) = &self.directory {
            // With all that a server left there that died.
            let path = directory.path_to_filesystem(&folder)?;
            return match tokio::fs::remove_dir_all(path).await {
                Err(error) if error.kind() != io::ErrorKind::NotFound => Err(disk(error)),
                _ => Ok(()),
            };
        }
        let pieces = self.store.list(Some(&folder));
        let pieces: Vec<_> = pieces.map_ok(|piece| piece.location).try_collect().await?;
        for piece in pieces {
            self.remove_at(piece).await?;
        }
        Ok(())
    }

    /// The versions of which pieces lie there. Of a directory, with those of which only what a server left there that
    /// died.
    pub(super) async fn versions_in_pieces(&self) -> object_store::Result<HashSet<Uuid>> {
        let root = Path::from("pieces");
        if let Some(directory) = &self.directory {
            let path = directory.path_to_filesystem(&root)?;
            let look = tokio::task::spawn_blocking(move || versions_below(&path));
            return look.await?.map_err(disk);
        }
        let listed = self.store.list_with_delimiter(Some(&root)).await?;
        let folders = listed.common_prefixes.iter();
        Ok(folders
            .filter_map(|folder| folder.filename()?.parse().ok())
            .collect())
    }

    /// Whether pieces of a version lie there.
    pub(super) async fn has_pieces(&self, version: Uuid) -> object_store::Result<bool> {
        let folder = pieces(version);
        if let Some(directory) = &self.directory {
            let path = directory.path_to_filesystem(&folder)?;
            return tokio::fs::try_exists(path).await.map_err(disk);
        }
        let first = self.store.list(Some(&folder)).next().await;
        Ok(first.transpose()?.is_some())
    }

    async fn remove_at(&self, path: Path) -> object_store::Result<()> {
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        self.remove_staged(&path).await;
        Ok(())
    }

    /// Removes what was begun under a name and never finished: the store writes it beside, as `name#1`, and does not
    /// list it.
    async fn remove_staged(&self, path: &Path) {
        let Some(directory) = &self.directory else {
            return;
        };
        let Ok(path) = directory.path_to_filesystem(path) else {
            return;
        };
        for number in 1.. {
            let mut staged = path.clone().into_os_string();
            staged.push(format!("#{number}"));
            if tokio::fs::remove_file(PathBuf::from(staged)).await.is_err() {
                break;
            }
        }
    }

    /// What a server that died was writing, of contents that nothing is `told` of: the store lists none of it.
    pub(super) async fn leftovers(&self, told: &HashSet<Uuid>) -> Vec<PathBuf> {
        let Some(directory) = &self.directory else {
            return Vec::new();
        };
        let Ok(root) = directory.path_to_filesystem(&Path::from("contents")) else {
            return Vec::new();
        };
        let told = told.clone();
        let look = move || {
            let folders = std::fs::read_dir(root).into_iter().flatten().flatten();
            let files =
                folders.flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten());
            let paths = files.flatten().map(|file| file.path());
            paths.filter(|path| is_leftover(path, &told)).collect()
        };
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }
}

/// The versions that folders of a directory are named after; none where there is no such directory.
fn versions_below(directory: &std::path::Path) -> io::Result<HashSet<Uuid>> {
    let folders = match std::fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(HashSet::new()),
        folders => folders?,
    };
    let version = |folder: io::Result<std::fs::DirEntry>| {
        let name = folder.map(|folder| folder.file_name());
        name.map(|name| name.to_str()?.parse().ok()).transpose()
    };
    folders.filter_map(version).collect()
}

/// What the disk says.
fn disk(error: io::Error) -> object_store::Error {
    object_store::Error::Generic {
        store: "directory",
        source: error.into(),
    }
}

fn is_leftover(path: &std::path::Path, told: &HashSet<Uuid>) -> bool {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let version = name.split_once('#').map(|(version, _)| version.parse());
    matches!(version, Some(Ok(version)) if !told.contains(&version))
}

fn s3(settings: &FileSettings, bucket: &str) -> object_store::Result<object_store::aws::AmazonS3> {
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: S3_RETRIES_MAX,
        retry_timeout: S3_RETRY_MAX,
    };
    let mut builder = AmazonS3Builder::from_env()
        .with_bucket_name(bucket)
        .with_region(&settings.s3_region)
        .with_retry(retry);
    let mut options = ClientOptions::new().with_timeout(S3_ANSWER_MAX);
    if let Some(endpoint) = &settings.s3_endpoint {
        options = options.with_allow_http(endpoint.scheme() == "http");
        builder = builder
            .with_endpoint(endpoint.as_str().trim_end_matches('/'))
            .with_virtual_hosted_style_request(false);
    }
    if let Some(id) = &settings.s3_access_key_id {
        let secret = settings.s3_secret_access_key.as_ref();
        builder = builder
            .with_access_key_id(id)
            .with_secret_access_key(secret.map(SecretText::expose).unwrap_or_default());
    }
    builder.with_client_options(options).build()
}

/// Where a content lies: spread over 256 directories by the last digits of its version, which are random.
pub(super) fn content(version: Uuid) -> Path {
    let version = version.to_string();
    let spread = &version[version.len() - 2..];
    Path::from_iter(["contents", spread, &version])
}

/// Where the pieces of an upload lie that can be resumed.
pub(super) fn pieces(version: Uuid) -> Path {
    Path::from_iter(["pieces", &version.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_disk_that_fails_is_not_an_empty_one() {
        let dir = std::env::temp_dir().join(format!("mindloom-files-{}", Uuid::now_v7()));
        let backend = Backend::directory(dir.clone()).expect("a directory");
        let version = Uuid::now_v7();
        let found = backend.versions_in_pieces().await.expect("none so far");
        assert!(found.is_empty());
        assert!(!backend.has_pieces(version).await.expect("none so far"));
        let folder = dir.join("pieces").join(version.to_string());
        std::fs::create_dir_all(&folder).expect("a folder");
        let found = backend.versions_in_pieces().await.expect("one");
        assert_eq!(found, HashSet::from([version]));
        assert!(backend.has_pieces(version).await.expect("it is there"));
        // Where the folder should be lies a file, of which nothing below can be read.
        std::fs::remove_dir_all(dir.join("pieces")).expect("removed");
        std::fs::write(dir.join("pieces"), "").expect("written");
        assert!(backend.versions_in_pieces().await.is_err());
        assert!(backend.has_pieces(version).await.is_err());
        std::fs::remove_dir_all(dir).expect("removed");
    }
}

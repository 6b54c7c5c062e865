//! What was made already, on disk, within a limit: what was asked for the longest ago goes first.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use bytes::Bytes;
use parking_lot::Mutex;
use uuid::Uuid;

/// A directory for each content, in which a file is an image made of it.
pub(super) struct Cache {
    dir: PathBuf,
    max_bytes: u64,
    /// Filled from the directory when it is first asked.
    entries: Mutex<Option<Entries>>,
}

type Key = (Uuid, String);

#[derive(Default)]
struct Entries {
    sizes: HashMap<Key, (u64, u64)>,
    by_use: BTreeMap<u64, Key>,
    next: u64,
    total_bytes: u64,
}

impl Cache {
    pub(super) fn new(dir: PathBuf, max_bytes: u64) -> Self {
        Cache {
            dir,
            max_bytes,
            entries: Mutex::new(None),
        }
    }

    pub(super) async fn get(&self, version: Uuid, digest: &str) -> Option<Bytes> {
        if self.max_bytes == 0 {
            return None;
        }
        let bytes = tokio::fs::read(self.path(&(version, digest.to_owned())))
            .await
            .ok()?;
        let size = bytes.len() as u64;
        self.with(|entries| entries.used((version, digest.to_owned()), size));
        Some(Bytes::from(bytes))
    }

    /// Keeps an image; what cannot be kept is made again.
    pub(super) async fn put(&self, version: Uuid, digest: &str, bytes: &Bytes) {
        let size = bytes.len() as u64;
        if size > self.max_bytes {
            return;
        }
        let key = (version, digest.to_owned());
        if let Err(error) = write(&self.path(&key), bytes).await {
            tracing::debug!(%error, "an image could not be kept");
            return;
        }
        let gone = self.with(|entries| {
            entries.used(key, size);
            entries.shrink(self.max_bytes)
        });
        for key in gone {
            let path = self.path(&key);
            drop(tokio::fs::remove_file(&path).await);
            if let Some(parent) = path.parent() {
                drop(tokio::fs::remove_dir(parent).await);
            }
        }
    }

    /// Removes what was made of a content.
    pub(super) async fn forget(&self, version: Uuid) {
        drop(tokio::fs::remove_dir_all(self.dir.join(version.to_string())).await);
        self.with(|entries| entries.forget(version));
    }

    fn path(&self, (version, digest): &Key) -> PathBuf {
        self.dir.join(version.to_string()).join(digest)
    }

    fn with<T>(&self, act: impl FnOnce(&mut Entries) -> T) -> T {
        let mut entries = self.entries.lock();
        act(entries.get_or_insert_with(|| Entries::read(&self.dir)))
    }
}

/// Writes beside and renames: what is read is whole.
async fn write(path: &Path, bytes: &Bytes) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        tokio::fs::create_dir_all(parent).await?;
    }
    let new = path.with_extension(Uuid::now_v7().to_string());
    tokio::fs::write(&new, bytes).await?;
    tokio::fs::rename(&new, path).await
}

impl Entries {
    /// What lies in the directory from before, in the order of its age.
    fn read(dir: &Path) -> Self {
        let mut found: Vec<(SystemTime, Key, u64)> = Vec::new();
        let folders = fs::read_dir(dir).into_iter().flatten().flatten();
        for folder in folders {
            let Some(version) = folder
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok())
            else {
                continue;
            };
            for file in fs::read_dir(folder.path()).into_iter().flatten().flatten() {
                let (Ok(metadata), Ok(name)) = (file.metadata(), file.file_name().into_string())
                else {
                    continue;
                };
                let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                found.push((modified, (version, name), metadata.len()));
            }
        }
        found.sort();
        let mut entries = Entries::default();
        for (_, key, size) in found {
            entries.used(key, size);
        }
        entries
    }

    fn used(&mut self, key: Key, size: u64) {
        self.next += 1;
        if let Some((former, at)) = self.sizes.insert(key.clone(), (size, self.next)) {
            self.by_use.remove(&at);
            self.total_bytes -= former;
        }
        self.by_use.insert(self.next, key);
        self.total_bytes += size;
    }

    /// Takes out what is over the limit.
    fn shrink(&mut self, max_bytes: u64) -> Vec<Key> {
        let mut gone = Vec::new();
        while self.total_bytes > max_bytes {
            let Some((_, key)) = self.by_use.pop_first() else {
                break;
            };
            if let Some((size, _)) = self.sizes.remove(&key) {
                self.total_bytes -= size;
            }
            gone.push(key);
        }
        gone
    }

    fn forget(&mut self, version: Uuid) {
        let keys: Vec<Key> = self
            .sizes
            .keys()
            .filter(|(of, _)| *of == version)
            .cloned()
            .collect();
        for key in keys {
            if let Some((size, at)) = self.sizes.remove(&key) {
                self.by_use.remove(&at);
                self.total_bytes -= size;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_used_last_stays_within_the_limit() {
        let dir = std::env::temp_dir().join(format!("mindloom-images-{}", Uuid::now_v7()));
        let cache = Cache::new(dir.clone(), 250);
        let version = Uuid::now_v7();
        let bytes = Bytes::from(vec![7; 100]);
        for digest in ["a", "b"] {
            cache.put(version, digest, &bytes).await;
        }
        assert!(cache.get(version, "a").await.is_some(), "a is used again");
        cache.put(version, "c", &bytes).await;
        assert!(
            cache.get(version, "b").await.is_none(),
            "b was used the longest ago"
        );
        assert!(cache.get(version, "a").await.is_some());
        let again = Cache::new(dir.clone(), 250);
        again.put(version, "d", &bytes).await;
        assert_eq!(
            fs::read_dir(dir.join(version.to_string()))
                .expect("it is there")
                .count(),
            2
        );
        again.forget(version).await;
        assert!(again.get(version, "d").await.is_none());
        fs::remove_dir_all(dir).expect("removed");
    }
}

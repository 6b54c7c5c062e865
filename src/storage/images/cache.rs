//! What was made already, on disk, within a limit: what was asked for the longest ago goes first.

use std::{
    collections::{BTreeMap, HashMap},
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// A directory for each content, in which a file is an image made of it.
pub(super) struct Cache {
    dir: PathBuf,
    max_bytes: u64,
    /// Filled from the directory when it is first asked.
    entries: OnceCell<Mutex<Entries>>,
}

/// A content, and what is made of it.
pub(super) type Key = (Uuid, String);

#[derive(Default)]
struct Entries {
    /// Of each content, how large and how old its images are.
    sizes: HashMap<Uuid, HashMap<String, (u64, u64)>>,
    by_use: BTreeMap<u64, Key>,
    next: u64,
    total_bytes: u64,
}

impl Cache {
    pub(super) fn new(dir: PathBuf, max_bytes: u64) -> Self {
        Cache {
            dir,
            max_bytes,
            entries: OnceCell::new(),
        }
    }

    pub(super) async fn get(&self, key: &Key) -> Option<Bytes> {
        if self.max_bytes == 0 {
            return None;
        }
        let bytes = tokio::fs::read(self.path(key)).await.ok()?;
        let size = bytes.len() as u64;
        self.entries().await.lock().used(key, size);
        Some(Bytes::from(bytes))
    }

    /// Keeps an image; what cannot be kept is made again.
    pub(super) async fn put(&self, key: &Key, bytes: &Bytes) {
        let size = bytes.len() as u64;
        if size > self.max_bytes {
            return;
        }
        if let Err(error) = write(&self.path(key), bytes).await {
            tracing::debug!(%error, "an image could not be kept");
            return;
        }
        let gone = {
            let mut entries = self.entries().await.lock();
            entries.used(key, size);
            entries.shrink(self.max_bytes)
        };
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
        // What was not read yet is not there when it is.
        if let Some(entries) = self.entries.get() {
            entries.lock().forget(version);
        }
    }

    fn path(&self, (version, digest): &Key) -> PathBuf {
        self.dir.join(version.to_string()).join(digest)
    }

    async fn entries(&self) -> &Mutex<Entries> {
        let read = || async {
            let dir = self.dir.clone();
            let read = tokio::task::spawn_blocking(move || Entries::read(&dir)).await;
            Mutex::new(read.unwrap_or_default())
        };
        self.entries.get_or_init(read).await
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
            entries.used(&key, size);
        }
        entries
    }

    fn used(&mut self, key: &Key, size: u64) {
        self.next += 1;
        let of = self.sizes.entry(key.0).or_default();
        if let Some((former, at)) = of.insert(key.1.clone(), (size, self.next)) {
            self.by_use.remove(&at);
            self.total_bytes -= former;
        }
        self.by_use.insert(self.next, key.clone());
        self.total_bytes += size;
    }

    /// Takes out what is over the limit.
    fn shrink(&mut self, max_bytes: u64) -> Vec<Key> {
        let mut gone = Vec::new();
        while self.total_bytes > max_bytes {
            let Some((_, key)) = self.by_use.pop_first() else {
                break;
            };
            if let Some(of) = self.sizes.get_mut(&key.0) {
                self.total_bytes -= of.remove(&key.1).map_or(0, |(size, _)| size);
                if of.is_empty() {
                    self.sizes.remove(&key.0);
                }
            }
            gone.push(key);
        }
        gone
    }

    fn forget(&mut self, version: Uuid) {
        for (size, at) in self
            .sizes
            .remove(&version)
            .unwrap_or_default()
            .into_values()
        {
            self.by_use.remove(&at);
            self.total_bytes -= size;
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
        let key = |digest: &str| (version, digest.to_owned());
        let bytes = Bytes::from(vec![7; 100]);
        for digest in ["a", "b"] {
            cache.put(&key(digest), &bytes).await;
        }
        assert!(cache.get(&key("a")).await.is_some(), "a is used again");
        cache.put(&key("c"), &bytes).await;
        assert!(
            cache.get(&key("b")).await.is_none(),
            "b was used the longest ago"
        );
        assert!(cache.get(&key("a")).await.is_some());
        let again = Cache::new(dir.clone(), 250);
        again.put(&key("d"), &bytes).await;
        assert_eq!(
            fs::read_dir(dir.join(version.to_string()))
                .expect("it is there")
                .count(),
            2
        );
        again.forget(version).await;
        assert!(again.get(&key("d")).await.is_none());
        fs::remove_dir_all(dir).expect("removed");
    }
}

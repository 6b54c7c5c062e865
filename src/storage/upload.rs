//! Uploads: policies are asked first, then bytes come, then the row appears with them.
//!
//! 1. The content gets a version, which is written down in `mindloom.file_uploads` before a byte lies anywhere.
//! 2. The row is written as the caller and taken back: whether the policies allow it, before anything is received.
//! 3. Bytes go to the backend. Their type is looked up in the first of them, their size and hash are counted.
//! 4. The row is written as the caller and stays. A trigger takes the version out of `file_uploads` in the same
//!    transaction, and puts the one that it replaces among those that are to be removed.
//!
//! The first two and the last are a round trip to the database each.
//!
//! Once all bytes have come, the rest is done whoever still waits for it. Whatever breaks off on the way leaves a version
//! in `file_uploads`, by which its bytes are removed at once, or by the job `storage.remove_files` when the server died.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use chrono::{SecondsFormat, Utc};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Result, Storage, StorageError,
    backend::content,
    bucket::{self, Bucket},
    media, name,
    object::Metadata,
    signs_of_life::SignsOfLife,
    sink::Sink,
};
use crate::{
    auth::{Caller, Share},
    error::Error,
    role::Role,
};

/// How long a version is kept of which nothing is heard: a server says every minute that bytes still come.
const KEPT: &str = "10 minutes";
/// How many bytes a file's own metadata may have, as JSON.
const USER_METADATA_MAX_BYTES: usize = 1 << 20;

/// On whose behalf something is written.
#[derive(Debug, Clone)]
pub struct Writer {
    /// Whom the policies are asked about, and whose the file will be.
    pub caller: Arc<Caller>,
    /// Bytes that the owner's files may have together.
    pub(super) quota: Option<u64>,
}

/// What is to be written.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// The bucket.
    pub bucket: String,
    /// The name there.
    pub name: String,
    /// Whether it may replace a file.
    pub upsert: bool,
    /// What its sender says that it is.
    pub content_type: Option<String>,
    /// What caches are told.
    pub cache_control: String,
    /// What its sender says about it: an object.
    pub user_metadata: Value,
    /// How large it is, where that was said.
    pub size_bytes: Option<u64>,
}

/// A file that was written.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The row's key.
    pub id: Uuid,
    /// The bucket.
    pub bucket: String,
    /// The name there, as it is kept.
    pub name: String,
}

/// An upload while its bytes come. Dropped unfinished, it is given up.
pub struct Upload {
    storage: Storage,
    writer: Writer,
    file: NewFile,
    bucket: Bucket,
    version: Uuid,
    limit: u64,
    content: Content,
    signs: SignsOfLife,
    is_done: bool,
}

impl Storage {
    /// What writes on a caller's behalf.
    #[must_use]
    pub fn writer(&self, caller: &Arc<Caller>) -> Writer {
        let settings = self.settings();
        let quota = match caller.role {
            Role::Authenticated if caller.is_anonymous() => settings.anonymous_max_file_bytes,
            Role::Authenticated if !caller.is_admin() => settings.user_max_file_bytes,
            _ => 0,
        };
        Writer {
            caller: Arc::clone(caller),
            quota: (quota > 0).then_some(quota),
        }
    }

    /// Begins an upload: nothing of it is received before the policies allow it.
    ///
    /// # Errors
    /// When the name, bucket, size or policies do not allow it, or there is such a file already.
    pub async fn upload(&self, writer: Writer, mut file: NewFile) -> Result<Upload> {
        file.name = name::normal(&file.name)?.into_owned();
        check_user_metadata(&file.user_metadata)?;
        let room = self.room_of(&writer).await?;
        let version = Uuid::now_v7();
        let bucket = self.write_down(version, &file, &writer, room).await?;
        let limit = self.limit(&bucket, &writer, room)?;
        let upload = Upload {
            content: Content::new(self.backend().write(content(version))),
            storage: self.clone(),
            writer,
            file,
            bucket,
            version,
            limit,
            signs: SignsOfLife::new(Instant::now()),
            is_done: false,
        };
        self.try_row(&upload.writer, &upload.file, version).await?;
        // What a bucket takes, only those are told who may write there.
        if upload.file.size_bytes.is_some_and(|size| size > limit) {
            return Err(self.too_large(&upload.bucket, limit));
        }
        Ok(upload)
    }

    /// How many bytes a file may have that this writer puts into the bucket.
    pub(super) async fn limit_of(&self, bucket: &Bucket, writer: &Writer) -> Result<u64> {
        let room = self.room_of(writer).await?;
        self.limit(bucket, writer, room)
    }

    /// The same of a writer of whom is known how much room they have.
    fn limit(&self, bucket: &Bucket, writer: &Writer, room: Option<u64>) -> Result<u64> {
        let own = self.settings().max_file_bytes;
        let limit = bucket.file_size_limit.map_or(own, |limit| limit.min(own));
        match room {
            None => Ok(limit),
            Some(0) => Err(StorageError::over_quota(writer.quota.unwrap_or(0))),
            Some(room) => Ok(limit.min(room)),
        }
    }

    /// By how many bytes a writer's files may grow, where that is limited.
    async fn room_of(&self, writer: &Writer) -> Result<Option<u64>> {
        const USED: &str = "select size_bytes::text from mindloom.file_usage where owner = $1";
        let (Some(quota), Some(owner)) = (writer.quota, writer.caller.user_id) else {
            return Ok(None);
        };
        let used = self.own_rows(writer.caller.share, USED, &[&owner]).await?;
        let used = used.first().and_then(|used| used.parse().ok());
        Ok(Some(quota.saturating_sub(used.unwrap_or(0))))
    }

    /// Says which limit was met.
    pub(super) fn too_large(&self, bucket: &Bucket, limit: u64) -> StorageError {
        let own = self.settings().max_file_bytes;
        if limit < bucket.file_size_limit.map_or(own, |limit| limit.min(own)) {
            return StorageError::over_room(limit);
        }
        StorageError::larger_than(limit)
    }

    /// Writes a version down whose bytes are to come, unless its writer has no room left. Gives the bucket that it is for.
    ///
    /// # Errors
    /// As [`Storage::bucket_for`].
    pub(super) async fn write_down(
        &self,
        version: Uuid,
        file: &NewFile,
        writer: &Writer,
        room: Option<u64>,
    ) -> Result<Bucket> {
        let sql = format!(
            "with bucket as ({}),
             written as (
               insert into mindloom.file_uploads (version, bucket_id, name, owner, expires_at)
               select $2::uuid, $1, $3::text, $4::uuid, now() + interval '{KEPT}' from bucket where $5::boolean)
             select * from bucket",
            bucket::FIND
        );
        let has_room = room != Some(0);
        let values: [&(dyn postgres_types::ToSql + Sync); 5] = [
            &file.bucket,
            &version,
            &file.name,
            &writer.caller.user_id,
            &has_room,
        ];
        let found = self.own_rows(writer.caller.share, &sql, &values).await?;
        match bucket::read(&found)? {
            Some(bucket) => Ok(bucket),
            None => Err(self.no_bucket_for(&writer.caller).await?),
        }
    }

    /// Says that bytes of a version still come.
    async fn sign_of_life(&self, share: Share, version: Uuid) -> Result<()> {
        let sql = format!(
            "update mindloom.file_uploads set expires_at = now() + interval '{KEPT}' where version = $1"
        );
        let client = self.own(share).await?;
        let statement = client.prepare_cached(&sql).await?;
        client.execute(&statement, &[&version]).await?;
        Ok(())
    }

    /// Gives a version up that no row has taken over: its bytes are removed, now or by the job.
    pub(super) async fn give_up(&self, share: Share, version: Uuid) -> Result<()> {
        const GIVE_UP: &str = "
            with gone as (delete from mindloom.file_uploads where version = $1 returning version)
            insert into mindloom.file_removals (version) select version from gone
            on conflict do nothing returning version";
        const REMOVED: &str = "delete from mindloom.file_removals where version = $1";
        let client = self.own(share).await?;
        let statement = client.prepare_cached(GIVE_UP).await?;
        if client.query(&statement, &[&version]).await?.is_empty() {
            return Ok(());
        }
        // The backend may take its time: nobody waits for the connection meanwhile.
        drop(client);
        let removed = self.backend().remove(version).await;
        removed.map_err(StorageError::backend)?;
        let client = self.own(share).await?;
        let statement = client.prepare_cached(REMOVED).await?;
        client.execute(&statement, &[&version]).await?;
        Ok(())
    }
}

/// Does the last step of something whose bytes are all there, also when whoever asked for it is gone: bytes that are put in
/// their place at that moment cannot be stopped, and would come after what gives the version up has looked for them.
///
/// # Errors
/// Those of the work.
pub(super) async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    let done = tokio::spawn(work).await;
    done.map_err(|error| StorageError::from(Error::internal(error)))?
}

fn check_user_metadata(metadata: &Value) -> Result<()> {
    match metadata {
        Value::Object(_) if metadata.to_string().len() <= USER_METADATA_MAX_BYTES => Ok(()),
        Value::Object(_) => {
            let mut error = StorageError::too_large();
            error.message = "The user_metadata exceeded the maximum allowed size".into();
            Err(error)
        }
        _ => Err(StorageError::invalid_request(
            "metadata must be a JSON object",
        )),
    }
}

impl Upload {
    /// Takes bytes.
    ///
    /// # Errors
    /// When there are more than allowed, they are of a type that the bucket does not take, or cannot be written.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        if self.content.size + bytes.len() as u64 > self.limit {
            return Err(self.storage.too_large(&self.bucket, self.limit));
        }
        if self.signs.is_due(Instant::now()) {
            let share = self.writer.caller.share;
            match self.storage.sign_of_life(share, self.version).await {
                Ok(()) => self.signs.said(Instant::now()),
                Err(error) if self.signs.missed(Instant::now()) => {
                    tracing::warn!(%error, version = %self.version, "an upload could not be said to go on; it is tried again");
                }
                Err(error) => return Err(error),
            }
        }
        self.content.write(bytes, &self.file, &self.bucket).await
    }

    /// Ends it: the file is there with all of its bytes.
    ///
    /// # Errors
    /// As [`Storage::upload`] and [`Upload::write`]: what the policies say may have changed meanwhile.
    pub async fn finish(self) -> Result<Stored> {
        to_its_end(self.keep()).await
    }

    async fn keep(mut self) -> Result<Stored> {
        let content = self.content.take();
        let metadata = content.finish(&self.file, &self.bucket).await?;
        let kept = self
            .storage
            .keep_row(&self.writer, &self.file, self.version, &metadata);
        let stored = kept.await?;
        self.is_done = true;
        Ok(stored)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let (storage, version) = (self.storage.clone(), self.version);
        let share = self.writer.caller.share;
        // What is written at this moment ends first.
        let content = self.content.take();
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                drop(content);
                if let Err(error) = storage.give_up(share, version).await {
                    tracing::debug!(%error, "an upload that broke off waits for the job to remove it");
                }
            });
        }
    }
}

/// A content that is being received: what it is, how large, and its hash.
pub(super) struct Content {
    sink: Option<Sink>,
    hash: Sha256,
    pub(super) size: u64,
    /// What came before the type was looked up.
    head: Vec<u8>,
    media_type: Option<String>,
}

impl Content {
    pub(super) fn new(sink: Sink) -> Self {
        Content {
            sink: Some(sink),
            hash: Sha256::new(),
            size: 0,
            head: Vec::new(),
            media_type: None,
        }
    }

    fn take(&mut self) -> Self {
        let empty = Content {
            sink: None,
            hash: Sha256::new(),
            size: 0,
            head: Vec::new(),
            media_type: None,
        };
        std::mem::replace(self, empty)
    }

    /// Takes bytes; the first of them are held until they say what they are.
    pub(super) async fn write(
        &mut self,
        bytes: Bytes,
        file: &NewFile,
        bucket: &Bucket,
    ) -> Result<()> {
        self.hash.update(&bytes);
        self.size += bytes.len() as u64;
        if self.media_type.is_some() {
            return self.send(bytes).await;
        }
        let missing = media::LOOK_BYTES.saturating_sub(self.head.len());
        let (head, rest) = bytes.split_at(missing.min(bytes.len()));
        self.head.extend_from_slice(head);
        if self.head.len() < media::LOOK_BYTES {
            return Ok(());
        }
        let rest = bytes.slice_ref(rest);
        self.look(file, bucket).await?;
        self.send(rest).await
    }

    /// Looks up what the content is, and whether the bucket takes it.
    async fn look(&mut self, file: &NewFile, bucket: &Bucket) -> Result<()> {
        let head = Bytes::from(std::mem::take(&mut self.head));
        let found = media::type_of(file.content_type.as_deref(), &head).into_owned();
        check_type(&found, &file.name, head.is_empty(), bucket)?;
        self.media_type = Some(found);
        self.send(head).await
    }

    async fn send(&mut self, bytes: Bytes) -> Result<()> {
        match &mut self.sink {
            Some(sink) => sink.write(bytes).await.map_err(StorageError::backend),
            None => Err(StorageError::no_such_upload()),
        }
    }

    /// Ends it: all of it lies where it belongs.
    pub(super) async fn finish(mut self, file: &NewFile, bucket: &Bucket) -> Result<Metadata> {
        if self.media_type.is_none() {
            self.look(file, bucket).await?;
        }
        let sink = self.sink.take().ok_or_else(StorageError::no_such_upload)?;
        sink.finish().await.map_err(StorageError::backend)?;
        Ok(Metadata {
            e_tag: format!("\"{}\"", hex::encode(&self.hash.finalize()[..16])),
            size: self.size,
            mimetype: self.media_type.unwrap_or_default(),
            cache_control: file.cache_control.clone(),
            last_modified: Utc::now().to_rfc3339_opts(SecondsFormat::Millis, true),
            content_length: self.size,
            http_status_code: 200,
        })
    }
}

/// Whether a bucket takes a type. What stands for an empty folder, and is empty, has none.
pub(super) fn check_type(
    media_type: &str,
    name: &str,
    is_empty: bool,
    bucket: &Bucket,
) -> Result<()> {
    let allowed = bucket.allowed_mime_types.as_deref().unwrap_or_default();
    let is_folder = is_empty && name::last_step(name) == ".emptyFolderPlaceholder";
    if allowed.is_empty() || is_folder || media::is_allowed(media_type, allowed) {
        Ok(())
    } else {
        Err(StorageError::not_among_types(media_type, allowed))
    }
}

//! Moving, copying and removing files, as the caller.

use serde_json::Value;
use uuid::Uuid;

use super::{
    Bucket, Metadata, NewFile, Object, Result, Storage, StorageError, Stored, name,
    upload::{Writer, check_type, to_its_end},
};
use crate::{
    auth::{Caller, Share},
    error::Error,
};

/// Files that are named one by one in a request.
const NAMES_MAX: usize = 1_000;

/// A file's place.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The name there.
    pub name: &'a str,
}

impl Storage {
    /// Gives a file another name, or another bucket. Its bytes stay where they are.
    ///
    /// # Errors
    /// When the caller may not see or change it, when there is a file of that name, or the other bucket does not take it.
    pub async fn relocate(
        &self,
        caller: &Caller,
        from: Place<'_>,
        to: Place<'_>,
    ) -> Result<Object> {
        const MOVE: &str = "
            update storage.objects set bucket_id = $3, name = $4 where bucket_id = $1 and name = $2";
        let (source, target) = (name::normal(from.name)?, name::normal(to.name)?);
        let mut object = self.find(caller, from.bucket, &source).await?;
        if from.bucket == to.bucket && source == target {
            return Ok(object);
        }
        let transaction = self.db().begin(caller).await?;
        let statement = transaction.prepare_cached(MOVE).await?;
        let values: [&(dyn postgres_types::ToSql + Sync); 4] =
            [&from.bucket, &source, &to.bucket, &target];
        let moved = transaction.execute(&statement, &values).await;
        // What the other bucket takes, a trigger says, which knows as what the file was moved.
        let refused = |error: tokio_postgres::Error| match constraint(&error) {
            Some("objects_bucket_type") => {
                StorageError::invalid_mime_type(&object.metadata.mimetype)
            }
            Some("objects_bucket_size") => StorageError::too_large(),
            _ => StorageError::statement(error, &target),
        };
        match moved.map_err(refused)? {
            // It is seen and not to be changed, or gone since.
            0 => return Err(StorageError::no_such_key()),
            _ => transaction.commit().await?,
        }
        self.ring();
        object.bucket_id = to.bucket.to_owned();
        object.name = target.into_owned();
        Ok(object)
    }

    /// Copies a file that the caller may see. `changed` says what is another at the copy: what caches are told, and what
    /// its uploader says about it.
    ///
    /// # Errors
    /// As of an upload.
    pub async fn duplicate(
        &self,
        writer: Writer,
        from: Place<'_>,
        to: Place<'_>,
        upsert: bool,
        changed: (Option<String>, Option<Value>),
    ) -> Result<Stored> {
        let source = self.find(&writer.caller, from.bucket, from.name).await?;
        let bucket = self.bucket_for(&writer.caller, to.bucket).await?;
        let target = name::normal(to.name)?.into_owned();
        let limit = self.limit_of(&bucket, &writer).await?;
        let mut metadata = source.metadata.clone();
        metadata.cache_control = changed.0.unwrap_or(metadata.cache_control);
        let file = NewFile {
            bucket: to.bucket.to_owned(),
            name: target,
            upsert,
            content_type: Some(metadata.mimetype.clone()),
            cache_control: metadata.cache_control.clone(),
            user_metadata: changed.1.unwrap_or(source.user_metadata),
            size_bytes: Some(metadata.size),
        };
        // The upload that brings the bytes is one that the backend makes by itself.
        let copy = self.reserve(&writer, &file).await?;
        check_kept(&source.metadata, &file.name, &bucket)?;
        if source.metadata.size > limit {
            return Err(self.too_large(&bucket, limit));
        }
        let storage = self.clone();
        to_its_end(async move {
            let copied = storage.backend().copy(source.version, copy.version).await;
            copied.map_err(StorageError::backend)?;
            let kept = storage.keep_row(&writer, &file, copy.version, &metadata);
            let stored = kept.await?;
            copy.done();
            Ok(stored)
        })
        .await
    }

    /// Removes files by name, and all that lies in folders, whose names end with a slash: those that the caller may
    /// remove. Gives the rows, and of a folder how many files lay in it.
    ///
    /// # Errors
    /// When there are too many names, or the policies fail.
    pub async fn remove(
        &self,
        caller: &Caller,
        bucket: &str,
        names: &[String],
    ) -> Result<Vec<Value>> {
        const REMOVE: &str = "
            delete from storage.objects o where bucket_id = $1 and name = any ($2)
            returning row_to_json(o)::text";
        if names.len() > NAMES_MAX {
            let message =
                format!("Bulk object requests are limited to {NAMES_MAX} objects per request.");
            return Err(StorageError::invalid_request(message));
        }
        let is_folder = |name: &&String| name.ends_with('/') && name.len() > 1;
        let files: Vec<String> = names
            .iter()
            .filter(|name| !is_folder(name))
            // What no file can have as its name is the name of none.
            .filter_map(|name| Some(name::normal(name).ok()?.into_owned()))
            .collect();
        let transaction = self.db().begin(caller).await?;
        let statement = transaction.prepare_cached(REMOVE).await?;
        let rows = transaction.query(&statement, &[&bucket, &files]).await;
        let rows = rows.map_err(|error| StorageError::statement(error, ""))?;
        let mut removed = Vec::with_capacity(rows.len());
        for row in &rows {
            let row: &str = row.try_get(0)?;
            let row = serde_json::from_str(row);
            removed.push(row.map_err(|error| StorageError::from(Error::internal(error)))?);
        }
        for folder in names.iter().filter(is_folder) {
            // What is no folder's name, such as that of all, is the name of none.
            let Some(folder) = folder
                .strip_suffix('/')
                .and_then(|name| name::normal(name).ok())
            else {
                continue;
            };
            let folder = format!("{folder}/");
            let count = remove_below(&transaction, bucket, &folder).await?;
            if count > 0 {
                removed.push(serde_json::json!({
                    "name": folder, "bucket_id": bucket, "id": null, "metadata": {"count": count}
                }));
            }
        }
        let committed = transaction.commit().await;
        committed.map_err(|error| StorageError::statement(error, ""))?;
        self.ring();
        Ok(removed)
    }

    /// Removes one file.
    ///
    /// # Errors
    /// Says that there is none, or that the caller may not remove it.
    pub async fn remove_one(&self, caller: &Caller, bucket: &str, name: &str) -> Result<()> {
        self.find(caller, bucket, name).await?;
        let removed = self.remove(caller, bucket, &[name.to_owned()]).await?;
        match removed.is_empty() {
            true => Err(StorageError::access_denied("Access denied")),
            false => Ok(()),
        }
    }

    /// Removes all files of a bucket that the caller may remove: of an administrator's these are all.
    ///
    /// # Errors
    /// Says that there is no such bucket to the caller.
    pub async fn empty_bucket(&self, caller: &Caller, bucket: &str) -> Result<u64> {
        const EMPTY: &str = "select public.empty_bucket($1)";
        self.show_bucket(caller, bucket).await?;
        let transaction = self.db().begin(caller).await?;
        let count = if caller.is_admin() {
            let empty = transaction.prepare_cached(EMPTY).await?;
            let emptied = transaction.query_one(&empty, &[&bucket]).await;
            let emptied = emptied.map_err(|error| StorageError::statement(error, ""))?;
            u64::try_from(emptied.try_get::<_, i64>(0)?).unwrap_or(0)
        } else {
            remove_below(&transaction, bucket, "").await?
        };
        let committed = transaction.commit().await;
        committed.map_err(|error| StorageError::statement(error, ""))?;
        self.ring();
        Ok(count)
    }

    /// A version for bytes that are to come, which is given up unless it is used; after the policies allowed it.
    pub(super) async fn reserve(&self, writer: &Writer, file: &NewFile) -> Result<Reserved> {
        let version = Uuid::now_v7();
        self.write_down(version, file, writer, None).await?;
        let reserved = self.reserved(writer, version);
        self.try_row(writer, file, version).await?;
        Ok(reserved)
    }

    /// A version that was written down.
    pub(super) fn reserved(&self, writer: &Writer, version: Uuid) -> Reserved {
        Reserved {
            storage: self.clone(),
            share: writer.caller.share,
            version,
            is_done: false,
        }
    }
}

fn constraint(error: &tokio_postgres::Error) -> Option<&str> {
    error.as_db_error()?.constraint()
}

/// Whether a bucket takes a file that is there.
fn check_kept(metadata: &Metadata, name: &str, bucket: &Bucket) -> Result<()> {
    check_type(&metadata.mimetype, name, metadata.size == 0, bucket)?;
    match bucket.file_size_limit {
        Some(limit) if metadata.size > limit => Err(StorageError::larger_than(limit)),
        _ => Ok(()),
    }
}

async fn remove_below(
    transaction: &crate::db::Transaction,
    bucket: &str,
    folder: &str,
) -> Result<u64> {
    const REMOVE_BELOW: &str = "
        delete from storage.objects
        where bucket_id = $1 and name collate \"C\" >= $2 and starts_with(name, $2)";
    let statement = transaction.prepare_cached(REMOVE_BELOW).await?;
    let removed = transaction.execute(&statement, &[&bucket, &folder]).await;
    removed.map_err(|error| StorageError::statement(error, ""))
}

/// A version that is given up when this is dropped before [`Reserved::done`].
pub(super) struct Reserved {
    storage: Storage,
    share: Share,
    pub(super) version: Uuid,
    is_done: bool,
}

impl Reserved {
    pub(super) fn done(mut self) {
        self.is_done = true;
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let (storage, share, version) = (self.storage.clone(), self.share, self.version);
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = storage.give_up(share, version).await {
                    tracing::debug!(%error, "an upload that broke off waits for the job to remove it");
                }
            });
        }
    }
}

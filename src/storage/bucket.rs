//! Buckets: what they take, and who makes them.

use serde::Deserialize;
use serde_json::Value;

use super::{Result, Storage, StorageError, object::server};
use crate::{
    auth::{Caller, Share},
    error::Error,
};

/// What a bucket takes, and from whom it can be read.
#[derive(Debug, Clone, Deserialize)]
pub struct Bucket {
    /// Its name.
    pub id: String,
    /// Whether everybody may read its files.
    pub public: bool,
    /// The largest file that it takes, in bytes.
    pub file_size_limit: Option<u64>,
    /// The types that it takes; any if not stated.
    pub allowed_mime_types: Option<Vec<String>>,
}

/// What a bucket is to be; what is not stated stays as it is.
#[derive(Debug, Clone, Default)]
pub struct BucketSettings {
    /// Whether everybody may read its files.
    pub public: Option<bool>,
    /// The largest file in bytes, or none.
    pub file_size_limit: Option<Option<u64>>,
    /// The types that it takes, or any.
    pub allowed_mime_types: Option<Option<Vec<String>>>,
}

/// Which buckets are listed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct BucketList {
    /// How many at most.
    pub limit: Option<i64>,
    /// How many are passed over.
    pub offset: Option<i64>,
    /// By what they are ordered.
    pub sort_column: Option<String>,
    /// In which direction.
    pub sort_order: Option<String>,
    /// What their names contain.
    pub search: Option<String>,
}

/// As clients read a bucket.
const AS_JSON: &str = "
    json_build_object('id', b.id, 'name', b.name, 'owner', '', 'public', b.public, 'type', 'STANDARD',
      'file_size_limit', b.file_size_limit, 'allowed_mime_types', b.allowed_mime_types,
      'created_at', b.created_at, 'updated_at', b.updated_at)::text";
const BY_ADMINISTRATORS: &str = "Only administrators change and delete buckets";
/// What the server reads of one.
pub(super) const FIND: &str = "
    select json_build_object('id', id, 'public', public, 'file_size_limit', file_size_limit,
      'allowed_mime_types', allowed_mime_types)::text
    from storage.buckets where id = $1";
const TYPES_MAX: usize = 100;
const LIST_MAX: i64 = 10_000;

impl Storage {
    /// A bucket, whoever may see it; looked up in the turn of `share`.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn bucket(&self, share: Share, id: &str) -> Result<Option<Bucket>> {
        read(&self.rows(&server(share), FIND, &[&id]).await?)
    }

    /// The bucket in which a caller wants to write.
    ///
    /// # Errors
    /// Says that there is none, or that the policies refuse.
    pub(super) async fn bucket_for(&self, caller: &Caller, id: &str) -> Result<Bucket> {
        match self.bucket(caller.share, id).await? {
            Some(bucket) => Ok(bucket),
            None => Err(self.no_bucket_for(caller).await?),
        }
    }

    /// What a caller is told who wants to write in a bucket that there is none of. Those who are shown no buckets are told
    /// what they are told of one that is hidden from them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn no_bucket_for(&self, caller: &Caller) -> Result<StorageError> {
        Ok(match self.sees_buckets(caller).await? {
            true => StorageError::no_such_bucket(),
            false => StorageError::policies_refuse(),
        })
    }

    /// Whether a caller is shown any bucket.
    pub(super) async fn sees_buckets(&self, caller: &Caller) -> Result<bool> {
        const ANY: &str = "select 'yes' from storage.buckets limit 1";
        Ok(!self.rows(caller, ANY, &[]).await?.is_empty())
    }

    /// A bucket that the caller may see, as JSON.
    ///
    /// # Errors
    /// Says that there is none.
    pub async fn show_bucket(&self, caller: &Caller, id: &str) -> Result<Value> {
        let sql = format!("select {AS_JSON} from storage.buckets b where b.id = $1");
        let found = self.rows(caller, &sql, &[&id]).await?;
        found
            .first()
            .map(|row| json(row))
            .ok_or_else(StorageError::no_such_bucket)?
    }

    /// The buckets that the caller may see, as JSON.
    ///
    /// # Errors
    /// When an order is none.
    pub async fn list_buckets(&self, caller: &Caller, list: &BucketList) -> Result<Vec<Value>> {
        let column = match list.sort_column.as_deref() {
            None | Some("name") => "b.name collate \"C\"",
            Some("id") => "b.id collate \"C\"",
            Some("created_at") => "b.created_at",
            Some("updated_at") => "b.updated_at",
            Some(_) => {
                return Err(StorageError::invalid_parameter(
                    "Invalid Parameter sortColumn",
                ));
            }
        };
        let direction = super::list::direction(list.sort_order.as_deref())?;
        let search = list.search.as_deref().unwrap_or_default();
        let limit = list
            .limit
            .unwrap_or(LIST_MAX)
            .clamp(1, LIST_MAX)
            .to_string();
        let offset = list.offset.unwrap_or(0).max(0).to_string();
        let sql = format!(
            "select {AS_JSON} from storage.buckets b where strpos(lower(b.name), lower($1)) > 0 or $1 = ''
             order by {column} {direction}, b.id collate \"C\" limit $2::bigint offset $3::bigint"
        );
        let found = self.rows(caller, &sql, &[&search, &limit, &offset]).await?;
        found.iter().map(|row| json(row)).collect()
    }

    /// Makes a bucket, as the caller.
    ///
    /// # Errors
    /// When there is one of the name, the name or a type is none, or the policies refuse.
    pub async fn create_bucket(
        &self,
        caller: &Caller,
        id: &str,
        settings: &BucketSettings,
    ) -> Result<()> {
        const CREATE: &str = "
            insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
            values ($1, $1, $2, $3, $4)";
        check_types(settings)?;
        let limit = self.size_limit(settings)?.flatten();
        let types = settings.allowed_mime_types.clone().flatten();
        let public = settings.public.unwrap_or(false);
        let transaction = self.db().begin(caller).await?;
        let create = transaction.prepare_cached(CREATE).await?;
        let values: [&(dyn postgres_types::ToSql + Sync); 4] = [&id, &public, &limit, &types];
        let created = transaction.execute(&create, &values).await;
        created.map_err(|error| StorageError::statement(error, id))?;
        Ok(transaction.commit().await?)
    }

    /// Changes a bucket, as the caller.
    ///
    /// # Errors
    /// When there is none that the caller may see and change, or a type is none.
    pub async fn update_bucket(
        &self,
        caller: &Caller,
        id: &str,
        settings: &BucketSettings,
    ) -> Result<()> {
        const UPDATE: &str = "
            update storage.buckets set public = coalesce($2, public),
              file_size_limit = case when $3 then $4 else file_size_limit end,
              allowed_mime_types = case when $5 then $6 else allowed_mime_types end
            where id = $1";
        check_types(settings)?;
        let limit = self.size_limit(settings)?;
        let types = &settings.allowed_mime_types;
        let (sets_limit, sets_types) = (limit.is_some(), types.is_some());
        let (limit, types) = (limit.flatten(), types.clone().flatten());
        let values: [&(dyn postgres_types::ToSql + Sync); 6] = [
            &id,
            &settings.public,
            &sets_limit,
            &limit,
            &sets_types,
            &types,
        ];
        let transaction = self.db().begin(caller).await?;
        let update = transaction.prepare_cached(UPDATE).await?;
        let updated = transaction.execute(&update, &values).await;
        match updated.map_err(|error| StorageError::statement(error, id))? {
            0 => Err(self.not_theirs(caller, id).await),
            _ => Ok(transaction.commit().await?),
        }
    }

    /// Removes a bucket without files, as the caller.
    ///
    /// # Errors
    /// When there are files in it, or there is none that the caller may remove.
    pub async fn delete_bucket(&self, caller: &Caller, id: &str) -> Result<()> {
        const DELETE: &str = "delete from storage.buckets where id = $1";
        let transaction = self.db().begin(caller).await?;
        let delete = transaction.prepare_cached(DELETE).await?;
        let deleted = transaction.execute(&delete, &[&id]).await;
        match deleted.map_err(|error| StorageError::statement(error, id))? {
            0 => Err(self.not_theirs(caller, id).await),
            _ => Ok(transaction.commit().await?),
        }
    }

    /// Why a bucket was not changed: it is not there, or not for this caller to change.
    async fn not_theirs(&self, caller: &Caller, id: &str) -> StorageError {
        match self.show_bucket(caller, id).await {
            Ok(_) => StorageError::access_denied(BY_ADMINISTRATORS),
            Err(error) => error,
        }
    }

    /// The limit as the database keeps it.
    fn size_limit(&self, settings: &BucketSettings) -> Result<Option<Option<i64>>> {
        match settings.file_size_limit {
            None => Ok(None),
            Some(None) => Ok(Some(None)),
            Some(Some(limit)) if limit > self.settings().max_file_bytes => {
                Err(StorageError::too_large())
            }
            Some(Some(limit)) => Ok(Some(i64::try_from(limit).ok().filter(|limit| *limit > 0))),
        }
    }
}

/// Types with both halves, the second of which may be a star.
fn check_types(settings: &BucketSettings) -> Result<()> {
    let Some(Some(types)) = &settings.allowed_mime_types else {
        return Ok(());
    };
    if types.len() > TYPES_MAX {
        let message = format!("A bucket names {TYPES_MAX} types at most");
        return Err(StorageError::invalid_request(message));
    }
    let is_half = |half: &str| {
        half == "*"
            || !half.is_empty()
                && half
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-+._".contains(&b))
    };
    let is_type = |media_type: &&String| {
        let essence = media_type.split(';').next().unwrap_or_default();
        let halves = essence.split_once('/');
        media_type.len() <= 255 && halves.is_some_and(|(a, b)| is_half(a) && is_half(b))
    };
    match types.iter().find(|media_type| !is_type(media_type)) {
        Some(wrong) => Err(StorageError::invalid_mime_type(wrong)),
        None => Ok(()),
    }
}

/// Reads what [`FIND`] found.
pub(super) fn read(found: &[String]) -> Result<Option<Bucket>> {
    let read = found.first().map(|row| serde_json::from_str(row));
    read.transpose()
        .map_err(|error| StorageError::from(Error::internal(error)))
}

fn json(row: &str) -> Result<Value> {
    serde_json::from_str(row).map_err(|error| StorageError::from(Error::internal(error)))
}

//! A file's row: what is known of its content, and who may know it.

use postgres_types::{ToSql, Type};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{Result, Storage, StorageError, name};
use crate::{
    auth::{Caller, Share},
    db::{Call, Mode, StatementError, Work},
    error::Error,
    role::Role,
};

/// A file, as its row tells.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Object {
    /// The row's key.
    pub id: Uuid,
    /// The bucket that it is in.
    pub bucket_id: String,
    /// Its path there.
    pub name: String,
    /// Who uploaded it.
    pub owner: Option<Uuid>,
    /// The same as text.
    pub owner_id: Option<String>,
    /// Under what its bytes lie.
    pub version: Uuid,
    /// What the server knows of its content.
    pub metadata: Metadata,
    /// What its uploader says.
    pub user_metadata: Value,
    /// When it was uploaded.
    pub created_at: String,
    /// When it was last changed.
    pub updated_at: String,
    /// When it was last read, where that is known.
    pub last_accessed_at: Option<String>,
}

/// What the server knows of a content.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// Quoted; the same for the same bytes.
    pub e_tag: String,
    /// How large it is, in bytes.
    pub size: u64,
    /// What it is.
    pub mimetype: String,
    /// What caches are told.
    pub cache_control: String,
    /// When it came.
    pub last_modified: String,
    /// As `size`.
    pub content_length: u64,
    /// 200.
    pub http_status_code: u16,
}

const FIND: &str = "
    select row_to_json(o)::text from (
      select id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, created_at, updated_at,
        last_accessed_at
      from storage.objects where bucket_id = $1 and name = $2 and version is not null) o";
const FIND_BY_ID: &str = "
    select row_to_json(o)::text from (
      select id, bucket_id, name, owner, owner_id, version, metadata, user_metadata, created_at, updated_at,
        last_accessed_at
      from storage.objects where id = $1::uuid and version is not null) o";
const FIND_PUBLIC: &str = "
    select row_to_json(o)::text from (
      select o.id, bucket_id, o.name, owner, owner_id, version, metadata, user_metadata, o.created_at, o.updated_at,
        last_accessed_at
      from storage.objects o join storage.buckets b on b.id = o.bucket_id
      where bucket_id = $1 and o.name = $2 and version is not null and b.public) o";

impl Storage {
    /// A file that the caller may see.
    ///
    /// # Errors
    /// Says that there is none, as of one that the caller may not see.
    pub async fn find(&self, caller: &Caller, bucket: &str, name: &str) -> Result<Object> {
        let name = name::normal(name)?;
        let found = self.rows(caller, FIND, &[&bucket, &name]).await?;
        one(found)
    }

    /// The same by its row's key.
    ///
    /// # Errors
    /// As [`Storage::find`].
    pub async fn find_by_id(&self, caller: &Caller, id: Uuid) -> Result<Object> {
        one(self.rows(caller, FIND_BY_ID, &[&id.to_string()]).await?)
    }

    /// A file of a public bucket, which everybody may see; looked up in the turn of `share`.
    ///
    /// # Errors
    /// Says that there is none.
    pub async fn find_public(&self, share: Share, bucket: &str, name: &str) -> Result<Object> {
        let name = name::normal(name)?;
        let server = server(share);
        one(self.rows(&server, FIND_PUBLIC, &[&bucket, &name]).await?)
    }

    /// A file, whoever may see it: for the server itself.
    ///
    /// # Errors
    /// Says that there is none.
    pub async fn find_any(&self, bucket: &str, name: &str) -> Result<Object> {
        self.find_for(Share::Service, bucket, name).await
    }

    /// The same for those who may read it for another reason than the policies; looked up in the turn of `share`.
    ///
    /// # Errors
    /// Says that there is none.
    pub async fn find_for(&self, share: Share, bucket: &str, name: &str) -> Result<Object> {
        let name = name::normal(name)?;
        one(self.rows(&server(share), FIND, &[&bucket, &name]).await?)
    }

    /// A file that the caller may read: one of a public bucket, or one that the policies show them.
    ///
    /// # Errors
    /// Says that there is no such bucket, or no such file.
    pub async fn find_readable(&self, caller: &Caller, bucket: &str, name: &str) -> Result<Object> {
        match self.find(caller, bucket, name).await {
            Err(error) if error.code == "NoSuchKey" => {
                let share = caller.share;
                match self.bucket(share, bucket).await? {
                    Some(found) if found.public => self.find_for(share, bucket, name).await,
                    // What is hidden is as if it were not there, and what is not there as if it were hidden.
                    Some(_) => Err(error),
                    None if self.sees_buckets(caller).await? => Err(StorageError::no_such_bucket()),
                    None => Err(error),
                }
            }
            found => found,
        }
    }

    /// The texts of a statement's rows, which runs as the caller and only reads. Its parameters are texts.
    pub(super) async fn rows(
        &self,
        caller: &Caller,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<String>> {
        static TEXTS: [Type; 8] = [const { Type::TEXT }; 8];
        let types = TEXTS.get(..values.len()).unwrap_or(&TEXTS);
        self.rows_of(caller, sql, types, values).await
    }

    /// The same with parameters of other types.
    pub(super) async fn rows_of(
        &self,
        caller: &Caller,
        sql: &str,
        types: &[Type],
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<String>> {
        let call = Call {
            sql,
            types,
            values: values.to_vec(),
            work: Work::default(),
        };
        let ran = self
            .db()
            .run(caller, Mode::Read, &[call], &mut |_, _| {})
            .await?;
        let rows = match ran {
            Ok(rows) => rows,
            Err((_, error)) => return Err(StorageError::statement(error, "")),
        };
        let rows = rows.first().map(|rows| {
            let text = |row: crate::db::Row<'_>| -> Result<String, StatementError> {
                let bytes = row
                    .get(0)
                    .map_err(StatementError::from)?
                    .unwrap_or_default();
                Ok(String::from_utf8_lossy(bytes).into_owned())
            };
            rows.iter().map(text).collect::<Result<_, StatementError>>()
        });
        let rows = rows.unwrap_or_else(|| Ok(Vec::new()));
        rows.map_err(|error| StorageError::from(Error::from(error)))
    }

    /// The same of a statement of the server's own, about what no role of the API may read, on behalf of `share`.
    pub(super) async fn own_rows(
        &self,
        share: Share,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<String>> {
        let client = self.own(share).await?;
        let statement = client.prepare_cached(sql).await?;
        let rows = client.query(&statement, values).await?;
        let texts = rows.iter().map(|row| row.try_get(0));
        Ok(texts.collect::<Result<_, tokio_postgres::Error>>()?)
    }
}

/// The server itself, in somebody's turn.
pub(super) fn server(share: Share) -> Caller {
    let claims = serde_json::Map::from_iter([("role".to_owned(), Value::from("service_role"))]);
    Caller {
        share,
        ..Caller::from_claims(Role::ServiceRole, claims)
    }
}

fn one(rows: Vec<String>) -> Result<Object> {
    let row = rows.first().ok_or_else(StorageError::no_such_key)?;
    serde_json::from_str(row).map_err(|error| StorageError::from(Error::internal(error)))
}

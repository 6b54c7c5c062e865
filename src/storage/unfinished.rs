//! How much somebody may have begun and not finished. Counting and writing down are one step, in which those who write for
//! the same account follow each other: of many that come at once no more are begun than of as many one by one.

use uuid::Uuid;

use super::{NewFile, Result, Storage, StorageError, Writer};
use crate::{db::SystemTransaction, role::Role};

/// Uploads that one account may have begun and not finished; those without an account share as many.
const UNFINISHED_MAX: u64 = 100;

impl Storage {
    /// Writes down an upload that can be resumed, of `size` bytes. Gives until when it is kept without further bytes, in
    /// seconds since 1970.
    ///
    /// # Errors
    /// When the writer has begun too many, or too large ones. The operator's own programs, and what they signed, have no
    /// such limit.
    pub(super) async fn write_down_resumable(
        &self,
        version: Uuid,
        file: &NewFile,
        writer: &Writer,
        size: u64,
        is_signed: bool,
    ) -> Result<Option<i64>> {
        const WRITE_DOWN: &str = "
            insert into mindloom.file_uploads (version, bucket_id, name, owner, resumable, by_service, upsert, signed,
              size_bytes, content_type, cache_control, user_metadata, expires_at)
            values ($1, $2, $3, $4, true, $5, $6, $7, $8, $9, $10, $11, now() + make_interval(hours => $12))
            returning extract(epoch from expires_at)::bigint";
        // What no column holds is too large for any bucket, which is said once the policies were asked.
        let size_bytes = i64::try_from(size).unwrap_or(i64::MAX);
        let hours = i32::try_from(self.settings().upload_kept_hours).unwrap_or(i32::MAX);
        let is_service = writer.caller.role == Role::ServiceRole;
        let _turn = self.turns().take(writer.caller.share).await?;
        let transaction = self.db().begin_system().await?;
        if !is_service {
            check_unfinished(&transaction, writer, size).await?;
        }
        let values: [&(dyn postgres_types::ToSql + Sync); 12] = [
            &version,
            &file.bucket,
            &file.name,
            &writer.caller.user_id,
            &is_service,
            &file.upsert,
            &is_signed,
            &size_bytes,
            &file.content_type,
            &file.cache_control,
            &file.user_metadata,
            &hours,
        ];
        let statement = transaction.prepare_cached(WRITE_DOWN).await?;
        let row = transaction.query_one(&statement, &values).await?;
        let expires_s = row.try_get(0)?;
        transaction.commit().await?;
        Ok(expires_s)
    }
}

/// What an account has begun and not finished takes room, too.
async fn check_unfinished(
    transaction: &SystemTransaction,
    writer: &Writer,
    size: u64,
) -> Result<()> {
    const LOCK: &str = "select pg_advisory_xact_lock(hashtextextended($1, 0))";
    const THEIRS: &str = "
        select count(*), least(coalesce(sum(u.size_bytes), 0)
          + coalesce((select f.size_bytes from mindloom.file_usage f where f.owner = $1), 0), 9223372036854775807)::bigint
        from mindloom.file_uploads u where u.owner = $1 and u.resumable and not u.by_service";
    const NOBODYS: &str = "
        select count(*), 0::bigint
        from mindloom.file_uploads u where u.owner is null and u.resumable and not u.by_service";
    let owner = writer.caller.user_id;
    let key = owner.map_or_else(String::new, |owner| owner.to_string());
    let key = format!("mindloom.file_uploads:{key}");
    let statement = transaction.prepare_cached(LOCK).await?;
    transaction.execute(&statement, &[&key]).await?;
    let row = match owner {
        Some(owner) => {
            let statement = transaction.prepare_cached(THEIRS).await?;
            transaction.query_one(&statement, &[&owner]).await?
        }
        None => {
            let statement = transaction.prepare_cached(NOBODYS).await?;
            transaction.query_one(&statement, &[]).await?
        }
    };
    let number = |column: usize| {
        let number: i64 = row.try_get(column)?;
        Ok::<_, tokio_postgres::Error>(u64::try_from(number).unwrap_or(0))
    };
    if number(0)? >= UNFINISHED_MAX {
        return Err(StorageError::too_many_unfinished());
    }
    match writer.quota {
        Some(quota) if owner.is_some() && number(1)?.saturating_add(size) > quota => {
            Err(StorageError::over_quota(quota))
        }
        _ => Ok(()),
    }
}

//! The row of a file as its writer writes it: to try whether they may, and to keep it.

use postgres_types::Type;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Metadata, NewFile, Result, Storage, StorageError, Stored, Writer, media};
use crate::{
    db::{Call, Mode, StatementError, Work},
    error::Error,
};

impl Storage {
    /// Writes the row as the writer and takes it back.
    pub(super) async fn try_row(
        &self,
        writer: &Writer,
        file: &NewFile,
        version: Uuid,
    ) -> Result<()> {
        let size = file.size_bytes.unwrap_or(0);
        let mimetype = file.content_type.as_deref().unwrap_or(media::UNKNOWN);
        let expected =
            json!({"size": size, "mimetype": mimetype, "cacheControl": file.cache_control});
        let tried = self.write_row(Mode::Trial, writer, file, version, &expected);
        tried.await.map(drop)
    }

    /// Writes the row of a content that is there.
    pub(super) async fn keep_row(
        &self,
        writer: &Writer,
        file: &NewFile,
        version: Uuid,
        metadata: &Metadata,
    ) -> Result<Stored> {
        let metadata = serde_json::to_value(metadata).map_err(Error::internal)?;
        let kept = self.write_row(Mode::Write, writer, file, version, &metadata);
        let id = kept.await?;
        self.ring();
        Ok(Stored {
            id,
            bucket: file.bucket.clone(),
            name: file.name.clone(),
        })
    }

    /// Writes a row as the writer, in one round trip; the rights of columns, policies and triggers say whether that is
    /// allowed.
    async fn write_row(
        &self,
        mode: Mode,
        writer: &Writer,
        file: &NewFile,
        version: Uuid,
        metadata: &Value,
    ) -> Result<Uuid> {
        const QUOTA: &str = "select set_config('mindloom.file_quota', $1, true)";
        const INSERT: &str = "
            insert into storage.objects (id, bucket_id, name, version, metadata, user_metadata)
            values ($1, $2, $3, $4, $5, $6)";
        const REPLACE: &str = "
            on conflict (bucket_id, name) do update
            set version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata
            returning id";
        static QUOTA_TYPES: [Type; 1] = [Type::TEXT];
        static ROW_TYPES: [Type; 6] = [
            Type::UUID,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::JSONB,
            Type::JSONB,
        ];
        let (id, version) = (Uuid::now_v7(), version.to_string());
        let quota = writer.quota.map(|quota| quota.to_string());
        let sql = format!("{INSERT}{}", if file.upsert { REPLACE } else { "" });
        let mut calls = Vec::with_capacity(2);
        if let Some(quota) = &quota {
            calls.push(Call {
                sql: QUOTA,
                types: &QUOTA_TYPES,
                values: vec![quota],
                work: Work::default(),
            });
        }
        calls.push(Call {
            sql: &sql,
            types: &ROW_TYPES,
            values: vec![
                &id,
                &file.bucket,
                &file.name,
                &version,
                metadata,
                &file.user_metadata,
            ],
            work: Work::default(),
        });
        let told = |error: StatementError| StorageError::statement(error, &file.name);
        let ran = self
            .db()
            .run(&writer.caller, mode, &calls, &mut |_, _| {})
            .await?;
        let rows = ran.map_err(|(_, error)| told(error))?;
        // Whoever may write without seeing what they wrote may not have anything returned.
        let row = rows.last().and_then(|rows| rows.iter().next());
        let Some(row) = row.filter(|_| file.upsert) else {
            return Ok(id);
        };
        let kept = row.get(0).map_err(|error| told(error.into()))?;
        Uuid::from_slice(kept.unwrap_or_default()).map_err(|error| Error::internal(error).into())
    }
}

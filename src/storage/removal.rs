//! Bytes that no row tells of are removed; and whether rows and bytes agree.

use std::collections::HashSet;

use deadpool_postgres::ClientWrapper;
use futures_util::TryStreamExt;
use object_store::ObjectStore;
use uuid::Uuid;

use super::{Result, Storage, StorageError};

/// Contents that are removed in one step.
const STEP_MAX: i64 = 200;

/// What [`Storage::check`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// Rows, and contents, that agree.
    pub whole: u64,
    /// Files whose bytes are gone: bucket, name, version.
    pub without_bytes: Vec<(String, String, String)>,
    /// Contents that no row tells of, and no upload.
    pub without_row: Vec<Uuid>,
    /// Files with another size than their row says: bucket, name, version.
    pub of_other_size: Vec<(String, String, String)>,
    /// What lies among the contents and is none: what a server that died was writing.
    pub leftovers: Vec<std::path::PathBuf>,
}

impl Check {
    /// Whether all agrees.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.without_bytes.is_empty()
            && self.without_row.is_empty()
            && self.of_other_size.is_empty()
            && self.leftovers.is_empty()
    }
}

impl Storage {
    /// Gives up the uploads of which nothing was heard for their time: their bytes wait to be removed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn expire_uploads(&self, transaction: &ClientWrapper) -> Result<u64> {
        const EXPIRE: &str = "
            with gone as (
              delete from mindloom.file_uploads where version in (
                select version from mindloom.file_uploads where expires_at < now() for update skip locked)
              returning version)
            insert into mindloom.file_removals (version) select version from gone on conflict do nothing";
        Ok(transaction.execute(EXPIRE, &[]).await?)
    }

    /// Removes some of the contents that wait for it; gives how many. What a content is removed by twice does no harm.
    ///
    /// # Errors
    /// When the place of bytes or the database does not answer: what was not removed waits on.
    pub async fn remove_waiting(&self, transaction: &ClientWrapper) -> Result<u64> {
        const WAITING: &str = "
            select version from mindloom.file_removals order by created_at limit $1 for update skip locked";
        const REMOVED: &str = "delete from mindloom.file_removals where version = any ($1)";
        let rows = transaction.query(WAITING, &[&STEP_MAX]).await?;
        let versions: Vec<Uuid> = rows.iter().map(|row| row.get(0)).collect();
        for version in &versions {
            let removed = self.backend().remove(*version).await;
            removed.map_err(StorageError::backend)?;
            self.images().forget(*version).await;
        }
        Ok(transaction.execute(REMOVED, &[&versions]).await?)
    }

    /// Compares rows and bytes, from both sides. With `mends`, rows without bytes are removed, and so are bytes without
    /// a row. Uploads that go on meanwhile count as neither.
    ///
    /// # Errors
    /// When the place of bytes or the database does not answer.
    pub async fn check(&self, mends: bool) -> Result<Check> {
        // Bytes come before their row, and rows go before their bytes. So what is listed first and found last agrees.
        let lying = self.contents().await?;
        let client = self.db().system().await?;
        let (mut check, mut told) = (Check::default(), HashSet::new());
        let rows = client
            .query(
                "select bucket_id, name, version, private.file_size(metadata) from storage.objects
                 where version is not null",
                &[],
            )
            .await?;
        let mut missing = Vec::new();
        for row in &rows {
            let place: (String, String, String) = (row.get(0), row.get(1), row.get(2));
            let version: Option<Uuid> = place.2.parse().ok();
            let size = version.and_then(|version| {
                told.insert(version);
                lying.get(&version).copied()
            });
            match size {
                Some(size) if size == row.get::<_, i64>(3).unsigned_abs() => check.whole += 1,
                Some(_) => check.of_other_size.push(place),
                None => missing.push(place),
            }
        }
        for place in missing {
            if self.is_missing(&place.2).await? {
                check.without_bytes.push(place);
            }
        }
        let awaited = client.query(
            "select version from mindloom.file_uploads union all select version from mindloom.file_removals",
            &[],
        );
        told.extend(awaited.await?.iter().map(|row| row.get::<_, Uuid>(0)));
        let unknown = lying.keys().filter(|version| !told.contains(version));
        for version in unknown {
            if !self.has_any_row(*version).await? {
                check.without_row.push(*version);
            }
        }
        check.leftovers = self.backend().leftovers(&told).await;
        if mends {
            self.mend(&check).await?;
        }
        Ok(check)
    }

    async fn mend(&self, check: &Check) -> Result<()> {
        const REMOVE_ROW: &str = "delete from storage.objects where version = $1";
        let client = self.db().system().await?;
        for (.., version) in &check.without_bytes {
            client.execute(REMOVE_ROW, &[version]).await?;
        }
        for version in &check.without_row {
            self.backend()
                .remove(*version)
                .await
                .map_err(StorageError::backend)?;
        }
        for path in &check.leftovers {
            // What is gone meanwhile is mended.
            drop(tokio::fs::remove_file(path).await);
        }
        Ok(())
    }

    /// Whether a content is not there, and a row still tells of it.
    async fn is_missing(&self, version: &str) -> Result<bool> {
        if let Ok(version) = version.parse::<Uuid>() {
            use object_store::ObjectStoreExt as _;
            match self
                .backend()
                .store()
                .head(&super::backend::content(version))
                .await
            {
                Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(StorageError::backend(error)),
                Ok(_) => return Ok(false),
            }
        }
        const HAS: &str = "select 'yes' from storage.objects where version = $1";
        Ok(!self.own_rows(HAS, &[&version]).await?.is_empty())
    }

    async fn has_any_row(&self, version: Uuid) -> Result<bool> {
        const HAS: &str = "
            select 'yes' where exists (select from storage.objects where version = $1)
              or exists (select from mindloom.file_uploads where version = $1::uuid)
              or exists (select from mindloom.file_removals where version = $1::uuid)";
        Ok(!self
            .own_rows(HAS, &[&version.to_string()])
            .await?
            .is_empty())
    }

    /// All contents and how large they are, in bytes; of pieces, nothing.
    async fn contents(&self) -> Result<std::collections::HashMap<Uuid, u64>> {
        let mut listed = self.backend().store().list(None);
        let mut contents = std::collections::HashMap::new();
        while let Some(found) = listed.try_next().await.map_err(StorageError::backend)? {
            let mut steps = found.location.parts();
            let (kind, second, third) = (steps.next(), steps.next(), steps.next());
            let kind = kind.as_ref().map(AsRef::as_ref);
            let parsed = |step: Option<object_store::path::PathPart<'_>>| {
                step.and_then(|step| step.as_ref().parse::<Uuid>().ok())
            };
            match kind {
                Some("contents") => {
                    contents.extend(parsed(third).map(|version| (version, found.size)));
                }
                Some("pieces") => {
                    if let Some(version) = parsed(second) {
                        contents.entry(version).or_insert(found.size);
                    }
                }
                _ => {}
            }
        }
        Ok(contents)
    }
}

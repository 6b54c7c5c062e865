//! Bytes that no row tells of are removed; and whether rows and bytes agree.

use std::collections::{HashMap, HashSet};

use deadpool_postgres::ClientWrapper;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use uuid::Uuid;

use super::{Result, Storage, StorageError, backend::content};
use crate::auth::Share;

/// Contents that are removed in one step.
const STEP_MAX: i64 = 200;
/// And so many of them at once.
const REMOVED_AT_ONCE_MAX: usize = 8;

/// What [`Storage::check`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// Rows, and contents, that agree.
    pub whole: u64,
    /// Files whose bytes are gone: bucket, name, version.
    pub without_bytes: Vec<(String, String, String)>,
    /// Uploads that are not at their end, and contents that wait to be removed.
    pub awaited: u64,
    /// Contents that no row tells of, and no upload.
    pub without_row: Vec<Uuid>,
    /// Files with another size than their row says: bucket, name, version.
    pub of_other_size: Vec<(String, String, String)>,
    /// Uploads that have ended, or of which nothing is known, and of which pieces lie there.
    pub left_pieces: Vec<Uuid>,
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
            && self.left_pieces.is_empty()
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

    /// Some of the contents that wait to be removed.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn waiting_removals(&self, transaction: &ClientWrapper) -> Result<Vec<Uuid>> {
        const WAITING: &str =
            "select version from mindloom.file_removals order by created_at limit $1";
        let rows = transaction.query(WAITING, &[&STEP_MAX]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// Removes contents, several at once: the place of bytes may take its time, so this is for no transaction. Gives
    /// those that are gone, and what went wrong with another. What is removed twice does no harm.
    pub async fn remove_contents(&self, versions: &[Uuid]) -> (Vec<Uuid>, Option<StorageError>) {
        let remove = |version: Uuid| async move {
            let removed = self.backend().remove(version).await;
            self.images().forget(version).await;
            removed.map(|()| version).map_err(StorageError::backend)
        };
        let mut removing = stream::iter(versions.iter().copied().map(remove))
            .buffer_unordered(REMOVED_AT_ONCE_MAX);
        let (mut gone, mut failed) = (Vec::with_capacity(versions.len()), None);
        while let Some(removed) = removing.next().await {
            match removed {
                Ok(version) => gone.push(version),
                Err(error) => failed = Some(error),
            }
        }
        (gone, failed)
    }

    /// Notes that contents are removed.
    ///
    /// # Errors
    /// When the database does not answer: then they are removed once more.
    pub async fn note_removed(
        &self,
        transaction: &ClientWrapper,
        versions: &[Uuid],
    ) -> Result<u64> {
        const REMOVED: &str = "delete from mindloom.file_removals where version = any ($1)";
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
        check.left_pieces = self.left_pieces().await?;
        let awaited = self.awaited().await?;
        check.awaited = awaited.len() as u64;
        told.extend(awaited);
        let unknown = lying.keys().filter(|version| !told.contains(version));
        for version in unknown {
            // It may have been removed since it was listed.
            if !self.has_any_row(*version).await? && self.has_bytes(*version).await? {
                check.without_row.push(*version);
            }
        }
        check.leftovers = self.backend().leftovers(&told).await;
        if mends {
            self.mend(&check).await?;
        }
        Ok(check)
    }

    /// The uploads that have ended, or of which nothing is known, and of which pieces lie there: a server died between an
    /// upload's last step and taking its pieces away.
    ///
    /// # Errors
    /// When the place of bytes or the database does not answer.
    pub async fn left_pieces(&self) -> Result<Vec<Uuid>> {
        // An upload is known before its first piece comes.
        let in_pieces = self.backend().versions_in_pieces().await;
        let in_pieces = in_pieces.map_err(StorageError::backend)?;
        if in_pieces.is_empty() {
            return Ok(Vec::new());
        }
        let awaited = self.awaited().await?;
        let mut left = Vec::new();
        for version in in_pieces.difference(&awaited) {
            // An upload that ended in this moment takes its pieces away by itself.
            let lie_there = self.backend().has_pieces(*version).await;
            if lie_there.map_err(StorageError::backend)? {
                left.push(*version);
            }
        }
        Ok(left)
    }

    /// Takes the pieces of uploads away.
    ///
    /// # Errors
    /// When the place of bytes does not answer.
    pub async fn remove_left_pieces(&self, versions: &[Uuid]) -> Result<()> {
        for version in versions {
            let removed = self.backend().remove_pieces(*version).await;
            removed.map_err(StorageError::backend)?;
        }
        Ok(())
    }

    /// The contents that uploads are to bring, and those that wait to be removed.
    async fn awaited(&self) -> Result<HashSet<Uuid>> {
        const AWAITED: &str = "
            select version from mindloom.file_uploads union all select version from mindloom.file_removals";
        let client = self.db().system().await?;
        let rows = client.query(AWAITED, &[]).await?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
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
        self.remove_left_pieces(&check.left_pieces).await?;
        for path in &check.leftovers {
            // What is gone meanwhile is mended.
            drop(tokio::fs::remove_file(path).await);
        }
        Ok(())
    }

    /// Whether a content is not there, and a row still tells of it.
    async fn is_missing(&self, version: &str) -> Result<bool> {
        if let Ok(version) = version.parse()
            && self.has_bytes(version).await?
        {
            return Ok(false);
        }
        const HAS: &str = "select 'yes' from storage.objects where version = $1";
        let found = self.own_rows(Share::Service, HAS, &[&version]).await?;
        Ok(!found.is_empty())
    }

    async fn has_bytes(&self, version: Uuid) -> Result<bool> {
        let found = self.backend().store().head(&content(version)).await;
        match found {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(StorageError::backend(error)),
        }
    }

    async fn has_any_row(&self, version: Uuid) -> Result<bool> {
        const HAS: &str = "
            select 'yes' where exists (select from storage.objects where version = $1)
              or exists (select from mindloom.file_uploads where version = $1::uuid)
              or exists (select from mindloom.file_removals where version = $1::uuid)";
        let version = version.to_string();
        let found = self.own_rows(Share::Service, HAS, &[&version]).await?;
        Ok(!found.is_empty())
    }

    /// All contents and how large they are, in bytes.
    async fn contents(&self) -> Result<HashMap<Uuid, u64>> {
        let mut listed = self.backend().store().list(Some(&Path::from("contents")));
        let mut contents = HashMap::new();
        while let Some(found) = listed.try_next().await.map_err(StorageError::backend)? {
            let version = found.location.filename().and_then(|name| name.parse().ok());
            contents.extend(version.map(|version: Uuid| (version, found.size)));
        }
        Ok(contents)
    }
}

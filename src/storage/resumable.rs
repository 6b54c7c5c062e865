//! Uploads that can be resumed: what arrives of one lies in pieces until all of it is there.
//!
//! A piece is written beside the others and then written down, if it begins where the upload ends at that moment: of two
//! that come at once one counts. So a client that lost its connection goes on at once, whether or not the server has
//! noticed by then that the former one is dead.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use object_store::ObjectStoreExt;
use serde_json::Value;
use sha1::{Digest, Sha1};
use uuid::Uuid;

use super::{
    NewFile, Result, Storage, StorageError, Writer,
    backend::{content, pieces},
    media, name,
    object::server,
    upload::{Content, check_type, to_its_end},
};
use crate::{
    auth::{Caller, Share},
    error::Error,
    role::Role,
};

/// An upload that can be resumed, as it stands.
#[derive(Debug, Clone)]
pub struct Resumable {
    /// Its key, and the version that its file will have.
    pub version: Uuid,
    /// How much of it has arrived.
    pub offset: u64,
    /// How large it will be.
    pub size: u64,
    /// What belongs to its address, where it is of somebody without an account: only who began it learns of it.
    pub key: Option<String>,
    /// Until when it is kept without further bytes, in seconds since 1970; nothing when all is there.
    pub expires_s: Option<i64>,
}

/// Who goes on with an upload.
#[derive(Debug, Clone)]
pub enum Resumer {
    /// The caller of a request.
    Caller {
        /// Who.
        caller: Arc<Caller>,
        /// What came with the upload's address, by which callers without an account are known.
        key: Option<String>,
    },
    /// Whoever has a signature.
    Signature {
        /// The signature.
        token: String,
        /// Whose share of the server the request counts against.
        share: Share,
    },
}

/// What is written down of an upload.
struct Row {
    file: NewFile,
    owner: Option<Uuid>,
    signed: bool,
    pieces: Vec<String>,
    at: Resumable,
}

const COLUMNS: &str = "
    select version, bucket_id, name, owner, signed, upsert, size_bytes, content_type, cache_control, user_metadata,
      pieces, offset_bytes, extract(epoch from expires_at)::bigint
    from mindloom.file_uploads where version = $1 and resumable";

impl Storage {
    /// Begins an upload of `file`, whose size is stated.
    ///
    /// # Errors
    /// As of any upload, and when too many are begun.
    pub async fn begin_resumable(
        &self,
        writer: &Writer,
        mut file: NewFile,
        is_signed: bool,
    ) -> Result<Resumable> {
        file.name = name::normal(&file.name)?.into_owned();
        let size = file.size_bytes.unwrap_or(0);
        let bucket = self.bucket_for(&writer.caller, &file.bucket).await?;
        let limit = self.limit_of(&bucket, writer).await?;
        let version = Uuid::now_v7();
        let written = self.write_down_resumable(version, &file, writer, size, is_signed);
        let expires_s = written.await?;
        let reserved = self.reserved(writer, version);
        self.try_row(writer, &file, version).await?;
        if size > limit {
            return Err(self.too_large(&bucket, limit));
        }
        reserved.done();
        Ok(Resumable {
            version,
            offset: 0,
            size,
            key: (!is_signed && writer.caller.user_id.is_none())
                .then(|| self.signer().key_of(version)),
            expires_s,
        })
    }

    /// How an upload stands. One of which all has arrived is ended first: whoever asks may have lost the answer.
    ///
    /// # Errors
    /// Says that there is none that is theirs.
    pub async fn resumable(&self, version: Uuid, who: &Resumer) -> Result<Resumable> {
        let Some((row, writer)) = self.upload_of(version, who).await? else {
            return self.ended(version, who).await;
        };
        if row.at.offset == row.at.size {
            return self.end_resumable(row, &writer).await;
        }
        Ok(row.at)
    }

    /// Takes bytes that begin at `offset`; with all of them the file is there. `sum` is their SHA-1, where that was
    /// said. What arrived before the bytes broke off counts.
    ///
    /// # Errors
    /// When there is no such upload, it does not end at that offset, there are more bytes than were said, the bucket does
    /// not take their type, or their sum is another.
    pub async fn resume(
        &self,
        version: Uuid,
        who: &Resumer,
        offset: u64,
        sum: Option<[u8; 20]>,
        bytes: impl Stream<Item = Result<Bytes>> + Send + Unpin,
    ) -> Result<Resumable> {
        let Some((row, writer)) = self.upload_of(version, who).await? else {
            return Err(StorageError::no_such_upload());
        };
        if row.at.offset != offset {
            return Err(StorageError::wrong_offset());
        }
        self.try_row(&writer, &row.file, version).await?;
        let name = format!("{offset:020}-{}", Uuid::now_v7().simple());
        let share = writer.caller.share;
        let (length, broken) = self.receive_piece(&row, share, &name, sum, bytes).await?;
        if length > 0 {
            self.add_piece(&row, offset, &name, length, who.share())
                .await?;
        }
        if let Some(error) = broken {
            return Err(error);
        }
        match self.upload_of(version, who).await? {
            Some((row, writer)) if row.at.offset == row.at.size => {
                self.end_resumable(row, &writer).await
            }
            Some((row, _)) => Ok(row.at),
            None => self.ended(version, who).await,
        }
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// Says that there is none that is theirs.
    pub async fn give_up_resumable(&self, version: Uuid, who: &Resumer) -> Result<()> {
        match self.upload_of(version, who).await? {
            Some(_) => self.give_up(who.share(), version).await,
            None => Err(StorageError::no_such_upload()),
        }
    }

    /// Writes a piece; gives how long it is, and why it is shorter than it should be, if it broke off.
    async fn receive_piece(
        &self,
        row: &Row,
        share: Share,
        name: &str,
        sum: Option<[u8; 20]>,
        mut bytes: impl Stream<Item = Result<Bytes>> + Send + Unpin,
    ) -> Result<(u64, Option<StorageError>)> {
        let path = pieces(row.at.version).join(name);
        let mut sink = self.backend().write(path.clone());
        let mut hash = Sha1::new();
        let (mut length, mut broken) = (0, None);
        let mut head = Vec::new();
        while let Some(chunk) = bytes.next().await {
            let chunk = match chunk {
                Ok(chunk) => chunk,
                Err(error) => {
                    broken = Some(error);
                    break;
                }
            };
            length += chunk.len() as u64;
            if row.at.offset + length > row.at.size {
                return Err(StorageError::too_large());
            }
            if row.at.offset == 0 && head.len() < media::LOOK_BYTES {
                head.extend_from_slice(&chunk[..chunk.len().min(media::LOOK_BYTES - head.len())]);
            }
            hash.update(&chunk);
            sink.write(chunk).await.map_err(StorageError::backend)?;
        }
        if let Some(sum) = sum
            && (broken.is_some() || hash.finalize().as_slice() != sum)
        {
            // Of what has a sum, all of it counts or nothing.
            return Err(broken.unwrap_or_else(StorageError::wrong_sum));
        }
        if length == 0 {
            return Ok((0, broken));
        }
        // What is long enough to tell is refused before the rest comes.
        if head.len() >= media::LOOK_BYTES || row.at.offset == 0 && length == row.at.size {
            let bucket = self.bucket(share, &row.file.bucket).await?;
            let bucket = bucket.ok_or_else(StorageError::no_such_bucket)?;
            let found = media::type_of(row.file.content_type.as_deref(), &head);
            check_type(&found, &row.file.name, row.at.size == 0, &bucket)?;
        }
        sink.finish().await.map_err(StorageError::backend)?;
        Ok((length, broken))
    }

    /// Writes a piece down, if the upload still ends where it begins.
    async fn add_piece(
        &self,
        row: &Row,
        offset: u64,
        name: &str,
        length: u64,
        share: Share,
    ) -> Result<()> {
        const ADD: &str = "
            update mindloom.file_uploads
            set pieces = pieces || $3::text, offset_bytes = offset_bytes + $4,
              expires_at = greatest(expires_at, least(now() + make_interval(hours => $5), created_at + interval '7 days'))
            where version = $1 and offset_bytes = $2 and resumable";
        let version = row.at.version;
        let signed = |number: u64| i64::try_from(number).map_err(Error::internal);
        let hours = i32::try_from(self.settings().upload_kept_hours).unwrap_or(i32::MAX);
        let values: [&(dyn postgres_types::ToSql + Sync); 5] =
            [&version, &signed(offset)?, &name, &signed(length)?, &hours];
        let client = self.own(share).await?;
        let statement = client.prepare_cached(ADD).await?;
        if client.execute(&statement, &values).await? == 1 {
            return Ok(());
        }
        drop(client);
        // Another came first, or the upload is gone; then so are its pieces, but for this one.
        let path = pieces(version).join(name);
        if let Err(error) = self.backend().store().delete(&path).await {
            tracing::debug!(%error, "a piece that came too late stays until its upload ends");
        }
        Err(StorageError::wrong_offset())
    }

    /// Puts the pieces together and writes the row.
    async fn end_resumable(&self, row: Row, writer: &Writer) -> Result<Resumable> {
        let (storage, writer) = (self.clone(), writer.clone());
        to_its_end(async move { storage.put_together(row, &writer).await }).await
    }

    async fn put_together(&self, row: Row, writer: &Writer) -> Result<Resumable> {
        let share = writer.caller.share;
        let bucket = self.bucket(share, &row.file.bucket).await?;
        let bucket = bucket.ok_or_else(StorageError::no_such_bucket)?;
        let version = row.at.version;
        let mut whole = Content::new(self.backend().write(content(version)));
        for name in &row.pieces {
            let path = pieces(version).join(name.as_str());
            let options = object_store::GetOptions::default();
            let piece = self.open_at(&path, options).await?;
            let mut piece = piece.map_err(|error| StorageError::from(Error::internal(error)));
            while let Some(bytes) = piece.try_next().await? {
                whole.write(bytes, &row.file, &bucket).await?;
            }
        }
        let metadata = whole.finish(&row.file, &bucket).await?;
        match self.keep_row(writer, &row.file, version, &metadata).await {
            Ok(_) => {}
            // Another request ended it at the same moment.
            Err(error) if error.code == "NoSuchUpload" && self.has_row(share, version).await? => {}
            Err(error) => return Err(error),
        }
        self.remove_pieces(version).await;
        Ok(Resumable {
            offset: row.at.size,
            expires_s: None,
            ..row.at
        })
    }

    /// The pieces of an upload that ended are of no use; what stays of them `mindloom files check` finds.
    async fn remove_pieces(&self, version: Uuid) {
        if let Err(error) = self.backend().remove_pieces(version).await {
            tracing::warn!(%error, %version, "the pieces of an upload that ended could not be removed");
        }
    }

    async fn has_row(&self, share: Share, version: Uuid) -> Result<bool> {
        const HAS: &str = "select 'yes' from storage.objects where version = $1";
        let version = version.to_string();
        let found = self.rows(&server(share), HAS, &[&version]).await?;
        Ok(!found.is_empty())
    }

    /// An upload that has ended, while its file is there.
    async fn ended(&self, version: Uuid, who: &Resumer) -> Result<Resumable> {
        const ENDED: &str = "
            select json_build_array((metadata ->> 'size')::bigint, owner, bucket_id, name)::text
            from storage.objects where version = $1";
        let (server, id) = (server(who.share()), version.to_string());
        let rows = self.rows(&server, ENDED, &[&id]).await?;
        let row = rows.first().ok_or_else(StorageError::no_such_upload)?;
        let (size, owner, bucket, name): (u64, Option<Uuid>, String, String) =
            serde_json::from_str(row).map_err(Error::internal)?;
        let is_theirs = match who {
            Resumer::Caller { caller, key } => {
                self.may_go_on(caller, owner, version, key.as_deref())
            }
            Resumer::Signature { token, share } => {
                let signed = self.signed_writer(*share, token, &bucket, &name);
                signed.await.is_ok()
            }
        };
        if !is_theirs {
            return Err(StorageError::no_such_upload());
        }
        Ok(Resumable {
            version,
            offset: size,
            size,
            key: None,
            expires_s: None,
        })
    }

    /// An upload, if it is of who asks, and what writes for them.
    async fn upload_of(&self, version: Uuid, who: &Resumer) -> Result<Option<(Row, Writer)>> {
        let client = self.own(who.share()).await?;
        let statement = client.prepare_cached(COLUMNS).await?;
        let Some(row) = client.query_opt(&statement, &[&version]).await? else {
            return Ok(None);
        };
        // Whoever signed it is looked up by another.
        drop(client);
        let mut row = read(&row)?;
        let writer = match who {
            Resumer::Caller { caller, key } if !row.signed => {
                let is_theirs = self.may_go_on(caller, row.owner, version, key.as_deref());
                is_theirs.then(|| self.writer(caller))
            }
            Resumer::Signature { token, share } if row.signed => {
                let signed = self.signed_writer(*share, token, &row.file.bucket, &row.file.name);
                let (writer, upsert) = signed.await?;
                row.file.upsert &= upsert;
                Some(writer)
            }
            _ => None,
        };
        let writer = writer.ok_or_else(StorageError::no_such_upload)?;
        Ok(Some((row, writer)))
    }

    /// Whoever began an upload goes on with it: the account, or who has no account and the key that belongs to the
    /// upload's address.
    fn may_go_on(
        &self,
        caller: &Caller,
        owner: Option<Uuid>,
        version: Uuid,
        key: Option<&str>,
    ) -> bool {
        match caller.user_id {
            _ if caller.role == Role::ServiceRole => true,
            Some(user) => owner == Some(user),
            None => owner.is_none() && key.is_some_and(|key| self.signer().is_key_of(key, version)),
        }
    }
}

impl Resumer {
    /// Whose share of the server the request counts against.
    fn share(&self) -> Share {
        match self {
            Resumer::Caller { caller, .. } => caller.share,
            Resumer::Signature { share, .. } => *share,
        }
    }
}

fn read(row: &tokio_postgres::Row) -> Result<Row> {
    let number = |column: usize| {
        let number: Option<i64> = row.try_get(column)?;
        Ok::<_, tokio_postgres::Error>(u64::try_from(number.unwrap_or(0)).unwrap_or(0))
    };
    let size = number(6)?;
    let metadata: Option<Value> = row.try_get(9)?;
    let cache_control: Option<String> = row.try_get(8)?;
    Ok(Row {
        file: NewFile {
            bucket: row.try_get(1)?,
            name: row.try_get(2)?,
            upsert: row.try_get(5)?,
            content_type: row.try_get(7)?,
            cache_control: cache_control.unwrap_or_default(),
            user_metadata: metadata.unwrap_or_default(),
            size_bytes: Some(size),
        },
        owner: row.try_get(3)?,
        signed: row.try_get(4)?,
        pieces: row.try_get(10)?,
        at: Resumable {
            version: row.try_get(0)?,
            offset: number(11)?,
            size,
            key: None,
            expires_s: row.try_get(12)?,
        },
    })
}

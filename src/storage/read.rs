//! Contents on their way out.

use std::{ops::Range, os::unix::fs::FileExt, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, path::Path};

use super::{Result, Storage, StorageError, backend::content, object::Object};
use crate::auth::Caller;

/// How much of a file is read at a time.
const CHUNK_BYTES: u64 = 256 << 10;

/// The bytes of a content.
pub type Bodies = BoxStream<'static, std::io::Result<Bytes>>;

impl Storage {
    /// The bytes of a file that was found, or a range of them.
    ///
    /// # Errors
    /// When they are gone meanwhile: the file was replaced or removed since it was found; and when the place of bytes
    /// does not answer.
    pub async fn bytes(&self, object: &Object, range: Option<Range<u64>>) -> Result<Bodies> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        self.open_at(&content(object.version), options).await
    }

    /// The bytes that lie somewhere.
    pub(super) async fn open_at(&self, path: &Path, options: GetOptions) -> Result<Bodies> {
        let got = self.backend().store().get_opts(path, options).await;
        let got = got.map_err(StorageError::backend)?;
        Ok(match got.payload {
            GetResultPayload::File(file, _) => of_file(file, got.range),
            GetResultPayload::Stream(stream) => stream.map_err(std::io::Error::other).boxed(),
        })
    }

    /// All bytes of a file, as the server: nobody is asked. Files larger than `max_bytes` are refused.
    ///
    /// # Errors
    /// Says that there is none; when it is too large, or the place of bytes does not answer.
    pub async fn read_any(
        &self,
        bucket: &str,
        name: &str,
        max_bytes: u64,
    ) -> Result<(Object, Bytes)> {
        let object = self.find_any(bucket, name).await?;
        let bytes = self.read_whole(&object, max_bytes).await?;
        Ok((object, bytes))
    }

    /// The same of a file that the caller may read.
    ///
    /// # Errors
    /// As [`Storage::read_any`]; a file that the policies hide is as none.
    pub async fn read(
        &self,
        caller: &Caller,
        bucket: &str,
        name: &str,
        max_bytes: u64,
    ) -> Result<(Object, Bytes)> {
        let object = self.find_readable(caller, bucket, name).await?;
        let bytes = self.read_whole(&object, max_bytes).await?;
        Ok((object, bytes))
    }

    /// All bytes of a file that was found.
    ///
    /// # Errors
    /// When it is larger than `max_bytes`, the bytes are gone meanwhile, or the place of bytes does not answer.
    pub async fn read_whole(&self, object: &Object, max_bytes: u64) -> Result<Bytes> {
        if object.metadata.size > max_bytes {
            return Err(StorageError::too_large());
        }
        let path = content(object.version);
        let store = self.backend().store();
        let got = store.get_opts(&path, GetOptions::default()).await;
        let got = got.map_err(StorageError::backend)?;
        got.bytes().await.map_err(StorageError::backend)
    }
}

/// Reads a file a chunk at a time, while the reader takes it.
fn of_file(file: std::fs::File, range: Range<u64>) -> Bodies {
    let file = Arc::new(file);
    let chunks = stream::try_unfold((file, range), |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let size = (range.end - range.start).min(CHUNK_BYTES);
        let (from, at) = (Arc::clone(&file), range.start);
        // Made here: each thread that allocates has memory of its own, and those that wait for the disk are many.
        let mut chunk = vec![0; usize::try_from(size).unwrap_or(0)];
        let read = move || {
            from.read_exact_at(&mut chunk, at)
                .map(|()| Bytes::from(chunk))
        };
        let chunk = tokio::task::spawn_blocking(read).await??;
        Ok(Some((chunk, (file, at + size..range.end))))
    });
    chunks.boxed()
}

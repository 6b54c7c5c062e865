//! Contents on their way out.

#[cfg(target_os = "linux")]
use std::io::IoSliceMut;
use std::{fs::File, ops::Range, os::unix::fs::FileExt, sync::Arc};

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream, stream::BoxStream};
use object_store::{GetOptions, GetRange, GetResultPayload, ObjectStore, path::Path};

use super::{
    Result, Storage, StorageError,
    backend::content,
    buffers::{Buffers, CHUNK_BYTES},
    object::Object,
};
use crate::auth::Caller;

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
            GetResultPayload::File(file, _) => of_file(file, got.range, self.buffers()),
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

/// Reads a file a chunk at a time, while the reader takes it. What the system has in memory is read at once; what it has
/// to fetch from a disk, a thread reads that may wait.
fn of_file(file: File, range: Range<u64>, buffers: &Arc<Buffers>) -> Bodies {
    let state = (Arc::new(file), range, Arc::clone(buffers));
    let chunks = stream::try_unfold(state, |(file, range, buffers)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let left = usize::try_from(range.end - range.start).unwrap_or(usize::MAX);
        let (size, at) = (left.min(CHUNK_BYTES), range.start);
        let mut chunk = buffers.take(size);
        let read = read_at_once(&file, chunk.bytes_mut(), at);
        if read < size {
            let from = Arc::clone(&file);
            let read_rest = move || {
                let rest = &mut chunk.bytes_mut()[read..];
                from.read_exact_at(rest, at + read as u64).map(|()| chunk)
            };
            chunk = tokio::task::spawn_blocking(read_rest).await??;
        }
        let rest = at + size as u64..range.end;
        Ok(Some((chunk.into_bytes(), (file, rest, buffers))))
    });
    chunks.boxed()
}

/// Reads what there is without waiting for a disk; gives how much it was. Whatever else is wrong, the thread finds out
/// that reads the rest.
#[cfg(target_os = "linux")]
fn read_at_once(file: &File, bytes: &mut [u8], at: u64) -> usize {
    use rustix::io::{Errno, ReadWriteFlags, preadv2};

    let mut read = 0;
    while read < bytes.len() {
        let mut rest = [IoSliceMut::new(&mut bytes[read..])];
        match preadv2(file, &mut rest, at + read as u64, ReadWriteFlags::NOWAIT) {
            Ok(more @ 1..) => read += more,
            Err(Errno::INTR) => {}
            Ok(0) | Err(_) => break,
        }
    }
    read
}

/// Other systems do not say what they have in memory.
#[cfg(not(target_os = "linux"))]
fn read_at_once(_: &File, _: &mut [u8], _: u64) -> usize {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of three chunks and a bit, and what is in it.
    fn file() -> (File, Vec<u8>, std::path::PathBuf) {
        let path = std::env::temp_dir().join(format!("mindloom-read-{}", uuid::Uuid::now_v7()));
        let bytes: Vec<u8> = (0..3 * CHUNK_BYTES + 5)
            .map(|number| (number % 251) as u8)
            .collect();
        std::fs::write(&path, &bytes).expect("written");
        (File::open(&path).expect("it is there"), bytes, path)
    }

    async fn all(mut bodies: Bodies) -> std::io::Result<Vec<u8>> {
        let mut all = Vec::new();
        while let Some(bytes) = bodies.try_next().await? {
            all.extend_from_slice(&bytes);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn a_range_is_read_whole_whatever_its_ends() {
        let (file, bytes, path) = file();
        let buffers = Arc::default();
        let end = bytes.len();
        for range in [0..end, 0..1, 1..CHUNK_BYTES + 1, CHUNK_BYTES..end, 7..7] {
            let file = file.try_clone().expect("another handle");
            let read = of_file(file, range.start as u64..range.end as u64, &buffers);
            let read = all(read).await.expect("bytes");
            assert!(read == bytes[range.clone()], "{range:?}");
        }
        std::fs::remove_file(path).expect("removed");
    }

    #[tokio::test]
    async fn a_file_that_became_shorter_breaks_off() {
        let (file, bytes, path) = file();
        let shorter = File::options().write(true).open(&path).expect("a file");
        shorter.set_len(10).expect("cut off");
        let read = of_file(file, 0..bytes.len() as u64, &Arc::default());
        let broken = all(read).await.expect_err("there is less");
        assert_eq!(broken.kind(), std::io::ErrorKind::UnexpectedEof);
        std::fs::remove_file(path).expect("removed");
    }
}

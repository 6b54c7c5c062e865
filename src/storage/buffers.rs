//! Memory for bytes on their way out, used again and again: fresh memory is emptied by the system, which takes longer than
//! to copy into it what lies in a file.

use std::{mem, sync::Arc};

use bytes::Bytes;
use parking_lot::Mutex;

/// How much of a file is read at a time.
pub(super) const CHUNK_BYTES: usize = 256 << 10;
/// How many buffers are kept while nobody uses them: 4 MiB.
const KEPT_MAX: usize = 16;

/// The buffers that are free. Those that were used last are used next: the processor still has them at hand.
#[derive(Default)]
pub(super) struct Buffers(Mutex<Vec<Box<[u8]>>>);

/// A buffer in use, which is free again when nobody has its bytes any more.
pub(super) struct Buffer {
    bytes: Box<[u8]>,
    size: usize,
    free: Arc<Buffers>,
}

impl Buffers {
    /// A buffer of `size` bytes, at most [`CHUNK_BYTES`], with whatever is in it.
    pub(super) fn take(self: &Arc<Self>, size: usize) -> Buffer {
        let free = self.0.lock().pop();
        Buffer {
            // For what is small no more memory is taken than it needs.
            bytes: free.unwrap_or_else(|| vec![0; size].into_boxed_slice()),
            size,
            free: Arc::clone(self),
        }
    }
}

impl Buffer {
    /// All of it, to be written.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[..self.size]
    }

    /// What was written.
    pub(super) fn into_bytes(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.size]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut free = self.free.0.lock();
        if self.bytes.len() == CHUNK_BYTES && free.len() < KEPT_MAX {
            free.push(mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_once_nobody_has_its_bytes() {
        let buffers = Arc::new(Buffers::default());
        let mut first = buffers.take(CHUNK_BYTES);
        first.bytes_mut().fill(7);
        let bytes = first.into_bytes();
        let part = bytes.slice(10..20);
        drop(bytes);
        let mut second = buffers.take(CHUNK_BYTES);
        assert_eq!(second.bytes_mut()[0], 0, "the first is still read");
        assert_eq!(part, [7_u8; 10][..]);
        drop(part);
        let again = buffers.take(3).into_bytes();
        assert_eq!(again, [7_u8; 3][..]);
        drop((again, second));
        assert_eq!(buffers.0.lock().len(), 2);
    }

    #[test]
    fn no_more_is_kept_than_is_of_use() {
        let buffers = Arc::new(Buffers::default());
        drop(buffers.take(10));
        assert!(buffers.0.lock().is_empty(), "a small one is of no use");
        let many: Vec<Buffer> = (0..2 * KEPT_MAX)
            .map(|_| buffers.take(CHUNK_BYTES))
            .collect();
        drop(many);
        assert_eq!(buffers.0.lock().len(), KEPT_MAX);
    }
}

//! Gives memory back to the system that was used once and is free now.

use std::time::Duration;

use tokio::task::JoinError;

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use super::resident_bytes;

/// How often it is looked whether there is something to give back.
const LOOK_EVERY: Duration = Duration::from_secs(15);

/// Looks from time to time whether a lot of memory lies free within the process, and gives it back. glibc itself
/// gives back only what lies at the end of a heap, and a heap that a peak has filled never shrinks by itself. Other
/// systems' allocators do it themselves.
///
/// # Errors
/// When looking panics.
pub async fn keep_giving_back() -> Result<(), JoinError> {
    let mut after_last = 0;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        // It may take milliseconds; a thread that serves requests has none.
        let looked = tokio::task::spawn_blocking(move || give_back(after_last));
        after_last = looked.await?;
    }
}

/// Gives free memory back if the process has grown since it was last done, when it had `after_last` bytes. Returns what
/// it has now.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "no crate wraps glibc's allocator")]
fn give_back(after_last: usize) -> usize {
    /// Less than this is kept: requests that come next would ask for it again.
    const KEPT_BYTES: usize = 16 << 20;
    let resident = resident_bytes().unwrap_or_default();
    if resident < after_last + KEPT_BYTES {
        return after_last.min(resident);
    }
    // SAFETY: both change nothing but the allocator's own state, under its locks.
    let free = unsafe { libc::mallinfo2() }.fordblks;
    if free < KEPT_BYTES {
        return after_last;
    }
    unsafe { libc::malloc_trim(KEPT_BYTES / 2) };
    let after = resident_bytes().unwrap_or_default();
    tracing::debug!(resident, after, "gave free memory back to the system");
    after
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back(after_last: usize) -> usize {
    after_last
}

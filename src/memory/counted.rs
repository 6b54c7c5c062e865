//! Counts what each thread has allocated and freed, so that a cache can say what an entry of it really takes.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

/// The system's allocator, with a count that takes a nanosecond.
struct CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

thread_local! {
    /// Bytes that this thread has allocated, less those that it has freed: negative for one that frees what others
    /// have allocated.
    static HELD_BYTES: Cell<isize> = const { Cell::new(0) };
}

/// Adds to this thread's count; a thread that is ending has none any more.
fn count(bytes: isize) {
    let _ = HELD_BYTES.try_with(|held| held.set(held.get().wrapping_add(bytes)));
}

/// What the system's allocator takes for so many bytes: a word of its own, in steps of 16.
const fn rounded(size: usize) -> isize {
    ((size + 8 + 15) & !15) as isize
}

#[expect(unsafe_code, reason = "an allocator is unsafe to implement")]
// SAFETY: every call goes to the system's allocator unchanged; counting touches a cell of this thread, which needs no
// memory and cannot panic.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(rounded(layout.size()));
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(rounded(layout.size()));
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-rounded(layout.size()));
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(rounded(size) - rounded(layout.size()));
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Measures what this thread allocates from a moment on and keeps.
#[derive(Debug, Clone, Copy)]
pub struct AllocationMeter(isize);

impl AllocationMeter {
    /// Begins to measure.
    pub fn start() -> Self {
        AllocationMeter(HELD_BYTES.try_with(Cell::get).unwrap_or_default())
    }

    /// The bytes that this thread has allocated since and not freed; 0 where it has freed more. Only what happens
    /// without changing threads is measured rightly.
    pub fn bytes(self) -> usize {
        let now = HELD_BYTES.try_with(Cell::get).unwrap_or_default();
        usize::try_from(now.wrapping_sub(self.0)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_weighs_and_what_is_freed_does_not() {
        let meter = AllocationMeter::start();
        let kept = vec![0u8; 100_000];
        drop(vec![0u8; 1_000_000]);
        let bytes = meter.bytes();
        assert!((100_000..101_000).contains(&bytes), "{bytes}");
        let mut grown = vec![1u8; 10];
        grown.resize(50_000, 2);
        let bytes = meter.bytes();
        assert!((150_000..152_000).contains(&bytes), "{bytes}");
        drop((kept, grown));
        assert_eq!(meter.bytes(), 0);
    }
}

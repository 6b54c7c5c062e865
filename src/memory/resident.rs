//! What the process takes.

use std::fs;

use super::machine::bytes_of;

/// The memory that the process has now, in bytes; nothing where the system does not say, as all but Linux.
#[must_use]
pub fn resident_bytes() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    usize::try_from(bytes_of(&status, "VmRSS:")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_used_is_seen() {
        let before = resident_bytes().unwrap();
        assert!(before > 1 << 20, "{before}");
        // Too large for what was let go before to be used again; others may let go of some meanwhile.
        let used = vec![1u8; 96 << 20];
        let after = resident_bytes().unwrap();
        assert!(
            after > before + (32 << 20),
            "{before} {after} {}",
            used.len()
        );
    }
}

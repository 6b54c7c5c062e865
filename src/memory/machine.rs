//! How much memory there is.

use std::fs;

/// What is assumed where it is not told.
const UNKNOWN_BYTES: u64 = 2 << 30;

/// The memory of this machine, or of the container that the process runs in where that has less; 2 GiB where neither is
/// told.
#[must_use]
pub fn machine_bytes() -> u64 {
    let machine = fs::read_to_string("/proc/meminfo").ok();
    let machine = machine
        .as_deref()
        .and_then(|text| bytes_of(text, "MemTotal:"))
        .unwrap_or(UNKNOWN_BYTES);
    let container = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    // Without a limit it says `max`.
    let container = container.and_then(|text| text.trim().parse().ok());
    container.map_or(machine, |container: u64| container.min(machine))
}

/// What a text like that of /proc/meminfo tells under a name.
pub(super) fn bytes_of(text: &str, name: &str) -> Option<u64> {
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix(name))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_total_is_read_in_bytes() {
        let text = "MemTotal:       24576000 kB\nMemFree:          100 kB\n";
        assert_eq!(bytes_of(text, "MemTotal:"), Some(24_576_000 * 1024));
        assert_eq!(bytes_of("MemFree: 100 kB\n", "MemTotal:"), None);
        assert!(machine_bytes() > 0);
    }
}

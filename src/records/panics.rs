//! Where a panic was. What it said may hold anything, so its place alone is kept.

use std::{cell::Cell, panic, path::Path, sync::Once};

/// Parts of the path of a source file that are kept: those before them are a machine's own.
const PARTS_MAX: usize = 4;

thread_local! {
    static LAST: Cell<Option<String>> = const { Cell::new(None) };
}

/// Remembers from now on where panics are, beside what is done about them already.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = info
                .location()
                .map(|place| format!("{}:{}", short(place.file()), place.line()));
            LAST.set(place);
            before(info);
        }));
    });
}

/// Where the last panic of this thread was: to be asked by whoever caught it, at once.
pub(super) fn take_place() -> Option<String> {
    LAST.take()
}

fn short(file: &str) -> String {
    let parts: Vec<_> = Path::new(file)
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts[parts.len().saturating_sub(PARTS_MAX)..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_tells_its_place_and_not_its_words() {
        watch();
        let caught = panic::catch_unwind(|| panic!("a secret"));
        assert!(caught.is_err());
        let place = take_place().unwrap_or_default();
        assert!(place.contains("records/panics.rs:"), "{place}");
        assert_eq!(take_place(), None, "once");
        let far = "/home/x/.cargo/registry/src/index-1/serde-1.0.0/src/de/mod.rs";
        assert_eq!(short(far), "serde-1.0.0/src/de/mod.rs");
    }
}

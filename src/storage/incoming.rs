//! Files that came with a request of GraphQL, until its operation takes them.

use std::sync::Arc;

use bytes::Bytes;
use dashmap::DashMap;
use uuid::Uuid;

/// What names of such files begin with: variables have them in the files' places.
const PREFIX: &str = "upload:";

/// A file that came with a request.
#[derive(Debug, Clone)]
pub struct IncomingFile {
    /// What its sender says that it is.
    pub content_type: Option<String>,
    /// All of it.
    pub bytes: Bytes,
}

/// The files of the requests that run now, under names that nobody guesses.
#[derive(Debug, Default)]
pub struct Incoming(DashMap<Uuid, IncomingFile>);

/// A file is there as long as this.
#[derive(Debug)]
pub struct HeldFile {
    incoming: Arc<Incoming>,
    key: Uuid,
}

impl Incoming {
    /// Holds a file for the operation that it came with.
    pub fn hold(self: &Arc<Self>, file: IncomingFile) -> HeldFile {
        let key = Uuid::new_v4();
        self.0.insert(key, file);
        HeldFile {
            incoming: Arc::clone(self),
            key,
        }
    }

    /// The file of a name, once.
    pub fn take(&self, name: &str) -> Option<IncomingFile> {
        let key = name.strip_prefix(PREFIX)?.parse().ok()?;
        self.0.remove(&key).map(|(_, file)| file)
    }
}

impl HeldFile {
    /// What stands in the file's place among the variables.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{PREFIX}{}", self.key)
    }
}

impl Drop for HeldFile {
    fn drop(&mut self) {
        self.incoming.0.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_taken_once_and_gone_with_its_request() {
        let incoming = Arc::new(Incoming::default());
        let file = || IncomingFile {
            content_type: None,
            bytes: Bytes::from_static(b"bytes"),
        };
        let held = incoming.hold(file());
        assert_eq!(
            incoming.take(&held.name()).expect("it is there").bytes,
            "bytes"
        );
        assert!(incoming.take(&held.name()).is_none(), "once");
        let name = incoming.hold(file()).name();
        assert!(incoming.take(&name).is_none(), "its request is over");
        assert!(incoming.take("upload:x").is_none() && incoming.take("").is_none());
    }
}

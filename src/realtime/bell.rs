//! Says that something was committed.

use tokio::sync::Notify;

/// Wakes the reader. Writers of this server ring after their commit.
#[derive(Debug, Default)]
pub struct Bell {
    rung: Notify,
}

impl Bell {
    /// Something was committed.
    pub fn ring(&self) {
        self.rung.notify_one();
    }

    /// Waits until it is rung.
    pub(super) async fn rung(&self) {
        self.rung.notified().await;
    }
}

//! A transaction of the server's own work, which can be handed on.

use std::mem::ManuallyDrop;
use std::ops::Deref;

use deadpool_postgres::{Client, ClientWrapper};

use super::tls::Tls;
use super::transaction::give_back;
use crate::error::Error;

/// A transaction of the owner. Dropping it without [`SystemTransaction::commit`] rolls it back; a statement that still
/// runs then is cancelled.
pub struct SystemTransaction {
    /// Taken only by `drop`.
    client: ManuallyDrop<Client>,
    tls: Tls,
    open: bool,
}

impl SystemTransaction {
    pub(super) async fn begin(client: Client, tls: Tls) -> Result<Self, Error> {
        // Made first: if this future is dropped half-way, the drop below cleans the connection.
        let this = Self {
            client: ManuallyDrop::new(client),
            tls,
            open: true,
        };
        this.batch_execute("begin").await?;
        Ok(this)
    }

    /// Commits it.
    ///
    /// # Errors
    /// When the database refuses or does not answer.
    pub async fn commit(mut self) -> Result<(), Error> {
        self.client.batch_execute("commit").await?;
        self.open = false;
        Ok(())
    }
}

impl Deref for SystemTransaction {
    type Target = ClientWrapper;

    fn deref(&self) -> &ClientWrapper {
        &self.client
    }
}

impl Drop for SystemTransaction {
    #[expect(
        unsafe_code,
        reason = "a drop that hands its field on has no other way"
    )]
    fn drop(&mut self) {
        // SAFETY: nothing reads `client` after this; it is private, and `drop` runs once.
        let client = unsafe { ManuallyDrop::take(&mut self.client) };
        give_back(client, None, &self.tls, self.open);
    }
}

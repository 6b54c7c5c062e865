//! A transaction of the server's own work, which can be handed on.

use std::mem::ManuallyDrop;
use std::ops::Deref;

use deadpool_postgres::{Client, ClientWrapper};
use postgres_types::ToSql;
use tokio_postgres::Row;

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

    /// The same with a first statement, which goes out with it; gives its row.
    pub(super) async fn begin_with(
        client: Client,
        tls: Tls,
        sql: &str,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<(Self, Option<Row>), Error> {
        let statement = client.prepare_cached(sql).await?;
        // Made first, as above.
        let this = Self {
            client: ManuallyDrop::new(client),
            tls,
            open: true,
        };
        let (begun, row) = futures_util::future::join(
            this.batch_execute("begin"),
            this.query_opt(&statement, parameters),
        )
        .await;
        begun?;
        Ok((this, row?))
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

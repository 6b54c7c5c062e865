//! Mails to administrators.

use super::Accounts;
use crate::error::Result;

const ADMINISTRATORS: &str = "
    select email from auth.users
    where raw_app_meta_data ->> 'role' = 'admin' and email_confirmed_at is not null and email is not null
    order by email limit 100";

impl Accounts {
    /// Puts a mail to each administrator with a proved address into the outbox, and says how many that is; none where
    /// another program keeps the accounts.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn mail_administrators(&self, subject: &str, body: &str) -> Result<usize> {
        if !self.own_accounts {
            return Ok(0);
        }
        let mut client = self.db.system().await?;
        let tx = client.transaction().await?;
        let rows = tx.query(ADMINISTRATORS, &[]).await?;
        for row in &rows {
            self.enqueue_mail(&tx, row.get(0), subject, body).await?;
        }
        tx.commit().await?;
        Ok(rows.len())
    }
}

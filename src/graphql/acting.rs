//! An administrator looks at data as somebody else: nothing is changed, and that they looked is written down before they
//! see it.

use super::{Graphql, RequestContext};
use crate::{
    db::Absence,
    error::{Error, Reason, Result},
};

/// One entry a minute for the same look.
const RECORD: &str = "select private.record_acting($1, $2, $3, $4, $5)";

/// Refuses mutations of an administrator who acts as somebody else.
///
/// # Errors
/// FORBIDDEN.
pub(super) fn refuse_writes(context: &RequestContext) -> Result<()> {
    match context.caller.acting {
        None => Ok(()),
        Some(_) => {
            let said = "You look at data as somebody else: nothing can be changed";
            Err(Error::forbidden(said).because(Reason::ActingAsUser))
        }
    }
}

impl Graphql {
    /// Puts on record that an administrator who acts as somebody else asks for an operation.
    ///
    /// # Errors
    /// When it cannot be written down: then nothing is shown. A database that takes no changes shows what it has.
    pub(super) async fn record_acting(
        &self,
        operation: &str,
        context: &RequestContext,
    ) -> Result<()> {
        let Some(administrator) = context.caller.acting else {
            return Ok(());
        };
        match self.write_acting(administrator, operation, context).await {
            Err(error) if Absence::behind(&error) == Some(Absence::ReadOnly) => {
                tracing::warn!(%error, %administrator, "what is looked at as somebody else cannot be written down");
                Ok(())
            }
            written => written,
        }
    }

    async fn write_acting(
        &self,
        administrator: uuid::Uuid,
        operation: &str,
        context: &RequestContext,
    ) -> Result<()> {
        let client = self.app().db.system().await?;
        let statement = client.prepare_cached(RECORD).await?;
        let parameters: [&(dyn postgres_types::ToSql + Sync); 5] = [
            &administrator,
            &context.caller.user_id,
            &operation,
            &context.client_ip,
            &context.user_agent.as_deref(),
        ];
        client.query(&statement, &parameters).await?;
        Ok(())
    }
}

//! What belongs to an account beside its row: identities, factors, and mails that wait for an answer.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::{Accounts, factors::FactorInfo, oauth::IdentityInfo};
use crate::error::Result;

/// What belongs to one account.
#[derive(Default)]
pub struct Details {
    /// At providers, the oldest first.
    pub identities: Vec<IdentityInfo>,
    /// Second factors, the oldest first.
    pub factors: Vec<FactorInfo>,
    /// Mails that were not answered yet.
    pub mails: Vec<OpenMail>,
}

/// A mail whose link and code are still good.
pub struct OpenMail {
    /// What it is for, as the table names it.
    pub purpose: String,
    /// To which address it went.
    pub address: String,
    /// When.
    pub sent_at: DateTime<Utc>,
}

impl Accounts {
    /// What belongs to an account.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn details_of(&self, id: Uuid) -> Result<Details> {
        let mut all = self.details(&[id]).await?;
        Ok(all.remove(&id).unwrap_or_default())
    }

    /// What belongs to accounts, by their ids; nothing is empty.
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer.
    pub async fn details(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Details>> {
        let client = self.connection().await?;
        let of: &[&(dyn ToSql + Sync)] = &[&ids];
        let (identities, factors, mails) = tokio::try_join!(
            client.query(IDENTITIES, of),
            client.query(FACTORS, of),
            client.query(MAILS, of),
        )?;
        let mut all: HashMap<Uuid, Details> = HashMap::with_capacity(ids.len());
        for row in identities {
            let of = all.entry(row.get("user_id")).or_default();
            of.identities.push(IdentityInfo::from_row(&row));
        }
        for row in factors {
            let of = all.entry(row.get("user_id")).or_default();
            of.factors.push(FactorInfo::from_row(&row));
        }
        for row in mails {
            let of = all.entry(row.get("user_id")).or_default();
            of.mails.push(OpenMail {
                purpose: row.get("purpose"),
                address: row.get("identifier"),
                sent_at: row.get("created_at"),
            });
        }
        Ok(all)
    }
}

const IDENTITIES: &str = "
    select user_id, id, provider, provider_account_id, created_at, updated_at
    from auth.accounts where user_id = any ($1) order by created_at, id";
const FACTORS: &str = "
    select user_id, id, factor_type, friendly_name, verified_at, created_at, updated_at
    from auth.mfa_factors where user_id = any ($1) order by created_at, id";
const MAILS: &str = "
    select user_id, purpose, identifier, created_at
    from auth.verification_tokens where user_id = any ($1) and expires > now() order by created_at, id";

//! Documents that are shared by a link: the password that may close one, and what holders of it say.
//!
//! The link's token is checked first, then the password; comments are behind both.

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio_postgres::Row;
use uuid::Uuid;

use super::{Accounts, Client, passwords::Verdict, secret::Secret};
use crate::{
    auth::Caller,
    error::{Code, Error, Result},
};

/// Shorter ones would be guessed within the limit on attempts.
const PASSWORD_LENGTH_MIN: usize = 8;
const PASSWORD_LENGTH_MAX: usize = 200;

/// What somebody who holds the link shows.
pub struct Link<'a> {
    /// The token of the link.
    pub token: Uuid,
    /// The document's password, if it has one.
    pub password: Option<&'a Secret>,
}

/// A document that its link opened.
pub struct SharedDocument {
    /// Its key.
    pub id: Uuid,
    /// Whether holders of the link may comment.
    pub allow_comments: bool,
    /// As `SharedDocument` of the schema has it.
    pub json: Value,
}

impl Accounts {
    /// Sets the password of the link to the caller's document, or takes it away.
    ///
    /// # Errors
    /// UNAUTHENTICATED; BAD_USER_INPUT for a short password; NOT_FOUND for a document that is not the caller's or
    /// not shared.
    pub async fn set_document_password(
        &self,
        caller: &Caller,
        document: Uuid,
        password: Option<&Secret>,
    ) -> Result<()> {
        let owner = super::signed_in(caller)?;
        let hash = match password {
            Some(password) => {
                let length = password.expose().chars().count();
                if !(PASSWORD_LENGTH_MIN..=PASSWORD_LENGTH_MAX).contains(&length) {
                    let message = format!(
                        "A document's password has {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX} characters"
                    );
                    return Err(Error::bad_input(message).with("field", "password"));
                }
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let client = self.db.system().await?;
        let changed = client
            .execute(
                "update public.documents set share_password_hash = $3 \
                 where id = $1 and user_id = $2 and is_public",
                &[&document, &owner, &hash],
            )
            .await?;
        match changed {
            0 => Err(Error::new(
                Code::NotFound,
                "You share no such document: set isPublic first",
            )),
            _ => Ok(()),
        }
    }

    /// The document behind a link; nothing when there is none, or its time is over.
    ///
    /// # Errors
    /// FORBIDDEN without its password or with a wrong one; RATE_LIMITED.
    pub async fn shared_document(
        &self,
        link: &Link<'_>,
        from: &Client,
    ) -> Result<Option<SharedDocument>> {
        let row = {
            let client = self.db.system().await?;
            let statement = client.prepare_cached(FIND).await?;
            client.query_opt(&statement, &[&link.token]).await?
        };
        let Some(row) = row else { return Ok(None) };
        if let Some(hash) = row.get::<_, Option<String>>(2) {
            self.check_document_password(link, hash, from).await?;
        }
        Ok(Some(SharedDocument {
            id: row.get(0),
            allow_comments: row.get(1),
            json: row.get(3),
        }))
    }

    async fn check_document_password(
        &self,
        link: &Link<'_>,
        hash: String,
        from: &Client,
    ) -> Result<()> {
        let Some(password) = link.password else {
            return Err(
                Error::forbidden("This document opens with its password").with("field", "password")
            );
        };
        let subject = format!("document {}", link.token);
        self.count_guess(&subject, from).await?;
        // No connection is held while the hash is computed.
        match self.passwords.verify(password, Some(hash)).await? {
            Verdict::Matches { .. } => self.forget_guesses(&subject, from).await,
            Verdict::Differs => {
                Err(Error::forbidden("The password is wrong").with("field", "password"))
            }
        }
    }

    /// Comments on the document behind a link, the oldest first, from after a moment on.
    ///
    /// # Errors
    /// As [`Accounts::shared_document`]; NOT_FOUND without a document; BAD_USER_INPUT for more than 200 at once.
    pub async fn document_comments(
        &self,
        link: &Link<'_>,
        first: i64,
        after: Option<DateTime<Utc>>,
        caller: &Caller,
        from: &Client,
    ) -> Result<Value> {
        if !(1..=200).contains(&first) {
            return Err(Error::bad_input("first is 1 to 200"));
        }
        let document = self.opened(link, from).await?;
        let client = self.db.system().await?;
        let rows = client
            .query(COMMENTS, &[&document.id, &after, &first, &caller.user_id])
            .await?;
        Ok(rows
            .iter()
            .map(|row: &Row| row.get::<_, Value>(0))
            .collect())
    }

    /// Says something about the document behind a link; returns the comment's id.
    ///
    /// # Errors
    /// As [`Accounts::shared_document`]; UNAUTHENTICATED; NOT_FOUND without a document; FORBIDDEN where its owner
    /// wants no comments; BAD_USER_INPUT for an empty or overlong text; RATE_LIMITED.
    pub async fn add_document_comment(
        &self,
        caller: &Caller,
        link: &Link<'_>,
        content: &str,
        from: &Client,
    ) -> Result<Uuid> {
        let author = super::signed_in(caller)?;
        let length = content.trim().chars().count();
        if !(1..=5_000).contains(&length) {
            return Err(
                Error::bad_input("A comment has 1 to 5,000 characters").with("field", "content")
            );
        }
        let document = self.opened(link, from).await?;
        if !document.allow_comments {
            return Err(Error::forbidden("This document takes no comments"));
        }
        self.count_comment(author).await?;
        let mut client = self.db.system().await?;
        let tx = client.transaction().await?;
        // It counts in the author's quota, and is activity of theirs.
        tx.execute(AS_CALLER, &[&&*caller.claims_json]).await?;
        let row = tx
            .query_one(
                "insert into public.document_comments (document_id, user_id, content) \
                 values ($1, $2, $3) returning id",
                &[&document.id, &author, &content.trim()],
            )
            .await?;
        tx.commit().await?;
        Ok(row.get(0))
    }

    async fn opened(&self, link: &Link<'_>, from: &Client) -> Result<SharedDocument> {
        self.shared_document(link, from).await?.ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "There is no document behind this link, or its time is over",
            )
        })
    }

    async fn count_comment(&self, author: Uuid) -> Result<()> {
        use super::limits::{Limit, Subject, count};
        let limit = Limit {
            action: "comment",
            count: 30,
            window: std::time::Duration::from_secs(300),
        };
        let client = self.db.system().await?;
        count(&client, limit, Subject::Account(&author.to_string())).await
    }
}

const AS_CALLER: &str = "select set_config('request.jwt.claims', $1, true)";

const FIND: &str = "
    select id, allow_comments, share_password_hash, json_build_object(
      'id', id, 'title', title, 'content', content, 'format', upper(format::text), 'tags', tags,
      'version', version, 'wordCount', word_count, 'readingTime', reading_time,
      'allowComments', allow_comments, 'createdAt', created_at, 'updatedAt', updated_at)
    from private.shared_document($1)";

/// Whoever comments under a link is seen by name to others who hold it.
const COMMENTS: &str = "
    select json_build_object('id', c.id, 'content', c.content,
      'authorName', coalesce(u.display_name, u.name), 'authorAvatarUrl', u.avatar_url,
      'mine', c.user_id is not distinct from $4, 'createdAt', c.created_at)
    from public.document_comments c left join public.users u on u.id = c.user_id
    where c.document_id = $1 and ($2::timestamptz is null or c.created_at > $2)
    order by c.created_at, c.id limit $3";

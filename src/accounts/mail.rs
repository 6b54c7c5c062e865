//! Mails: written into an outbox together with what they are about, and sent from there by a job each.

use chrono::{DateTime, Utc};
use deadpool_postgres::Transaction;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor, message::Mailbox};
use serde_json::json;
use uuid::Uuid;

use super::{Accounts, WayBack, secret::Secret, vault::Vault, verification::Purpose};
use crate::{
    config::AccountSettings,
    db::Db,
    error::{Error, Result},
};

const PLACE: &str = "auth.mail_outbox.body";
/// Notes that a mail ($1) was sent; its text goes unless it is to be kept ($2).
pub const MAIL_SENT: &str = "
    update auth.mail_outbox set sent_at = now(), last_error = null, body_sealed = case when $2 then body_sealed end
    where id = $1";
/// The job names the mail; its text stays sealed here.
const ENQUEUE: &str =
    "select private.enqueue_job('accounts.send_mail', $1, null, 'mail:' || $2::uuid)";

/// Sends mails, or shows them in the log where there is no mail server.
pub(super) struct Mailer {
    transport: Option<AsyncSmtpTransport<Tokio1Executor>>,
    from: Mailbox,
}

/// What came of sending a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// The mail server took it, or the log shows it.
    Sent,
    /// It was sent before, or thrown away.
    Over,
    /// The mail server does not take it now.
    Later,
    /// The mail server will never take it.
    Refused,
}

/// A mail as `mindloom mail` lists it.
#[derive(Debug, Clone)]
pub struct Mail {
    /// To whom.
    pub recipient: String,
    /// The subject line.
    pub subject: String,
    /// The text; nothing once a mail server has taken it.
    pub body: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was sent, or shown.
    pub sent_at: Option<DateTime<Utc>>,
    /// Why it could not be sent.
    pub last_error: Option<String>,
}

/// A mail that is to be sent.
struct Due {
    id: Uuid,
    recipient: String,
    subject: String,
    body: String,
}

impl Mailer {
    pub(super) fn from_settings(settings: &AccountSettings) -> Result<Self> {
        let transport = match &settings.smtp_url {
            Some(url) => {
                let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose())
                    .map_err(Error::internal)?;
                Some(
                    builder
                        .timeout(Some(std::time::Duration::from_secs(20)))
                        .build(),
                )
            }
            None => None,
        };
        Ok(Mailer {
            transport,
            from: settings.mail_from.clone(),
        })
    }

    /// Says whether trying again may help, and what the mail server said.
    async fn send(&self, mail: &Due) -> Result<(), (Delivery, String)> {
        let Some(transport) = &self.transport else {
            // Without a mail server this line is the mail: it is meant to be read.
            tracing::info!(
                to = mail.recipient,
                subject = mail.subject,
                "mail (MINDLOOM_SMTP_URL is not set)\n{}",
                mail.body
            );
            return Ok(());
        };
        let to: lettre::Address = mail
            .recipient
            .parse()
            .map_err(|error| (Delivery::Refused, format!("recipient: {error}")))?;
        let domain = self.from.email.domain();
        let message = Message::builder()
            // The same each time, so that a mail which arrives twice is known as one.
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&mail.subject)
            .body(mail.body.clone())
            .map_err(|error| (Delivery::Refused, error.to_string()))?;
        transport.send(message).await.map(drop).map_err(|error| {
            let delivery = match error.is_permanent() {
                true => Delivery::Refused,
                false => Delivery::Later,
            };
            (delivery, error.to_string())
        })
    }
}

impl Accounts {
    /// Puts a mail into the outbox, and a job that sends it into the queue.
    pub(super) async fn enqueue_mail(
        &self,
        tx: &Transaction<'_>,
        recipient: &str,
        subject: &str,
        body: &str,
    ) -> Result<()> {
        let id = Uuid::now_v7();
        // It holds a token until it is sent.
        let sealed = self.vault.seal(PLACE, id, body.as_bytes())?;
        tx.execute(
            "insert into auth.mail_outbox (id, recipient, subject, body_sealed) values ($1, $2, $3, $4)",
            &[&id, &recipient, &subject, &sealed],
        )
        .await?;
        tx.query(ENQUEUE, &[&json!({ "mail": id }), &id]).await?;
        Ok(())
    }

    /// Makes a token and mails it.
    pub(super) async fn mail_verification(
        &self,
        tx: &Transaction<'_>,
        user: Uuid,
        email: &str,
        purpose: Purpose,
        way_back: &WayBack,
    ) -> Result<()> {
        let fresh = self
            .issue_verification(tx, user, email, purpose, way_back)
            .await?;
        let link = self.link(purpose, &fresh.token);
        let (subject, body) = text(purpose, &link, &fresh.code);
        self.enqueue_mail(tx, email, subject, &body).await
    }

    pub(super) fn link(&self, purpose: Purpose, token: &Secret) -> String {
        self.public_url(&format!(
            "auth/v1/verify?type={}&token={}",
            purpose.as_str(),
            token.expose()
        ))
    }

    /// Tells an address that somebody tried to sign up with it: the answer to the form says nothing.
    pub(super) async fn mail_existing_account(
        &self,
        tx: &Transaction<'_>,
        email: &str,
    ) -> Result<()> {
        let body = "Somebody, perhaps you, tried to make an account with this address, which has one already.\n\n\
                    To get in, sign in with your password, or ask for a new one where you sign in.\n\
                    If it was not you, there is nothing to do.\n";
        self.enqueue_mail(tx, email, "You already have an account", body)
            .await
    }

    /// Tells an address that its account is about to move to another.
    pub(super) async fn mail_address_change(
        &self,
        tx: &Transaction<'_>,
        email: &str,
    ) -> Result<()> {
        let body = "Somebody, perhaps you, asked to move your account to another mail address.\n\n\
                    If it was not you, change your password and sign out your other sessions now.\n";
        self.enqueue_mail(tx, email, "Your account's address is about to change", body)
            .await
    }

    /// Sends a mail of the outbox, unless it was sent. Whoever calls notes that it was, by [`MAIL_SENT`].
    ///
    /// # Errors
    /// UNAVAILABLE when the database does not answer, INTERNAL when the mail cannot be opened.
    pub async fn send_mail(&self, id: Uuid) -> Result<Delivery> {
        let Some(mail) = self.due_mail(id).await? else {
            return Ok(Delivery::Over);
        };
        let Err((delivery, said)) = self.mailer.send(&mail).await else {
            return Ok(Delivery::Sent);
        };
        tracing::warn!(mail = %id, error = said, "a mail could not be sent");
        let client = self.db.system().await?;
        let note = "update auth.mail_outbox set last_error = $2 where id = $1";
        client.execute(note, &[&id, &said]).await?;
        Ok(delivery)
    }

    /// Whether a mail's text stays after it was sent: without a mail server, `mindloom mail` is where it is read.
    #[must_use]
    pub fn keeps_mails(&self) -> bool {
        self.mailer.transport.is_none()
    }

    async fn due_mail(&self, id: Uuid) -> Result<Option<Due>> {
        let client = self.connection().await?;
        let sql = "select recipient, subject, body_sealed from auth.mail_outbox where id = $1 and sent_at is null";
        let Some(row) = client.query_opt(sql, &[&id]).await? else {
            return Ok(None);
        };
        let Some(sealed) = row.get::<_, Option<Vec<u8>>>(2) else {
            return Ok(None);
        };
        Ok(Some(Due {
            id,
            recipient: row.get(0),
            subject: row.get(1),
            body: open(&self.vault, id, &sealed)?,
        }))
    }
}

/// The mails of the last day, the newest first.
///
/// # Errors
/// UNAVAILABLE when the database does not answer, INTERNAL when a mail cannot be opened.
pub async fn list(db: &Db, vault: &Vault, count: i64) -> Result<Vec<Mail>> {
    let rows = db
        .system()
        .await?
        .query(
            "select id, recipient, subject, body_sealed, created_at, sent_at, last_error \
             from auth.mail_outbox order by id desc limit $1",
            &[&count],
        )
        .await?;
    rows.iter()
        .map(|row| {
            let sealed: Option<Vec<u8>> = row.get(3);
            Ok(Mail {
                recipient: row.get(1),
                subject: row.get(2),
                body: sealed
                    .map(|sealed| open(vault, row.get(0), &sealed))
                    .transpose()?,
                created_at: row.get(4),
                sent_at: row.get(5),
                last_error: row.get(6),
            })
        })
        .collect()
}

fn open(vault: &Vault, id: Uuid, sealed: &[u8]) -> Result<String> {
    String::from_utf8(vault.unseal(PLACE, id, sealed)?).map_err(Error::internal)
}

fn text(purpose: Purpose, link: &str, code: &Secret) -> (&'static str, String) {
    let code = code.expose();
    let (subject, asked, action) = match purpose {
        Purpose::ConfirmEmail => (
            "Confirm your address",
            "made an account with this address",
            "confirm it",
        ),
        Purpose::ChangeEmail => (
            "Confirm your new address",
            "asked to move an account to this address",
            "confirm it",
        ),
        Purpose::RecoverPassword => (
            "Set a new password",
            "forgot the password of your account",
            "get in and set another",
        ),
        Purpose::Invite => {
            let body = format!(
                "You are invited to make an account.\n\nTo accept, open this page:\n\n{link}\n\n\
                 or enter this code: {code}\n\nEither works once, within a day. If you do not know what this is about, \
                 there is nothing to do.\n"
            );
            return ("You are invited", body);
        }
        Purpose::MagicLink => ("Sign in", "asked to sign in with this address", "sign in"),
        Purpose::Reauthenticate => {
            let body = format!(
                "Your code is {code}.\n\nIt confirms a change to your account that somebody, perhaps you, is making. \
                 It works once, within an hour.\nIf it was not you, change your password.\n"
            );
            return ("Your code", body);
        }
    };
    let body = format!(
        "Somebody, perhaps you, {asked}.\n\nTo {action}, open this page:\n\n{link}\n\nor enter this code: {code}\n\n\
         Either works once, within an hour. If it was not you, there is nothing to do.\n"
    );
    (subject, body)
}

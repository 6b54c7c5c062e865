//! Invitations to projects: a row that waits for whoever proves the address, and a mail.
//!
//! Nothing here asks whether the address has an account, so nothing can tell: neither the answer nor its time.
//!
//! The token of the mail is enough to accept, with whatever account: people are written to at one address and sign in
//! with another. It is 256 random bits, good once and for two weeks, kept as a hash, and went to that address alone;
//! whoever reads it there could as well prove the address by a mail. Who came is seen in `people`.

use deadpool_postgres::Transaction;
use url::Url;
use uuid::Uuid;

use super::{Accounts, Client, limits, secret::Secret, users::normal_email};
use crate::{
    auth::Caller,
    error::{Code, Error, Result},
};

/// Open invitations that a project may have.
const OPEN_MAX: i64 = 200;

/// Whom to invite to what.
pub struct Invitation<'a> {
    /// The project.
    pub project: Uuid,
    /// The address, as typed.
    pub email: &'a str,
    /// `viewer`, `editor` or `owner`.
    pub role: &'a str,
    /// Where the link in the mail leads; the token is added as `invitation`.
    pub redirect_to: Option<&'a str>,
}

/// What the mail says.
struct Letter {
    project: String,
    inviter: String,
}

impl Accounts {
    /// Invites an address to a project, or renews its open invitation, and mails it; returns the row's id.
    ///
    /// # Errors
    /// UNAUTHENTICATED; BAD_USER_INPUT for a malformed address or a redirect that is not allowed; NOT_FOUND for a
    /// project that the caller may not share; LIMIT_EXCEEDED for more than 200 open invitations; RATE_LIMITED.
    pub async fn invite_collaborator(
        &self,
        caller: &Caller,
        invitation: Invitation<'_>,
        from: &Client,
    ) -> Result<Uuid> {
        let inviter = super::signed_in(caller)?;
        let email = normal_email(invitation.email)?;
        let link = invitation
            .redirect_to
            .map(|url| self.check_redirect(url))
            .transpose()?;
        self.count_invitation(inviter, &email, from).await?;
        let token = Secret::random()?;
        let mut client = self.db.system().await?;
        let tx = super::begin(&mut client).await?;
        let letter = may_invite(&tx, invitation.project, inviter).await?;
        let id = write(&tx, &invitation, &email, inviter, &token).await?;
        // Where another program keeps the accounts there is no outbox: the invitation waits all the same.
        if self.own_accounts {
            let body = letter.text(link.as_deref(), &token)?;
            self.enqueue_mail(&tx, &email, "You are invited to a project", &body)
                .await?;
        }
        tx.commit().await?;
        Ok(id)
    }

    /// Counts apart from the mails that let people in: nobody uses those up for somebody else.
    async fn count_invitation(&self, inviter: Uuid, email: &str, from: &Client) -> Result<()> {
        let of = |limit: limits::Limit| limits::Limit {
            action: "invitation",
            ..limit
        };
        let client = self.db.system().await?;
        let by = inviter.to_string();
        for (limit, subject) in [
            (
                self.limits.mails_per_address,
                limits::Subject::Address(from.ip),
            ),
            (self.limits.mails_per_address, limits::Subject::Account(&by)),
            (
                self.limits.mails_per_account,
                limits::Subject::Account(email),
            ),
        ] {
            limits::count(&client, of(limit), subject).await?;
        }
        Ok(())
    }
}

/// The digest under which a token is stored.
pub fn token_hash(token: &Secret) -> String {
    hex::encode(token.digest())
}

/// Whether the caller owns the project or shares it with its owner.
async fn may_invite(tx: &Transaction<'_>, project: Uuid, inviter: Uuid) -> Result<Letter> {
    let row = tx
        .query_opt(
            "select p.name, coalesce(u.display_name, u.name), \
               (select count(*) from public.project_invitations i \
                where i.project_id = p.id and i.state = 'pending') \
             from public.projects p left join public.users u on u.id = $2 \
             where p.id = $1 and p.deleted_at is null and (p.user_id = $2 or exists ( \
               select from public.collaborators c \
               where c.project_id = p.id and c.user_id = $2 and c.role = 'owner')) \
             for share of p",
            &[&project, &inviter],
        )
        .await?
        .ok_or_else(|| {
            Error::new(
                Code::NotFound,
                "There is no such project that you may share",
            )
        })?;
    if row.get::<_, i64>(2) >= OPEN_MAX {
        return Err(Error::limit_exceeded(
            "invitations",
            OPEN_MAX,
            format!("A project has at most {OPEN_MAX} open invitations: cancel some first"),
        ));
    }
    Ok(Letter {
        project: row.get(0),
        inviter: row
            .get::<_, Option<String>>(1)
            .unwrap_or_else(|| "Somebody".to_owned()),
    })
}

/// A second invitation of an address replaces the first: its token, its role and its time.
async fn write(
    tx: &Transaction<'_>,
    invitation: &Invitation<'_>,
    email: &str,
    inviter: Uuid,
    token: &Secret,
) -> Result<Uuid> {
    let row = tx
        .query_one(
            "insert into public.project_invitations as i (project_id, email, role, invited_by, token_hash) \
             values ($1, $2, $3::text::public.collaborator_role, $4, $5) \
             on conflict (project_id, email) where state = 'pending' do update set \
               role = excluded.role, invited_by = excluded.invited_by, token_hash = excluded.token_hash, \
               expires_at = excluded.expires_at \
             returning id",
            &[
                &invitation.project,
                &email,
                &invitation.role,
                &inviter,
                &token_hash(token),
            ],
        )
        .await?;
    Ok(row.get(0))
}

impl Letter {
    fn text(&self, link: Option<&str>, token: &Secret) -> Result<String> {
        let (inviter, project) = (one_line(&self.inviter), one_line(&self.project));
        let way = match link {
            Some(link) => {
                let mut link = Url::parse(link).map_err(Error::internal)?;
                link.query_pairs_mut()
                    .append_pair("invitation", token.expose());
                format!("To see it, open this page:\n\n{link}\n")
            }
            None => format!(
                "Sign in, or sign up with this address, where you use it; the invitation waits for you there. \
                 To accept it with another account, enter this code:\n\n{}\n",
                token.expose()
            ),
        };
        Ok(format!(
            "{inviter} invites you to work on the project \"{project}\".\n\n{way}\n\
             The invitation is good for two weeks. If you do not know what this is about, there is nothing to do.\n"
        ))
    }
}

/// What people call themselves and their projects stays in its place in the mail.
fn one_line(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .take(100)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_carries_the_token_and_no_line_of_anybody_elses() {
        let letter = Letter {
            project: "Bread\n\nOpen this: https://evil.example".to_owned(),
            inviter: "Ada".to_owned(),
        };
        let token = Secret::new("t0ken".to_owned());
        let text = letter
            .text(Some("https://app.example/join?x=1"), &token)
            .expect("a letter");
        assert!(
            text.contains("\nhttps://app.example/join?x=1&invitation=t0ken\n"),
            "{text}"
        );
        assert!(text.starts_with("Ada invites you to work on the project \"Bread  Open this:"));
        assert!(
            letter
                .text(None, &token)
                .expect("a letter")
                .contains("\nt0ken\n")
        );
    }
}

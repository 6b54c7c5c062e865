//! Codes of an authenticator app.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::Utc;
use deadpool_postgres::Transaction;
use qrcode::{QrCode, render::svg};
use serde_json::{Value, json};
use totp_rs::{Algorithm, Builder, Totp};
use uuid::Uuid;

use super::{Assured, Codes, PLACE, Shown, check_name, has_factor, no_factor, wrong_code};
use crate::{
    accounts::{
        Accounts, Client, begin,
        secret::{Secret, random},
        sessions::Method,
    },
    auth::Caller,
    error::{Error, Result},
};

/// A new factor, not yet in force: its first code confirms it.
pub struct Enrolment {
    /// The factor's key.
    pub id: Uuid,
    /// The secret in base32, to be typed.
    pub secret: String,
    /// The address that authenticator apps read.
    pub uri: String,
    /// The same as an image.
    pub qr_code_svg: String,
}

impl Accounts {
    /// Makes a factor for the caller. `issuer` is what the app shows above the code, the server's host unless stated.
    ///
    /// # Errors
    /// UNAUTHENTICATED; FORBIDDEN for anonymous accounts and where the present factor is missing;
    /// BAD_USER_INPUT for the name; LIMIT_EXCEEDED beyond ten factors.
    pub async fn enrol_totp(
        &self,
        caller: &Caller,
        friendly_name: &str,
        issuer: Option<&str>,
        from: &Client,
    ) -> Result<Enrolment> {
        let name = check_name(friendly_name)?;
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let user = self.may_enrol(&tx, caller).await?;
        let email = user.email.clone().unwrap_or_default();
        let id = Uuid::now_v7();
        let secret = random::<20>()?;
        tx.execute(
            "insert into auth.mfa_factors (id, user_id, friendly_name, secret_sealed) values ($1, $2, $3, $4)",
            &[&id, &user.id, &name, &self.vault.seal(PLACE, id, &secret)?],
        )
        .await?;
        let details = json!({"factor": id});
        self.log(&tx, user.id, "auth_factor_enrol", details, from)
            .await?;
        tx.commit().await?;
        let host = || self.public_url.host_str().unwrap_or("Mindloom");
        let issuer = issuer.unwrap_or_else(host).replace(':', "");
        let totp = totp(&secret, &issuer, &email.replace(':', ""))?;
        let uri = totp.to_url().map_err(Error::internal)?;
        let qr_code_svg = qr_svg(&uri)?;
        Ok(Enrolment {
            id,
            secret: totp.secret().to_base32(),
            uri,
            qr_code_svg,
        })
    }

    /// Takes a code of the authenticator app: confirms a new factor, and lifts the session to `aal2`.
    ///
    /// # Errors
    /// UNAUTHENTICATED when nobody is signed in or the code is wrong, old or used; NOT_FOUND for another's
    /// factor; BAD_USER_INPUT for a key, which has no codes; RATE_LIMITED.
    pub async fn verify_totp(
        &self,
        caller: &Caller,
        factor: Uuid,
        code: &Secret,
        codes: Codes,
        from: &Client,
    ) -> Result<Assured> {
        let account = self.count_factor_attempt(caller, from).await?;
        let mut client = self.connection().await?;
        let tx = begin(&mut client).await?;
        let (user, session) = self.current(&tx, caller).await?;
        let row = tx
            .query_opt(
                "select secret_sealed, verified_at is not null, last_step from auth.mfa_factors \
                 where id = $1 and user_id = $2 for update",
                &[&factor, &user.id],
            )
            .await?
            .ok_or_else(no_factor)?;
        let sealed: Option<&[u8]> = row.get(0);
        let sealed = sealed.ok_or_else(no_codes)?;
        let (was_verified, last_step): (bool, i64) = (row.get(1), row.get(2));
        if !was_verified {
            self.require_own_factor(&tx, &user, &session).await?;
        }
        let secret = self.vault.unseal(PLACE, factor, sealed)?;
        let now = u64::try_from(Utc::now().timestamp()).unwrap_or_default();
        let step = totp(&secret, "Mindloom", "account")?
            .check(code.expose().trim(), now)
            .and_then(|step| i64::try_from(step).ok())
            // A code is good once: whoever saw it being typed has nothing.
            .filter(|step| *step > last_step);
        let Some(step) = step else {
            self.not_shown(tx, &user, factor, from).await?;
            return Err(wrong_code());
        };
        let is_first = !was_verified && !has_factor(&tx, user.id).await?;
        confirm(&tx, factor, step).await?;
        let shown = Shown {
            method: Method::Totp,
            is_first,
            codes,
        };
        let assured = self.shown(&tx, user, &session, shown, from).await?;
        tx.commit().await?;
        drop(client);
        self.forget_attempts(&account).await?;
        Ok(assured)
    }
}

impl Enrolment {
    /// `TotpEnrolment` of the schema.
    pub fn to_json(&self) -> Value {
        let image = BASE64_STANDARD.encode(&self.qr_code_svg);
        json!({
            "factorId": self.id,
            "secret": self.secret,
            "uri": self.uri,
            "qrCodeSvg": self.qr_code_svg,
            "qrCodeUrl": format!("data:image/svg+xml;base64,{image}"),
        })
    }
}

/// Remembers the step of a right code, which puts a new factor in force.
async fn confirm(tx: &Transaction<'_>, factor: Uuid, step: i64) -> Result<()> {
    tx.execute(
        "update auth.mfa_factors set verified_at = coalesce(verified_at, now()), last_step = $2 where id = $1",
        &[&factor, &step],
    )
    .await?;
    Ok(())
}

/// RFC 6238 with what every authenticator app understands: SHA-1, six digits, thirty seconds, and one step
/// of tolerance for clocks that differ.
fn totp(secret: &[u8], issuer: &str, account: &str) -> Result<Totp> {
    let secret: Box<[u8]> = secret.into();
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(1)
        .with_step_duration(30)
        .with_secret(totp_rs::Secret::new(secret))
        .with_account_name(account)
        .with_issuer(Some(issuer))
        .build()
        .map_err(Error::internal)
}

fn qr_svg(text: &str) -> Result<String> {
    let code = QrCode::new(text).map_err(Error::internal)?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .build())
}

fn no_codes() -> Error {
    Error::bad_input("This factor is a key of a device: challengeFactor, then verifyWebauthn")
        .with("field", "factorId")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, SHA-1, the last six digits.
        let totp = totp(b"12345678901234567890", "issuer", "account").unwrap();
        assert_eq!(totp.check("287082", 59), Some(1));
        assert_eq!(
            totp.check("081804", 1_111_111_109),
            Some(1_111_111_109 / 30)
        );
        assert_eq!(totp.check("287082", 59 + 60), None);
    }

    #[test]
    fn the_qr_code_is_an_svg() {
        assert!(
            qr_svg("otpauth://totp/x?secret=ABC")
                .unwrap()
                .contains("<svg")
        );
    }
}

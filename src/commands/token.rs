use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use uuid::Uuid;

use super::{Failure, address, keys::open_vault, output::say, with_database};
use crate::accounts::command_line::{self, Owner, Wanted};
use crate::accounts::issuer_of;
use crate::auth::{self, Role, TokenContents};
use crate::config::Settings;
use crate::db::Db;

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The account as which requests run, by its address or its id; needed for the role authenticated
    #[arg(long, value_name = "EMAIL|UUID", value_parser = parse_owner)]
    user: Option<Owner>,

    /// Make the user an administrator, as far as this token reaches
    #[arg(long, requires = "user")]
    admin: bool,

    /// The database role
    #[arg(long, default_value = "authenticated")]
    role: RoleName,

    /// How long the token is valid: a number and s, m, h or d; at most 1d for a user
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = parse_lifetime)]
    expires: Duration,
}

#[derive(ValueEnum, Clone, Copy, Debug, Eq, PartialEq)]
#[value(rename_all = "snake_case")]
enum RoleName {
    Anon,
    Authenticated,
    ServiceRole,
}

/// Prints a token. That of a user has a session, which the account's own list of sessions shows.
pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let token = match (arguments.role, &arguments.user) {
        (RoleName::Authenticated, Some(owner)) => {
            let (admin, lifetime) = (arguments.admin, arguments.expires);
            let token = with_database(settings, async |db| {
                of_user(settings, db, owner, admin, lifetime).await
            });
            token.await?
        }
        // Clap's `required_if_eq` does not see defaults.
        (RoleName::Authenticated, None) => {
            return Err("say whose token: --user EMAIL, or an account's id".into());
        }
        (_, Some(_)) => return Err("--user goes with the role authenticated only".into()),
        (RoleName::Anon, None) => of_role(settings, Role::Anon, arguments.expires)?,
        (RoleName::ServiceRole, None) => of_role(settings, Role::ServiceRole, arguments.expires)?,
    };
    say!("{token}");
    Ok(ExitCode::SUCCESS)
}

/// A token of somebody who has an account.
pub(super) async fn of_user(
    settings: &Settings,
    db: &Db,
    owner: &Owner,
    admin: bool,
    lifetime: Duration,
) -> Result<String, Failure> {
    let secret = auth::jwt_secret(settings)?;
    let wanted = Wanted {
        admin,
        lifetime,
        issuer: &issuer(settings)?,
        audience: &settings.callers.jwt_audience,
    };
    Ok(command_line::token(db, &open_vault(settings)?, &secret, owner, wanted).await?)
}

/// A token of nobody in particular, signed by the secret of the settings.
pub(super) fn of_role(
    settings: &Settings,
    role: Role,
    lifetime: Duration,
) -> Result<String, Failure> {
    let contents = TokenContents {
        role,
        user_id: None,
        admin: false,
        lifetime,
    };
    let secret = auth::jwt_secret(settings)?;
    let audience = &settings.callers.jwt_audience;
    Ok(auth::mint(
        &contents,
        &secret,
        &issuer(settings)?,
        audience,
    )?)
}

/// One that the server accepts: of those it was told, or its own.
fn issuer(settings: &Settings) -> Result<String, Failure> {
    match settings.callers.jwt_issuer.first() {
        Some(issuer) => Ok(issuer.clone()),
        None => Ok(issuer_of(&address::public_url(settings)?)),
    }
}

fn parse_owner(text: &str) -> Result<Owner, String> {
    match text.parse::<Uuid>() {
        Ok(id) => Ok(Owner::Id(id)),
        Err(_) if text.contains('@') => Ok(Owner::Email(text.to_owned())),
        Err(_) => Err("allowed is an address, such as ada@example.org, or a UUID".to_owned()),
    }
}

fn parse_lifetime(text: &str) -> Result<Duration, String> {
    const ALLOWED: &str = "allowed is a whole number and s, m, h or d, such as 90s, 15m, 1h or 30d";
    let unit_s = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 3_600,
        Some('d') => 86_400,
        _ => return Err(ALLOWED.to_owned()),
    };
    let count: u64 = text[..text.len() - 1]
        .parse()
        .map_err(|_| ALLOWED.to_owned())?;
    match count.checked_mul(unit_s) {
        Some(seconds @ 1..=3_153_600_000) => Ok(Duration::from_secs(seconds)),
        _ => Err("allowed is up to 36500d".to_owned()),
    }
}

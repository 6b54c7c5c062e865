use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, ValueEnum};
use uuid::Uuid;

use super::Failure;
use crate::auth::{self, Role, TokenContents};
use crate::config::Settings;

/// The issuer of tokens when none is configured.
const ISSUER: &str = "mindloom";

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The user as whom requests run; needed for the role authenticated
    #[arg(long, value_name = "UUID")]
    user: Option<Uuid>,

    /// Make the user an administrator, as far as this token reaches
    #[arg(long, requires = "user")]
    admin: bool,

    /// The database role
    #[arg(long, default_value = "authenticated")]
    role: RoleName,

    /// How long the token is valid: a number and s, m, h or d
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

pub(super) fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    // Clap's `required_if_eq` does not see defaults.
    if arguments.role == RoleName::Authenticated && arguments.user.is_none() {
        return Err("name the user of the token: --user UUID".into());
    }
    let contents = TokenContents {
        role: match arguments.role {
            RoleName::Anon => Role::Anon,
            RoleName::Authenticated => Role::Authenticated,
            RoleName::ServiceRole => Role::ServiceRole,
        },
        user_id: arguments.user,
        admin: arguments.admin,
        lifetime: arguments.expires,
    };
    let secret = auth::jwt_secret(settings)?;
    let issuer = settings
        .callers
        .jwt_issuer
        .first()
        .map_or(ISSUER, String::as_str);
    println!(
        "{}",
        auth::mint(&contents, &secret, issuer, &settings.callers.jwt_audience)?
    );
    Ok(ExitCode::SUCCESS)
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

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use uuid::Uuid;

use super::{
    Failure, client_keys,
    output::{say, tell},
    with_database,
};
use crate::{
    accounts::{Vault, api_keys, key_checks, keys},
    config::Settings,
    db::Db,
};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print the keys that Supabase's createClient wants: anon for pages, service_role for the operator's own programs
    Api,
    /// List the keys that sign access tokens, newest first
    List,
    /// Make a new key. Former ones stay good: nobody is signed out
    Rotate {
        /// What the new key signs with
        #[arg(
            long,
            value_enum,
            default_value = "ES256",
            conflicts_with = "encryption"
        )]
        algorithm: Algorithm,
        /// Make a new master key instead, and encrypt all stored secrets anew under it
        #[arg(long)]
        encryption: bool,
    },
    /// Refuse the tokens of a former key from now on
    Revoke {
        /// The key's id, as `keys list` and the `kid` of its tokens say it
        id: Uuid,
    },
}

/// The algorithms by the names that tokens carry.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Algorithm {
    /// A secret, known to this server alone
    #[value(name = "HS256")]
    Hs256,
    /// Elliptic curve P-256; the public key is published
    #[value(name = "ES256")]
    Es256,
    /// Ed25519; the public key is published
    #[value(name = "EdDSA")]
    EdDsa,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    if let Action::Api = arguments.action {
        // The secret is all that it takes.
        return client_keys::print(settings).map(|()| ExitCode::SUCCESS);
    }
    with_database(settings, async |db| {
        act(settings, db, &arguments.action).await
    })
    .await?;
    Ok(ExitCode::SUCCESS)
}

async fn act(settings: &Settings, db: &Db, action: &Action) -> Result<(), Failure> {
    let mut client = db.system().await?;
    match action {
        Action::Api => {}
        Action::List => print(&keys::list(&client).await?),
        Action::Rotate {
            encryption: true, ..
        } => {
            let vault = open_vault(settings)?;
            vault.rotate()?;
            let done = api_keys::reseal(&mut client, &vault).await?;
            key_checks::check_vault(&client, &vault, false).await?;
            say!(
                "secrets encrypted anew: {}; the master key is now {}",
                done.count,
                vault.current_key_id()
            );
            if done.foreign > 0 {
                say!(
                    "API keys that this server did not encrypt, left as they were: {}",
                    done.foreign
                );
            }
        }
        Action::Rotate { algorithm, .. } => {
            let id = keys::rotate(&client, &open_vault(settings)?, algorithm.name()).await?;
            say!(
                "{} key {id} signs from now on; former keys stay good",
                algorithm.name()
            );
        }
        Action::Revoke { id } => {
            keys::revoke(&client, *id).await?;
            say!("tokens of {id} are refused from now on");
        }
    }
    Ok(())
}

fn print(keys: &[keys::KeyInfo]) {
    for key in keys {
        let state = if key.revoked_at.is_some() {
            "revoked"
        } else {
            "live"
        };
        let created_at = key.created_at.to_rfc3339();
        say!("{} {:<5} {state:<7} {created_at}", key.id, key.algorithm);
    }
    if keys.is_empty() {
        tell!(
            "no keys in the database: MINDLOOM_JWT_SECRET, or the secret in the data directory, signs (HS256) until \
             `mindloom keys rotate` makes one"
        );
    }
}

/// The keys that the server beside uses, too.
pub(super) fn open_vault(settings: &Settings) -> Result<Vault, Failure> {
    Ok(Vault::open(&settings.accounts, &settings.data.data_dir())?)
}

impl Algorithm {
    fn name(self) -> &'static str {
        match self {
            Algorithm::Hs256 => "HS256",
            Algorithm::Es256 => "ES256",
            Algorithm::EdDsa => "EdDSA",
        }
    }
}

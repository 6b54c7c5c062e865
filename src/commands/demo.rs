use std::process::ExitCode;

use super::{Failure, address, output::say, token};
use crate::accounts::command_line::{LIFETIME_MAX, Owner};
use crate::config::Settings;
use crate::db::{self, Db};
use crate::{demo, postgres};

pub(super) async fn run(settings: &Settings, options: demo::Options) -> Result<ExitCode, Failure> {
    let database = postgres::open(settings).await?;
    migration::up(db::owner(database.settings()).await?, None).await?;
    let db = Db::connect(database.settings()).await?;
    let report = demo::run(&db, options).await?;
    // Whoever had to start the database found no server running.
    let is_served = database.postmaster_pid().is_none();
    let told = tell(settings, &db, &report, is_served).await;
    db.close();
    database.stop().await;
    told.map(|()| ExitCode::SUCCESS)
}

/// Says what was made and how to get at it.
async fn tell(
    settings: &Settings,
    db: &Db,
    report: &demo::Report,
    is_served: bool,
) -> Result<(), Failure> {
    let url = address::public_url(settings)?;
    let url = url.as_str().trim_end_matches('/');
    if !is_served {
        say!("No server is running: `mindloom` starts it.");
    }
    say!(
        "{} rows were made. In a browser, {url}, sign in as",
        report.rows
    );
    say!("  {}  (much data)", report.email);
    say!("  {}  (admin)", report.admin_email);
    say!("with the password {}, which all have.", report.password);
    say!("In a program, send requests to {url}/graphql with a token; these are good for a day:");
    for (variable, email) in [
        ("TOKEN", &report.email),
        ("ADMIN_TOKEN", &report.admin_email),
    ] {
        let owner = Owner::Email(email.clone());
        let token = token::of_user(settings, db, &owner, false, LIFETIME_MAX).await?;
        say!("{variable}={token}");
    }
    Ok(())
}

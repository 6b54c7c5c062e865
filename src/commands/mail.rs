use std::process::ExitCode;

use clap::Args;

use super::{
    Failure,
    keys::open_vault,
    output::{say, tell},
    with_database,
};
use crate::{accounts, config::Settings};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How many to show, newest first
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let count = i64::from(arguments.count);
    let mails = with_database(settings, async |db| {
        let vault = open_vault(settings)?;
        Ok(accounts::mail::list(db, &vault, count).await?)
    });
    let mails = mails.await?;
    if mails.is_empty() {
        tell!("no mails in the last day");
    }
    for mail in &mails {
        print(mail);
    }
    Ok(ExitCode::SUCCESS)
}

fn print(mail: &accounts::mail::Mail) {
    say!(
        "To: {}\nSubject: {}\nDate: {}",
        mail.recipient,
        mail.subject,
        mail.created_at.to_rfc2822()
    );
    match (&mail.sent_at, &mail.last_error) {
        (None, Some(error)) => say!("Not sent yet: {error}"),
        (None, None) => say!("Not sent yet"),
        (Some(_), _) => {}
    }
    match &mail.body {
        Some(body) => say!("\n{body}\n"),
        None => say!("\n(given to the mail server)\n"),
    }
}

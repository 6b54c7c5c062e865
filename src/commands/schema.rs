use std::process::ExitCode;

use clap::Args;

use super::{Failure, output, with_database};
use crate::actions;
use crate::auth::Role;
use crate::config::Settings;
use crate::graphql::{build_schema, read_model};

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Whose schema: authenticated (users, signed in or not) or service_role (the operator's own programs)
    #[arg(long, default_value = "authenticated", value_parser = parse_role)]
    role: Role,
}

fn parse_role(text: &str) -> Result<Role, String> {
    match Role::from_name(text) {
        Some(role @ (Role::Authenticated | Role::ServiceRole)) => Ok(role),
        _ => Err("allowed are authenticated and service_role".to_owned()),
    }
}

pub(super) async fn run(settings: &Settings, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let model = with_database(settings, async |db| Ok(read_model(db).await?)).await?;
    let schema = build_schema(&model, arguments.role, &actions::registry())?;
    output::print(schema.sdl());
    Ok(ExitCode::SUCCESS)
}

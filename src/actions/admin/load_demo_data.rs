//! `loadDemoData`: fills an empty server with data to look around in.

use serde_json::json;

use crate::{
    accounts::Client,
    actions::{DetachedContext, NoArguments, Outcome},
    demo::{self, DemoError, Options},
    error::{Code, Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes fifty people with five thousand notes, chats, prompts, projects and four weeks of figures, as `mindloom demo` does,
  all or nothing. It takes some seconds. Refused where anybody has a note already. For administrators.
  """
  loadDemoData: DemoData!
}
"What was made, and how to be one of the people."
type DemoData {
  "Rows, all tables together."
  rows: Int!
  "The address of somebody with much data."
  email: String!
  "The address of an administrator among them."
  adminEmail: String!
  "The password that all of them have. It is told once."
  password: String!
}
"#;

const USERS: u32 = 50;
const NOTES: u32 = 5_000;
const DAYS: u32 = 28;

pub(super) async fn run(context: DetachedContext<'_>, _: NoArguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let accounts = &context.app.accounts;
    accounts
        .audit_admin(&context.request.caller, "admin_demo_data", &from)
        .await?;
    let client = context.app.db.system().await?;
    let anything = "select exists (select from public.notes)";
    if client.query_one(anything, &[]).await?.get(0) {
        return Err(already_there());
    }
    drop(client);
    let options = Options {
        users: USERS,
        notes: NOTES,
        invent_embeddings: false,
        chats: None,
        projects: None,
        days: DAYS,
        until: None,
        seed: 1,
        password: None,
    };
    let report = match demo::run(&context.app.db, options).await {
        Ok(report) => report,
        Err(DemoError::AlreadyThere) => return Err(already_there()),
        Err(error) => return Err(Error::internal(error)),
    };
    Ok(Outcome::Value(json!({
        "rows": report.rows,
        "email": report.email,
        "adminEmail": report.admin_email,
        "password": report.password,
    })))
}

fn already_there() -> Error {
    Error::new(
        Code::Conflict,
        "Somebody has notes here already: demo data goes into an empty server only",
    )
}

//! `inviteCollaborator`: asks somebody, by mail, to work on a project.

use serde_json::json;
use uuid::Uuid;

use crate::{
    accounts::{Client, invitations::Invitation},
    actions::{DetachedContext, Outcome, RowRef},
    error::Result,
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Invites an address to a project that the caller may share, and mails it. The answer is the same whether the
  address has an account or not: the invitation waits for whoever proves that it is theirs. Inviting an address
  again replaces its open invitation. `redirectTo` is where the link in the mail leads, with the token added as
  `invitation`; without it the mail shows the token alone. Where Supabase keeps the accounts nothing is mailed: tell
  people yourself, the invitation waits for them in `myInvitations`.
  """
  inviteCollaborator(
    "The project."
    projectId: UUID!
    "Whom to invite."
    email: String!
    "What they may do with the project once they accept."
    role: CollaboratorRole! = VIEWER
    "Where the link in the mail leads: one of the addresses that the operator allows."
    redirectTo: String
  ): ProjectInvitation!
}
"#;

arguments! { project_id: Uuid, email: String, role: String, redirect_to: Option<String> }

pub(super) async fn run(context: DetachedContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let from = Client::from(context.request);
    let invitation = Invitation {
        project: arguments.project_id,
        email: &arguments.email,
        role: &arguments.role.to_lowercase(),
        redirect_to: arguments.redirect_to.as_deref(),
    };
    let accounts = &context.app.accounts;
    let id = accounts
        .invite_collaborator(&context.request.caller, invitation, &from)
        .await?;
    Ok(Outcome::Row(RowRef {
        table: "project_invitations".into(),
        key: vec![json!(id)],
    }))
}

//! `putBackConfiguration`: undoes a change of the configuration.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Reason, Result},
};

pub(super) const SDL: &str = r#"
extend type Mutation {
  """
  Makes an entry of the configuration what it was before a change: the fields that the change was about, and no others.
  One that was deleted is made anew. It is a change itself, and can be put back. Answers the entry's key. For
  administrators. What cannot be put back says why.
  """
  putBackConfiguration(
    "The change, of `configurationHistory`."
    change: UUID!
  ): UUID!
}
"#;

arguments! { change: Uuid }

const PUT_BACK: &str = "select to_jsonb(public.put_back_configuration($1))";

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    if !context.request.caller.is_admin() {
        let said = "This is for administrators only";
        return Err(Error::forbidden(said).because(Reason::NotAdmin));
    }
    let entry: Value = context.json(PUT_BACK, &[&arguments.change]).await?;
    Ok(Outcome::Value(entry))
}

//! `configurationHistory`: who changed what of the configuration.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  Who changed what of the configuration and when, the newest change first: of all of it, of a table, or of one entry.
  What is called a key, a token, a secret, a password, a credential, a cookie or an authorization is masked, wherever it is.
  For administrators. `putBackConfiguration` undoes a change, what is masked included.
  """
  configurationHistory(
    "Changes of this table alone."
    table: ConfigurationTable
    "Changes of the entry with this key alone."
    entry: UUID
    "How many to answer at most, 1 to 500."
    first: Int! = 50
    "The id of the last change that was seen, to get those before it."
    before: UUID
  ): [ConfigurationChange!]!
}
"A part of the configuration."
enum ConfigurationTable {
  "Agents and settings of the server."
  ADMIN_CONFIG
  "Models."
  MODEL_CONFIG
  "Providers."
  API_PROVIDERS
  "Frameworks of prompts."
  PROMPT_FRAMEWORKS
}
"What was done to an entry of the configuration."
enum ConfigurationAct {
  "It was made."
  CREATED
  "It was changed."
  CHANGED
  "It was deleted."
  DELETED
}
"A change of the configuration."
type ConfigurationChange {
  "The change's key."
  id: UUID!
  "When."
  at: DateTime!
  "Who; null where a program did it, or the account is gone."
  actorId: UUID
  "Their address then."
  actorEmail: String
  "Whether it was a program of the operator's."
  byProgram: Boolean!
  "What was done."
  act: ConfigurationAct!
  "To which table's entry."
  table: ConfigurationTable!
  "The entry's key."
  entry: UUID!
  "What the entry is called."
  name: String!
  "Which of its fields changed, in the order of their names."
  fields: [ConfigurationFieldChange!]!
  "Whether `putBackConfiguration` can undo it."
  canPutBack: Boolean!
}
"What became of a field."
type ConfigurationFieldChange {
  "The column."
  field: String!
  "What it was; null for nothing."
  before: JSON
  "What it became; null for nothing."
  after: JSON
}
"#;

/// A live query answers again when one of them changes.
pub(super) const FOLLOWS: &[(&str, &str)] = &[
    ("public", "admin_config"),
    ("public", "api_providers"),
    ("public", "model_config"),
    ("public", "prompt_frameworks"),
];

arguments! {
    table: Option<String>,
    entry: Option<Uuid>,
    first: i32,
    before: Option<Uuid>,
}

const HISTORY: &str = "select public.get_configuration_history(lower($1), $2, $3, $4)";
const FIRST_MAX: i32 = 500;

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        table,
        entry,
        first,
        before,
    } = arguments;
    if !(1..=FIRST_MAX).contains(&first) {
        let said = format!("first is 1 to {FIRST_MAX}");
        return Err(Error::bad_input(said).with("field", "first"));
    }
    let found = context
        .json(HISTORY, &[&table, &entry, &first, &before])
        .await?;
    let Value::Array(mut changes) = found else {
        return Ok(Outcome::Value(json!([])));
    };
    for change in &mut changes {
        let fields = fields(change["changed"].take());
        let entry = change["targetId"].take();
        change["fields"] = fields;
        change["entry"] = entry;
    }
    Ok(Outcome::Value(Value::Array(changes)))
}

fn fields(changed: Value) -> Value {
    let Value::Object(changed) = changed else {
        return json!([]);
    };
    let mut fields: Vec<(String, Value)> = changed.into_iter().collect();
    fields.sort_by(|one, other| one.0.cmp(&other.0));
    let fields = fields.into_iter().map(|(field, mut value)| {
        let (before, after) = (value["from"].take(), value["to"].take());
        json!({"field": field, "before": before, "after": after})
    });
    Value::Array(fields.collect())
}

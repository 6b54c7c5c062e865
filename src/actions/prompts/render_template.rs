//! `renderTemplate`: fills in the blanks of a template.

use serde_json::{Value, json};
use uuid::Uuid;

use super::template::{Source, Template, values};
use crate::{
    actions::{ActionContext, Outcome},
    error::{Error, Result},
};

pub(super) const SDL: &str = r#"
extend type Query {
  """
  Fills in the blanks of a template: `{name}` or `{{name}}`; `\{name}` stays as it is. Give one of `template`, `templateId`
  and `framework`. What is filled in is never looked at for blanks itself.
  """
  renderTemplate(
    "The template as such, at most 100,000 characters."
    template: String
    "A template that the caller keeps, or a public one. Blanks whose entry in `variables` has a `default` hold that without a value."
    templateId: UUID
    "The template of a framework, by its name: roses, ape, tag, era, race, rise, care, coast or trace."
    framework: String
    "The values by the names of the blanks: texts, numbers or booleans; null is as good as none."
    variables: JSON!
  ): RenderedTemplate!
}
"A template that was filled in."
type RenderedTemplate {
  "The text. Blanks without a value stand in it as they were."
  text: String!
  "The blanks that need a value and have none, in the order in which they come. Empty: the text is whole."
  missing: [String!]!
  "The values for which the template has no blank, perhaps for a misspelt name."
  unknown: [String!]!
}
"#;

pub(super) const FOLLOWS: &[(&str, &str)] = &[
    ("public", "prompt_frameworks"),
    ("public", "prompt_templates"),
];

/// As long as a template may be that is kept.
const TEMPLATE_MAX: usize = 100_000;

arguments! {
    template: Option<String>,
    template_id: Option<Uuid>,
    framework: Option<String>,
    variables: Value,
}

pub(super) async fn run(context: ActionContext<'_>, arguments: Arguments) -> Result<Outcome> {
    let Arguments {
        template,
        template_id,
        framework,
        variables,
    } = arguments;
    let source = match (&template, template_id, &framework) {
        (Some(text), None, None) => Source::Text(text),
        (None, Some(id), None) => Source::Kept(id),
        (None, None, Some(name)) => Source::Framework(name),
        _ => {
            let said = "Give one of template, templateId and framework";
            return Err(Error::bad_input(said));
        }
    };
    if let Source::Text(text) = source
        && text.chars().count() > TEMPLATE_MAX
    {
        let said = format!("A template has at most {TEMPLATE_MAX} characters");
        return Err(Error::bad_input(said).with("field", "template"));
    }
    let values = values(&variables)?;
    let rendered = Template::read(&context, source).await?.render(values)?;
    Ok(Outcome::Value(json!({
        "text": rendered.text,
        "missing": rendered.missing,
        "unknown": rendered.unknown,
    })))
}

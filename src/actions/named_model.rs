//! A provider and a model that somebody names, refused at once where there are none of these names: the job that would ask
//! them says it too late. Whether they can be asked, with whose key, is for the job.

use super::ActionContext;
use crate::{
    answers::{check_model, known_provider, no_model},
    config::ModelProvider,
    error::{Error, Result},
};

const FIND: &str = "select provider::text, is_active from public.model_config where model_id = $1";
const LOCAL: &str = "local";

/// The provider's own name, where one is named.
///
/// # Errors
/// BAD_USER_INPUT for a provider or a model that there is not, a model of another provider, and one that is switched off.
pub(super) async fn check(
    context: &ActionContext<'_>,
    provider: Option<&str>,
    model: Option<&str>,
) -> Result<Option<&'static str>> {
    let named = provider.map(known_provider).transpose()?;
    let own_name = named.map(ModelProvider::as_str);
    let Some(model) = model else {
        return Ok(own_name);
    };
    match named {
        Some(ModelProvider::Local) => return Ok(own_name),
        None if model == LOCAL => return Ok(Some(LOCAL)),
        _ => {}
    }
    let rows = context.rows(FIND, &[&model]).await?;
    let row = rows.first().ok_or_else(|| no_model(model))?;
    let of: String = row.try_get(0)?;
    check_model(named, model, known_provider(&of)?, row.try_get(1)?)?;
    Ok(own_name)
}

/// The same for what only a language model can write.
///
/// # Errors
/// As [`check`], and BAD_USER_INPUT for `local`.
pub(super) async fn check_language_model(
    context: &ActionContext<'_>,
    provider: Option<&str>,
    model: Option<&str>,
) -> Result<Option<&'static str>> {
    let named = check(context, provider, model).await?;
    if named == Some(LOCAL) {
        let said = "A prompt is written by a language model, and local is none";
        return Err(Error::bad_input(said).with("field", "provider"));
    }
    Ok(named)
}

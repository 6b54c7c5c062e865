//! Which model writes a recording down, and with whose key.

use uuid::Uuid;

use super::{
    AnswerError,
    choice::{Choice, known_provider, payer, place, usable},
};
use crate::{
    app_state::AppState,
    config::{ModelName, ModelProvider, ModelSettings},
    error::Error,
    models::TRANSCRIPTION_PRICES,
};

const NAME_MAX: usize = 100;
const PROVIDER: &str = "
    select p.base_url, coalesce(p.is_enabled, true), p.max_requests_per_minute, p.max_requests_per_day, k.id
    from (select $2::text as name) n
    left join public.api_providers p on p.name = n.name
    left join public.api_configurations k on k.user_id = $1 and k.provider = n.name and k.is_active";

/// Refuses names of providers and models that write down no recordings here.
///
/// # Errors
/// BAD_USER_INPUT, with what there is.
pub fn check_transcriber(
    settings: &ModelSettings,
    provider: Option<&str>,
    model: Option<&str>,
) -> Result<(), Error> {
    let named = provider.map(known_provider).transpose()?;
    named_model(&settings.transcription_model, named, model).map(drop)
}

/// Which model hears a recording for somebody who names a provider, a model, both or neither. Nothing is counted yet.
pub(super) async fn choose(
    app: &AppState,
    user: Uuid,
    provider: Option<&str>,
    model: Option<&str>,
) -> Result<Choice, AnswerError> {
    let settings = &app.settings.models;
    let named = provider.map(known_provider).transpose()?;
    let chosen = named_model(&settings.transcription_model, named, model)?;
    let minute_price = match chosen == settings.transcription_model {
        true => settings.transcription_price_per_minute.clone(),
        false => None,
    };
    let client = app.db.system().await?;
    let statement = client.prepare_cached(PROVIDER).await?;
    let row = client
        .query_one(&statement, &[&user, &chosen.provider.as_str()])
        .await?;
    let choice = Choice {
        provider: chosen.provider,
        context_window: None,
        max_output_tokens: None,
        reasons: false,
        payer: payer(app, chosen.provider, row.get(4)),
        place: place(app, chosen.provider, row.get(0)),
        limits: (row.get(2), row.get(3)),
        is_last_resort: false,
        minute_price: minute_price.or_else(|| known_price(&chosen)),
        model: chosen.name,
    };
    usable(choice, row.get(1))
}

/// The model that is meant: that of the settings, or one of OpenAI's.
fn named_model(
    usual: &ModelName,
    provider: Option<ModelProvider>,
    model: Option<&str>,
) -> Result<ModelName, Error> {
    let of_openai = |name: &str| ModelName {
        provider: ModelProvider::OpenAi,
        name: name.to_owned(),
    };
    let is_asked = |found: &ModelName| {
        provider.is_none_or(|provider| provider == found.provider)
            && model.is_none_or(|model| model == found.name)
    };
    let known = TRANSCRIPTION_PRICES.map(|(name, _)| of_openai(name));
    let found = [usual.clone()].into_iter().chain(known).find(is_asked);
    found.ok_or_else(|| match (provider, model) {
        (_, Some(model)) => {
            let name: String = model.chars().take(NAME_MAX).collect();
            let known = TRANSCRIPTION_PRICES.map(|(name, _)| name).join(", ");
            let own = match TRANSCRIPTION_PRICES.map(|(name, _)| of_openai(name)) {
                known if known.contains(usual) => String::new(),
                _ => format!(", and {usual}, which MINDLOOM_TRANSCRIPTION_MODEL names"),
            };
            let said =
                format!("No model {name:?} writes down recordings here: {known} of openai do{own}");
            Error::bad_input(said).with("field", "model")
        }
        (Some(ModelProvider::Compatible), None) => {
            let said = "Whoever runs this server has to say which model of the OpenAI-compatible server writes down \
                        recordings: MINDLOOM_TRANSCRIPTION_MODEL=compatible:MODEL";
            Error::bad_input(said).with("field", "provider")
        }
        _ => {
            let said = "Recordings are written down by openai or compatible: choose one of them";
            Error::bad_input(said).with("field", "provider")
        }
    })
}

/// What OpenAI's price list says.
fn known_price(model: &ModelName) -> Option<String> {
    let is_it = |(name, _): &&(&str, &str)| *name == model.name;
    let is_openai = model.provider == ModelProvider::OpenAi;
    let found = TRANSCRIPTION_PRICES.iter().find(is_it);
    found
        .filter(|_| is_openai)
        .map(|(_, price)| (*price).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_model_comes_first_and_only_known_ones_are_asked() {
        let usual: ModelName = "compatible:whisper-large".parse().expect("a model");
        let chosen =
            |provider, model| named_model(&usual, provider, model).map(|chosen| chosen.to_string());
        let (openai, own) = (Some(ModelProvider::OpenAi), Some(ModelProvider::Compatible));
        for (provider, model, expected) in [
            (None, None, "compatible:whisper-large"),
            (own, None, "compatible:whisper-large"),
            (openai, None, "openai:whisper-1"),
            (None, Some("gpt-4o-transcribe"), "openai:gpt-4o-transcribe"),
        ] {
            let found = chosen(provider, model).expect("a model");
            assert_eq!(found, expected);
        }
        for (provider, model) in [
            (Some(ModelProvider::Google), None),
            (Some(ModelProvider::Local), None),
            (own, Some("whisper-1")),
            (None, Some("gpt-4o")),
        ] {
            assert!(chosen(provider, model).is_err(), "{provider:?} {model:?}");
        }
        let other: ModelName = "compatible:whisper-1".parse().expect("a model");
        assert_eq!(known_price(&other), None, "another's model of that name");
    }
}

//! Which model is asked, and with whose key.

use deadpool_postgres::ClientWrapper;
use tokio_postgres::Row;
use url::Url;
use uuid::Uuid;

use super::AnswerError;
use crate::{
    app_state::AppState,
    config::ModelProvider,
    error::{Code, Error},
    models::chat::Reach,
};

/// Providers' own addresses lead outside, whoever wrote them down.
const KNOWN_HOSTS: [&str; 3] = [
    "api.openai.com",
    "api.anthropic.com",
    "generativelanguage.googleapis.com",
];
const NAME_MAX: usize = 100;
/// What answers without a model, where a model is named.
const LOCAL: &str = "local";
// The first that can be used is taken: that of the active provider before those of the other ones to choose from.
const CANDIDATES: &str = "
    with app as (select c.config_data from public.admin_config c where c.config_key = 'app_settings')
    select m.model_id, m.provider::text, m.thinking_enabled, m.metadata ->> 'contextWindow',
      m.metadata ->> 'maxOutputTokens', m.is_active, p.base_url, coalesce(p.is_enabled, true),
      p.max_requests_per_minute, p.max_requests_per_day, k.id
    from public.model_config m
    left join app on true
    left join public.api_providers p on p.name = m.provider::text
    left join public.api_configurations k
      on k.user_id = $1 and k.provider = m.provider::text and k.is_active
    where case when $3::text is not null then m.model_id = $3
      else m.is_default and m.is_active and ($2::text is null or m.provider::text = $2) end
    order by m.provider::text = app.config_data ->> 'activeProvider' desc nulls last,
      (select place from jsonb_array_elements_text(app.config_data -> 'availableProviders')
        with ordinality a (name, place) where a.name = m.provider::text) nulls last,
      m.model_id";

/// A model that can be asked for somebody.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Whose model.
    pub provider: ModelProvider,
    /// Its name in `model_config`, and at the provider.
    pub model: String,
    /// How many tokens it reads, where that is known.
    pub context_window: Option<u64>,
    /// How many it writes at most, where that is known.
    pub max_output_tokens: Option<u32>,
    /// Whether it can reason before it answers.
    pub reasons: bool,
    pub(super) payer: Payer,
    /// Where it is asked; none for what runs in this process.
    pub(super) place: Option<(Url, Reach)>,
    /// Calls of the provider in a minute and in a day.
    pub(super) limits: (Option<i32>, Option<i32>),
    /// Whether it was taken because nobody has a key for a model.
    pub(super) is_last_resort: bool,
    /// US dollars for a minute of sound, of models that write down recordings.
    pub(super) minute_price: Option<String>,
}

/// Whose key is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Payer {
    Person(Uuid),
    Server,
    Nobody,
}

impl Payer {
    /// As `public.model_key_owner` has it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Payer::Person(_) => "person",
            Payer::Server => "server",
            Payer::Nobody => "none",
        }
    }
}

/// Which model is asked for somebody who names a provider, a model, both or neither. Nothing is counted yet.
///
/// # Errors
/// [`AnswerError::NoKey`] where what is named cannot be used without a key; BAD_USER_INPUT for names that there are not,
/// and for what was switched off.
pub async fn choose(
    app: &AppState,
    user: Uuid,
    provider: Option<&str>,
    model: Option<&str>,
) -> Result<Choice, AnswerError> {
    let client = app.db.system().await?;
    choose_over(app, &client, user, provider, model).await
}

/// The same over this connection, for whoever has one.
///
/// # Errors
/// As [`choose`].
pub async fn choose_over(
    app: &AppState,
    client: &ClientWrapper,
    user: Uuid,
    provider: Option<&str>,
    model: Option<&str>,
) -> Result<Choice, AnswerError> {
    let named = provider.map(known_provider).transpose()?;
    if named == Some(ModelProvider::Local) || (named.is_none() && model == Some(LOCAL)) {
        return Ok(local(false));
    }
    let statement = client.prepare_cached(CANDIDATES).await?;
    let name = named.map(ModelProvider::as_str);
    let rows = client.query(&statement, &[&user, &name, &model]).await?;
    if let Some(model) = model {
        let row = rows.first().ok_or_else(|| no_model(model))?;
        let choice = read(app, row)?;
        check_model(named, &choice.model, choice.provider, row.get(5))?;
        return usable(choice, row.get(7));
    }
    let mut refused = None;
    for row in &rows {
        match read(app, row).and_then(|choice| usable(choice, row.get(7))) {
            Ok(choice) => return Ok(choice),
            Err(error) => _ = refused.get_or_insert(error),
        }
    }
    match (named, refused) {
        (None, _) => Ok(local(true)),
        (Some(_), Some(error)) => Err(error),
        (Some(named), None) => Err(Error::new(
            Code::NotFound,
            format!(
                "{} has no default model: name one, or let an administrator make one the default, or add one with \
                 createModelConfig(input: {{modelId: …, name: …, provider: {}, isDefault: true}})",
                named.label(),
                named.as_str().to_uppercase()
            ),
        )
        .into()),
    }
}

/// The provider of a name.
///
/// # Errors
/// BAD_USER_INPUT where there is none.
pub fn known_provider(name: &str) -> Result<ModelProvider, Error> {
    ModelProvider::by_name(name).ok_or_else(|| {
        let name: String = name.chars().take(NAME_MAX).collect();
        let said = format!(
            "There is no provider {name:?}: openai, anthropic, google, compatible and local are known"
        );
        Error::bad_input(said).with("field", "provider")
    })
}

/// What is said of a model that there is not.
#[must_use]
pub fn no_model(name: &str) -> Error {
    let name: String = name.chars().take(NAME_MAX).collect();
    let said = format!(
        "There is no model {name:?}: `modelConfigs` lists them, and administrators add one with `createModelConfig`"
    );
    Error::bad_input(said).with("field", "model")
}

/// Refuses a model of another provider than the one that is named, and one that is switched off.
///
/// # Errors
/// BAD_USER_INPUT, with what is wrong.
pub fn check_model(
    named: Option<ModelProvider>,
    model: &str,
    provider: ModelProvider,
    is_active: bool,
) -> Result<(), Error> {
    let said = match named {
        Some(named) if named != provider => format!(
            "{model} is no model of {}, but of {}",
            named.as_str(),
            provider.as_str()
        ),
        _ if !is_active => format!("An administrator has switched the model {model} off"),
        _ => return Ok(()),
    };
    Err(Error::bad_input(said).with("field", "model"))
}

/// What answers without a model.
fn local(is_last_resort: bool) -> Choice {
    Choice {
        provider: ModelProvider::Local,
        model: "local".to_owned(),
        context_window: None,
        max_output_tokens: None,
        reasons: false,
        payer: Payer::Nobody,
        place: None,
        limits: (None, None),
        is_last_resort,
        minute_price: None,
    }
}

fn read(app: &AppState, row: &Row) -> Result<Choice, AnswerError> {
    let number = |place: usize| row.get::<_, Option<&str>>(place)?.parse::<u64>().ok();
    let provider = known_provider(row.get(1))?;
    Ok(Choice {
        provider,
        model: row.get(0),
        context_window: number(3),
        max_output_tokens: number(4).and_then(|count| u32::try_from(count).ok()),
        reasons: row.get(2),
        payer: payer(app, provider, row.get(10)),
        place: place(app, provider, row.get(6)),
        limits: (row.get(8), row.get(9)),
        is_last_resort: false,
        minute_price: None,
    })
}

/// Who pays: the person with a key of their own, else the server with its.
pub(super) fn payer(app: &AppState, provider: ModelProvider, own: Option<Uuid>) -> Payer {
    match (own, app.settings.models.api_key(provider)) {
        (Some(configuration), _) => Payer::Person(configuration),
        (None, Some(_)) => Payer::Server,
        (None, None) => Payer::Nobody,
    }
}

/// The address of the settings, or the one that administrators wrote down.
pub(super) fn place(
    app: &AppState,
    provider: ModelProvider,
    written: Option<&str>,
) -> Option<(Url, Reach)> {
    if let Some(set) = app.settings.models.base_url(provider) {
        return Some((set.clone(), Reach::Anywhere));
    }
    let written: Url = written?.parse().ok()?;
    let is_known = written.scheme() == "https"
        && written
            .host_str()
            .is_some_and(|host| KNOWN_HOSTS.contains(&host));
    let reach = match is_known || app.settings.models.model_private_addresses {
        true => Reach::Anywhere,
        false => Reach::Public,
    };
    Some((written, reach))
}

/// Refuses what cannot be asked; a provider may be switched off.
pub(super) fn usable(choice: Choice, is_enabled: bool) -> Result<Choice, AnswerError> {
    let label = choice.provider.label();
    if !is_enabled {
        let said = format!(
            "An administrator has switched {label} off: choose a model of another provider"
        );
        return Err(Error::forbidden(said).into());
    }
    if choice.place.is_none() {
        return Err(no_address(choice.provider).into());
    }
    // Servers of one's own often ask for none.
    if choice.payer == Payer::Nobody && choice.provider != ModelProvider::Compatible {
        return Err(no_key(choice.provider));
    }
    Ok(choice)
}

/// Nobody said where the provider is.
pub(super) fn no_address(provider: ModelProvider) -> Error {
    let (label, name) = (provider.label(), provider.as_str());
    let said = format!(
        "{label} has no address: whoever runs this server sets MINDLOOM_{}_BASE_URL, or an administrator adds {name} to \
         `apiProviders`",
        name.to_uppercase()
    );
    Error::new(Code::NotFound, said)
}

/// Nobody has a key.
pub(super) fn no_key(provider: ModelProvider) -> AnswerError {
    let (label, name, variable) = (provider.label(), provider.as_str(), provider.key_variable());
    let said = format!(
        "There is no key for {label}: save your own with saveApiConfiguration(provider: \"{name}\", apiKey: …), or ask \
         whoever runs this server to set {variable}"
    );
    AnswerError::NoKey(Error::new(Code::NotFound, said).with("reason", "NO_API_KEY"))
}

/// Nobody has a key for any model.
pub(super) fn no_key_at_all() -> AnswerError {
    let said = "There is no key for any model: save your own with saveApiConfiguration, or ask whoever runs this server \
                to set MINDLOOM_OPENAI_API_KEY, MINDLOOM_ANTHROPIC_API_KEY or MINDLOOM_GOOGLE_API_KEY";
    AnswerError::NoKey(Error::new(Code::NotFound, said).with("reason", "NO_API_KEY"))
}

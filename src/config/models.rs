use std::{fmt, str::FromStr};

use clap::Args;
use url::Url;

use super::{SecretText, accounts::parse_http_url};

/// The models that the server asks: what makes embeddings, and the keys and addresses of providers. Texts go to a
/// provider only where one is named here.
#[derive(Args, Clone, Debug)]
pub struct ModelSettings {
    /// What makes embeddings of notes, documents and artifacts: local (on this machine, without key or internet, once
    /// its files are there), openai:MODEL, google:MODEL, compatible:MODEL (any server that speaks OpenAI's protocol,
    /// such as Ollama, vLLM or LM Studio), or off. After a change the former model answers searches until every text
    /// has a vector of the new one; `mindloom embed --estimate` says beforehand what that costs.
    #[arg(long, env = "MINDLOOM_EMBEDDING_MODEL", value_name = "MODEL", global = true, default_value_t = EmbeddingChoice::Model(ModelName::local()))]
    pub embedding_model: EmbeddingChoice,

    /// What a million tokens cost by that model, in US dollars such as 0.02; 0 where they cost nothing [default: what the
    /// price lists of OpenAI and Google say of their models; of others nobody knows].
    #[arg(long, env = "MINDLOOM_EMBEDDING_PRICE_PER_MILLION_TOKENS", value_name = "USD", global = true, value_parser = parse_amount)]
    pub embedding_price_per_million_tokens: Option<String>,

    /// What writes down recordings where `transcribeRecording` names no model: openai:MODEL or compatible:MODEL, of a server
    /// that answers `/audio/transcriptions`.
    #[arg(long, env = "MINDLOOM_TRANSCRIPTION_MODEL", value_name = "MODEL", global = true,
          default_value_t = ModelName::whisper(), value_parser = parse_transcription_model)]
    pub transcription_model: ModelName,

    /// What a minute of sound costs by that model, in US dollars such as 0.006; 0 where it costs nothing [default: what
    /// OpenAI's price list says of its models; of others nobody knows, and then nobody knows what a call costs].
    #[arg(long, env = "MINDLOOM_TRANSCRIPTION_PRICE_PER_MINUTE", value_name = "USD", global = true, value_parser = parse_amount)]
    pub transcription_price_per_minute: Option<String>,

    /// Threads that the local model works with; it takes some 150 MB of memory with one of them, and some 60 MB more
    /// with each further one [default: half of the processors, at most 4].
    #[arg(long, env = "MINDLOOM_EMBEDDING_THREADS", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub embedding_threads: Option<u16>,

    /// Key of OpenAI.
    #[arg(
        long,
        env = "MINDLOOM_OPENAI_API_KEY",
        value_name = "KEY",
        global = true,
        hide_env_values = true
    )]
    pub openai_api_key: Option<SecretText>,

    /// Address of OpenAI's API [default: for embeddings https://api.openai.com/v1, for answers what `apiProviders` says].
    #[arg(long, env = "MINDLOOM_OPENAI_BASE_URL", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub openai_base_url: Option<Url>,

    /// Key of Anthropic.
    #[arg(
        long,
        env = "MINDLOOM_ANTHROPIC_API_KEY",
        value_name = "KEY",
        global = true,
        hide_env_values = true
    )]
    pub anthropic_api_key: Option<SecretText>,

    /// Address of Anthropic's API [default: what `apiProviders` says].
    #[arg(long, env = "MINDLOOM_ANTHROPIC_BASE_URL", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub anthropic_base_url: Option<Url>,

    /// Key of Google's Gemini API.
    #[arg(
        long,
        env = "MINDLOOM_GOOGLE_API_KEY",
        value_name = "KEY",
        global = true,
        hide_env_values = true
    )]
    pub google_api_key: Option<SecretText>,

    /// Address of Google's Gemini API [default: for embeddings https://generativelanguage.googleapis.com/v1beta, for
    /// answers what `apiProviders` says].
    #[arg(long, env = "MINDLOOM_GOOGLE_BASE_URL", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub google_base_url: Option<Url>,

    /// Address of a server that speaks OpenAI's protocol, such as http://127.0.0.1:11434/v1: for embeddings of
    /// compatible:MODEL, and for answers of models whose provider is COMPATIBLE.
    #[arg(long, env = "MINDLOOM_COMPATIBLE_BASE_URL", value_name = "URL", global = true, value_parser = parse_http_url)]
    pub compatible_base_url: Option<Url>,

    /// Key of that server, where it asks for one.
    #[arg(
        long,
        env = "MINDLOOM_COMPATIBLE_API_KEY",
        value_name = "KEY",
        global = true,
        hide_env_values = true
    )]
    pub compatible_api_key: Option<SecretText>,

    /// Let addresses that administrators name in `apiProviders`, or as the server of repositories, lead into the server's
    /// own network. Addresses of settings always may.
    #[arg(long, env = "MINDLOOM_MODEL_PRIVATE_ADDRESSES", global = true)]
    pub model_private_addresses: bool,

    /// How many calls of models a person may make in a minute, whatever for [default: no limit but those of agents and
    /// providers].
    #[arg(long, env = "MINDLOOM_MODEL_CALLS_PER_MINUTE", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub model_calls_per_minute: Option<u32>,

    /// How many calls of models a person may make in a day, whatever for [default: no limit but those of agents and
    /// providers].
    #[arg(long, env = "MINDLOOM_MODEL_CALLS_PER_DAY", value_name = "COUNT", global = true,
          value_parser = clap::value_parser!(u32).range(1..=100_000_000))]
    pub model_calls_per_day: Option<u32>,

    /// What calls with the server's keys may cost for a person in a calendar month (UTC), in US dollars such as 5 or
    /// 0.50; once it is spent, such calls are refused until the month ends, but for those that make embeddings, which count
    /// and are never refused. Calls with a person's own key do not count, nor do those whose price is unknown [default: no
    /// limit].
    #[arg(long, env = "MINDLOOM_MODEL_BUDGET_PER_MONTH", value_name = "USD", global = true, value_parser = parse_amount)]
    pub model_budget_per_month: Option<String>,
}

/// A model that writes down recordings.
fn parse_transcription_model(text: &str) -> Result<ModelName, String> {
    let named = text.parse::<ModelName>().ok().filter(|named| {
        matches!(
            named.provider,
            ModelProvider::OpenAi | ModelProvider::Compatible
        )
    });
    named.ok_or_else(|| "allowed is openai:MODEL or compatible:MODEL".to_owned())
}

/// An amount of money with up to nine digits before and after the point.
fn parse_amount(text: &str) -> Result<String, String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |digits: &str| {
        (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    match is_number(whole) && is_number(fraction) {
        true => Ok(text.to_owned()),
        false => Err("allowed is an amount such as 5 or 0.50".to_owned()),
    }
}

/// What makes embeddings, if anything.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum EmbeddingChoice {
    /// Nothing does.
    Off,
    /// This model.
    Model(ModelName),
}

/// Whose model it is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum ModelProvider {
    /// It runs in this process.
    Local,
    /// OpenAI.
    OpenAi,
    /// Anthropic, whose models answer and make no embeddings.
    Anthropic,
    /// Google.
    Google,
    /// Whoever speaks OpenAI's protocol.
    Compatible,
}

/// A model by its provider and its name there, as `openai:text-embedding-3-small`. `local` is all-MiniLM-L6-v2.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ModelName {
    /// Whose model it is.
    pub provider: ModelProvider,
    /// Its name there; empty for the local one.
    pub name: String,
}

const NAME_MAX: usize = 80;

impl ModelProvider {
    /// As it stands before the colon.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ModelProvider::Local => "local",
            ModelProvider::OpenAi => "openai",
            ModelProvider::Anthropic => "anthropic",
            ModelProvider::Google => "google",
            ModelProvider::Compatible => "compatible",
        }
    }

    /// What people call it, in messages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            ModelProvider::Local => "This server",
            ModelProvider::OpenAi => "OpenAI",
            ModelProvider::Anthropic => "Anthropic",
            ModelProvider::Google => "Google",
            ModelProvider::Compatible => "The OpenAI-compatible server",
        }
    }

    /// By the name that stands in the database; `gemini` is Google's too.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "local" => ModelProvider::Local,
            "openai" => ModelProvider::OpenAi,
            "anthropic" => ModelProvider::Anthropic,
            "google" | "gemini" => ModelProvider::Google,
            "compatible" => ModelProvider::Compatible,
            _ => return None,
        })
    }

    /// The setting that holds the server's key for it.
    #[must_use]
    pub const fn key_variable(self) -> &'static str {
        match self {
            ModelProvider::OpenAi => "MINDLOOM_OPENAI_API_KEY",
            ModelProvider::Anthropic => "MINDLOOM_ANTHROPIC_API_KEY",
            ModelProvider::Google => "MINDLOOM_GOOGLE_API_KEY",
            ModelProvider::Compatible | ModelProvider::Local => "MINDLOOM_COMPATIBLE_API_KEY",
        }
    }
}

impl ModelSettings {
    /// The server's key for a provider.
    #[must_use]
    pub fn api_key(&self, provider: ModelProvider) -> Option<&SecretText> {
        match provider {
            ModelProvider::Local => None,
            ModelProvider::OpenAi => self.openai_api_key.as_ref(),
            ModelProvider::Anthropic => self.anthropic_api_key.as_ref(),
            ModelProvider::Google => self.google_api_key.as_ref(),
            ModelProvider::Compatible => self.compatible_api_key.as_ref(),
        }
    }

    /// The address of a provider, where the settings name one.
    #[must_use]
    pub fn base_url(&self, provider: ModelProvider) -> Option<&Url> {
        match provider {
            ModelProvider::Local => None,
            ModelProvider::OpenAi => self.openai_base_url.as_ref(),
            ModelProvider::Anthropic => self.anthropic_base_url.as_ref(),
            ModelProvider::Google => self.google_base_url.as_ref(),
            ModelProvider::Compatible => self.compatible_base_url.as_ref(),
        }
    }
}

impl ModelName {
    /// The model that runs in this process.
    #[must_use]
    pub const fn local() -> Self {
        ModelName {
            provider: ModelProvider::Local,
            name: String::new(),
        }
    }

    /// OpenAI's model for recordings that takes them however long they are.
    fn whisper() -> Self {
        ModelName {
            provider: ModelProvider::OpenAi,
            name: "whisper-1".to_owned(),
        }
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.provider.as_str())?;
        match self.name.as_str() {
            "" => Ok(()),
            name => write!(formatter, ":{name}"),
        }
    }
}

impl fmt::Display for EmbeddingChoice {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EmbeddingChoice::Off => formatter.write_str("off"),
            EmbeddingChoice::Model(name) => name.fmt(formatter),
        }
    }
}

impl FromStr for EmbeddingChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(EmbeddingChoice::Off),
            text => text.parse().map(EmbeddingChoice::Model),
        }
    }
}

impl FromStr for ModelName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        const ALLOWED: &str =
            "allowed is local, openai:MODEL, google:MODEL, compatible:MODEL, or off";
        if text == "local" {
            return Ok(ModelName::local());
        }
        let (provider, name) = text
            .split_once(':')
            .ok_or_else(|| format!("{text:?} is no model; {ALLOWED}"))?;
        let provider = match provider {
            "openai" => ModelProvider::OpenAi,
            "google" => ModelProvider::Google,
            "compatible" => ModelProvider::Compatible,
            other => return Err(format!("{other:?} is no provider; {ALLOWED}")),
        };
        // It becomes part of an address.
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@".contains(c);
        if name.is_empty()
            || name.len() > NAME_MAX
            || name.contains("..")
            || !name.chars().all(is_plain)
        {
            return Err(format!(
                "{name:?} is no model's name: 1 to {NAME_MAX} of a-z, A-Z, 0-9 and - _ . / : @"
            ));
        }
        Ok(ModelName {
            provider,
            name: name.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_read_as_they_are_written() {
        for text in [
            "off",
            "local",
            "openai:text-embedding-3-small",
            "compatible:nomic-embed-text:v1.5",
        ] {
            let choice: EmbeddingChoice = text.parse().expect("a model");
            assert_eq!(choice.to_string(), text);
        }
        for text in [
            "",
            "openai",
            "openai:",
            "other:x",
            "google:a b",
            "google:../x",
            "local:x",
            "anthropic:x",
        ] {
            assert!(text.parse::<EmbeddingChoice>().is_err(), "{text}");
        }
    }

    #[test]
    fn recordings_are_written_down_by_providers() {
        let model = parse_transcription_model("compatible:Systran/faster-whisper-small");
        assert_eq!(
            model.map(|model| model.name).as_deref(),
            Ok("Systran/faster-whisper-small")
        );
        for text in ["local", "google:gemini-2.5-flash", "whisper-1", "openai:"] {
            assert!(parse_transcription_model(text).is_err(), "{text}");
        }
        let default = ModelName::whisper().to_string();
        assert_eq!(
            parse_transcription_model(&default),
            Ok(ModelName::whisper())
        );
    }

    #[test]
    fn amounts_are_plain_numbers() {
        for text in ["0", "5", "0.50", "123456789.000000001"] {
            assert_eq!(parse_amount(text).as_deref(), Ok(text));
        }
        for text in ["", "-1", "1,5", "1.", ".5", "1e3", "NaN", "5 USD"] {
            assert!(parse_amount(text).is_err(), "{text}");
        }
    }
}

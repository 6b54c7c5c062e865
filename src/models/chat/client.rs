//! One call of a provider: asked over HTTP, read in pieces, with bounds in size and in time.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use reqwest::{Client, ClientBuilder, Response};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    ChatError, ChatEvent, ChatRequest, Part,
    anthropic::Anthropic,
    google::Google,
    network::{PublicNames, may_be_public},
    openai::OpenAi,
    refusal::refusal,
    responses::Responses,
    sse::EventStream,
    wire::{Reader, Wire},
};
use crate::config::{ModelProvider, SecretText};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Models that reason say nothing for minutes.
const SILENCE_MAX: Duration = Duration::from_secs(180);
/// How long one answer may take.
pub const ANSWER_MAX: Duration = Duration::from_secs(900);
const KEY_CHECK_MAX: Duration = Duration::from_secs(20);
/// Why a request for an answer may be refused.
const ADVICE: &str = "the model may not know tools or settings that were sent with it";
/// The same of one with files.
const ADVICE_OF_FILES: &str = "the model may not take the pictures or files that came with the conversation: take them away \
     with editMessage, or choose another model; an administrator says what a model takes by supportsImages and supportsPdf \
     of its metadata";
/// The same of one that wants tools of the provider's own.
const ADVICE_OF_TOOLS: &str = "the model may have none of the provider's own tools (search, code execution): choose another \
     one, or an administrator switches them off for its agent";
/// A whole answer with all that is around its pieces: some 300 bytes for each of 128,000 tokens.
const ANSWER_MAX_BYTES: usize = 64 << 20;

/// Where a model is asked.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Whose models.
    pub provider: ModelProvider,
    /// The address that paths are added to.
    pub base: Url,
    /// Who pays.
    pub key: Option<SecretText>,
    /// Whether the address may lie in the server's own network.
    pub reach: Reach,
}

/// Where an address may lead.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reach {
    /// Anywhere: whoever runs the server says so.
    Anywhere,
    /// Not into the server's own network.
    Public,
}

/// Asks providers. Cheap to clone.
#[derive(Clone)]
pub struct ChatClient {
    anywhere: Client,
    public: Client,
}

/// An answer while it comes. Dropped, the provider is no longer asked for more.
pub struct ChatStream {
    response: Response,
    reader: Box<dyn Reader>,
    bytes: EventStream,
    ready: VecDeque<ChatEvent>,
    /// Told once what is ready is told.
    failed: Option<ChatError>,
    is_over: bool,
    received: usize,
    deadline: Instant,
    label: &'static str,
}

impl ChatClient {
    /// A client without connections yet.
    ///
    /// # Errors
    /// When the system gives no TLS.
    pub fn new() -> Result<Self, reqwest::Error> {
        let client = || -> ClientBuilder {
            Client::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                // A provider that redirects could send texts and keys anywhere.
                .redirect(reqwest::redirect::Policy::none())
                .user_agent("mindloom")
        };
        Ok(ChatClient {
            anywhere: client().build()?,
            public: client()
                .dns_resolver(Arc::new(PublicNames))
                .no_proxy()
                .build()?,
        })
    }

    /// Asks for an answer.
    ///
    /// # Errors
    /// What the provider refuses, or that it does not answer.
    pub async fn ask(
        &self,
        endpoint: &Endpoint,
        model: &str,
        request: &ChatRequest,
    ) -> Result<ChatStream, ChatError> {
        let client = self.client(endpoint)?;
        let label = endpoint.provider.label();
        let wire = wire(endpoint.provider, !request.provider_tools.is_empty())?;
        let asked = wire.ask(client, endpoint, model, request);
        let began = Instant::now();
        let response = match timeout_at(began + SILENCE_MAX, asked.send()).await {
            Ok(response) => response.map_err(|error| unreachable(label, error))?,
            Err(_) => return Err(silent(label)),
        };
        if !response.status().is_success() {
            return Err(refusal(response, label, model, advice(request)).await);
        }
        Ok(ChatStream {
            response,
            reader: wire.reader(),
            bytes: EventStream::default(),
            ready: VecDeque::new(),
            failed: None,
            is_over: false,
            received: 0,
            deadline: began + ANSWER_MAX,
            label,
        })
    }

    /// Asks the provider whether it takes the key, which costs nothing.
    ///
    /// # Errors
    /// [`ChatError::KeyRefused`] when it does not; others when it cannot be asked.
    pub async fn check_key(&self, endpoint: &Endpoint) -> Result<(), ChatError> {
        let client = self.client(endpoint)?;
        let label = endpoint.provider.label();
        let asked = wire(endpoint.provider, false)?
            .check_key(client, endpoint)
            .timeout(KEY_CHECK_MAX);
        let response = asked.send().await;
        let response = response.map_err(|error| unreachable(label, error))?;
        match response.status().is_success() {
            true => Ok(()),
            false => Err(refusal(response, label, "", ADVICE).await),
        }
    }

    /// What connects to an address of this kind.
    pub(super) fn client(&self, endpoint: &Endpoint) -> Result<&Client, ChatError> {
        match endpoint.reach {
            Reach::Anywhere => Ok(&self.anywhere),
            Reach::Public if may_be_public(&endpoint.base) => Ok(&self.public),
            Reach::Public => Err(ChatError::Refused(format!(
                "The address of {} leads into the server's own network, which only settings may allow: \
                 MINDLOOM_MODEL_PRIVATE_ADDRESSES, or the provider's own MINDLOOM_…_BASE_URL",
                endpoint.provider.label()
            ))),
        }
    }
}

/// What may be the matter with a request that is refused.
fn advice(request: &ChatRequest) -> &'static str {
    let mut parts = request.messages.iter().flat_map(|said| &said.parts);
    let is_file = |part: &Part| matches!(part, Part::Image { .. } | Part::File { .. });
    match request.provider_tools.is_empty() {
        false => ADVICE_OF_TOOLS,
        true if parts.any(is_file) => ADVICE_OF_FILES,
        true => ADVICE,
    }
}

/// How a provider is spoken to. OpenAI has tools of its own in one of its two ways alone; whoever else speaks its protocol
/// speaks the older one.
fn wire(provider: ModelProvider, wants_tools: bool) -> Result<&'static dyn Wire, ChatError> {
    match provider {
        ModelProvider::OpenAi if wants_tools => Ok(&Responses),
        ModelProvider::OpenAi | ModelProvider::Compatible => Ok(&OpenAi),
        ModelProvider::Anthropic => Ok(&Anthropic),
        ModelProvider::Google => Ok(&Google),
        ModelProvider::Local => Err(ChatError::UnknownModel(
            "There is no language model in this process".to_owned(),
        )),
    }
}

pub(super) fn unreachable(label: &str, error: reqwest::Error) -> ChatError {
    let why = match &error {
        error if error.is_timeout() => "it took too long",
        error if error.is_connect() => "no connection can be made",
        error if error.is_request() => "the request could not be sent",
        _ => "the connection was lost",
    };
    // What caused it is for whoever runs the server; the address could hold a password.
    tracing::debug!(
        label,
        error = &error.without_url() as &dyn std::error::Error,
        "a provider does not answer"
    );
    ChatError::Unreachable(format!("{label} does not answer: {why}"))
}

fn silent(label: &str) -> ChatError {
    let seconds = SILENCE_MAX.as_secs();
    ChatError::Unreachable(format!("{label} said nothing for {seconds} seconds"))
}

impl ChatStream {
    /// What comes next; none once [`ChatEvent::End`] or an error was told. Nothing is lost when this is dropped while it
    /// waits.
    pub async fn next(&mut self) -> Option<Result<ChatEvent, ChatError>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                if matches!(event, ChatEvent::End(_)) {
                    self.is_over = true;
                    self.ready.clear();
                    self.failed = None;
                }
                return Some(Ok(event));
            }
            if let Some(error) = self.failed.take() {
                self.is_over = true;
                return Some(Err(error));
            }
            if self.is_over {
                return None;
            }
            self.read_more().await;
        }
    }

    /// Bytes that arrived so far.
    #[must_use]
    pub fn received(&self) -> usize {
        self.received
    }

    async fn read_more(&mut self) {
        let label = self.label;
        let until = self.deadline.min(Instant::now() + SILENCE_MAX);
        let chunk = match timeout_at(until, self.response.chunk()).await {
            Ok(Ok(chunk)) => chunk,
            Ok(Err(error)) => {
                let lost = unreachable(label, error);
                return self.end_without(lost);
            }
            Err(_) if until == self.deadline => {
                let minutes = ANSWER_MAX.as_secs() / 60;
                let said = format!("{label} took more than {minutes} minutes for one answer");
                return self.end_without(ChatError::Unreachable(said));
            }
            Err(_) => return self.end_without(silent(label)),
        };
        let mut found = Vec::new();
        let Some(chunk) = chunk else {
            self.bytes.finish(&mut found);
            self.read(found);
            let broken = "it ended before the answer did";
            return self.end_without(ChatError::Unreachable(format!(
                "{label} broke off its answer: {broken}"
            )));
        };
        self.received += chunk.len();
        let is_small = self.bytes.push(&chunk, &mut found).is_ok();
        self.read(found);
        if !is_small || self.received > ANSWER_MAX_BYTES {
            let said = format!("{label} answered more than is read of one answer");
            self.failed.get_or_insert(ChatError::BadAnswer(said));
        }
    }

    fn read(&mut self, found: Vec<String>) {
        for data in found {
            if self.failed.is_some() {
                return;
            }
            if let Err(fault) = self.reader.read(&data, &mut self.ready) {
                self.failed = Some(fault.into_error(self.label));
            }
        }
    }

    /// Nothing more comes: the answer is whole, or this is what became of it.
    fn end_without(&mut self, error: ChatError) {
        if self.failed.is_none() && !self.reader.end(&mut self.ready) {
            self.failed = Some(error);
        }
        self.is_over = self.failed.is_none() && self.ready.is_empty();
    }
}

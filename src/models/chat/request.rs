//! What is asked of a model, and what it answers.

use bytes::Bytes;
use serde_json::Value;

use super::ProviderTool;

/// What a model is asked.
#[derive(Clone, Debug, Default)]
pub struct ChatRequest {
    /// What the model is to be and to heed.
    pub system: Option<String>,
    /// The conversation, the oldest first. The last is the user's, or results of tools.
    pub messages: Vec<ChatMessage>,
    /// What the model may call; whoever asks runs it and asks again with the results.
    pub tools: Vec<Tool>,
    /// What the provider itself may do while it answers: such as it has (`ProviderTool::is_of`).
    pub provider_tools: Vec<ProviderTool>,
    /// How much chance there is in the answer, 0 to 2; the model's default where nothing is said.
    pub temperature: Option<f64>,
    /// Which part of the likely words is drawn from, 0 to 1.
    pub top_p: Option<f64>,
    /// How many tokens the answer may have.
    pub max_output_tokens: Option<u32>,
    /// How much the model is to reason before it answers; its default where nothing is said.
    pub reasoning: Option<ReasoningEffort>,
    /// A JSON schema that the answer has to fit.
    pub schema: Option<Value>,
    /// Texts before which the answer ends.
    pub stop: Vec<String>,
}

/// A message of a conversation.
#[derive(Clone, Debug)]
pub struct ChatMessage {
    /// Whose it is.
    pub role: ChatRole,
    /// What it says, in order.
    pub parts: Vec<Part>,
}

/// Whose a message is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ChatRole {
    /// The person's.
    User,
    /// The model's.
    Assistant,
    /// The results of what the model called.
    Tool,
}

/// A part of a message.
#[derive(Clone, Debug)]
pub enum Part {
    /// Text.
    Text(String),
    /// What the model thought before it answered; given back to it with its signature.
    Reasoning {
        /// The thought, or the provider's summary of it.
        text: String,
        /// By which the provider knows it again.
        signature: Option<String>,
    },
    /// A picture.
    Image {
        /// Such as `image/png`.
        media_type: String,
        /// The file.
        data: Bytes,
    },
    /// Another file, such as a PDF.
    File {
        /// Such as `application/pdf`.
        media_type: String,
        /// What it is called.
        name: String,
        /// The file.
        data: Bytes,
    },
    /// A call that the model made.
    ToolCall {
        /// Which call it is.
        id: String,
        /// The tool's name.
        name: String,
        /// What it was called with.
        arguments: Value,
    },
    /// What came of a call.
    ToolResult {
        /// Which call it was.
        id: String,
        /// The tool's name.
        name: String,
        /// What came out.
        content: String,
        /// Whether it failed.
        is_error: bool,
    },
}

/// Something that a model may call.
#[derive(Clone, Debug)]
pub struct Tool {
    /// Its name: 1 to 64 letters, digits, `_` and `-`.
    pub name: String,
    /// What it does, for the model.
    pub description: String,
    /// A JSON schema of its arguments, an object.
    pub parameters: Value,
}

/// How much a model is to reason before it answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReasoningEffort {
    /// As little as it can.
    Minimal,
    /// A little.
    Low,
    /// More.
    Medium,
    /// Much.
    High,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ChatEvent {
    /// More of the text.
    Text(String),
    /// More of what the model thinks; a signature comes with the last piece of a thought.
    Reasoning {
        /// More of the thought, empty where only the signature comes.
        text: String,
        /// By which the provider knows the thought again.
        signature: Option<String>,
    },
    /// A call, once its arguments are whole.
    ToolCall {
        /// Which call it is, for its result.
        id: String,
        /// The tool's name.
        name: String,
        /// What it is called with, an object.
        arguments: Value,
    },
    /// Where something in the answer comes from.
    Source {
        /// The address.
        url: String,
        /// What the page is called.
        title: Option<String>,
    },
    /// What was used so far; the last one counts.
    Usage(Usage),
    /// The answer is whole. Nothing comes after it.
    End(EndReason),
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EndReason {
    /// The model was done.
    Stop,
    /// It reached the number of tokens that it may write.
    Length,
    /// It waits for the results of its calls.
    ToolCalls,
    /// The provider or the model refused to answer (on).
    Refused,
}

/// What a call used; none where nobody knows.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Usage {
    /// Tokens read, those of the cache included.
    pub input_tokens: Option<u64>,
    /// Tokens written, those of reasoning included.
    pub output_tokens: Option<u64>,
    /// Those of the tokens read that the provider had in its cache.
    pub cached_tokens: Option<u64>,
    /// Those of the tokens written that were reasoning.
    pub reasoning_tokens: Option<u64>,
    /// Whether this server counted, because the provider did not say.
    pub estimated: bool,
}

use crate::config::ModelProvider;

/// What a provider may do by itself while it answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ProviderTool {
    /// It searches the web.
    WebSearch,
    /// It reads addresses that the conversation names.
    UrlContext,
    /// It runs code in a sandbox of its own.
    CodeExecution,
}

impl ProviderTool {
    /// Whether a provider has it. OpenAI's search opens pages, and it has no tool for pages alone; whoever speaks its older
    /// protocol has none of them.
    #[must_use]
    pub const fn is_of(self, provider: ModelProvider) -> bool {
        match provider {
            ModelProvider::Anthropic | ModelProvider::Google => true,
            ModelProvider::OpenAi => !matches!(self, ProviderTool::UrlContext),
            ModelProvider::Compatible | ModelProvider::Local => false,
        }
    }

    /// What people call it, in messages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            ProviderTool::WebSearch => "web search",
            ProviderTool::UrlContext => "reading of pages",
            ProviderTool::CodeExecution => "code execution",
        }
    }
}

use clap::Args;

/// What one request may ask; the same on HTTP, WebSocket and SSE. Beyond it the answer is LIMIT_EXCEEDED.
#[derive(Args, Clone, Debug)]
pub struct LimitSettings {
    /// Bytes of a request's body or of one WebSocket message, after decompression; files of a form that are stored as they
    /// come do not count.
    #[arg(long, env = "MINDLOOM_MAX_BODY_BYTES", value_name = "BYTES", global = true, default_value_t = 8 << 20,
          value_parser = clap::value_parser!(u64).range(1024..=1 << 30))]
    pub max_body_bytes: u64,

    /// Bytes of a GraphQL document.
    #[arg(long, env = "MINDLOOM_MAX_DOCUMENT_BYTES", value_name = "BYTES", global = true,
          default_value_t = 128 << 10, value_parser = clap::value_parser!(u64).range(256..=16 << 20))]
    pub max_document_bytes: u64,

    /// Tokens of a document: names, values and punctuation.
    #[arg(long, env = "MINDLOOM_MAX_TOKENS", value_name = "COUNT", global = true, default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(10..=1_000_000))]
    pub max_tokens: u64,

    /// How deep braces, brackets and parentheses of a document may lie within each other.
    #[arg(long, env = "MINDLOOM_MAX_NESTING", value_name = "COUNT", global = true, default_value_t = 64,
          value_parser = clap::value_parser!(u64).range(4..=128))]
    pub max_nesting: u64,

    /// How deep fields may lie within each other, fragments included.
    #[arg(long, env = "MINDLOOM_MAX_DEPTH", value_name = "COUNT", global = true, default_value_t = 20,
          value_parser = clap::value_parser!(u64).range(1..=100))]
    pub max_depth: u64,

    /// Fields of an operation, each fragment counted wherever it is spread.
    #[arg(long, env = "MINDLOOM_MAX_FIELDS", value_name = "COUNT", global = true, default_value_t = 5_000,
          value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub max_fields: u64,

    /// Aliased fields of an operation, each fragment counted wherever it is spread.
    #[arg(long, env = "MINDLOOM_MAX_ALIASES", value_name = "COUNT", global = true, default_value_t = 200,
          value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    pub max_aliases: u64,

    /// Cost of an operation: a field costs 1 and, below a connection, 1 for each row of a full page.
    #[arg(long, env = "MINDLOOM_MAX_COST", value_name = "COST", global = true, default_value_t = 500_000,
          value_parser = clap::value_parser!(u64).range(1..))]
    pub max_cost: u64,

    /// Rows of one page (`first`, `last`).
    #[arg(long, env = "MINDLOOM_MAX_PAGE_SIZE", value_name = "ROWS", global = true, default_value_t = 1_000,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_page_size: u32,

    /// Rows of a page when neither `first` nor `last` is given; never more than MINDLOOM_MAX_PAGE_SIZE.
    #[arg(long, env = "MINDLOOM_DEFAULT_PAGE_SIZE", value_name = "ROWS", global = true, default_value_t = 50,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub default_page_size: u32,

    /// Entries of one list in the variables, for example rows of a bulk insert.
    #[arg(long, env = "MINDLOOM_MAX_LIST", value_name = "COUNT", global = true, default_value_t = 10_000,
          value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    pub max_list: u64,

    /// Values in all variables of a request together.
    #[arg(long, env = "MINDLOOM_MAX_VALUES", value_name = "COUNT", global = true, default_value_t = 500_000,
          value_parser = clap::value_parser!(u64).range(1..=100_000_000))]
    pub max_values: u64,

    /// How long one operation may take; subscriptions are not concerned.
    #[arg(long, env = "MINDLOOM_OPERATION_TIMEOUT_MS", value_name = "MS", global = true,
          default_value_t = 30_000, value_parser = clap::value_parser!(u64).range(10..=3_600_000))]
    pub operation_timeout_ms: u64,
}

impl LimitSettings {
    /// Rows of a page that names no size. Whoever lowers the maximum alone means smaller pages, not that every list
    /// without a size is refused.
    pub fn default_page_rows(&self) -> u32 {
        self.default_page_size.min(self.max_page_size)
    }
}

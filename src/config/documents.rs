use std::path::PathBuf;

use clap::Args;

/// Batches and persisted documents.
#[derive(Args, Clone, Debug)]
pub struct DocumentSettings {
    /// Requests that one HTTP body may carry as a JSON array; 0 refuses batches.
    #[arg(long, env = "MINDLOOM_MAX_BATCH", value_name = "COUNT", global = true, default_value_t = 0,
          value_parser = clap::value_parser!(u64).range(0..=1_000))]
    pub max_batch: u64,

    /// Documents that clients may name instead of sending: a folder of .graphql files (named by file name or
    /// sha256), or a JSON file that maps ids to documents, Apollo's manifest included.
    #[arg(
        long,
        env = "MINDLOOM_DOCUMENTS",
        value_name = "DIR|FILE",
        global = true
    )]
    pub documents: Option<PathBuf>,

    /// Refuse documents that are not registered. Registered are those of MINDLOOM_DOCUMENTS, and those that the console and
    /// GraphiQL send.
    #[arg(long, env = "MINDLOOM_DOCUMENTS_ONLY", global = true)]
    pub documents_only: bool,

    /// With MINDLOOM_DOCUMENTS_ONLY: refuse the documents of the console and of GraphiQL, too, and answer those of
    /// MINDLOOM_DOCUMENTS alone. They read and write every table, as row level security lets their caller.
    #[arg(
        long,
        env = "MINDLOOM_DOCUMENTS_WITHOUT_CONSOLE",
        global = true,
        requires_all = ["documents_only", "documents"]
    )]
    pub documents_without_console: bool,

    /// Memory for documents that clients register by their sha256 (automatic persisted queries); 0 turns that
    /// off.
    #[arg(long, env = "MINDLOOM_APQ_BYTES", value_name = "BYTES", global = true, default_value_t = 16 << 20)]
    pub apq_bytes: u64,
}

//! Every table of Mindloom as a SeaORM entity, and the registry of them.
//!
//! A table is one file, `<domain>/<table>.rs`: its model with relations, and the enums that it
//! brings. Doc comments there are the descriptions that API users read. A table exists for the
//! rest of the program once it has its line in the list below.
//!
//! Nothing here knows GraphQL or HTTP.

mod registry;

pub use registry::{Column, EnumType, Relation, RelationKind, Table};

pub mod auth;
pub mod builder;
pub mod chat;
pub mod documents;
pub mod logs;
pub mod notes;
pub mod operations;
pub mod profiles;
pub mod prompts;
pub mod providers;
pub mod settings;
pub mod storage;
pub mod support;
pub mod usage;

/// Writes [`tables`] from one line per table: its module, what one row and several are called where the table's name
/// does not say it, and the reason if it is private.
macro_rules! registry {
    ($($domain:ident::$table:ident $(named $names:tt)? $(: private $reason:literal)?;)*) => {
        /// Every table, in the order of the list in this file.
        #[must_use]
        pub fn tables() -> Vec<Table> {
            vec![$(
                registry::table::<$domain::$table::Entity>(
                    concat!(stringify!($domain), "::", stringify!($table)),
                    None$(.or(Some($names)))?,
                    None$(.or(Some($reason)))?,
                ),
            )*]
        }
    };
}

/// Every enumeration type, by name.
#[must_use]
pub fn enums() -> Vec<EnumType> {
    registry::enums()
}

registry! {
    auth::accounts: private "Who people are at other services; only the server's own sign-in reads it.";
    auth::ended_sessions: private "Which access tokens are refused is the server's own business.";
    auth::mail_outbox: private "Mails hold tokens; only the server's own sign-in reads them.";
    auth::mfa_factors: private "Secrets of second factors; people see theirs through `factors`.";
    auth::mfa_recovery_codes: private "Only the server's own sign-in reads it.";
    auth::oauth_flows: private "Only the server's own sign-in reads it.";
    auth::refresh_tokens: private "Only the server's own sign-in reads it.";
    auth::sessions: private "Only the server's own sign-in reads it; people see theirs through `sessions`.";
    auth::signing_keys: private "Private keys; the public ones are at /.well-known/jwks.json.";
    auth::users: private "Accounts and password hashes; only the server's own sign-in reads them.";
    auth::verification_tokens: private "Only the server's own sign-in reads it.";
    builder::audio_recordings;
    builder::collaborators;
    builder::project_components;
    builder::project_invitations;
    builder::projects;
    builder::prompt_generations;
    chat::artifacts;
    chat::chats;
    chat::github_repositories;
    chat::messages;
    chat::streams named ("chat_stream", "chat_streams");
    chat::suggestions;
    chat::votes;
    documents::document_comments;
    documents::documents;
    documents::search_index named ("search_entry", "search_entries");
    logs::agent_activity_logs;
    logs::audit_entries;
    logs::error_logs;
    logs::user_activity_logs;
    notes::clusters;
    notes::insights;
    notes::notes;
    notes::stack_notes;
    notes::stacks;
    notes::vault_notes;
    operations::embedding_cache named ("cached_embedding", "cached_embeddings");
    operations::job_queue named ("job", "jobs");
    operations::rate_limits;
    profiles::user_preferences;
    profiles::users;
    prompts::prompt_frameworks;
    prompts::prompt_history named ("prompt_history_entry", "prompt_history_entries");
    prompts::prompt_templates;
    providers::api_configurations;
    providers::api_providers;
    settings::admin_config;
    settings::model_config;
    storage::buckets: private "Laid out as Supabase's; no operation of the API reaches files.";
    storage::objects: private "Laid out as Supabase's; no operation of the API reaches files.";
    support::feedback;
    support::feedback_analytics named ("feedback_day", "feedback_days");
    support::feedback_categories;
    support::feedback_tag_links;
    support::feedback_tags;
    usage::api_usage_logs;
    usage::performance_metrics;
    usage::rate_limit_tracking named ("rate_limit_period", "rate_limit_periods");
    usage::usage_logs;
}

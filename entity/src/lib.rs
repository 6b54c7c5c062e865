//! Every table of Mindloom as a SeaORM entity, and the registry of them.
//!
//! A table is one file, `<domain>/<table>.rs`: its model with relations, and the enums that it
//! brings. Doc comments there are the descriptions that API users read. A table exists for the
//! rest of the program once it has its line in the list below, which makes its module, too.
//!
//! Nothing here knows GraphQL or HTTP.

mod registry;

pub use registry::{Column, EnumType, File, Relation, RelationKind, Table};

/// Writes the domains' modules and [`tables`] from one line per table: its module, what one row and several are called
/// where the table's name does not say it, the columns that the API may change where it makes no rows, the file that a row stands for, and the
/// reason if it is private.
macro_rules! registry {
    ($(
        $(#[$about:meta])+
        $domain:ident {
            $($table:ident $(named $names:tt)? $(changing $changing:tt)? $(: private $reason:literal)? $(file $file:expr)?;)+
        }
    )+) => {
        $(
            $(#[$about])+
            pub mod $domain {
                $(pub mod $table;)+
            }
        )+

        /// Every table, in the order of the list in this file.
        #[must_use]
        pub fn tables() -> Vec<Table> {
            vec![$($(
                registry::table::<$domain::$table::Entity>(
                    concat!(stringify!($domain), "::", stringify!($table)),
                    None$(.or(Some($names)))?,
                    None$(.or(Some(&$changing as &[&str])))?,
                    None$(.or(Some($file)))?,
                    None$(.or(Some($reason)))?,
                ),
            )+)+]
        }
    };
}

/// Every enumeration type, by name.
#[must_use]
pub fn enums() -> Vec<EnumType> {
    registry::enums()
}

registry! {
    /// Accounts and sessions: the schema `auth`, which the API never shows.
    auth {
        accounts: private "Who people are at other services; only the server's own sign-in reads it.";
        ended_sessions: private "Which access tokens are refused is the server's own business.";
        mail_outbox: private "Mails hold tokens; only the server's own sign-in reads them.";
        mfa_factors: private "Secrets of second factors; people see theirs through `factors`.";
        mfa_recovery_codes: private "Only the server's own sign-in reads it.";
        oauth_flows: private "Only the server's own sign-in reads it.";
        passkey_challenges: private "Only the server's own sign-in reads it.";
        passkeys: private "Only the server's own sign-in reads it; people see theirs through `passkeys`.";
        personal_access_tokens: private "Digests of tokens; people see theirs through `personalAccessTokens`.";
        refresh_tokens: private "Only the server's own sign-in reads it.";
        sessions: private "Only the server's own sign-in reads it; people see theirs through `sessions`.";
        sign_in_codes: private "Only the server's own sign-in reads it.";
        signing_keys: private "Private keys; the public ones are at /.well-known/jwks.json.";
        users: private "Accounts and password hashes; only the server's own sign-in reads them.";
        verification_tokens: private "Only the server's own sign-in reads it.";
    }
    /// Projects of the visual prompt builder and what belongs to them.
    builder {
        audio_recordings file File::Named { bucket: "audio-recordings", name: "storage_path" };
        collaborators;
        project_components;
        project_invitations;
        projects;
        prompt_generations;
    }
    /// Conversations, what was made in them, and the repositories that agents may use.
    chat {
        artifacts;
        chats;
        github_repositories;
        messages file File::Listed { column: "attachments", key: "objectId", field: "attachmentUrls" };
        streams named ("chat_stream", "chat_streams");
        suggestions;
        votes;
    }
    /// Documents made from notes, and the index that search looks at.
    documents {
        document_comments;
        document_sources;
        documents;
        embeddings: private "What search by meaning looks at; a note's own copy is its `embedding`.";
        search_index named ("search_entry", "search_entries");
    }
    /// Errors, and what people and agents did.
    logs {
        agent_activity_logs;
        alerts;
        audit_entries;
        error_logs;
        user_activity_logs;
    }
    /// Notes, how they are grouped, and what is learned from them.
    notes {
        clusters;
        insights;
        note_suggestions;
        notes;
        stack_notes;
        stacks;
        vault_notes;
    }
    /// What the server works with: jobs, caches, limits.
    operations {
        embedding_cache named ("cached_embedding", "cached_embeddings");
        job_queue named ("job", "jobs");
        job_schedules;
        rate_limits;
    }
    /// What a person shows of themselves and how they like to work.
    profiles {
        user_preferences;
        users;
    }
    /// Prompt frameworks, templates and what was generated with them.
    prompts {
        prompt_frameworks;
        prompt_history named ("prompt_history_entry", "prompt_history_entries");
        prompt_templates;
    }
    /// AI providers and the keys that people keep for them.
    providers {
        api_configurations;
        api_providers;
    }
    /// What admins set: agents, models, logging.
    settings {
        admin_config;
        model_config;
    }
    /// Files: the schema `storage`.
    storage {
        buckets named ("bucket", "buckets");
        objects named ("object", "objects") changing ["bucket_id", "name", "user_metadata"]
            file File::Own { bucket: "bucket_id", name: "name", version: "version", public: ("bucket", "public") };
    }
    /// What people tell the operators.
    support {
        feedback;
        feedback_analytics named ("feedback_day", "feedback_days");
        feedback_categories;
        feedback_tag_links;
        feedback_tags;
    }
    /// What was used, what it cost, how fast it was.
    usage {
        api_usage_logs;
        model_calls;
        performance_metrics;
        rate_limit_tracking named ("rate_limit_period", "rate_limit_periods");
        usage_logs;
    }
}

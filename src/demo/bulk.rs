//! What triggers do row by row, done for everything at once.

use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

use super::{DemoError, Options, World};
use crate::progress::Progress;

/// Tables that are filled with their triggers off.
const TABLES: &[&str] = &[
    "public.agent_activity_logs",
    "public.api_configurations",
    "public.api_usage_logs",
    "public.artifacts",
    "public.audio_recordings",
    "public.audit_entries",
    "public.chats",
    "public.clusters",
    "public.collaborators",
    "public.document_comments",
    "public.documents",
    "public.embedding_cache",
    "public.error_logs",
    "public.feedback",
    "public.feedback_analytics",
    "public.feedback_tag_links",
    "public.github_repositories",
    "public.insights",
    "public.job_queue",
    "public.messages",
    "public.model_calls",
    "public.note_suggestions",
    "public.notes",
    "public.performance_metrics",
    "public.project_components",
    "public.project_invitations",
    "public.projects",
    "public.prompt_generations",
    "public.prompt_history",
    "public.prompt_templates",
    "public.rate_limit_tracking",
    "public.rate_limits",
    SEARCH_INDEX,
    "public.stack_notes",
    "public.stacks",
    "public.streams",
    "public.suggestions",
    "public.usage_logs",
    "public.user_activity_logs",
    "public.vault_notes",
    "public.votes",
];

/// Indexes that take longer to fill row by row than to build once, and how much memory a note needs in each.
const SLOW_INDEXES: &[(&str, &str)] = &[
    ("idx_notes_embedding", "Vector index"),
    ("idx_search_vector", "Full-text index"),
];
/// From this many new notes on, building once is faster.
const MANY_NOTES: u32 = 5_000;

/// Its triggers call for the embeddings of what is new, so they stay on unless embeddings are invented.
const SEARCH_INDEX: &str = "public.search_index";

/// Foreign keys keep being checked: their triggers are not the owner's.
pub(super) async fn disable_triggers(
    transaction: &Transaction<'_>,
    options: &Options,
) -> Result<(), DemoError> {
    let silent = |table: &&&str| options.invent_embeddings || **table != SEARCH_INDEX;
    for table in TABLES.iter().filter(silent) {
        transaction
            .batch_execute(&format!("alter table {table} disable trigger user"))
            .await?;
    }
    Ok(())
}

pub(super) async fn enable_triggers(transaction: &Transaction<'_>) -> Result<(), DemoError> {
    // Nothing may be left to check when a table is altered.
    transaction
        .batch_execute("set constraints all immediate")
        .await?;
    for table in TABLES {
        transaction
            .batch_execute(&format!("alter table {table} enable trigger user"))
            .await?;
    }
    Ok(())
}

/// An index that was dropped, to be built again.
pub(super) struct Dropped {
    what: &'static str,
    definition: String,
}

pub(super) async fn drop_indexes(
    transaction: &Transaction<'_>,
    notes: u32,
) -> Result<Vec<Dropped>, DemoError> {
    let mut dropped = Vec::new();
    if notes < MANY_NOTES {
        return Ok(dropped);
    }
    for (name, what) in SLOW_INDEXES {
        let index = format!("public.{name}");
        let found = transaction
            .query_opt(
                "select pg_get_indexdef(to_regclass($1)) where to_regclass($1) is not null",
                &[&index],
            )
            .await?;
        if let Some(row) = found {
            transaction
                .batch_execute(&format!("drop index {index}"))
                .await?;
            dropped.push(Dropped {
                what,
                definition: row.get(0),
            });
        }
    }
    Ok(dropped)
}

/// Builds the indexes again, with as much memory as they need: pgvector's build is many times slower once its
/// graph does not fit.
pub(super) async fn build_indexes(
    transaction: &Transaction<'_>,
    indexes: &[Dropped],
    notes: u32,
) -> Result<(), DemoError> {
    const BYTES_PER_NOTE: u64 = 7_500;
    const MOST_MIB: u64 = 4_096;
    let needed_mib = (u64::from(notes) * BYTES_PER_NOTE / (1 << 20) + 64).min(MOST_MIB);
    transaction
        .execute(
            "select set_config('maintenance_work_mem', $1 || 'MB', true) \
             where pg_size_bytes(current_setting('maintenance_work_mem')) < $1::bigint * 1048576",
            &[&needed_mib.to_string()],
        )
        .await?;
    for index in indexes {
        let step = Progress::step(index.what);
        transaction.batch_execute("savepoint build").await?;
        if let Err(error) = transaction.batch_execute(&index.definition).await {
            // Parallel workers share memory, of which a container may have little.
            tracing::debug!(%error, "building the index again, without parallel workers");
            transaction
                .batch_execute(
                    "rollback to savepoint build; set local max_parallel_maintenance_workers = 0",
                )
                .await?;
            transaction.batch_execute(&index.definition).await?;
        }
        step.done();
    }
    Ok(())
}

/// What was written without triggers gets its vectors from the server, in the background: all of it by one job.
pub(super) async fn call_for_embeddings(client: &Client) -> Result<(), DemoError> {
    let sql = "select private.use_embedding_model(m.model) from mindloom.embedding_models m
        where m.state <> 'retired' order by m.state desc limit 1";
    client.batch_execute(sql).await?;
    Ok(())
}

/// Counters, the search index, tags of feedback and the sums of its days. Returns the new rows.
pub(super) async fn derive(transaction: &Transaction<'_>, world: &World) -> Result<u64, DemoError> {
    let step = Progress::step("Counters and search index");
    let people: Vec<Uuid> = world.people.iter().map(|person| person.id).collect();
    let mut rows = 0;
    for statement in [
        "insert into public.search_index (entity_id, entity_type, user_id, content, tags, created_at, updated_at) \
         select id, 'note', user_id, content, tags, created_at, updated_at from public.notes \
         where user_id = any ($1) and deleted_at is null",
        "insert into public.search_index (entity_id, entity_type, user_id, title, content, tags, created_at, updated_at) \
         select id, 'document', user_id, title, content, tags, created_at, updated_at from public.documents \
         where user_id = any ($1)",
        "insert into public.search_index (entity_id, entity_type, user_id, title, content, created_at, updated_at) \
         select distinct on (id) id, 'artifact', user_id, title, coalesce(content, ''), created_at, updated_at \
         from public.artifacts where user_id = any ($1) order by id, version_number desc",
        "insert into public.feedback_tag_links (feedback_id, tag_id, created_at, updated_at) \
         select f.id, t.id, f.created_at, f.created_at from public.feedback f \
         join public.feedback_tags t on t.name = case f.feedback_type \
           when 'bug' then 'crash' when 'feature' then 'idea' when 'general' then 'praise' else 'design' end \
         where f.user_id = any ($1)",
    ] {
        rows += transaction.execute(statement, &[&people]).await?;
    }
    for statement in [
        "update public.clusters c \
         set note_count = s.notes, active_note_count = s.active, total_words = s.words \
         from ( \
           select cluster_id, count(*) as notes, count(*) filter (where deleted_at is null) as active, \
             coalesce(sum(word_count) filter (where deleted_at is null), 0) as words \
           from public.notes where user_id = any ($1) group by cluster_id \
         ) s \
         where c.id = s.cluster_id",
        "update public.feedback f set category_id = c.id from public.feedback_categories c \
         where f.user_id = any ($1) and c.name = case f.feedback_type \
           when 'bug' then 'Speed and reliability' when 'feature' then 'Editor and interface' \
           when 'support' then 'Documentation' else 'Product' end",
    ] {
        transaction.execute(statement, &[&people]).await?;
    }
    let days: i32 = world.options.days.try_into().unwrap_or(365);
    let past = (chrono::Utc::now() - world.until)
        .num_days()
        .try_into()
        .unwrap_or(0);
    let summed = transaction
        .query_one(
            "select private.refresh_feedback_analytics($1)",
            &[&(days + past + 1)],
        )
        .await?;
    step.done();
    Ok(rows + summed.get::<_, i64>(0).unsigned_abs())
}

/// The database's own opinion, before anything is committed.
pub(super) async fn check(transaction: &Transaction<'_>) -> Result<(), DemoError> {
    let failed = transaction
        .query(
            "select check_name, problems from public.integrity_check() where status = 'failed'",
            &[],
        )
        .await?;
    if failed.is_empty() {
        return Ok(());
    }
    let checks: Vec<String> = failed
        .iter()
        .map(|row| format!("{} ({})", row.get::<_, &str>(0), row.get::<_, i64>(1)))
        .collect();
    Err(DemoError::Inconsistent(checks.join(", ")))
}

/// Fresh statistics, or the planner takes the tables for empty.
pub(super) async fn analyze(client: &Client) -> Result<(), DemoError> {
    let step = Progress::step("Statistics");
    client
        .batch_execute("select public.analyze_all_tables()")
        .await?;
    step.done();
    Ok(())
}

//! `upkeep.purge_tokens`: tokens, sessions, windows of limits and cached embeddings that have expired go.

job_in_steps!("select 'expired', public.purge_expired_tokens($1)");

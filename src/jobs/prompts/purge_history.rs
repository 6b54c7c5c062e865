//! `prompts.purge_history`: prompts older than their people want them kept go, where `autoCleanup` is on.

job_in_steps!("select 'prompts', public.purge_old_prompt_history($1)");

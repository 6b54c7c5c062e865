//! `logs.purge_audit`: audit entries go after seven years.

job_in_steps!("select 'audit_entries', public.purge_old_audit_entries($1)");

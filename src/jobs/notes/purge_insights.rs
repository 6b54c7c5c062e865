//! `notes.purge_insights`: insights go after a year.

job_in_steps!("select 'insights', public.purge_old_insights($1)");

//! `notes.purge_deleted`: notes that lay in the bin for 30 days go.

job_in_steps!("select 'notes', public.purge_deleted_notes($1)");

//! `projects.purge_deleted`: projects that lay in the bin for 30 days go, with all that belongs to them.

job_in_steps!("select 'projects', public.purge_deleted_projects($1)");

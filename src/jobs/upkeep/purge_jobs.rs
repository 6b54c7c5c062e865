//! `upkeep.purge_jobs`: jobs that ended seven days ago go; dead ones stay until somebody looked at them.

job_in_steps!("select 'jobs', private.purge_ended_jobs($1)");

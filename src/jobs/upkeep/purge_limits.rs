//! `upkeep.purge_limits`: the use of agents in periods that ended 30 days ago goes.

job_in_steps!("select 'rate_limit_periods', public.purge_old_rate_limit_windows($1)");

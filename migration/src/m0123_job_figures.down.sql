drop function private.job_figures();
drop index public.idx_job_queue_dead;

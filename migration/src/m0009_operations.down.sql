drop table public.rate_limits;
drop table public.job_queue;
drop table public.embedding_cache;
drop function private.set_job_end();
drop type public.job_status;
drop type public.job_type;

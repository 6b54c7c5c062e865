-- How the queue stands, by type: what is due and waits, what runs, what is dead, and how long the oldest has been due.

create index idx_job_queue_dead on public.job_queue (job_type) where status = 'dead';

create function private.job_figures()
  returns table (job_type text, waiting bigint, running bigint, dead bigint, oldest_s bigint)
language sql stable set search_path = ''
begin atomic
  select f.job_type, sum(f.waiting)::bigint, sum(f.running)::bigint, sum(f.dead)::bigint, max(f.oldest_s)::bigint
  from (
    select w.job_type, count(*), 0, 0, extract(epoch from now() - min(w.scheduled_for))
    from public.job_queue w where w.status = 'pending' and w.scheduled_for <= now() group by w.job_type
    union all
    select r.job_type, 0, count(*), 0, 0
    from public.job_queue r where r.status = 'processing' group by r.job_type
    union all
    select d.job_type, 0, 0, count(*), 0
    from public.job_queue d where d.status = 'dead' group by d.job_type
  ) f (job_type, waiting, running, dead, oldest_s)
  group by f.job_type;
end;
revoke execute on function private.job_figures() from public, anon, authenticated, service_role;

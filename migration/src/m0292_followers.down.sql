-- What the functions were before.
create or replace function private.return_lost_jobs(p_lease interval) returns void
language plpgsql set search_path = '' as $$
begin
  delete from mindloom.job_workers w where w.name in (
    select gone.name from mindloom.job_workers gone
    where gone.alive_until < now() or gone.alive_until > now() + p_lease * 4 for update skip locked);
  with lost as (
    select j.id from public.job_queue j
    where j.status = 'processing' and (j.lease_expires_at < now() or j.lease_expires_at > now() + p_lease * 4)
      and not exists (select from mindloom.job_workers w where w.name = j.lease_holder)
    for update skip locked
  ), ended as (
    select j.id, case
        when j.losses + 1 >= private.job_losses_max() then 'dead'
        when j.cancel_requested_at is not null then 'cancelled'
        when exists (select from public.job_queue other
          where other.unique_key = j.unique_key and other.status = 'pending') then 'cancelled'
        else 'pending' end::public.job_status as status
    from public.job_queue j join lost using (id)
  )
  update public.job_queue j
  set status = e.status, lease_holder = null, lease_expires_at = null, losses = j.losses + 1,
    attempts = greatest(j.attempts - 1, 0), progress = 0, scheduled_for = least(j.scheduled_for, now()),
    error = 'The worker stopped while it worked on this job',
    errors = private.with_error(j.errors, j.attempts, 'The worker stopped while it worked on this job')
  from ended e where e.id = j.id;
end $$;

create or replace function private.end_jobs(p_ids uuid[], p_fences bigint[], p_ends text[], p_results jsonb[], p_errors text[],
    p_delays_ms bigint[])
  returns table (id uuid, status public.job_status)
  language plpgsql set search_path = '' as $$
#variable_conflict use_column
begin
  return query
  with said as materialized (
    select s.*, j.attempts, j.max_attempts, j.unique_key, j.cancel_requested_at
    from unnest(p_ids, p_fences, p_ends, p_results, p_errors, p_delays_ms)
      s (id, fence, ending, result, error, delay_ms)
    join public.job_queue j on j.id = s.id and j.fence = s.fence and j.status = 'processing'
    for update of j
  ), judged as (
    select s.*, case
        when s.ending in ('completed', 'failed', 'dead', 'cancelled') then s.ending
        when s.ending = 'retry' and s.attempts >= s.max_attempts then 'dead'
        when s.cancel_requested_at is not null then 'cancelled'
        when exists (select from public.job_queue other
          where other.unique_key = s.unique_key and other.status = 'pending') then 'cancelled'
        else 'pending' end::public.job_status as becomes
    from said s
  ), ended as (
    update public.job_queue j
    set status = s.becomes, lease_holder = null, lease_expires_at = null, losses = 0,
      result = case when s.becomes = 'completed' then s.result end,
      error = case when s.becomes = 'completed' then null else coalesce(s.error, j.error) end,
      errors = case when s.error is null then j.errors else private.with_error(j.errors, j.attempts, s.error) end,
      attempts = j.attempts - case when s.ending = 'returned' then 1 else 0 end,
      scheduled_for = case when s.becomes = 'pending' and s.delay_ms > 0
        then now() + s.delay_ms * interval '1 ms' else j.scheduled_for end
    from judged s where j.id = s.id
    returning j.id, j.status
  )
  select e.id, e.status from ended e;
  if exists (select from unnest(p_ends) ending where ending in ('retry', 'returned')) then
    perform private.ring_jobs();
  end if;
end $$;

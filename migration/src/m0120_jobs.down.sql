drop trigger ring_for_new_jobs on public.job_queue;
drop function private.ring_for_new_jobs(), private.doze_off(), private.wake_up(boolean),
  private.enqueue_job(text, jsonb, uuid, text, interval), private.keep_jobs(text, interval, uuid[], bigint[]),
  private.return_lost_jobs(interval), private.job_losses_max(),
  private.take_jobs(text, interval, integer, text[], integer[], integer, integer, uuid),
  private.next_jobs(text, integer, uuid), private.bury_unknown_jobs(text[]), private.end_jobs(uuid[], bigint[], text[], jsonb[], text[], bigint[]),
  private.with_error(jsonb, integer, text), private.ring_jobs(), private.hold_provider(text, interval);
drop table mindloom.job_types, mindloom.job_workers, mindloom.job_providers;

drop policy "Users can view own jobs, admins can view all jobs" on public.job_queue;
create policy "Users can view own jobs" on public.job_queue
  for select to authenticated using (user_id = (select auth.uid()));
drop trigger set_job_end on public.job_queue;
drop index public.job_queue_unique_key_waiting, public.idx_job_queue_waiting, public.idx_job_queue_turns,
  public.idx_job_queue_due, public.idx_job_queue_running;
-- What the older schema has no word for.
delete from public.job_queue where job_type not in ('embedding', 'clustering', 'document_generation');
alter table public.job_queue
  drop constraint job_queue_lease_while_processing, drop constraint job_queue_job_type_format,
  drop column queue, drop column priority, drop column provider, drop column unique_key, drop column fence,
  drop column losses, drop column errors, drop column started_at, drop column cancel_requested_at,
  alter column status drop default,
  alter column status type text using case status when 'cancelled' then 'failed' else status::text end;
drop type public.job_status;
create type public.job_type as enum ('embedding', 'clustering', 'document_generation');
create type public.job_status as enum ('pending', 'processing', 'completed', 'failed', 'dead');
alter table public.job_queue
  alter column job_type type public.job_type using job_type::public.job_type,
  alter column status type public.job_status using status::public.job_status,
  alter column status set default 'pending',
  add constraint job_queue_lease_while_processing check (
    (lease_holder is not null and lease_expires_at is not null) = (status = 'processing')
    and (lease_holder is null) = (lease_expires_at is null));
comment on constraint job_queue_lease_while_processing on public.job_queue is
  'lease_holder and lease_expires_at must be given while the job is being processed, and at no other time';
create index idx_job_queue_due on public.job_queue (scheduled_for) where status = 'pending';
create index idx_job_queue_lease on public.job_queue (lease_expires_at) where status = 'processing';
create or replace function private.set_job_end() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.status in ('completed', 'failed', 'dead') then
    new.completed_at := coalesce(new.completed_at, now());
  else
    new.completed_at := null;
  end if;
  if new.status = 'completed' then
    new.progress := 100;
  end if;
  return new;
end $$;
create trigger set_job_end before insert or update of status, completed_at, progress on public.job_queue
  for each row execute function private.set_job_end();
select realtime.publish('public.job_queue');
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;

-- What a person says stays theirs: administrators sort and answer it, and do not rewrite it. And a
-- day whose feedback was all deleted is not summed up any more.

create or replace function private.guard_feedback_response() returns trigger
  language plpgsql set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') then
    if not public.is_current_user_admin() then
      if tg_op = 'INSERT' then
        if (new.status, new.priority, new.admin_response)
          is distinct from ('open'::public.feedback_status, 'medium'::public.feedback_priority, null::text) then
          raise exception 'only an admin may set status, priority or admin_response'
            using errcode = 'insufficient_privilege', schema = 'public', table = 'feedback';
        end if;
      elsif (new.status, new.priority, new.admin_response)
        is distinct from (old.status, old.priority, old.admin_response) then
        raise exception 'only an admin may change status, priority or admin_response'
          using errcode = 'insufficient_privilege', schema = 'public', table = 'feedback';
      end if;
    elsif tg_op = 'UPDATE' and old.user_id is distinct from auth.uid()
      and (new.message, new.feedback_type, new.contact_email, new.contact_name, new.rating)
        is distinct from (old.message, old.feedback_type, old.contact_email, old.contact_name, old.rating) then
      raise exception 'only its author may change what feedback says'
        using errcode = 'insufficient_privilege', schema = 'public', table = 'feedback';
    end if;
  end if;
  if new.admin_response is null then
    new.admin_user_id := null;
    new.responded_at := null;
  elsif tg_op = 'INSERT' or new.admin_response is distinct from old.admin_response then
    new.admin_user_id := coalesce(auth.uid(), new.admin_user_id);
    new.responded_at := case when tg_op = 'INSERT' then coalesce(new.responded_at, now()) else now() end;
  end if;
  return new;
end $$;

create or replace function private.refresh_feedback_analytics(p_days integer) returns bigint
  language plpgsql set search_path = '' as $$
declare
  affected bigint;
  emptied bigint;
begin
  insert into public.feedback_analytics as a (date, total_feedback, resolved_feedback,
    avg_response_time_hours, avg_rating, feedback_by_type, feedback_by_priority)
  select d.day, count(*), count(*) filter (where d.status in ('resolved', 'closed')),
     round(avg(extract(epoch from d.responded_at - d.created_at) / 3600), 2), round(avg(d.rating), 2),
     jsonb_build_object(
       'bug', count(*) filter (where d.feedback_type = 'bug'),
       'feature', count(*) filter (where d.feedback_type = 'feature'),
       'general', count(*) filter (where d.feedback_type = 'general'),
       'support', count(*) filter (where d.feedback_type = 'support')),
     jsonb_build_object(
       'low', count(*) filter (where d.priority = 'low'),
       'medium', count(*) filter (where d.priority = 'medium'),
       'high', count(*) filter (where d.priority = 'high'),
       'urgent', count(*) filter (where d.priority = 'urgent'))
  from (select f.*, (f.created_at at time zone 'UTC')::date as day from public.feedback f) d
  where d.created_at >= ((now() at time zone 'UTC')::date - p_days)::timestamp at time zone 'UTC'
  group by d.day
  on conflict (date) do update
  set total_feedback = excluded.total_feedback, resolved_feedback = excluded.resolved_feedback,
    avg_response_time_hours = excluded.avg_response_time_hours, avg_rating = excluded.avg_rating,
    feedback_by_type = excluded.feedback_by_type, feedback_by_priority = excluded.feedback_by_priority
  where (a.total_feedback, a.resolved_feedback, a.avg_response_time_hours, a.avg_rating, a.feedback_by_type,
     a.feedback_by_priority)
    is distinct from (excluded.total_feedback, excluded.resolved_feedback, excluded.avg_response_time_hours,
     excluded.avg_rating, excluded.feedback_by_type, excluded.feedback_by_priority);
  get diagnostics affected = row_count;
  -- However long ago the day was: its people took their words back.
  delete from public.feedback_analytics a
  where not exists (
    select from public.feedback f
    where f.created_at >= a.date::timestamp at time zone 'UTC'
      and f.created_at < (a.date + 1)::timestamp at time zone 'UTC');
  get diagnostics emptied = row_count;
  return affected + emptied;
end $$;

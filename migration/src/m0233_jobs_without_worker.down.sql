update public.admin_config set config_data = config_data - 'waitingJobMinutes' where config_key = 'alert_settings';
delete from public.alerts where kind = 'waiting_jobs';
drop function private.health_figures(jsonb);
drop function private.jobs_without_worker();
drop function private.health_check_is_overdue();
alter type public.alert_kind rename to alert_kind_with_waiting_jobs;
create type public.alert_kind as enum (
  'connections', 'slow_statements', 'database_size', 'disk_free', 'dead_jobs', 'error_rate', 'quota');
alter table public.alerts alter column kind type public.alert_kind using kind::text::public.alert_kind;
drop type public.alert_kind_with_waiting_jobs;

create or replace function private.default_alert_settings() returns jsonb
  language sql immutable set search_path = '' return '{
  "connectionsPercent": 80, "slowStatements": 5, "slowStatementSeconds": 30, "databaseBytes": 0,
  "diskFreePercent": 10, "deadJobs": 10, "errorPercent": 5, "quotaPercent": 90}'::jsonb;

create or replace function private.validate_alert_settings(config jsonb) returns void
  language plpgsql set search_path = '' as $$
declare
  known constant jsonb := '{"connectionsPercent": 100, "slowStatements": 100000, "slowStatementSeconds": 86400,
    "databaseBytes": 1000000000000000, "diskFreePercent": 100, "deadJobs": 1000000, "errorPercent": 100,
    "quotaPercent": 100}';
  setting record;
begin
  for setting in select key as name, value from jsonb_each(config) loop
    if not known ? setting.name then
      perform private.refuse_admin_config(format('alert_settings knows no "%s", but: %s', left(setting.name, 120),
        (select string_agg(k, ', ' order by k) from jsonb_object_keys(known) k)));
    elsif jsonb_typeof(setting.value) <> 'number'
      or (setting.value #>> '{}')::numeric not between 0 and (known ->> setting.name)::numeric then
      perform private.refuse_admin_config(
        format('"%s" is a number from 0 (no alert) to %s', setting.name, known ->> setting.name));
    end if;
  end loop;
  if (config ->> 'slowStatementSeconds')::numeric < 1 then
    perform private.refuse_admin_config('"slowStatementSeconds" is at least 1; "slowStatements": 0 raises no alert');
  end if;
end $$;

create function private.health_figures(p_quotas jsonb default '{}')
  returns table (kind public.alert_kind, subject text, value double precision, unit text,
    threshold double precision, low_is_bad boolean, details text)
  language plpgsql stable security definer set search_path = '' as $$
declare
  settings constant jsonb := private.default_alert_settings() || coalesce(private.config('alert_settings'), '{}');
  slow_after constant interval := make_interval(secs => (settings ->> 'slowStatementSeconds')::double precision);
begin
  return query
  select 'connections'::public.alert_kind, '', round(100.0 * count(*) / m.allowed, 1)::double precision, 'percent',
    (settings ->> 'connectionsPercent')::double precision, false,
    format('%s of %s connections are in use', count(*), m.allowed)
  from (select current_setting('max_connections')::integer as allowed) m
  left join pg_catalog.pg_stat_activity a on a.backend_type = 'client backend'
  group by m.allowed;

  return query
  select 'slow_statements'::public.alert_kind, '', count(*)::double precision, 'statements',
    (settings ->> 'slowStatements')::double precision, false,
    format('%s statements run for more than %s s, the longest for %s s', count(*), settings ->> 'slowStatementSeconds',
      coalesce(round(max(extract(epoch from clock_timestamp() - a.query_start))), 0))
  from pg_catalog.pg_stat_activity a
  where a.datname = current_database() and a.state = 'active' and a.backend_type = 'client backend'
    and a.pid <> pg_backend_pid() and a.query_start < clock_timestamp() - slow_after;

  return query
  select 'database_size'::public.alert_kind, '', s.bytes::double precision, 'bytes',
    (settings ->> 'databaseBytes')::double precision, false,
    format('The database takes %s', pg_size_pretty(s.bytes))
  from (select pg_database_size(current_database()) as bytes) s;

  return query
  select distinct on (m.metadata ->> 'server') 'disk_free'::public.alert_kind, m.metadata ->> 'server',
    m.metric_value::double precision, 'percent', (settings ->> 'diskFreePercent')::double precision, true,
    format('%s %% of the disk with the data directory of %s are free', round(m.metric_value, 1), m.metadata ->> 'server')
  from public.performance_metrics m
  where m.metric_type = 'storage' and m.metric_name = 'disk_free' and m.recorded_at > now() - interval '5 minutes'
  order by m.metadata ->> 'server', m.recorded_at desc;

  return query
  select 'dead_jobs'::public.alert_kind, '', count(*)::double precision, 'jobs',
    (settings ->> 'deadJobs')::double precision, false, format('%s jobs died within a day', count(*))
  from public.job_queue j where j.status = 'dead' and j.completed_at > now() - interval '1 day';

  return query
  select 'error_rate'::public.alert_kind, '',
    case when coalesce(sum(m.sample_count), 0) < 50 then 0
      else round(100.0 * sum(m.fault_count) / sum(m.sample_count), 2) end::double precision, 'percent',
    (settings ->> 'errorPercent')::double precision, false,
    format('%s of %s operations failed by a fault of the server within five minutes',
      coalesce(sum(m.fault_count), 0), coalesce(sum(m.sample_count), 0))
  from public.performance_metrics m
  where m.metric_type = 'request' and m.sample_count is not null and m.recorded_at > now() - interval '6 minutes';

  return query
  select 'quota'::public.alert_kind, '', coalesce(round(max(u.percent), 1), 0)::double precision, 'percent',
    (settings ->> 'quotaPercent')::double precision, false,
    format('%s accounts use at least %s %% of what they may have', count(*) filter (
      where u.percent >= (settings ->> 'quotaPercent')::numeric), settings ->> 'quotaPercent')
  from (
    select greatest(
        100.0 * q.row_count / nullif((p_quotas ->> 'rows')::numeric, 0),
        100.0 * q.size_bytes / nullif((p_quotas ->> 'bytes')::numeric, 0)) as percent
    -- Anonymous accounts are had for the asking: that one of them is full concerns nobody.
    from private.quota_usage q join auth.users a on a.id = q.user_id and not a.is_anonymous) u;
end $$;

create or replace function private.check_alerts(p_quotas jsonb default '{}') returns table (event text, alert jsonb)
  language plpgsql security definer set search_path = '' as $$
declare
  figure record;
  seen text[] := '{}';
  entry public.alerts;
  is_new boolean;
begin
  for figure in select * from private.health_figures(p_quotas) f where f.threshold > 0 order by f.kind, f.subject loop
    seen := seen || (figure.kind || '|' || figure.subject);
    if (case when figure.low_is_bad then figure.value <= figure.threshold
      else figure.value >= figure.threshold end) then
      insert into public.alerts as a (kind, subject, message, current_value, worst_value, threshold)
      values (figure.kind, figure.subject, left(figure.details, 500), figure.value, figure.value, figure.threshold)
      on conflict (kind, subject) where resolved_at is null do update
      set message = excluded.message, current_value = excluded.current_value, threshold = excluded.threshold,
        worst_value = case when figure.low_is_bad then least(a.worst_value, excluded.worst_value)
          else greatest(a.worst_value, excluded.worst_value) end
      returning a.xmax = 0 into is_new;
      if is_new then
        select a.* into entry from public.alerts a
        where a.kind = figure.kind and a.subject = figure.subject and a.resolved_at is null;
        event := 'raised';
        alert := to_jsonb(entry);
        return next;
      end if;
    elsif (case when figure.low_is_bad then figure.value > figure.threshold * 1.1
      else figure.value < figure.threshold * 0.9 end) then
      update public.alerts a
      set resolved_at = now(), current_value = figure.value, message = left(figure.details, 500)
      where a.kind = figure.kind and a.subject = figure.subject and a.resolved_at is null
      returning a.* into entry;
      if found then
        event := 'resolved';
        alert := to_jsonb(entry);
        return next;
      end if;
    end if;
  end loop;
  -- What is not measured any more, or has no threshold now.
  for entry in
    update public.alerts a set resolved_at = now()
    where a.resolved_at is null and (a.kind || '|' || a.subject) <> all (seen) returning a.*
  loop
    event := 'resolved';
    alert := to_jsonb(entry);
    return next;
  end loop;
end $$;

revoke execute on function private.health_figures(jsonb) from public, anon, authenticated, service_role;

-- Figures of health, and an alert when one of them crosses its threshold: raised once, resolved once, by whichever of the
-- servers looks first. Thresholds are `alert_settings` of admin_config.

create type public.alert_kind as enum (
  'connections', 'slow_statements', 'database_size', 'disk_free', 'dead_jobs', 'error_rate', 'quota');

create table public.alerts (
  id uuid primary key default uuidv7(),
  kind public.alert_kind not null,
  subject text not null default '',
  message text not null,
  current_value double precision not null,
  worst_value double precision not null,
  threshold double precision not null,
  raised_at timestamptz not null default now(),
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint alerts_subject_length check (char_length(subject) <= 255),
  constraint alerts_message_length check (char_length(message) between 1 and 500),
  constraint alerts_resolved_after_raised check (resolved_at >= raised_at)
);
comment on constraint alerts_resolved_after_raised on public.alerts is
  'resolved_at must not be before raised_at';
-- Of one thing there is one open alert, however many servers look.
create unique index idx_alerts_open on public.alerts (kind, subject) where resolved_at is null;
create index idx_alerts_raised on public.alerts (raised_at desc);
create index idx_alerts_resolved on public.alerts (resolved_at) where resolved_at is not null;

create trigger set_updated_at before update on public.alerts
  for each row execute function private.set_updated_at();

alter table public.alerts enable row level security;
create policy "Admins can read alerts" on public.alerts
  for select to authenticated using ((select public.get_user_role()) = 'admin');
revoke all on public.alerts from public, anon, authenticated, service_role;
grant select on public.alerts to authenticated, service_role;

-- What each server measures of itself: one row a minute, as other measurements.
create function private.record_gauge(p_name text, p_server text, p_value numeric, p_unit text) returns void
  language sql security definer set search_path = '' as $$
  insert into public.performance_metrics (metric_type, metric_name, metric_value, unit, metadata)
  values ('storage', p_name, p_value, p_unit, jsonb_build_object('server', left(p_server, 255)))
$$;

-- The figures, with their thresholds; a threshold of 0 is none. `p_quotas` is what the server allows accounts: rows, bytes.
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

-- Raises and resolves, and tells what was: at most once of each. What is back by a tenth of the threshold is back.
create function private.check_alerts(p_quotas jsonb default '{}') returns table (event text, alert jsonb)
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

-- The figures and the open alerts, for administrators.
create function public.get_health_report(p_quotas jsonb default '{}') returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_admin();
  return jsonb_build_object(
    'figures', (
      select coalesce(jsonb_agg(jsonb_build_object('kind', upper(f.kind::text), 'subject', nullif(f.subject, ''),
        'value', f.value, 'unit', f.unit, 'threshold', nullif(f.threshold, 0), 'details', f.details,
        'alerting', exists (
          select from public.alerts a where a.kind = f.kind and a.subject = f.subject and a.resolved_at is null))
        order by f.kind, f.subject), '[]')
      from private.health_figures(p_quotas) f),
    'openAlerts', (select count(*) from public.alerts a where a.resolved_at is null));
end $$;
comment on function public.get_health_report(jsonb) is
  'How the database and the servers are: figures, their thresholds and whether an alert is open. For administrators.';

create function public.purge_old_alerts(p_limit integer default null) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  days constant integer := coalesce((public.get_logging_config() -> 'log_retention_days' ->> 'error_logs')::integer, 90);
  deleted bigint;
begin
  delete from public.alerts where id = any (array(
    select a.id from public.alerts a where a.resolved_at < now() - make_interval(days => days)
    order by a.resolved_at limit p_limit for update skip locked));
  get diagnostics deleted = row_count;
  return deleted;
end $$;
comment on function public.purge_old_alerts(integer) is
  'Removes alerts that were resolved longer ago than logging_settings keep errors, so many at most; returns how many.';

revoke execute on function
  private.record_gauge(text, text, numeric, text), private.health_figures(jsonb), private.check_alerts(jsonb),
  public.get_health_report(jsonb), public.purge_old_alerts(integer)
  from public, anon, authenticated, service_role;
grant execute on function public.get_health_report(jsonb) to authenticated, service_role;
grant execute on function public.purge_old_alerts(integer) to service_role;

select realtime.publish('public.alerts');

-- What operators run and ask: upkeep, statistics, health, integrity and security. Every function
-- checks that its caller is an admin or the server. VACUUM cannot run inside a function, so the
-- seed's vacuum_all_tables is the command `mindloom vacuum`.

-- Refreshes the planner's statistics of every table of the API, and says how long each took.
create function public.analyze_all_tables() returns table (table_name text, row_estimate bigint, duration_ms numeric)
  language plpgsql security definer set search_path = '' as $$
declare
  found_table record;
  started timestamptz;
begin
  perform private.require_admin();
  for found_table in
    select c.oid, c.relname from pg_catalog.pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by c.relname
  loop
    started := clock_timestamp();
    execute format('analyze public.%I', found_table.relname);
    table_name := found_table.relname;
    select greatest(c.reltuples, 0)::bigint into row_estimate from pg_catalog.pg_class c
    where c.oid = found_table.oid;
    duration_ms := round(extract(epoch from clock_timestamp() - started) * 1000, 1);
    return next;
  end loop;
end $$;

-- Deletes what has outlived its retention, brings analytics up to date, refreshes statistics.
-- Returns what was done, by name.
create function public.daily_maintenance() returns jsonb
  language plpgsql security definer set search_path = '' as $$
declare
  purged record;
  windows bigint;
  days bigint;
  tables bigint;
begin
  perform private.require_admin();
  select * into purged from public.purge_old_activity_logs();
  delete from public.rate_limit_tracking where period_end < now() - interval '30 days';
  get diagnostics windows = row_count;
  days := private.refresh_feedback_analytics(90);
  select count(*) into tables from public.analyze_all_tables();
  return jsonb_build_object(
    'user_activity_logs_deleted', purged.user_logs_deleted,
    'agent_activity_logs_deleted', purged.agent_logs_deleted,
    'error_logs_deleted', purged.error_logs_deleted,
    'rate_limit_windows_deleted', windows,
    'feedback_days_refreshed', days,
    'tables_analyzed', tables,
    'deleted_notes_purged', public.purge_deleted_notes(),
    'insights_purged', public.purge_old_insights(),
    'orphaned_clusters_purged', public.purge_orphaned_clusters(),
    'expired_tokens_purged', public.purge_expired_tokens());
end $$;

-- Size and use of every table of the API, the largest first.
create function public.get_database_stats()
  returns table (table_name text, row_estimate bigint, total_bytes bigint, table_bytes bigint,
    index_bytes bigint, dead_rows bigint, sequential_scans bigint, index_scans bigint,
    last_vacuum timestamptz, last_analyze timestamptz)
  language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_admin();
  return query
  select c.relname::text, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid),
     pg_table_size(c.oid), pg_indexes_size(c.oid), s.n_dead_tup, s.seq_scan, coalesce(s.idx_scan, 0),
     greatest(s.last_vacuum, s.last_autovacuum), greatest(s.last_analyze, s.last_autoanalyze)
  from pg_catalog.pg_class c
  left join pg_catalog.pg_stat_all_tables s on s.relid = c.oid
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
  order by pg_total_relation_size(c.oid) desc, c.relname;
end $$;

-- One row per check: ok, warning or critical, with the figure it rests on.
create function public.health_check() returns table (check_name text, status text, details text)
  language plpgsql stable security definer set search_path = '' as $$
declare
  allowed numeric := current_setting('max_connections')::numeric;
  used numeric;
  hits numeric;
  value numeric;
begin
  perform private.require_admin();
  return query select 'version', 'ok', current_setting('server_version');
  return query select 'uptime', 'ok',
    date_trunc('second', now() - pg_postmaster_start_time())::text;
  return query select 'pgvector', case when e.extversion is null then 'critical' else 'ok' end,
    coalesce(e.extversion, 'not installed')
    from (select 1) one left join pg_catalog.pg_extension e on e.extname = 'vector';

  select count(*) into used from pg_catalog.pg_stat_activity a where a.backend_type = 'client backend';
  return query select 'connections',
    case when used > allowed * 0.95 then 'critical' when used > allowed * 0.8 then 'warning' else 'ok' end,
    format('%s of %s', used, allowed);

  select round(100.0 * sum(d.blks_hit) / nullif(sum(d.blks_hit + d.blks_read), 0), 1) into hits
  from pg_catalog.pg_stat_database d where d.datname = current_database();
  return query select 'cache_hit_ratio', case when hits < 90 then 'warning' else 'ok' end,
    coalesce(hits || ' %', 'nothing read yet');

  select coalesce(max(extract(epoch from now() - a.xact_start)), 0) into value
  from pg_catalog.pg_stat_activity a
  where a.xact_start is not null and a.pid <> pg_backend_pid() and a.backend_type = 'client backend';
  return query select 'longest_transaction',
    case when value > 3600 then 'critical' when value > 300 then 'warning' else 'ok' end,
    format('%s s', round(value));

  select count(*) into value from pg_catalog.pg_locks l where not l.granted;
  return query select 'waiting_locks', case when value > 10 then 'warning' else 'ok' end, value::text;

  select coalesce(max(age(d.datfrozenxid)), 0) into value from pg_catalog.pg_database d;
  return query select 'transaction_id_age',
    case when value > 1500000000 then 'critical' when value > 1000000000 then 'warning' else 'ok' end,
    value::text;

  select count(*) into value from pg_catalog.pg_index i where not i.indisvalid;
  return query select 'invalid_indexes', case when value > 0 then 'critical' else 'ok' end, value::text;

  select count(*) into value from pg_catalog.pg_stat_all_tables s
  where s.schemaname = 'public' and s.n_dead_tup > 10000 and s.n_dead_tup > s.n_live_tup * 0.2;
  return query select 'bloated_tables', case when value > 0 then 'warning' else 'ok' end,
    format('%s with more than a fifth of dead rows', value);
end $$;

revoke execute on function public.analyze_all_tables(), public.daily_maintenance(),
  public.get_database_stats(), public.health_check() from public, anon;
grant execute on function public.analyze_all_tables(), public.daily_maintenance(),
  public.get_database_stats(), public.health_check() to authenticated, service_role;

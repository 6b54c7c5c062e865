-- What administrators see of the database at work: statements that take long, who waits for whose lock, and how indexes
-- are used. Never a value: what a statement was about is its people's.

-- A statement with a question mark for each literal and number. What cannot be told apart is left out rather than shown:
-- what follows a dollar quote or a comment, the rest of a text that was cut off in the middle of a literal. Quoted names stay:
-- the first step puts a question mark behind them, too, since it puts one everywhere, and the second takes it away.
create function private.statement_without_values(p_statement text) returns text
  language sql immutable set search_path = ''
return regexp_replace(
  regexp_replace(
    regexp_replace(left(p_statement, 10000),
      '("(?:[^"]|"")*")|"(?:[^"]|"")*$|\me''(?:\\.|[^''\\])*(?:''|$)|''(?:[^'']|'''')*(?:''|$)|'
        '\$(?:[a-z_]\w*)?\$.*|--[^\n]*|/\*.*(?:\*/|$)',
      '\1?', 'gi'),
    '("(?:[^"]|"")*")\?', '\1', 'g'),
  '(?:(?<![\w$])\d|\.\d)(?:e[+-]\d|[\w.])*', '?', 'gi');

-- {"statements": […]}, or {"missing": why there are none}: the extension is the operator's to install.
create function public.get_slow_statements(p_order text, p_first integer) returns jsonb
  language plpgsql stable security definer set search_path = '' as $$
declare
  home constant text := (
    select n.nspname from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
    where e.extname = 'pg_stat_statements');
  preload constant text := 'add pg_stat_statements to shared_preload_libraries and restart PostgreSQL';
  order_by constant text := case p_order
    when 'MEAN_TIME' then 's.mean_exec_time' when 'CALLS' then 's.calls' else 's.total_exec_time' end;
  found jsonb;
begin
  perform private.require_admin();
  if home is null then
    return jsonb_build_object('missing', case
      when exists (select from pg_catalog.pg_available_extensions a where a.name = 'pg_stat_statements') then
        format('PostgreSQL keeps no figures of statements: %s, then run "create extension pg_stat_statements" in this database',
          preload)
      else 'PostgreSQL keeps no figures of statements, and this installation lacks the extension pg_stat_statements: '
        'install PostgreSQL''s contrib package, ' || preload || ', then run "create extension pg_stat_statements"' end);
  end if;
  begin
    execute format(
      'select coalesce(jsonb_agg(t.one order by t.place), ''[]'') from (
         select row_number() over (order by %1$s desc) as place,
           jsonb_build_object(
             ''statement'', private.statement_without_values(s.query), ''role'', r.rolname, ''calls'', s.calls::text,
             ''totalMs'', s.total_exec_time, ''meanMs'', s.mean_exec_time, ''maxMs'', s.max_exec_time,
             ''rows'', s.rows::text, ''blocksHit'', s.shared_blks_hit::text, ''blocksRead'', s.shared_blks_read::text
           ) as one
         from %2$I.pg_stat_statements s left join pg_catalog.pg_roles r on r.oid = s.userid
         where s.dbid = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
         order by %1$s desc limit $1) t', order_by, home)
    into found using p_first;
  exception when object_not_in_prerequisite_state then
    return jsonb_build_object('missing', 'The extension pg_stat_statements is not loaded: ' || preload);
  end;
  return jsonb_build_object('statements', found);
end $$;
comment on function public.get_slow_statements(text, integer) is
  'The statements of this database that took longest, without values, or why that is not known. For administrators.';

-- One entry for each pair of which one waits for the other.
create function public.get_database_waits() returns jsonb
  language sql stable security definer set search_path = ''
begin atomic
  select private.require_admin();
  with sessions as (
    select a.pid, jsonb_build_object(
        'pid', a.pid, 'role', a.usename, 'application', nullif(a.application_name, ''), 'state', a.state,
        'since', a.xact_start, 'statement', nullif(private.statement_without_values(a.query), '')) as shown
    from pg_catalog.pg_stat_activity a),
  waits as (
    select distinct on (l.pid) l.pid, l.mode, l.waitstart, l.locktype,
      case when l.relation is not null and l.database = (
        select d.oid from pg_catalog.pg_database d where d.datname = current_database())
        then l.relation::regclass::text end as relation
    from pg_catalog.pg_locks l where not l.granted
    order by l.pid, l.waitstart)
  select coalesce(jsonb_agg(jsonb_build_object(
      'waiting', w.shown, 'blocking', coalesce(b.shown, jsonb_build_object('pid', blocker)),
      'lock', concat_ws(' ', l.mode, 'on', coalesce(l.relation, l.locktype)), 'since', l.waitstart)
      order by l.waitstart, l.pid, blocker), '[]')
  from waits l
  join sessions w on w.pid = l.pid
  cross join unnest(pg_catalog.pg_blocking_pids(l.pid)) blocker
  left join sessions b on b.pid = blocker;
end;
comment on function public.get_database_waits() is
  'Which session waits for a lock of which other, since when, with their statements without values. For administrators.';

-- When an index was last used is known from PostgreSQL 16 on.
create function public.get_index_stats() returns jsonb
  language sql stable security definer set search_path = ''
begin atomic
  select private.require_admin();
  select coalesce(jsonb_agg(jsonb_build_object(
      'table', t.relname, 'index', c.relname, 'sizeBytes', pg_relation_size(c.oid)::text,
      'scans', coalesce(s.idx_scan, 0)::text, 'rowsRead', coalesce(s.idx_tup_read, 0)::text,
      'lastUsed', to_jsonb(s) ->> 'last_idx_scan', 'isUnique', i.indisunique, 'isValid', i.indisvalid)
      order by pg_relation_size(c.oid) desc, c.relname), '[]')
  from pg_catalog.pg_index i
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  join pg_catalog.pg_class t on t.oid = i.indrelid
  left join pg_catalog.pg_stat_all_indexes s on s.indexrelid = i.indexrelid
  where t.relnamespace = 'public'::regnamespace and c.relkind = 'i';
end;
comment on function public.get_index_stats() is
  'How large each index is and how often it was used, the largest first. For administrators.';

revoke execute on function
  private.statement_without_values(text), public.get_slow_statements(text, integer), public.get_database_waits(),
  public.get_index_stats()
  from public, anon, authenticated, service_role;
grant execute on function
  public.get_slow_statements(text, integer), public.get_database_waits(), public.get_index_stats()
  to authenticated, service_role;

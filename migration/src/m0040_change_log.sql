-- The change log: what every published table's rows were and became, kept for a day.
--
-- A published table has one trigger function, called once per statement with the rows that the
-- statement touched. The server's reader takes rows out by snapshot (src/realtime/reader.rs);
-- notifications only wake it. API roles hold nothing here: what a caller may see of a change is
-- decided when it is delivered.

select mindloom.create_schema('realtime');
grant usage on schema realtime to anon, authenticated, service_role;

create table realtime.log_settings (
  only_row boolean primary key default true check (only_row),
  -- Cursors carry it: one that was made over another log is refused instead of misread.
  log_id uuid not null default gen_random_uuid(),
  retention interval not null default '24 hours',
  -- A TRUNCATE of more rows than this is one entry that tells subscribers to read anew.
  truncate_row_limit bigint not null default 100000,
  -- Every row of the log that was dropped had a transaction id of at most this.
  dropped_through xid8 not null default '0',
  constraint log_settings_retention check (retention between '1 hour' and '366 days')
);
insert into realtime.log_settings default values;

create table realtime.published_tables (
  id smallint generated always as identity primary key,
  table_schema text not null,
  table_name text not null,
  -- The table's key, in order; the reader finds a change's row by it.
  key_columns text[] not null,
  -- Columns that the log never holds: vectors, binary data, and what no API role may read.
  left_out text[] not null,
  -- Where set, these columns alone are logged, for the server itself (sign-outs and bans, say).
  only_columns text[],
  -- The source of the trigger function, to tell when it must be made anew.
  definition text not null,
  -- The condition that realtime.visible_<id> was made of, where there is one.
  visible_condition text,
  unique (table_schema, table_name)
);

create table realtime.changes (
  -- Order of writing. Writers of one row exclude each other until they commit, so per row this is
  -- the order of commits too; between rows it is not.
  seq bigint not null,
  -- The top-level transaction. A reader's snapshot knows whether it had committed.
  xid xid8 not null,
  -- When the statement ran, by the database's clock.
  at timestamptz not null,
  table_id smallint not null,
  -- I insert, U update, D delete, T truncated without listing the rows, S the schema changed.
  operation "char" not null,
  record json,
  old_record json
) partition by range (at);
create sequence realtime.changes_seq owned by realtime.changes.seq;
create index changes_xid on realtime.changes (xid);

-- Takes what no hour's partition is there for, so that a stopped server stops no writer.
create table realtime.changes_unplanned partition of realtime.changes default;

-- The 200 ms in which the doorbell rang last, counted from the epoch. A sequence, because reading and
-- moving it takes no lock that outlives the call and waits for no transaction.
create sequence realtime.doorbell;

alter table realtime.log_settings enable row level security;
alter table realtime.published_tables enable row level security;
alter table realtime.changes enable row level security;
alter table realtime.changes_unplanned enable row level security;
revoke all on realtime.log_settings, realtime.published_tables, realtime.changes,
  realtime.changes_unplanned from public, anon, authenticated, service_role;
revoke all on sequence realtime.changes_seq, realtime.doorbell
  from public, anon, authenticated, service_role;

-- Columns that stay out of the log of a table.
create function realtime.columns_left_out(target regclass) returns text[]
language sql stable set search_path = ''
return array(
  select a.attname::text
  from pg_attribute a
  join pg_type t on t.oid = a.atttypid
  where a.attrelid = target and a.attnum > 0 and not a.attisdropped
    and (
      t.typname in ('vector', 'halfvec', 'sparsevec', 'bytea', 'tsvector')
      or not exists (
        select from unnest(array['anon', 'authenticated', 'service_role']) role_name
        where has_column_privilege(role_name, target, a.attnum, 'select'))
    )
    -- The key names the row, and a policy's columns decide who may see it.
    and not exists (
      select from pg_index i where i.indrelid = target and i.indisprimary and a.attnum = any (i.indkey))
    and not exists (
      select from pg_depend d
      where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_class'::regclass
        and d.refobjid = target and d.refobjsubid = a.attnum)
  order by a.attnum
);
revoke execute on function realtime.columns_left_out(regclass) from public;

-- Starts logging a table's changes. Repeating it after columns or grants changed brings the
-- trigger function up to date. `only_columns` logs just those, for tables that the server watches
-- for itself.
create function realtime.publish(target regclass, only_columns text[] default null) returns void
language plpgsql set search_path = '' as $$
declare
  target_schema text;
  target_name text;
  keys text[];
  hidden text[];
  new_row text;
  old_row text;
  this_id smallint;
  function_name text;
  body text;
begin
  select n.nspname, c.relname into target_schema, target_name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = target and c.relkind in ('r', 'p');
  if not found then
    raise exception '% is not a table', target;
  end if;

  select array_agg(a.attname::text order by k.position) into keys
  from pg_index i
  cross join unnest(i.indkey::smallint[]) with ordinality k(attnum, position)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
  where i.indrelid = target and i.indisprimary;
  if keys is null then
    raise exception '% has no primary key, by which a change names its row', target;
  end if;

  if only_columns is null then
    hidden := realtime.columns_left_out(target);
  else
    hidden := array(
      select attname::text from pg_attribute
      where attrelid = target and attnum > 0 and not attisdropped and attname <> all (only_columns)
      order by attnum);
  end if;

  -- Building text of a long column only to throw it away would cost more than all the rest.
  select
    case when hidden = '{}' then 'row_to_json("0_new")'
      else '(select row_to_json(r) from (select ' || string_agg(format('"0_new".%I', attname), ', ' order by attnum) || ') r)'
    end,
    case when hidden = '{}' then 'row_to_json("0_old")'
      else '(select row_to_json(r) from (select ' || string_agg(format('"0_old".%I', attname), ', ' order by attnum) || ') r)'
    end
  into new_row, old_row
  from pg_attribute
  where attrelid = target and attnum > 0 and not attisdropped and attname <> all (hidden);

  insert into realtime.published_tables
    (table_schema, table_name, key_columns, left_out, only_columns, definition)
  values (target_schema, target_name, keys, hidden, only_columns, '')
  on conflict (table_schema, table_name) do update set table_name = excluded.table_name
  returning id into this_id;

  -- An UPDATE's old and new rows come in the same order but share no key when it changed the key,
  -- so they are paired by position. The plan for one row is cached. For many rows it is made each
  -- time, with their number known, since a nested loop over them would be quadratic.
  body := format($body$
declare
  row_limit bigint;
  changed boolean := true;
begin
  if tg_op = 'INSERT' then
    insert into realtime.changes (seq, xid, at, table_id, operation, record)
    select nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), %1$s, 'I', %2$s
    from new_rows "0_new";
    changed := found;
  elsif tg_op = 'UPDATE' then
    if (select count(*) from new_rows) <= 1 then
      insert into realtime.changes (seq, xid, at, table_id, operation, record, old_record)
      select nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), %1$s, 'U', %2$s, %3$s
      from new_rows "0_new", old_rows "0_old";
      changed := found;
    else
      execute $update$
        insert into realtime.changes (seq, xid, at, table_id, operation, record, old_record)
        select nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), %1$s, 'U',
          n.record, o.record
        from (select row_number() over () as position, %2$s as record from new_rows "0_new") n
        join (select row_number() over () as position, %3$s as record from old_rows "0_old") o
          using (position)
      $update$;
    end if;
  elsif tg_op = 'DELETE' then
    insert into realtime.changes (seq, xid, at, table_id, operation, old_record)
    select nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), %1$s, 'D', %3$s
    from old_rows "0_old";
    changed := found;
  else
    row_limit := (select truncate_row_limit from realtime.log_settings);
    if (select count(*) from (select from %4$s limit row_limit + 1) counted) <= row_limit then
      insert into realtime.changes (seq, xid, at, table_id, operation, old_record)
      select nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), %1$s, 'D', %3$s
      from %4$s "0_old";
    else
      insert into realtime.changes (seq, xid, at, table_id, operation)
      values (nextval('realtime.changes_seq'), pg_current_xact_id(), clock_timestamp(), %1$s, 'T');
    end if;
  end if;
  -- Notifies, unless somebody did within the same 200 ms: the readers are awake then and look
  -- again every few milliseconds. Commits with a NOTIFY queue behind each other, so busy writers
  -- must rarely be among them. Sessions that wake the readers by other means say `off`.
  if changed and current_setting('mindloom.doorbell', true) is distinct from 'off'
    and (date_part('epoch', clock_timestamp()) * 5)::bigint
      is distinct from pg_sequence_last_value('realtime.doorbell')
  then
    perform setval('realtime.doorbell', (date_part('epoch', clock_timestamp()) * 5)::bigint);
    notify mindloom_changes;
  end if;
  return null;
end 
  $body$, this_id, new_row, old_row, format('%I.%I', target_schema, target_name));

  update realtime.published_tables p
  set key_columns = keys, left_out = hidden, only_columns = publish.only_columns, definition = body
  where p.id = this_id and (p.key_columns, p.left_out, p.definition) is distinct from (keys, hidden, body);
  if not found then
    return;
  end if;

  function_name := format('realtime.%I', 'log_' || this_id);
  execute format(
    'create or replace function %s() returns trigger
       language plpgsql security definer set search_path = '''' as %L', function_name, body);
  execute format('revoke execute on function %s() from public', function_name);

  -- The names sort before all others: triggers of one moment fire by name, and what another
  -- trigger does to the same rows happened after this.
  execute format(
    'create or replace trigger "0_log_insert" after insert on %s referencing new table as new_rows
       for each statement execute function %s()', target, function_name);
  execute format(
    'create or replace trigger "0_log_update" after update on %s
       referencing old table as old_rows new table as new_rows
       for each statement execute function %s()', target, function_name);
  execute format(
    'create or replace trigger "0_log_delete" after delete on %s referencing old table as old_rows
       for each statement execute function %s()', target, function_name);
  execute format(
    'create or replace trigger "0_log_truncate" before truncate on %s
       for each statement execute function %s()', target, function_name);
end $$;
comment on function realtime.publish(regclass, text[]) is
  'Logs the changes of a table, so that they can be subscribed to. Repeat it after altering the table.';
revoke execute on function realtime.publish(regclass, text[]) from public;

-- Stops logging a table. To be called before the table is dropped.
create function realtime.unpublish(target regclass) returns void
language plpgsql set search_path = '' as $$
declare
  this_id smallint;
begin
  delete from realtime.published_tables p
  using pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.oid = target and p.table_schema = n.nspname and p.table_name = c.relname
  returning p.id into this_id;
  if not found then
    return;
  end if;
  execute format('drop function realtime.%I cascade', 'log_' || this_id);
  execute format('drop function if exists realtime.%I(jsonb)', 'visible_' || this_id);
end $$;
revoke execute on function realtime.unpublish(regclass) from public;

-- Makes partitions ahead of time and drops those whose newest row is older than the retention.
-- Safe to call from several servers at once. Waits for no writer for longer than 100 ms; what could
-- not be done is done by a later call.
create function realtime.maintain_log() returns void
language plpgsql set search_path = '' set lock_timeout = '100ms' as $$
declare
  settings realtime.log_settings;
  hour_start timestamptz;
  partition_name text;
  newest_xid xid8;
begin
  if not pg_try_advisory_xact_lock(hashtextextended('realtime.maintain_log', 0)) then
    return;
  end if;
  select * into settings from realtime.log_settings;

  for step in 0..5 loop
    hour_start := to_timestamp(floor(extract(epoch from clock_timestamp()) / 3600) * 3600 + step * 3600);
    partition_name := 'changes_' || to_char(hour_start at time zone 'UTC', 'YYYYMMDDHH24');
    continue when to_regclass('realtime.' || partition_name) is not null
      -- An hour that has begun in the default partition ends there.
      or exists (
        select from realtime.changes_unplanned
        where at >= hour_start and at < hour_start + interval '1 hour');
    begin
      execute format('create table realtime.%I (like realtime.changes including all)', partition_name);
      execute format('alter table realtime.%I enable row level security', partition_name);
      execute format('revoke all on realtime.%I from public, anon, authenticated, service_role', partition_name);
      execute format('alter table realtime.changes attach partition realtime.%I for values from (%L) to (%L)',
        partition_name, hour_start, hour_start + interval '1 hour');
    exception
      when lock_not_available or check_violation then null;
    end;
  end loop;

  for partition_name in
    select c.relname
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.changes'::regclass and c.relname ~ '^changes_\d{10}$'
      and to_timestamp(substr(c.relname, 9) || '+00', 'YYYYMMDDHH24TZH') + interval '1 hour'
        < clock_timestamp() - settings.retention
    order by c.relname
  loop
    begin
      execute format('lock table realtime.%I in access exclusive mode', partition_name);
      execute format('select xid from realtime.%I order by xid desc limit 1', partition_name) into newest_xid;
      -- A transaction that is open for longer than the retention keeps its entries: nobody could
      -- read them yet.
      exit when newest_xid >= pg_snapshot_xmin(pg_current_snapshot());
      if newest_xid is not null then
        update realtime.log_settings set dropped_through = newest_xid where dropped_through < newest_xid;
      end if;
      execute format('drop table realtime.%I', partition_name);
    exception
      when lock_not_available or deadlock_detected then exit;
    end;
  end loop;

  with expired as (
    delete from realtime.changes_unplanned
    where at < clock_timestamp() - settings.retention and xid < pg_snapshot_xmin(pg_current_snapshot())
    returning xid
  )
  select xid into newest_xid from expired order by xid desc limit 1;
  if newest_xid is not null then
    update realtime.log_settings set dropped_through = newest_xid where dropped_through < newest_xid;
  end if;
end $$;
revoke execute on function realtime.maintain_log() from public;

select realtime.maintain_log();

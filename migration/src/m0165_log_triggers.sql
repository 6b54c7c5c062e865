-- Log triggers that a restore has left out, or that somebody has switched off, are put back.
--
-- A table without them answers everybody and tells nobody: live queries stand still, and nothing says why. What was
-- changed meanwhile is in no log, so the log gets another id, and every cursor from before is refused
-- (RESYNC_REQUIRED) rather than continued with a gap.
create function realtime.mend_log() returns text[]
language plpgsql set search_path = '' set lock_timeout = '2s' as $$
declare
  published realtime.published_tables;
  target regclass;
  trigger_name text;
  mended text[] := '{}';
begin
  perform pg_advisory_xact_lock(hashtextextended('mindloom.open_log', 0));
  for published in select * from realtime.published_tables order by id loop
    target := to_regclass(format('%I.%I', published.table_schema, published.table_name));
    continue when target is null or 4 = (
      select count(*) from pg_trigger t
      where t.tgrelid = target and t.tgenabled in ('O', 'A')
        and t.tgname in ('0_log_insert', '0_log_update', '0_log_delete', '0_log_truncate')
        and t.tgfoid = to_regprocedure(format('realtime.%I()', 'log_' || published.id)));
    -- Else publishing finds nothing to do. Before the table is locked, as whoever else needs both does.
    update realtime.published_tables set definition = '' where id = published.id;
    -- Replacing one that is switched off would leave it so.
    foreach trigger_name in array array['0_log_insert', '0_log_update', '0_log_delete', '0_log_truncate'] loop
      execute format('drop trigger if exists %I on %s', trigger_name, target);
    end loop;
    perform realtime.publish(target, published.only_columns);
    mended := mended || format('%I.%I', published.table_schema, published.table_name);
  end loop;
  if mended <> '{}' then
    update realtime.log_settings set log_id = gen_random_uuid();
  end if;
  return mended;
end $$;
comment on function realtime.mend_log() is
  'Puts back log triggers that are missing or switched off, and names their tables.';
revoke execute on function realtime.mend_log() from public;

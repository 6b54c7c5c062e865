-- The log says which database its transaction ids are of.
--
-- A position in the log is made of transaction ids, and they mean something only in the database that gave
-- them out. A dump that is restored elsewhere, a server that was upgraded or set back to an earlier moment, a
-- standby that took over, a copy under another name: each goes on with ids of its own. There the log begins
-- anew: its entries go, and with a new log_id every cursor is refused (RESYNC_REQUIRED) instead of misread.

alter table realtime.log_settings
  -- Where the entries were written, as realtime.log_place() says it.
  add column place text,
  -- A transaction id that had been given out there. One that lies ahead was given out elsewhere.
  add column seen_xid xid8 not null default '0';

-- The system's identifier, which initdb makes; the timeline, which every recovery to an earlier moment and
-- every promotion raises; the database's number, which a copy does not share. What a hosted server does not
-- tell is left out: seen_xid then remains.
create function realtime.log_place() returns text
language plpgsql stable set search_path = '' as $$
declare
  place text := 'database ' || (select oid from pg_database where datname = current_database());
begin
  begin
    place := place || ' of system ' || (select system_identifier from pg_control_system());
  exception when insufficient_privilege or undefined_function or feature_not_supported then null;
  end;
  begin
    place := place || ' on timeline ' || left(pg_walfile_name(pg_current_wal_lsn()), 8);
  exception when insufficient_privilege or undefined_function or feature_not_supported then null;
  end;
  return place;
end $$;
revoke execute on function realtime.log_place() from public;

-- Whether the log's entries were written here, as far as can be told.
create function realtime.is_log_of_here() returns boolean
language sql stable set search_path = ''
return (
  select s.place = realtime.log_place()
    and s.seen_xid < pg_snapshot_xmax(pg_current_snapshot())
    -- Set back without a trace, as by a disk's snapshot.
    and not exists (
      select from realtime.changes
      where xid >= pg_snapshot_xmax(pg_current_snapshot()) and xid is distinct from pg_current_xact_id_if_assigned()
      limit 1)
  from realtime.log_settings s
);
revoke execute on function realtime.is_log_of_here() from public;

-- Makes sure that the log is one of this place, and returns its log_id: another one when it began anew. The
-- server calls it on every connection before it reads the log. Entries that are left have older ids than
-- any position from here on, so nobody reads them.
create function realtime.open_log() returns uuid
language plpgsql set search_path = '' set lock_timeout = '2s' as $$
declare
  settings realtime.log_settings;
begin
  -- Those who come together take turns before they look: whoever has looked at the entries holds up their truncation.
  perform pg_advisory_xact_lock(hashtextextended('mindloom.open_log', 0));
  if realtime.is_log_of_here() then
    return (select log_id from realtime.log_settings);
  end if;
  select * into settings from realtime.log_settings for update;
  begin
    if exists (select from realtime.changes limit 1) then
      truncate realtime.changes;
    end if;
  exception when lock_not_available then
    -- Somebody is writing. What is of here and committed concerns nobody yet.
    delete from realtime.changes where xid >= pg_snapshot_xmin(pg_current_snapshot());
  end;
  delete from realtime.relay where xid >= pg_snapshot_xmin(pg_current_snapshot());
  update realtime.log_settings
  set log_id = gen_random_uuid(), place = realtime.log_place(), seen_xid = pg_current_xact_id(), dropped_through = '0'
  returning log_id into settings.log_id;
  return settings.log_id;
end $$;
comment on function realtime.open_log() is
  'The log''s id, after beginning it anew where its transaction ids were given out by another server or at another time.';
revoke execute on function realtime.open_log() from public;

-- A log that was kept before this migration goes on, unless it shows that it is from elsewhere.
update realtime.log_settings set place = realtime.log_place(), seen_xid = pg_current_xact_id()
where not exists (select from realtime.changes where xid > pg_current_xact_id() limit 1)
  and dropped_through < pg_snapshot_xmax(pg_current_snapshot());

-- The log is kept within a size beside a time.

-- Drops the oldest hours until the log has at most `max_bytes`, at last the present hour too. Cursors into what
-- went are refused (RESYNC_REQUIRED). Returns the size that is left and how many partitions went. Waits for no
-- writer for longer than 100 ms, and stops at an hour with entries that an open transaction keeps from being read
-- to the end; a later call goes on.
create function realtime.limit_log(max_bytes bigint, out size_bytes bigint, out dropped integer)
language plpgsql set search_path = '' set lock_timeout = '100ms' as $$
declare
  partition_name text;
  newest_xid xid8;
begin
  dropped := 0;
  loop
    select coalesce(sum(pg_total_relation_size(inhrelid)), 0) into size_bytes
    from pg_inherits where inhparent = 'realtime.changes'::regclass;
    exit when size_bytes <= max_bytes;
    -- The default partition has the entries of hours that nobody planned: it goes last.
    select c.relname into partition_name
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'realtime.changes'::regclass and pg_relation_size(c.oid) > 0
    order by c.relname = 'changes_unplanned', c.relname limit 1;
    exit when not found or not pg_try_advisory_xact_lock(hashtextextended('realtime.maintain_log', 0));
    begin
      execute format('lock table realtime.%I in access exclusive mode', partition_name);
      execute format('select xid from realtime.%I order by xid desc limit 1', partition_name) into newest_xid;
      exit when newest_xid >= pg_snapshot_xmin(pg_current_snapshot());
      if newest_xid is not null then
        update realtime.log_settings set dropped_through = newest_xid where dropped_through < newest_xid;
      end if;
      -- Truncated and not dropped: entries of the present hour go on into its partition, and past ones go by age.
      execute format('truncate realtime.%I', partition_name);
      dropped := dropped + 1;
    exception
      when lock_not_available or deadlock_detected then exit;
    end;
  end loop;
end $$;
revoke execute on function realtime.limit_log(bigint) from public;

-- The changes that are not in a position, with the snapshot that sees them; of a position with a
-- page, the rest of the page's snapshot and nothing newer. Takes:
-- $1 the base snapshot, $2 its running transactions, $3 the moment before which nothing is missing,
-- $4, $5 and $10 the page's snapshot, number and moment, or NULL,
-- $6 one table or NULL for all, $7 how many at most or NULL.
-- $8 and $9, else NULL: also what was written after the position was taken by transaction ids from
-- $9 on, although the position takes them for ended. A server that crashed gives out again the ids
-- of transactions that had left no trace on disk.
with moment as materialized (
  select pg_current_snapshot() as snapshot, clock_timestamp() as taken,
    s.dropped_through::text, right(s.log_id::text, 8) as log,
    current_setting('track_commit_timestamp')::boolean as commit_times
  from realtime.log_settings s
)
select m.snapshot::text, m.taken, m.dropped_through,
  l.seq, l.xid::text, l.table_id, l.operation::text, l.at, l.record::text, l.old_record::text,
  coalesce(case when m.commit_times then pg_xact_commit_timestamp(l.xid::xid) end, l.at) as committed_at,
  m.log
from moment m
left join lateral (
  select c.seq, c.xid, c.at, c.table_id, c.operation, c.record, c.old_record
  from realtime.changes c
  where c.at >= $3
    and (
      c.xid >= pg_snapshot_xmax($1::text::pg_snapshot)
      or c.xid = any ($2::text[]::xid8[])
      or (c.xid >= $9::text::xid8 and c.at > $8)
    )
    and ($4::text is null
      or (c.seq > $5 and c.at <= $10 and pg_visible_in_snapshot(c.xid, $4::text::pg_snapshot)))
    and ($6::int2 is null or c.table_id = $6)
  -- Schema changes first: what follows is judged by the policies as they are now.
  order by (c.operation <> 'S'), c.seq
  limit $7
) l on true
order by (l.operation <> 'S'), l.seq

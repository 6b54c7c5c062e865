-- What became visible since the snapshot $1, except what the server $2 wrote itself; always at least one row,
-- for the statement's own snapshot, from which the next read goes on.
select
  pg_current_snapshot()::text as snapshot,
  r.seq, r.origin, r.kind, r.private, r.channel, r.event, r.payload, r.message_id,
  m.payload::text as message_json,
  m.binary_payload as message_binary
from (select) as one
left join (
  select * from realtime.relay
  where (
    xid >= pg_snapshot_xmax($1::text::pg_snapshot)
    or xid = any (array(select pg_snapshot_xip($1::text::pg_snapshot)))
  ) and origin is distinct from $2
) as r on true
left join realtime.messages as m on m.id = r.message_id and m.inserted_at = r.message_inserted_at
order by r.seq

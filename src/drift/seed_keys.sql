-- For each table the key that names a seeded row on every installation: the shortest unique one that is not made of
-- generated ids.
select distinct on (x.indrelid)
  format('%I.%I', n.nspname, c.relname) as "table",
  (select string_agg(quote_ident(a.attname), ', ' order by k.place)
   from unnest(x.indkey::int2[]) with ordinality as k (attnum, place)
   join pg_attribute a on a.attrelid = x.indrelid and a.attnum = k.attnum) as columns
from pg_index x
join pg_class c on c.oid = x.indrelid
join pg_namespace n on n.oid = c.relnamespace
where x.indisunique and x.indpred is null and x.indexprs is null
  and c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any ($1)
  and not exists (
    select from pg_attribute a
    where a.attrelid = x.indrelid and a.attnum = any (x.indkey::int2[])
      and (a.atttypid = 'uuid'::regtype or a.attidentity <> ''))
order by x.indrelid, x.indnkeyatts, x.indexrelid

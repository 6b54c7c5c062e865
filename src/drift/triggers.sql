select
  format('%I.%I', n.nspname, c.relname) as object,
  format('%I.%I %I', n.nspname, c.relname, t.tgname) as name,
  concat_ws(', ', pg_get_triggerdef(t.oid), case when t.tgenabled = 'D' then 'disabled' end) as definition
from pg_trigger t
join pg_class c on c.oid = t.tgrelid
join pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal and not c.relispartition and n.nspname = any ($1)

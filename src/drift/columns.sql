select
  format('%I.%I', n.nspname, c.relname) as object,
  format('%I.%I.%I', n.nspname, c.relname, a.attname) as name,
  concat_ws(' ',
    format_type(a.atttypid, a.atttypmod),
    case when a.attnotnull then 'not null' end,
    case
      when a.attidentity <> '' then 'generated as identity'
      when a.attgenerated <> '' then 'generated as ' || pg_get_expr(d.adbin, d.adrelid)
      when d.adbin is not null then 'default ' || pg_get_expr(d.adbin, d.adrelid)
    end) as definition
from pg_attribute a
join pg_class c on c.oid = a.attrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attnum > 0 and not a.attisdropped
  and c.relkind in ('r', 'p', 'v', 'm') and not c.relispartition and n.nspname = any ($1)

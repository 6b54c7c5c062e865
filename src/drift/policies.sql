select
  format('%I.%I', n.nspname, c.relname) as object,
  format('%I.%I %I', n.nspname, c.relname, p.polname) as name,
  concat_ws(' ',
    case when p.polpermissive then 'permissive' else 'restrictive' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    'to ' || (
      select string_agg(coalesce(r.rolname, 'public'), ', ' order by r.rolname)
      from unnest(p.polroles) as role (oid)
      left join pg_roles r on r.oid = role.oid),
    'using ' || pg_get_expr(p.polqual, p.polrelid),
    'with check ' || pg_get_expr(p.polwithcheck, p.polrelid)) as definition
from pg_policy p
join pg_class c on c.oid = p.polrelid
join pg_namespace n on n.oid = c.relnamespace
where not c.relispartition and n.nspname = any ($1)
  -- Which tables ask for a second factor is a setting of the server.
  and not (p.polname = 'A second factor is required' and not p.polpermissive)

select
  format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as object,
  format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as name,
  concat_ws(', ',
    case p.prokind when 'p' then 'procedure' else 'returns ' || pg_get_function_result(p.oid) end,
    l.lanname,
    case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
    case when p.proisstrict then 'strict' end,
    case when p.prosecdef then 'security definer' end,
    array_to_string(p.proconfig, ', '),
    'body ' || md5(coalesce(pg_get_function_sqlbody(p.oid), p.prosrc))) as definition
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
where n.nspname = any ($1)
  and not exists (
    select from pg_depend d
    where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')

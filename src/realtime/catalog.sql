-- Everything that decides how a change is read and who may see it, as one JSON document.
-- Runs with an empty search_path, so that names inside policies are complete.
with roles as materialized (
  select rolname::text as role_name, oid as role_oid, rolbypassrls
  from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
)
select json_build_object(
  'log_id', (select log_id from realtime.log_settings),
  'watches_schema', exists (select from pg_event_trigger where evtname = 'mindloom_schema_change'),
  'bodies', (
    select coalesce(json_object_agg(p.oid::regprocedure, pg_get_function_sqlbody(p.oid)), '{}')
    from pg_proc p
    where p.oid in (to_regprocedure('public.get_user_role()'), to_regprocedure('public.is_current_user_admin()'),
      to_regprocedure('private.readable_from()'), to_regprocedure('private.readable_to()'))
  ),
  'tables', (
    select coalesce(json_agg(json_build_object(
      'id', t.id,
      'schema', t.table_schema,
      'name', t.table_name,
      'internal', t.only_columns is not null,
      'key', t.key_columns,
      'left_out', t.left_out,
      'columns', (
        select json_agg(json_build_object(
          'index', a.attnum - 1,
          'name', a.attname,
          'type', y.typname,
          'sql_type', format_type(a.atttypid, a.atttypmod),
          'is_enum', y.typtype = 'e',
          'readers', array(
            select r.role_name from roles r where has_column_privilege(r.role_name, c.oid, a.attnum, 'select'))
        ) order by a.attnum)
        from pg_attribute a join pg_type y on y.oid = a.atttypid
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      ),
      -- The columns that the policies look at; NULL where one looks at the row as a whole.
      'policy_columns', (
        select case when bool_or(d.refobjsubid = 0) then null
          else coalesce(json_agg(distinct d.refobjsubid - 1), '[]') end
        from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.deptype = 'n'
          and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid
        where p.polrelid = c.oid and p.polcmd in ('*', 'r')
      ),
      'access', (
        select json_object_agg(r.role_name, json_build_object(
          'unrestricted', not c.relrowsecurity or r.rolbypassrls,
          'policies', (
            select coalesce(json_agg(json_build_object(
              'permissive', p.polpermissive,
              'condition', coalesce(pg_get_expr(p.polqual, p.polrelid), 'true')
            ) order by p.polname), '[]')
            from pg_policy p
            where p.polrelid = c.oid and p.polcmd in ('*', 'r')
              and (p.polroles = '{0}'
                or exists (select from unnest(p.polroles) o where pg_has_role(r.role_oid, o, 'usage')))
          )
        ))
        from roles r
      )
    ) order by t.id), '[]')
    from realtime.published_tables t
    join pg_class c on c.oid = to_regclass(format('%I.%I', t.table_schema, t.table_name))
  )
)::text

-- Everything that decides how a change is read and who may see it, as one JSON document.
-- Runs with an empty search_path, so that names inside policies are complete.
with recursive roles as materialized (
  select rolname::text as role_name, oid as role_oid, rolbypassrls
  from pg_roles where rolname in ('anon', 'authenticated', 'service_role')
),
published as materialized (
  select t.*, c.oid as table_oid, c.relrowsecurity
  from realtime.published_tables t
  join pg_class c on c.oid = to_regclass(format('%I.%I', t.table_schema, t.table_name))
),
-- What the policies read, and what that reads in turn, step by step: rather too much than too little.
steps (from_class, from_object, class, object) as (
  select 0::oid, 0::oid, 'pg_policy'::regclass::oid, p.oid
  from pg_policy p join published t on t.table_oid = p.polrelid
  where p.polcmd in ('*', 'r')
  union
  select s.class, s.object, step.class, step.object
  from steps s
  cross join lateral (
    -- What PostgreSQL itself knows, but for a policy's own columns.
    select d.refclassid as class, d.refobjid as object
    from pg_depend d
    where d.classid = s.class and d.objid = s.object and d.deptype = 'n'
      and d.classid = any ('{pg_policy, pg_proc, pg_operator, pg_rewrite}'::regclass[])
      and d.refclassid = any ('{pg_class, pg_proc, pg_operator}'::regclass[])
      and not exists (
        select from pg_policy own
        where s.class = 'pg_policy'::regclass and own.oid = s.object and own.polrelid = d.refobjid)
    union all
    -- A view reads by its rule, and from a table come the rows that its policies show.
    select 'pg_rewrite'::regclass, w.oid from pg_rewrite w
    where s.class = 'pg_class'::regclass and w.ev_class = s.object
    union all
    select 'pg_policy'::regclass, p.oid from pg_policy p
    where s.class = 'pg_class'::regclass and p.polrelid = s.object and p.polcmd in ('*', 'r')
    union all
    -- Of a function whose body is text nothing is recorded: whatever bears a name that occurs in it
    -- counts, and where it may put statements together, every table does.
    select mentioned.class, mentioned.object
    from pg_proc f
    join pg_language l on l.oid = f.prolang and l.lanname not in ('internal', 'c')
    cross join lateral (
      -- Split once, not for every name that is looked up.
      select regexp_split_to_array(lower(f.prosrc), '[^[:alnum:]_$]+') as words offset 0
    ) body
    cross join lateral (
      select 'pg_class'::regclass::oid as class, c.oid as object
      from pg_class c
      where c.relkind in ('r', 'p', 'v') and c.relnamespace <> all ('{pg_catalog, information_schema}'::regnamespace[])
        and case when c.relname ~ '^[[:alnum:]_$]+$' then lower(c.relname) = any (body.words)
          else position(lower(c.relname) in lower(f.prosrc)) > 0 end
      union all
      select 'pg_proc'::regclass, g.oid
      from pg_proc g
      where g.pronamespace <> all ('{pg_catalog, information_schema}'::regnamespace[])
        and g.prorettype <> 'trigger'::regtype
        and lower(g.proname) = any (body.words)
      union all
      select 'pg_class'::regclass, t.table_oid
      from published t
      where l.lanname not in ('sql', 'plpgsql') or 'execute' = any (body.words)
    ) mentioned
    where s.class = 'pg_proc'::regclass and f.oid = s.object and f.prosqlbody is null
  ) step
),
reach (policy, class, object) as (
  select s.object, s.class, s.object from steps s where s.from_object = 0
  union
  select r.policy, s.class, s.object
  from reach r join steps s on s.from_class = r.class and s.from_object = r.object
),
-- Functions that tell something about the caller alone.
marks as materialized (
  select f.signature, f.meaning, f.digest, to_regprocedure(f.signature)::oid as object
  from realtime.policy_functions f
),
-- Those that are not as they were marked, or call a function that is not, or that nobody marked. PostgreSQL records no
-- use of its own functions.
changed (object) as (
  select m.object from marks m
  where m.object is not null and (m.digest <> realtime.definition_digest(m.object)
    or exists (
      select from pg_depend d
      where d.classid = 'pg_proc'::regclass and d.objid = m.object and d.refclassid = 'pg_proc'::regclass
        and d.deptype = 'n' and d.refobjid not in (select known.object from marks known where known.object is not null)))
  union
  select d.objid
  from changed c
  join pg_depend d on d.refclassid = 'pg_proc'::regclass and d.refobjid = c.object
    and d.classid = 'pg_proc'::regclass and d.deptype = 'n'
),
reads as materialized (
  select r.policy, json_agg(distinct t.id) as tables
  from reach r join published t on r.class = 'pg_class'::regclass and t.table_oid = r.object
  group by r.policy
)
select json_build_object(
  'log_id', (select log_id from realtime.log_settings),
  'watches_schema', exists (select from pg_event_trigger where evtname = 'mindloom_schema_change'),
  'policy_functions', (
    select coalesce(json_object_agg(m.signature, m.meaning), '{}') from marks m
    where m.object is not null and m.object not in (select c.object from changed c)
  ),
  'changed_functions', (
    select coalesce(json_agg(m.signature order by m.signature), '[]') from marks m
    where m.object is null or m.object in (select c.object from changed c)
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
            select r.role_name from roles r where has_column_privilege(r.role_name, t.table_oid, a.attnum, 'select'))
        ) order by a.attnum)
        from pg_attribute a join pg_type y on y.oid = a.atttypid
        where a.attrelid = t.table_oid and a.attnum > 0 and not a.attisdropped
      ),
      -- The columns that the policies look at; NULL where one looks at the row as a whole.
      'policy_columns', (
        select case when bool_or(d.refobjsubid = 0) then null
          else coalesce(json_agg(distinct d.refobjsubid - 1), '[]') end
        from pg_policy p
        join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.deptype = 'n'
          and d.refclassid = 'pg_class'::regclass and d.refobjid = t.table_oid
        where p.polrelid = t.table_oid and p.polcmd in ('*', 'r')
      ),
      'access', (
        select json_object_agg(r.role_name, json_build_object(
          'unrestricted', not t.relrowsecurity or r.rolbypassrls,
          'policies', (
            select coalesce(json_agg(json_build_object(
              'permissive', p.polpermissive,
              'condition', coalesce(pg_get_expr(p.polqual, p.polrelid), 'true'),
              -- The tables that it reads beside its own row.
              'reads', coalesce((select tables from reads where policy = p.oid), '[]')
            ) order by p.polname), '[]')
            from pg_policy p
            where p.polrelid = t.table_oid and p.polcmd in ('*', 'r')
              and (p.polroles = '{0}'
                or exists (select from unnest(p.polroles) o where pg_has_role(r.role_oid, o, 'usage')))
          )
        ))
        from roles r
      )
    ) order by t.id), '[]')
    from published t
  )
)::text

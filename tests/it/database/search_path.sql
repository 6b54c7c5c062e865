-- Makes every object of the migrations anew from what PostgreSQL writes of it, with an empty search_path, as a
-- restored dump does. What cannot be made again is raised with its name. To be rolled back.
do $$
declare
  ours constant text[] := '{auth, mindloom, private, public, realtime, storage}';
  made record;
begin
  set local search_path = '';
  -- Triggers fire for the statements below otherwise.
  set local session_replication_role = replica;
  for made in
    select format('trigger %s on %s', tgname, tgrelid::regclass) as name,
      format('drop trigger %I on %s; %s', tgname, tgrelid::regclass, pg_get_triggerdef(t.oid)) as remake
    from pg_trigger t join pg_class c on c.oid = tgrelid
    where not tgisinternal and relnamespace::regnamespace::text = any (ours)
    union all
    select format('policy %s on %s', polname, polrelid::regclass), concat_ws(' ',
      format('alter policy %I on %s', polname, polrelid::regclass),
      'using (' || pg_get_expr(polqual, polrelid) || ')',
      'with check (' || pg_get_expr(polwithcheck, polrelid) || ')')
    from pg_policy p join pg_class c on c.oid = polrelid
    where relnamespace::regnamespace::text = any (ours)
    union all
    select format('constraint %s on %s', conname, conrelid::regclass),
      format('alter table %1$s drop constraint %2$I; alter table %1$s add constraint %2$I %3$s not valid',
        conrelid::regclass, conname, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_class c on c.oid = conrelid
    where contype = 'c' and not relispartition and relnamespace::regnamespace::text = any (ours)
    union all
    select format('column %s.%s', adrelid::regclass, attname),
      case attgenerated when '' then
        format('alter table %s alter %I set default %s', adrelid::regclass, attname, pg_get_expr(adbin, adrelid))
      else
        format('alter table %s add %I %s generated always as (%s) stored',
          adrelid::regclass, attname || '_again', format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid))
      end
    from pg_attrdef d join pg_attribute a on attrelid = adrelid and attnum = adnum
    join pg_class c on c.oid = adrelid
    where not relispartition and relnamespace::regnamespace::text = any (ours)
    union all
    select format('index %s', indexrelid::regclass),
      format('drop index %s; %s', indexrelid::regclass, pg_get_indexdef(indexrelid))
    from pg_index x join pg_class c on c.oid = indrelid
    where not relispartition and relnamespace::regnamespace::text = any (ours)
      and not exists (select from pg_constraint where conindid = indexrelid)
    union all
    select format('function %s', p.oid::regprocedure), pg_get_functiondef(p.oid)
    from pg_proc p
    where pronamespace::regnamespace::text = any (ours) and prokind = 'f'
      and not exists (select from pg_depend where classid = 'pg_proc'::regclass and objid = p.oid and deptype = 'e')
    union all
    select format('view %s', c.oid::regclass), format('create or replace view %s as %s', c.oid::regclass, pg_get_viewdef(c.oid))
    from pg_class c
    where relkind = 'v' and relnamespace::regnamespace::text = any (ours)
  loop
    begin
      execute made.remake;
    exception when others then
      raise exception '% depends on the search_path: % (%)', made.name, sqlerrm, made.remake;
    end;
  end loop;
end $$

-- Every table of the API can be subscribed to. A later migration that adds a table calls
-- realtime.publish for it.
--
-- No table of schema public is left out: a table that is worth registering may be worth watching,
-- and one that nobody watches costs its writers a few microseconds per statement.
do $$
declare
  target regclass;
begin
  for target in
    select c.oid
    from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      -- On a Supabase database the schema may hold tables of extensions.
      and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      and exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)
    order by c.relname
  loop
    perform realtime.publish(target);
  end loop;
end $$;

do $$
declare
  target regclass;
begin
  for target in
    select to_regclass(format('%I.%I', table_schema, table_name)) from realtime.published_tables
  loop
    perform realtime.unpublish(target);
  end loop;
end $$;
-- Numbered anew when they are published again.
alter table realtime.published_tables alter column id restart;

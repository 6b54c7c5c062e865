drop event trigger if exists mindloom_schema_change;

do $$
declare
  target_id smallint;
begin
  for target_id in select id from realtime.published_tables loop
    execute format('drop function if exists realtime.%I(jsonb)', 'visible_' || target_id);
  end loop;
end $$;
update realtime.published_tables set visible_condition = null;

drop function realtime.log_schema_change();
drop function realtime.refresh();
drop function realtime.define_visibility(smallint);
drop function realtime.select_condition(regclass);

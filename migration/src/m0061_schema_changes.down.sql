do $$
begin
  if exists (select from pg_event_trigger where evtname = 'mindloom_schema_change') then
    drop event trigger mindloom_schema_change;
    create event trigger mindloom_schema_change on ddl_command_end
      when tag in ('ALTER TABLE', 'CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'GRANT', 'REVOKE', 'DROP TABLE')
      execute function realtime.log_schema_change();
  end if;
end $$;

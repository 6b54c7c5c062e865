-- Policies may call functions and read views: their changes are told like those of policies. Where the role that
-- migrates could not make an event trigger, the server compares the catalog instead, and there is nothing to do.
do $$
begin
  if exists (select from pg_event_trigger where evtname = 'mindloom_schema_change') then
    drop event trigger mindloom_schema_change;
    create event trigger mindloom_schema_change on ddl_command_end
      when tag in ('ALTER TABLE', 'CREATE POLICY', 'ALTER POLICY', 'DROP POLICY', 'GRANT', 'REVOKE', 'DROP TABLE',
        'CREATE FUNCTION', 'ALTER FUNCTION', 'DROP FUNCTION', 'CREATE VIEW', 'ALTER VIEW', 'DROP VIEW')
      execute function realtime.log_schema_change();
  end if;
end $$;

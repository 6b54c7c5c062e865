drop trigger relay_messages on realtime.messages;
drop function realtime.relay_messages();
drop table realtime.servers;
drop table realtime.relay;

do $$
declare
  created text;
begin
  for created in
    delete from mindloom.created_objects
    where kind = 'function' and name in (
      'realtime.topic()',
      'realtime.send(jsonb, text, text, boolean)',
      'realtime.send_binary(bytea, text, text, boolean)',
      'realtime.broadcast_changes(text, text, text, text, text, record, record, text)'
    )
    returning name
  loop
    execute format('drop function %s', created);
  end loop;

  delete from mindloom.created_objects where kind = 'table' and name = 'realtime.messages';
  if found then
    drop table realtime.messages;
  end if;
end $$;

-- The schema goes with the migration before this one, which makes it.
revoke usage on schema realtime from anon, authenticated, service_role;

-- Channels: who may use the private ones, messages from SQL, and the way between servers.
--
-- realtime.messages, realtime.topic(), realtime.send() and realtime.broadcast_changes() are Supabase's, to the
-- letter of their signatures: a Supabase database has them already, and they are left alone there.

select mindloom.create_schema('realtime');
grant usage on schema realtime to anon, authenticated, service_role;

do $$
begin
  if to_regclass('realtime.messages') is null then
    create table realtime.messages (
      id uuid not null default gen_random_uuid() primary key,
      topic text not null,
      extension text not null,
      event text,
      payload jsonb,
      binary_payload bytea,
      private boolean default false,
      inserted_at timestamp not null default now(),
      updated_at timestamp not null default now()
    );
    comment on table realtime.messages is
      'Messages sent from SQL, kept for 72 hours. Its policies say who may use private channels: for select who '
      'may listen, for insert who may send, with realtime.topic() as the channel''s name and extension '
      '''broadcast'' or ''presence''.';
    create index messages_inserted_at_topic_idx on realtime.messages (inserted_at desc, topic)
      where extension = 'broadcast' and private;
    alter table realtime.messages enable row level security;
    grant select, insert (id, topic, extension, event, payload, binary_payload, private)
      on realtime.messages to anon, authenticated, service_role;
    insert into mindloom.created_objects values ('table', 'realtime.messages');
  end if;

  if to_regprocedure('realtime.topic()') is null then
    create function realtime.topic() returns text
    language sql stable parallel safe
    return nullif(current_setting('realtime.topic', true), '');
    comment on function realtime.topic() is 'The channel that the caller wants to use, for policies on realtime.messages.';
    insert into mindloom.created_objects values ('function', 'realtime.topic()');
  end if;
end $$;

-- Sending never fails the transaction that sends: a caller without the right to send gets a warning, as on Supabase.
do $$
begin
  if to_regprocedure('realtime.send(jsonb, text, text, boolean)') is null then
    create function realtime.send(payload jsonb, event text, topic text, private boolean default true) returns void
    language plpgsql set search_path = '' as $send$
    declare
      message_id uuid := gen_random_uuid();
    begin
      perform set_config('realtime.topic', topic, true);
      insert into realtime.messages (id, payload, event, topic, private, extension)
      values (
        message_id,
        case
          when jsonb_typeof(payload) <> 'object' or payload ? 'id' then payload
          else payload || jsonb_build_object('id', message_id)
        end,
        event, topic, private, 'broadcast'
      );
    exception when others then
      raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
    end $send$;
    comment on function realtime.send(jsonb, text, text, boolean) is
      'Sends a JSON message to a channel when the transaction commits.';
    insert into mindloom.created_objects values ('function', 'realtime.send(jsonb, text, text, boolean)');
  end if;

  if to_regprocedure('realtime.send_binary(bytea, text, text, boolean)') is null
    and exists (
      select from pg_attribute
      where attrelid = 'realtime.messages'::regclass and attname = 'binary_payload' and not attisdropped
    )
  then
    create function realtime.send_binary(payload bytea, event text, topic text, private boolean default true) returns void
    language plpgsql set search_path = '' as $send$
    begin
      perform set_config('realtime.topic', topic, true);
      insert into realtime.messages (binary_payload, event, topic, private, extension)
      values (payload, event, topic, private, 'broadcast');
    exception when others then
      raise warning 'WarnSendingBroadcastMessage: %', sqlerrm;
    end $send$;
    comment on function realtime.send_binary(bytea, text, text, boolean) is
      'Sends bytes to a channel when the transaction commits.';
    insert into mindloom.created_objects values ('function', 'realtime.send_binary(bytea, text, text, boolean)');
  end if;

  if to_regprocedure('realtime.broadcast_changes(text, text, text, text, text, record, record, text)') is null then
    create function realtime.broadcast_changes(
      topic_name text, event_name text, operation text, table_name text, table_schema text,
      new record, old record, level text default 'ROW'
    ) returns void
    language plpgsql set search_path = '' as $changes$
    begin
      if level = 'STATEMENT' then
        raise exception 'function can only be triggered for each row, not for each statement';
      end if;
      if operation not in ('INSERT', 'UPDATE', 'DELETE') then
        raise exception 'Unexpected operation type: %', operation;
      end if;
      perform realtime.send(
        jsonb_build_object(
          'old_record', old, 'record', new, 'operation', operation, 'table', table_name, 'schema', table_schema
        ),
        event_name, topic_name
      );
    end $changes$;
    comment on function realtime.broadcast_changes(text, text, text, text, text, record, record, text) is
      'Sends a changed row to a private channel; called by a trigger for each row.';
    insert into mindloom.created_objects values
      ('function', 'realtime.broadcast_changes(text, text, text, text, text, record, record, text)');
  end if;
end $$;

do $$
declare
  created text;
begin
  for created in select name from mindloom.created_objects where kind = 'function' and name like 'realtime.%' loop
    execute format('revoke execute on function %s from public', created);
    execute format('grant execute on function %s to anon, authenticated, service_role', created);
  end loop;
end $$;

-- What the servers on this database tell each other, and pointers to the messages from SQL.
create table realtime.relay (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  sent_at timestamptz not null default clock_timestamp(),
  origin uuid,
  kind text not null,
  private boolean not null,
  channel text not null,
  event text not null,
  payload bytea,
  message_id uuid,
  message_inserted_at timestamp
);
comment on table realtime.relay is 'Between servers, for a minute: broadcasts, presence, and pointers to messages from SQL.';
create index relay_xid_idx on realtime.relay (xid);
create index relay_sent_at_idx on realtime.relay (sent_at);
alter table realtime.relay enable row level security;

create table realtime.servers (
  id uuid primary key,
  seen_at timestamptz not null default clock_timestamp()
);
comment on table realtime.servers is 'The servers on this database, each with its last sign of life.';
alter table realtime.servers enable row level security;

-- Rows without an event are tries of a policy; they are rolled back.
create function realtime.relay_messages() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into realtime.relay (kind, private, channel, event, message_id, message_inserted_at)
  select 'message', coalesce(sent.private, false), sent.topic, sent.event, sent.id, sent.inserted_at
  from sent
  where sent.event is not null and sent.extension = 'broadcast';
  if found then
    perform pg_notify('mindloom_channels', '');
  end if;
  return null;
end $$;
revoke execute on function realtime.relay_messages() from public;

create trigger relay_messages after insert on realtime.messages
referencing new table as sent for each statement execute function realtime.relay_messages();

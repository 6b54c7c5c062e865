-- Schemas, extension, roles and the functions that every later migration builds on.
--
-- On a Supabase database most of this exists already. What exists is left alone; what this
-- migration creates it writes down in mindloom.created_objects, so that rolling back drops
-- nothing that belongs to somebody else.

do $$
begin
  if current_setting('server_version_num')::int < 150000 then
    raise exception 'Mindloom needs PostgreSQL 15 or newer, this server is %', current_setting('server_version');
  end if;
end $$;

create schema if not exists mindloom;
comment on schema mindloom is 'Bookkeeping of the migrations. No API role may enter.';

create table mindloom.created_objects (
  kind text not null,
  name text not null,
  primary key (kind, name)
);
comment on table mindloom.created_objects is
  'What migrations created that might have existed before them; a rollback drops only these.';
alter table mindloom.created_objects enable row level security;

-- Creates a schema unless it exists, and remembers having done so.
create function mindloom.create_schema(schema_name text) returns void
language plpgsql set search_path = '' as $$
begin
  if to_regnamespace(quote_ident(schema_name)) is null then
    execute format('create schema %I', schema_name);
    insert into mindloom.created_objects values ('schema', schema_name);
  end if;
end $$;

-- Drops a schema if a migration created it and nothing is left in it.
create function mindloom.drop_schema(schema_name text) returns void
language plpgsql set search_path = '' as $$
begin
  delete from mindloom.created_objects where kind = 'schema' and name = schema_name;
  if found then
    execute format('drop schema %I', schema_name);
  end if;
end $$;

revoke execute on function mindloom.create_schema(text), mindloom.drop_schema(text) from public;

select mindloom.create_schema('auth');
select mindloom.create_schema('extensions');
select mindloom.create_schema('private');
comment on schema private is
  'Functions of triggers and policies. API roles hold no usage here, so none of them can be called by name.';

-- uuidv7() is part of PostgreSQL from 18 on. Below it, this one takes its place: migrations run
-- with mindloom in their search_path, so `default uuidv7()` finds the one that the server has.
do $$
begin
  if current_setting('server_version_num')::int < 180000 then
    create function mindloom.uuidv7() returns uuid
    language sql volatile parallel safe
    -- 48 bits of milliseconds over a random UUID, then the version's two differing bits.
    return encode(
      set_bit(set_bit(
        overlay(
          uuid_send(gen_random_uuid())
          placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
          from 1 for 6
        ), 52, 1), 53, 1), 'hex')::uuid;
  end if;
end $$;

do $$
declare
  installed text;
begin
  select extversion into installed from pg_extension where extname = 'vector';
  if installed is null then
    create extension vector with schema extensions;
    insert into mindloom.created_objects values ('extension', 'vector');
    select extversion into installed from pg_extension where extname = 'vector';
  end if;
  if string_to_array(installed, '.')::int[] < array[0, 7] then
    raise exception 'Mindloom needs pgvector 0.7 or newer, this database has %', installed
      using hint = 'Install a newer pgvector, then run: alter extension vector update';
  end if;
end $$;

-- Roles belong to the whole cluster: another database of it may hold them already, or be
-- creating them at this moment, which shows as a violation of pg_authid's unique index.
create or replace function pg_temp.create_role(role_name text, options text) returns void
language plpgsql as $$
begin
  if not exists (select from pg_roles where rolname = role_name) then
    begin
      execute format('create role %I %s', role_name, options);
    exception
      when duplicate_object or unique_violation then null;
      when insufficient_privilege then
        raise exception 'role % is missing and % may not create it', role_name, current_user
          using hint = format('As a superuser, run: create role %I %s', role_name, options);
    end;
  end if;
end $$;

select pg_temp.create_role('anon', 'nologin noinherit');
select pg_temp.create_role('authenticated', 'nologin noinherit');
select pg_temp.create_role('service_role', 'nologin noinherit bypassrls');
-- Requests log in as authenticator and become one of the three; by itself it may read nothing.
select pg_temp.create_role('authenticator', 'login noinherit');

do $$
declare
  granted text;
begin
  foreach granted in array array['anon', 'authenticated', 'service_role'] loop
    if not exists (
      select from pg_auth_members
      where roleid = granted::regrole and member = 'authenticator'::regrole
    ) then
      begin
        execute format('grant %I to authenticator', granted);
      exception when duplicate_object or unique_violation then null;
      end;
    end if;
  end loop;
end $$;

-- A migrating role that is no superuser may become authenticator only as its member: the server does
-- so for requests when it was given no separate login for them.
do $$
begin
  if not (select rolsuper from pg_roles where rolname = current_user) then
    begin
      execute format('grant authenticator to %I', current_user);
    exception when insufficient_privilege or unique_violation then null;
    end;
  end if;
end $$;

-- authenticator prepares statements before it takes a role, which looks names up but reads nothing.
grant usage on schema public, extensions to anon, authenticated, service_role, authenticator;
grant usage on schema auth to anon, authenticated, service_role;

do $$
begin
  if to_regprocedure('mindloom.uuidv7()') is not null then
    -- A column's default runs as the role that inserts.
    revoke execute on function mindloom.uuidv7() from public;
    grant execute on function mindloom.uuidv7() to anon, authenticated, service_role;
  end if;
end $$;

-- The caller, as the server states it in request.jwt.claims for each transaction.
do $$
begin
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb
    language sql stable parallel safe
    return nullif(current_setting('request.jwt.claims', true), '')::jsonb;
    insert into mindloom.created_objects values ('function', 'auth.jwt()');
  end if;
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid
    language sql stable parallel safe
    return (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
    insert into mindloom.created_objects values ('function', 'auth.uid()');
  end if;
  if to_regprocedure('auth.role()') is null then
    create function auth.role() returns text
    language sql stable parallel safe
    return nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role';
    insert into mindloom.created_objects values ('function', 'auth.role()');
  end if;
end $$;

do $$
declare
  created text;
begin
  for created in select name from mindloom.created_objects where kind = 'function' and name like 'auth.%' loop
    execute format('revoke execute on function %s from public', created);
    execute format('grant execute on function %s to anon, authenticated, service_role', created);
  end loop;
end $$;

-- The role inside the application. It lives in app_metadata, which only the server writes;
-- user_metadata belongs to its user, who could make themselves admin there.
create function public.get_user_role() returns text
language sql stable parallel safe security invoker set search_path = ''
return coalesce(
  nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata' ->> 'role',
  'user'
);
comment on function public.get_user_role() is 'The caller''s role inside the application: admin, or user.';

create function public.is_current_user_admin() returns boolean
language sql stable parallel safe security invoker set search_path = ''
return public.get_user_role() = 'admin';
comment on function public.is_current_user_admin() is 'Whether the caller is an admin.';

revoke execute on function public.get_user_role(), public.is_current_user_admin() from public, anon;
grant execute on function public.get_user_role(), public.is_current_user_admin()
  to authenticated, service_role;

create function private.set_updated_at() returns trigger
language plpgsql set search_path = '' as $$
begin
  new.updated_at := now();
  return new;
end $$;
comment on function private.set_updated_at() is 'For a before update trigger on a table with updated_at.';
revoke execute on function private.set_updated_at() from public;

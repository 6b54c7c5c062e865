-- Functions by which policies ask about the caller alone. A migration that makes one marks it with what it means, and
-- the server then judges changes by it without asking the database. A mark holds for the function as it was marked: with
-- another definition, or where it calls a function that is not as it was marked, policies that call it are asked of the
-- database again, and the server's log says so.

create table realtime.policy_functions (
  -- As regprocedure has it where the search path is empty.
  signature text primary key,
  meaning text not null,
  -- Of the whole definition. It may be another one after a change to another version of PostgreSQL, which renders
  -- bodies in its own way: then the function is marked again.
  digest text not null,
  constraint policy_functions_meaning check (
    meaning in ('user_id', 'role', 'is_admin', 'first_readable_user', 'last_readable_user'))
);
comment on table realtime.policy_functions is
  'What functions that policies call mean, where they tell something about the caller alone.';
comment on column realtime.policy_functions.meaning is
  'user_id: the caller''s id; role: the role inside the application; is_admin: whether that is admin; '
  'first_readable_user and last_readable_user: the range of owners whose rows the caller may read.';
alter table realtime.policy_functions enable row level security;
revoke all on realtime.policy_functions from public, anon, authenticated, service_role;

create function realtime.definition_digest(function regprocedure) returns text
language sql stable set search_path = '' set quote_all_identifiers = off
return encode(sha256(convert_to(pg_get_functiondef(function), 'UTF8')), 'hex');
comment on function realtime.definition_digest(regprocedure) is 'Equal for equal definitions of a function.';

create function realtime.mark_policy_function(function regprocedure, meaning text) returns void
language sql set search_path = ''
begin atomic
  insert into realtime.policy_functions as marked (signature, meaning, digest)
  values (function::text, meaning, realtime.definition_digest(function))
  on conflict (signature) do update set meaning = excluded.meaning, digest = excluded.digest;
end;
comment on function realtime.mark_policy_function(regprocedure, text) is
  'Says what a function means as it is now. Servers that run hear of it with the next change of the schema.';
revoke execute on function
  realtime.definition_digest(regprocedure), realtime.mark_policy_function(regprocedure, text)
  from public, anon, authenticated, service_role;

-- Supabase has its own auth.uid(); both mean the same.
select realtime.mark_policy_function('auth.uid()', 'user_id');

-- These are marked only where they are what the migrations made: somebody may have replaced one since.
do $$
declare
  made record;
begin
  for made in
    select * from (values
      ('public.get_user_role()', 'role', 'text',
        'return coalesce(nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb -> ''app_metadata'' ->> ''role'', '
        '''user'')'),
      ('public.is_current_user_admin()', 'is_admin', 'boolean', 'return public.get_user_role() = ''admin'''),
      ('private.readable_from()', 'first_readable_user', 'uuid',
        'return case when public.is_current_user_admin() then ''00000000-0000-0000-0000-000000000000''::uuid '
        'else auth.uid() end'),
      ('private.readable_to()', 'last_readable_user', 'uuid',
        'return case when public.is_current_user_admin() then ''ffffffff-ffff-ffff-ffff-ffffffffffff''::uuid '
        'else auth.uid() end')
    ) as known (signature, meaning, type, body)
  loop
    execute format('create function realtime.as_made() returns %s language sql stable %s', made.type, made.body);
    -- By name: what is a constant for PL/pgSQL would stay the first of these functions.
    if pg_get_function_sqlbody(to_regprocedure('realtime.as_made()'))
        = pg_get_function_sqlbody(to_regprocedure(made.signature)) then
      perform realtime.mark_policy_function(made.signature::regprocedure, made.meaning);
    else
      raise notice '% is not what the migrations made: policies that call it are asked of the database', made.signature;
    end if;
    drop function realtime.as_made();
  end loop;
end $$;

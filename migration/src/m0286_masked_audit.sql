-- What the audit has of configuration is read by every administrator and kept for seven years: what is called a key, a token,
-- a secret, a password, a credential, a cookie or an authorization is masked in it, wherever it is. So that a change can
-- be put back all the same, what the masks hide is kept apart, for the server alone.

-- Whether what has this name is secret: 0 no, 1 a text is, 2 a number is, too (passwords may be numbers, counts of
-- tokens are not). Names are judged by their words, in any writing: apiKey, API_KEY, api-key-2, apikeys.
create function private.secrecy(p_name text) returns integer
  language plpgsql immutable set search_path = '' as $$
declare
  words text[] := regexp_split_to_array(
    lower(regexp_replace(regexp_replace(p_name, '([a-z0-9])([A-Z])', '\1_\2', 'g'), '([A-Z]+)([A-Z][a-z])', '\1_\2', 'g')),
    '[^a-z]+');
  plain text := lower(regexp_replace(p_name, '[^A-Za-z]', '', 'g'));
  last text;
begin
  words := array_remove(words, '');
  last := words[cardinality(words)];
  if last = any (array['value', 'values', 'text', 'string']) then
    words := trim_array(words, 1);
    last := coalesce(words[cardinality(words)], last);
  end if;
  -- What says how a secret is called, looks or is limited is none. `config_key` is what an entry of the settings is called.
  if p_name = 'config_key' or last is null
    or last = any (array['name', 'type', 'url', 'uri', 'pattern', 'count', 'limit', 'length', 'policy', 'prefix'])
    or (last = 'id' and not words && array['secret']) then
    return 0;
  end if;
  if words && array['password', 'passwords', 'passwd', 'passphrase', 'passcode', 'pwd', 'secret', 'secrets', 'pin']
    or last = any (array['pass', 'pw', 'otp'])
    or plain ~ '((password|secret|passphrase|passcode)s?|(db|smtp|user|admin|root)(pass|pw))(value)?$' then
    -- A number says how many there may be.
    return case when words && array['max', 'min'] then 1 else 2 end;
  end if;
  if words && array['key', 'keys', 'apikey', 'apikeys', 'token', 'tokens', 'cred', 'creds', 'credential', 'credentials', 'authorization',
      'cookie', 'cookies', 'bearer', 'signature', 'jwt', 'pem']
    or last = any (array['dsn', 'sas'])
    or (words && array['auth'] and last <> all (array['mode', 'method', 'scheme', 'provider', 'required', 'enabled', 'attempts', 'timeout']))
    or plain ~ '(key|token|credential|authorization|cookie)s?(value)?$' then
    return 1;
  end if;
  return 0;
end $$;

-- A text without the secrets within it: keys in blocks, logins of addresses, headers, assignments and parameters, JSON and
-- YAML that is written as text, arguments, and what providers' keys look like. Rather too much than too little.
create function private.masked_text(p_text text) returns text
  language plpgsql immutable set search_path = '' as $$
declare
  secret constant text := 'password|passwd|passphrase|passcode|pwd|secret';
  -- Words that are in other words, too: those stand alone.
  short constant text := '\m(?:[a-z0-9_.-]*[_.-])?(?:pass|pw|pin|otp|dsn|sas|sig|pem|jwt)';
  all_words constant text := secret || '|key|token|authorization|cookie|creds|credential|signature';
  named constant text := '(?:[a-z0-9_.-]*(?:' || all_words || ')s?(?:[_-]?value|[_-]?[0-9]+)?|' || short || ')';
  assigned constant text := '(?:[a-z0-9_.%\[\]-]*(?:' || all_words || ')s?[a-z0-9_.%\]-]*|' || short || ')';
  -- Up to where a value begins that is in quotes.
  before constant text := '(?:' || named || '\\*["'']?\s*:|' || assigned || '\\*["'']?\s*:?=>?)\s*';
  line constant text := '((?:^|[\r\n]|\\n)[ \t]*(?:- +)?';
  unquoted constant text := '[ \t]*:[ \t]+)(?!\\*["''])(?=\S)';
  step record;
begin
  -- Most texts are names and ids, which have nothing that any of the patterns needs.
  if p_text !~* '[=:_/-]|bearer|basic|digest|akia|aiza|eyj' or p_text ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    return p_text;
  end if;
  for step in
    select * from (values
      ('-----BEGIN[^-]*PRIVATE KEY[^-]*-----(?:[^-]|-(?!----END))*(?:-----END[^-]*-----)?', '', 'g'),
      ('([a-z][a-z0-9+.-]*://)[^/?#\s"''<>]*@', '@', 'gi'),
      -- A password with a slash, where it is no port.
      ('([a-z][a-z0-9+.-]*://)[^/?#\s"''<>:@]*:(?![0-9]{1,5}[/?#])[^\s"''<>@]*@', '@', 'gi'),
      -- These have several parts, which are in quotes or not.
      ('(\m(?:(?:proxy-)?authorization|(?:set-)?cookies?)\s*[:=]\s*)(?![\s\\"''])[^\r\n]+', '', 'gi'),
      ('(' || before || '")(?:\\.|[^"\\])+', '', 'gi'),
      ('(' || before || ''')(?:\\.|[^''\\])+', '', 'gi'),
      -- JSON in JSON: here the backslash before a quote ends the value.
      ('(' || before || '\\+")(?:[^"\\]|\\\\(?:\\")?|\\[^"\\])+', '', 'gi'),
      ('("(?:[a-z0-9_.-]*(?:' || secret || ')|' || short || ')\\*"\s*:\s*)-?[0-9][0-9.e+-]*', '"', 'gi'),
      ('(\\"(?:[a-z0-9_.-]*(?:' || secret || ')|' || short || ')\\+"\s*:\s*)-?[0-9][0-9.e+-]*', '"', 'gi'),
      ('(' || assigned || '[ \t]*:?=(?!=)>?[ \t]*)(?!\\*["''])[^&#;\s"''<>]+', '', 'gi'),
      (line || '(?:[a-z0-9_.-]*(?:' || secret || ')s?|' || short || ')' || unquoted || '[^\r\n]+', '', 'gi'),
      -- Numbers of tokens are none.
      (line || '[a-z0-9_.-]*(?:key|token|credential)s?' || unquoted || '(?![0-9.]+[ \t]*(?:[\r\n]|$))[^\r\n]+', '', 'gi'),
      ('(\m(?:[a-z0-9-]*api[_-]?key|[a-z0-9]+[_-](?:key|token|secret|password)|password)\s*:\s*)[^\s"''\\][^"''\r\n]*', '', 'gi'),
      ('((?:^|[\s"''])--?[a-z0-9_-]*(?:' || secret || '|pass|key|token|credential)s?[ \t]+)(?:"(?:\\.|[^"\\])+"|''[^'']+''|[^\s"''-][^\s"'']*)', '', 'gi'),
      ('(\mBearer\s+)(?!(?:authentication|authorization)\M)[^\s"''\\]{8,}', '', 'gi'),
      ('(\m(?:Basic|Digest)\s+)(?=[^\s"'']*(?:[0-9=]|[a-z][A-Z]))[^\s"''\\]{8,}', '', 'g'),
      ('(\mhooks\.slack\.com/services/)[^\s"''<>\\]+', '', 'gi'),
      ('\m(?:sk-[A-Za-z0-9_-]{16,}|[sr]k_(?:live|test)_[A-Za-z0-9]+|whsec_[A-Za-z0-9+/=]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|glpat-[A-Za-z0-9_-]{16,}|hf_[A-Za-z0-9]{20,}|xox[a-z]-[A-Za-z0-9-]{10,}|AIza[A-Za-z0-9_-]{30,}|AKIA[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*)', '', 'g')
    ) steps (pattern, around, flags)
  loop
    p_text := regexp_replace(p_text, step.pattern,
      case when step.pattern ~ '^\((?!\?)' then '\1' else '' end
      || case step.around when '"' then '"••••••"' else '••••••' || step.around end, step.flags);
  end loop;
  return p_text;
end $$;

-- A value without the secrets within it. `p_secrecy` is that of the name it stands under, as `secrecy` says it.
create function private.masked(p_value jsonb, p_secrecy integer default 0) returns jsonb
  language plpgsql immutable set search_path = '' as $$
declare
  -- Of a list of headers or parameters: {"name": "Authorization", "value": "…"}, however the two are called.
  pair text;
  written jsonb;
  hidden jsonb;
begin
  case jsonb_typeof(p_value)
  when 'object' then
    if exists (select from jsonb_object_keys(p_value) k (key) where lower(k.key) in ('value', 'values', 'content', 'default')) then
      select e.key into pair from jsonb_each(p_value) e
      where lower(e.key) in ('name', 'key', 'header', 'headername', 'parameter', 'param', 'field', 'id')
        and jsonb_typeof(e.value) = 'string'
      order by private.secrecy(e.value #>> '{}') desc, lower(e.key) = 'name' desc limit 1;
    end if;
    return coalesce((
      select jsonb_object_agg(e.key, case
        when e.key = pair then private.masked(e.value, case when lower(e.key) = 'key' then 0 else p_secrecy end)
        when pair is not null and lower(e.key) in ('value', 'values', 'content', 'default')
          then private.masked(e.value, greatest(p_secrecy, private.secrecy(p_value ->> pair)))
        else private.masked(e.value, greatest(p_secrecy, private.secrecy(e.key))) end)
      from jsonb_each(p_value) e), '{}');
  when 'array' then
    -- ["Authorization", "…"] is a pair, and so are the arguments "--token", "…" of a program.
    return coalesce((
      select jsonb_agg(private.masked(e.value, greatest(p_secrecy, case
        when e.former like '-%' or (e.total = 2 and e.place = 2 and e.former ~ '^[A-Za-z0-9_.-]+$') then private.secrecy(e.former) else 0 end)) order by e.place)
      from (
        select a.value, a.place, count(*) over () as total,
          lag(case when jsonb_typeof(a.value) = 'string' then a.value #>> '{}' end) over (order by a.place) as former
        from jsonb_array_elements(p_value) with ordinality a (value, place)) e), '[]');
  when 'string' then
    if p_secrecy > 0 and p_value <> '""' then
      return '"••••••"';
    end if;
    -- What is JSON as a whole is judged by its names as any other.
    if p_value #>> '{}' ~ '^\s*[{\[]' then
      begin
        written := (p_value #>> '{}')::jsonb;
        hidden := private.masked(written);
        if hidden <> written then
          return to_jsonb(hidden::text);
        end if;
      exception
        when data_exception or program_limit_exceeded then null;
      end;
    end if;
    return to_jsonb(private.masked_text(p_value #>> '{}'));
  when 'number' then
    return case when p_secrecy > 1 then '"••••••"' else p_value end;
  else
    return p_value;
  end case;
end $$;

-- What changes of the configuration were, where their entries in the audit hide something. It goes with them.
create table private.former_configuration (
  entry_id uuid primary key references public.audit_entries (id) on delete cascade,
  changed jsonb not null
);
alter table private.former_configuration enable row level security;
revoke all on private.former_configuration from public, anon, authenticated, service_role;

create or replace function private.record_audit(
  p_action text, p_target_type text, p_target_id text, p_details jsonb,
  p_actor uuid default null, p_address inet default null, p_user_agent text default null) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  actor uuid := coalesce(p_actor, auth.uid());
  shown jsonb := private.masked(coalesce(p_details, '{}'));
  entry uuid;
begin
  insert into public.audit_entries
    (actor_id, actor_account_id, actor_email, action, target_type, target_id, details, ip_address, user_agent)
  select u.id, actor, u.email, p_action, p_target_type, p_target_id, shown,
    private.logged_address(p_address), private.logged_user_agent(p_user_agent)
  from (select) one left join auth.users u on u.id = actor
  returning id into entry;
  if shown is distinct from p_details and p_action in ('update', 'delete')
    and p_target_type in ('admin_config', 'model_config', 'api_providers', 'prompt_frameworks') then
    insert into private.former_configuration (entry_id, changed) values (entry, p_details -> 'changed');
  end if;
end $$;

-- As before, but what was masked is compared with what is.
create or replace function private.record_admin_read(
  p_actor uuid, p_tables text[], p_operation text, p_variables jsonb, p_address inet, p_user_agent text) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  seen text[] := array(select t from unnest(p_tables) t where private.is_read_by_admins(t) order by t);
  look jsonb;
begin
  if seen = '{}' then
    return;
  end if;
  look := private.masked(jsonb_strip_nulls(jsonb_build_object(
    'tables', to_jsonb(seen), 'operation', p_operation,
    'variables', case when pg_column_size(p_variables) <= 4096 and p_variables <> '{}' then p_variables end)));
  if exists (
    select from public.audit_entries a
    where a.actor_account_id = p_actor and a.created_at > now() - interval '1 minute'
      and a.action = 'read' and a.details = look) then
    return;
  end if;
  perform private.record_audit('read', 'table', null, look, p_actor, p_address, p_user_agent);
end $$;

-- Entries that were written before.
insert into private.former_configuration (entry_id, changed)
select a.id, a.details -> 'changed' from public.audit_entries a
where a.action in ('update', 'delete')
  and a.target_type in ('admin_config', 'model_config', 'api_providers', 'prompt_frameworks')
  and jsonb_typeof(a.details -> 'changed') = 'object' and private.masked(a.details) <> a.details;
update public.audit_entries a set details = private.masked(a.details) where private.masked(a.details) <> a.details;

-- What a change of the configuration was before and after, unmasked, for putting it back.
create function public.get_former_configuration(p_change uuid) returns jsonb
  language sql stable security definer set search_path = '' as $$
  select private.require_admin();
  select f.changed from private.former_configuration f where f.entry_id = p_change;
$$;
comment on function public.get_former_configuration(uuid) is
  'What a change of the configuration was about, unmasked; null where nothing of it is masked. For administrators.';

-- As before, with what the audit hides, and with a reason for each refusal.
create or replace function public.put_back_configuration(p_change uuid) returns uuid
  language plpgsql set search_path = '' as $$
declare
  change record;
  target regclass;
  columns text;
  former jsonb;
  put_back uuid;
begin
  select a.action, a.target_type, a.target_id::uuid as id,
    coalesce(public.get_former_configuration(a.id), a.details -> 'changed') as changed into change
  from public.audit_entries a
  where a.id = p_change and a.action = any (array['insert', 'update', 'delete'])
    and a.target_type = any (array['admin_config', 'model_config', 'api_providers', 'prompt_frameworks']);
  if not found then
    raise exception 'There is no such change of the configuration: take the id of one that configurationHistory tells'
      using errcode = 'no_data_found';
  end if;
  if change.action = 'insert' then
    raise exception 'This change made the entry: there is nothing before it to put back. Delete the entry instead'
      using errcode = 'no_data_found';
  end if;
  target := format('public.%I', change.target_type)::regclass;
  select string_agg(quote_ident(a.attname), ', '), jsonb_object_agg(a.attname, change.changed -> a.attname -> 'from')
  into columns, former
  from pg_catalog.pg_attribute a
  where a.attrelid = target and a.attnum > 0 and not a.attisdropped and change.changed ? a.attname
    and has_column_privilege(target, a.attnum, case change.action when 'update' then 'update' else 'insert' end);
  if columns is null then
    raise exception 'The server made this change by itself; there is nothing to put back' using errcode = 'no_data_found';
  end if;
  begin
    if change.action = 'update' then
      execute format('update %1$s t set (%2$s) = (select %2$s from jsonb_populate_record(null::%1$s, $1))
        where t.id = $2 returning t.id', target, columns) into put_back using former, change.id;
    else
      execute format('insert into %1$s (%2$s) select %2$s from jsonb_populate_record(null::%1$s, $1) returning id',
        target, columns) into put_back using former;
    end if;
  exception
    when unique_violation then
      raise exception 'It cannot be put back: another entry has its key or name by now, or it was put back already. Rename or delete that one first'
        using errcode = 'ML002';
    when foreign_key_violation then
      raise exception 'It cannot be put back: what it referred to is gone, or others refer to what would go'
        using errcode = 'ML002';
    when check_violation or not_null_violation then
      raise exception 'It cannot be put back: a rule that came since does not allow what it was. Change the entry by hand'
        using errcode = 'ML002';
  end;
  if put_back is null then
    raise exception 'The entry was deleted since: put back its deletion first' using errcode = 'no_data_found';
  end if;
  return put_back;
end $$;

-- As before, in the words that people know.
create or replace function private.require_admin() returns void
  language plpgsql stable set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') and not public.is_current_user_admin() then
    raise exception 'This is for administrators only' using errcode = 'insufficient_privilege';
  end if;
end $$;

revoke execute on function
  private.secrecy(text), private.masked_text(text), private.masked(jsonb, integer), public.get_former_configuration(uuid)
  from public, anon, authenticated, service_role;
grant execute on function public.get_former_configuration(uuid) to authenticated, service_role;

-- Calls of providers for embeddings are on record as all others: of each person whose texts they read, the tokens of these.

alter type public.model_call_purpose add value 'embedding';

-- Records a call that has ended, as a row for each person.
--   p_price  US dollars for a million tokens, where model_config does not say it
create function private.record_embedding_call(
  p_provider text, p_model text, p_key_owner text, p_users uuid[], p_tokens bigint[], p_estimated boolean, p_price numeric,
  p_duration interval) returns void
language plpgsql set search_path = '' as $$
declare
  part record;
  made uuid;
begin
  for part in
    select u.user_id, u.tokens from unnest(p_users, p_tokens) u (user_id, tokens)
    -- An account may be gone by now.
    join auth.users a on a.id = u.user_id order by u.user_id
  loop
    insert into public.model_calls (user_id, provider, model, purpose, key_owner, input_price, started_at)
    values (part.user_id, p_provider, p_model, 'embedding', p_key_owner::public.model_key_owner,
      coalesce((select m.input_pricing_per_million_tokens from public.model_config m where m.model_id = p_model), p_price),
      clock_timestamp() - p_duration)
    returning id into made;
    perform private.end_model_call(made, 'completed', null, 200, part.tokens, 0, null, null, p_estimated, null);
  end loop;
end $$;
revoke execute on function
  private.record_embedding_call(text, text, text, uuid[], bigint[], boolean, numeric, interval)
  from public, anon, authenticated, service_role;

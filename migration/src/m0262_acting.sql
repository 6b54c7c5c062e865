-- An administrator looks at data as somebody else: each look is on record as the administrator's, once a minute for the
-- same operation.
create function private.record_acting(
  p_actor uuid, p_user uuid, p_operation text, p_address inet, p_user_agent text) returns void
  language plpgsql security definer set search_path = '' as $$
declare
  look constant jsonb := jsonb_build_object('operation', p_operation);
begin
  if not exists (
    select from public.audit_entries a
    where a.actor_account_id = p_actor and a.created_at > now() - interval '1 minute'
      and a.action = 'read_as_user' and a.target_id = p_user::text and a.details = look) then
    perform private.record_audit('read_as_user', 'account', p_user::text, look, p_actor, p_address, p_user_agent);
  end if;
end $$;

revoke execute on function private.record_acting(uuid, uuid, text, inet, text)
  from public, anon, authenticated, service_role;

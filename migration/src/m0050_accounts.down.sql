do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;
  drop trigger announce_ended_sessions on auth.sessions;
  drop table auth.ended_sessions, auth.oauth_flows, auth.mail_outbox, auth.signing_keys, auth.mfa_recovery_codes, auth.mfa_factors;
  drop function private.announce_ended_sessions(), private.announce_signing_keys();
  delete from auth.verification_tokens where purpose = 'reauthenticate';
  alter table auth.verification_tokens
    drop column code_hash,
    drop column attempts,
    drop column redirect_to,
    drop constraint verification_tokens_purpose_known,
    add constraint verification_tokens_purpose_known
      check (purpose in ('confirm_email', 'change_email', 'recover_password', 'magic_link', 'one_time_code'));
  alter table auth.refresh_tokens drop column child_nonce;
  alter table auth.sessions drop column aal, drop column amr, drop column refreshed_at;
end $$;

do $$
declare
  target regclass;
begin
  for target in select polrelid from pg_catalog.pg_policy where polname = 'A second factor is required' loop
    perform private.require_aal2(target, false);
  end loop;
end $$;
drop function private.require_aal2(regclass, boolean);

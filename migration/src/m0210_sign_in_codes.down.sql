do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  drop table auth.sign_in_codes;
  delete from auth.oauth_flows where code_challenge is null;
  alter table auth.oauth_flows drop column link_session_id, alter column code_challenge set not null;
  delete from auth.verification_tokens where purpose = 'invite';
  alter table auth.verification_tokens
    drop column code_challenge,
    drop constraint verification_tokens_purpose_known,
    add constraint verification_tokens_purpose_known check (purpose in (
      'confirm_email', 'change_email', 'recover_password', 'magic_link', 'one_time_code', 'reauthenticate'));
end $$;

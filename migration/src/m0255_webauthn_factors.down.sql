do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  alter table auth.passkey_challenges drop column factor_id;
  -- Nothing of before can show them; whoever has no other factor is protected by the password alone again.
  delete from auth.mfa_factors where factor_type = 'webauthn';
  alter table auth.mfa_factors
    drop constraint mfa_factors_factor_type_known,
    drop constraint mfa_factors_secret_of_totp,
    drop constraint mfa_factors_credential_whole,
    drop constraint mfa_factors_credential_of_webauthn,
    drop constraint mfa_factors_credential_id_length,
    drop column credential,
    drop column credential_id,
    drop column factor_type,
    alter column secret_sealed set not null;
end $$;

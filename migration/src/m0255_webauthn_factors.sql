-- Keys of devices as second factors (WebAuthn), beside authenticator apps: such a factor has no secret here, but the public
-- half of a key, once the device has made it. A challenge for it names the factor: what was made for a passkey is good for no
-- factor, and the other way round.
--
-- On a Supabase database, where auth.users belongs to Supabase Auth, there is nothing to add.

do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  alter table auth.mfa_factors
    alter column secret_sealed drop not null,
    add column factor_type text not null default 'totp',
    add column credential_id bytea unique,
    add column credential jsonb,
    add constraint mfa_factors_factor_type_known check (factor_type in ('totp', 'webauthn')),
    add constraint mfa_factors_secret_of_totp check ((factor_type = 'totp') = (secret_sealed is not null)),
    add constraint mfa_factors_credential_whole check ((credential_id is null) = (credential is null)),
    add constraint mfa_factors_credential_of_webauthn check (
      (credential is not null) = (factor_type = 'webauthn' and verified_at is not null)),
    add constraint mfa_factors_credential_id_length check (octet_length(credential_id) between 1 and 1023);

  alter table auth.passkey_challenges
    add column factor_id uuid references auth.mfa_factors (id) on delete cascade;
  create index idx_passkey_challenges_factor_id on auth.passkey_challenges (factor_id);
end $$;

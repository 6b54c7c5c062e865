do $$
begin
  if not exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    return;
  end if;

  drop table auth.passkey_challenges;
  drop table auth.passkeys;
end $$;

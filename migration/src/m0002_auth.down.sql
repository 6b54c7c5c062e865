do $$
begin
  delete from mindloom.created_objects where kind = 'topic' and name = 'auth';
  if found then
    drop table auth.verification_tokens, auth.refresh_tokens, auth.sessions, auth.accounts, auth.users;
  end if;
end $$;

drop table if exists auth.personal_access_tokens;

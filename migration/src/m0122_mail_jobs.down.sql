do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    alter table auth.mail_outbox
      add column attempts integer not null default 0,
      add column next_attempt_at timestamptz not null default now();
    create index idx_mail_outbox_due on auth.mail_outbox (next_attempt_at) where sent_at is null;
    -- The outbox says what is to be sent.
    delete from public.job_queue where job_type = 'accounts.send_mail';
  end if;
end $$;

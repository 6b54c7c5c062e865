-- Mails are sent by jobs: the outbox keeps what is sent, the queue when. Where another service signs people in there is
-- no outbox.
do $$
begin
  if exists (select from mindloom.created_objects where kind = 'topic' and name = 'auth') then
    perform private.enqueue_job('accounts.send_mail', jsonb_build_object('mail', m.id), null, 'mail:' || m.id)
    from auth.mail_outbox m where m.sent_at is null and m.attempts < 6;
    alter table auth.mail_outbox drop column attempts, drop column next_attempt_at;
  end if;
end $$;

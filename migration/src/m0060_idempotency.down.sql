drop function public.keep_idempotent_answer(text, text);
drop function public.take_idempotency_key(text, bytea);
drop table mindloom.idempotency_keys;

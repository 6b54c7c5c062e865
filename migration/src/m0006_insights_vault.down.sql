drop table public.vault_notes;
drop table public.insights;

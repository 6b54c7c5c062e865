drop table public.stack_notes;
drop table public.stacks;
drop function private.set_stack_position();

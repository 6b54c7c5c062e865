-- Stacks: lists of notes that a person keeps in an order of their own.

create table public.stacks (
  id uuid primary key default uuidv7(),
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  name text not null,
  pinned boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint stacks_id_user_id_key unique (id, user_id),
  constraint stacks_name_length check (char_length(name) between 1 and 200)
);
create index idx_stacks_user_created on public.stacks (user_id, created_at desc, id);
create index idx_stacks_user_pinned on public.stacks (user_id, pinned);
create index idx_stacks_name_fts on public.stacks using gin (to_tsvector('english', name));

-- user_id is part of both references, so that a stack holds only notes of its own owner.
create table public.stack_notes (
  stack_id uuid not null,
  note_id uuid not null,
  user_id uuid not null default auth.uid() references auth.users (id) on delete cascade,
  position integer not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (stack_id, note_id),
  constraint stack_notes_stack_id_user_id_fkey foreign key (stack_id, user_id)
    references public.stacks (id, user_id) on delete cascade,
  constraint stack_notes_note_id_user_id_fkey foreign key (note_id, user_id)
    references public.notes (id, user_id) on delete cascade,
  constraint stack_notes_position_range check (position >= 1),
  -- Deferred, so that notes can change places within a transaction.
  constraint stack_notes_stack_id_position_key unique (stack_id, position) deferrable initially deferred
);
create index idx_stack_notes_stack on public.stack_notes (stack_id, user_id);
create index idx_stack_notes_note on public.stack_notes (note_id, user_id);
create index idx_stack_notes_user on public.stack_notes (user_id);

alter table public.stacks enable row level security;
create policy "Users can view own stacks" on public.stacks
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own stacks" on public.stacks
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own stacks" on public.stacks
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own stacks" on public.stacks
  for delete to authenticated using (user_id = (select auth.uid()));

alter table public.stack_notes enable row level security;
create policy "Users can view own stack notes" on public.stack_notes
  for select to authenticated using (user_id = (select auth.uid()));
create policy "Users can insert own stack notes" on public.stack_notes
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own stack notes" on public.stack_notes
  for update to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
create policy "Users can delete own stack notes" on public.stack_notes
  for delete to authenticated using (user_id = (select auth.uid()));

revoke all on public.stacks, public.stack_notes from public, anon, authenticated, service_role;
grant select, delete on public.stacks, public.stack_notes to authenticated;
grant insert (id, user_id, name, pinned), update (name, pinned) on public.stacks to authenticated;
grant insert (stack_id, note_id, user_id, position), update (position) on public.stack_notes to authenticated;
grant select, insert, update, delete on public.stacks, public.stack_notes to service_role;

-- A note without a position goes to the end of its stack. The stack is locked meanwhile, so that
-- two notes added at once get two positions.
create function private.set_stack_position() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.position is null then
    perform from public.stacks where id = new.stack_id for no key update;
    select coalesce(max(position), 0) + 1 into new.position
    from public.stack_notes where stack_id = new.stack_id;
  end if;
  return new;
end $$;
revoke execute on function private.set_stack_position() from public;

create trigger set_stack_position before insert on public.stack_notes
  for each row execute function private.set_stack_position();
create trigger set_updated_at before update on public.stacks
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.stack_notes
  for each row execute function private.set_updated_at();

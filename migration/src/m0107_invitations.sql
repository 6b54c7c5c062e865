-- Sharing a project with people: they are invited by address, and accept or decline. Nobody is made a
-- collaborator without being asked, and an invitation tells nobody whether the address has an account:
-- it is the same row either way, and waits for whoever proves that the address is theirs.

create type public.invitation_state as enum ('pending', 'accepted', 'declined', 'cancelled');

create table public.project_invitations (
  id uuid primary key default uuidv7(),
  project_id uuid not null references public.projects (id) on delete cascade,
  email text not null,
  role public.collaborator_role not null default 'viewer',
  state public.invitation_state not null default 'pending',
  invited_by uuid references auth.users (id) on delete set null,
  -- Of the token in the mail, while it is good.
  token_hash text,
  expires_at timestamptz not null default now() + interval '14 days',
  answered_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint project_invitations_token_hash_key unique (token_hash),
  constraint project_invitations_email_lower_case check (email = lower(email)),
  constraint project_invitations_email_length check (char_length(email) between 3 and 255),
  constraint project_invitations_token_hash_sha256 check (token_hash ~ '^[0-9a-f]{64}$'),
  constraint project_invitations_token_while_pending check (token_hash is null or state = 'pending'),
  constraint project_invitations_answered_has_time check ((answered_at is null) = (state = 'pending'))
);
comment on constraint project_invitations_email_lower_case on public.project_invitations is
  'email must be in lower case';
comment on constraint project_invitations_token_hash_sha256 on public.project_invitations is
  'token_hash must be a SHA-256 hash: 64 hexadecimal digits in lower case';
comment on constraint project_invitations_token_while_pending on public.project_invitations is
  'token_hash must be null once state is not pending';
comment on constraint project_invitations_answered_has_time on public.project_invitations is
  'answered_at must be null while state is pending, and must be given afterwards';
create unique index idx_project_invitations_pending on public.project_invitations (project_id, email)
  where state = 'pending';
create index idx_project_invitations_project on public.project_invitations (project_id, created_at desc);
create index idx_project_invitations_email on public.project_invitations (email, created_at desc);
create index idx_project_invitations_invited_by on public.project_invitations (invited_by);

create trigger set_updated_at before update on public.project_invitations
  for each row execute function private.set_updated_at();

-- The address that the caller has proved to be theirs.
create function private.proved_email() returns text
language sql stable security definer set search_path = ''
return (
  select u.email::text from auth.users u
  where u.id = (select auth.uid()) and u.email_confirmed_at is not null
);

alter table public.project_invitations enable row level security;
create policy "Owners view their project's invitations, the invited their own" on public.project_invitations
  for select to authenticated
  using (project_id = any (array(select private.my_project_ids('owner')))
    or email = (select private.proved_email()));

-- The server writes them: an invitation goes out with a mail.
revoke all on public.project_invitations from public, anon, authenticated, service_role;
grant select (id, project_id, email, role, state, invited_by, expires_at, answered_at, created_at, updated_at)
  on public.project_invitations to authenticated, service_role;
grant delete on public.project_invitations to service_role;

-- The open invitation that the caller holds: by its id if it went to their address, or by the token of
-- the mail. Locked, so that it is answered once.
create function private.open_invitation(p_id uuid, p_token_hash text) returns public.project_invitations
  language plpgsql volatile security definer set search_path = '' as $$
declare
  found_one public.project_invitations;
begin
  select i.* into found_one
  from public.project_invitations i
  join public.projects p on p.id = i.project_id and p.deleted_at is null
  where i.state = 'pending' and i.expires_at > now()
    and case when p_id is not null then i.id = p_id and i.email = private.proved_email()
      else i.token_hash = p_token_hash end
  for update of i;
  if found_one.id is null then
    raise exception 'There is no such invitation, or it is no longer open' using errcode = 'no_data_found';
  end if;
  return found_one;
end $$;

create function public.accept_invitation(p_id uuid default null, p_token_hash text default null) returns uuid
  language plpgsql volatile security definer set search_path = '' as $$
declare
  invitation public.project_invitations;
  entry uuid;
begin
  if not exists (select from auth.users u where u.id = auth.uid() and not u.is_anonymous) then
    raise exception 'an anonymous account cannot accept an invitation: make it a permanent one first'
      using errcode = 'insufficient_privilege';
  end if;
  invitation := private.open_invitation(p_id, p_token_hash);
  if exists (select from public.projects p where p.id = invitation.project_id and p.user_id = auth.uid()) then
    raise exception 'The project is your own' using errcode = 'raise_exception';
  end if;
  -- An invitation takes nothing from somebody who has more already.
  insert into public.collaborators as c (project_id, user_id, role, invited_by)
  values (invitation.project_id, auth.uid(), invitation.role, invitation.invited_by)
  on conflict (project_id, user_id) do update set role = greatest(c.role, excluded.role)
  returning c.id into entry;
  update public.project_invitations
  set state = 'accepted', answered_at = now(), token_hash = null where id = invitation.id;
  return entry;
end $$;
comment on function public.accept_invitation(uuid, text) is
  'Makes the caller a collaborator as an open invitation says, and returns the entry. The invitation is named by its id, if it went to an address that the caller has proved, or by the SHA-256 of the token in the mail.';

create function public.decline_invitation(p_id uuid default null, p_token_hash text default null) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare
  invitation public.project_invitations := private.open_invitation(p_id, p_token_hash);
begin
  update public.project_invitations
  set state = 'declined', answered_at = now(), token_hash = null where id = invitation.id;
  return true;
end $$;
comment on function public.decline_invitation(uuid, text) is
  'Declines an open invitation, named as for accept_invitation.';

create function public.cancel_invitation(p_id uuid) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
begin
  update public.project_invitations
  set state = 'cancelled', answered_at = now(), token_hash = null
  where id = p_id and state = 'pending'
    and project_id = any (array(select private.my_project_ids('owner')));
  return found;
end $$;
comment on function public.cancel_invitation(uuid) is
  'Takes an open invitation to a project back that the caller may share. False if there is none.';

-- What somebody who is invited needs to decide, and may not read of the project itself.
create function public.get_my_invitations()
  returns table (id uuid, project_name text, role public.collaborator_role, inviter_name text,
    inviter_avatar_url text, created_at timestamptz, expires_at timestamptz)
  language sql stable security definer set search_path = ''
begin atomic
  select i.id, p.name, i.role, coalesce(u.display_name, u.name), u.avatar_url, i.created_at, i.expires_at
  from public.project_invitations i
  join public.projects p on p.id = i.project_id and p.deleted_at is null
  left join public.users u on u.id = i.invited_by
  where i.email = private.proved_email() and i.state = 'pending' and i.expires_at > now()
  order by i.created_at desc, i.id;
end;
comment on function public.get_my_invitations() is
  'Open invitations to an address that the caller has proved, with the names of the project and of who invites.';

-- Names and pictures of the people with whom the caller shares projects, and of nobody else.
create function public.get_people(p_project_id uuid default null)
  returns table (project_id uuid, user_id uuid, display_name text, avatar_url text,
    role public.collaborator_role, is_owner boolean)
  language sql stable security definer set search_path = ''
begin atomic
  select m.project_id, m.user_id, coalesce(u.display_name, u.name), u.avatar_url, m.role, m.is_owner
  from (
    select p.id as project_id, p.user_id, 'owner'::public.collaborator_role as role, true as is_owner
    from public.projects p
    union all
    select c.project_id, c.user_id, c.role, false from public.collaborators c
  ) m
  join public.users u on u.id = m.user_id
  where m.project_id = any (array(select private.my_project_ids('viewer')))
    and (p_project_id is null or m.project_id = p_project_id)
  order by m.project_id, m.is_owner desc, m.role desc, 3, m.user_id
  limit 1000;
end;
comment on function public.get_people(uuid) is
  'Who belongs to a project of the caller, or to all of them: names, pictures and roles. At most 1,000.';

-- Hands a project over to somebody who has accepted to work on it. Who owned it goes on as an editor.
create function public.transfer_project(p_project_id uuid, p_user_id uuid) returns boolean
  language plpgsql volatile security definer set search_path = '' as $$
declare
  former uuid := auth.uid();
begin
  perform from public.projects p
  where p.id = p_project_id and p.user_id = former and p.deleted_at is null for update;
  if not found then
    return false;
  end if;
  delete from public.collaborators c where c.project_id = p_project_id and c.user_id = p_user_id;
  if not found then
    raise exception 'A project is handed over to one of its collaborators: invite them first'
      using errcode = 'raise_exception';
  end if;
  update public.projects set user_id = p_user_id where id = p_project_id;
  insert into public.collaborators (project_id, user_id, role, invited_by)
  values (p_project_id, former, 'editor', p_user_id);
  return true;
end $$;
comment on function public.transfer_project(uuid, uuid) is
  'Makes a collaborator the owner of the caller''s project, and the caller an editor of it. False if the caller owns no such project.';

revoke execute on function
  private.proved_email(), private.open_invitation(uuid, text), public.accept_invitation(uuid, text),
  public.decline_invitation(uuid, text), public.cancel_invitation(uuid), public.get_my_invitations(),
  public.get_people(uuid), public.transfer_project(uuid, uuid)
  from public, anon, authenticated, service_role;
grant execute on function
  private.proved_email(), public.accept_invitation(uuid, text), public.decline_invitation(uuid, text),
  public.cancel_invitation(uuid), public.get_my_invitations(), public.get_people(uuid),
  public.transfer_project(uuid, uuid)
  to authenticated;

-- Collaborators are invited. Those who are there have been for long, and stay.
drop policy "Owners can add collaborators" on public.collaborators;
revoke insert (id, project_id, user_id, role) on public.collaborators from authenticated;

select realtime.publish('public.project_invitations');

-- What users tell the operators, how it is sorted, and how it was answered.

create type public.feedback_type as enum ('bug', 'feature', 'general', 'support');
create type public.feedback_priority as enum ('low', 'medium', 'high', 'urgent');
create type public.feedback_status as enum ('open', 'in_progress', 'resolved', 'closed');

create table public.feedback_categories (
  id uuid primary key default uuidv7(),
  name text not null,
  description text,
  parent_id uuid references public.feedback_categories (id) on delete set null,
  is_active boolean not null default true,
  sort_order integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint feedback_categories_name_key unique (name),
  constraint feedback_categories_name_length check (char_length(name) between 1 and 100),
  constraint feedback_categories_not_own_parent check (parent_id <> id)
);
create index idx_feedback_categories_parent_id on public.feedback_categories (parent_id);

create table public.feedback_tags (
  id uuid primary key default uuidv7(),
  name text not null,
  description text,
  color text not null default '#3B82F6',
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint feedback_tags_name_key unique (name),
  constraint feedback_tags_name_length check (char_length(name) between 1 and 50),
  constraint feedback_tags_color_format check (color ~ '^#[0-9A-Fa-f]{6}$')
);

-- What a deleted user said is kept, without their account.
create table public.feedback (
  id uuid primary key default uuidv7(),
  user_id uuid default auth.uid() references auth.users (id) on delete set null,
  category_id uuid references public.feedback_categories (id) on delete set null,
  message text not null,
  feedback_type public.feedback_type not null default 'general',
  priority public.feedback_priority not null default 'medium',
  status public.feedback_status not null default 'open',
  contact_email text,
  contact_name text,
  user_agent text,
  browser_info jsonb,
  device_info jsonb,
  admin_response text,
  admin_user_id uuid references auth.users (id) on delete set null,
  responded_at timestamptz,
  rating integer,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint feedback_message_length check (char_length(message) between 1 and 10000),
  constraint feedback_contact_email_length check (char_length(contact_email) <= 255),
  constraint feedback_contact_email_format check (contact_email ~ '^[^@\s]+@[^@\s]+$'),
  constraint feedback_contact_name_length check (char_length(contact_name) <= 100),
  constraint feedback_rating_range check (rating between 1 and 5)
);
create index idx_feedback_user_id on public.feedback (user_id, created_at desc);
create index idx_feedback_category_id on public.feedback (category_id);
create index idx_feedback_admin_user_id on public.feedback (admin_user_id);
create index idx_feedback_status on public.feedback (status, priority, created_at desc);
create index idx_feedback_created_at on public.feedback (created_at);

create table public.feedback_tag_links (
  feedback_id uuid not null references public.feedback (id) on delete cascade,
  tag_id uuid not null references public.feedback_tags (id) on delete cascade,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (feedback_id, tag_id)
);
create index idx_feedback_tag_links_tag_id on public.feedback_tag_links (tag_id);

create table public.feedback_analytics (
  id uuid primary key default uuidv7(),
  date date not null,
  total_feedback integer not null default 0,
  resolved_feedback integer not null default 0,
  avg_response_time_hours numeric,
  avg_rating numeric,
  feedback_by_type jsonb not null default '{}',
  feedback_by_priority jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint feedback_analytics_date_key unique (date),
  constraint feedback_analytics_counts_not_negative check (total_feedback >= 0 and resolved_feedback >= 0)
);

create trigger set_updated_at before update on public.feedback_categories
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.feedback_tags
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.feedback
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.feedback_tag_links
  for each row execute function private.set_updated_at();
create trigger set_updated_at before update on public.feedback_analytics
  for each row execute function private.set_updated_at();

-- Grants cannot tell an admin from a user, since both are `authenticated`: what only operators
-- decide is guarded here. Who answered, and when, is recorded.
create function private.guard_feedback_response() returns trigger
  language plpgsql set search_path = '' as $$
begin
  if current_setting('role') in ('anon', 'authenticated') and not public.is_current_user_admin() then
    if tg_op = 'INSERT' then
      if (new.status, new.priority, new.admin_response)
        is distinct from ('open'::public.feedback_status, 'medium'::public.feedback_priority, null::text) then
        raise exception 'only an admin may set status, priority or admin_response'
          using errcode = 'insufficient_privilege', schema = 'public', table = 'feedback';
      end if;
    elsif (new.status, new.priority, new.admin_response)
      is distinct from (old.status, old.priority, old.admin_response) then
      raise exception 'only an admin may change status, priority or admin_response'
        using errcode = 'insufficient_privilege', schema = 'public', table = 'feedback';
    end if;
  end if;
  if new.admin_response is null then
    new.admin_user_id := null;
    new.responded_at := null;
  elsif tg_op = 'INSERT' or new.admin_response is distinct from old.admin_response then
    new.admin_user_id := coalesce(auth.uid(), new.admin_user_id);
    new.responded_at := case when tg_op = 'INSERT' then coalesce(new.responded_at, now()) else now() end;
  end if;
  return new;
end $$;
create trigger feedback_guard_response before insert or update on public.feedback
  for each row execute function private.guard_feedback_response();

-- One row per day (UTC) for the days of the last `p_days` days, with what became of that day's feedback.
create function private.refresh_feedback_analytics(p_days integer) returns bigint
  language plpgsql set search_path = '' as $$
declare
  affected bigint;
begin
  insert into public.feedback_analytics as a (date, total_feedback, resolved_feedback,
    avg_response_time_hours, avg_rating, feedback_by_type, feedback_by_priority)
  select d.day, count(*), count(*) filter (where d.status in ('resolved', 'closed')),
     round(avg(extract(epoch from d.responded_at - d.created_at) / 3600), 2), round(avg(d.rating), 2),
     jsonb_build_object(
       'bug', count(*) filter (where d.feedback_type = 'bug'),
       'feature', count(*) filter (where d.feedback_type = 'feature'),
       'general', count(*) filter (where d.feedback_type = 'general'),
       'support', count(*) filter (where d.feedback_type = 'support')),
     jsonb_build_object(
       'low', count(*) filter (where d.priority = 'low'),
       'medium', count(*) filter (where d.priority = 'medium'),
       'high', count(*) filter (where d.priority = 'high'),
       'urgent', count(*) filter (where d.priority = 'urgent'))
  from (select f.*, (f.created_at at time zone 'UTC')::date as day from public.feedback f) d
  where d.created_at >= ((now() at time zone 'UTC')::date - p_days)::timestamp at time zone 'UTC'
  group by d.day
  on conflict (date) do update
  set total_feedback = excluded.total_feedback, resolved_feedback = excluded.resolved_feedback,
    avg_response_time_hours = excluded.avg_response_time_hours, avg_rating = excluded.avg_rating,
    feedback_by_type = excluded.feedback_by_type, feedback_by_priority = excluded.feedback_by_priority
  where (a.total_feedback, a.resolved_feedback, a.avg_response_time_hours, a.avg_rating, a.feedback_by_type,
     a.feedback_by_priority)
    is distinct from (excluded.total_feedback, excluded.resolved_feedback, excluded.avg_response_time_hours,
     excluded.avg_rating, excluded.feedback_by_type, excluded.feedback_by_priority);
  get diagnostics affected = row_count;
  return affected;
end $$;

alter table public.feedback_categories enable row level security;
alter table public.feedback_tags enable row level security;
alter table public.feedback enable row level security;
alter table public.feedback_tag_links enable row level security;
alter table public.feedback_analytics enable row level security;

create policy "Authenticated users can view feedback categories" on public.feedback_categories
  for select to authenticated using ((select auth.uid()) is not null);
create policy "Admins can insert feedback categories" on public.feedback_categories
  for insert to authenticated with check ((select public.get_user_role()) = 'admin');
create policy "Admins can update feedback categories" on public.feedback_categories
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Admins can delete feedback categories" on public.feedback_categories
  for delete to authenticated using ((select public.get_user_role()) = 'admin');

create policy "Authenticated users can view feedback tags" on public.feedback_tags
  for select to authenticated using ((select auth.uid()) is not null);
create policy "Admins can insert feedback tags" on public.feedback_tags
  for insert to authenticated with check ((select public.get_user_role()) = 'admin');
create policy "Admins can update feedback tags" on public.feedback_tags
  for update to authenticated
  using ((select public.get_user_role()) = 'admin')
  with check ((select public.get_user_role()) = 'admin');
create policy "Admins can delete feedback tags" on public.feedback_tags
  for delete to authenticated using ((select public.get_user_role()) = 'admin');

create policy "Users can view own feedback, admins can view all feedback" on public.feedback
  for select to authenticated
  using ((user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()))
    or (user_id is null and (select public.get_user_role()) = 'admin'));
create policy "Users can insert own feedback" on public.feedback
  for insert to authenticated with check (user_id = (select auth.uid()));
create policy "Users can update own feedback, admins can answer all feedback" on public.feedback
  for update to authenticated
  using ((user_id >= (select private.readable_from()) and user_id <= (select private.readable_to()))
    or (user_id is null and (select public.get_user_role()) = 'admin'))
  with check (user_id = (select auth.uid()) or (select public.get_user_role()) = 'admin');
create policy "Users can delete own feedback" on public.feedback
  for delete to authenticated using (user_id = (select auth.uid()));

-- Whoever sees the feedback sees its tags; its author and the admins set them.
create policy "Users can view tags of own feedback" on public.feedback_tag_links
  for select to authenticated
  using (exists (select from public.feedback f where f.id = feedback_id));
create policy "Users can tag own feedback" on public.feedback_tag_links
  for insert to authenticated
  with check (exists (select from public.feedback f where f.id = feedback_id));
create policy "Users can untag own feedback" on public.feedback_tag_links
  for delete to authenticated
  using (exists (select from public.feedback f where f.id = feedback_id));

create policy "Admins can view feedback analytics" on public.feedback_analytics
  for select to authenticated using ((select public.get_user_role()) = 'admin');

revoke all on public.feedback_categories, public.feedback_tags, public.feedback, public.feedback_tag_links,
  public.feedback_analytics from public, anon, authenticated, service_role;
grant select, delete on public.feedback_categories, public.feedback_tags, public.feedback,
  public.feedback_tag_links to authenticated;
grant insert (id, name, description, parent_id, is_active, sort_order),
  update (name, description, parent_id, is_active, sort_order) on public.feedback_categories to authenticated;
grant insert (id, name, description, color, is_active), update (name, description, color, is_active)
  on public.feedback_tags to authenticated;
grant insert (id, user_id, category_id, message, feedback_type, priority, status, contact_email, contact_name,
    user_agent, browser_info, device_info, rating),
  update (category_id, message, feedback_type, priority, status, contact_email, contact_name, admin_response,
    rating)
  on public.feedback to authenticated;
grant insert (feedback_id, tag_id) on public.feedback_tag_links to authenticated;
grant select on public.feedback_analytics to authenticated;
grant select, insert, update, delete on public.feedback_categories, public.feedback_tags, public.feedback,
  public.feedback_tag_links, public.feedback_analytics to service_role;
revoke execute on function private.guard_feedback_response(), private.refresh_feedback_analytics(integer) from public;

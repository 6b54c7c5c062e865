-- An aggregate that fills a time and groups by something else, too, is refused where both together are too many groups:
-- how many values the rows have is known only while they are read.
create function public.refuse_groups(p_most integer) returns boolean
  language plpgsql volatile set search_path = '' as $$
begin
  raise exception 'The time and the values together make more than the % groups that are allowed: take a larger unit, a shorter time, or a where that leaves fewer values', p_most
    using errcode = 'ML001', constraint = 'groups', column = p_most::text;
end $$;
comment on function public.refuse_groups(integer) is
  'Refuses an aggregate with more groups than this. Only refuses: whoever calls it learns nothing.';

revoke execute on function public.refuse_groups(integer) from public, anon, authenticated, service_role;
grant execute on function public.refuse_groups(integer) to anon, authenticated, service_role;

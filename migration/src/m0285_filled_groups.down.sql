drop function public.refuse_groups(integer);

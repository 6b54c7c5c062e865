drop function private.refresh_feedback_analytics(integer);
drop table public.feedback_analytics, public.feedback_tag_links, public.feedback, public.feedback_tags,
  public.feedback_categories;
drop function private.guard_feedback_response();
drop type public.feedback_status;
drop type public.feedback_priority;
drop type public.feedback_type;

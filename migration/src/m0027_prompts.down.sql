drop table public.prompt_history, public.prompt_templates, public.prompt_frameworks;
drop function private.count_template_use();
drop type public.prompt_status;

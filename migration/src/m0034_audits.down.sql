drop function public.security_audit();
drop function public.integrity_check();

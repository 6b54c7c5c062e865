-- In the order of before, so that the catalog is the same.
revoke execute on function
  public.get_logging_config(), public.is_user_activity_logging_enabled(),
  public.is_agent_activity_logging_enabled()
  from service_role;
grant execute on function
  public.get_logging_config(), public.is_user_activity_logging_enabled(),
  public.is_agent_activity_logging_enabled()
  to authenticated, service_role;

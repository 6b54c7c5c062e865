-- What only the server calls, only the server may call. It asks as the owner whether to write a log;
-- of the settings that only administrators read, no user needs to know even that.
revoke execute on function
  public.get_logging_config(), public.is_user_activity_logging_enabled(),
  public.is_agent_activity_logging_enabled()
  from authenticated;

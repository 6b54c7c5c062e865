select realtime.unpublish('public.alerts');
-- So that it gets the same number when it is published again.
select setval(pg_get_serial_sequence('realtime.published_tables', 'id'), max(id)) from realtime.published_tables;
drop function public.purge_old_alerts(integer), public.get_health_report(jsonb), private.check_alerts(jsonb),
  private.health_figures(jsonb), private.record_gauge(text, text, numeric, text);
drop table public.alerts;
drop type public.alert_kind;

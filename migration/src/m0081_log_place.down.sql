drop function realtime.open_log();
drop function realtime.is_log_of_here();
drop function realtime.log_place();
alter table realtime.log_settings drop column place, drop column seen_xid;

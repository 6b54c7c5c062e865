drop function realtime.limit_log(bigint);

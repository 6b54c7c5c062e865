drop function realtime.mend_log();
